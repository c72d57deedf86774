import { afterEach, describe, expect, it } from 'vitest';
import { admin, type Bench, type BenchOptions, integration, shirt, startBench, stockOf, tee } from './bench.fixture.ts';
import { filled } from './errors.ts';
import { oauthHeader } from './signer.ts';
import { parseLocal } from './text.ts';

const benches: Bench[] = [];
async function bench(options: BenchOptions = {}): Promise<Bench> {
  const one = await startBench({ ...options, simulator: { products: [tee, shirt], ...options.simulator } });
  benches.push(one);
  return one;
}
afterEach(async () => {
  for (const one of benches.splice(0)) await one.close();
});

const asAdmin = { settings: { authentication: 'admin' }, credentials: admin } as const;
const variant = (sku: string) => ({ sku, externalProductId: '1', externalVariantId: null });

describe('connection', () => {
  it('names the missing right', async () => {
    const lacking = {
      ...integration,
      lacks: ['Magento_Sales::ship', 'Magento_InventoryApi::stock_source_item_assign'],
    };
    const shop = await bench({ simulator: { integration: lacking } });
    const report = await shop.connector.testConnection();
    const errors = report.findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ what }) => what.split(':')[0])).toEqual(['Cannot ship orders', 'Cannot write stock']);
    expect(errors[0]?.remedy).toContain('Magento_Sales::ship');
  });

  it('renews an administrator’s token once, and a second refusal is a missing right', async () => {
    const shop = await bench(asAdmin);
    await shop.connector.readStock([variant('TEE')]);
    await shop.control('POST', '/expire-tokens');
    await Promise.all([1, 2, 3].map(() => shop.connector.readStock([variant('TEE')])));
    expect(shop.calls('token')).toBe(2);
    await shop.control('POST', '/dials', { adminTokenMinutes: 0 });
    await shop.control('POST', '/expire-tokens');
    await expect(shop.connector.readLocations()).rejects.toMatchObject({ kind: 'Unauthorized' });
    expect(shop.calls('token')).toBe(3);
  });

  it('asks once for a token that is refused, so that nobody is locked out', async () => {
    const shop = await bench({ ...asAdmin, credentials: { ...admin, password: 'wrong-password-1' } });
    for (let time = 0; time < 4; time += 1) {
      await expect(shop.connector.readStock([variant('TEE')])).rejects.toMatchObject({ kind: 'Unauthorized' });
    }
    expect((await shop.connector.testConnection()).findings[0]?.remedy).toContain('locks the user');
    expect(shop.calls('token')).toBe(1);
    shop.reconnect({}, admin);
    expect((await shop.connector.testConnection()).ok).toBe(true);
  });

  it('explains a second factor, a switched-off bearer, a wrong store view and absent credentials', async () => {
    const second = await bench({ ...asAdmin, simulator: { dials: { twoFactor: true } } });
    const report = await second.connector.testConnection();
    expect(report.findings[0]?.remedy).toContain('second factor');
    const bearer = { settings: { authentication: 'bearer' } } as const;
    const off = await bench({ ...bearer, simulator: { dials: { integrationBearer: false } } });
    expect((await off.connector.testConnection()).ok).toBe(false);
    const on = await bench(bearer);
    expect((await on.connector.testConnection()).ok).toBe(true);
    expect(() => on.reconnect({ authentication: 'admin' })).toThrow(/credentials\/username/);
    on.reconnect({ storeView: 'moon' });
    expect((await on.connector.testConnection()).ok).toBe(false);
  });

  it.each([true, false])('signs SKUs in paths as the shop does, whatever its version: %s', async (plainSignatures) => {
    const odd = ['A/B 1', '50%+a&b=c?#', 'Größe ñ', 'x%41'].map((sku) => ({ ...tee, sku, name: sku }));
    const dials = { plainSignatures, withoutStockExport: true };
    const shop = await bench({ simulator: { products: odd, dials } });
    for (const _time of [1, 2]) {
      const outcomes = await shop.connector.readStock(odd.map(({ sku }) => variant(sku)));
      expect(outcomes.map((one) => one.ok && one.value.quantity)).toEqual([200, 200, 200, 200]);
    }
  });

  it('signs as RFC 5849 says, brackets and all', () => {
    const query = { 'searchCriteria[pageSize]': 1, fields: 'items[sku]' };
    const request = { method: 'GET', url: 'https://shop.example/rest/V1/products', query };
    const keys = { consumerKey: 'ck', consumerSecret: 'cs', accessToken: 'at', accessTokenSecret: 'as' };
    const header = oauthHeader(request, keys, 1_700_000_000, 'n');
    expect(header).toContain('oauth_signature_method="HMAC-SHA256"');
    expect(header).not.toContain('cs');
    expect(oauthHeader({ ...request, query: { fields: 'items[sku]' } }, keys, 1_700_000_000, 'n')).not.toBe(header);
  });
});

describe('reading', () => {
  it('reads a configurable product with its variants, options, categories and salable stock', async () => {
    const shop = await bench();
    const page = await shop.connector.readProducts({ cursor: null, changedSince: null });
    const [product] = page.items;
    expect(product).toMatchObject({
      title: 'Shirt',
      categories: [{ name: 'Shirts' }],
      attributes: [{ name: 'Size', values: ['S', 'M'] }],
      findings: [],
    });
    expect(
      product?.variants.map(({ sku, options, price, weightGrams, stock }) => [sku, options, price, weightGrams, stock]),
    ).toEqual([
      [
        'SHIRT-S',
        [{ name: 'Size', value: 'S' }],
        { amountMinor: 5900, currency: 'AUD' },
        136,
        { managed: true, quantity: 10, inStock: true },
      ],
      [
        'SHIRT-M',
        [{ name: 'Size', value: 'M' }],
        { amountMinor: 5900, currency: 'AUD' },
        136,
        { managed: true, quantity: 11, inStock: true },
      ],
    ]);
    const parent = await shop.connector.readProduct(product?.variants[0]?.externalId ?? '');
    expect(parent?.externalId).toBe(product?.externalId);
    expect(await shop.connector.readProduct('4711')).toBeNull();
  });

  it('brings the product when only a variant changed', async () => {
    const shop = await bench();
    const at = new Date(Date.now() + 3_600_000);
    await shop.control('POST', '/clock', { now: at.toISOString() });
    await shop.control('POST', '/price', { sku: 'SHIRT-M', price: 61 });
    const page = await shop.connector.readProducts({ cursor: null, changedSince: at });
    expect(page.items.map(({ title }) => title)).toEqual(['Shirt']);
  });

  it('holds what is odd, with a remedy', async () => {
    const odd = [
      { sku: 'NOPRICE', name: 'No price', extension_attributes: stockOf(1) },
      { ...tee, sku: 'FINE', name: 'Third of a cent', price: 1.2345 },
      {
        ...tee,
        sku: 'UNCOUNTED',
        name: 'Uncounted',
        extension_attributes: { stock_item: { qty: 1, is_in_stock: true, manage_stock: false } },
      },
      { ...tee, sku: 'A/B 1', name: 'Slash & space' },
    ];
    const shop = await bench({ simulator: { products: odd } });
    const { next } = await shop.connector.readProducts({ cursor: null, changedSince: null });
    const { items } = await shop.connector.readProducts({ cursor: next, changedSince: null });
    expect(items.map(({ findings }) => findings.map(({ field, blocking }) => [field, blocking]))).toEqual([
      [['price', true]],
      [['price', true]],
      [['stock', true]],
      [],
    ]);
  });

  it('finds what is odd about products of real shops', async () => {
    const sale = (to: string) => [
      { attribute_code: 'special_price', value: '20' },
      { attribute_code: 'special_from_date', value: '2026-05-01 00:00:00' },
      { attribute_code: 'special_to_date', value: to },
    ];
    const odd = [
      { ...tee, sku: 'MARKUP', name: '<b>Fine</b> tee &amp; tie' },
      { ...tee, sku: 'MINUS', name: 'Minus', extension_attributes: stockOf(-3) },
      { ...tee, sku: 'BACKWARDS', name: 'Backwards', custom_attributes: sale('2026-04-01 00:00:00') },
      { ...tee, sku: 'ENDLESS', name: 'Endless', custom_attributes: sale('').slice(0, 1) },
      { sku: 'EMPTY', name: 'Empty', type_id: 'configurable' },
      { ...shirt, sku: 'HALF', name: 'Half' },
    ];
    const shop = await bench({ simulator: { products: odd, dials: { legacyStock: true } } });
    const { products } = await shop.control<{ products: { id: number; sku: string }[] }>('GET', '/state');
    const gone = products.find(({ sku }) => sku === 'SHIRT-S');
    await shop.control('POST', `/products/${gone?.id}/delete`);
    const items = [];
    for (let cursor: string | null = null; ; ) {
      const page = await shop.connector.readProducts({ cursor, changedSince: null });
      items.push(...page.items);
      cursor = page.next;
      if (cursor === null) break;
    }
    const found = Object.fromEntries(
      items.map(({ title, findings }) => [title, findings.map(({ field, blocking }) => [field, blocking])]),
    );
    expect(found).toEqual({
      '<b>Fine</b> tee & tie': [['title', false]],
      Minus: [['stock', false]],
      Backwards: [['saleTo', false]],
      Endless: [],
      Empty: [['variants', true]],
      Half: expect.any(Array),
    });
    expect(items.every(({ findings }) => findings.every(({ remedy }) => remedy !== ''))).toBe(true);
    const minus = items.find(({ title }) => title === 'Minus');
    expect(minus?.variants[0]?.stock).toMatchObject({ quantity: 0, inStock: false });
    expect(items.find(({ title }) => title === 'Half')?.variants).toHaveLength(1);
  });

  it('reads a product of 2,000 variants', async () => {
    const variants = Array.from({ length: 2_000 }, (_, index) => ({
      ...{ sku: `BIG-${index}`, name: `Big ${index}`, price: 10, option: `O${index}` },
      extension_attributes: stockOf(index),
    }));
    const shop = await bench({ simulator: { products: [{ sku: 'BIG', name: 'Big', option_name: 'Size', variants }] } });
    const page = await shop.connector.readProducts({ cursor: null, changedSince: null });
    const [product] = page.items;
    expect([product?.variants.length, product?.variants[1_999]?.stock.quantity]).toEqual([2_000, 1_999]);
    expect(shop.calls('stock.export')).toBeLessThanOrEqual(20);
  });

  it('stops at the end of shops that repeat their last page or answer null', async () => {
    const shop = await bench({ simulator: { dials: { repeatLastPage: true, itemsNull: true } } });
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < 20; pages += 1) {
      const page = await shop.connector.readProducts({ cursor, changedSince: new Date(0), pageSize: 1 });
      seen.push(...page.items.map(({ title }) => title));
      cursor = page.next;
      if (cursor === null) break;
    }
    expect([new Set(seen), cursor]).toEqual([new Set(['Tee', 'Shirt']), null]);
  });

  it.each([
    ['exported in bulk', {}],
    ['asked SKU by SKU', { withoutStockExport: true }],
    ['single stock', { legacyStock: true }],
  ])('stock: %s', async (_name, dials) => {
    const shop = await bench({ simulator: { dials } });
    const outcomes = await shop.connector.readStock(['TEE', 'SHIRT-S', 'NOPE'].map(variant));
    expect(outcomes.map((one) => (one.ok ? one.value.quantity : one.code))).toEqual([200, 10, 'not_found']);
  });

  it('shows sources', async () => {
    const shop = await bench();
    const source = { externalId: 'default', name: 'Default Source', active: true };
    expect(await shop.connector.readLocations()).toEqual([source]);
  });
});

describe('bulks', () => {
  it('are judged by their operations, and given up when nobody works on them', async () => {
    const shop = await bench();
    const product = (sku: string, attribute_set_id: number) => ({
      product: { sku, name: sku, price: 1, attribute_set_id },
    });
    const { bulkId } = await shop.connector.submitBulk('products', [product('B-1', 4), product('B-2', 9999)]);
    expect((await shop.connector.readBulk(bulkId)).isDone).toBe(false);
    const operations = await shop.connector.awaitBulk(bulkId, async () => {
      await shop.control('POST', '/run-cron');
    });
    expect(operations.map(({ state }) => state)).toEqual(['done', 'failed']);
    expect(operations[1]?.reason).toContain('Invalid attribute set');
    const stuck = await shop.connector.submitBulk('products', [product('B-3', 4)]);
    await expect(shop.connector.awaitBulk(stuck.bulkId, async () => undefined, 0)).rejects.toMatchObject({
      details: { code: 'bulk_stuck' },
    });
  });
});

describe('texts', () => {
  it('fill placeholders of all three kinds', () => {
    expect(filled('The "%1" is bad', ['x'])).toBe('The "x" is bad');
    expect(filled('%fieldName is required', { fieldName: 'password' })).toBe('password is required');
    expect(filled('%fieldName = %fieldValue', ['SKU', 'NOPE'])).toBe('SKU = NOPE');
  });

  it('read price dates in the shop’s zone', () => {
    expect(parseLocal('2026-11-21 00:00:00', 'Australia/Sydney')?.toISOString()).toBe('2026-11-20T13:00:00.000Z');
    expect(parseLocal('2026-11-21 00:00:00', 'Nowhere/Land')?.toISOString()).toBe('2026-11-21T00:00:00.000Z');
    expect(parseLocal('', 'UTC')).toBeNull();
  });
});
