import type { Money } from '../contract/common.ts';
import type { StoreConnector, StoreProduct } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { subject } from '../woocommerce/conformance.ts';
import type { StoreSubject } from './store-subject.ts';

/** What a broken connector does differently; made anew for each connector, so that it may remember wrongly. */
export type Flaw = (good: StoreConnector) => Partial<StoreConnector>;

/** One broken law for each family: mistakes that connectors really have. */
export const flaws: Readonly<Record<string, Flaw>> = {
  /** Only looks whether the site answers. */
  credentials: (good) => ({
    testConnection: async () => ({ ...(await good.testConnection()), ok: true, findings: [] }),
  }),
  /** Reads only products with several variants. */
  'full read': (good) => ({
    readProducts: async (input) => {
      const page = await good.readProducts(input);
      return { ...page, items: page.items.filter(({ variants }) => variants.length > 1) };
    },
  }),
  /** Compares with our clock of tomorrow. */
  'incremental read': (good) => ({
    readProducts: async (input) => {
      const page = await good.readProducts(input);
      return input.changedSince === null ? page : { ...page, items: [] };
    },
  }),
  /** One row short at each end of a page. */
  paging: (good) => ({
    readProducts: async (input) => {
      const page = await good.readProducts(input);
      return page.next === null ? page : { ...page, items: page.items.slice(0, -1) };
    },
  }),
  /** Keeps its place in memory. */
  resume: (good) => {
    const own = new Set<string | null>([null]);
    return {
      readProducts: async (input) => {
        if (!own.has(input.cursor)) return { items: [], next: null, total: null };
        const page = await good.readProducts(input);
        own.add(page.next);
        return page;
      },
    };
  },
  /** Looks its orders up by a field that cannot be searched. */
  'repeated write': () => ({ findOrder: async () => null }),
  /** One bad row throws the batch away. */
  'partial batch': (good) => ({
    writeStock: async (rows, key) => {
      const outcomes = (await good.writeStock?.(rows, key)) ?? [];
      const bad = outcomes.find(({ ok }) => !ok);
      if (bad !== undefined) throw new ConnectorError('Rejected', `${bad.key} was refused`);
      return outcomes;
    },
  }),
  /** Takes a lost answer for "nothing happened". */
  'lost answer': (good) => ({
    createOrder: (order) => renamed(good.createOrder(order), 'OutcomeUnknown', 'Unavailable'),
  }),
  /** Takes "slow down" for "out of order". */
  throttling: (good) => ({
    readProducts: (input) => renamed(good.readProducts(input), 'RateLimited', 'Unavailable'),
  }),
  /** No answer is an empty shop. */
  'broken answers': (good) => ({
    readProducts: (input) =>
      good.readProducts(input).catch((error: unknown) => {
        if (error instanceof ConnectorError) return { items: [], next: null, total: null };
        throw error;
      }),
  }),
  /** Makes SKUs tidy. */
  'odd SKUs': (good) => ({
    readProduct: async (id) => {
      const product = await good.readProduct(id);
      return product && withVariants(product, (one) => ({ ...one, sku: one.sku?.replaceAll(/[^\w-]/g, '_') ?? null }));
    },
  }),
  /** Counts in whole dollars. */
  'money and time': (good) => {
    const whole = (money: Money | null) =>
      money && { ...money, amountMinor: Math.round(money.amountMinor / 100) * 100 };
    return {
      readProduct: async (id) => {
        const product = await good.readProduct(id);
        return product && withVariants(product, (one) => ({ ...one, price: whole(one.price) }));
      },
    };
  },
  /** Knows ASCII. */
  text: (good) => ({
    readProduct: async (id) => {
      const product = await good.readProduct(id);
      return product && { ...product, title: product.title.replaceAll(/[^ -~]/gu, '?') };
    },
  }),
  /** Takes zero for "not known". */
  quantities: (good) => ({
    readStock: async (variants) =>
      (await good.readStock(variants)).map((one) =>
        one.ok ? { ...one, value: { ...one.value, quantity: one.value.quantity || null } } : one,
      ),
  }),
  /** Collects rows in one place for all callers, and writes what lies there. */
  'parallel writes': (good) => ({
    writeStock: async (rows, key) => {
      collected = rows;
      await new Promise((resolve) => setImmediate(resolve));
      return (await good.writeStock?.(collected, key)) ?? [];
    },
  }),
};

let collected: Parameters<NonNullable<StoreConnector['writeStock']>>[0] = [];

/** WooCommerce's connector with a flaw that can be changed while it is in use; null = it is whole. */
export function flawedSubject(): { readonly subject: StoreSubject; use(flaw: Flaw | null): void } {
  let flaw: Flaw | null = null;
  const wrap = (good: StoreConnector): StoreConnector => {
    const made = new Map<Flaw, Partial<StoreConnector>>();
    return new Proxy(good, {
      get: (target, name, receiver) => {
        if (flaw === null) return Reflect.get(target, name, receiver);
        const flawed = made.get(flaw) ?? flaw(target);
        made.set(flaw, flawed);
        return Reflect.get(flawed, name) ?? Reflect.get(target, name, receiver);
      },
    });
  };
  return {
    subject: { ...subject, wrap },
    use: (next) => {
      flaw = next;
    },
  };
}

function withVariants(
  product: StoreProduct,
  change: (variant: StoreProduct['variants'][number]) => StoreProduct['variants'][number],
): StoreProduct {
  return { ...product, variants: product.variants.map(change) };
}

async function renamed<Value>(
  promise: Promise<Value>,
  from: ConnectorError['kind'],
  to: ConnectorError['kind'],
): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === from) throw new ConnectorError(to, error.message);
    throw error;
  }
}
