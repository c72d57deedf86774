import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { CarrierLimits } from '../connectors/contract/carrier.ts';
import { choicesOf } from '../db/carrier-choices.ts';
import { addCarrierRule } from '../db/carrier-rules.ts';
import { releaseCustoms } from '../db/customs-gate.ts';
import { lock, mustStep } from '../db/steps.ts';
import { command, makeConnection, openProblemsOf, unique } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { fourOClock, openShippingBench } from '../tests/shipping-bench.ts';

const anywhere: CarrierLimits = {
  ...{ pickupCountries: null, deliveryCountries: null, crossBorder: true, maxPieceGrams: null },
  ...{ maxLongestSideMm: null, maxGirthMm: null, maxPieces: 99, maxShipmentGrams: null, source: 'made up' },
};

describe('the carrier of an open consignment', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;
  /** By its code the account that is chosen first, and the other one. */
  let first: string;
  let second: string;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_rechoice' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
    first = await bench.staff((trx) => makeConnection(trx, 'carrier', { code: unique('a-first') }));
    second = bench.world.carrierId;
  });

  const carrierOf = async (orderId: string) => (await bench.consignmentOf(orderId)).carrier_connection_id;
  const pause = (connectionId: string) =>
    bench.staff((trx) =>
      mustStep(
        trx,
        { machine: 'connection', id: connectionId, event: 'PAUSE' },
        command({ role: 'admin', why: 'test' }),
      ),
    );
  const refuseAt = (connectionId: string) =>
    bench.systems.carriers.set(connectionId, () => ({ limits: { ...anywhere, deliveryCountries: ['TH'] } }));

  it('is another one once its account is paused, with the comparison and the reason kept', async () => {
    const id = await bench.queued();
    expect(await carrierOf(id)).toBe(first);
    await bench.ticker.runDue();
    await pause(first);
    await bench.ticker.runDue();
    expect(await bench.consignmentOf(id)).toMatchObject({ carrier_connection_id: second, state: 'OPEN', revision: 2 });
    const [now, before] = await bench.staff((trx) => choicesOf(trx, id));
    expect(now?.reason).toContain('Chosen anew: its account is paused');
    expect(before?.reason).not.toContain('Chosen anew');
    bench.systems.now = fourOClock;
    await bench.ticker.runDue();
    expect(await bench.book(id)).toEqual({ outcome: 'done' });
    expect(await carrierOf(id)).toBe(second);
  });

  it('follows ops’ rules, stays where nothing changed, and is left alone where a person fixed it', async () => {
    const ids = [await bench.queued(), await bench.queued()] as const;
    await bench.ticker.runDue();
    expect(await carrierOf(ids[0])).toBe(first);
    const { id: fixed } = await bench.consignmentOf(ids[1]);
    await bench.staff((trx) => trx('consignments').where({ id: fixed }).update({ locked_by: 'olga' }));
    await bench.staff((trx) =>
      addCarrierRule(
        trx,
        {
          ...{ connectionId: first, rule: 'never', rank: 10, brandId: bench.world.brandId, fromCountryCode: null },
          ...{ toCountryCode: null, domestic: null, incoterm: null, overGrams: null, upToGrams: null, note: '' },
        },
        command(),
      ),
    );
    await bench.ticker.runDue();
    expect([await carrierOf(ids[0]), await carrierOf(ids[1])]).toEqual([second, first]);
    const { version } = await bench.consignmentOf(ids[0]);
    await bench.ticker.runDue();
    expect(await bench.consignmentOf(ids[0])).toMatchObject({ version });
  });

  it('is not changed for an account that is away, unless it is due', async () => {
    const id = await bench.queued();
    await bench.ticker.runDue();
    bench.systems.away.add(first);
    await bench.ticker.runDue();
    expect(await carrierOf(id)).toBe(first);
    bench.systems.now = fourOClock;
    await bench.ticker.runDue();
    expect(await bench.consignmentOf(id)).toMatchObject({ carrier_connection_id: second, state: 'CLOSED' });
  });

  it('is held with a problem while no account takes it, and goes when one does', async () => {
    const id = await bench.queued();
    await bench.ticker.runDue();
    refuseAt(first);
    refuseAt(second);
    bench.systems.now = fourOClock;
    await bench.ticker.runDue();
    const held = await bench.consignmentOf(id);
    expect(held).toMatchObject({ state: 'OPEN', carrier_connection_id: first });
    expect(held.close_due_at > fourOClock).toBe(true);
    expect(await openProblemsOf(database.db, id)).toEqual(['cannot-ship']);
    bench.systems.carriers.delete(second);
    await bench.ticker.runDue();
    expect(await carrierOf(id)).toBe(second);
    expect(await openProblemsOf(database.db, id)).toEqual([]);
  });

  it('customs papers that came to lack something hold it up at the cut-off and before the booking, until a person releases it', async () => {
    const skus = (columns: object) => bench.staff((trx) => trx('skus').where({ id: bench.world.skuA }).update(columns));
    const id = await bench.queued();
    await skus({ hs_code: '6109.1' });
    bench.systems.now = fourOClock;
    await bench.ticker.runDue();
    expect(await bench.consignmentOf(id)).toMatchObject({ state: 'OPEN', carrier_checked: 'held' });
    await skus({ hs_code: '610910' });
    await bench.ticker.runDue();
    expect(await openProblemsOf(database.db, id)).toEqual([]);
    const { id: consignmentId, close_due_at } = await bench.consignmentOf(id);
    bench.systems.now = close_due_at;
    await bench.ticker.runDue();
    await skus({ origin_country_code: null });
    expect(await bench.book(id)).toEqual({ outcome: 'held' });
    expect(await bench.consignmentOf(id)).toMatchObject({ id: consignmentId, state: 'OPEN', revision: 1 });
    expect(bench.systems.bookings.size).toBe(0);
    expect(await openProblemsOf(database.db, id)).toEqual(['cannot-ship']);
    const release = () =>
      bench.staff(async (trx) => {
        const order = await lock(trx, 'order', id);
        if (!order) throw new Error('there is no such order');
        return releaseCustoms(trx, order, 'a gift, declared by hand', command());
      });
    expect(await release()).toMatchObject({
      ok: true,
      missing: [{ field: expect.stringContaining('originCountryCode') }],
    });
    bench.systems.now = (await bench.consignmentOf(id)).close_due_at;
    await bench.ticker.runDue();
    expect(await bench.book(id)).toEqual({ outcome: 'done' });
    expect(await openProblemsOf(database.db, id)).toEqual([]);
    // Another order with the same goods was not released.
    expect(await openProblemsOf(database.db, await bench.queued())).toEqual(['cannot-plan']);
  });
});
