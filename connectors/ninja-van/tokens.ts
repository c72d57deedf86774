import { check } from '../contract/check.ts';
import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import { parseJsonAnswer, unreadableAnswer } from '../transport/json.ts';
import { statusError } from './errors.ts';
import { type NinjaVanCredentials, type NinjaVanSettings, tokenSchema } from './schema.ts';

const operation = 'oauth.token';
/** How long before its end a token is renewed; never in the first three quarters of its life, which may be 300 s in all. */
const EARLY_MS = 5 * 60_000;

/** Credentials whose token is there. */
export interface Granted extends NinjaVanCredentials {
  readonly accessToken: string;
}

function hasToken(credentials: NinjaVanCredentials): credentials is Granted {
  return (credentials.accessToken ?? '') !== '';
}

/**
 * Hands out the access token. Fetching one goes through `ctx.renewCredentials`, which holds a lock and stores the token
 * before it is used: whoever comes second finds it there and makes no call.
 */
export class TokenKeeper {
  readonly #ctx: ConnectorContext<NinjaVanCredentials, NinjaVanSettings>;
  #current: NinjaVanCredentials;
  #renewing: Promise<Granted> | null = null;

  constructor(ctx: ConnectorContext<NinjaVanCredentials, NinjaVanSettings>) {
    this.#ctx = ctx;
    this.#current = ctx.credentials;
  }

  /** Credentials with a token that is good for now. An early renewal that does not get through is put off. */
  async current(): Promise<Granted> {
    const used = this.#current;
    const nowMs = (await this.#ctx.clock.now()).getTime();
    if (hasToken(used) && nowMs < (used.accessTokenRenewAtMs ?? 0)) return used;
    try {
      return await this.renew(used.accessToken);
    } catch (error) {
      const passing = error instanceof ConnectorError && ['Unavailable', 'RateLimited'].includes(error.kind);
      if (!passing || !hasToken(used) || nowMs >= (used.accessTokenExpiresAtMs ?? 0)) throw error;
      this.#ctx.log.warn({ reason: error.message }, 'the token could not be renewed early; the present one is used on');
      return used;
    }
  }

  /** A new token whatever the present one is good for: shows that the credentials are. */
  async prove(): Promise<void> {
    await this.renew(this.#current.accessToken);
  }

  /** A new token, unless somebody else has already replaced `usedToken`. */
  async renew(usedToken: string | undefined): Promise<Granted> {
    this.#renewing ??= this.#renewOnce(usedToken).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renewOnce(usedToken: string | undefined): Promise<Granted> {
    const nowMs = (await this.#ctx.clock.now()).getTime();
    const renewed = await this.#ctx.renewCredentials(async (latest) => {
      const isFresh = hasToken(latest) && nowMs < (latest.accessTokenRenewAtMs ?? 0);
      return isFresh && latest.accessToken !== usedToken ? latest : this.#grant(latest);
    });
    // The lock's keeper answers with what was stored, which is what was granted.
    if (!hasToken(renewed)) throw new ConnectorError('Unavailable', 'Ninja Van: no access token was stored');
    this.#current = renewed;
    return renewed;
  }

  async #grant(latest: NinjaVanCredentials): Promise<Granted> {
    const { settings, http, clock } = this.#ctx;
    // Another grant does no harm: earlier tokens stay good until they expire.
    const call = { operation, effect: false };
    const answer = await http.send({
      ...call,
      method: 'POST',
      url: `${apiOf(settings)}/2.0/oauth/access_token`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: latest.clientId,
        client_secret: latest.clientSecret,
        grant_type: 'client_credentials',
      }),
    });
    const refused = answer.status === 400 || answer.status === 401;
    if (refused) throw statusError({ ...answer, status: 401 }, operation, false);
    if (answer.status < 200 || answer.status > 299) throw statusError(answer, operation, false);
    const verdict = check(tokenSchema, parseJsonAnswer(answer, call));
    if (!verdict.ok) throw unreadableAnswer({ ...answer, text: '' }, call, verdict.problem);
    const { access_token: accessToken } = verdict.value;
    const [expires, lifetimeS] = [Number(verdict.value.expires ?? 0), Number(verdict.value.expires_in ?? 0)];
    const nowMs = (await clock.now()).getTime();
    // Our clock and the carrier's may differ, so the length of its life counts more than the hour of its end.
    const expiresAtMs = lifetimeS > 0 ? nowMs + lifetimeS * 1000 : expires * 1000;
    const lifetimeMs = Math.max(0, expiresAtMs - nowMs);
    return {
      ...latest,
      accessToken,
      accessTokenExpiresAtMs: expiresAtMs,
      accessTokenRenewAtMs: expiresAtMs - Math.min(EARLY_MS, lifetimeMs / 4),
    };
  }
}

/** Where the account's country is served. */
export function apiOf({ baseUrl, country }: NinjaVanSettings): string {
  return `${baseUrl.replace(/\/+$/, '')}/${country.toLowerCase()}`;
}
