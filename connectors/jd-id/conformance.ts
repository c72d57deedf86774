import type { BookedListing, BookedOrder, ConformanceSubject, MarketplaceBed } from '../conformance/index.ts';
import { type Bench, draftOf, leafOf, publish, startBench } from './bench.fixture.ts';
import type { GatewayVersion } from './gateways/gateway.ts';
import { jdIdServer } from './given.ts';
import { orderStates } from './tags.ts';

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

interface ControlledProduct {
  readonly externalId: string;
  readonly wareStatus: number;
  readonly content: { readonly fields: Readonly<Record<string, string | number>> };
  readonly skus: readonly { readonly sellerSkuId: string; readonly jdPrice: number; readonly stock: number }[];
}

interface ControlledOrder {
  readonly orderId: number;
  readonly snapshots: readonly { readonly vo: ControlledOrderContent }[];
}

interface ControlledOrderContent {
  readonly orderState: number;
  readonly bookTime: number;
  readonly modifyTime: number;
  readonly totalPrice: number;
  readonly expressNo?: string;
  readonly orderSkuinfos: readonly {
    readonly popSkuId: string;
    readonly skuNumber: number;
    readonly jdPrice: number;
  }[];
}

const yearMs = 365 * 86_400_000;
const rupiah = (amountMinor: number) => ({ amountMinor, currency: 'IDR' });

async function listingsOf(bench: Bench, sellerSku: string): Promise<BookedListing[]> {
  const products = await bench.control<readonly ControlledProduct[]>('GET', '/products');
  return products.flatMap(({ externalId, wareStatus, content, skus }) =>
    skus
      .filter(({ sellerSkuId }) => sellerSkuId === sellerSku)
      .map(({ jdPrice, stock }) => ({
        externalId,
        onShelf: wareStatus === 1,
        title: String(content.fields.spuName),
        price: rupiah(jdPrice),
        quantity: stock,
      })),
  );
}

async function bookOf(bench: Bench, externalId: string): Promise<BookedOrder> {
  const vo = (await bench.control<ControlledOrder>('GET', `/orders/${externalId}`)).snapshots.at(-1)?.vo;
  if (vo === undefined) throw new Error(`the simulator has no order ${externalId}`);
  return {
    nativeState: String(vo.orderState),
    orderedAt: new Date(vo.bookTime),
    changedAt: new Date(vo.modifyTime),
    total: rupiah(vo.totalPrice),
    trackingNumber: vo.expressNo ?? null,
    lines: vo.orderSkuinfos.map(({ popSkuId, skuNumber, jdPrice }) => ({
      sellerSku: popSkuId,
      quantity: skuNumber,
      unitPrice: rupiah(jdPrice),
    })),
  };
}

/** JD.id's staff, buyers and books, by the simulator's controls. */
const marketplaceOf = (gateway: GatewayVersion): MarketplaceBed<Bench> => ({
  example: {
    credentials: {
      appKey: 'example',
      appSecret: 'example',
      accessToken: 'example',
      refreshToken: 'example',
      accessTokenExpiresAt: '2999-01-01T00:00:00.000Z',
    },
    settings: { gatewayUrl: 'https://jd.example/routerjson', oauthUrl: 'https://jd.example/oauth2' },
  },
  start: ({ timeouts = {} }) => startBench({ reviewDelayMs: yearMs }, { gateway }, {}, timeouts),
  connector: ({ connector }) => connector,
  draft: async ({ connector }, skus, more) => draftOf(await leafOf(connector), skus, more),
  endReview: async ({ control }, { externalId }, refusal) => {
    const verdict = refusal === null ? { approve: true } : { approve: false, reason: refusal };
    await control('POST', `/products/${externalId}/review`, verdict);
  },
  refusal: { reason: 'Judul produk terlalu panjang', field: 'title' },
  listings: listingsOf,
  calls: {
    create: { operation: 'addProduct|publishWare' },
    readBack: { operation: 'getSkuInfoBySpuId' },
    stock: { operation: 'updateEpiMerchantWareStock|updateWareStock' },
    prices: { operation: 'updateSkuList|SkuApi.updateSkuInfo' },
    confirm: { operation: 'sendGoods' },
  },
  orders: {
    buy: async ({ control }, lines) => (await control<{ externalId: string }>('POST', '/orders', { lines })).externalId,
    force: async ({ control }, externalId, native) => {
      await control('POST', `/orders/${externalId}/state`, { state: Number(native) });
    },
    book: bookOf,
    states: orderStates,
    strangeState: '99',
    damage: async ({ control }, externalId) => {
      await control('POST', `/orders/${externalId}/damage`, {});
    },
    hide: async ({ control }, externalId) => {
      await control('POST', `/orders/${externalId}/visible`, { visible: false });
    },
    loose: ({ timeouts = {} }) =>
      startBench({ reviewDelayMs: yearMs, looseTypesProbability: 1 }, { gateway }, {}, timeouts),
    units: { skip: 'an order of JD.id ships as one' },
    clock: async ({ control }, now) => {
      await control('POST', '/clock', { now: now?.toISOString() ?? null });
    },
  },
  print: {
    late: async ({ control }, on) => {
      await control('POST', '/labels', { delayMs: on ? yearMs : 0 });
    },
  },
});

const subjectOf = (gateway: GatewayVersion): ConformanceSubject<Bench> => ({
  kind: 'marketplace',
  name: 'jd-id',
  capabilities: { read: 'listCategories', list: 'listOrders', effect: 'createListing' },
  start: ({ timeouts = {} }) => startBench({}, { gateway, orderPageSize: 20 }, {}, timeouts),
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
    match: { operation: 'addProduct|publishWare' },
    create: async (bench, reference) =>
      (await bench.connector.createListing(draftOf(await leafOf(bench.connector), [reference]))).externalId,
    find: async ({ connector }, reference) => (await connector.findListing(reference))?.externalId ?? null,
    count: async (bench, reference) => {
      const products = await bench.control<unknown[]>('GET', '/products');
      return products.filter((product) => JSON.stringify(product).includes(`"${reference}"`)).length;
    },
  },
  marketplace: marketplaceOf(gateway),
  server: jdIdServer,
});

/** JD.id as the conformance kit sees it: its present gateway. */
export const subject = subjectOf('v2');

/** The same by the gateway before it, with what it has no method or field for. */
export const subjectV1: ConformanceSubject<Bench> = {
  ...subjectOf('v1'),
  exceptions: {
    'incremental read/twice': 'v1 has no window by changes: orders of the last days are read again',
    'listing/rejected': 'v1 has no field for the reason of a refusal',
    'listing/changed': 'v1 does not show that a change is under review',
    'listing/delisted': 'v1 has no method for the shelf: the stock goes to 0 instead',
  },
};
