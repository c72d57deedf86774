// Finds the Temporal command-line tool, or fetches it once. Dependency-free: runs before anything else.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { nodePath } from './install.mjs';
import { cacheDir, withLock } from './lock.mjs';

const modulePath = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const downloadSite = 'https://temporal.download/';
const probeTimeoutMs = 3_000;
const downloadTimeoutMs = 180_000;
const goTimeoutMs = 20 * 60_000;
const exe = process.platform === 'win32' ? '.exe' : '';

/**
 * Looks for the binary on the PATH, in our cache and where `go install` puts it.
 * @param {Record<string, string | undefined>} [env]
 * @returns {string | null} its path
 */
export function findTemporal(env = process.env) {
  const home = env.HOME || homedir();
  const goFolders = [env.GOBIN, ...(env.GOPATH ?? '').split(delimiter).map((path) => path && join(path, 'bin'))];
  const folders = [...(env.PATH ?? '').split(delimiter), cacheDir(env), ...goFolders, join(home, 'go/bin')];
  for (const folder of folders)
    if (folder && isProgram(join(folder, `temporal${exe}`))) return join(folder, `temporal${exe}`);
  return null;
}

/**
 * Makes sure that a local Temporal server can be started, unless TEMPORAL_ADDRESS names one.
 * @param {{ log?: (line: string) => void, env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<string | null>} path of the binary; null when TEMPORAL_ADDRESS makes it unnecessary
 * @throws Error that names all ways to get it
 */
export async function ensureTemporal({ log = console.error, env = process.env } = {}) {
  if (env.TEMPORAL_ADDRESS) return null;
  const found = findTemporal(env);
  if (found) return found;
  return await withLock(
    'temporal',
    () => log('another process is fetching the Temporal server; waiting for it'),
    async () => {
      const meanwhile = findTemporal(env);
      if (meanwhile) return meanwhile;
      const tried = [];
      for (const way of [download, goInstall]) {
        const result = await way(log, env);
        if (result.path) return result.path;
        tried.push(result.reason);
      }
      throw new Error(nothingWorked(tried, env));
    },
  );
}

function nothingWorked(tried, env) {
  return [
    'There is no Temporal server here and none could be fetched:',
    ...tried.map((reason) => `  - ${reason}`),
    'Remedy, any one of:',
    `  - set TEMPORAL_ADDRESS to a Temporal server that runs elsewhere (host:port)`,
    `  - install the Temporal CLI so that \`temporal\` is on the PATH (https://docs.temporal.io/cli)`,
    `  - put its binary at ${join(cacheDir(env), `temporal${exe}`)}`,
    `  - open the way to ${downloadSite}`,
    `  - install Go 1.24 or newer (https://go.dev/dl) with access to a Go module proxy`,
  ].join('\n');
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there or not executable: both mean "look further"
  }
}

function answers(path) {
  const result = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return result.stdout?.includes('temporal version') ?? false;
}

/** The SDK's own downloader, where the internet is open. */
async function download(log, env) {
  try {
    await fetch(downloadSite, { method: 'HEAD', signal: AbortSignal.timeout(probeTimeoutMs) });
  } catch (error) {
    return { reason: `${downloadSite} can't be reached (${error.cause?.code ?? error.name})` };
  }
  const folder = join(cacheDir(env), `download-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  log("downloading the Temporal server with Temporal's SDK …");
  const program = `import { TestWorkflowEnvironment } from '@temporalio/testing';
    const executable = { type: 'cached-download', downloadDir: ${JSON.stringify(folder)} };
    const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
    await environment.teardown();`;
  const args = ['--input-type=module', '--eval', program];
  const outcome = await run(nodePath, args, { env, timeoutMs: downloadTimeoutMs, cwd: join(nodePath, '../../..') });
  try {
    const file = readdirSync(folder)
      .map((name) => join(folder, name))
      .find((path) => statSync(path).isFile() && size(path));
    if (outcome.code !== 0 || !file)
      return { reason: `the download failed: ${outcome.lines.at(-1) ?? 'no file came'}` };
    chmodSync(file, 0o755);
    return keep(file, env) ?? { reason: 'the downloaded file is no Temporal CLI for this machine' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function size(path) {
  return statSync(path).size > 1_000_000;
}

/** Moves a finished binary to its place in the cache in one step, so that nobody ever runs half of it. */
function keep(file, env) {
  if (!answers(file)) return null;
  const path = join(cacheDir(env), `temporal${exe}`);
  renameSync(file, path);
  return { path };
}

/** Builds the tool from source; prints what it is doing, because it takes minutes. */
async function goInstall(log, env) {
  const go = ['go', '/usr/local/go/bin/go'].find((path) => spawnSync(path, ['version'], { env }).status === 0);
  if (!go) return { reason: 'Go is not installed' };
  const folder = join(cacheDir(env), `build-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  log('building the Temporal server from source with Go: about three minutes, once');
  const started = Date.now();
  const count = { modules: 0, packages: 0 };
  const onLine = (line) => {
    if (line.startsWith('go: downloading')) count.modules += 1;
    else if (!line.startsWith('go:')) count.packages += 1;
  };
  const tell = () => {
    const seconds = Math.round((Date.now() - started) / 1000);
    log(`  … ${seconds} s, ${count.modules} modules downloaded, ${count.packages} packages compiled`);
  };
  const timer = setInterval(tell, 10_000);
  try {
    const goEnv = { ...env, GOBIN: folder, GOFLAGS: '-buildvcs=false' };
    const outcome = await run(go, ['install', '-v', modulePath], { env: goEnv, timeoutMs: goTimeoutMs, onLine });
    if (outcome.code !== 0)
      return { reason: `go install ${modulePath} failed: ${outcome.lines.slice(-3).join(' / ')}` };
    tell();
    return keep(join(folder, `temporal${exe}`), env) ?? { reason: 'the binary that Go built does not run' };
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command; its last lines are kept for the error message. */
async function run(command, args, { env, timeoutMs, cwd, onLine }) {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.on('data', (chunk) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop();
      for (const line of parts.filter(Boolean)) {
        lines.push(line);
        onLine?.(line);
      }
      lines.splice(0, Math.max(0, lines.length - 50));
    });
  }
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      lines.push(error.message);
      resolve(-1);
    });
    child.on('close', (status, signal) => {
      if (signal) lines.push(`stopped after ${timeoutMs / 1000} s`);
      resolve(status ?? -1);
    });
  });
  return { code, lines };
}
