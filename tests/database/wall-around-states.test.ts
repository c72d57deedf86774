import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { command, makeOrder, makeWorld, orderStep, startAt, type World } from '../factories.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';

/**
 * What anybody could type who holds the application's password: none of it changes a state without its history, and no
 * history without its state.
 */
describe('the wall around states', () => {
  let database: TestDatabase;
  let world: World;
  let client: pg.Client;
  let orderId: string;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'wall' });
    world = await makeWorld(database.db);
    orderId = (await makeOrder(database.db, world)).id;
    client = new pg.Client({ connectionString: database.appUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.close();
  });

  const present = async () => {
    const { rows } = await client.query(
      `select (select set_config('tradelane.brand', '*', true)), o.state, o.version, o.note,
         (select jsonb_agg(to_jsonb(t) order by t.version) from transitions t where t.entity_id = o.id) as history
       from orders o where o.id = $1`,
      [orderId],
    );
    return rows[0];
  };

  /** Types the statements in one transaction, and says with which SQLSTATE it was refused; 'committed' if it was not. */
  async function type(brand: string | null, ...statements: readonly string[]): Promise<string> {
    try {
      await client.query('begin');
      if (brand !== null) await client.query(`select set_config('tradelane.brand', $1, true)`, [brand]);
      for (const statement of statements) await client.query(statement);
      await client.query('commit');
      return 'committed';
    } catch (error) {
      await client.query('rollback');
      if (error instanceof pg.DatabaseError) return error.code ?? 'without a code';
      throw error;
    }
  }

  async function refused(expected: readonly string[], brand: string | null, ...statements: readonly string[]) {
    await client.query(`select set_config('tradelane.brand', '*', false)`);
    const before = await present();
    expect(before.state).toBeTypeOf('string');
    await client.query(`reset tradelane.brand`);
    const outcome = await type(brand, ...statements);
    expect(expected).toContain(outcome);
    await client.query(`select set_config('tradelane.brand', '*', false)`);
    expect(await present()).toEqual(before);
    await client.query(`reset tradelane.brand`);
  }

  const privilege = ['42501'];
  const noHistory = ['TL001'];
  const step = (overrides: Readonly<Record<string, unknown>> = {}): string => {
    const body = {
      machine: 'order',
      id: orderId,
      from: 'NEW',
      to: 'EDITED',
      event: 'EDIT',
      version: 1,
      command_id: randomUUID(),
      actor: 'somebody',
      role: 'ops',
      at: startAt,
      ...overrides,
    };
    return `select record_steps('${JSON.stringify([body])}', '[]')`;
  };

  describe.each([
    ['as our own staff', () => '*'],
    ['as nobody', () => null],
    ['with an empty brand', () => ''],
    ['as the brand', () => world.brandId],
    ['as another brand', () => randomUUID()],
  ])('%s', (_, brand) => {
    it.each([
      'update orders set state = $$APPROVED$$',
      'update orders set version = version + 1',
      'update orders set state = state',
      'update effects set state = $$DONE$$',
      'update orders set (note, state) = ($$x$$, $$APPROVED$$)',
      'insert into problems (id, cause_key, kind, severity, title, detail, remedy, first_seen_at, last_seen_at, state) values (gen_random_uuid(), $$c$$, $$k$$, $$info$$, $$t$$, $$d$$, $$r$$, now(), now(), $$RESOLVED$$)',
      'insert into problems (id, cause_key, kind, severity, title, detail, remedy, first_seen_at, last_seen_at, version) values (gen_random_uuid(), $$c$$, $$k$$, $$info$$, $$t$$, $$d$$, $$r$$, now(), now(), 1)',
      'delete from orders',
      'truncate orders cascade',
      'update transitions set why = $$because$$',
      'delete from transitions',
      'truncate transitions',
      'insert into transitions overriding system value select * from transitions limit 1',
      `insert into transitions (machine, entity_id, version, event, from_state, to_state, command_id, actor, role, at, chain_hash)
         values ('order', gen_random_uuid(), 1, 'CREATE', '', 'NEW', 'made-up', 'me', 'ops', now(), '')`,
      'update machine_edges set to_state = $$APPROVED$$',
      `insert into machine_edges values ('order', 'NEW', 'EDIT', 'SYNCED')`,
      `update machine_tables set table_name = 'brands'`,
      `insert into machine_states values ('order', 'MADE_UP', true, false, null)`,
      `insert into outbox (topic, business_key, payload, created_at) values ('order', 'order/x', '{}', now())`,
      'set session_replication_role = replica',
      'set role tradelane_owner',
      'set session authorization tradelane_owner',
      'alter table orders disable trigger all',
      'alter table orders disable row level security',
      'alter table transitions disable trigger user',
      'drop trigger orders_history on orders',
      'drop policy brand_wall on orders',
      'create table mine (id int)',
      `create function public.brand_visible(text) returns boolean language sql as 'select true'`,
      `select rename_state('order', 'NEW', 'APPROVED', now(), 'because')`,
      `select make_stateful('brands', 'brand', 'NEW')`,
      `alter function record_steps(jsonb, jsonb) owner to tradelane_app`,
      `update clock set virtual_now = now()`,
    ])('refuses %s', async (statement) => {
      const outcome = brand();
      await refused(privilege, outcome, statement);
    });
  });

  it('a new row without its history is not committed', async () => {
    const insert = `insert into problems (id, cause_key, kind, severity, title, detail, remedy, first_seen_at, last_seen_at)
      values (gen_random_uuid(), 'made-up', 'k', 'info', 't', 'd', 'r', now(), now())`;
    await refused(noHistory, '*', insert);
    await refused(privilege, null, insert);
    await refused(noHistory, '*', insert, `set constraints all deferred`);
    await refused(noHistory, '*', insert, `set constraints all immediate`);
  });

  it('a row that was inserted and given a step in a later version only is not committed', async () => {
    const id = randomUUID();
    const insert = `insert into problems (id, cause_key, kind, severity, title, detail, remedy, first_seen_at, last_seen_at)
      values ('${id}', 'made-up', 'k', 'info', 't', 'd', 'r', now(), now())`;
    const made = { machine: 'problem', id, from: '', to: 'RESOLVED', event: 'CREATE', version: 0 };
    await refused(['23503'], '*', insert, step(made));
    await refused(['TL002', '23503'], '*', insert, step({ ...made, from: 'OPEN', event: 'RESOLVE' }));
    await refused(['TL004'], '*', insert, step({ ...made, from: 'OPEN', event: 'RESOLVE', version: 1 }));
  });

  it.each([
    ['an edge that the machine does not have', { to: 'SYNCED' }, ['23503']],
    ['an event that the machine does not have', { event: 'WISH' }, ['23503']],
    ['a state that the machine does not have', { to: 'MADE_UP' }, ['23503']],
    ['a wrong from-state', { from: 'EDITED', to: 'APPROVED', event: 'APPROVE' }, ['TL004']],
    ['a version ahead', { version: 2 }, ['TL004']],
    ['a version behind', { version: 0, from: '' }, ['TL004', '23503']],
    ['no version', { version: null }, ['TL004']],
    ['a role that nobody has', { role: 'root' }, ['23514']],
    ['nobody who did it', { actor: null }, ['23502']],
    ['no time', { at: null }, ['23502']],
    ['no command id', { command_id: null }, ['23502']],
    ['another machine’s thing', { machine: 'parcel', from: 'PLANNED', to: 'VOIDED', event: 'VOID' }, ['TL004']],
    ['a thing that does not exist', { id: randomUUID() }, ['TL004']],
  ])('recording by hand: %s is refused', async (_, overrides, codes) => {
    await refused(codes, '*', step(overrides));
  });

  it('recording by hand: a command id that was used is refused', async () => {
    const { rows } = await client.query(`select set_config('tradelane.brand', '*', false)`);
    expect(rows).toHaveLength(1);
    const used = await client.query(`select command_id from transitions limit 1`);
    await refused(['23505'], '*', step({ command_id: used.rows[0].command_id }));
  });

  it('the application cannot give itself what it lacks', async () => {
    await type('*', 'grant all on orders, transitions to tradelane_app');
    await refused(privilege, '*', `update orders set state = 'APPROVED'`);
    await refused(privilege, '*', 'delete from transitions');
  });

  it('recording by hand: a machine without a table moves nothing', async () => {
    await refused(['committed'], '*', step({ machine: 'brands' }));
  });

  it('recording by hand: the same step twice at one depth is refused', async () => {
    const one = step().match(/'(\[.*\])', '\[\]'/)?.[1] ?? '';
    const two = step().match(/'(\[.*\])', '\[\]'/)?.[1] ?? '';
    await refused(['TL004', '23505'], '*', `select record_steps('${one}'::jsonb || '${two}'::jsonb, '[]')`);
  });

  it('recording as a brand: another brand’s thing is out of reach', async () => {
    await refused(['TL004'], randomUUID(), step());
    await refused(['TL004'], null, step());
    await refused(['TL004'], '', step());
  });

  it('forgetting the brand before the commit does not help', async () => {
    const unset = `select set_config('tradelane.brand', '', true)`;
    await refused(noHistory, '*', step(), unset);
    await refused(noHistory, '*', step(), `select set_config('tradelane.brand', '${randomUUID()}', true)`);
    const insert = `insert into problems (id, cause_key, kind, severity, title, detail, remedy, first_seen_at, last_seen_at)
      values (gen_random_uuid(), 'made-up', 'k', 'info', 't', 'd', 'r', now(), now())`;
    await refused(noHistory, '*', insert, unset);
  });

  describe('tables of one’s own', () => {
    const shadow = (table: string): string[] => [
      `create temporary table ${table} on commit drop as select * from public.${table} with no data`,
      `grant all on pg_temp.${table} to public`,
    ];

    it('a temporary `transitions` is not taken for the history', async () => {
      await refused(['23503'], '*', ...shadow('transitions'), step({ to: 'SYNCED' }));
      const id = randomUUID();
      const made = { machine: 'problem', id, from: '', to: 'RESOLVED', event: 'CREATE', version: 0 };
      const insert = `insert into problems (id, cause_key, kind, severity, title, detail, remedy, first_seen_at, last_seen_at)
        values ('${id}', 'made-up', 'k', 'info', 't', 'd', 'r', now(), now())`;
      await refused(['23503'], '*', ...shadow('transitions'), insert, step(made));
      const forged = `insert into pg_temp.transitions (machine, entity_id, version, to_state) values ('problem', '${id}', 1, 'OPEN')`;
      await refused(noHistory, '*', ...shadow('transitions'), insert, forged);
    });

    it('a temporary `machine_edges` is not taken for the machines', async () => {
      await refused(
        ['23503'],
        '*',
        ...shadow('machine_edges'),
        `insert into pg_temp.machine_edges values ('order', 'NEW', 'EDIT', 'SYNCED', null)`,
        step({ to: 'SYNCED' }),
      );
    });

    it('a temporary `machine_tables` does not lead elsewhere', async () => {
      const history = `create temporary table fake (id uuid, state text, version int, brand_id uuid) on commit drop`;
      await refused(
        ['TL001', 'TL004', '23503'],
        '*',
        history,
        'grant all on pg_temp.fake to public',
        `insert into pg_temp.fake values ('${orderId}', 'NEW', 1, '${world.brandId}')`,
        ...shadow('machine_tables'),
        `insert into pg_temp.machine_tables values ('order', 'fake')`,
        step({ to: 'SYNCED' }),
      );
      const { rows } = await client.query(`select set_config('tradelane.brand', '*', false)`);
      expect(rows).toHaveLength(1);
    });

    it('a temporary `orders` is not stepped instead', async () => {
      await refused(
        ['committed', 'TL004'],
        '*',
        ...shadow('orders'),
        `insert into pg_temp.orders select * from public.orders`,
        step({ version: 5 }),
      );
    });
  });

  it('a legal edge recorded by hand leaves a history row like any other', async () => {
    const other = await makeOrder(database.db, world);
    const commandId = randomUUID();
    expect(await type('*', step({ id: other.id, command_id: commandId, why: 'by hand' }))).toBe('committed');
    await client.query(`select set_config('tradelane.brand', '*', false)`);
    const { rows } = await client.query(`select * from transitions where entity_id = $1 order by version`, [other.id]);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({
      machine: 'order',
      version: 2,
      event: 'EDIT',
      from_state: 'NEW',
      to_state: 'EDITED',
      command_id: commandId,
      actor: 'somebody',
      role: 'ops',
      why: 'by hand',
      brand_id: world.brandId,
    });
    const chain = await client.query(
      `select t.chain_hash = transition_hash(b.chain_hash, t) as holds from transitions t
       left join transitions b on b.entity_id = t.entity_id and b.machine = t.machine and b.version = t.version - 1
       where t.entity_id = $1`,
      [other.id],
    );
    expect(chain.rows.map(({ holds }) => holds)).toEqual([true, true]);
    await client.query('reset tradelane.brand');
    const stepped = await orderStep(database.db, other.id, 'EDIT', command());
    expect(stepped).toMatchObject({ state: 'EDITED', version: 3 });
  });
});
