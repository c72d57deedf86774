import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../bootstrap/lock.mjs';
import { root, runScript } from './run.ts';

const source = join(root, 'client/web');
const builder = join(root, 'scripts/build-web.ts');

/** Where the built dashboard is kept; all worlds of this clone share it. */
export const webDir = join(root, '.tradelane/web');

/**
 * Builds the dashboard when its source changed since the last time.
 * @returns the folder to serve, or null when there is no dashboard in this clone
 */
export async function buildWeb(log: (line: string) => void): Promise<string | null> {
  if (!existsSync(join(source, 'index.html')) && !existsSync(builder)) return null;
  return await withLock(
    `web ${root}`,
    () => log('another process is building the dashboard; waiting for it'),
    async () => {
      const stamp = join(webDir, '.source-hash');
      const hash = hashOf(source);
      if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash && existsSync(join(webDir, 'index.html')))
        return webDir;
      log('building the dashboard');
      rmSync(stamp, { force: true });
      const vite = ['node_modules/vite/bin/vite.js', 'build', 'client/web', '--outDir', webDir, '--emptyOutDir'];
      const args = existsSync(builder) ? ['scripts/build-web.ts', '--out', webDir] : [...vite, '--logLevel', 'warn'];
      await runScript('building the dashboard', args, { ...process.env, TRADELANE_WEB_DIR: webDir });
      writeFileSync(stamp, hash);
      return webDir;
    },
  );
}

/** Everything that the built page depends on: its own folder, what it may import, and the lock file. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const shared = ['package-lock.json', 'scripts/build-web.ts'].map((name) => join(root, name));
  const imported = globSync('state-machines/**/*.ts', { cwd: root }).map((name) => join(root, name));
  const own = globSync('**/*', { cwd: folder }).map((name) => join(folder, name));
  for (const path of [...own, ...imported, ...shared].toSorted()) {
    if (!existsSync(path) || !statSync(path).isFile()) continue;
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
