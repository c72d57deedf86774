import { afterEach, describe, expect, it } from 'vitest';
import type { StoreProduct } from '../contract/store.ts';
import { type Bench, type BenchOptions, startBench } from './bench.fixture.ts';
import type { ProductSeed } from './simulator/index.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

const goods: ProductSeed[] = Array.from({ length: 12 }, (_, index) => ({
  title: `Tee ${index} 👕`,
  collections: ['All'],
  images: [{ url: `https://cdn.example/${index}.png` }],
  variants: ['S', 'M'].map((size) => ({
    sku: `T${index}-${size}`,
    price: '10.00',
    available: { Melbourne: 3, Perth: 4 },
    options: [{ name: 'Size', value: size }],
  })),
}));

async function open({ settings = {}, simulator = {} }: BenchOptions = {}) {
  const dials = { bulkPolls: 0, ...simulator.dials };
  const bench = await startBench({
    settings: { bulkReadsFrom: 10, bulkWritesFrom: 3, ...settings },
    simulator: { locations: ['Melbourne', 'Perth'], products: goods, ...simulator, dials },
  });
  benches.push(bench);
  return bench;
}

/** All pages, each by a connector that remembers nothing. */
async function all(bench: Bench, pageSize = 5, at: (page: number) => Promise<void> = async () => undefined) {
  const items: StoreProduct[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    bench.reconnect();
    const page: Awaited<ReturnType<Bench['connector']['readProducts']>> = await bench.connector.readProducts({
      cursor,
      changedSince: null,
      pageSize,
    });
    items.push(...page.items);
    cursor = page.next;
    pages += 1;
    await at(pages);
  } while (cursor !== null);
  return { items, pages };
}

const downloads = (bench: Bench) =>
  bench.simulator.log.lines.filter((line) => line.kind === 'call' && line.path.startsWith('/bulk-results/')).length;

describe('large shops', () => {
  it('are read in bulk: the same products as by pages, with stock per location', async () => {
    const bench = await open();
    const { items, pages } = await all(bench);
    expect(pages).toBe(4);
    expect(bench.calls('TradelaneProducts')).toBe(1);
    const [first] = items;
    expect(first?.variants[0]?.stock).toEqual({
      managed: true,
      quantity: 7,
      inStock: true,
      locations: [
        { externalId: 'gid://shopify/Location/501', quantity: 3 },
        { externalId: 'gid://shopify/Location/502', quantity: 4 },
      ],
    });
    const paged = await open({ settings: { bulkReadsFrom: 10_000 } });
    const plain = (products: readonly StoreProduct[]) =>
      products.map(({ raw, modifiedAt, variants, ...one }) => ({
        ...one,
        variants: variants.map(({ stock: { locations, ...stock }, ...variant }) => ({ ...variant, stock })),
      }));
    expect(plain(items)).toEqual(plain((await all(paged)).items));
    expect(paged.calls('TradelaneBulkRead')).toBe(0);
  });

  it('show the chosen location’s stock, and changes are read by pages', async () => {
    const bench = await open({ settings: { bulkReadsFrom: 0, locationId: 'gid://shopify/Location/502' } });
    bench.reconnect({ bulkReadsFrom: 0 });
    const first = await bench.connector.readProducts({ cursor: null, changedSince: null });
    expect(first.items).toEqual([]);
    const second = await bench.connector.readProducts({ cursor: first.next, changedSince: null });
    expect(second.items[0]?.variants[0]?.stock).toEqual({ managed: true, quantity: 4, inStock: true });
    const changes = await bench.connector.readProducts({ cursor: null, changedSince: new Date(0) });
    expect(changes.items).toHaveLength(12);
    expect(bench.calls('TradelaneBulkRead')).toBe(1);
  });

  it('give empty pages while they work, and are asked on from the cursor', async () => {
    const bench = await open({ simulator: { dials: { bulkPolls: 2 } } });
    const { items } = await all(bench, 100);
    expect(items).toHaveLength(12);
    expect(bench.calls('TradelaneBulkState')).toBeGreaterThan(2);
  });

  it('whose file is given whole, whose children are scattered or whose place is taken are read all the same', async () => {
    const whole = await open({ simulator: { dials: { bulkRanges: false } } });
    expect((await all(whole)).items).toHaveLength(12);
    expect(downloads(whole)).toBe(3);
    const scattered = await open({ simulator: { dials: { bulkScattered: true } } });
    expect((await all(scattered)).items).toHaveLength(12);
    expect(scattered.calls('TradelaneBulkRead')).toBe(1);
    const busy = await open({ simulator: { dials: { bulkLimit: 0 } } });
    expect((await all(busy)).items).toHaveLength(12);
    expect(busy.calls('TradelaneProducts')).toBe(2);
  });

  it('whose work fails or expires is begun anew once, then read by pages', async () => {
    for (const bulkEnd of ['FAILED', 'EXPIRED', 'CANCELED']) {
      const bench = await open({ simulator: { dials: { bulkEnd } } });
      const { items } = await all(bench);
      expect(items).toHaveLength(12);
      expect(bench.calls('TradelaneBulkRead')).toBe(2);
    }
    const recovered = await open({ simulator: { dials: { bulkEnd: 'FAILED' } } });
    const { items } = await all(recovered, 5, async (page) => {
      if (page === 2) await recovered.control('POST', '/dials', { bulkEnd: '' });
    });
    expect(new Set(items.map(({ externalId }) => externalId)).size).toBe(12);
    expect(recovered.calls('TradelaneProducts')).toBe(1);
  });

  it('whose results are gone in the middle are read again from the beginning', async () => {
    const bench = await open();
    let isGone = false;
    const { items } = await all(bench, 5, async (page) => {
      if (page === 2) await bench.control('POST', '/dials', { bulkFilesGone: true });
      if (page === 3) await bench.control('POST', '/dials', { bulkFilesGone: false });
      isGone ||= page === 3;
    });
    expect(isGone).toBe(true);
    expect(new Set(items.map(({ externalId }) => externalId)).size).toBe(12);
    expect(bench.calls('TradelaneBulkRead')).toBe(2);
  });

  it('are asked about once by a worker that goes on, and again when the file’s address is dead', async () => {
    const bench = await open();
    const read = (cursor: string | null) => bench.connector.readProducts({ cursor, changedSince: null, pageSize: 5 });
    let cursor: string | null = (await read(null)).next;
    const items: StoreProduct[] = [];
    for (let page = 1; page <= 2; page += 1) {
      const next = await read(cursor);
      items.push(...next.items);
      cursor = next.next;
    }
    expect([items.length, bench.calls('TradelaneBulkState')]).toEqual([10, 1]);
    await bench.control('POST', '/dials', { bulkFilesGone: true });
    expect((await read(cursor)).items).toEqual([]);
    expect([bench.calls('TradelaneBulkState'), bench.calls('TradelaneBulkRead')]).toEqual([2, 2]);
  });

  it('send their token to Shopify alone', async () => {
    const bench = await open();
    await all(bench);
    expect(bench.log.join()).not.toContain('Signature=');
  });
});

describe('many prices', () => {
  async function rows(bench: Bench) {
    const { items } = await all(bench, 100);
    return items.flatMap(({ externalId, variants }) =>
      variants.map(({ externalId: externalVariantId, sku }) => ({
        key: String(sku),
        sku: String(sku),
        externalProductId: externalId,
        externalVariantId,
        price: { amountMinor: 1250, currency: 'AUD' },
      })),
    );
  }

  it('are written by an uploaded file, each row with its own outcome', async () => {
    const bench = await open();
    const wanted = (await rows(bench)).map((row) => (row.sku === 'T1-S' ? { ...row, sku: 'OTHER' } : row));
    const outcomes = await bench.connector.writePrices(wanted);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(23);
    expect(outcomes.find(({ key }) => key === 'T1-S')).toMatchObject({ code: 'sku_changed' });
    expect(bench.calls('TradelaneSetPrices')).toBe(0);
    expect((await bench.connector.writePrices(wanted)).filter(({ ok }) => ok)).toHaveLength(23);
    expect(bench.calls('TradelaneBulkWrite')).toBe(1);
  });

  it('are written one by one when no work in bulk can be begun, and partly when it fails', async () => {
    const busy = await open();
    const wanted = await rows(busy);
    await busy.control('POST', '/dials', { bulkLimit: 0 });
    expect((await busy.connector.writePrices(wanted)).filter(({ ok }) => ok)).toHaveLength(24);
    expect(busy.calls('TradelaneSetPrices')).toBe(12);
    const failing = await open();
    const others = await rows(failing);
    await failing.control('POST', '/dials', { bulkEnd: 'FAILED' });
    const outcomes = await failing.connector.writePrices(others);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(12);
    expect(outcomes.filter((one) => !one.ok && one.retryable && one.code === 'bulk_ended')).toHaveLength(12);
  });
});
