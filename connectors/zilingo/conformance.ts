import type { ConformanceSubject } from '../conformance/index.ts';
import type { ListingRef } from '../contract/marketplace.ts';
import { allActions, type Bench, publish, startBench } from './bench.fixture.ts';

const ORDERS = 25;

/** Puts one listing up for sale and lets buyers buy; answers the orders' numbers. */
async function seed(bench: Bench): Promise<string[]> {
  await publish(bench, ['A-1'], ORDERS);
  const ids: string[] = [];
  for (let count = 0; count < ORDERS; count += 1) {
    const order = { lines: [{ sellerSku: 'A-1', quantity: 1 }] };
    ids.push((await bench.control<{ externalId: string }>('POST', '/orders', order)).externalId);
  }
  return ids;
}

const listings = new WeakMap<Bench, Map<string, Promise<ListingRef>>>();

/** A listing of its own for each change of stock, made at its first use. */
function listingOf(bench: Bench, sellerSku: string): Promise<ListingRef> {
  const known = listings.get(bench) ?? new Map<string, Promise<ListingRef>>();
  listings.set(bench, known);
  const ref = known.get(sellerSku) ?? publish(bench, [sellerSku]);
  known.set(sellerSku, ref);
  return ref;
}

async function rowOf(bench: Bench, sellerSku: string) {
  const { externalId, skus } = await listingOf(bench, sellerSku);
  return { externalId, sellerSku, externalSkuId: skus[0]?.externalSkuId ?? '' };
}

/** Zilingo as the conformance kit sees it. */
export const subject: ConformanceSubject<Bench> = {
  kind: 'marketplace',
  name: 'zilingo',
  capabilities: { read: 'listCategories', list: 'listOrders', effect: 'changeStock' },
  start: ({ timeouts = {} }) => startBench({}, { orderPageSize: 10, unconfirmed: allActions }, timeouts),
  credentials: {
    good: ({ connector }) => connector.testConnection(),
    bad: (bench) => {
      bench.reconnect({ apiKey: 'SAK-wrong' });
      return bench.connector.testConnection();
    },
  },
  read: {
    match: { operation: 'orders byStatus' },
    run: ({ connector }) =>
      connector.listOrders({ since: new Date(0), until: new Date(Date.now() + 60_000), cursor: null }),
  },
  throttles: { seconds: true, date: true, absent: true, 'in-200': true },
  fullRead: {
    seed,
    page: async ({ connector }, cursor) => {
      const until = new Date(Date.now() + 60_000);
      const page = await connector.listOrders({ since: new Date(0), until, cursor });
      return { ...page, items: page.items.map(({ externalId }) => externalId) };
    },
  },
  incremental: { skip: 'no call tells when an order changed: all open orders are named each time' },
  // The upload has no look-up by our reference (a lost answer is for a person); a change of stock is read instead.
  effect: {
    match: { operation: 'updateQuantities' },
    create: async (bench, reference) => {
      const row = await rowOf(bench, reference);
      await bench.connector.changeStock?.([{ ...row, delta: 1 }]);
      return row.externalSkuId;
    },
    find: async (bench, reference) => {
      const row = await rowOf(bench, reference);
      const [level] = (await bench.connector.readStock?.([row])) ?? [];
      return level?.ok === true && level.value > 0 ? row.externalSkuId : null;
    },
    count: async (bench, reference) => {
      await listingOf(bench, reference);
      const products = await bench.control<{ skus: { sellerSkuId: string; stock: number }[] }[]>('GET', '/products');
      return products.flatMap(({ skus }) => skus).find(({ sellerSkuId }) => sellerSkuId === reference)?.stock ?? 0;
    },
  },
};
