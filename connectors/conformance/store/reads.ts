import assert from 'node:assert/strict';
import type { StoreProduct } from '../../contract/store.ts';
import { Skipped } from '../case.ts';
import type { StoreContext } from '../store-session.ts';
import type { TestProduct } from '../store-subject.ts';
import {
  catalogueOf,
  idsAmong,
  includesAll,
  need,
  only,
  orderedBy,
  pages,
  readAll,
  type StoreCase,
  sameIds,
  storeCase,
  variantOf,
} from './tools.ts';

const TEN_MINUTES_MS = 600_000;

export async function readOne(context: StoreContext, product: TestProduct): Promise<StoreProduct> {
  const read = await context.connector.readProduct(product.externalId);
  assert.ok(read !== null, `the connector does not see product ${product.externalId}`);
  return read;
}

/** Everything of the shop, each thing once and rightly. */
export const fullReadCases: readonly StoreCase[] = [
  storeCase('full read', 'complete', 'readProducts', 'every product exactly once, page by page', async (context) => {
    const { ids } = await catalogueOf(context);
    await context.eventually(async () => {
      sameIds(idsAmong(await readAll(context), ids), ids, 'the read is not each product once');
    });
  }),
  storeCase(
    'full read',
    'simple',
    'readProduct',
    'a simple product has SKU, price, stock and weight',
    async (context) => {
      const [, second] = (await catalogueOf(context)).simple;
      assert.ok(second !== undefined, 'no second product');
      const product = await readOne(context, second);
      const variant = only(product.variants, 'variants');
      assert.equal(product.title, `${context.mark} CAT-2`, 'title');
      assert.equal(variant.sku, variantOf(second).sku, 'SKU');
      assert.deepEqual(variant.price, context.money(1002), 'price');
      assert.equal(variant.salePrice, null, 'a sale that there is not');
      assert.deepEqual(
        [variant.stock.managed, variant.stock.quantity, variant.stock.inStock],
        [true, 2, true],
        'stock',
      );
      assert.equal(variant.weightGrams, 200, 'weight in grams');
      assert.equal(product.published, true, 'published');
    },
  ),
  storeCase('full read', 'variants', 'readProduct', 'variants come with their product and options', async (context) => {
    const { shirt } = await catalogueOf(context);
    const product = await readOne(context, shirt);
    const variants = product.variants.toSorted((a, b) => String(a.sku).localeCompare(String(b.sku)));
    const expected = shirt.variants.map(({ sku }) => sku).toSorted();
    assert.deepEqual(
      variants.map(({ sku }) => sku),
      expected,
      'SKUs',
    );
    const bySku = (end: string) => variants.find(({ sku }) => sku?.endsWith(end) === true);
    assert.deepEqual(
      ['-S', '-M', '-L'].map((end) => bySku(end)?.options.find(({ name }) => /size/i.test(name))?.value),
      ['S', 'M', 'L'],
      'the option Size',
    );
    assert.deepEqual(
      ['-S', '-M', '-L'].map((end) => [bySku(end)?.price, bySku(end)?.stock.quantity]),
      [
        [context.money(5900), 10],
        [context.money(5901), 11],
        [context.money(5902), 12],
      ],
      'prices and stock',
    );
  }),
  storeCase(
    'full read',
    'page-equals-one',
    'readProduct',
    'one product alone is what the page shows',
    async (context) => {
      const { shirt } = await catalogueOf(context);
      const bare = ({ raw: _raw, ...product }: StoreProduct) => product;
      // Real shops touch a new product once more by themselves: both are read anew then.
      await context.eventually(async () => {
        const alone = await readOne(context, shirt);
        const found = (await readAll(context)).find(({ externalId }) => externalId === shirt.externalId);
        assert.ok(found !== undefined, 'the page does not show it');
        assert.deepEqual(bare(alone), bare(found));
      });
    },
  ),
  storeCase(
    'full read',
    'gone',
    'readProduct',
    'a product that is gone is null, also by an absurd id',
    async (context) => {
      const product = await context.simple('GONE');
      await context.bed.deleteProduct(product);
      await context.eventually(async () => {
        assert.equal(await context.connector.readProduct(product.externalId), null, 'a deleted product is still read');
      });
      for (const id of ['0', '-1', 'nonsense', '999999999999']) {
        const outcome = await context.connector.readProduct(id).catch((error: unknown) => error);
        const isRefusal = outcome instanceof Error && 'kind' in outcome && outcome.kind === 'Rejected';
        assert.ok(outcome === null || isRefusal, `the id ${id} answers ${outcome}`);
      }
    },
  ),
  storeCase(
    'full read',
    'modified',
    'readProducts',
    'times of change are instants, not wall clocks',
    async (context) => {
      const [first] = (await catalogueOf(context)).simple;
      assert.ok(first !== undefined, 'no product');
      const { modifiedAt } = await readOne(context, first);
      const apartMs = Math.abs(modifiedAt.getTime() - context.serverNow().getTime());
      // Test goods are as old as the run; a zone read wrongly is at least half an hour off.
      assert.ok(apartMs < 3 * TEN_MINUTES_MS - 60_000, `just made, but changed at ${modifiedAt.toISOString()}`);
    },
  ),
  storeCase('full read', 'stock', 'readStock', 'stock of given variants, one answer each', async (context) => {
    const { simple, shirt } = await catalogueOf(context);
    const asked = [...simple.slice(0, 3), shirt].flatMap(({ variants }) => variants);
    const outcomes = await context.connector.readStock(asked);
    assert.deepEqual(
      outcomes.map((one) => [one.key, one.ok && one.value.quantity]),
      asked.map(({ sku }, index) => [sku, index < 3 ? index + 1 : index + 7]),
    );
  }),
  storeCase('full read', 'locations', 'readLocations', 'the places of stock have ids and names', async (context) => {
    const locations = await need(context.connector, 'readLocations')();
    assert.ok(locations.length > 0, 'there is none');
    assert.equal(new Set(locations.map(({ externalId }) => externalId)).size, locations.length, 'an id twice');
    assert.ok(
      locations.every(({ name }) => name !== ''),
      'one has no name',
    );
    assert.ok(
      locations.some(({ active }) => active),
      'none is active',
    );
  }),
  storeCase('full read', 'orders', 'readOrders', 'every order exactly once, with lines and money', async (context) => {
    const readOrders = need(context.connector, 'readOrders');
    const { order, made } = await orderedBy(context, 'read-orders', 3);
    const changedSince = new Date(context.serverNow().getTime() - TEN_MINUTES_MS);
    const found = await context.eventually(async () => {
      const all = await pages(null, (cursor) => readOrders({ cursor, changedSince, pageSize: 10 }));
      includesAll(
        all.map(({ externalId }) => externalId),
        [made.externalId],
        'an order is not read',
      );
      return all.findLast(({ externalId }) => externalId === made.externalId);
    });
    assert.equal(found?.reference, order.reference, 'our reference');
    const line = only(found?.lines ?? [], 'lines');
    assert.deepEqual([line.sku, line.quantity], [order.lines[0]?.sku, 3], 'line');
    // A shop that adds its own tax splits what was sold into both.
    const sold = { ...line.net, amountMinor: line.net.amountMinor + line.tax.amountMinor };
    assert.deepEqual(sold, context.money(3 * 3333), 'the line with its tax');
    assert.deepEqual(found?.total, made.total, 'total');
    const apartMs = Math.abs((found?.placedAt.getTime() ?? 0) - context.serverNow().getTime());
    assert.ok(apartMs < 3 * TEN_MINUTES_MS - 60_000, `placed just now, but read as ${found?.placedAt.toISOString()}`);
  }),
  storeCase(
    'full read',
    'own-orders',
    'readOrders',
    'an order that a buyer placed is nobody’s of ours',
    async (context) => {
      const readOrders = need(context.connector, 'readOrders');
      const place = context.bed.placeOrder;
      if (place === undefined) throw new Skipped('no order can be placed in this shop but through the connector');
      const changedSince = new Date(context.serverNow().getTime() - TEN_MINUTES_MS);
      const variant = variantOf(await context.simple('BOUGHT', { price: context.money(1234) }));
      const externalId = await place([{ variant, quantity: 2 }]);
      context.placed(externalId);
      await context.eventually(async () => {
        const all = await pages(null, (cursor) => readOrders({ cursor, changedSince, pageSize: 10 }));
        const found = all.findLast((order) => order.externalId === externalId);
        assert.ok(found !== undefined, 'it is not read');
        assert.equal(found.reference, null, 'it bears a reference of ours');
        const line = only(found.lines, 'lines');
        assert.deepEqual([line.sku, line.quantity], [variant.sku, 2], 'line');
      });
    },
  ),
];
