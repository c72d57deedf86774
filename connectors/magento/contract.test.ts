import { type ConformanceBench, type ConformanceSubject, describeConformance } from '../conformance/index.ts';
import { admin, type Bench, integration, orderOf, startBench, stockOf, tee } from './bench.fixture.ts';
import type { MagentoCredentials, MagentoSettings } from './schema.ts';

const many = Array.from({ length: 23 }, (_, index) => ({
  ...tee,
  sku: `TEE-${index}`,
  name: `Tee ${index}`,
  extension_attributes: stockOf(3),
}));
const variants = ['S', 'M'].map((option) => ({ sku: `SHIRT-${option}`, name: option, price: 59, option }));
const shirts = Array.from({ length: 7 }, (_, index) => ({
  sku: `SHIRT-${index}`,
  name: `Shirt ${index}`,
  option_name: 'Size',
  variants: variants.map((one) => ({ ...one, sku: `${one.sku}-${index}` })),
}));

async function seed(bench: Bench): Promise<string[]> {
  const made = await bench.addProducts(...many, ...shirts, { ...tee, sku: 'ORPHAN', name: 'Orphan', visibility: 1 });
  return [String(await teeId(bench)), ...made.map(({ id }) => String(id))];
}

async function teeId(bench: Bench): Promise<string> {
  const { products } = await bench.control<{ products: { id: number; sku: string }[] }>('GET', '/state');
  return String(products.find(({ sku }) => sku === tee.sku)?.id);
}

function subject(
  name: string,
  settings: Partial<MagentoSettings>,
  credentials: MagentoCredentials,
  bad: MagentoCredentials,
): ConformanceSubject<Bench & ConformanceBench> {
  return {
    name,
    start: (options) => startBench({ ...options, settings, credentials, simulator: { products: [tee] } }),
    credentials: {
      good: (bench) => bench.connector.testConnection(),
      bad: (bench) => {
        bench.reconnect({}, bad);
        return bench.connector.testConnection();
      },
    },
    read: {
      match: { path: '/products$' },
      run: async (bench) => {
        const page = await bench.connector.readProducts({ cursor: null, changedSince: new Date(0) });
        return page.items;
      },
    },
    throttles: {
      seconds: true,
      date: true,
      absent: true,
      'in-200': {
        skip: 'Magento has no rate limit of its own for these calls; what stands before it answers 429 or 503',
      },
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
        const { id } = await bench.control<{ id: number }>('POST', '/price', { sku: 'TEE-7', price: 35 });
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

describeConformance(
  subject('magento, OAuth 1.0a', {}, integration, { ...integration, accessTokenSecret: 'anothersecret' }),
);
describeConformance(
  subject('magento, admin token', { authentication: 'admin' }, admin, { ...admin, password: 'wrong-password' }),
);
