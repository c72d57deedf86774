import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { writePrivateFile } from '../../config/run-file.ts';
import { provision } from '../../db/migrate.ts';
import { SetupFault, sleep } from './fault.ts';
import { freePort, isPortFree } from './ports.ts';
import {
  type PostgresPrograms,
  type PostgresUser,
  passableFolder,
  postgresPrograms,
  postgresUser,
} from './postgres-home.ts';
import { commandLine, isRunning, sendSignal, waitForEnd } from './process-info.ts';

/** `fast` ends sessions and writes a checkpoint; `immediate` is a crash on purpose: the next start recovers. */
export type StopMode = 'fast' | 'immediate';

export interface PostgresOptions {
  /** Folder for data, log and passwords. As root below a closed folder the data goes to /var/lib/tradelane. */
  folder: string;
  /** Missing or 0: any free port. */
  port?: number;
  /** False makes throw-away servers faster: they survive a kill of the process, but no power cut. Default true. */
  fsync?: boolean;
  log?: (line: string) => void;
}

export interface PostgresServer {
  /** Connects as the role that owns the schema. */
  ownerUrl: string;
  /** Connects as the role that is bound by row-level security. */
  appUrl: string;
  /** Connects as the superuser, to the database `postgres`; for set-up and tests only. */
  superuserUrl: string;
  port: number;
  pid: number;
  /** True when a server was still running here and was taken over. */
  adopted: boolean;
  /** Resolves when the server has ended. Harmless when repeated. */
  stop(mode?: StopMode): Promise<void>;
}

interface Secrets {
  superuser: string;
  owner: string;
  app: string;
}

interface Place {
  /** Holds passwords; the one that was asked for. */
  folder: string;
  data: string;
  logFile: string;
  programs: PostgresPrograms;
  user: PostgresUser | null;
}

const host = '127.0.0.1';
const database = 'tradelane';
const startTimeoutMs = 90_000;
const stopTimeoutMs = 30_000;
const pollMs = 40;
const againMs = 1_000;
const stopSignals: Record<StopMode, NodeJS.Signals> = { fast: 'SIGINT', immediate: 'SIGQUIT' };

/**
 * Starts an embedded PostgreSQL 18, makes roles and database where they are missing, and recovers what a crash left.
 * A postmaster that an earlier run left behind in this folder is taken over, or stopped when another port is wanted.
 * @throws SetupFault with the remedy: closed folder, taken port, damaged data, full disk
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const log = options.log ?? (() => undefined);
  const place = prepare(options.folder, log);
  const secrets = readSecrets(place);
  if (!existsSync(place.data)) initialise(place, secrets);
  const left = leftPostmaster(place.data);
  let adopted = left !== null;
  if (left !== null && (options.port ? options.port !== left.port : false)) {
    log(`stopping a PostgreSQL that was left behind on port ${left.port}`);
    await stopProcess(left.pid, 'fast');
    adopted = false;
  }
  const port = adopted && left ? left.port : options.port || (await freePort());
  if (!adopted && !(await isPortFree(port)))
    throw new SetupFault(
      `Port ${port}, wanted for PostgreSQL, is taken.`,
      'choose another port, or stop what uses it.',
    );
  const launched = adopted ? null : launch(place, port, options.fsync ?? true);
  const superuserUrl = `postgresql://postgres:${secrets.superuser}@${host}:${port}/postgres`;
  const pid = await untilReady(place, superuserUrl, launched);
  if (adopted) log(`took over the PostgreSQL that was left behind on port ${port}`);
  const urls = await provision(superuserUrl, { database, ownerPassword: secrets.owner, appPassword: secrets.app });
  return { ...urls, superuserUrl, port, pid, adopted, stop: (mode = 'fast') => stopProcess(pid, mode) };
}

/** Where the data of `folder` really lies; differs from it only as root below a closed folder. */
export function postgresDataFolder(folder: string): string {
  return join(passableFolder(folder, postgresUser()), 'data');
}

/** Stops a server that was left running on the data of `folder`; nothing happens where there is none. */
export async function stopLeftPostgres(folder: string): Promise<void> {
  const left = leftPostmaster(postgresDataFolder(folder));
  if (left !== null) await stopProcess(left.pid, 'fast');
}

function prepare(folder: string, log: (line: string) => void): Place {
  const user = postgresUser();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const home = passableFolder(folder, user);
  if (home !== folder) log(`the user postgres may not pass ${folder}: PostgreSQL keeps its data in ${home}`);
  return {
    folder,
    data: join(home, 'data'),
    logFile: join(folder, 'server.log'),
    programs: postgresPrograms(user),
    user,
  };
}

function readSecrets({ folder, data }: Place): Secrets {
  const path = join(folder, 'passwords.json');
  if (!existsSync(path)) {
    if (existsSync(data))
      throw new SetupFault(`${path} is missing, but there is a database.`, `restore the file, or delete ${data}.`);
    const make = (): string => randomBytes(18).toString('hex');
    writePrivateFile(path, JSON.stringify({ superuser: make(), owner: make(), app: make() }));
  }
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isSecrets(parsed)) throw new SetupFault(`${path} is damaged.`, 'restore it, or start over with --fresh.');
  return parsed;
}

function isSecrets(value: unknown): value is Secrets {
  return typeof value === 'object' && value !== null && 'superuser' in value && 'owner' in value && 'app' in value;
}

/** Makes the cluster under another name first, so that a kill in between leaves nothing half-made behind. */
function initialise({ folder, data, programs, user }: Place, secrets: Secrets): void {
  const half = `${data}.new`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true, mode: 0o700 });
  const passwordFile = join(half, '..', `password.${process.pid}`);
  writePrivateFile(passwordFile, secrets.superuser);
  if (user) for (const path of [half, passwordFile]) chownSync(path, user.uid, user.gid);
  const flags = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`, '--encoding=UTF8'];
  // The built-in provider sorts alike on every machine, whatever locales it has.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync'];
  const result = spawnSync(programs.initdb, [`--pgdata=${half}`, ...flags, ...locale], {
    ...user,
    encoding: 'utf8',
    cwd: '/',
  });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(half, { recursive: true, force: true });
    throw new SetupFault(
      `initdb failed: ${result.stderr || result.error?.message}`,
      remedyFor(result.stderr ?? '', folder),
    );
  }
  renameSync(half, data);
}

function remedyFor(output: string, folder: string): string {
  if (output.includes('No space left')) return 'the disk is full; free some space.';
  if (output.includes('Permission denied')) return `give the user that runs PostgreSQL the right to use ${folder}.`;
  return `read ${join(folder, 'server.log')}, or set DATABASE_URL to a server of your own.`;
}

/** A postmaster that still runs on these data. A lock file whose process is something else is removed. */
function leftPostmaster(data: string): { pid: number; port: number } | null {
  const lines = lockLines(data);
  const [pid, port] = [Number(lines?.[0]), Number(lines?.[3])];
  if (lines === null || !pid) return null;
  const command = commandLine(pid);
  if (isRunning(pid) && command.includes('postgres') && command.includes(data)) return { pid, port };
  // Process ids are reused: PostgreSQL would take an unrelated process for its predecessor and refuse to start.
  if (isRunning(pid)) rmSync(join(data, 'postmaster.pid'), { force: true });
  return null;
}

function lockLines(data: string): string[] | null {
  const path = join(data, 'postmaster.pid');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : null;
}

/** A server that was launched by this process. */
interface Launched {
  readonly atMs: number;
  /** It is over, or never began; its log says why. */
  hasEnded: boolean;
  again(): Launched;
}

function launch(place: Place, port: number, fsync: boolean): Launched {
  const { data, logFile, programs, user } = place;
  if (user && statSync(data).uid !== user.uid)
    throw new SetupFault(`${data} belongs to another user than postgres.`, `chown -R postgres ${data}`);
  chmodSync(data, 0o700);
  const settings = {
    listen_addresses: host,
    unix_socket_directories: '',
    max_connections: 200,
    synchronous_commit: 'on',
    fsync: fsync ? 'on' : 'off',
    // Whole pages in the log only mend what a power cut tore: without fsync nothing outlives one anyway.
    full_page_writes: fsync ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const output = openSync(logFile, 'a', 0o600);
  // A session of its own: Ctrl-C in the terminal must not reach it before the processes that write to it have stopped.
  const child = spawn(programs.postgres, ['-D', data, '-p', String(port), ...flags], {
    ...user,
    cwd: '/',
    detached: true,
    stdio: ['ignore', output, output],
  });
  const launched: Launched = { atMs: Date.now(), hasEnded: false, again: () => launch(place, port, fsync) };
  child.once('exit', () => {
    launched.hasEnded = true;
  });
  // Told in the log, where the wait for readiness finds it.
  child.on('error', (error) => {
    appendFileSync(logFile, `can't run ${programs.postgres}: ${error.message}\n`);
    launched.hasEnded = true;
  });
  child.unref();
  return launched;
}

/** Waits until the server takes connections; recovery after a crash may take a while. */
async function untilReady(place: Place, superuserUrl: string, launched: Launched | null): Promise<number> {
  const deadline = Date.now() + startTimeoutMs;
  for (let server = launched; Date.now() < deadline; await sleep(pollMs)) {
    const lines = lockLines(place.data);
    const pid = Number(lines?.[0]);
    if (lines?.[7]?.startsWith('ready') && isRunning(pid) && (await answers(superuserUrl))) return pid;
    if ((pid && isRunning(pid)) || server?.hasEnded === false) continue;
    const tail = readFileSync(place.logFile, 'utf8').split('\n').slice(-8).join('\n');
    // After kill -9 of the postmaster its children hold the shared memory until they notice.
    if (server === null || !/pre-existing shared memory|is still in use/.test(tail))
      throw new SetupFault(`PostgreSQL did not start:\n${tail}`, remedyFor(tail, place.folder));
    if (Date.now() - server.atMs >= againMs) server = server.again();
  }
  throw new SetupFault(`PostgreSQL was not ready within ${startTimeoutMs / 1_000} s.`, remedyFor('', place.folder));
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection that dies between two queries reports it as an event as well; the query's own error is enough here.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    // 57P03: still starting up. Anything else, such as a wrong password, will not mend itself.
    if (error instanceof pg.DatabaseError && error.code !== '57P03') throw error;
    return false;
  } finally {
    await client.end();
  }
}

async function stopProcess(pid: number, mode: StopMode): Promise<void> {
  if (!isRunning(pid)) return;
  sendSignal(pid, stopSignals[mode]);
  if (await waitForEnd(pid, stopTimeoutMs)) return;
  sendSignal(pid, 'SIGQUIT');
  if (await waitForEnd(pid, stopTimeoutMs / 3)) return;
  sendSignal(pid, 'SIGKILL');
  await waitForEnd(pid, stopTimeoutMs / 3);
}
