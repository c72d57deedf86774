import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const sources = join(root, 'client', 'web');
const stampName = '.built-from';

export interface BuildWebResult {
  /** False when what lies there was built from the same sources. */
  built: boolean;
  out: string;
  elapsedMs: number;
}

/** The server's schemas give the pages their types only; they are no part of what is built. */
async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...files.sort(), join(root, 'package-lock.json')]) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}

async function stampOf(out: string): Promise<string | null> {
  try {
    return await readFile(join(out, stampName), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Builds the dashboard into `out`, unless it was built from the same sources and lock file. The new build is made beside
 * the old one and put in its place at the end, so a server that reads the folder never sees half of it.
 */
export async function buildWeb(out: string): Promise<BuildWebResult> {
  const startedAt = performance.now();
  const target = resolve(out);
  const hash = await hashOfSources();
  const elapsedMs = () => Math.round(performance.now() - startedAt);
  if ((await stampOf(target)) === hash && existsSync(join(target, 'index.html'))) {
    return { built: false, out: target, elapsedMs: elapsedMs() };
  }
  const fresh = `${target}.new-${process.pid}`;
  const { build } = await import('vite');
  await mkdir(dirname(target), { recursive: true });
  try {
    await build({
      configFile: join(sources, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: fresh, emptyOutDir: true },
    });
    await writeFile(join(fresh, stampName), hash);
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { built: true, out: target, elapsedMs: elapsedMs() };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  const { built, out, elapsedMs } = await buildWeb(values.out ?? join(root, '.tradelane', 'web'));
  const where = relative(process.cwd(), out) || '.';
  console.log(
    built ? `dashboard: built into ${where} in ${(elapsedMs / 1000).toFixed(1)} s` : `dashboard: ${where} is current`,
  );
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
