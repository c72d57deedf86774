import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { importCard } from '../db/freight-cards.ts';
import { writeCardCsv } from '../freight/card-template.ts';
import { plainCard } from '../freight/cards.fixture.ts';
import {
  buyerAddress,
  command,
  lineOf,
  openProblemsOf,
  orderOf,
  orderStep,
  readingOf,
  see,
  snapshotOf,
  unique,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { fourOClock, openShippingBench, slot } from '../tests/shipping-bench.ts';

describe('consolidation at the cut-off', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_freight' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
  });

  const withCard = (changes: Partial<typeof plainCard> = {}) =>
    bench.staff((trx) =>
      importCard(
        trx,
        {
          csv: writeCardCsv({ ...plainCard, sideRounding: 'none', ...changes }),
          connectionId: bench.world.carrierId,
          brandId: null,
          dryRun: false,
        },
        command(),
      ),
    );
  const cutOff = async () => {
    bench.systems.now = fourOClock;
    await bench.ticker.runDue();
  };
  const consignment = (orderId: string) =>
    bench.staff((trx) =>
      trx('consignments as c')
        .join('consignment_orders as co', 'co.consignment_id', 'c.id')
        .where({ order_id: orderId, left_at: null })
        .first('c.*'),
    );
  const plans = () => bench.staff((trx) => trx('freight_plans').where({ brand_id: bench.world.brandId }));
  /** An order of another recipient. */
  const queuedFor = async (name: string) => {
    const externalId = unique('other');
    const snapshot = snapshotOf(externalId, 0, 'OPEN', [lineOf(bench.world.skuA, 1)], {
      shipTo: { ...buyerAddress, name },
    });
    await see(database.db, bench.world.marketplaceId, readingOf(snapshot));
    const { id } = await orderOf(database.db, externalId);
    await orderStep(database.db, id, 'APPROVE');
    await bench.orders.planOrder(id);
    return id;
  };

  it('joins the orders of one recipient, cancels what is emptied, and keeps how it came about', async () => {
    await withCard();
    const ids = [await bench.queued(), await bench.queued(2), await bench.queued()];
    const before = await Promise.all(ids.map(consignment));
    await cutOff();
    const after = await Promise.all(ids.map(consignment));
    expect(new Set(after.map(({ id }) => id))).toEqual(new Set([before[0].id]));
    // 0.55 + 0.95 + 0.55 kg, each 1.8 kg by volume: 5.4, billed as 5.5 at 40 + 33, fuel 20 %.
    expect(after[0]).toMatchObject({
      state: 'CLOSED',
      kind: 'multiPiece',
      planned_cost_minor: 8_760,
      planned_alone_minor: 3 * 5_160,
      planned_currency: 'AUD',
    });
    const emptied = await bench.staff((trx) =>
      trx('transitions').whereIn('entity_id', [before[1].id, before[2].id]).where({ event: 'CANCEL' }),
    );
    expect(emptied).toHaveLength(2);
    expect(emptied[0].why).toContain(`joined into ${before[0].number}`);
    const pieces = await bench.staff((trx) =>
      trx('parcels').where({ consignment_id: before[0].id }).orderBy('piece_number'),
    );
    expect(pieces.map(({ piece_number }) => piece_number)).toEqual([1, 2, 3]);
    expect(pieces.map(({ order_id }) => order_id).sort()).toEqual([...ids].sort());
    const [plan] = await plans();
    expect(plan).toMatchObject({ cost_minor: 8_760, alone_minor: 15_480, lower_bound_minor: 8_760 });
    expect(plan.outcome.clusters).toMatchObject([{ method: 'exact', seed: expect.stringMatching(/./) }]);
    expect(plan.inputs).toHaveLength(3);
    expect(await bench.labelWork()).toEqual([`labels/${bench.world.brandId}/${slot.date}/${slot.time}`]);
  });

  it('books all pieces with the customs lines of all orders, and each order gets its own tracking number', async () => {
    await withCard();
    const ids = [await bench.queued(), await bench.queued(2)];
    await cutOff();
    const { id } = await consignment(ids[0] ?? '');
    await bench.consignments.bookConsignment(id);
    const [sent] = [...bench.systems.bookings.values()].map((booking) => booking.sent);
    expect(sent?.pieces).toHaveLength(2);
    expect(sent?.customs.map(({ quantity }) => quantity)).toEqual([1, 2]);
    const totals = await bench.staff((trx) => trx('orders').whereIn('id', ids).sum({ total: 'total_minor' }).first());
    expect(sent?.declaredValue).toEqual({ amountMinor: Number(totals?.total), currency: 'IDR' });
    const numbers = await Promise.all(
      ids.map(async (order) => (await bench.parcelsOf(order)).map((row) => row.tracking_number)),
    );
    expect(new Set(numbers.flat()).size).toBe(2);
    expect(bench.systems.bookings.size).toBe(1);
  });

  it('keeps recipients apart where the carrier has no break-bulk', async () => {
    await withCard();
    const [one, other] = [await bench.queued(), await queuedFor('Somebody Else')];
    await cutOff();
    const [a, b] = [await consignment(one), await consignment(other)];
    expect(a.id).not.toBe(b.id);
    expect([a, b]).toMatchObject([
      { kind: 'single', planned_cost_minor: 5_160 },
      { kind: 'single', planned_cost_minor: 5_160 },
    ]);
  });

  it('leaves a locked consignment as it is', async () => {
    await withCard();
    const ids = [await bench.queued(), await bench.queued(), await bench.queued()];
    const locked = await consignment(ids[0] ?? '');
    await bench.staff((trx) => trx('consignments').where({ id: locked.id }).update({ locked_by: 'ops@test' }));
    await cutOff();
    const [first, second, third] = await Promise.all(ids.map(consignment));
    expect(first).toMatchObject({ id: locked.id, state: 'CLOSED', kind: 'single' });
    expect(second.id).toBe(third.id);
  });

  it('without a card every order ships alone', async () => {
    const ids = [await bench.queued(), await bench.queued()];
    await cutOff();
    const [a, b] = await Promise.all(ids.map(consignment));
    expect(a.id).not.toBe(b.id);
    expect(a).toMatchObject({ state: 'CLOSED', planned_cost_minor: null });
    expect(await plans()).toEqual([]);
  });

  it('does not close what may not be sent, and says what to do', async () => {
    await withCard({ goodsRules: [{ category: 'knife', to: 'ID', rule: 'forbid', service: null }] });
    const id = await bench.queued();
    await bench.staff((trx) =>
      trx('products')
        .where({ id: bench.world.productId })
        .update({ attributes: JSON.stringify({ goods: 'knife' }) }),
    );
    await cutOff();
    expect(await consignment(id)).toMatchObject({ state: 'OPEN', slot_time: '11:00' });
    expect(await openProblemsOf(database.db, id)).toEqual(['freight-refused']);
  });

  it('prices what is left anew when an order of a closed consignment is cancelled before its label', async () => {
    await withCard();
    const ids = [await bench.queued(), await bench.queued()] as [string, string];
    await cutOff();
    const joined = await consignment(ids[0]);
    expect(joined).toMatchObject({ planned_cost_minor: 7_320, kind: 'multiPiece' });
    await bench.cancel(ids[1]);
    await bench.ticker.runDue();
    expect(await consignment(ids[0])).toMatchObject({
      id: joined.id,
      state: 'CLOSED',
      kind: 'single',
      planned_cost_minor: 5_160,
      planned_alone_minor: 5_160,
    });
    await bench.consignments.bookConsignment(joined.id);
    expect([...bench.systems.bookings.values()].map(({ sent }) => sent.pieces.length)).toEqual([1]);
  });

  it('asks the carrier what it would refuse when an order is planned, not when its label is due', async () => {
    bench.systems.checked = [
      { code: 'bad_hs_code', message: '"Jumper" needs an HS code', level: 'error', field: '/lines/0' },
      { code: 'shortened', message: 'shortened', level: 'warning', field: null },
    ];
    const id = await bench.approved();
    expect(await bench.orders.planOrder(id)).toEqual({
      planned: false,
      why: '"Jumper" needs an HS code (/lines/0)',
    });
    expect(await openProblemsOf(database.db, id)).toEqual(['cannot-plan']);
    bench.systems.checked = [];
    expect(await bench.orders.planOrder(id)).toMatchObject({ planned: true });
  });

  it('keeps every version of a card, and the same file again changes nothing', async () => {
    const first = await withCard();
    expect(first).toMatchObject({ ok: true, revision: 1, unchanged: false });
    expect(await withCard()).toMatchObject({ revision: 1, unchanged: true });
    expect(await withCard({ divisor: 6000 })).toMatchObject({ revision: 2, unchanged: false });
    const change = bench.staff((trx) => trx('rate_cards').update({ id: randomUUID() }));
    await expect(change).rejects.toThrow(/denied|append-only/);
  });
});
