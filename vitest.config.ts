import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Parts of the suite that take longest, in that order: begun last they would run on alone. */
const longest = [
  'tests/chaos/',
  'tests/scenarios/',
  'workflows/continue-as-new',
  'tests/database/order-of-arrival',
  'scripts/',
  'workflows/',
  'tests/',
  'client/api/fuzz',
].map((path) => join(import.meta.dirname, path));

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = longest.findIndex((path) => moduleId.startsWith(path));
  return rank === -1 ? longest.length : rank;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

const never = [...configDefaults.exclude, '.tradelane/**'];
/** They start servers and processes, install Temporal's runtime, or measure their own process. */
const apart = ['tests', 'workflows', 'worker', 'scripts', 'sandbox', 'benchmarks', 'client/temporal', 'config'].map(
  (folder) => `${folder}/**/*.test.{ts,tsx}`,
);

const common = {
  pool: 'forks',
  // Real servers and real processes: slow machines need room. No test asserts how long something takes.
  testTimeout: 240_000,
  hookTimeout: 300_000,
  teardownTimeout: 30_000,
  // Polling ends as soon as it sees what it waits for; one second is too short for a busy machine.
  expect: { poll: { timeout: 60_000 } },
  // A process that starts again finds what Node made of the libraries.
  env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '.tradelane/cache/node') },
} as const;

export default defineConfig({
  test: {
    globalSetup: ['tests/global-setup.ts'],
    // Many tests wait for servers, so even a small machine does four files at once sooner than one after the other.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    // The sandboxed workflow bundles and the embedded servers print nothing that a passing run needs.
    silent: 'passed-only',
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...common, name: 'apart', include: apart, exclude: never } },
      // Files share a process and what it has loaded: loading costs more than most of their tests. So a fixture must not
      // call `beforeEach` and the like while it is loaded: only the first file would get it.
      {
        test: {
          ...common,
          name: 'together',
          isolate: false,
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...never, ...apart],
        },
      },
    ],
  },
});
