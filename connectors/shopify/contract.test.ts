import type { ConformanceBench, ConformanceSubject } from '../conformance/index.ts';
import { describeConformance } from '../conformance/vitest.ts';
import { app, type Bench, goodToken, orderOf, startBench, tee } from './bench.fixture.ts';
import type { ShopifyCredentials } from './schema.ts';

const many = Array.from({ length: 23 }, (_, index) => ({
  title: `Tee ${index}`,
  variants: [{ sku: `TEE-${index}`, price: '10.00', available: 5 }],
}));

/** Every case orders some. */
const plenty = { ...tee, variants: [{ sku: 'TEE', price: '39.95', available: 5_000, weightGrams: 200 }] };

interface Truth {
  readonly products: readonly { readonly id: number; readonly variants: readonly { id: number; sku: string }[] }[];
}

async function seed(bench: Bench): Promise<string[]> {
  await bench.addProducts(...many);
  return (await bench.control<Truth>('GET', '/state')).products.map(({ id }) => `gid://shopify/Product/${id}`);
}

async function teeId(bench: Bench): Promise<string> {
  const { products } = await bench.control<Truth>('GET', '/state');
  const variant = products.flatMap(({ variants }) => variants).find(({ sku }) => sku === 'TEE');
  return `gid://shopify/ProductVariant/${variant?.id}`;
}

function subject(
  name: string,
  credentials: ShopifyCredentials,
  bad: ShopifyCredentials,
): ConformanceSubject<Bench & ConformanceBench> {
  return {
    kind: 'store',
    name,
    capabilities: { read: 'readProducts', list: 'readProducts', effect: 'createOrder' },
    start: (options) =>
      startBench({ ...options, credentials, simulator: { products: [plenty], dials: { bucketPoints: 1_000_000 } } }),
    credentials: {
      good: (bench) => bench.connector.testConnection(),
      bad: (bench) => {
        bench.reconnect({}, bad);
        return bench.connector.testConnection();
      },
    },
    read: {
      match: { operation: '^TradelaneProducts$' },
      run: async (bench) => (await bench.connector.readProducts({ cursor: null, changedSince: null })).items,
    },
    throttles: { seconds: true, date: true, absent: true, 'in-200': true },
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
        const { id } = await bench.control<{ id: number }>('POST', '/price', { sku: 'TEE-7', price: '11.00' });
        await bench.control('POST', '/clock', { now: null });
        return { at, key: `gid://shopify/Product/${id}` };
      },
    },
    effect: {
      match: { operation: '^TradelaneCreateOrder$' },
      create: async (bench, reference) =>
        (await bench.connector.createOrder(orderOf(reference, await teeId(bench)))).externalId,
      find: async ({ connector }, reference) =>
        (await connector.findOrder(reference, new Date(Date.now() - 60_000)))?.externalId ?? null,
      count: async (bench, reference) => (await bench.orders()).filter((order) => order.reference === reference).length,
    },
  };
}

describeConformance(subject('shopify with a permanent token', goodToken, { accessToken: 'shpat_wrongtoken' }));
describeConformance(subject('shopify with client credentials', app, { ...app, clientSecret: 'wrong-secret' }));
