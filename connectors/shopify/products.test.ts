import { afterEach, describe, expect, it } from 'vitest';
import type { StoreProduct } from '../contract/store.ts';
import { type Bench, type BenchOptions, startBench } from './bench.fixture.ts';
import type { ProductSeed } from './simulator/index.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench(options);
  benches.push(bench);
  return bench;
}

async function readOne(seed: ProductSeed, options: BenchOptions = {}): Promise<StoreProduct> {
  const bench = await open(options);
  const [made] = await bench.addProducts(seed);
  const product = await bench.connector.readProduct(`gid://shopify/Product/${made?.id}`);
  if (product === null) throw new Error('not there');
  return product;
}

describe('products', () => {
  it('come with variants, options, sale prices, weight, customs data, pictures and collections', async () => {
    const product = await readOne({
      title: 'Shirt مرحبا 👕',
      descriptionHtml: '<p>Soft</p><script>x()</script>',
      vendor: 'Brand',
      productType: 'Shirts',
      tags: ['new'],
      collections: ['Summer'],
      images: [
        { url: 'https://cdn.example/1.jpg', alt: 'front' },
        { url: 'https://cdn.example/2.jpg', failed: true },
      ],
      variants: ['S', 'M'].map((value) => ({
        sku: `S/H ${value}`,
        price: '39.95',
        compareAtPrice: value === 'S' ? '59.00' : '39.95',
        available: value === 'S' ? 3 : 0,
        weightGrams: 200,
        harmonizedSystemCode: '610910',
        countryCodeOfOrigin: 'AU',
        options: [{ name: 'Size', value }],
      })),
    });
    expect(product).toMatchObject({ title: 'Shirt مرحبا 👕', published: true });
    expect(product.descriptionHtml).toContain('<script>');
    expect(product.categories.map(({ name }) => name)).toEqual(['Shirts', 'Summer']);
    expect(product.attributes).toContainEqual({ name: 'Size', values: ['S', 'M'] });
    expect(product.images).toEqual([{ url: 'https://cdn.example/1.jpg', alt: 'front' }]);
    expect(product.findings.map(({ field, blocking }) => [field, blocking])).toEqual([['image', false]]);
    expect(product.variants).toMatchObject([
      {
        sku: 'S/H S',
        options: [{ name: 'Size', value: 'S' }],
        price: { amountMinor: 5900, currency: 'AUD' },
        salePrice: { amountMinor: 3995, currency: 'AUD' },
        weightGrams: 200,
        hsCode: '610910',
        originCountryCode: 'AU',
        stock: { managed: true, quantity: 3, inStock: true },
      },
      { price: { amountMinor: 3995 }, salePrice: null, stock: { quantity: 0, inStock: false } },
    ]);
  });

  it('keep rupiah whole, and call a fraction of it a finding', async () => {
    const seed = {
      title: 'Tee',
      variants: [
        { sku: 'A', price: '150000.00' },
        { sku: 'B', price: '150000.50' },
      ],
    };
    const product = await readOne(seed, { simulator: { currency: 'IDR' } });
    expect(product.variants.map(({ price }) => price)).toEqual([{ amountMinor: 150_000, currency: 'IDR' }, null]);
    expect(product.findings.map(({ field, value }) => [field, value])).toContainEqual(['price', '150000.50']);
  });

  it('with oddities are read as far as they make sense, each with a remedy', async () => {
    const product = await readOne({
      title: 'Odd',
      status: 'DRAFT',
      variants: [
        { sku: null, price: '0.00' },
        { sku: 'DOUBLE', price: '1.00', tracked: false },
        { sku: 'DOUBLE', price: '1.00', available: -4, inventoryPolicy: 'CONTINUE' },
        { sku: 'BUNDLE', price: '1.00', requiresComponents: true, requiresShipping: false },
      ],
    });
    expect(product.published).toBe(false);
    const found = product.findings.map(({ field, blocking }) => `${field}${blocking ? '!' : ''}`);
    expect(found.toSorted()).toEqual(['price!', 'shipping!', 'sku!', 'sku!', 'stock', 'stock', 'stock!'].toSorted());
    expect(product.findings.every(({ remedy }) => remedy !== '')).toBe(true);
    expect(product.variants[2]?.stock).toEqual({ managed: true, quantity: 0, inStock: true });
  });

  it('with more variants than a page holds are read whole', async () => {
    const variants = Array.from({ length: 320 }, (_, index) => ({ sku: `V-${index}`, price: '1.00' }));
    const product = await readOne({ title: 'Many', variants });
    expect(new Set(product.variants.map(({ sku }) => sku)).size).toBe(320);
  });

  it('are found by the inventory item that a webhook names, and are null when gone', async () => {
    const bench = await open();
    const [made] = await bench.addProducts({ title: 'Tee', variants: [{ sku: 'T', price: '1.00' }] });
    const item = `gid://shopify/InventoryItem/${made?.variants[0]?.itemId}`;
    expect((await bench.connector.readProduct(item))?.externalId).toBe(`gid://shopify/Product/${made?.id}`);
    await bench.control('POST', `/products/${made?.id}/delete`);
    expect(await bench.connector.readProduct(item)).toBeNull();
    expect(await bench.connector.readProduct(`gid://shopify/Product/${made?.id}`)).toBeNull();
    expect(await bench.connector.readProduct('42')).toBeNull();
  });
});

describe('stock', () => {
  const seed = { title: 'Tee', variants: [{ sku: 'T', price: '1.00', available: { Melbourne: 5, Perth: 7 } }] };
  const locationId = 'gid://shopify/Location/502';

  async function stocked(settings = {}) {
    const bench = await open({ settings, simulator: { locations: ['Melbourne', 'Perth'] } });
    const [made] = await bench.addProducts(seed);
    const ids = made?.variants[0];
    const read = (sku = 'T', id: number | undefined = ids?.id) =>
      bench.connector.readStock([
        {
          sku,
          externalProductId: '',
          externalVariantId: id === undefined ? null : `gid://shopify/ProductVariant/${id}`,
        },
      ]);
    return { bench, read };
  }

  it('is the sum of all locations, or that of the chosen one', async () => {
    const { bench, read } = await stocked();
    expect(await read()).toMatchObject([{ ok: true, value: { quantity: 12 } }]);
    bench.reconnect({ locationId });
    expect(await read()).toMatchObject([{ ok: true, value: { quantity: 7 } }]);
    const { items } = await bench.connector.readProducts({ cursor: null, changedSince: null });
    expect(items[0]?.variants[0]?.stock.quantity).toBe(7);
    expect(await read('OTHER')).toMatchObject([{ ok: false, code: 'sku_changed' }]);
    expect(await read('T', 1)).toMatchObject([{ ok: false, code: 'not_found', retryable: false }]);
  });
});
