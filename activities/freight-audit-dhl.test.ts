import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CarrierConnector } from '../connectors/contract/carrier.ts';
import { startBench } from '../connectors/dhl-express/bench.fixture.ts';
import { importCard } from '../db/freight-cards.ts';
import { listAudits } from '../db/queries/freight-audits.ts';
import { writeCardCsv } from '../freight/card-template.ts';
import { demoRateCard } from '../sandbox/rate-card.ts';
import { command } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { openShippingBench } from '../tests/shipping-bench.ts';
import { consignmentActivities } from './consignments.ts';
import { auditFreight } from './freight-audit.ts';
import { trackingActivities } from './tracking.ts';

describe('freight of the simulated DHL Express', () => {
  let database: TestDatabase;
  let carrier: Awaited<ReturnType<typeof startBench>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'freight_dhl' });
    carrier = await startBench();
  });
  afterAll(async () => {
    await carrier?.close();
    await database?.close();
  });

  it('is what the demo card says, as booked and as quoted, until a parcel is measured otherwise', async () => {
    const bench = await openShippingBench(database);
    const csv = writeCardCsv(demoRateCard);
    const connectionId = bench.world.carrierId;
    await bench.staff((trx) => importCard(trx, { csv, connectionId, brandId: null, dryRun: false }, command()));
    const scripted = bench.systems.deps(database.db);
    // The simulator lives in the present: planned times of the test's own would be past.
    const plannedAt = new Date(Date.now() + 86_400_000);
    const connector: CarrierConnector = {
      ...carrier.connector,
      book: (request) => carrier.connector.book({ ...request, plannedAt }),
      rates: (request) => carrier.connector.rates({ ...request, plannedAt }),
    };
    const account = { id: connectionId, code: 'c', name: 'c', brandId: null, connector };
    const open = new Proxy(scripted.open, {
      get: (target, name) => (name === 'carrier' ? async () => account : Reflect.get(target, name)),
    });
    const deps = { ...scripted, open };
    const audited = async () => {
      await auditFreight(deps, command({ at: bench.systems.now }));
      const [row] = await bench.staff((trx) => listAudits(trx, { connectionId }));
      return row ?? expect.fail('not audited');
    };

    const orderId = await bench.queued();
    const { id, close_due_at } = await bench.consignmentOf(orderId);
    bench.systems.now = close_due_at;
    await bench.ticker.runDue();
    await consignmentActivities(deps).bookConsignment(id);
    const first = await audited();
    // 2 kg by volume: 43.00, fuel 8.60, duties paid 18.00.
    expect(first).toMatchObject({ verdict: 'agrees', differenceMinor: 0, findings: [] });
    expect(first.statements.map(({ by, totalMinor }) => [by, totalMinor])).toEqual([
      ['card', 6_960],
      ['quote', 6_960],
      ['booked', 6_960],
    ]);

    const waybill = first.trackingNumber;
    await carrier.control('POST', `/shipments/${waybill}/measure`, { weight: 4.2 });
    await carrier.control('POST', `/shipments/${waybill}/events`, { typeCode: 'PU' });
    await trackingActivities(deps).readTracking(connectionId, null);
    expect(await audited()).toMatchObject({
      verdict: 'differs',
      // 4.5 kg: 65.50 and its fuel.
      differenceMinor: 2_700,
      findings: [{ cause: 're-weigh', amountMinor: 2_700 }],
    });
    expect((await bench.parcelsOf(orderId))[0]).toMatchObject({ state: 'HANDED_OVER', weight_grams: 550 });
  });
});
