import assert from 'node:assert/strict';
import type { StoreContext } from '../store-session.ts';
import {
  catalogueOf,
  idsAmong,
  includesAll,
  need,
  orderedBy,
  pages,
  readAll,
  type StoreCase,
  storeCase,
} from './tools.ts';

const HOUR_MS = 3_600_000;

async function changedIds(context: StoreContext, changedSince: Date, ours: readonly string[]): Promise<string[]> {
  return [...new Set(idsAmong(await readAll(context, { changedSince }), ours))];
}

/** What changed since a time: all of it, again and again. */
export const incrementalCases: readonly StoreCase[] = [
  storeCase('incremental read', 'twice', 'readProducts', 'the same changes when read twice', async (context) => {
    const { since, ids } = await catalogueOf(context);
    await context.eventually(async () => {
      includesAll(await changedIds(context, since, ids), ids, 'a change is not read');
      includesAll(await changedIds(context, since, ids), ids, 'the second read has not what the first had');
    });
  }),
  storeCase('incremental read', 'one-more', 'readProducts', 'one more change, and it is read', async (context) => {
    const product = await context.simple('INC');
    const at = context.serverNow();
    await context.bed.changeProduct(product, { title: `${context.mark} INC changed` });
    await context.eventually(async () => {
      const changed = await readAll(context, { changedSince: new Date(at.getTime() - 1_000) });
      const found = changed.find(({ externalId }) => externalId === product.externalId);
      assert.equal(found?.title, `${context.mark} INC changed`, 'the change is not read');
    });
  }),
  storeCase('incremental read', 'variant', 'readProducts', 'a variant’s change brings its product', async (context) => {
    const shirt = await context.make({
      title: `${context.mark} INC shirt`,
      variants: ['S', 'M'].map((option) => ({
        sku: `${context.mark}-INC-${option}`,
        option,
        price: context.money(2000),
        stock: 3,
      })),
    });
    const at = context.serverNow();
    await context.bed.changeProduct(shirt, { price: context.money(2100) });
    await context.eventually(async () => {
      const changed = await readAll(context, { changedSince: new Date(at.getTime() - 1_000) });
      const found = changed.findLast(({ externalId }) => externalId === shirt.externalId);
      const prices = found?.variants.map(({ price }) => price?.amountMinor ?? 0).toSorted((a, b) => a - b);
      assert.deepEqual(
        prices,
        [context.money(2000), context.money(2100)].map(({ amountMinor }) => amountMinor),
        'the new price of one variant is not read',
      );
    });
  }),
  storeCase(
    'incremental read',
    'not-everything',
    'readProducts',
    'what did not change is left out',
    async (context) => {
      const { ids } = await catalogueOf(context);
      const product = await context.simple('LATER');
      const later = new Date(context.serverNow().getTime() + 2 * HOUR_MS);
      await context.dials.at(new Date(later.getTime() + 1_000), () =>
        context.bed.changeProduct(product, { title: `${context.mark} LATER changed` }),
      );
      const changed = await changedIds(context, later, [...ids, product.externalId]);
      assert.deepEqual(changed, [product.externalId], 'not only what changed');
    },
  ),
  storeCase('incremental read', 'nothing', 'readProducts', 'nothing, where nothing changed', async (context) => {
    const { ids } = await catalogueOf(context);
    const tomorrow = new Date(context.serverNow().getTime() + 24 * HOUR_MS);
    const changed = await readAll(context, { changedSince: tomorrow });
    assert.deepEqual(idsAmong(changed, ids), [], 'something changed in the future');
  }),
  storeCase('incremental read', 'orders', 'readOrders', 'an order that changed is read again', async (context) => {
    const readOrders = need(context.connector, 'readOrders');
    const { made } = await orderedBy(context, 'changing');
    const at = new Date(context.serverNow().getTime() - 1_000);
    const outcome = await context.connector.cancelOrder(made.externalId, 'conformance');
    assert.equal(outcome.outcome, 'cancelled', 'it was not cancelled');
    await context.eventually(async () => {
      for (let time = 0; time < 2; time += 1) {
        const all = await pages(null, (cursor) => readOrders({ cursor, changedSince: at, pageSize: 10 }));
        const found = all.findLast(({ externalId }) => externalId === made.externalId);
        assert.equal(found?.status, 'cancelled', 'the change of the order is not read');
      }
    });
  }),
];
