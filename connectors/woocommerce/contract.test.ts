import type { ConformanceBench, ConformanceSubject } from '../conformance/index.ts';
import { describeConformance } from '../conformance/index.ts';
import { type Bench, goodKey, orderOf, startBench, tee } from './bench.fixture.ts';

const many = Array.from({ length: 23 }, (_, index) => ({ ...tee, sku: `TEE-${index}`, name: `Tee ${index}` }));

type Products = { readonly products: readonly { readonly id: number; readonly sku: string }[] };

async function seed(bench: Bench): Promise<string[]> {
  await bench.addProducts(...many);
  return (await bench.control<Products>('GET', '/state')).products.map(({ id }) => String(id));
}

async function teeId(bench: Bench): Promise<string> {
  const { products } = await bench.control<Products>('GET', '/state');
  return String(products.find(({ sku }) => sku === tee.sku)?.id);
}

function subject(name: string, https: boolean): ConformanceSubject<Bench & ConformanceBench> {
  return {
    name,
    start: (options) => startBench({ ...options, https, simulator: { products: [tee] } }),
    credentials: {
      good: (bench) => bench.connector.testConnection(),
      bad: (bench) => {
        bench.reconnect({}, { ...goodKey, consumerSecret: 'cs_wrong_secret' });
        return bench.connector.testConnection();
      },
    },
    read: {
      match: { path: '/products$' },
      run: async (bench) => (await bench.connector.readProducts({ cursor: null, changedSince: null })).items,
    },
    throttles: {
      seconds: true,
      date: true,
      absent: true,
      'in-200': { skip: 'WooCommerce has no rate limit of its own; what stands before it answers 429 or 503' },
    },
    fullRead: {
      seed,
      page: async ({ connector }, cursor) => {
        const page = await connector.readProducts({ cursor, changedSince: null, pageSize: 5 });
        return { ...page, items: page.items.map(({ externalId }) => externalId) };
      },
    },
    incremental: {
      seed,
      before: async () => new Date(Date.now() - 60_000),
      changedSince: async ({ connector }, changedSince) => {
        const keys: string[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<typeof connector.readProducts>> = await connector.readProducts({
            cursor,
            changedSince,
            pageSize: 5,
          });
          keys.push(...page.items.map(({ externalId }) => externalId));
          cursor = page.next;
        } while (cursor !== null);
        return [...new Set(keys)];
      },
      change: async (bench) => {
        const at = new Date(Date.now() + 3_600_000);
        await bench.control('POST', '/clock', { now: at.toISOString() });
        const { id } = await bench.control<{ id: number }>('POST', '/stock', { sku: 'TEE-7', quantity: 3 });
        await bench.control('POST', '/clock', { now: null });
        return { at, key: String(id) };
      },
    },
    effect: {
      match: { method: 'POST', path: '/orders$' },
      create: async (bench, reference) =>
        (await bench.connector.createOrder(orderOf(reference, await teeId(bench)))).externalId,
      find: async ({ connector }, reference) =>
        (await connector.findOrder(reference, new Date(Date.now() - 60_000)))?.externalId ?? null,
      count: async (bench, reference) => (await bench.orders()).filter((order) => order.reference === reference).length,
    },
  };
}

describeConformance(subject('woocommerce over http (OAuth 1.0a)', false));
describeConformance(subject('woocommerce over https (the vendor’s package)', true));
