import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import knexModule, { type Knex } from 'knex';
import { machineNames, machines } from '../state-machines/index.ts';
import { edgesOf, initialStateOf, statesOf } from '../state-machines/kit.ts';

const folder = fileURLToPath(new URL('./migrations/', import.meta.url));

/** Plain SQL files, applied in the order of their time-stamped names, each in a transaction of its own. */
const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => ({
    up: async (knex) => {
      await knex.raw(readFileSync(`${folder}${name}`, 'utf8').replaceAll('?', '\\?'));
    },
    down: async () => {
      throw new Error('Migrations are append-only: write a new one that takes the change back.');
    },
  }),
};

export interface MigrationReport {
  readonly applied: readonly string[];
  readonly edges: number;
}

/**
 * Brings the database up to the code: schema, then the machines' states and edges. Runs as the owner role.
 * Harmless when repeated; edges that the code no longer has are retired, never deleted, because history refers to them.
 */
export async function migrate(ownerUrl: string): Promise<MigrationReport> {
  const knex = knexModule({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 1 } });
  try {
    const [, applied] = (await knex.migrate.latest({ migrationSource, tableName: 'schema_migrations' })) as [
      number,
      string[],
    ];
    // So that the application can say whether it is current.
    await knex.raw('grant select on schema_migrations to tradelane_app');
    return { applied, edges: await writeMachines(knex) };
  } finally {
    await knex.destroy();
  }
}

async function writeMachines(knex: Knex): Promise<number> {
  return knex.transaction(async (trx) => {
    let count = 0;
    for (const name of machineNames) {
      const definition = machines[name];
      const initial = initialStateOf(definition);
      const states = statesOf(definition).map((state) => ({
        machine: name,
        state,
        is_initial: state === initial,
        is_closed: definition.closed.includes(state),
        retired_at: null,
      }));
      await trx('machine_states').insert(states).onConflict(['machine', 'state']).merge();
      const unique = new Map(
        [{ from: '', event: 'CREATE', to: initial }, ...edgesOf(definition)].map((edge) => [
          `${edge.from}|${edge.event}|${edge.to}`,
          { machine: name, from_state: edge.from, event: edge.event, to_state: edge.to, retired_at: null },
        ]),
      );
      await trx('machine_edges')
        .insert([...unique.values()])
        .onConflict(['machine', 'from_state', 'event', 'to_state'])
        .merge();
      count += unique.size;
      await retire(trx, name, [...unique.keys()], states);
    }
    return count;
  });
}

/** What the code no longer has is kept, because history refers to it; nothing new may use it. */
async function retire(
  trx: Knex.Transaction,
  machine: string,
  edges: readonly string[],
  states: readonly { state: string }[],
): Promise<void> {
  await trx('machine_edges')
    .where({ machine, retired_at: null })
    .whereRaw(`from_state || '|' || event || '|' || to_state <> all(?::text[])`, [[...edges]])
    .update({ retired_at: trx.raw('clock_timestamp()') });
  await trx('machine_states')
    .where({ machine, retired_at: null })
    .whereNotIn(
      'state',
      states.map(({ state }) => state),
    )
    .update({ retired_at: trx.raw('clock_timestamp()') });
}

/** True when every migration of the code is applied. */
export async function isMigrated(knex: Knex): Promise<boolean> {
  const names = await migrationSource.getMigrations([]);
  const rows = await knex('schema_migrations')
    .select('name')
    .catch(() => []);
  const applied = new Set(rows.map(({ name }: { name: string }) => name));
  return names.every((name) => applied.has(name));
}

/**
 * Creates the two roles and the database on a server of our own (embedded or for tests). `superuserUrl` points at the
 * server; returns the URLs of owner and application role. Harmless when repeated.
 */
export async function provision(
  superuserUrl: string,
  input: { database: string; ownerPassword: string; appPassword: string },
): Promise<{ ownerUrl: string; appUrl: string }> {
  const knex = knexModule({ client: 'pg', connection: superuserUrl, pool: { min: 0, max: 1 } });
  const urlFor = (user: string, password: string): string => {
    const url = new URL(superuserUrl);
    url.username = user;
    url.password = password;
    url.pathname = `/${input.database}`;
    return url.toString();
  };
  try {
    for (const [role, password] of [
      ['tradelane_owner', input.ownerPassword],
      ['tradelane_app', input.appPassword],
    ] as const) {
      await knex.raw(`do $$ begin
        if not exists (select 1 from pg_roles where rolname = '${role}') then create role ${role} login; end if;
      exception when duplicate_object or unique_violation then null; end $$`);
      await knex.raw(
        `alter role ${role} with login nosuperuser nocreatedb nocreaterole nobypassrls password '${password.replaceAll("'", "''")}'`,
      );
    }
    const found = await knex.raw('select 1 from pg_database where datname = ?', [input.database]);
    if (found.rows.length === 0) await knex.raw('create database ?? owner tradelane_owner', [input.database]);
    await knex.raw('grant connect on database ?? to tradelane_app', [input.database]);
    return {
      ownerUrl: urlFor('tradelane_owner', input.ownerPassword),
      appUrl: urlFor('tradelane_app', input.appPassword),
    };
  } finally {
    await knex.destroy();
  }
}
