import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * `npm test`: every check of the project. All of them run, so that one look shows everything that is wrong. The short
 * checks run one after the other beside the tests, which often wait for servers; what they say is shown at the end.
 * Arguments go to vitest: `npm test -- connectors` runs the tests of that folder only.
 */
const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);

interface Step {
  title: string;
  command: string;
  args: string[];
}

interface Outcome {
  code: number;
  /** What a step wrote that was not shown at once. */
  output: string;
}

const filters = process.argv.slice(2);
const generator = 'scripts/generate/all.ts';
const checks: Step[] = [
  // Several checkers would be done sooner and compute twice as much, which the tests beside them would wait for.
  { title: 'types', command: bin('tsc'), args: ['--noEmit', '-p', '.', '--pretty', '--singleThreaded'] },
  { title: 'format and lint', command: bin('biome'), args: ['check', '--diagnostic-level=error', '.'] },
  ...(existsSync(join(root, generator))
    ? [{ title: 'generated files', command: process.execPath, args: [generator, '--check'] }]
    : []),
];
const tests: Step = { title: 'tests', command: bin('vitest'), args: ['run', ...filters] };

async function run({ command, args }: Step, shown: boolean): Promise<Outcome> {
  // Under `npm test` the project's Node stands first on the PATH already; by hand it may not.
  const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const output = shown ? 'inherit' : 'pipe';
  const child = spawn(command, args, { cwd: root, stdio: ['inherit', output, output], env: { ...process.env, PATH } });
  const written: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => written.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => written.push(chunk));
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(written).toString('utf8') }));
  });
}

const heading = (title: string): string => `\n── ${title} ${'─'.repeat(Math.max(0, 64 - title.length))}`;

async function runChecks(): Promise<(Outcome & { title: string; seconds: string })[]> {
  const outcomes = [];
  for (const step of checks) {
    const startedAt = Date.now();
    const outcome = await run(step, false);
    outcomes.push({ title: step.title, seconds: ((Date.now() - startedAt) / 1_000).toFixed(1), ...outcome });
  }
  return outcomes;
}

console.log(heading(tests.title));
const [outcomes, tested] = await Promise.all([runChecks(), run(tests, true)]);
for (const { title, code, output, seconds } of outcomes) {
  console.log(heading(title));
  if (output.trim() !== '') console.log(output.trimEnd());
  console.log(`${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
}
const failed = [...outcomes, { title: tests.title, ...tested }].filter(({ code }) => code !== 0);
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.map(({ title }) => title).join(', ')}`);
  process.exitCode = 1;
}
