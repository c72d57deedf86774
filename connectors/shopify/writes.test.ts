import { afterEach, describe, expect, it } from 'vitest';
import type { PriceWrite, StockWrite } from '../contract/store-writing.ts';
import { type Bench, type BenchOptions, startBench } from './bench.fixture.ts';
import type { ProductSeed } from './simulator/index.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

const [melbourne, perth] = ['gid://shopify/Location/501', 'gid://shopify/Location/502'];
const goods: ProductSeed = {
  title: 'Tee',
  variants: [
    { sku: 'S', price: '40.00', compareAtPrice: '50.00', available: { Melbourne: 7, Perth: 5 }, options: size('S') },
    { sku: 'M', price: '50.00', available: { Melbourne: 3 }, options: size('M') },
    { sku: 'U', price: '5.00', tracked: false, options: size('U') },
    { sku: 'B', price: '9.00', requiresComponents: true, options: size('B') },
  ],
};

function size(value: string) {
  return [{ name: 'Size', value }];
}

async function open(settings: BenchOptions['settings'] = {}, more: BenchOptions = {}) {
  const simulator = { locations: ['Melbourne', 'Perth'], ...more.simulator };
  const bench = await startBench({ ...more, simulator, settings });
  benches.push(bench);
  const [made] = await bench.addProducts(goods);
  const key = (sku: string) => ({
    key: sku,
    sku,
    externalProductId: `gid://shopify/Product/${made?.id}`,
    externalVariantId: `gid://shopify/ProductVariant/${made?.variants.find((one) => one.sku === sku)?.id}`,
  });
  const stock = (sku: string, quantity: number, rest: Partial<StockWrite> = {}): StockWrite => ({
    ...key(sku),
    locationId: null,
    quantity,
    expected: null,
    ...rest,
  });
  const price = (sku: string, amountMinor: number, rest: Partial<PriceWrite> = {}): PriceWrite => ({
    ...key(sku),
    price: aud(amountMinor),
    ...rest,
  });
  const shown = async () => {
    const product = await bench.connector.readProduct(`gid://shopify/Product/${made?.id}`);
    return Object.fromEntries(
      (product?.variants ?? []).map((one) => [
        one.sku,
        [one.price?.amountMinor, one.salePrice?.amountMinor ?? null, one.stock.quantity],
      ]),
    );
  };
  return { bench, stock, price, shown };
}

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });

describe('stock', () => {
  it('is set where it is what was last seen, at the chosen or the named location', async () => {
    const { bench, stock, shown } = await open({ locationId: melbourne });
    const rows = [stock('S', 9, { expected: 7 }), stock('M', 4, { locationId: perth })];
    expect(await bench.connector.writeStock(rows, 'k')).toEqual([
      { ok: true, key: 'S', value: { before: 7, after: 9 } },
      { ok: true, key: 'M', value: { before: 0, after: 4 } },
    ]);
    expect(await shown()).toMatchObject({ S: [5000, 4000, 9], M: [5000, null, 3] });
    expect(await bench.connector.writeStock([stock('S', 2, { expected: 7 })], 'k2')).toMatchObject([
      { ok: false, key: 'S', code: 'stale', reason: 'S: 9 pieces are there now, not 7.' },
    ]);
    expect(bench.calls('TradelaneSetStock')).toBe(2);
  });

  it('of good rows is written although others cannot be', async () => {
    const { bench, stock, shown } = await open({ locationId: melbourne });
    const rows = [
      stock('B', 1),
      stock('S', 8),
      stock('S', 6, { key: 'S again' }),
      stock('U', 1),
      stock('M', -1),
      stock('M', 5, { key: 'M2', sku: 'OTHER' }),
      stock('M', 5, { key: 'M3', externalVariantId: 'gid://shopify/ProductVariant/1' }),
      stock('M', 5, { key: 'M4', locationId: 'gid://shopify/Location/9' }),
    ];
    const outcomes = await bench.connector.writeStock(rows, 'k');
    expect(outcomes.map((one) => (one.ok ? 'written' : one.code))).toEqual([
      'NON_MUTABLE_INVENTORY_ITEM',
      'written',
      'duplicate',
      'not_tracked',
      'quantity',
      'sku_changed',
      'not_found',
      'location',
    ]);
    expect(await shown()).toMatchObject({ S: [5000, 4000, 8], M: [5000, null, 3] });
  });

  it('whose answer got lost counts as written when it is repeated, and is not applied twice', async () => {
    const { bench, stock, shown } = await open({ locationId: melbourne });
    const write = () => bench.connector.writeStock([stock('S', 9, { expected: 7 })], 'k');
    await bench.fault({ kind: 'lose-answer' }, { operation: '^TradelaneSetStock$' });
    await expect(write()).rejects.toMatchObject({ kind: 'Unavailable' });
    expect(await write()).toMatchObject([{ ok: true, value: { after: 9 } }]);
    expect(await shown()).toMatchObject({ S: [5000, 4000, 9] });
  });

  it('needs a location where there are several; the only one is taken by itself', async () => {
    const { bench, stock } = await open();
    expect(await bench.connector.writeStock([stock('S', 1)], 'k')).toMatchObject([{ code: 'location' }]);
    const single = await open({}, { simulator: { locations: ['Melbourne'] } });
    expect(await single.bench.connector.writeStock([single.stock('S', 1)], 'k')).toMatchObject([{ ok: true }]);
  });

  it('of more than 250 rows goes in several calls', async () => {
    const { bench } = await open({ locationId: melbourne });
    const variants = Array.from({ length: 260 }, (_, index) => ({ sku: `V${index}`, options: size(`${index}`) }));
    const [made] = await bench.addProducts({ title: 'Many', variants });
    const rows = (made?.variants ?? []).map(({ id, sku }) => ({
      key: String(sku),
      sku: String(sku),
      externalProductId: '',
      externalVariantId: `gid://shopify/ProductVariant/${id}`,
      locationId: null,
      quantity: 3,
      expected: 0,
    }));
    const outcomes = await bench.connector.writeStock(rows, 'k');
    expect(outcomes.filter((one) => one.ok && one.value.after === 3)).toHaveLength(260);
    expect(bench.calls('TradelaneSetStock')).toBe(2);
  });

  it('lies at named locations', async () => {
    const { bench } = await open();
    expect(await bench.connector.readLocations()).toEqual([
      { externalId: melbourne, name: 'Melbourne', active: true },
      { externalId: perth, name: 'Perth', active: true },
    ]);
  });
});

describe('prices', () => {
  it('are set with, without and inside a sale; what stands there already is not written', async () => {
    const { bench, price, shown } = await open();
    const sale = { price: aud(3000), from: null, to: null };
    expect(await bench.connector.writePrices([price('S', 6000), price('M', 6000, { sale })])).toEqual([
      { ok: true, key: 'S', value: { price: aud(6000), salePrice: aud(4000) } },
      { ok: true, key: 'M', value: { price: aud(6000), salePrice: aud(3000) } },
    ]);
    expect(await shown()).toMatchObject({ S: [6000, 4000, 12], M: [6000, 3000, 3] });
    expect(bench.calls('TradelaneSetPrices')).toBe(1);
    expect(await bench.connector.writePrices([price('S', 6000), price('M', 6000, { sale: null })])).toMatchObject([
      { ok: true, value: { salePrice: aud(4000) } },
      { ok: true, value: { salePrice: null } },
    ]);
    expect(await shown()).toMatchObject({ S: [6000, 4000, 12], M: [6000, null, 3] });
    expect(await bench.connector.writePrices([price('M', 6000)])).toMatchObject([{ ok: true }]);
    expect(bench.calls('TradelaneSetPrices')).toBe(2);
  });

  it('of good rows are written although others cannot be', async () => {
    const { bench, price, shown } = await open();
    const dated = { price: aud(100), from: new Date('2026-12-01T00:00:00Z'), to: null };
    const outcomes = await bench.connector.writePrices([
      price('S', 7000, { sale: null }),
      price('M', 1, { price: { amountMinor: 1, currency: 'IDR' } }),
      price('U', 500, { sale: dated }),
      price('B', 500, { sale: { price: aud(500), from: null, to: null } }),
      price('B', 500, { key: 'B2', sku: 'X' }),
      price('B', 500, { key: 'B3', externalVariantId: null }),
    ]);
    expect(outcomes.map((one) => (one.ok ? 'written' : one.code))).toEqual([
      'written',
      'currency',
      'sale_dates',
      'sale_not_lower',
      'sku_changed',
      'not_found',
    ]);
    expect(await shown()).toMatchObject({ S: [7000, null, 12], M: [5000, null, 3] });
  });
});
