import { afterEach, describe, expect, it } from 'vitest';
import type { StoreConnector } from '../contract/store.ts';
import { type Bench, type BenchOptions, goodKey, shirt, startBench, tee } from './bench.fixture.ts';
import { signedUrl } from './signer.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench(options);
  benches.push(bench);
  return bench;
}

async function all(connector: StoreConnector, changedSince: Date | null = null, pageSize = 100) {
  const items: Awaited<ReturnType<StoreConnector['readProducts']>>['items'][number][] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<StoreConnector['readProducts']>> = await connector.readProducts({
      cursor,
      changedSince,
      pageSize,
    });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });

describe('products', () => {
  it('come with their variations, also from shops that cannot list variations across products', async () => {
    const bench = await open();
    const [made] = await bench.addProducts(shirt, tee);
    const modern = await all(bench.connector);
    // The variations, and their count, which would tell of orphans.
    expect(bench.calls('all-variations.list')).toBe(2);
    await bench.control('POST', '/dials', { withoutVariationsRoute: true });
    bench.reconnect();
    expect(await all(bench.connector)).toEqual(modern);
    const [first, second] = modern;
    expect(first?.title).toBe('Shirt & Tie');
    expect(
      first?.variants.map(({ externalId, sku, options, price, stock }) => [externalId, sku, options, price, stock]),
    ).toEqual([
      [
        String(made?.variations[0]),
        'SHIRT-S',
        [{ name: 'Size', value: 'S' }],
        aud(5900),
        { managed: true, quantity: 10, inStock: true },
      ],
      [
        String(made?.variations[1]),
        'SHIRT-M',
        [{ name: 'Size', value: 'M' }],
        aud(5900),
        { managed: true, quantity: 11, inStock: true },
      ],
    ]);
    expect(second?.variants[0]).toMatchObject({ sku: 'TEE', weightGrams: 200, price: aud(3995) });
    expect([first?.findings, second?.findings]).toEqual([[], []]);
  });

  it('that cannot be sold as they are say why and what to do', async () => {
    const bench = await open();
    await bench.addProducts(
      { ...tee, sku: '', regular_price: '' },
      { ...tee, sku: 'LOOSE', manage_stock: false },
      { name: 'Set', type: 'grouped', sku: 'SET' },
    );
    const products = await all(bench.connector);
    const found = products.map(({ findings }) => findings.map(({ field, blocking }) => [field, blocking]));
    expect(found).toEqual([
      [
        ['sku', true],
        ['price', true],
      ],
      [['stock', true]],
      [['type', true]],
    ]);
    expect(products.flatMap(({ findings }) => findings).every(({ remedy }) => remedy.length > 10)).toBe(true);
  });

  it('are not missed when others are deleted during the read', async () => {
    const bench = await open();
    const made = await bench.addProducts(...Array.from({ length: 12 }, (_, index) => ({ ...tee, sku: `T${index}` })));
    const first = await bench.connector.readProducts({ cursor: null, changedSince: null, pageSize: 4 });
    for (const gone of made.slice(0, 5)) await deleteProduct(bench, gone.id);
    const rest: string[] = [];
    let cursor = first.next;
    while (cursor !== null) {
      const page = await bench.connector.readProducts({ cursor, changedSince: null, pageSize: 4 });
      rest.push(...page.items.map(({ externalId }) => externalId));
      cursor = page.next;
    }
    expect(rest).toEqual(made.slice(5).map(({ id }) => String(id)));
  });

  it('are read in pages of one, too', async () => {
    const bench = await open();
    await bench.addProducts(shirt, tee, { ...tee, sku: 'TEE-2' });
    expect(await all(bench.connector, null, 1)).toHaveLength(3);
    const changed = await all(bench.connector, new Date(Date.now() - 60_000), 1);
    expect(new Set(changed.map(({ externalId }) => externalId)).size).toBe(3);
  });

  it('whose variation changed are read as changed, and so are hundreds of one second', async () => {
    const bench = await open();
    const [made] = await bench.addProducts(
      shirt,
      ...Array.from({ length: 30 }, (_, index) => ({ ...tee, sku: `T${index}` })),
    );
    const since = new Date(Date.now() - 3_600_000);
    const changed = await all(bench.connector, since, 10);
    expect(new Set(changed.map(({ externalId }) => externalId)).size).toBe(31);
    const later = new Date(Date.now() + 7_200_000);
    await bench.control('POST', '/clock', { now: later.toISOString() });
    await bench.control('POST', '/stock', { sku: 'SHIRT-M', quantity: 1 });
    await bench.control('POST', '/clock', { now: null });
    const again = await all(bench.connector, later, 10);
    expect([...new Set(again.map(({ externalId }) => externalId))]).toEqual([String(made?.id)]);
    expect(again[0]?.variants.map(({ stock }) => stock.quantity)).toEqual([10, 1]);
  });

  it('of older shops are found by their variations’ changes where reports list those', async () => {
    const bench = await open({ https: true, simulator: { dials: { withoutVariationsRoute: true } } });
    const [made] = await bench.addProducts(shirt, tee);
    const later = new Date(Date.now() + 7_200_000);
    await bench.control('POST', '/clock', { now: later.toISOString() });
    await bench.control('POST', '/stock', { sku: 'SHIRT-M', quantity: 1 });
    await bench.control('POST', '/clock', { now: null });
    const found = await all(bench.connector, later, 10);
    expect([...new Set(found.map(({ externalId }) => externalId))]).toEqual([String(made?.id)]);
    await bench.control('POST', '/dials', { withoutAnalytics: true });
    bench.reconnect();
    expect(await all(bench.connector, later, 10)).toEqual([]);
  });

  it('are read singly, by a variation’s id too; gone ones are null', async () => {
    const bench = await open();
    const [made] = await bench.addProducts(shirt);
    const { connector } = bench;
    const product = await connector.readProduct(String(made?.id));
    expect(product?.variants).toHaveLength(2);
    expect(await connector.readProduct(String(made?.variations[1]))).toEqual(product);
    expect([await connector.readProduct('999999'), await connector.readProduct('../orders')]).toEqual([null, null]);
  });

  it('are read through warnings that the shop prints before its answers', async () => {
    const bench = await open({ simulator: { dials: { phpWarning: true } } });
    await bench.addProducts(tee);
    expect(await all(bench.connector)).toHaveLength(1);
  });

  it('are asked for in smaller pages after the shop was too slow', async () => {
    const bench = await open();
    await bench.addProducts(...Array.from({ length: 30 }, (_, index) => ({ ...tee, sku: `T${index}` })));
    await bench.fault({ kind: 'html', status: 504 });
    const read = () => bench.connector.readProducts({ cursor: null, changedSince: null, pageSize: 40 });
    await expect(read()).rejects.toMatchObject({ kind: 'Unavailable' });
    expect((await read()).items).toHaveLength(20);
  });
});

/** As the shop's people delete one: for good. */
async function deleteProduct(bench: Bench, id: number): Promise<void> {
  const url = `${bench.simulatorUrl}/wp-json/wc/v3/products/${id}`;
  const request = { method: 'DELETE', url, query: { force: true } };
  const signed = signedUrl(request, goodKey, Math.floor(Date.now() / 1000), `nonce-${id}`);
  expect((await fetch(signed, { method: 'DELETE' })).status).toBe(200);
}

describe('stock', () => {
  it('is told per row, whatever happened to the others', async () => {
    const bench = await open();
    const [one, two] = await bench.addProducts(shirt, tee);
    const variant = (sku: string, product: number | undefined, variation: number | undefined) => ({
      sku,
      externalProductId: String(product),
      externalVariantId: variation === undefined ? null : String(variation),
    });
    const asked = [
      variant('SHIRT-M', one?.id, one?.variations[1]),
      variant('TEE', two?.id, two?.id),
      variant('OLD-SKU', two?.id, undefined),
      variant('GONE', 99_999, undefined),
      variant('GONE-TOO', one?.id, 99_998),
    ];
    const outcomes = await bench.connector.readStock(asked);
    await bench.control('POST', '/dials', { withoutVariationsRoute: true });
    bench.reconnect();
    expect(await bench.connector.readStock(asked)).toEqual(outcomes);
    expect(outcomes.map((row) => (row.ok ? row.value.quantity : row.code))).toEqual([
      11,
      12,
      'sku_changed',
      'not_found',
      'not_found',
    ]);
  });
});

describe('odd shops', () => {
  it('that count products which they do not show are read to the end all the same', async () => {
    const bench = await startBench();
    try {
      const many = Array.from({ length: 30 }, (_, index) => ({ ...tee, sku: `TEE-${index}`, name: `Tee ${index}` }));
      const ids = (await bench.addProducts(...many)).map(({ id }) => id);
      for (const pageSize of [2, 5, 50]) {
        const gone = new Set([0, 1, 4, 5, 6, 9, 15, 16, 17, 18, 19, 20, 21, 29].map((at) => ids[at] ?? 0));
        await bench.control('POST', '/dials', { hiddenIds: [...gone] });
        for (const changedSince of [null, new Date(Date.now() - 60_000)]) {
          const seen: string[] = [];
          let cursor: string | null = null;
          do {
            const page = await bench.connector.readProducts({ cursor, changedSince, pageSize });
            seen.push(...page.items.map(({ externalId }) => externalId));
            cursor = page.next;
          } while (cursor !== null);
          const wanted = ids.filter((id) => !gone.has(id)).map(String);
          expect(changedSince === null ? seen : [...new Set(seen)].sort()).toEqual(wanted.sort());
        }
      }
    } finally {
      await bench.close();
    }
  });

  it('of 2,000 variants, orphans and doubled or missing SKUs are read page by page, each oddity on its row', async () => {
    const bench = await startBench();
    try {
      const options = Array.from({ length: 2000 }, (_, index) => `O${index}`);
      const large = {
        ...{ name: 'Large', type: 'variable', sku: 'LARGE' },
        attributes: [{ name: 'Size', variation: true, visible: true, options }],
        variations: options.map((option, index) => ({
          ...{ sku: index === 7 ? '' : `L-${index}`, regular_price: index === 8 ? '' : '5.00' },
          ...{ manage_stock: true, stock_quantity: index === 9 ? -3 : 1, attributes: [{ name: 'Size', option }] },
        })),
      };
      await bench.addProducts(large, { ...tee, name: '<b>Tee</b> &amp; <script>x</script>' });
      const { id } = await bench.control<{ id: number }>('POST', '/orphans', { sku: 'LOST', regular_price: '1.00' });
      const items = [];
      let cursor: string | null = null;
      do {
        const page = await bench.connector.readProducts({ cursor, changedSince: null });
        items.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      expect(items.map(({ variants }) => variants.length)).toEqual([2000, 1, 0]);
      expect(items[0]?.findings.map(({ field }) => field)).toEqual(['sku', 'price', 'stock']);
      expect(items[2]).toMatchObject({
        externalId: String(id),
        findings: [{ field: 'variation', blocking: true, reason: expect.stringContaining('does not show') }],
      });
      // One page of products, 2,000 variations by hundreds, one count, one page of all variations to find the orphan.
      const reads = bench.calls('all-variations.list');
      expect(reads).toBeLessThanOrEqual(20 + 1 + 1 + 21);
    } finally {
      await bench.close();
    }
  });
});
