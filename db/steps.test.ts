import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  command,
  lineOf,
  makeBrand,
  makeOrder,
  makeProduct,
  makeWorld,
  startAt,
  type World,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { type Command, create, createMany, mustStep, StepRefused, type StepRequest, step } from './steps.ts';

describe('steps', () => {
  let database: TestDatabase;
  let world: World;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'steps', maxConnections: 20 });
    world = await makeWorld(database.db);
  });
  afterAll(() => database?.close());

  const tx = <Result>(work: Parameters<TestDatabase['db']['tx']>[1]) =>
    database.db.tx('staff', work) as Promise<Result>;
  const stepProblem = (request: Omit<StepRequest<'problem'>, 'machine'>, by: Partial<Command> = {}) =>
    database.db.tx('staff', (trx) => step(trx, { machine: 'problem', ...request }, command(by)));
  const read = (id: string) => database.db.tx('staff', (trx) => trx('problems').where({ id }).first());
  const historyOf = (id: string) =>
    database.db.tx('staff', (trx) => trx('transitions').where({ entity_id: id }).orderBy('version'));
  const everything = () =>
    tx<unknown>(async (trx) => [
      await trx('transitions').count(),
      await trx('outbox').count(),
      await trx('problems').orderBy('id'),
      await trx('orders').orderBy('id'),
    ]);
  const columns = () => ({
    id: randomUUID(),
    cause_key: randomUUID(),
    kind: 'made-up',
    severity: 'info',
    title: 't',
    detail: 'd',
    remedy: 'r',
    first_seen_at: startAt,
    last_seen_at: startAt,
  });
  const makeProblem = async () => {
    const row = columns();
    await database.db.tx('staff', (trx) => create(trx, 'problem', row, command()));
    return row.id;
  };

  describe('creating', () => {
    it('writes the row, the first row of its history and its follow-up work', async () => {
      const order = await makeOrder(database.db, world);
      expect(order).toMatchObject({ state: 'NEW', version: 1 });
      expect(await historyOf(order.id)).toMatchObject([
        { machine: 'order', version: 1, event: 'CREATE', from_state: '', to_state: 'NEW', brand_id: world.brandId },
      ]);
      const work = await tx<object[]>((trx) => trx('outbox').where({ business_key: `order/${order.id}` }));
      expect(work).toMatchObject([{ topic: 'order', payload: { id: order.id, version: 1 }, delivered_at: null }]);
    });

    it('under a command id that was used is refused and leaves nothing', async () => {
      const used = command();
      await database.db.tx('staff', (trx) => create(trx, 'problem', columns(), used));
      const before = await everything();
      const again = database.db.tx('staff', (trx) => create(trx, 'problem', columns(), used));
      await expect(again).rejects.toMatchObject({ code: '23505' });
      expect(await everything()).toEqual(before);
    });

    it('makes many at once, each with its own history', async () => {
      const rows = Array.from({ length: 40 }, columns);
      await database.db.tx('staff', (trx) => createMany(trx, 'problem', rows, command({ commandId: 'many' })));
      const states = await tx<object[]>((trx) =>
        trx('problems')
          .whereIn(
            'id',
            rows.map(({ id }) => id),
          )
          .select('state', 'version'),
      );
      expect(states).toHaveLength(40);
      expect(new Set(states.map((row) => JSON.stringify(row)))).toEqual(new Set(['{"state":"OPEN","version":1}']));
      const [first] = rows;
      expect(await historyOf(first?.id ?? '')).toMatchObject([{ command_id: `many/${first?.id}`, version: 1 }]);
      await database.db.tx('staff', (trx) => createMany(trx, 'problem', [], command({ commandId: 'many' })));
    });
  });

  describe('stepping', () => {
    it('writes columns, state and a history row that names what changed', async () => {
      const id = await makeProblem();
      const result = await stepProblem(
        { id, event: 'SNOOZE', changes: { snoozed_until: startAt, title: 't' } },
        { why: 'not today', actor: 'olga', correlationId: 'trace-1' },
      );
      expect(result).toEqual({ ok: true, from: 'OPEN', state: 'SNOOZED', version: 2, repeated: false });
      expect(await read(id)).toMatchObject({ state: 'SNOOZED', version: 2, snoozed_until: startAt });
      expect((await historyOf(id))[1]).toMatchObject({
        event: 'SNOOZE',
        from_state: 'OPEN',
        to_state: 'SNOOZED',
        actor: 'olga',
        role: 'ops',
        why: 'not today',
        correlation_id: 'trace-1',
        changed: { snoozed_until: [null, startAt.toISOString()] },
        at: startAt,
      });
    });

    it('keeps what is secret or long out of the history', async () => {
      const order = await makeOrder(database.db, world);
      const id = String(order.channel_order_id);
      await database.db.tx('staff', (trx) =>
        mustStep(
          trx,
          { machine: 'channel_order', id, event: 'SEEN_SHIPPED', changes: { raw: { name: 'Budi' } } },
          command({ role: 'connector' }),
        ),
      );
      const last = (await historyOf(id)).at(-1);
      expect(last?.changed).toEqual({ raw: ['…', '…'] });
      expect(JSON.stringify(await historyOf(id))).not.toContain('Budi');
    });

    it('gives the first answer again for a command that was seen before', async () => {
      const id = await makeProblem();
      const by = command();
      const first = await stepProblem({ id, event: 'SNOOZE' }, by);
      await stepProblem({ id, event: 'WAKE' });
      const before = await everything();
      expect(await stepProblem({ id, event: 'SNOOZE' }, by)).toEqual({ ...first, repeated: true });
      expect(await stepProblem({ id, event: 'SNOOZE', expectedVersion: 99 }, by)).toEqual({ ...first, repeated: true });
      expect(await everything()).toEqual(before);
    });

    it('refuses one command id for two things', async () => {
      const [one, other] = [await makeProblem(), await makeProblem()];
      const by = command();
      await stepProblem({ id: one, event: 'SNOOZE' }, by);
      await expect(stepProblem({ id: other, event: 'SNOOZE' }, by)).rejects.toThrow(/was used for problem/);
      expect(await read(other)).toMatchObject({ state: 'OPEN', version: 1 });
    });

    it.each([
      ['an event of another state', 'NotAllowedInState', { event: 'WAKE' as const }, {}],
      ['an event of another role', 'NotYourEvent', { event: 'SNOOZE' as const }, { role: 'brand' as const }],
      ['a version that is no longer there', 'VersionConflict', { event: 'SNOOZE' as const, expectedVersion: 7 }, {}],
    ])('refuses %s and writes nothing', async (_, code, request, by) => {
      const id = await makeProblem();
      const before = await everything();
      const result = await stepProblem({ id, changes: { title: 'changed' }, ...request }, by);
      expect(result).toMatchObject({ ok: false, code, state: 'OPEN', version: 1 });
      expect(await everything()).toEqual(before);
    });

    it('refuses what a guard refuses, with its sentence, and writes nothing', async () => {
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 500)]);
      const before = await everything();
      const result = await database.db.tx('staff', (trx) =>
        step(trx, { machine: 'order', id: order.id, event: 'APPROVE' }, command()),
      );
      expect(result).toMatchObject({ ok: false, code: 'GuardRefused', why: expect.stringContaining('known SKU') });
      expect(await everything()).toEqual(before);
    });

    it('says that a thing is not there, also to a brand that must not see it', async () => {
      expect(await stepProblem({ id: randomUUID(), event: 'SNOOZE' })).toMatchObject({ ok: false, code: 'NotFound' });
      const order = await makeOrder(database.db, world);
      const result = await database.db.tx({ brandId: randomUUID() }, (trx) =>
        step(trx, { machine: 'order', id: order.id, event: 'REQUEST_CANCEL' }, command({ role: 'brand' })),
      );
      expect(result).toMatchObject({ ok: false, code: 'NotFound' });
    });

    it('a brand steps its own order, and its follow-up work reaches the outbox that it cannot read', async () => {
      const order = await makeOrder(database.db, world);
      const waiting = await database.db.tx({ brandId: world.brandId }, async (trx) => {
        await mustStep(trx, { machine: 'order', id: order.id, event: 'REQUEST_CANCEL' }, command({ role: 'brand' }));
        return trx('outbox').count({ n: '*' }).first();
      });
      expect(waiting).toEqual({ n: 0 });
      const work = await tx<object[]>((trx) =>
        trx('outbox')
          .where({ business_key: `order/${order.id}` })
          .orderBy('id', 'desc')
          .limit(1),
      );
      expect(work).toMatchObject([{ payload: { id: order.id, version: order.version + 1 } }]);
    });

    it('mustStep throws and takes everything back', async () => {
      const id = await makeProblem();
      const before = await everything();
      const failing = database.db.tx('staff', async (trx) => {
        await mustStep(trx, { machine: 'problem', id, event: 'SNOOZE' }, command());
        await mustStep(trx, { machine: 'problem', id, event: 'REOPEN' }, command());
      });
      await expect(failing).rejects.toBeInstanceOf(StepRefused);
      expect(await everything()).toEqual(before);
    });
  });

  describe('at the same time', () => {
    it('twenty steps of one row come one after the other', async () => {
      const productId = await tx<string>((trx) => makeProduct(trx, world.brandId));
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          database.db.tx('staff', (trx) =>
            step(
              trx,
              { machine: 'product', id: productId, event: 'EDIT', changes: { title: `title ${n}` } },
              command(),
            ),
          ),
        ),
      );
      expect(results.every(({ ok }) => ok)).toBe(true);
      expect(results.map(({ version }) => version).sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 20 }, (_, n) => n + 2),
      );
      const history = await historyOf(productId);
      expect(history).toHaveLength(21);
      for (const [index, row] of history.slice(2).entries()) {
        expect(row.changed.title[0]).toBe(history[index + 1]?.changed.title[1]);
      }
    });

    it('of twenty that all saw the same version one succeeds', async () => {
      const id = await makeProblem();
      const results = await Promise.all(
        Array.from({ length: 20 }, () => stepProblem({ id, event: 'SNOOZE', expectedVersion: 1 })),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      for (const result of results.filter(({ ok }) => !ok)) expect(result).toMatchObject({ code: 'VersionConflict' });
      expect(await historyOf(id)).toHaveLength(2);
    });

    it('of twenty copies of one command one steps and the others get its answer', async () => {
      const id = await makeProblem();
      const by = command();
      const results = await Promise.all(Array.from({ length: 20 }, () => stepProblem({ id, event: 'SNOOZE' }, by)));
      expect(results.filter((result) => result.ok && !result.repeated)).toHaveLength(1);
      expect(results.filter((result) => result.ok && result.repeated && result.version === 2)).toHaveLength(19);
    });
  });

  it('the chain of hashes holds for everything that happened here', async () => {
    const { rows } = await database.db.tx('staff', (trx) =>
      trx.raw(
        `select count(*) as steps, count(*) filter (where t.chain_hash = transition_hash(b.chain_hash, t)) as good,
           count(*) filter (where t.version > 1 and b.to_state is distinct from t.from_state) as broken
         from transitions t left join transitions b
           on b.machine = t.machine and b.entity_id = t.entity_id and b.version = t.version - 1`,
      ),
    );
    expect(rows[0].steps).toBeGreaterThan(100);
    expect(rows[0]).toMatchObject({ good: rows[0].steps, broken: 0 });
  });

  it('what was changed in the history afterwards shows in the chain', async () => {
    const { rows } = await database.db.tx('staff', (trx) =>
      trx.raw(
        `select transition_hash(null, t) = t.chain_hash as same,
           transition_hash(null, jsonb_populate_record(t, '{"why": "another reason"}')) = t.chain_hash as forged
         from transitions t where version = 1 limit 1`,
      ),
    );
    expect(rows).toEqual([{ same: true, forged: false }]);
  });

  it('a brand that is no brand of ours has no row', async () => {
    const other = await tx<string>((trx) => makeBrand(trx));
    expect(await database.db.tx({ brandId: other }, (trx) => trx('orders').count({ n: '*' }).first())).toEqual({
      n: 0,
    });
  });
});
