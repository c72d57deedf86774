import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from 'pino';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Everything that workflow code may import from this repository. */
const sources = ['workflows', 'orders', 'client/temporal'];

function sourceHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const folder of sources) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      if (name.endsWith('.ts') && !name.endsWith('.test.ts'))
        hash.update(name).update(readFileSync(join(root, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** The short name of what the workflow code is; also the default build id of worker versioning. */
export const workflowCodeId = (): string => sourceHash();

/** Bundles the workflow code, or takes the bundle of an earlier start of the same code: bundling costs seconds. */
export async function workflowBundle(cacheDir: string, log: Logger): Promise<{ codePath: string }> {
  const codePath = join(cacheDir, `workflows-${sourceHash()}.js`);
  if (existsSync(codePath)) {
    const now = new Date();
    utimesSync(codePath, now, now);
    return { codePath };
  }
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: [join(root, 'workflows/correlation.ts')],
    logger: {
      trace: () => undefined,
      debug: () => undefined,
      info: () => undefined,
      log: () => undefined,
      warn: (message) => log.warn(message),
      error: (message) => log.error(message),
    },
  });
  mkdirSync(dirname(codePath), { recursive: true });
  const draft = `${codePath}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, codePath);
  forgetOld(cacheDir);
  return { codePath };
}

const keptMs = 7 * 24 * 60 * 60 * 1_000;

/** Deletes bundles of code that nobody has started for a week. */
function forgetOld(cacheDir: string): void {
  for (const name of readdirSync(cacheDir).filter((entry) => entry.startsWith('workflows-'))) {
    const path = join(cacheDir, name);
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > keptMs) rmSync(path, { force: true });
  }
}
