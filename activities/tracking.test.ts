import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { TrackingEvent, TrackingTag } from '../connectors/contract/carrier.ts';
import { later, openProblemsOf, orderStep } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { fourOClock, openShippingBench } from '../tests/shipping-bench.ts';
import { trackingActivities } from './tracking.ts';

describe('tracking', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;
  let orderId: string;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_tracking' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
    [orderId] = await bench.closed();
    await bench.book(orderId);
    await bench.orders.pushOrder(orderId);
  });

  const scan = (tag: TrackingTag | null, minute: number | null): TrackingEvent => ({
    trackingNumber: 'JD9900',
    nativeCode: tag ?? 'XX',
    tag,
    at: minute === null ? null : new Date(fourOClock.getTime() + minute * 60_000),
    place: null,
    description: `scan ${tag}`,
  });
  let readAt = later(300);
  const read = async (...scans: TrackingEvent[]) => {
    bench.systems.scans = scans;
    bench.systems.now = readAt;
    const { moved } = await trackingActivities(bench.systems.deps(database.db)).readTracking(
      bench.world.carrierId,
      null,
    );
    return moved;
  };
  const parcel = async () => (await bench.parcelsOf(orderId))[0];
  const order = () => bench.staff((trx) => trx('orders').where({ id: orderId }).first());
  const pathOf = async () => {
    const { id } = await parcel();
    return bench.staff((trx) => trx('transitions').where({ entity_id: id }).orderBy('version').pluck('to_state'));
  };
  const linesOf = () => bench.staff((trx) => trx('order_lines').where({ order_id: orderId }));

  it('moves the parcel by each scan once, whatever the order in which a reading holds them', async () => {
    const scans = [scan('DELIVERED', 30), scan('PICKED_UP', 10), scan('IN_TRANSIT', 20)];
    expect(await read(...scans)).toBe(3);
    expect(await pathOf()).toEqual(['PLANNED', 'BOOKED', 'HANDED_OVER', 'IN_TRANSIT', 'DELIVERED']);
    expect(await read(...scans)).toBe(0);
    const kept = await bench.staff((trx) => trx('tracking_events').where({ brand_id: bench.world.brandId }));
    expect(kept).toHaveLength(3);
  });

  it('the first scan hands the order and its consignment over', async () => {
    await read(scan('LABEL_CREATED', 1));
    expect(await order()).toMatchObject({ handed_over_at: null, goods_outside: false });
    await read(scan('IN_TRANSIT', 20));
    expect(await order()).toMatchObject({ handed_over_at: readAt, goods_outside: true });
    expect(await linesOf()).toMatchObject([{ quantity_shipped: 1 }]);
    expect(await bench.consignmentOf(orderId)).toMatchObject({ state: 'HANDED_OVER' });
  });

  const story = [scan('PICKED_UP', 10), scan('DELIVERY_FAILED', 20), scan('OUT_FOR_DELIVERY', 30)];
  it.each([
    ['in order', [0, 1, 2]],
    ['backwards', [2, 1, 0]],
    ['the failure last', [0, 2, 1]],
    ['the failure first', [1, 0, 2]],
  ])('scans that arrive one by one, %s, end alike', async (_, arrivals) => {
    for (const index of arrivals) {
      const arrived = story[index];
      if (arrived) await read(arrived);
    }
    expect((await parcel()).state).toBe('IN_TRANSIT');
  });

  it('a carrier that corrects itself is believed by the time of its scans', async () => {
    await read(scan('DELIVERED', 40));
    await read(scan('RETURNED', 30));
    expect((await parcel()).state).toBe('DELIVERED');
    await read(scan('RETURNED', 50));
    expect((await parcel()).state).toBe('RETURNED');
  });

  it('a parcel that arrived long ago is not asked for any more', async () => {
    await read(scan('DELIVERED', 40));
    readAt = later(300 + 8 * 24 * 60);
    expect(await read(scan('RETURNED', 50))).toBe(0);
    readAt = later(300);
  });

  it('a code that nobody has translated moves nothing and is a problem', async () => {
    expect(await read(scan(null, 10))).toBe(0);
    expect((await parcel()).state).toBe('BOOKED');
    expect(await openProblemsOf(database.db, (await parcel()).id)).toEqual(['unknown-tracking-code']);
  });

  it('a parcel that comes back is for a person, with a return; delivered after all, the problem is gone', async () => {
    await read(scan('PICKED_UP', 10), scan('RETURNING', 20));
    expect(await openProblemsOf(database.db, orderId)).toEqual(['parcel-not-arrived']);
    const returns = () => bench.staff((trx) => trx('returns').where({ order_id: orderId }));
    expect(await returns()).toMatchObject([{ state: 'EXPECTED', lines: [{ quantity: 1 }] }]);
    await read(scan('RETURNED', 30));
    expect(await returns()).toHaveLength(1);
    await read(scan('DELIVERED', 40));
    expect(await openProblemsOf(database.db, orderId)).toEqual([]);
  });

  it('a scan from the future says what happened, not when: what comes after it counts', async () => {
    await read(scan('PICKED_UP', 10), scan('DELIVERED', 10 * 24 * 60));
    expect((await parcel()).state).toBe('DELIVERED');
    await read(scan('RETURNED', 50));
    expect((await parcel()).state).toBe('RETURNED');
  });

  it('a scan without a zone has no time: it counts after those that have one, and once', async () => {
    expect(await read(scan('DELIVERED', null), scan('PICKED_UP', 10), scan('DELIVERED', null))).toBe(2);
    expect((await parcel()).state).toBe('DELIVERED');
    expect(await read(scan('DELIVERED', null))).toBe(0);
  });

  it('one number is read when the carrier pushed a scan of it; what it measured is kept; other numbers are not asked for', async () => {
    const measured = { weightGrams: 720, lengthMm: 310, widthMm: null, heightMm: null };
    bench.systems.scans = [{ ...scan('FACT', 5), measured }, scan('PICKED_UP', 10)];
    bench.systems.now = readAt;
    const { readShipment } = trackingActivities(bench.systems.deps(database.db));
    expect(await readShipment(bench.world.carrierId, 'JD9900')).toEqual({ moved: 1 });
    expect(await readShipment(bench.world.carrierId, 'JD9900')).toEqual({ moved: 0 });
    expect(await readShipment(bench.world.carrierId, 'nobody-s')).toEqual({ moved: 0 });
    const { id } = await parcel();
    const kept = await bench.staff((trx) =>
      trx('tracking_events').where({ parcel_id: id }).orderBy('at').pluck('measured'),
    );
    expect(kept).toEqual([measured, null]);
    expect(bench.systems.tracked).toEqual([['990'], ['990']]);
  });

  it('a parcel that is lost is for a person', async () => {
    await read(scan('LOST', 10));
    expect(await openProblemsOf(database.db, orderId)).toEqual(['parcel-not-arrived']);
    expect((await order()).goods_outside).toBe(true);
  });

  it('a parcel that leaves although its label was voided is a problem, not a silence', async () => {
    await orderStep(database.db, orderId, 'CANCELLED_THERE', { role: 'connector' });
    expect((await parcel()).state).toBe('VOIDED');
    await read(scan('PICKED_UP', 10));
    expect((await parcel()).state).toBe('HANDED_OVER');
    expect(await openProblemsOf(database.db, orderId)).toContain('voided-label-used');
  });
});
