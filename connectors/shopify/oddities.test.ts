import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './bench.fixture.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(settings = {}): Promise<Bench> {
  const bench = await startBench({ settings, simulator: { dials: { bulkPolls: 0, bucketPoints: 100_000 } } });
  benches.push(bench);
  return bench;
}

const size = (value: string) => [{ name: 'Size', value }];
const reading = (bench: Bench) => bench.connector.readProducts({ cursor: null, changedSince: null });

describe('odd shops', () => {
  it('with 2,000 variants, doubled and missing SKUs, no prices and stock below zero are read with findings', async () => {
    const variants = [
      ...Array.from({ length: 1_996 }, (_, index) => ({ sku: `V${index}`, price: '5.00', options: size(`${index}`) })),
      { sku: 'V1', price: '5.00', options: size('again') },
      { sku: null, price: '5.00', options: size('none') },
      { sku: 'FREE', price: '0.00', options: size('free') },
      { sku: 'BELOW', price: '5.00', available: -3, options: size('below') },
    ];
    const bench = await open();
    await bench.addProducts({ title: '<b>Many</b>', variants });
    const [product] = (await reading(bench)).items;
    expect(product?.variants).toHaveLength(2_000);
    // One page of the product with 50 of them, then 250 at a time.
    expect(bench.calls('TradelaneVariants')).toBe(8);
    const found = product?.findings.map(({ field, value, blocking }) => [field, value, blocking]);
    expect(found).toEqual([
      ['sku', null, true],
      ['price', '0.00', true],
      ['stock', '-3', false],
      ['sku', 'V1', true],
    ]);
    expect(product?.findings.every(({ remedy }) => remedy !== '')).toBe(true);
    expect(product?.variants.at(-1)?.stock.quantity).toBe(0);
    bench.reconnect({ bulkReadsFrom: 0 });
    const begun = await reading(bench);
    const bulk = await bench.connector.readProducts({ cursor: begun.next, changedSince: null });
    expect(bulk.items[0]?.variants).toHaveLength(2_000);
    expect(bulk.items[0]?.findings).toEqual(product?.findings);
  });

  it('that Shopify has frozen, locked or holds for abuse say what a person can do', async () => {
    const bench = await open();
    const failing = async (status: number, body = 'Unavailable Shop') => {
      await bench.fault({ kind: 'status', status, body }, { operation: '^TradelaneProducts$' });
      return reading(bench).catch((error: unknown) => error);
    };
    expect(await failing(402)).toMatchObject({
      kind: 'Unauthorized',
      details: { remedy: expect.stringContaining('unpaid bill') },
    });
    expect(await failing(423)).toMatchObject({
      kind: 'Unauthorized',
      details: { remedy: expect.stringContaining('locked') },
    });
    expect(await failing(430, 'Shopify Security Rejection')).toMatchObject({
      kind: 'RateLimited',
      details: { retryAfterMs: 600_000 },
    });
    await bench.fault({ kind: 'throttle', retryAfter: 'seconds', seconds: 2 }, { operation: '^TradelaneProducts$' });
    expect(await reading(bench).catch((error: unknown) => error)).toMatchObject({
      kind: 'RateLimited',
      details: { retryAfterMs: 2_000 },
    });
  });

  it('whose searches lag show a change late; the overlap of the next read finds it', async () => {
    const bench = await open();
    const [made] = await bench.addProducts({ title: 'Tee', variants: [{ sku: 'T', price: '1.00' }] });
    const since = new Date(Date.now() - 60_000);
    await bench.fault({ kind: 'stale' }, { operation: '^TradelaneProducts$' });
    expect((await bench.connector.readProducts({ cursor: null, changedSince: since })).items).toEqual([]);
    expect((await bench.connector.readProducts({ cursor: null, changedSince: since })).items).toHaveLength(1);
    expect(await bench.connector.readProduct(`gid://shopify/Product/${made?.id}`)).not.toBeNull();
  });
});
