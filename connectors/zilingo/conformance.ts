import type { BookedListing, BookedOrder, ConformanceSubject, MarketplaceBed } from '../conformance/index.ts';
import type { ListingRef } from '../contract/marketplace.ts';
import { allActions, type Bench, draftOf, publish, startBench } from './bench.fixture.ts';
import { zilingoServer } from './given.ts';
import { unitStates } from './tags.ts';

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

interface ControlledProduct {
  readonly externalId: string;
  readonly listingState: string;
  readonly name: string;
  readonly skus: readonly { readonly sellerSkuId: string; readonly stock: number; readonly price: Price }[];
}

interface Price {
  readonly amount: number;
  readonly currency: string;
}

interface ControlledOrder {
  readonly createdAt: number;
  readonly units: readonly {
    readonly shippableUnitId: string;
    readonly status: string;
    readonly trackingNumber: string | null;
    readonly items: readonly {
      readonly sellerSKUId: string;
      readonly quantity: number;
      readonly pricePerUnit: Price;
    }[];
  }[];
}

const yearMs = 365 * 86_400_000;
const cents = ({ amount, currency }: Price) => ({ amountMinor: Math.round(amount * 100), currency });

async function listingsOf(bench: Bench, sellerSku: string): Promise<BookedListing[]> {
  const products = await bench.control<readonly ControlledProduct[]>('GET', '/products');
  return products.flatMap(({ externalId, listingState, name, skus }) =>
    skus
      .filter(({ sellerSkuId }) => sellerSkuId === sellerSku)
      .map(({ price, stock }) => ({
        externalId,
        onShelf: listingState === 'ON_SHELF',
        title: name,
        price: cents(price),
        quantity: stock,
      })),
  );
}

async function bookOf(bench: Bench, externalId: string): Promise<BookedOrder> {
  const { createdAt, units } = await bench.control<ControlledOrder>('GET', `/orders/${externalId}`);
  const lines = units
    .flatMap(({ items }) => items)
    .map(({ sellerSKUId, quantity, pricePerUnit }) => {
      return { sellerSku: sellerSKUId, quantity, unitPrice: cents(pricePerUnit) };
    });
  const amountMinor = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amountMinor, 0);
  return {
    nativeState: units[0]?.status ?? '',
    orderedAt: new Date(createdAt),
    // No call tells when it changed: what it was placed at is all that can be read.
    changedAt: new Date(createdAt),
    total: { amountMinor, currency: 'SGD' },
    trackingNumber: units[0]?.trackingNumber ?? null,
    lines,
  };
}

const bedSettings = { unconfirmed: allActions };

/** Zilingo's staff, buyers and books, by the simulator's controls. */
const marketplace: MarketplaceBed<Bench> = {
  example: {
    credentials: { sellerId: 'SEL-example', apiKey: 'SAK-example' },
    settings: { baseUrl: 'https://api.example', ...bedSettings },
  },
  start: ({ timeouts = {} }) => startBench({ reviewDelayMs: yearMs }, bedSettings, timeouts),
  connector: ({ connector }) => connector,
  draft: async (_bench, skus, more) => draftOf(skus, more),
  endReview: async ({ control }, { externalId }, refusal) => {
    const verdict = refusal === null ? { approve: true } : { approve: false, reason: refusal };
    await control('POST', `/products/${externalId}/review`, verdict);
  },
  refusal: { reason: 'Product name is misleading', field: 'title' },
  settled: async ({ connector }, ref) => {
    const verdict = await connector.readReview(ref);
    return verdict.status === 'passed' && verdict.ref ? verdict.ref : ref;
  },
  listings: listingsOf,
  calls: {
    create: { operation: 'upload' },
    stock: { operation: 'updateQuantities' },
    prices: { operation: 'updatePrice' },
    confirm: { operation: 'unconfirmed ship' },
  },
  orders: {
    buy: async ({ control }, lines) => (await control<{ externalId: string }>('POST', '/orders', { lines })).externalId,
    force: async ({ control }, externalId, state) => {
      await control('POST', `/orders/${externalId}/state`, { state });
    },
    book: bookOf,
    states: unitStates,
    strangeState: 'returned',
    damage: async ({ control }, externalId) => {
      await control('POST', `/orders/${externalId}/damage`, {});
    },
    hide: async ({ control }, externalId) => {
      await control('POST', `/orders/${externalId}/visible`, { visible: false });
    },
    loose: ({ timeouts = {} }) => startBench({ looseTypes: true, lowerCaseProbability: 1 }, bedSettings, timeouts),
    units: {
      ahead: 'inTransit',
      behind: 'awaitingPickupRequest',
      make: async (bench, { ahead, behind }) => {
        await publish(bench, ['U-1', 'U-2'], 2);
        const lines = ['U-1', 'U-2'].map((sellerSku) => ({ sellerSku, quantity: 1 }));
        const order = { lines, units: [[0], [1]] };
        const { externalId } = await bench.control<{ externalId: string }>('POST', '/orders', order);
        const { units } = await bench.control<ControlledOrder>('GET', `/orders/${externalId}`);
        for (const [index, state] of [ahead, behind].entries()) {
          const unit = units[index]?.shippableUnitId;
          await bench.control('POST', `/orders/${externalId}/state`, { state, unit });
        }
        return externalId;
      },
    },
    clock: async ({ control }, now) => {
      await control('POST', '/clock', { now: now?.toISOString() ?? null });
    },
  },
  print: {
    late: async ({ control }, late) => {
      await control('POST', '/labels', { late });
    },
  },
};

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
  marketplace,
  server: zilingoServer,
  exceptions: {
    'listing/nothing-there':
      'what no list shows may still be queued: the look-up never says no, a person looks (OutcomeUnknown)',
  },
};
