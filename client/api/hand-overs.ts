import { createHash, randomBytes } from 'node:crypto';
import type { ConnectionReport } from '../../connectors/contract/common.ts';
import type { Tx } from '../../db/database.ts';
import { forgetHandOvers } from '../../db/hand-overs.ts';
import { findSession, type User } from '../../db/users.ts';
import type { ApiDeps, ConnectorInfo, Values } from './deps.ts';
import { ApiError, notFound } from './errors.ts';

/** How long an owner has to agree. */
export const handOverMs = 30 * 60 * 1000;
export type Progress = 'waiting' | 'received' | 'testing' | 'connected' | 'refused';

/** What an account is to be: of a new one everything but its secrets, of an old one its settings. */
export interface Draft {
  readonly settings: Values;
  readonly code?: string;
  readonly name?: string;
  readonly brandId?: string;
}

export interface HandOverRow {
  readonly id: string;
  readonly connector: string;
  readonly connection_id: string | null;
  readonly draft: Draft;
  readonly sealed: Buffer | null;
  readonly user_id: string;
  readonly session_hash: Buffer;
  readonly progress: Progress;
  readonly report: ConnectionReport | null;
  readonly refusal: { readonly what: string; readonly remedy: string } | null;
  readonly expires_at: Date;
  readonly claimed_until: Date | null;
}

/** The secrets of a hand-over while it lasts. */
export interface HandOverSecrets {
  readonly state: string;
  readonly authorizeUrl: string;
  /** What the person filled in. */
  readonly credentials: Values;
  /** What arrived, checked. */
  readonly received?: Values;
  /** What it became: the credentials to store. */
  readonly redeemed?: Values;
}

const sealedAs = (id: string): string => `hand-over/${id}`;
const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

export const seal = ({ sealer }: ApiDeps, id: string, secrets: HandOverSecrets): Buffer =>
  sealer.sealJson(secrets, sealedAs(id));

export function unseal({ sealer }: ApiDeps, { id, sealed }: HandOverRow): HandOverSecrets {
  if (sealed === null) throw new ApiError('NotAllowedInState', 'This hand-over has ended.');
  return sealer.openJson(sealed, sealedAs(id)) as HandOverSecrets;
}

/** Where the platform finds us. @throws ApiError NotConfigured in words that name the variable to set */
export function publicBase({ config }: ApiDeps): string {
  const { publicUrl } = config.api;
  const byHand = 'or choose another way of giving access.';
  if (publicUrl === null) {
    throw new ApiError('NotConfigured', 'The shop cannot hand anything over: nobody said where it finds this server.', {
      remedy: `Set TRADELANE_PUBLIC_URL to the https address under which outside systems reach it, ${byHand}`,
    });
  }
  if (publicUrl.startsWith('http://') && !config.allowPrivateTargets) {
    throw new ApiError('NotConfigured', `Shops hand keys over to https addresses only, and ${publicUrl} is none.`, {
      remedy: `Put this server behind https and set TRADELANE_PUBLIC_URL to that address, ${byHand}`,
    });
  }
  return publicUrl;
}

export interface Beginning {
  readonly info: ConnectorInfo;
  readonly connectionId: string | null;
  readonly draft: Draft;
  readonly credentials: Values;
  readonly user: User;
  readonly sessionToken: string;
}

/** What handing over takes here. @throws ApiError InvalidInput, NotConfigured */
export function demandHandOver(deps: ApiDeps, { title, handOver, ways = [] }: ConnectorInfo) {
  const way = ways.find((one) => one.handOver);
  if (handOver && way) return { base: publicBase(deps), handOver, way };
  throw new ApiError('InvalidInput', `${title} hands nothing over by itself.`, {
    remedy: 'Choose another way of giving access.',
  });
}

/** Notes a hand-over and makes the address of the page where the shop's owner agrees. @throws ApiError, ConnectorError */
export async function beginHandOver(deps: ApiDeps, input: Beginning) {
  const { info, connectionId, draft, credentials, user, sessionToken } = input;
  const { base, handOver, way } = demandHandOver(deps, info);
  const missing = way.credentials.filter((name) => typeof credentials[name] !== 'string');
  if (missing.length > 0) {
    throw new ApiError('InvalidInput', `Needed before the shop can be asked: ${missing.join(', ')}.`);
  }
  const state = randomBytes(32).toString('base64url');
  const authorizeUrl = handOver.consentUrl(
    { settings: draft.settings, credentials, state },
    {
      returnUrl: `${base}/connect/${state}/return`,
      callbackUrl: handOver.arrival === 'post' ? `${base}/connect/${state}/keys` : `${base}/connect/callback`,
    },
  );
  const id = deps.newId();
  const now = await deps.wallClock.now();
  const expiresAt = new Date(now.getTime() + handOverMs);
  await deps.db.tx('staff', async (trx) => {
    await forgetHandOvers(trx, now);
    await trx('hand_overs').insert({
      id,
      state_hash: hashOf(state),
      connector: info.name,
      connection_id: connectionId,
      draft: JSON.stringify(draft),
      sealed: seal(deps, id, { state, authorizeUrl, credentials }),
      user_id: user.id,
      session_hash: hashOf(sessionToken),
      created_at: now,
      expires_at: expiresAt,
    });
  });
  return { id, authorizeUrl, expiresAt: expiresAt.toISOString() };
}

/** The hand-over that a text out of an address belongs to. @throws ApiError NotFound */
export async function lockByState(trx: Tx, state: string): Promise<HandOverRow> {
  const row = await trx('hand_overs')
    .where({ state_hash: hashOf(state) })
    .forUpdate()
    .first();
  if (row) return row as HandOverRow;
  throw new ApiError('NotFound', 'Nobody here waits for this.', { remedy: 'Begin the connection of the shop again.' });
}

/**
 * Lets a first arrival in time through, as long as whoever began is logged in.
 * @throws ApiError NotAllowedInState
 */
export async function demandWaiting(deps: ApiDeps, row: HandOverRow): Promise<User> {
  const now = await deps.wallClock.now();
  if (row.progress !== 'waiting') {
    const remedy = 'Begin the connection of the shop again.';
    throw new ApiError('NotAllowedInState', 'This was used already; it counts once.', { remedy });
  }
  demandInTime(row, now);
  return starterOf(deps, row, now);
}

/** @throws ApiError NotAllowedInState when the time is over, or its secrets are erased */
export function demandInTime({ expires_at: expiresAt, sealed }: HandOverRow, now: Date): void {
  if (expiresAt > now && sealed !== null) return;
  const remedy = 'Begin the connection of the shop again.';
  throw new ApiError('NotAllowedInState', 'It took too long: this has run out.', { remedy });
}

/** Who began, if the session in which that was still holds. @throws ApiError NotAllowedInState */
export async function starterOf(deps: ApiDeps, row: HandOverRow, now: Date): Promise<User> {
  const user = await findSession(deps.db.knex, row.session_hash, now);
  if (user?.id === row.user_id && user.role === 'admin') return user;
  throw new ApiError('NotAllowedInState', 'Whoever began this is not logged in any more.', {
    remedy: 'Log in, and begin the connection of the shop again.',
  });
}

/** Ends a hand-over without an account. */
export async function refuse(
  trx: Tx,
  id: string,
  refusal: { what: string; remedy: string },
  { at, report = null }: { at: Date; report?: ConnectionReport | null },
): Promise<void> {
  await trx('hand_overs')
    .where({ id })
    .update({
      progress: 'refused',
      refusal: JSON.stringify(refusal),
      report: report === null ? null : JSON.stringify(report),
      sealed: null,
      finished_at: at,
    });
}

/** A hand-over as whoever began it sees it. @throws ApiError NotFound, also for other people's */
export async function lookAt(deps: ApiDeps, id: string, user: User) {
  const row: HandOverRow | undefined = await deps.db.tx('staff', (trx) => trx('hand_overs').where({ id }).first());
  if (!row || row.user_id !== user.id) throw notFound('hand-over', id);
  const isLate = row.expires_at <= (await deps.wallClock.now());
  // A test under way is left to end; one that nobody ends has lost its secrets some time.
  const hasRunOut =
    isLate && (['waiting', 'received'].includes(row.progress) || (row.progress === 'testing' && row.sealed === null));
  const secrets = row.progress === 'waiting' && !hasRunOut ? unseal(deps, row) : null;
  return {
    id,
    connector: row.connector,
    connectionId: row.connection_id,
    progress: hasRunOut ? ('expired' as const) : row.progress,
    authorizeUrl: secrets?.authorizeUrl ?? null,
    report: row.report,
    refusal: row.refusal,
    expiresAt: row.expires_at.toISOString(),
  };
}
