import { randomBytes } from 'node:crypto';
import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { ConnectionReport } from '../../connectors/contract/common.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import type { Tx } from '../../db/database.ts';
import { testStream } from '../../db/queries/connections.ts';
import { type Command, create, lock, type Row } from '../../db/steps.ts';
import type { ApiDeps, ConnectorInfo, Values } from './deps.ts';
import { ApiError, notFound } from './errors.ts';
import { stepOrRefuse } from './stepping.ts';

/** What a connection's credentials are bound to. Equal to what opens them in `connectors/open.ts`. */
export const credentialsOf = (connectionId: string): string => `connection/${connectionId}`;
export const webhookSecretOf = (connectionId: string): string => `connection/${connectionId}/webhook`;

export const sealedColumns = ({ sealer }: ApiDeps, id: string, credentials: Values) => ({
  credentials_sealed: sealer.sealJson(credentials, credentialsOf(id)),
  credentials_key_id: sealer.keyId,
});

/** @throws ApiError NotConfigured */
export function storedCredentials({ sealer }: ApiDeps, row: Row): Values {
  if (row.credentials_sealed === null) throw new ApiError('NotConfigured', 'No credentials are stored for it.');
  return sealer.openJson(row.credentials_sealed as Buffer, credentialsOf(row.id)) as Values;
}

/** @throws ApiError AlreadyThere */
export async function refuseTaken(deps: ApiDeps, code: string): Promise<void> {
  const taken = await deps.db.tx('staff', (trx) => trx('connections').where({ code }).first('id'));
  if (taken) throw new ApiError('AlreadyThere', `There is a connection with the code ${code} already.`);
}

export interface NewConnection {
  readonly code: string;
  readonly name: string;
  readonly connector: string;
  readonly brandId?: string | undefined;
  readonly settings: Values;
  readonly credentials: Values;
  readonly webhookSecret?: string | undefined;
  readonly callsPerSecond?: number | undefined;
  readonly callBurst?: number | undefined;
  readonly listingDefaults?: Values | undefined;
  readonly intervals?: Values | undefined;
}

export function connectorNamed({ connectors }: ApiDeps, name: string): ConnectorInfo {
  const known = connectors.find((candidate) => candidate.name === name);
  if (known) return known;
  throw new ApiError('InvalidInput', `There is no connector ${name}.`, {
    remedy: `Choose one of ${connectors.map((candidate) => candidate.name).join(', ')}.`,
  });
}

/** Names what is wrong by path, never by value: a value may be a secret. @throws ApiError InvalidInput */
export function demandFit(schema: TSchema, values: Values, part: 'settings' | 'credentials'): void {
  const faults = [...Value.Errors(schema, values)].slice(0, 10).map(({ path, message }) => ({
    path: `${part}${path}`,
    message,
  }));
  if (faults.length === 0) return;
  const words = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new ApiError('InvalidInput', `The ${part} do not fit the connector: ${words}.`, { details: { faults } });
}

/** Runs a test of an account. What keeps it from being asked at all becomes a finding of the report. */
export async function tested(deps: ApiDeps, test: () => Promise<ConnectionReport>): Promise<ConnectionReport> {
  try {
    return await test();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    deps.log.info({ kind: error.kind }, 'connection test failed');
    const remedy = error.details.remedy ?? remedies[error.kind];
    return {
      ok: false,
      account: '',
      facts: {},
      findings: [{ severity: 'error', what: `${error.kind}: ${error.message}`, remedy }],
    };
  }
}

const remedies: Record<ConnectorError['kind'], string> = {
  RateLimited: 'Wait a little and test again.',
  Unavailable: 'Check the address, and that the other side is up, then test again.',
  Unauthorized: 'Check the credentials and what they are allowed to do.',
  Rejected: 'Check settings and credentials against the connector’s README.',
  OutcomeUnknown: 'Test again.',
  NotFound: 'Check the address.',
  Duplicate: 'Test again.',
};

/** Stores a connection with its secrets sealed to its row. Its state is NEW until it is proved. */
export async function storeConnection(
  trx: Tx,
  deps: ApiDeps,
  input: NewConnection & { id: string; kind: ConnectorInfo['kind'] },
  report: ConnectionReport,
  command: Command,
): Promise<{ state: string; version: number }> {
  const { id, kind, connector, code, name, settings, credentials } = input;
  const secret = input.webhookSecret ?? randomBytes(32).toString('hex');
  const created = await create(
    trx,
    'connection',
    {
      id,
      code,
      connector,
      kind,
      name,
      brand_id: input.brandId ?? null,
      settings,
      ...sealedColumns(deps, id, credentials),
      webhook_secret_sealed: deps.sealer.seal(Buffer.from(secret, 'utf8'), webhookSecretOf(id)),
      ...(input.callsPerSecond === undefined ? {} : { calls_per_second: input.callsPerSecond }),
      ...(input.callBurst === undefined ? {} : { call_burst: input.callBurst }),
      listing_defaults: input.listingDefaults ?? {},
      intervals: input.intervals ?? {},
      created_at: command.at,
    },
    { ...command, commandId: `${command.commandId}/create` },
  );
  await noteTest(trx, deps, id, report, command);
  return report.ok ? prove(trx, id, command) : created;
}

/** Keeps the report of a test, and when the account last answered. */
export async function noteTest(
  trx: Tx,
  deps: ApiDeps,
  connectionId: string,
  report: ConnectionReport,
  { at }: Command,
): Promise<void> {
  await trx('sync_runs').insert({
    id: deps.newId(),
    connection_id: connectionId,
    stream: testStream,
    started_at: at,
    finished_at: at,
    counts: JSON.stringify(report),
    error: report.ok ? null : (report.findings[0]?.what ?? 'the test failed'),
  });
  const outcome = report.ok
    ? { last_success_at: at }
    : { last_failure_at: at, last_failure: JSON.stringify({ operation: 'test', findings: report.findings }) };
  await trx('connections').where({ id: connectionId }).update(outcome);
}

/** The credentials work: NEW and REVOKED accounts are connected, others stay what they are. */
export async function prove(
  trx: Tx,
  connectionId: string,
  command: Command,
): Promise<{ state: string; version: number }> {
  const row: Row | null = await lock(trx, 'connection', connectionId);
  if (!row) throw notFound('connection', connectionId);
  const changes = { credentials_proved: true };
  if (row.state === 'NEW' || row.state === 'REVOKED') {
    return stepOrRefuse(trx, 'connection', { id: connectionId, event: 'PROVE', changes }, command);
  }
  await trx('connections').where({ id: connectionId }).update(changes);
  return { state: row.state, version: row.version };
}
