import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * `npm test`: every check of the project, one after the other. All of them run, so that one look shows everything that is
 * wrong; the tests come last. Arguments go to vitest: `npm test -- connectors` runs the tests of that folder only.
 */
const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);

interface Step {
  title: string;
  command: string;
  args: string[];
}

const filters = process.argv.slice(2);
const generator = 'scripts/generate/all.ts';
const steps: Step[] = [
  { title: 'types', command: bin('tsc'), args: ['--noEmit', '-p', '.'] },
  { title: 'format and lint', command: bin('biome'), args: ['check', '--diagnostic-level=error', '.'] },
  ...(existsSync(join(root, generator))
    ? [{ title: 'generated files', command: process.execPath, args: [generator, '--check'] }]
    : []),
  { title: 'tests', command: bin('vitest'), args: ['run', ...filters] },
];

async function run({ command, args }: Step): Promise<number> {
  // Under `npm test` the project's Node stands first on the PATH already; by hand it may not.
  const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH } });
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

const failed: string[] = [];
for (const [index, step] of steps.entries()) {
  console.log(`\n── ${index + 1}/${steps.length} ${step.title} ${'─'.repeat(Math.max(0, 60 - step.title.length))}`);
  const startedAt = Date.now();
  const code = await run(step);
  if (code !== 0) failed.push(step.title);
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  if (index < steps.length - 1) console.log(`${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
