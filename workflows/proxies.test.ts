import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createActivities } from '../activities/index.ts';
import { activityNames } from '../tests/workflows/bench.ts';
import {
  codeOf,
  forbiddenIn,
  importsOf,
  proxyOptions,
  reachableFrom,
  type SourceFile,
} from '../tests/workflows/source-check.ts';

const root = join(import.meta.dirname, '..');
const sources: SourceFile[] = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => ({ path: name, text: readFileSync(join(import.meta.dirname, name), 'utf8') }));

const fileOf = (text: string): SourceFile => ({ path: 'x.ts', text });

describe('every group of activity options', () => {
  it('has a time-out of its own and a heartbeat time-out', () => {
    const groups = sources.flatMap(proxyOptions);
    expect(groups.length).toBeGreaterThanOrEqual(4);
    for (const options of groups) {
      expect(options).toMatch(/\bstartToCloseTimeout\b/);
      expect(options).toMatch(/\bheartbeatTimeout\b/);
      expect(options).toMatch(/\bretry\b/);
    }
  });

  it('is found where it is missing something', () => {
    const [first, second] = proxyOptions(
      fileOf(`const a = proxyActivities<Activities>({ startToCloseTimeout: '1 s', queue: f(1) });
        const b = (id: string) => proxyActivities({ heartbeatTimeout /* startToCloseTimeout */ });`),
    );
    expect(first).toMatch(/startToCloseTimeout/);
    expect(first).not.toMatch(/heartbeatTimeout/);
    expect(second).not.toMatch(/startToCloseTimeout/);
  });
});

describe('workflow code', () => {
  // The interceptors are bundled beside the workflows.
  const reached = ['workflows/index.ts', 'workflows/correlation.ts'].map((entry) => reachableFrom(root, entry));

  it('reaches nothing that is different at each run', () => {
    const files = reached.flatMap(({ files }) => files);
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['workflows/order.ts', 'client/temporal/queues.ts']),
    );
    expect(files.flatMap(forbiddenIn)).toEqual([]);
  });

  it('loads no package but Temporal’s own', () => {
    const packages = new Set(reached.flatMap(({ packages }) => [...packages.keys()]));
    expect([...packages].sort()).toEqual(['@temporalio/common', '@temporalio/workflow']);
  });

  it('is checked by something that sees what is wrong', () => {
    expect(forbiddenIn(fileOf('const at = new Date();\n// Date\nconst x = "Date";'))).toEqual(['x.ts:1 Date']);
    expect(forbiddenIn(fileOf('if (Math.random() < 0.5) process.exit();'))).toEqual([
      'x.ts:1 Math.random',
      'x.ts:1 process',
    ]);
    expect(
      importsOf(
        `import type { A } from './types.ts';\nimport {\n  b,\n} from 'node:fs';\nimport pino from 'pino';\nexport { c } from './c.ts';\nexport type { D } from './d.ts';\nimport './side.ts';\nawait import('knex');`,
      ),
    ).toEqual(['node:fs', 'pino', './c.ts', './side.ts', 'knex']);
    expect(codeOf("a /* b */ 'c' // d")).toMatch(/^a +$/);
  });
});

describe('the scripted activities of the tests', () => {
  it('are the real ones, by name', () => {
    // Nothing is called: the factories only put functions together.
    const real = Object.keys(createActivities({} as Parameters<typeof createActivities>[0]));
    expect([...activityNames].sort()).toEqual(real.sort());
  });
});
