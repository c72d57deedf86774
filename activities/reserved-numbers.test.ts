import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CarrierConnector } from '../connectors/contract/carrier.ts';
import { startBench } from '../connectors/dhl-express/bench.fixture.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { openShippingBench } from '../tests/shipping-bench.ts';
import { consignmentActivities } from './consignments.ts';

describe('reserved numbers', () => {
  let database: TestDatabase;
  let carrier: Awaited<ReturnType<typeof startBench>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'reserved' });
    carrier = await startBench({ billingCurrency: 'AUD' }, { reserveNumbers: true });
  });
  afterAll(async () => {
    await carrier?.close();
    await database?.close();
  });

  it('are stored before the booking and sent with it; a refusal is told, and books without', async () => {
    const bench = await openShippingBench(database);
    const scripted = bench.systems.deps(database.db);
    // The simulator lives in the present: planned times of the test's own would be past.
    const connector: CarrierConnector = {
      ...carrier.connector,
      book: (request) => carrier.connector.book({ ...request, plannedAt: new Date(Date.now() + 86_400_000) }),
    };
    const account = { id: bench.world.carrierId, code: 'c', name: 'c', brandId: null, connector };
    const open = new Proxy(scripted.open, {
      get: (target, name) => (name === 'carrier' ? async () => account : Reflect.get(target, name)),
    });
    const { bookConsignment } = consignmentActivities({ ...scripted, open });
    const problems = () =>
      bench.staff((trx) =>
        trx('problems').where({ kind: 'reservation-refused' }).whereNot({ state: 'RESOLVED' }).pluck('title'),
      );
    const numbers = () => bench.staff((trx) => trx('reserved_numbers').pluck('number'));
    const closed = async () => {
      const orderId = await bench.queued();
      bench.systems.now = (await bench.consignmentOf(orderId)).close_due_at;
      await bench.ticker.runDue();
      return bench.consignmentOf(orderId);
    };

    const first = await closed();
    await bookConsignment(first.id);
    expect([await numbers(), await problems(), carrier.bookings()]).toEqual([[], [expect.anything()], 1]);

    await carrier.control('POST', '/dials', { mayReserve: true });
    const second = await closed();
    await bookConsignment(second.id);
    const [number] = await numbers();
    const booked = await bench.staff((trx) => trx('consignments').where({ id: second.id }).first());
    expect(booked).toMatchObject({ state: 'BOOKED', tracking_number: number });
    expect([await problems(), carrier.bookings()]).toEqual([[], 2]);
  });
});
