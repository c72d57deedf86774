import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from '@sinclair/typebox';
import { type Database, isDatabaseAway } from '../../db/database.ts';
import { isMigrated } from '../../db/migrate.ts';
import { edgesOf, type MachineDefinition, machineNames, machines } from '../../state-machines/index.ts';
import type { ApiDeps, TemporalGateway } from './deps.ts';
import type { Metrics } from './metrics.ts';
import { text } from './schemas/common.ts';
import type { Access, Api } from './types.ts';

const Live = Type.Object({ live: Type.Literal(true) });
const Ready = Type.Object({
  ready: Type.Boolean(),
  checks: Type.Object({ database: text, migrations: text, temporal: text, process: text }),
});

type Checks = { database: string; migrations: string; temporal: string; process: string };

/** Says whether the process is about to end: it is not ready then, although it still answers. */
export interface Draining {
  isDraining: boolean;
}

/**
 * Whether the schema is the code's. The list of migrations belongs to the owner role; where it may not be read, the
 * machines' edges answer for it, because every migration ends with writing them.
 */
export async function isCurrent(db: Database): Promise<boolean> {
  const { rows } = await db.knex.raw(
    `select has_table_privilege(to_regclass('schema_migrations')::oid, 'select') as readable`,
  );
  if (rows[0]?.readable === true) return isMigrated(db.knex);
  const { rows: found } = await db.knex.raw(`select to_regclass('machine_edges') as there`);
  if (found[0]?.there === null) return false;
  const edges: { machine: string; from_state: string; event: string; to_state: string }[] =
    await db.knex('machine_edges');
  const written = new Set(edges.map((edge) => [edge.machine, edge.from_state, edge.event, edge.to_state].join('|')));
  return machineNames.every((name) =>
    edgesOf(machines[name] as MachineDefinition).every(({ from, event, to }) =>
      written.has([name, from, event, to].join('|')),
    ),
  );
}

async function databaseChecks({ db }: ApiDeps): Promise<Pick<Checks, 'database' | 'migrations'>> {
  try {
    await db.knex.raw('select 1');
    return { database: 'ok', migrations: (await isCurrent(db)) ? 'ok' : 'missing' };
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    return { database: 'away', migrations: 'unknown' };
  }
}

async function temporalCheck({ temporal }: ApiDeps): Promise<string> {
  if (!temporal) return 'not configured';
  return (await isReachable(temporal)) ? 'ok' : 'away';
}

const temporalTimeoutMs = 2_000;

/** Whether Temporal answers soon; a server that hangs counts as away. */
export async function isReachable(temporal: TemporalGateway): Promise<boolean> {
  const overdue = new AbortController();
  try {
    const silence = sleep(temporalTimeoutMs, false, { signal: overdue.signal, ref: false });
    return await Promise.race([temporal.reachable(), silence]);
  } finally {
    overdue.abort();
  }
}

/**
 * What can be served. Temporal being away is shown but does not make the API unready: commands are saved and their
 * follow-up work waits in the outbox.
 */
export async function readiness(deps: ApiDeps, draining: Draining): Promise<{ ready: boolean; checks: Checks }> {
  const [database, temporal] = await Promise.all([databaseChecks(deps), temporalCheck(deps)]);
  const checks = { ...database, temporal, process: draining.isDraining ? 'draining' : 'ok' };
  const ready = checks.database === 'ok' && checks.migrations === 'ok' && !draining.isDraining;
  return { ready, checks };
}

/** `metricsFor` says who may read the business numbers; on a port of their own that is everybody who reaches it. */
export function healthRoutes(
  app: Api,
  deps: ApiDeps,
  { metrics, draining, metricsFor }: { metrics: Metrics; draining: Draining; metricsFor: Access },
): void {
  const tags = ['health'];
  app.get(
    '/live',
    { config: { access: 'public' }, schema: { summary: 'The process runs', tags, response: { 200: Live } } },
    async () => ({ live: true as const }),
  );
  app.get(
    '/ready',
    {
      config: { access: 'public' },
      schema: { summary: 'It can serve requests', tags, response: { 200: Ready, 503: Ready } },
    },
    async (_request, reply) => {
      const answer = await readiness(deps, draining);
      return reply.code(answer.ready ? 200 : 503).send(answer);
    },
  );
  app.get(
    '/metrics',
    { config: { access: metricsFor }, schema: { summary: 'Metrics in Prometheus’ text format', tags } },
    async (_request, reply) => {
      const { contentType, text: body } = await metrics.render();
      return reply.header('content-type', contentType).send(body);
    },
  );
}
