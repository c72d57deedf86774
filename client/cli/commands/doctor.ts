import { existsSync, statfsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { resolve } from 'node:path';
import type { Config } from '../../../config/load.ts';
import type { RunFile } from '../../../config/run-file.ts';
import { type Database, isDatabaseAway, openDatabase } from '../../../db/database.ts';
import { readOutbox } from '../../../db/queries/overview.ts';
import { isCurrent, isReachable } from '../../api/health.ts';
import { ApiClient } from '../api-client.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { runningWorld } from '../session.ts';
import { table } from '../text.ts';
import { configOf } from './operate.ts';

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do about it; null when there is nothing to do. */
  readonly remedy: string | null;
}

const neededNode = 24;
const littleBytes = 2_000_000_000;
const tooLittleBytes = 300_000_000;
/** Follow-up work that waits so long says that nobody carries it on. */
const oldOutboxSeconds = 120;
const portTimeoutMs = 1_000;

const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, remedy: null });
const warning = (name: string, detail: string, remedy: string): Check => ({ name, status: 'warning', detail, remedy });
const failed = (name: string, detail: string, remedy: string): Check => ({ name, status: 'failed', detail, remedy });

/** Looks at everything that has to be there, and says for each thing that is not what to do about it. */
export async function doctor(context: Context): Promise<Outcome> {
  const world = runningWorld(context.options);
  const checks = [checkNode(), checkDisk(context), ...checkWorld(context, world)];
  const config = readConfig(context);
  if ('check' in config) checks.push(config.check);
  else {
    checks.push(ok('configuration', `installation ${config.config.installation}`));
    checks.push(await checkTemporal(config.config), ...(await checkDatabase(config.config)));
  }
  checks.push(await checkApi(context, world));
  if (world === null && !('check' in config)) checks.push(await checkPort(config.config));
  const isWell = checks.every(({ status }) => status !== 'failed');
  const rows = checks.map(({ name, status, detail, remedy }) => [
    status === 'failed' ? 'FAILED' : status,
    name,
    remedy === null ? detail : `${detail} → ${remedy}`,
  ]);
  return { json: { ok: isWell, checks }, text: table(['', 'CHECK', 'FOUND'], rows), exit: isWell ? 'ok' : 'refused' };
}

function checkNode(): Check {
  const { node } = process.versions;
  if (Number(node.split('.')[0]) >= neededNode) return ok('node', node);
  return failed(
    'node',
    `${node} is too old`,
    'run `npm ci`, then `npx tradelane …`: the project brings Node 24 along.',
  );
}

function checkDisk({ options }: Context): Check {
  const folder = resolve(options.dataDir);
  const place = existsSync(folder) ? folder : process.cwd();
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const detail = `${(free / 1e9).toFixed(1)} GB free at ${place}`;
  const remedy = 'free some space: databases and logs grow.';
  if (free < tooLittleBytes) return failed('disk', detail, remedy);
  return free < littleBytes ? warning('disk', detail, remedy) : ok('disk', detail);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function checkWorld({ options }: Context, world: RunFile | null): Check[] {
  if (world === null) {
    return [warning('local world', `none runs in ${resolve(options.dataDir)}`, 'start it with `npm start`.')];
  }
  return Object.entries(world.pids ?? {}).map(([name, pid]) =>
    isAlive(pid)
      ? ok(`process ${name}`, `pid ${pid}`)
      : failed(
          `process ${name}`,
          `pid ${pid} is gone`,
          `look at logs/${name}.log in the data folder, then \`npm start\`.`,
        ),
  );
}

function readConfig({ options }: Context): { config: Config } | { check: Check } {
  try {
    return { config: configOf(options) };
  } catch (error) {
    if (!(error instanceof CliFault)) throw error;
    const names = (error.extras.details as { name: string; remedy: string }[]).map(
      ({ name, remedy }) => `${name}: ${remedy}`,
    );
    return { check: failed('configuration', `${names.length} faults`, names.join(' ')) };
  }
}

async function checkTemporal(config: Config): Promise<Check> {
  const [{ openClient }, { createGateway }] = await Promise.all([
    import('../../temporal/connect.ts'),
    import('../../temporal/gateway.ts'),
  ]);
  const { installation, temporal } = config;
  const client = openClient(temporal);
  try {
    const gateway = createGateway({ client, installation, namespace: temporal.namespace, uiUrl: temporal.uiUrl });
    if (await isReachable(gateway)) return ok('temporal', `${temporal.address}, namespace ${temporal.namespace}`);
    return failed('temporal', `no answer at ${temporal.address}`, 'start it, or correct TEMPORAL_ADDRESS.');
  } finally {
    await client.connection.close();
  }
}

async function checkDatabase({ database }: Config): Promise<Check[]> {
  const { host, pathname } = new URL(database.appUrl);
  const place = `${host}${pathname}`;
  const db = openDatabase({ url: database.appUrl, maxConnections: 1, applicationName: 'tradelane-doctor' });
  try {
    const migrated = (await isCurrent(db))
      ? ok('migrations', 'current')
      : failed(
          'migrations',
          'the schema is behind the code',
          'run `node db/migrate-main.ts`, or start anew with `npm start`.',
        );
    const rest = migrated.status === 'ok' ? await checkRows(db) : [];
    return [ok('database', place), migrated, ...rest];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (isDatabaseAway(error)) {
      return [failed('database', `no answer at ${place}`, 'start PostgreSQL, or correct DATABASE_URL.')];
    }
    if (['28P01', '28000', '3D000'].includes(code)) {
      return [failed('database', `${place} refuses the application role (${code})`, 'correct DATABASE_APP_URL.')];
    }
    throw error;
  } finally {
    await db.close();
  }
}

async function checkRows(db: Database): Promise<Check[]> {
  const clock = await db.knex('clock').first('virtual_now');
  const at: Date = clock?.virtual_now ?? new Date();
  return db.tx('staff', async (trx) => {
    const { waiting, oldestSeconds } = await readOutbox(trx, at);
    const detail = `${waiting} waiting, the oldest for ${oldestSeconds} s`;
    const outbox =
      waiting > 0 && oldestSeconds > oldOutboxSeconds
        ? failed('outbox', detail, 'is the worker running, and can it reach Temporal? See its log.')
        : ok('outbox', detail);
    const rows: { code: string; state: string }[] = await trx('connections').orderBy('code').select('code', 'state');
    const connections = rows.map(({ code, state }) => connectionCheck(code, state));
    const open = await trx('problems').where({ state: 'OPEN', severity: 'error' }).count({ n: '*' }).first();
    const n = Number(open?.n ?? 0);
    const problems =
      n === 0
        ? ok('problems', 'no open error')
        : warning('problems', `${n} open errors`, 'see `tradelane problems list --severity error`.');
    return [outbox, ...connections, problems];
  });
}

const connectionRemedies: Readonly<Record<string, string>> = {
  NEW: 'test and connect it: in the dashboard, or `tradelane connect`.',
  DEGRADED: 'it does not answer as it should; see its page for the last failure.',
  PAUSED: 'resume it when work shall go on.',
  REVOKED: 'its credentials are refused: enter new ones.',
};

function connectionCheck(code: string, state: string): Check {
  const name = `connection ${code}`;
  const remedy = connectionRemedies[state];
  if (remedy === undefined) return ok(name, state);
  return state === 'REVOKED' ? failed(name, state, remedy) : warning(name, state, remedy);
}

async function checkApi({ options }: Context, world: RunFile | null): Promise<Check> {
  const url = options.apiUrl ?? world?.apiUrl;
  if (url === undefined) return warning('api', 'no address is known', 'start it with `npm start`, or give --api-url.');
  try {
    const { status, body } = await new ApiClient(url, null).ask('GET', '/ready');
    if (status === 200) return ok('api', `ready at ${url}`);
    return failed('api', `${url} is not ready: ${JSON.stringify(body)}`, 'see the other checks and logs/api.log.');
  } catch (error) {
    if (!(error instanceof CliFault)) throw error;
    return failed('api', error.message, error.extras.remedy ?? 'start it.');
  }
}

/** Where nothing runs, the port of the API should be free for the next start. */
async function checkPort({ api }: Config): Promise<Check> {
  const isTaken = await new Promise<boolean>((answered) => {
    const socket = createConnection({ host: '127.0.0.1', port: api.port, timeout: portTimeoutMs });
    const answer = (taken: boolean) => {
      socket.destroy();
      answered(taken);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
  const name = `port ${api.port}`;
  if (!isTaken) return ok(name, 'free for the API');
  return warning(name, 'something listens there', 'stop it, or set TRADELANE_API_PORT.');
}
