import type { ConformanceSubject } from '../conformance/index.ts';
import { type Bench, draftOf, leafOf, publish, startBench } from './bench.fixture.ts';

const ORDERS = 45;

/** Puts one listing on the shelf and lets buyers buy; answers the orders' ids. */
async function seed(bench: Bench): Promise<string[]> {
  const { connector } = bench;
  const ref = await publish(bench, ['A-1']);
  await connector.writeStock(ref.skus.map((sku) => ({ ...sku, externalId: ref.externalId, quantity: ORDERS })));
  const ids: string[] = [];
  for (let count = 0; count < ORDERS; count += 1) {
    const order = { lines: [{ sellerSku: 'A-1', quantity: 1 }] };
    ids.push((await bench.control<{ externalId: string }>('POST', '/orders', order)).externalId);
  }
  return ids;
}

/** JD.id as the conformance kit sees it. */
export const subject: ConformanceSubject<Bench> = {
  kind: 'marketplace',
  name: 'jd-id',
  capabilities: { read: 'listCategories', list: 'listOrders', effect: 'createListing' },
  start: ({ timeouts = {} }) => startBench({}, { orderPageSize: 20 }, {}, timeouts),
  credentials: {
    good: ({ connector }) => connector.testConnection(),
    bad: (bench) => {
      bench.reconnect({ appSecret: 'wrong-secret' });
      return bench.connector.testConnection();
    },
  },
  read: { match: { operation: 'getAllCategory' }, run: ({ connector }) => connector.listCategories() },
  throttles: { seconds: true, date: true, absent: true, 'in-200': true },
  fullRead: {
    seed,
    page: async ({ connector }, cursor) => {
      const since = new Date(Date.now() - 3_600_000);
      const page = await connector.listOrders({ since, until: new Date(Date.now() + 60_000), cursor });
      // The way back repeats, by intent, what the way forward has shown.
      const items = cursor?.includes(':b:') ? [] : page.items.map(({ externalId }) => externalId);
      return { ...page, items };
    },
  },
  incremental: {
    seed,
    before: async () => new Date(Date.now() - 60_000),
    changedSince: async ({ connector }, since) => {
      const keys = new Set<string>();
      let cursor: string | null = null;
      do {
        const until = new Date(Date.now() + 2 * 3_600_000);
        const page: Awaited<ReturnType<typeof connector.listOrders>> = await connector.listOrders({
          since,
          until,
          cursor,
        });
        for (const { externalId } of page.items) keys.add(externalId);
        cursor = page.next;
      } while (cursor !== null);
      return [...keys];
    },
    change: async (bench) => {
      const at = new Date(Date.now() + 3_600_000);
      await bench.control('POST', '/clock', { now: new Date(at.getTime() + 5_000).toISOString() });
      const [first] = await bench.control<{ externalId: string }[]>('GET', '/orders');
      const key = first?.externalId ?? '';
      await bench.control('POST', `/orders/${key}/cancel-request`, {});
      await bench.control('POST', '/clock', { now: null });
      return { at, key };
    },
  },
  effect: {
    match: { operation: 'addProduct' },
    create: async (bench, reference) =>
      (await bench.connector.createListing(draftOf(await leafOf(bench.connector), [reference]))).externalId,
    find: async ({ connector }, reference) => (await connector.findListing(reference))?.externalId ?? null,
    count: async (bench, reference) => {
      const products = await bench.control<unknown[]>('GET', '/products');
      return products.filter((product) => JSON.stringify(product).includes(`"${reference}"`)).length;
    },
  },
};
