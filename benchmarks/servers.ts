import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../db/database.ts';
import { migrate, provision } from '../db/migrate.ts';
import { postgresDataFolder, startPostgres } from '../scripts/servers/postgres.ts';
import type { BenchDatabase } from './types.ts';

const passwords = { ownerPassword: 'owner', appPassword: 'app' };

export interface BenchServer {
  readonly folder: string;
  /** For looking at the server itself. */
  readonly superuserUrl: string;
  /** Settings that decide how fast it writes. */
  readonly settings: Readonly<Record<string, string>>;
  database(): Promise<BenchDatabase>;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own, with fsync, and fresh databases cloned from a migrated one. */
export async function startBenchServer(): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tradelane-bench-'));
  chmodSync(folder, 0o755);
  const server = await startPostgres({ folder: join(folder, 'postgres') });
  const template = 'bench_template';
  const { ownerUrl } = await provision(server.superuserUrl, { database: template, ...passwords });
  await migrate(ownerUrl);
  const names = ['server_version', 'shared_buffers', 'fsync', 'synchronous_commit', 'max_wal_size'];
  const settings = await asSuperuser(server.superuserUrl, async (client) => {
    const { rows } = await client.query('select name, current_setting(name) as value from unnest($1::text[]) name', [
      names,
    ]);
    return Object.fromEntries(rows.map(({ name, value }) => [name, value as string]));
  });
  const urlFor = (database: string, user: string, password: string): string => {
    const url = new URL(server.superuserUrl);
    Object.assign(url, { username: user, password, pathname: `/${database}` });
    return url.href;
  };
  return {
    folder,
    superuserUrl: server.superuserUrl,
    settings,
    async database() {
      const name = `bench_${randomBytes(6).toString('hex')}`;
      await asSuperuser(server.superuserUrl, async (client) => {
        await client.query(`create database ${name} template ${template} owner tradelane_owner`);
        await client.query(`grant connect on database ${name} to tradelane_app`);
      });
      const appUrl = urlFor(name, 'tradelane_app', passwords.appPassword);
      const db = openDatabase({ url: appUrl, maxConnections: 6, applicationName: name });
      return {
        db,
        appUrl,
        ownerUrl: urlFor(name, 'tradelane_owner', passwords.ownerPassword),
        close: async () => {
          await db.close();
          await asSuperuser(server.superuserUrl, (client) => client.query(`drop database ${name} with (force)`));
        },
      };
    },
    async stop() {
      await server.stop('immediate');
      rmSync(postgresDataFolder(join(folder, 'postgres')), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function asSuperuser<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
