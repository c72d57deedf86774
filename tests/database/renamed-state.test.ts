import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeProduct, makeWorld, startAt } from '../factories.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';

/** A made-up migration that renames the product's first state, with its edges. */
const migration = `
  insert into machine_states values ('product', 'DRAFT', true, false, null);
  insert into machine_edges
    select machine, 'DRAFT', event, case to_state when 'NEW' then 'DRAFT' else to_state end
    from machine_edges where machine = 'product' and from_state = 'NEW' on conflict do nothing;
  insert into machine_edges values ('product', '', 'CREATE', 'DRAFT', null);
  alter table products alter column state set default 'DRAFT';
  select rename_state('product', 'NEW', 'DRAFT', '2026-11-21T00:00:00Z', 'the shops call it a draft') as renamed;
`;

describe('a renamed state', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  const products: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'rename' });
    const { brandId, productId } = await makeWorld(database.db);
    products.push(productId);
    for (let n = 0; n < 3; n += 1) products.push(await database.db.tx('staff', (trx) => makeProduct(trx, brandId)));
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await database?.close();
  });

  it('moves rows and history together, by its own sanctioned path', async () => {
    await owner.query('begin');
    const results = (await owner.query(migration)) as unknown as pg.QueryResult[];
    await owner.query('commit');
    expect(results.at(-1)?.rows).toEqual([{ renamed: products.length }]);
    const rows = await database.db.tx('staff', (trx) => trx('products').select('id', 'state', 'version'));
    expect(rows.map(({ state, version }) => ({ state, version }))).toEqual(
      products.map(() => ({ state: 'DRAFT', version: 2 })),
    );
    const history = await database.db.tx('staff', (trx) =>
      trx('transitions').where({ machine: 'product', version: 2 }),
    );
    expect(history).toHaveLength(products.length);
    for (const row of history) {
      expect(row).toMatchObject({
        event: 'RENAMED',
        from_state: 'NEW',
        to_state: 'DRAFT',
        actor: 'migration',
        role: 'system',
        why: 'the shops call it a draft',
        at: new Date('2026-11-21T00:00:00Z'),
      });
    }
  });

  it('is renamed by migrations only, and leaves the wall as it was', async () => {
    const app = database.db.knex.raw(`select rename_state('product', 'DRAFT', 'NEW', now(), 'back')`);
    await expect(app).rejects.toMatchObject({ code: '42501' });
    const { rows } = await owner.query(`select count(*) as n from products`);
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('its things go on from the new name, and their history stays legal', async () => {
    const step = {
      machine: 'product',
      id: products[0],
      from: 'DRAFT',
      to: 'EDITED',
      event: 'EDIT',
      version: 2,
      command_id: 'after-the-rename',
      actor: 'olga',
      role: 'ops',
      at: startAt,
    };
    await database.db.tx('staff', (trx) => trx.raw(`select record_steps(?::jsonb, '[]')`, [JSON.stringify([step])]));
    const { rows } = await database.db.tx('staff', (trx) =>
      trx.raw(
        `select t.to_state, t.chain_hash = transition_hash(b.chain_hash, t) as holds from transitions t
         left join transitions b on b.machine = t.machine and b.entity_id = t.entity_id and b.version = t.version - 1
         where t.entity_id = ? order by t.version`,
        [products[0] ?? ''],
      ),
    );
    expect(rows).toEqual([
      { to_state: 'NEW', holds: true },
      { to_state: 'DRAFT', holds: true },
      { to_state: 'EDITED', holds: true },
    ]);
  });

  it('the old name is retired', async () => {
    const { rows } = await owner.query(
      `select retired_at from machine_states where machine = 'product' and state = 'NEW'`,
    );
    expect(rows).toEqual([{ retired_at: new Date('2026-11-21T00:00:00Z') }]);
  });
});
