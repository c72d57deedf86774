import { afterEach, describe, expect, it } from 'vitest';
import type { PriceWrite, StockWrite } from '../contract/store-writing.ts';
import { admin, type Bench, type BenchOptions, orderOf, shirt, startBench, tee } from './bench.fixture.ts';

const benches: Bench[] = [];
async function bench(options: BenchOptions = {}): Promise<Bench> {
  const one = await startBench({ ...options, simulator: { products: [tee, shirt], ...options.simulator } });
  benches.push(one);
  return one;
}
afterEach(async () => {
  for (const one of benches.splice(0)) await one.close();
});

/** A call as another program of the merchant's makes it. */
async function raw(shop: Bench, method: string, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const url = `${shop.simulatorUrl}/rest/all/V1`;
  const signIn = { method: 'POST', headers, body: JSON.stringify(admin) };
  const token: unknown = await (await fetch(`${url}/integration/admin/token`, signIn)).json();
  const authorization = `Bearer ${String(token)}`;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, authorization },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });
const stock = (sku: string, quantity: number, more: Partial<StockWrite> = {}): StockWrite => ({
  ...{ key: sku, sku, externalProductId: '1', externalVariantId: null, locationId: null, expected: null },
  quantity,
  ...more,
});
const price = (sku: string, amountMinor: number, more: Partial<PriceWrite> = {}): PriceWrite => ({
  ...{ key: sku, sku, externalProductId: '1', externalVariantId: null },
  price: aud(amountMinor),
  ...more,
});
const codes = (outcomes: readonly { ok: boolean; code?: string }[]) =>
  outcomes.map((one) => (one.ok ? 'ok' : one.code));

describe('stock', () => {
  it('finds the bad rows of a batch and writes the others', async () => {
    const shop = await bench();
    const rows = [
      stock('TEE', 7),
      stock('SHIRT-S', 3, { locationId: 'moon' }),
      stock('SHIRT-M', 4),
      stock('NOPE', 4),
      stock('TEE', 8, { key: 'again' }),
      stock('SHIRT-S', -1, { key: 'minus' }),
    ];
    expect(codes(await shop.connector.writeStock(rows, 'k'))).toEqual([
      ...['ok', 'Could not save Source Item', 'ok', 'not_found', 'duplicate_row', 'quantity'],
    ]);
    const now = [await shop.salable('TEE'), await shop.salable('SHIRT-S'), await shop.salable('SHIRT-M')];
    expect(now).toEqual([7, 10, 4]);
  });

  it.each([
    ['sources', {}],
    ['single stock', { legacyStock: true }],
  ])('compares what is expected, and is harmless when repeated: %s', async (_name, dials) => {
    const shop = await bench({ simulator: { dials } });
    const rows = [stock('TEE', 150, { expected: 200 }), stock('SHIRT-S', 1, { expected: 9 })];
    const first = await shop.connector.writeStock(rows, 'k');
    expect(first[0]).toMatchObject({ ok: true, value: { before: 200, after: 150 } });
    expect(first[1]).toMatchObject({ ok: false, code: 'stale', retryable: false });
    expect(await shop.connector.writeStock(rows.slice(0, 1), 'k')).toMatchObject([{ ok: true, value: { after: 150 } }]);
    expect(await shop.physical('TEE')).toBe(150);
    const unknown = await shop.connector.writeStock([stock('NOPE', 1)], 'k');
    expect(codes(unknown)).toEqual(['not_found']);
  });

  it('sets the physical count: the shop takes open orders off by itself', async () => {
    const shop = await bench({ settings: { orderMailbox: 'orders@shop.example' } });
    const line = { sku: 'TEE', title: 'Tee', externalProductId: '1', externalVariantId: null, quantity: 2 };
    const order = orderOf('R-1', '1', { lines: [{ ...line, unitPrice: aud(3995) }], shippingCharge: aud(1000) });
    await shop.connector.createOrder(order);
    await shop.connector.writeStock([stock('TEE', 50)], 'k');
    expect([await shop.physical('TEE'), await shop.salable('TEE')]).toEqual([50, 48]);
  });

  it('asks which source is meant where there are several', async () => {
    const shop = await bench();
    await shop.control('POST', '/sources', { code: 'south' });
    expect(codes(await shop.connector.writeStock([stock('TEE', 7)], 'k'))).toEqual(['location_unclear']);
    const named = stock('TEE', 7, { locationId: 'south', expected: 0 });
    expect(await shop.connector.writeStock([named], 'k')).toMatchObject([{ value: { before: null, after: 7 } }]);
    expect((await shop.connector.readLocations()).map(({ externalId }) => externalId)).toEqual(['default', 'south']);
  });

  it('learns the size of batches that a shop takes, and survives a deadlock', async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ ...tee, sku: `T-${index}`, name: `T ${index}` }));
    const shop = await bench({ simulator: { products: many, dials: { inputLimits: true } } });
    const rows = many.map(({ sku }) => stock(sku, 5));
    expect(new Set(codes(await shop.connector.writeStock(rows, 'k')))).toEqual(new Set(['ok']));
    await shop.control('POST', '/dials', { deadlockEvery: 1 });
    const again = rows.map((row) => ({ ...row, quantity: 6 }));
    await expect(shop.connector.writeStock(again, 'k')).rejects.toMatchObject({ kind: 'Unavailable' });
  });

  it('says when the shop shows something else afterwards', async () => {
    const shop = await bench();
    await shop.fault(
      { kind: 'status', status: 200, body: '[]', contentType: 'application/json' },
      { method: 'POST', path: '/source-items$' },
    );
    const outcome = await shop.connector.writeStock([stock('TEE', 7)], 'k');
    expect(outcome).toMatchObject([{ ok: false, code: 'not_seen', retryable: true }]);
  });
});

describe('prices', () => {
  const day = (text: string) => new Date(`${text}T00:00:00Z`);

  it('takes the failures out of an answer of 200, and refuses another currency', async () => {
    const shop = await bench();
    const outcomes = await shop.connector.writePrices([
      price('TEE', 4550),
      price('NOPE', 100),
      price('SHIRT-S', 100, { price: { amountMinor: 100, currency: 'IDR' } }),
      price('SHIRT-M', -1),
    ]);
    expect(codes(outcomes)).toEqual(['ok', 'refused', 'currency', 'price']);
    expect(outcomes[1]).toMatchObject({ reason: 'Invalid attribute SKU = NOPE.' });
    const product = await shop.connector.readProduct('1');
    expect(product?.variants[0]?.price).toEqual(aud(4550));
  });

  it('begins, keeps and ends sales, dates in the shop’s zone', async () => {
    const shop = await bench({ simulator: { timezone: 'Australia/Sydney' } });
    const sale = { price: aud(3000), from: day('2026-01-01'), to: day('2036-01-01') };
    const row = price('TEE', 4000, { sale });
    expect(await shop.connector.writePrices([row])).toMatchObject([
      { value: { price: aud(4000), salePrice: aud(3000) } },
    ]);
    const variant = async () => (await shop.connector.readProduct('1'))?.variants[0];
    expect(await variant()).toMatchObject({ salePrice: aud(3000), saleFrom: sale.from, saleTo: sale.to });
    const calls = shop.calls('special-prices.save');
    await shop.connector.writePrices([row, price('SHIRT-S', 100)]);
    await shop.connector.writePrices([price('TEE', 3900)]);
    expect([shop.calls('special-prices.save'), (await variant())?.salePrice]).toEqual([calls, aud(3000)]);
    const ended = await shop.connector.writePrices([price('TEE', 3900, { sale: null })]);
    expect([ended[0], (await variant())?.salePrice]).toMatchObject([{ value: { salePrice: null } }, null]);
  });

  it('takes sales without dates', async () => {
    const shop = await bench();
    const sale = { price: aud(3000), from: null, to: null };
    const row = price('TEE', 4000, { sale });
    expect(await shop.connector.writePrices([row])).toMatchObject([{ ok: true, value: { salePrice: aud(3000) } }]);
    const [variant] = (await shop.connector.readProduct('1'))?.variants ?? [];
    expect([variant?.salePrice, variant?.saleTo]).toEqual([aud(3000), null]);
    await shop.connector.writePrices([row]);
    expect(shop.calls('special-prices.save')).toBe(1);
  });

  it('shows what store views have of their own', async () => {
    const shop = await bench({ simulator: { dials: { pricesPerWebsite: true } } });
    const variant = async () => (await shop.connector.readProduct('1'))?.variants[0];
    expect((await variant())?.scopedPrices).toBeUndefined();
    const body = { prices: [{ sku: 'TEE', store_id: 1, price: 44.5 }] };
    await raw(shop, 'POST', '/products/base-prices', body);
    expect((await variant())?.scopedPrices).toEqual([{ scope: 'default', price: aud(4450), salePrice: null }]);
    expect((await variant())?.price).toEqual(aud(3995));
  });
});
