import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { writeCardCsv } from '../freight/card-template.ts';
import { plainCard } from '../freight/cards.fixture.ts';
import { command, testSealer } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { openShippingBench } from '../tests/shipping-bench.ts';
import { importCard } from './freight-cards.ts';
import { changeFreight, type FreightAction, type MoveOutcome } from './freight-moves.ts';

describe('consignments by hand', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;
  const carrier = { multiPiece: true, breakBulk: false, maxPieces: 99, limits: null };

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'freight_moves' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
    const csv = writeCardCsv({ ...plainCard, sideRounding: 'none' });
    const connectionId = bench.world.carrierId;
    await bench.staff((trx) => importCard(trx, { csv, connectionId, brandId: null, dryRun: false }, command()));
  });

  const at = (orderId: string) =>
    bench.staff((trx) =>
      trx('consignments as c')
        .join('consignment_orders as co', 'co.consignment_id', 'c.id')
        .where({ order_id: orderId, left_at: null })
        .first('c.*'),
    );
  const change = (consignmentId: string, action: FreightAction, dryRun = false, expectedVersion?: number) =>
    bench.staff((trx) =>
      changeFreight(
        trx,
        testSealer,
        { consignmentId, action, carrier, dryRun, expectedVersion },
        command({ actor: 'olga' }),
      ),
    );
  const changed = (outcome: MoveOutcome) => {
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    return outcome.change;
  };

  it('says what a move saves and does nothing, then does it and locks the target', async () => {
    const [one, two] = [await bench.queued(), await bench.queued()];
    const [from, to] = [await at(one), await at(two)];
    const action = { kind: 'move', orderId: one, toConsignmentId: to.id } as const;
    const preview = changed(await change(from.id, action, true));
    expect(preview).toMatchObject({
      currency: 'AUD',
      changeMinor: 7_320 - 2 * 5_160,
      before: [{ costMinor: 5_160 }, { costMinor: 5_160 }],
      after: [{ number: to.number, costMinor: 7_320, aloneMinor: 10_320, explain: expect.any(Array) }],
    });
    expect((await at(one)).id).toBe(from.id);
    expect(changed(await change(from.id, action))).toEqual(preview);
    expect(await at(one)).toMatchObject({
      id: to.id,
      locked_by: 'olga',
      kind: 'multiPiece',
      planned_cost_minor: 7_320,
    });
    expect(await bench.consignmentOf(one)).toMatchObject({ id: to.id });
    const emptied = await bench.staff((trx) => trx('consignments').where({ id: from.id }).first());
    expect(emptied.state).toBe('CANCELLED');
  });

  it('parts an order from its consignment again, with what that costs', async () => {
    const [one, two] = [await bench.queued(), await bench.queued()];
    await change((await at(one)).id, { kind: 'move', orderId: one, toConsignmentId: (await at(two)).id });
    const shared = await at(two);
    const outcome = changed(await change(shared.id, { kind: 'alone', orderId: one }));
    expect(outcome.changeMinor).toBe(2 * 5_160 - 7_320);
    expect(await at(one)).toMatchObject({ locked_by: 'olga', kind: 'single', planned_cost_minor: 5_160 });
    expect(await at(two)).toMatchObject({ id: shared.id, kind: 'single', planned_cost_minor: 5_160 });
    expect((await bench.parcelsOf(one)).map(({ consignment_id }) => consignment_id)).toEqual([(await at(one)).id]);
  });

  it('locks, unlocks, and closes at once', async () => {
    const order = await bench.queued();
    const { id } = await at(order);
    await change(id, { kind: 'lock' });
    expect(await at(order)).toMatchObject({ locked_by: 'olga', state: 'OPEN' });
    await change(id, { kind: 'unlock' });
    expect(await at(order)).toMatchObject({ locked_by: null });
    const history = await bench.staff((trx) =>
      trx('transitions')
        .where({ machine: 'consignment', entity_id: id })
        .whereIn('event', ['LOCK', 'UNLOCK'])
        .orderBy('version'),
    );
    expect(history).toMatchObject([
      { event: 'LOCK', actor: 'olga', changed: { locked_by: [null, 'olga'] } },
      { event: 'UNLOCK', actor: 'olga', changed: { locked_by: ['olga', null] } },
    ]);
    expect(await change(id, { kind: 'ship-now' })).toMatchObject({ ok: true, state: 'CLOSED' });
    expect(await change(id, { kind: 'lock' })).toMatchObject({ ok: false, why: expect.stringContaining('is CLOSED') });
  });

  it('refuses what is not as it was seen, not there, or not possible together', async () => {
    const [one, two] = [await bench.queued(), await bench.queued()];
    const [from, to] = [await at(one), await at(two)];
    expect(await change(from.id, { kind: 'lock' }, false, 99)).toMatchObject({ ok: false, code: 'NotAllowed' });
    expect(await change(from.id, { kind: 'alone', orderId: two })).toMatchObject({ ok: false, code: 'NotFound' });
    await bench.staff((trx) => trx('consignments').where({ id: to.id }).update({ destination_country_code: 'TH' }));
    expect(await change(from.id, { kind: 'move', orderId: one, toConsignmentId: to.id })).toMatchObject({
      ok: false,
      why: expect.stringContaining('destination'),
      remedy: expect.stringMatching(/./),
    });
    expect((await at(one)).id).toBe(from.id);
  });
});
