import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: [...configDefaults.exclude, '.tradelane/**'],
    globalSetup: ['tests/global-setup.ts'],
    pool: 'forks',
    // Most tests wait for servers, so even a small machine does two files at once sooner than one after the other.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Real servers and real processes: slow machines need room. No test asserts how long something takes.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // The sandboxed workflow bundles and the embedded servers print nothing that a passing run needs.
    silent: 'passed-only',
  },
});
