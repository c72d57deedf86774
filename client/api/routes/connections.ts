import type { Static } from '@sinclair/typebox';
import type { ConnectionReport } from '../../../connectors/contract/common.ts';
import type { Tx } from '../../../db/database.ts';
import { connectionKey } from '../../../db/follow-ups.ts';
import {
  type ConnectionItem,
  findConnection,
  listConnections,
  readConnectionParts,
} from '../../../db/queries/connections.ts';
import { problemsOf } from '../../../db/queries/problems.ts';
import { historyOf } from '../../../db/queries/timeline.ts';
import type { Row } from '../../../db/steps.ts';
import type { User } from '../../../db/users.ts';
import { streamsOf } from '../../temporal/topics.ts';
import { connectorNamed, credentialsOf, demandFit, noteTest, prove, storeConnection, tested } from '../connect.ts';
import type { ApiDeps, ConnectorInfo, ConnectorKind, TemporalGateway, Values } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { isReachable } from '../health.ts';
import { answerOnce, answerOnceInParts } from '../idempotency.ts';
import { buttonsOf, reading } from '../reading.ts';
import { type Allowed, ById, EventBody, Stepped } from '../schemas/common.ts';
import {
  Accepted,
  ConnectionBody,
  ConnectionDetail,
  ConnectionPage,
  ConnectionQuery,
  ConnectionTestBody,
  ConnectionTested,
  ConnectorPage,
  FetchBody,
  SyncBody,
} from '../schemas/operations.ts';
import { stepOrRefuse } from '../stepping.ts';
import { type Api, adminOnly, staff } from '../types.ts';

const tags = ['connections'];
const rowOf = ({ summary }: ConnectionItem, allowed: Allowed[]) => ({ ...summary, allowed });

async function detailOf(trx: Tx, deps: ApiDeps, id: string, user: User) {
  const item = await findConnection(trx, id);
  if (!item) throw notFound('connection', id);
  const parts = await readConnectionParts(trx, item.row);
  const timeline = await historyOf(trx, [{ machine: 'connection', id }]);
  const problems = await trx('problems').where({ connection_id: id }).whereNot({ state: 'RESOLVED' }).pluck('id');
  const [allowed = []] = await buttonsOf(trx, 'connection', [item], user);
  const { publicUrl } = deps.config.api;
  return {
    ...rowOf(item, allowed),
    ...parts,
    problems: problems.length,
    webhookUrl: publicUrl === null ? null : `${publicUrl}/hooks/${item.summary.code}`,
    openProblems: await problemsOf(trx, id),
    timeline,
    temporalUrl: deps.temporal?.workflowUrl(connectionKey(id)) ?? null,
  };
}

async function rowById(deps: ApiDeps, id: string): Promise<Row> {
  const row = await deps.db.tx('staff', (trx) => trx('connections').where({ id }).first());
  if (!row) throw notFound('connection', id);
  return row;
}

/** Asks Temporal something on a person's behalf; what it cannot do now is a 503, not a fault of ours. */
async function askTemporal<Result>(
  deps: ApiDeps,
  ask: (temporal: TemporalGateway) => Promise<Result>,
): Promise<Result> {
  if (!deps.temporal) throw new ApiError('TemporalAway', 'No Temporal server is configured.');
  if (!(await isReachable(deps.temporal))) {
    throw new ApiError('TemporalAway', 'Temporal cannot be reached right now.', { retryAfterSeconds: 10 });
  }
  return ask(deps.temporal);
}

const streamNames = (kind: ConnectorKind): string[] => Object.keys(streamsOf[kind]);

function refuseIdle(row: Row): void {
  if (row.state === 'CONNECTED' || row.state === 'DEGRADED') return;
  throw new ApiError('NotAllowedInState', `${row.name} is ${row.state}: nothing is sent or fetched.`, {
    remedy: 'Test and connect it, or resume it.',
  });
}

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/connectors',
    {
      config: { access: staff },
      schema: { summary: 'What can be connected, and what it takes', tags, response: { 200: ConnectorPage } },
    },
    async () => ({
      rows: deps.connectors.map(({ name, title, kind, settings, credentials }) => ({
        name,
        title,
        kind,
        settings: { ...settings },
        credentials: { ...credentials },
      })),
    }),
  );

  app.get(
    '/api/connections',
    {
      config: { access: staff },
      schema: {
        summary: 'Accounts with outside systems',
        tags,
        querystring: ConnectionQuery,
        response: { 200: ConnectionPage },
      },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { items, next, total } = await listConnections(trx, request.query);
        const allowed = await buttonsOf(trx, 'connection', items, user);
        return { rows: items.map((item, index) => rowOf(item, allowed[index] ?? [])), next, total };
      }),
  );

  app.get(
    '/api/connections/:id',
    {
      config: { access: staff },
      schema: { summary: 'One account with its health', tags, params: ById, response: { 200: ConnectionDetail } },
    },
    async (request) => reading(request, deps, (trx, user) => detailOf(trx, deps, request.params.id, user)),
  );
}

function connectRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Test an account and store it; a failed test stores nothing unless `saveAnyway`',
        tags,
        body: ConnectionBody,
        response: { 200: ConnectionTested, 201: ConnectionTested },
      },
    },
    async (request, reply) =>
      answerOnceInParts<Static<typeof ConnectionTested>>(request, reply, deps, async ({ command }) => {
        const { saveAnyway = false, ...input } = request.body;
        const info = connectorNamed(deps, input.connector);
        demandFit(info.settings, input.settings, 'settings');
        demandFit(info.credentials, input.credentials, 'credentials');
        if (info.kind === 'store' && input.brandId === undefined) {
          throw new ApiError('InvalidInput', 'A shop belongs to a brand: name it in `brandId`.');
        }
        await refuseTaken(deps, input.code);
        const report = await tested(deps, () => deps.testConnection(input));
        const shown = { ...report, facts: { ...report.facts }, findings: [...report.findings] };
        if (!report.ok && !saveAnyway) {
          return { status: 200, body: { id: null, saved: false, state: null, version: null, report: shown } };
        }
        const id = deps.newId();
        const { state, version } = await deps.db.tx('staff', (trx) =>
          storeConnection(trx, deps, { ...input, id, kind: info.kind }, report, command),
        );
        return { status: 201, body: { id, saved: true, state, version, report: shown } };
      }),
  );

  app.post(
    '/api/connections/:id/test',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Test an account again, with its stored or with new credentials; new ones are stored if they work',
        tags,
        params: ById,
        body: ConnectionTestBody,
        response: { 200: ConnectionTested },
      },
    },
    async (request, reply) =>
      answerOnceInParts(request, reply, deps, async ({ command }) => {
        const { id } = request.params;
        const row = await rowById(deps, id);
        const info = connectorNamed(deps, String(row.connector));
        const { settings: newSettings, credentials: fresh } = request.body;
        const report = await retested(deps, row, info, { newSettings, fresh });
        const after = await deps.db.tx('staff', async (trx) => {
          await noteTest(trx, deps, id, report, command);
          if (!report.ok) return null;
          if (request.body.settings)
            await trx('connections')
              .where({ id })
              .update({ settings: JSON.stringify(newSettings) });
          if (fresh)
            await trx('connections')
              .where({ id })
              .update(sealedColumns(deps, id, fresh));
          return prove(trx, id, command);
        });
        const { state, version } = after ?? row;
        const saved = after !== null && (fresh !== undefined || newSettings !== undefined);
        const shown = { ...report, facts: { ...report.facts }, findings: [...report.findings] };
        return { status: 200, body: { id, saved, state, version, report: shown } };
      }),
  );
}

/**
 * Tests a stored account. With what is stored it is opened as for any other call, so that a token that is renewed on the
 * way is stored; new settings or credentials are tried beside it.
 */
async function retested(
  deps: ApiDeps,
  row: Row,
  info: ConnectorInfo,
  { newSettings, fresh }: { newSettings: Values | undefined; fresh: Values | undefined },
): Promise<ConnectionReport> {
  if (newSettings === undefined && fresh === undefined) {
    return tested(deps, async () => (await deps.openConnector(row.id, info.kind)).testConnection());
  }
  const settings = newSettings ?? (row.settings as Values);
  const credentials = fresh ?? storedCredentials(deps, row);
  demandFit(info.settings, settings, 'settings');
  demandFit(info.credentials, credentials, 'credentials');
  return tested(deps, () => deps.testConnection({ connector: info.name, settings, credentials }));
}

async function refuseTaken(deps: ApiDeps, code: string): Promise<void> {
  const taken = await deps.db.tx('staff', (trx) => trx('connections').where({ code }).first('id'));
  if (taken) throw new ApiError('AlreadyThere', `There is a connection with the code ${code} already.`);
}

function storedCredentials({ sealer }: ApiDeps, row: Row): Values {
  if (row.credentials_sealed === null) throw new ApiError('NotConfigured', 'No credentials are stored for it.');
  return sealer.openJson(row.credentials_sealed as Buffer, credentialsOf(row.id)) as Values;
}

const sealedColumns = ({ sealer }: ApiDeps, id: string, credentials: Values) => ({
  credentials_sealed: sealer.sealJson(credentials, credentialsOf(id)),
  credentials_key_id: sealer.keyId,
});

function commandRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections/:id/events',
    {
      config: { access: staff },
      schema: {
        summary: 'Pause, resume or revoke an account',
        tags,
        params: ById,
        body: EventBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version: expectedVersion } = request.body;
        const input = { id: request.params.id, event: type, expectedVersion };
        const { state, version } = await stepOrRefuse(trx, 'connection', input, command);
        return { status: 200, body: { ok: true, state, version } };
      }),
  );

  app.post(
    '/api/connections/:id/sync',
    {
      config: { access: staff },
      schema: {
        summary: 'Read a stream of an account now, or all of its streams',
        tags,
        params: ById,
        body: SyncBody,
        response: { 202: Accepted },
      },
    },
    async (request, reply) =>
      answerOnceInParts(request, reply, deps, async () => {
        const { stream } = request.body;
        const row = await rowById(deps, request.params.id);
        const kind = row.kind as ConnectorKind;
        if (stream !== undefined && !streamNames(kind).includes(stream)) {
          throw new ApiError(
            'InvalidInput',
            `A ${kind} has no stream ${stream}; it has ${streamNames(kind).join(', ')}.`,
          );
        }
        refuseIdle(row);
        await askTemporal(deps, (temporal) => temporal.syncNow({ id: row.id, kind }, stream));
        const workflowUrl = deps.temporal?.workflowUrl(connectionKey(row.id)) ?? null;
        return { status: 202, body: { accepted: true, workflowUrl } };
      }),
  );

  app.post(
    '/api/connections/:id/fetch',
    {
      config: { access: staff },
      schema: {
        summary: 'Read one order of a marketplace again, by its number there',
        tags,
        params: ById,
        body: FetchBody,
        response: { 202: Accepted },
      },
    },
    async (request, reply) =>
      answerOnceInParts(request, reply, deps, async () => {
        const row = await rowById(deps, request.params.id);
        if (row.kind !== 'marketplace') {
          throw new ApiError('InvalidInput', 'Only marketplaces have orders to fetch.');
        }
        refuseIdle(row);
        const { externalId } = request.body;
        await askTemporal(deps, (temporal) => temporal.fetchOrder(row.id, externalId));
        const key = `channel-order/${row.id}/${encodeURIComponent(externalId)}`;
        return { status: 202, body: { accepted: true, workflowUrl: deps.temporal?.workflowUrl(key) ?? null } };
      }),
  );
}

/** Accounts with outside systems: health, tests, commands. Credentials go in and never come out. */
export function connectionRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  connectRoutes(app, deps);
  commandRoutes(app, deps);
}
