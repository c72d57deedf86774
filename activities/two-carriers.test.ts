import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as dhlBench from '../connectors/dhl-express/bench.fixture.ts';
import * as ninjaBench from '../connectors/ninja-van/bench.fixture.ts';
import {
  buyerAddress,
  lineOf,
  makeConnection,
  orderOf,
  orderStep,
  readingOf,
  see,
  snapshotOf,
  unique,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { openShippingBench } from '../tests/shipping-bench.ts';

/** The two carriers as their simulators are, by way of their connectors. */
describe('DHL Express abroad, Ninja Van within the country', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;
  let dhl: dhlBench.Bench;
  let ninja: ninjaBench.Bench;
  let ninjaId: string;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_two' });
    bench = await openShippingBench(database);
    [dhl, ninja] = await Promise.all([dhlBench.startBench(), ninjaBench.startBench()]);
    ninjaId = await bench.staff((trx) => makeConnection(trx, 'carrier', { code: unique('ninja-van') }));
    bench.systems.carriers.set(bench.world.carrierId, () => dhl.connector);
    bench.systems.carriers.set(ninjaId, () => ninja.connector);
    // Carriers take no day that is past, and theirs is the real one.
    bench.systems.now = new Date();
  });
  afterAll(async () => {
    await dhl?.close();
    await ninja?.close();
    await database?.close();
  });

  const singapore = {
    ...buyerAddress,
    ...{ lines: ['Block 5 Sample Road', '#10-11'], city: 'Singapore', region: null, postcode: '520110' },
    ...{ countryCode: 'SG', phone: '+6581234567' },
  };
  const approved = async (shipTo: typeof buyerAddress) => {
    const externalId = unique('two');
    const snapshot = snapshotOf(externalId, 0, 'OPEN', [lineOf(bench.world.skuA, 1)], { shipTo });
    await see(database.db, bench.world.marketplaceId, readingOf(snapshot));
    const { id } = await orderOf(database.db, externalId);
    await orderStep(database.db, id, 'APPROVE');
    return id;
  };
  const shipFrom = (changes: object) =>
    bench.staff(async (trx) => {
      const { ship_from } = await trx('brands').where({ id: bench.world.brandId }).first('ship_from');
      const from = JSON.stringify({ ...ship_from, ...changes });
      await trx('brands').where({ id: bench.world.brandId }).update({ ship_from: from });
    });
  /** Closes the order's consignment at its cut-off, then books it now. */
  const bookedAt = async (id: string) => {
    const present = bench.systems.now;
    bench.systems.now = (await bench.consignmentOf(id)).close_due_at;
    await bench.ticker.runDue();
    bench.systems.now = present;
    return bench.book(id);
  };

  it('labels come from the right carrier; a late one is waited for, a cancelled one taken back, nothing booked twice', async () => {
    const abroad = await approved(buyerAddress);
    expect(await bench.orders.planOrder(abroad)).toEqual({ planned: true, why: null });
    expect(await bookedAt(abroad)).toEqual({ outcome: 'done' });
    expect(await bench.consignmentOf(abroad)).toMatchObject({
      state: 'BOOKED',
      carrier_connection_id: bench.world.carrierId,
      tracking_number: expect.stringMatching(/^\d{10}$/),
    });

    await shipFrom({ city: 'Singapore', region: null, postcode: '048582', countryCode: 'SG', phone: '+6561234567' });
    const home = await approved(singapore);
    // DHL Express carries within Singapore as well: ops rule it out there.
    await bench.staff((trx) =>
      trx('carrier_rules').insert({
        ...{ id: '00000000-0000-4000-8000-000000000001', connection_id: bench.world.carrierId, rule: 'never' },
        ...{ domestic: true, created_by: 'olga', created_at: bench.systems.now },
      }),
    );
    expect(await bench.orders.planOrder(home)).toEqual({ planned: true, why: null });
    await ninja.control('POST', '/dials', { waybillLateMs: 3_600_000 });
    expect(await bookedAt(home)).toEqual({ outcome: 'label-late' });
    expect(await bench.book(home)).toEqual({ outcome: 'label-late' });
    await ninja.control('POST', '/dials', { waybillLateMs: 0 });
    expect(await bench.book(home)).toEqual({ outcome: 'done' });
    expect(await bench.consignmentOf(home)).toMatchObject({ state: 'BOOKED', carrier_connection_id: ninjaId });
    await bench.cancel(home);
    const { id: consignmentId } = await bench.consignmentOf(home);
    expect(await bench.consignments.voidConsignment(consignmentId)).toEqual({ outcome: 'done' });
    expect(await bench.consignmentOf(home)).toMatchObject({ state: 'CANCELLED', void_outcome: 'voided' });
    expect([dhl.bookings(), ninja.bookings()]).toEqual([1, 1]);
  });
});
