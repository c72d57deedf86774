import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorCode, SetupFault } from '../servers/fault.ts';
import { postgresDataFolder, stopLeftPostgres } from '../servers/postgres.ts';
import { commandLine, isRunning } from '../servers/process-info.ts';
import { deleteTemporalDatabase } from '../servers/temporal.ts';

const leastFreeBytes = 300_000_000;
const lowFreeBytes = 2_000_000_000;

/** A new data folder for a world that is thrown away; unlike mkdtemp's it may be passed by the user postgres. */
export function temporaryDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'tradelane-'));
  chmodSync(dataDir, 0o755);
  return dataDir;
}

/** Subfolders and files of a data folder. */
export function placesOf(dataDir: string) {
  return {
    postgres: join(dataDir, 'postgres'),
    temporal: join(dataDir, 'temporal'),
    sandbox: join(dataDir, 'sandbox'),
    pids: join(dataDir, 'pids'),
    lock: join(dataDir, 'launcher.lock'),
  };
}

/**
 * Makes the data folder and looks whether it can be used.
 * @throws SetupFault: no right to write, disk full
 */
export function prepareFolder(dataDir: string, log: (line: string) => void): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reasons: Record<string, string> = {
      EACCES: 'may not be used by this user',
      EPERM: 'may not be used by this user',
      EROFS: 'is on a file system that is read-only',
      ENOSPC: 'is on a disk that is full',
      ENOTDIR: 'lies below a file',
      EEXIST: 'is a file',
    };
    const reason = reasons[errorCode(error) ?? ''];
    if (reason === undefined) throw error;
    throw new SetupFault(
      `The data folder ${dataDir} ${reason}.`,
      `give this user the right to write to ${dirname(dataDir)}, or set TRADELANE_DATA_DIR to another folder.`,
    );
  }
  const { bavail, bsize } = statfsSync(dataDir);
  const freeBytes = bavail * bsize;
  const free = `${Math.round(freeBytes / 1_000_000)} MB`;
  if (freeBytes < leastFreeBytes)
    throw new SetupFault(
      `Only ${free} are free on the disk of ${dataDir}; ${leastFreeBytes / 1_000_000} MB are the least.`,
      'free some space, or set TRADELANE_DATA_DIR to a folder on another disk.',
    );
  if (freeBytes < lowFreeBytes) log(`only ${free} are free on the disk of ${dataDir}`);
}

/**
 * Claims the data folder for this process; a lock whose process is gone is taken over.
 * @returns a function that gives it back
 * @throws SetupFault when another launcher works in the folder
 */
export function claimFolder(dataDir: string): () => void {
  const { lock } = placesOf(dataDir);
  const mine = JSON.stringify({ pid: process.pid, command: commandLine(process.pid) });
  for (let attempt = 1; ; attempt += 1) {
    try {
      writeFileSync(lock, mine, { flag: 'wx', mode: 0o600 });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || attempt > 2) throw error;
    }
    const holder = readHolder(lock);
    if (holder !== null && isRunning(holder.pid) && commandLine(holder.pid) === holder.command)
      throw new SetupFault(
        `Tradelane is running in ${dataDir} already (process ${holder.pid}).`,
        `use that one (its addresses are in ${join(dataDir, 'run.json')}), stop it with Ctrl-C or \`kill ${holder.pid}\`, or start a second one with TRADELANE_DATA_DIR=.tradelane-2 npm start -- --port 4500`,
      );
    rmSync(lock, { force: true });
  }
}

/** Null for a lock that was cut off by a kill. */
function readHolder(lock: string): { pid: number; command: string } | null {
  const text = existsSync(lock) ? readFileSync(lock, 'utf8') : '';
  if (!text.endsWith('}')) return null;
  const parsed: unknown = JSON.parse(text);
  const complete = typeof parsed === 'object' && parsed !== null && 'pid' in parsed && 'command' in parsed;
  return complete ? { pid: Number(parsed.pid), command: String(parsed.command) } : null;
}

/**
 * Deletes what a local world remembers. The folder must be claimed and its left-over processes ended.
 * The master key goes as well: nothing is left that it could open.
 */
export async function deleteWorld(dataDir: string, log: (line: string) => void): Promise<void> {
  const places = placesOf(dataDir);
  if (existsSync(places.postgres)) {
    await stopLeftPostgres(places.postgres);
    const data = postgresDataFolder(places.postgres);
    log(`deleting the database ${data}`);
    rmSync(data, { recursive: true, force: true });
  }
  log(`deleting Temporal's database, the sandbox's memory, logs and keys in ${dataDir}`);
  deleteTemporalDatabase(join(places.temporal, 'temporal.db'));
  // Only what a world makes: the folder may have been chosen by hand and hold other things.
  const names = ['postgres', 'temporal', 'sandbox', 'logs', 'pids', 'halts', 'run.json', 'master.key'];
  for (const name of readdirSync(dataDir).filter((entry) => names.includes(entry)))
    rmSync(join(dataDir, name), { recursive: true, force: true });
}
