import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../../db/database.ts';
import { reportProblem } from '../../db/problems.ts';
import { saveUser } from '../../db/users.ts';
import { command, makeOrder, makeWorld, orderStep, startAt, type World } from '../factories.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';

/** People log in before any brand is known; inside a brand's transaction their table is walled like all others. */
const readableWithoutBrand = ['users'];
/** Walled, but without a brand of their own: our own processes' only. */
const staffOnly = [
  'channel_orders',
  'consignees',
  'hand_overs',
  'outbox',
  'sightings',
  'sync_cursors',
  'sync_runs',
  'webhook_inbox',
] as const;

/** They name a brand, and no brand sees them: contract prices, price rules, and what our own staff decides by. */
const forStaffOnly = ['carrier_choices', 'carrier_rules', 'freight_audits', 'price_rules', 'rate_cards', 'repricings'];

describe('the wall between brands', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let brandTables: string[];
  let mine: World;
  let theirs: World;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'brands' });
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    const { rows } = await owner.query(
      `select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'public' and c.column_name = 'brand_id' and t.table_type = 'BASE TABLE' order by 1`,
    );
    brandTables = rows.map(({ table_name }) => table_name);
    mine = await makeWorld(database.db);
    theirs = await makeWorld(database.db);
    for (const [index, world] of [mine, theirs].entries()) {
      const order = await makeOrder(database.db, world);
      await orderStep(database.db, order.id, 'APPROVE', { role: 'approver' });
      await database.db.tx('staff', (trx) =>
        reportProblem(
          trx,
          {
            causeKey: `made-up/${world.brandId}`,
            kind: 'made-up',
            severity: 'info',
            title: 't',
            detail: 'd',
            remedy: 'r',
            brandId: world.brandId,
          },
          command({ role: 'system' }),
        ),
      );
      await saveUser(database.db.knex, {
        id: order.id,
        email: `brand-${index}@example.com`,
        name: 'Brand',
        role: 'brand',
        brandId: world.brandId,
        password: 'a long password',
        at: startAt,
      });
    }
  });
  afterAll(async () => {
    await owner?.end();
    await database?.close();
  });

  it('every table with a brand is walled, for its owner too, both for reading and for writing', async () => {
    const { rows } = await owner.query(
      `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
         count(p.policyname) as policies,
         bool_and(p.cmd = 'ALL' and p.permissive = 'PERMISSIVE' and p.qual is not null and p.with_check = p.qual) as both
       from pg_class c left join pg_policies p on p.schemaname = 'public' and p.tablename = c.relname
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname = any($1)
       group by 1, 2, 3 order by 1`,
      [brandTables],
    );
    expect(rows.map(({ name }) => name)).toEqual(brandTables);
    expect(rows.filter((row) => !row.enabled || !row.forced || row.policies !== 1 || !row.both)).toEqual([]);
  });

  it('every policy of a table with a brand asks for the brand', async () => {
    const { rows } = await owner.query(
      `select tablename, qual from pg_policies where schemaname = 'public' and tablename = any($1)`,
      [brandTables],
    );
    for (const { tablename, qual } of rows) {
      if (forStaffOnly.includes(tablename)) {
        expect({ tablename, qual }).toEqual({ tablename, qual: "(current_brand() = '*'::text)" });
        continue;
      }
      expect(qual).toContain('brand_visible(brand_id)');
      if (!readableWithoutBrand.includes(tablename)) expect(qual).toBe('brand_visible(brand_id)');
    }
  });

  it('no view and no function of the owner opens a way around', async () => {
    const views = await owner.query(`select viewname from pg_views where schemaname = 'public'`);
    expect(views.rows).toEqual([]);
    const { rows } = await owner.query(
      `select p.oid::regprocedure::text as name, p.proconfig from pg_proc p
       where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'demand_history()',
      'record_steps(jsonb,jsonb)',
      'rename_state(text,text,text,timestamp with time zone,text)',
    ]);
    for (const { proconfig } of rows) expect(proconfig).toEqual(['search_path=pg_catalog, public, pg_temp']);
  });

  it('the application is a plain role', async () => {
    const { rows } = await owner.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
         (select count(*) from pg_auth_members m where m.member = r.oid) as memberships,
         (select count(*) from pg_class c where c.relowner = r.oid) as tables,
         (select count(*) from pg_proc p where p.proowner = r.oid) as functions,
         has_schema_privilege(r.oid, 'public', 'create') as may_create,
         has_database_privilege(r.oid, current_database(), 'create') as may_create_schemas
       from pg_roles r where rolname = 'tradelane_app'`,
    );
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        memberships: 0,
        tables: 0,
        functions: 0,
        may_create: false,
        may_create_schemas: false,
      },
    ]);
    const present = await database.db.knex.raw('select current_user as name');
    expect(present.rows).toEqual([{ name: 'tradelane_app' }]);
    const owning = await owner.query(`select rolsuper, rolbypassrls from pg_roles where rolname = 'tradelane_owner'`);
    expect(owning.rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  });

  const counted = (trx: Tx | TestDatabase['db']['knex'], table: string): Promise<number> =>
    trx(table)
      .count({ n: '*' })
      .first()
      .then((row) => Number(row?.n));

  it('without a brand nothing is seen', async () => {
    for (const table of [...brandTables, ...staffOnly].filter((name) => !readableWithoutBrand.includes(name))) {
      expect({ table, rows: await counted(database.db.knex, table) }).toEqual({ table, rows: 0 });
      const { rows } = await owner.query(`select count(*) as n from ${table}`);
      // The outbox is written through the owner's function, which must see it.
      if (table !== 'outbox') expect({ table, rows: rows[0].n }).toEqual({ table, rows: 0 });
    }
  });

  it('a brand sees its own and nothing else', async () => {
    const filled: string[] = [];
    await database.db.tx({ brandId: mine.brandId }, async (trx) => {
      for (const table of brandTables) {
        const brands = await trx(table).distinct('brand_id').pluck('brand_id');
        if (brands.length > 0) filled.push(table);
        expect({ table, brands: brands.filter((brand) => brand !== mine.brandId) }).toEqual({ table, brands: [] });
      }
      for (const table of staffOnly) expect(await counted(trx, table)).toBe(0);
    });
    for (const table of ['orders', 'order_lines', 'skus', 'stock_movements', 'transitions', 'problems', 'users']) {
      expect(filled).toContain(table);
    }
    const all = await database.db.tx('staff', (trx) => trx('orders').distinct('brand_id').pluck('brand_id'));
    expect(all.sort()).toEqual([mine.brandId, theirs.brandId].sort());
  });

  it('a brand cannot give its rows away, nor write into another’s', async () => {
    const asMine = (work: (trx: Tx) => Promise<unknown>) => database.db.tx({ brandId: mine.brandId }, work);
    await expect(asMine((trx) => trx('skus').update({ brand_id: theirs.brandId }))).rejects.toMatchObject({
      code: '42501',
    });
    await expect(
      asMine((trx) =>
        trx('stock_movements').insert({
          brand_id: theirs.brandId,
          sku_id: theirs.skuA,
          kind: 'ADJUST',
          quantity: 5,
          on_hand_after: 5,
          reserved_after: 0,
          reason: 'a gift',
          command_id: 'a-gift',
          at: startAt,
        }),
      ),
    ).rejects.toMatchObject({ code: '42501' });
    expect(await asMine((trx) => trx('skus').where({ id: theirs.skuA }).update({ on_hand: 0 }))).toBe(0);
  });

  it('the wall stands only for its transaction', async () => {
    await database.db.tx({ brandId: mine.brandId }, (trx) => counted(trx, 'orders'));
    await Promise.all(Array.from({ length: 12 }, () => database.db.knex('orders').count())).then((counts) => {
      for (const [row] of counts) expect(Number(row?.count)).toBe(0);
    });
  });
});
