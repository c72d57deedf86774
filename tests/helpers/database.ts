import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { type Database, openDatabase } from '../../db/database.ts';
import { migrate, provision } from '../../db/migrate.ts';
import { machineNames, machines } from '../../state-machines/index.ts';
import { edgesOf, statesOf } from '../../state-machines/kit.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresSuperuserUrl: string;
  }
}

/** The roles belong to the whole server: every test database uses the same passwords. */
const passwords = { ownerPassword: 'owner', appPassword: 'app' };
const migrationsFolder = new URL('../../db/migrations/', import.meta.url);

export interface TestDatabase {
  readonly db: Database;
  readonly name: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** Closes the pool and drops the database. */
  close(): Promise<void>;
}

/**
 * A fresh, migrated database for one test file. It is cloned from a template that is migrated once for each state of
 * the schema and the machines, whatever the file calls its databases: a file costs a tenth of a second and not a
 * migration, which costs one to two.
 */
export async function createTestDatabase(
  superuserUrl: string,
  { prefix = 'test', maxConnections = 6 }: { prefix?: string; maxConnections?: number } = {},
): Promise<TestDatabase> {
  const template = await ensureTemplate(superuserUrl);
  const name = `${prefix}_${Date.now().toString(36)}_${randomBytes(4).toString('hex')}`;
  await asSuperuser(superuserUrl, async (client) => {
    await client.query(`create database ${name} template ${template} owner tradelane_owner`);
    await client.query(`grant connect on database ${name} to tradelane_app`);
  });
  const appUrl = urlFor(superuserUrl, name, 'tradelane_app', passwords.appPassword);
  const db = openDatabase({ url: appUrl, maxConnections, applicationName: name });
  return {
    db,
    name,
    ownerUrl: urlFor(superuserUrl, name, 'tradelane_owner', passwords.ownerPassword),
    appUrl,
    close: async () => {
      await db.close();
      await asSuperuser(superuserUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function ensureTemplate(superuserUrl: string): Promise<string> {
  const template = `template_${fingerprint()}`;
  await asSuperuser(superuserUrl, async (client) => {
    // Test files run in several processes: one migrates, the others wait for it. One lock for all templates, because the
    // roles belong to the whole server and two processes cannot alter them at once.
    await client.query(`select pg_advisory_lock(hashtext('tradelane templates'))`);
    const found = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (found.rowCount === 0) await migrateTemplate(superuserUrl, client, template);
  });
  return template;
}

async function migrateTemplate(superuserUrl: string, client: pg.Client, template: string): Promise<void> {
  const draft = `${template}_draft`;
  await client.query(`drop database if exists ${draft} with (force)`);
  const { ownerUrl } = await provision(superuserUrl, { database: draft, ...passwords });
  await migrate(ownerUrl);
  await client.query(`alter database ${draft} rename to ${template}`);
}

/** Changes whenever a migration or a machine does. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(migrationsFolder).sort()) hash.update(readFileSync(new URL(file, migrationsFolder)));
  for (const name of machineNames) {
    const definition = machines[name];
    hash.update(JSON.stringify([name, statesOf(definition), edgesOf(definition), definition.closed]));
  }
  return hash.digest('hex').slice(0, 12);
}

function urlFor(superuserUrl: string, database: string, user: string, password: string): string {
  const url = new URL(superuserUrl);
  url.username = user;
  url.password = password;
  url.pathname = `/${database}`;
  return url.href;
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
