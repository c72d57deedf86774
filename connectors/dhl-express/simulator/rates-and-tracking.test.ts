import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions, startDhlExpressSimulator } from './index.ts';
import { booking, content, rateRequest, START, TestClient } from './test-client.ts';

interface RatedProduct {
  productCode: string;
  weight: { volumetric: number; provided: number };
  totalPrice: Array<{ currencyType: string; price: number }>;
  detailedPriceBreakdown: Array<{ breakdown: Array<{ name: string; price: number | null }> }>;
}

interface Tracked {
  shipmentTrackingNumber: string;
  status: string;
  events: Array<{ typeCode: string; date: string; time: string; GMTOffset?: string }>;
  pieces?: unknown[];
}

const ACCOUNT = `shipperAccountNumber=${demoOptions.accountNumber}`;
let simulator: RunningSimulator;
let client: TestClient;

beforeAll(async () => {
  simulator = await startDhlExpressSimulator(demoOptions);
  client = new TestClient(simulator);
});
afterAll(() => simulator.close());
beforeEach(async () => {
  await client.control('/reset', {});
  await client.control('/clock', { now: START });
});

async function track(query: string): Promise<Tracked[]> {
  return (await client.call('GET', query)).body.shipments as Tracked[];
}

describe('rates', () => {
  const rated = async (changes: Record<string, unknown> = {}) => {
    const { body } = await client.call('POST', '/rates', rateRequest(changes));
    const [first] = body.products as RatedProduct[];
    if (first === undefined) throw new Error(`no product in ${JSON.stringify(body)}`);
    return first;
  };
  const billed = ({ totalPrice }: RatedProduct) =>
    totalPrice.find(({ currencyType }) => currencyType === 'BILLC')?.price;

  it('compares by piece, rounds once, adds fuel', async () => {
    const both = await rated();
    expect(both).toMatchObject({ productCode: 'P', weight: { provided: 2.1, volumetric: 2.6 } });
    expect(billed(both)).toBe(62.4);
    const packages = content().packages as unknown[];
    expect(billed(await rated({ packages: [packages[0]] }))).toBe(46.2);
    expect(billed(await rated({ packages: [packages[1]] }))).toBe(51.6);
    const size = { length: 10, width: 10, height: 10 };
    expect(billed(await rated({ packages: [{ weight: 4.8, dimensions: size }] }))).toBe(84);
    expect(billed(await rated({ packages: [{ weight: 5.1, dimensions: size }] }))).toBe(87.6);
  });

  it('prices services and shows merely offered ones without a price', async () => {
    const priced = await rated({ valueAddedServices: [{ serviceCode: 'DD' }] });
    expect(billed(priced)).toBe(80.4);
    const lines = priced.detailedPriceBreakdown[0]?.breakdown ?? [];
    const parts = lines.map(({ price }) => price).filter((price) => price !== null);
    expect(parts.reduce((sum, price) => sum + price, 0)).toBeCloseTo(80.4);
    expect(lines.some(({ price }) => price === null)).toBe(true);
  });

  it('follows the fuel dial and refuses products that are not on the lane', async () => {
    await client.control('/dials', { fuelPercent: 0 });
    expect(billed(await rated())).toBe(52);
    const { status, body } = await client.call('POST', '/rates', rateRequest({ productCode: 'N' }));
    expect(status).toBe(400);
    expect(body.detail).toMatch(/^1001: /);
  });

  it('bills otherwise than quoted when told to', async () => {
    await client.control('/dials', { billedPercent: 110 });
    const { body } = await client.call('POST', '/shipments', booking({ getRateEstimates: true }));
    expect(body.shipmentCharges).toMatchObject([{ currencyType: 'BILLC', price: 68.64 }]);
  });
});

describe('tracking', () => {
  it('finds nothing in the first while, then by number and by reference', async () => {
    await client.control('/dials', { trackingVisibleAfterMs: 3_600_000 });
    const number = await client.book(booking({ customerReferences: [{ typeCode: 'CU', value: 'TL-9' }] }));
    const early = await client.call('GET', `/shipments/${number}/tracking`);
    expect(early).toMatchObject({ status: 404, body: { detail: 'No data found', status: '404' } });
    const byReference = `/tracking?shipmentReference=TL-9&${ACCOUNT}&dateRangeFrom=2026-03-01&dateRangeTo=2026-03-03`;
    expect((await client.call('GET', byReference)).status).toBe(404);
    await client.control('/clock', { now: '2026-03-02T01:00:00.000Z' });
    expect(await track(`/shipments/${number}/tracking`)).toMatchObject([{ status: 'Success', events: [] }]);
    expect(await track(byReference)).toMatchObject([{ shipmentTrackingNumber: number }]);
    const outOfRange = `/tracking?shipmentReference=TL-9&${ACCOUNT}&dateRangeFrom=2026-03-03`;
    expect((await client.call('GET', outOfRange)).status).toBe(404);
    expect((await client.call('GET', '/tracking?shipmentReference=TL-9')).body.detail).toBe(
      'Missing mandatory parameters: shipperAccountNumber',
    );
  });

  it('finds shipments by the reference of a package, and both of a doubled booking', async () => {
    const packages = [
      { weight: 1, dimensions: { length: 1, width: 1, height: 1 }, customerReferences: [{ value: 'TL-PIECE' }] },
    ];
    const doubled = booking({ customerReferences: [], content: content({ packages }) });
    const numbers = [await client.book(doubled), await client.book(doubled)];
    const found = await track(`/tracking?shipmentReference=TL-PIECE&${ACCOUNT}`);
    expect(found.map(({ shipmentTrackingNumber }) => shipmentTrackingNumber).sort()).toEqual(numbers.sort());
  });

  it('shows events in local time, with the zone when asked', async () => {
    const number = await client.book();
    await client.control(`/shipments/${number}/events`, { typeCode: 'PU', at: '2026-03-03T05:00:00Z' });
    await client.control(`/shipments/${number}/events`, { typeCode: 'OK', at: '2026-03-05T20:30:00Z' });
    const [plain] = await track(`/shipments/${number}/tracking`);
    expect(plain?.events).toMatchObject([
      { typeCode: 'PU', date: '2026-03-03', time: '15:00:00' },
      { typeCode: 'OK', date: '2026-03-06', time: '03:30:00' },
    ]);
    expect(plain?.events[0]).not.toHaveProperty('GMTOffset');
    const [zoned] = await track(
      `/tracking?shipmentTrackingNumber=${number}&requestGMTOffsetPerEvent=true&levelOfDetail=all`,
    );
    expect(zoned?.events.map(({ GMTOffset }) => GMTOffset)).toEqual(['+10:00', '+07:00']);
    expect(zoned?.pieces).toHaveLength(2);
    const [last] = await track(`/shipments/${number}/tracking?trackingView=last-checkpoint`);
    expect(last?.events.map(({ typeCode }) => typeCode)).toEqual(['OK']);
    expect(client.facts('shipment.event')).toMatchObject([{ externalId: number, code: 'PU' }, { code: 'OK' }]);
  });

  it('doubles, shuffles and leaves out zones when told to', async () => {
    const number = await client.book();
    for (const [day, typeCode] of ['PU', 'DF', 'AF', 'WC', 'OK'].entries()) {
      await client.control(`/shipments/${number}/events`, { typeCode, at: `2026-03-0${day + 3}T05:00:00Z` });
    }
    await client.control('/dials', { doubleEvents: true, shuffleEvents: true, withoutOffsets: true });
    const [tracked] = await track(`/shipments/${number}/tracking?requestGMTOffsetPerEvent=true`);
    const codes = tracked?.events.map(({ typeCode }) => typeCode) ?? [];
    expect([...codes].sort()).toEqual(['AF', 'AF', 'DF', 'DF', 'OK', 'OK', 'PU', 'PU', 'WC', 'WC']);
    expect(codes).not.toEqual(['PU', 'PU', 'DF', 'DF', 'AF', 'AF', 'WC', 'WC', 'OK', 'OK']);
    expect(tracked?.events.every((event) => event.GMTOffset === undefined)).toBe(true);
  });

  it('comes back as it was from its state file', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const folder = await mkdtemp(`${tmpdir()}/dhl-express-simulator-`);
    const options = { ...demoOptions, stateFile: `${folder}/state.json`, now: () => new Date(START) };
    const first = await startDhlExpressSimulator(options);
    const number = await new TestClient(first).book();
    await first.close();
    const second = await startDhlExpressSimulator(options);
    const { status } = await new TestClient(second).call('GET', `/shipments/${number}/tracking`);
    const next = await new TestClient(second).book();
    await second.close();
    await rm(folder, { recursive: true });
    expect(status).toBe(200);
    expect(next).not.toBe(number);
  });
});
