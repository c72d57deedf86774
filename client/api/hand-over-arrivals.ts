import type { ConnectionReport } from '../../connectors/contract/common.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import type { Command, Row } from '../../db/steps.ts';
import type { User } from '../../db/users.ts';
import { withHttpWarning } from './addresses.ts';
import { connectorNamed, demandFit, noteTest, prove, sealedColumns, storeConnection, tested } from './connect.ts';
import { connectionRow } from './connect-row.ts';
import type { ApiDeps, ConnectorInfo, Values } from './deps.ts';
import { ApiError, asApiError } from './errors.ts';
import {
  demandInTime,
  demandWaiting,
  type HandOverRow,
  type HandOverSecrets,
  lockByState,
  type Progress,
  refuse,
  seal,
  starterOf,
  unseal,
} from './hand-overs.ts';

/** A test that was begun and not finished within this time is begun again by whoever asks. */
const claimMs = 2 * 60 * 1000;
/** Failures that say nothing about the credentials: the hand-over stays open, and is tried again. */
const passing: readonly ConnectorError['kind'][] = ['Unavailable', 'RateLimited', 'OutcomeUnknown'];

export interface Arrival {
  readonly arrival: 'post' | 'redirect';
  readonly state: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/**
 * Takes what a platform sent: once, in time, from the platform that was asked, and keeps it sealed. A forged or changed
 * arrival is refused and leaves everything as it is, so that the right one can still come.
 * @throws ApiError saying what is wrong, with a remedy
 */
export async function takeArrival(deps: ApiDeps, { arrival, state, query, body }: Arrival): Promise<string> {
  return deps.db.tx('staff', async (trx) => {
    const row = await lockByState(trx, state);
    await demandWaiting(deps, row);
    const { handOver } = connectorNamed(deps, row.connector);
    if (handOver?.arrival !== arrival) throw new ApiError('NotFound', 'Nobody here waits for this.');
    const secrets = unseal(deps, row);
    const { settings } = row.draft;
    const now = await deps.clock.now();
    const received = await asked(async () =>
      handOver.check({ settings, credentials: secrets.credentials, state, query, body, now }),
    );
    await trx('hand_overs')
      .where({ id: row.id })
      .update({ progress: 'received', sealed: seal(deps, row.id, { ...secrets, received }) });
    return row.id;
  });
}

/** A connector's refusal in the API's words. */
export async function asked<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { remedy = 'Begin the connection of the shop again.' } = error.details;
    throw new ApiError('InvalidInput', error.message, { remedy });
  }
}

/** The owner said no on the platform's page. */
export async function noteDisagreement(deps: ApiDeps, state: string): Promise<void> {
  const at = await deps.wallClock.now();
  await deps.db.tx('staff', async (trx) => {
    const row = await lockByState(trx, state);
    await demandWaiting(deps, row);
    const what = 'Access was not given: somebody chose to cancel on the shop’s page.';
    await refuse(trx, row.id, { what, remedy: 'Begin again when the shop’s owner agrees.' }, { at });
  });
}

export interface Finished {
  readonly progress: Progress;
  readonly connectionId: string | null;
  readonly report: ConnectionReport | null;
}

/**
 * Makes credentials of what arrived, tests them, and stores them if they work: in a new account, or in place of the old
 * ones, which stay until then. Harmless when repeated, also by two at once.
 */
export async function finishHandOver(deps: ApiDeps, id: string, correlationId: string): Promise<Finished> {
  const claimed = await claim(deps, id);
  if (!claimed.mine) return finishedOf(claimed.row);
  const { row, user } = claimed;
  const trial = await tryOut(deps, row);
  const at = await deps.clock.now();
  const command: Command = {
    commandId: `hand-over/${id}`,
    actor: user.email,
    role: user.role,
    at,
    correlationId,
    why: 'handed over by the shop',
  };
  if (!trial.report.ok) return setBack(deps, row, trial, command);
  try {
    return await store(deps, row, trial, command);
  } catch (error) {
    const { message, code, extras } = asApiError(error);
    if (code === 'Internal') throw error;
    const refusal = { what: message, remedy: extras.remedy ?? 'Begin again with other particulars.' };
    const report = { ...trial.report, ok: false };
    await deps.db.tx('staff', (trx) => refuse(trx, id, refusal, { at, report }));
    return { progress: 'refused', connectionId: row.connection_id, report };
  }
}

const finishedOf = ({ progress, connection_id: connectionId, report }: HandOverRow): Finished => ({
  progress,
  connectionId,
  report,
});

type Claim = { mine: true; row: HandOverRow; user: User } | { mine: false; row: HandOverRow };

async function claim(deps: ApiDeps, id: string): Promise<Claim> {
  const now = await deps.wallClock.now();
  return deps.db.tx('staff', async (trx) => {
    const row: HandOverRow | undefined = await trx('hand_overs').where({ id }).forUpdate().first();
    if (!row) throw new ApiError('NotFound', 'There is no such hand-over.');
    const isLeft = row.progress === 'testing' && row.claimed_until !== null && row.claimed_until <= now;
    if (row.progress !== 'received' && !isLeft) return { mine: false, row };
    demandInTime(row, now);
    const user = await starterOf(deps, row, now);
    const claimed_until = new Date(now.getTime() + claimMs);
    await trx('hand_overs').where({ id }).update({ progress: 'testing', claimed_until });
    return { mine: true, row, user };
  });
}

interface Trial {
  readonly report: ConnectionReport;
  readonly toStore: Values | null;
  readonly settings: Values;
  readonly isPassing: boolean;
}

async function tryOut(deps: ApiDeps, row: HandOverRow): Promise<Trial> {
  const info: ConnectorInfo = connectorNamed(deps, row.connector);
  const { settings } = row.draft;
  const connector = info.name;
  const secrets = unseal(deps, row);
  let toStore: Values | null = secrets.redeemed ?? null;
  let isPassing = false;
  const run = async (): Promise<ConnectionReport> => {
    const { credentials, received = {} } = secrets;
    const redeemed = toStore
      ? { credentials: toStore, findings: [] }
      : await deps.redeemHandOver({ connector, settings, credentials, received });
    toStore = redeemed.credentials;
    demandFit(info.credentials, toStore, 'credentials');
    // A code counts once: what it became is kept, in case the test has to be repeated.
    await keepRedeemed(deps, row.id, { ...secrets, redeemed: toStore });
    const onRenewed = (renewed: Values) => {
      toStore = renewed;
    };
    const found = await deps.testConnection({ connector, settings, credentials: toStore, onRenewed });
    const findings = [...redeemed.findings, ...found.findings];
    return { ...found, ok: found.ok && redeemed.findings.every(({ severity }) => severity !== 'error'), findings };
  };
  const report = await tested(deps, () =>
    run().catch((error: unknown) => {
      isPassing = error instanceof ConnectorError && passing.includes(error.kind);
      throw error;
    }),
  );
  return { report: withHttpWarning(deps, settings, report), toStore, settings, isPassing };
}

async function keepRedeemed(deps: ApiDeps, id: string, secrets: HandOverSecrets): Promise<void> {
  const sealed = seal(deps, id, secrets);
  await deps.db.tx('staff', (trx) => trx('hand_overs').where({ id, progress: 'testing' }).update({ sealed }));
}

/** The test failed: for good, which ends the hand-over, or by an outage, after which it is tried again. */
async function setBack(deps: ApiDeps, row: HandOverRow, trial: Trial, command: Command): Promise<Finished> {
  const { report, isPassing } = trial;
  const { id, connection_id: connectionId } = row;
  await deps.db.tx('staff', async (trx) => {
    if (connectionId !== null) await noteTest(trx, deps, connectionId, report, command);
    if (isPassing) {
      const changes = { progress: 'received', claimed_until: null, report: JSON.stringify(report) };
      await trx('hand_overs').where({ id }).update(changes);
      return;
    }
    const first = report.findings.find(({ severity }) => severity === 'error');
    const refusal = { what: first?.what ?? 'The test failed.', remedy: first?.remedy ?? 'Begin again.' };
    await refuse(trx, id, refusal, { at: command.at, report });
  });
  return { progress: isPassing ? 'received' : 'refused', connectionId, report };
}

async function store(deps: ApiDeps, row: HandOverRow, trial: Trial, command: Command): Promise<Finished> {
  const { report, settings } = trial;
  const credentials = trial.toStore ?? {};
  const { code, name, brandId } = row.draft;
  const known: Row | null = row.connection_id === null ? null : await connectionRow(deps, row.connection_id);
  const connectionId = known?.id ?? deps.newId();
  const info = connectorNamed(deps, row.connector);
  await deps.db.tx('staff', async (trx) => {
    if (known) {
      await noteTest(trx, deps, connectionId, report, command);
      const changes = { ...sealedColumns(deps, connectionId, credentials), settings: JSON.stringify(settings) };
      await trx('connections').where({ id: connectionId }).update(changes);
      await prove(trx, connectionId, command);
    } else {
      const input = { code: code ?? '', name: name ?? '', connector: info.name, brandId, settings, credentials };
      await storeConnection(trx, deps, { ...input, id: connectionId, kind: info.kind }, report, command);
    }
    await trx('hand_overs')
      .where({ id: row.id })
      .update({
        progress: 'connected',
        connection_id: connectionId,
        report: JSON.stringify(report),
        sealed: null,
        finished_at: command.at,
      });
  });
  return { progress: 'connected', connectionId, report };
}
