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
import type { User } from '../../../db/users.ts';
import { importSumOf } from '../../temporal/import-sum.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { buttonsOf, reading } from '../reading.ts';
import { type Allowed, ById } from '../schemas/common.ts';
import { ConnectionDetail, ConnectionPage, ConnectionQuery, ConnectorPage } from '../schemas/connections.ts';
import { type Api, staff } from '../types.ts';
import { budgetRoutes } from './budgets.ts';
import { connectionCommandRoutes } from './connection-commands.ts';
import { connectionTestRoutes } from './connection-tests.ts';
import { consentRoutes } from './consent.ts';
import { handOverRoutes } from './hand-overs.ts';

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
    // A reading of the catalogue keeps its place beside its sum; people want the sum.
    runs: parts.runs.map((run) => ({ ...run, counts: importSumOf(run.counts) ?? run.counts })),
    problems: problems.length,
    webhookUrl: publicUrl === null ? null : `${publicUrl}/hooks/${item.summary.code}`,
    openProblems: await problemsOf(trx, id),
    timeline,
    temporalUrl: deps.temporal?.workflowUrl(connectionKey(id)) ?? null,
  };
}

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/connectors',
    {
      config: { access: staff },
      schema: { summary: 'What can be connected, and what it takes', tags, response: { 200: ConnectorPage } },
    },
    async () => ({
      rows: deps.connectors.map(({ name, title, kind, settings, credentials, ways = [], handOver }) => ({
        name,
        title,
        kind,
        settings: { ...settings },
        credentials: { ...credentials },
        ways: ways.map((way) => ({
          ...way,
          steps: [...way.steps],
          credentials: [...way.credentials],
          optionalCredentials: [...(way.optionalCredentials ?? [])],
          settings: { ...way.settings },
        })),
        redirectUrl:
          handOver?.arrival === 'redirect' && deps.config.api.publicUrl !== null
            ? `${deps.config.api.publicUrl}/connect/callback`
            : null,
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

/** Accounts with outside systems: health, tests, commands. Credentials go in and never come out. */
export function connectionRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  connectionTestRoutes(app, deps);
  handOverRoutes(app, deps);
  consentRoutes(app, deps);
  connectionCommandRoutes(app, deps);
  budgetRoutes(app, deps);
}
