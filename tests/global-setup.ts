import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { searchAttributesOfClient } from '../scripts/launcher/environment.ts';
import { endOrphans } from '../scripts/servers/pid-files.ts';
import { postgresDataFolder, startPostgres, stopLeftPostgres } from '../scripts/servers/postgres.ts';
import { isRunning } from '../scripts/servers/process-info.ts';
import { startTemporal } from '../scripts/servers/temporal.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser of the run's PostgreSQL; test files make databases of their own. */
    postgresSuperuserUrl: string;
    /** host:port of the run's Temporal server; test files use task queues and ids of their own. */
    temporalAddress: string;
  }
}

const prefix = 'tradelane-tests-';

/** Starts one PostgreSQL and one Temporal server for the whole run, and stops them after it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  // Made with mode 0700, which the user postgres could not pass.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), fsync: false });
  const searchAttributes = await searchAttributesOfClient();
  const temporal = await startTemporal({ folder: join(folder, 'temporal'), uiPort: null, searchAttributes }).catch(
    async (error: unknown) => {
      await postgres.stop('immediate');
      throw error;
    },
  );
  project.provide('postgresSuperuserUrl', postgres.superuserUrl);
  project.provide('temporalAddress', temporal.address);
  return async () => {
    await temporal.stop();
    await postgres.stop('immediate');
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Ends servers and deletes folders of runs that were killed. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const owner = Number(name.slice(prefix.length).split('-')[0]);
    if (!owner || isRunning(owner)) continue;
    const folder = join(tmpdir(), name);
    await endOrphans(join(folder, 'temporal/pids'), () => undefined);
    if (existsSync(join(folder, 'postgres'))) {
      await stopLeftPostgres(join(folder, 'postgres'));
      rmSync(postgresDataFolder(join(folder, 'postgres')), { recursive: true, force: true });
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
