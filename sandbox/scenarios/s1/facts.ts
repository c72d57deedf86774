import type { SellerCall } from '../../shops/dialects.ts';
import type { ShopOrder } from '../../shops/shop-control.ts';
import { type Stage, sellerSku } from './stage.ts';

export type { SellerCall } from '../../shops/dialects.ts';

/** Parts of `GET /api/orders/:id` that the scenario looks at. */
export interface Detail {
  id: string;
  number: string;
  state: string;
  version: number;
  nativeState: string | null;
  shopOrderId: string | null;
  shopStatus: string | null;
  cancelAskedBy: string | null;
  total: { amountMinor: number };
  consignee: { address: { lines: string[] } | null } | null;
  path: string[];
  lines: {
    id: string;
    sku: string;
    ordered: number;
    cancelled: number;
    shipped: number;
    returned: number;
    reserved: number;
  }[];
  consignments: {
    state: string;
    trackingNumber: string | null;
    leftAt: string | null;
    parcels: { state: string }[];
  }[];
  effects: { kind: string; state: string; attempts: number }[];
  returns: { id: string; state: string }[];
  sightings: { source: string; nativeState: string | null; modifiedAt: string | null; verdict: string }[];
  timeline: { at: string; kind: string; machine?: string; from?: string; to?: string; otherClock?: string }[];
  openProblems: { kind: string; state: string; title: string; detail: string; remedy: string }[];
}

export interface MarketplaceOrder {
  snapshots: {
    version: number;
    at: string;
    cause: string;
    vo: {
      orderState: number;
      modifyTime: number;
      address: string;
      orderSkuinfos: { popSkuId: string; skuNumber: number }[];
    };
  }[];
}

/** Our rows of a marketplace's order, as lists show them. */
export async function ordersOf({ demo }: Stage, externalId: string): Promise<{ id: string; version: number }[]> {
  const { rows } = await demo.api.get<{ rows: { id: string; version: number; channelOrderNumber: string }[] }>(
    `orders?q=${externalId}`,
  );
  return rows.filter(({ channelOrderNumber }) => channelOrderNumber === externalId);
}

/** The order with everything about it. @throws Error unless there is exactly one row */
export async function detailOf(stage: Stage, externalId: string): Promise<Detail> {
  const [row, ...more] = await ordersOf(stage, externalId);
  if (!row || more.length > 0) throw new Error(`${externalId} has ${row ? more.length + 1 : 0} orders here`);
  return stage.demo.api.get<Detail>(`orders/${row.id}`);
}

/** The end of the shop's log now. */
export const shopMark = ({ demo }: Stage): Promise<number> => demo.shop.mark();

/** Calls about orders that the shop saw since `mark`, whatever became of them; while one case runs they are all of it. */
export async function sellerCallsSince({ demo }: Stage, mark: number): Promise<SellerCall[]> {
  const calls = await demo.shop.callsSince(mark);
  return calls.filter((call) => demo.shop.dialect.isAboutOrders(call));
}

/** Calls about one order of the shop, by its number there, since `mark` or from the beginning. */
export async function sellerCallsOf(stage: Stage, { shopOrderId }: Detail, mark = 0): Promise<SellerCall[]> {
  const { isAbout } = stage.demo.shop.dialect;
  return (await sellerCallsSince(stage, mark)).filter((call) => isAbout(call, shopOrderId ?? 'none'));
}

/** The shop acted on it: it was neither turned away nor cut off before. */
export const wasProcessed = ({ outcome, fault }: SellerCall): boolean =>
  outcome !== 'dropped' && outcome !== 'throttled' && !/html|status/.test(fault ?? '');

/** Every order in the shop under a reference of ours, as the shop has it. */
export async function shopOrdersOf({ demo }: Stage, number: string): Promise<ShopOrder[]> {
  const orders = await demo.shop.orders();
  return orders.filter(({ reference }) => reference === number || reference.startsWith(`${number}.`));
}

/** The same as one word: how many there are, and their states. */
export async function inShop(stage: Stage, number: string): Promise<string> {
  const orders = await shopOrdersOf(stage, number);
  return orders.length === 0 ? 'none' : `${orders.length} ${orders.map(({ status }) => status).join(' ')}`;
}

export async function marketplaceOrder({ demo }: Stage, externalId: string): Promise<MarketplaceOrder> {
  return demo.marketplace.get<MarketplaceOrder>(`orders/${externalId}`);
}

/**
 * What the stock ledger did for an order's lines, in order; a movement of another quantity than the line's is shown with it.
 * Lines that went the same way are named once.
 */
export async function movementsOf({ demo }: Stage, { lines }: Detail): Promise<string> {
  const rows: { order_line_id: string; kind: string; quantity: number }[] = await demo.db.tx('staff', (trx) =>
    trx('stock_movements')
      .whereIn(
        'order_line_id',
        lines.map(({ id }) => id),
      )
      .orderBy('id'),
  );
  const ways = lines.map(({ id, ordered }) =>
    rows
      .filter(({ order_line_id }) => order_line_id === id)
      .map(({ kind, quantity }) => (quantity === ordered ? kind : `${kind} ${quantity} of ${ordered}`))
      .join(' '),
  );
  return [...new Set(ways)].map((way) => way || 'none').join(' | ');
}

/** What both sides have of some SKUs: ours on hand and held, the shop's count, what the marketplace offers. */
export async function shelfOf({ demo }: Stage, skus: readonly string[]): Promise<string> {
  const ours: { sku: string; on_hand: number; reserved: number }[] = await demo.db.tx('staff', (trx) =>
    trx('skus')
      .whereIn('sku', [...skus])
      .select('sku', 'on_hand', 'reserved'),
  );
  const there = await demo.shop.shelf();
  const listed = await demo.marketplace.get<{ skus: { sellerSkuId: string; stock: number }[] }[]>('products');
  const offers = listed.flatMap((product) => product.skus);
  return [...skus]
    .sort()
    .map((sku) => {
      const own = ours.find((row) => row.sku === sku);
      const shop = there.get(sku);
      const offered = offers.find(({ sellerSkuId }) => sellerSkuId === sellerSku(sku))?.stock;
      return `${sku} ${own?.on_hand} here, ${own?.reserved} held, ${shop} in the shop, ${offered} offered`;
    })
    .join(' / ');
}

/** Mails that the mail server accepted and that name this order, from its own log. */
export async function mailsOf({ demo }: Stage, number: string): Promise<{ subject: string; at: string }[]> {
  const lines = await demo.mail.get<{ fact?: string; subject: string; at: string; orderNumbers?: string[] }[]>('log');
  return lines.filter(({ fact, orderNumbers }) => fact === 'mail.accepted' && orderNumbers?.includes(number));
}

/** Open problems of one kind about an order, with the remedy that each offers. */
export function problemsOf({ openProblems }: Detail, kind: string): Detail['openProblems'] {
  return openProblems.filter((problem) => problem.kind === kind && problem.state === 'OPEN');
}
