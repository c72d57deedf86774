import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { isMigrated, migrate } from './migrate.ts';

describe('migrations', () => {
  let database: TestDatabase;
  let owner: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'migrate' });
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await database?.close();
  });

  const edge = async (event: string) => {
    const { rows } = await owner.query('select * from machine_edges where event = $1', [event]);
    return rows;
  };

  it('are harmless when repeated', async () => {
    const before = (await owner.query('select count(*) from machine_edges')).rows;
    expect(await migrate(database.ownerUrl)).toMatchObject({ applied: [] });
    expect((await owner.query('select count(*) from machine_edges')).rows).toEqual(before);
    expect((await owner.query('select count(*) from machine_edges where retired_at is not null')).rows).toEqual([
      { count: 0 },
    ]);
  });

  it('retire what the machines no longer have and bring back what they have again', async () => {
    await owner.query(`insert into machine_edges values ('problem', 'OPEN', 'WISH_AWAY', 'RESOLVED', null)`);
    await owner.query(`insert into machine_states values ('problem', 'FORGOTTEN', false, true, null)`);
    await owner.query(`update machine_edges set retired_at = now() where machine = 'problem' and event = 'RESOLVE'`);
    await migrate(database.ownerUrl);
    expect(await edge('WISH_AWAY')).toMatchObject([{ retired_at: expect.any(Date) }]);
    const { rows } = await owner.query(`select retired_at from machine_states where state = 'FORGOTTEN'`);
    expect(rows).toMatchObject([{ retired_at: expect.any(Date) }]);
    expect((await edge('RESOLVE')).map(({ retired_at }) => retired_at)).toEqual([null, null]);
  });

  it('know whether they were applied', async () => {
    expect(await isMigrated(database.db.knex)).toBe(true);
    await owner.query(`delete from schema_migrations where name like '%wall%'`);
    expect(await isMigrated(database.db.knex)).toBe(false);
  });
});
