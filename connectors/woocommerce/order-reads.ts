import type { Money, Page } from '../contract/common.ts';
import type { StoreOrderDetail, StoreOrderLine } from '../contract/store-writing.ts';
import type { WooClient, WooCommerceContext } from './client.ts';
import { type OrderCursor, readOrderCursor, writeCursor } from './cursor.ts';
import { nearestMinor, toMillionths } from './decimals.ts';
import type { OrderExtras } from './order-extras.ts';
import { REFERENCE_META, referenceOf } from './order-mapping.ts';
import { changedPage, firstPlace, fullPage, PageSizer, type Row } from './paging.ts';
import { check, orderSchema, type WooOrder } from './schema.ts';
import { statusOf } from './tags.ts';
import { decodeEntities, parseGmt } from './text.ts';

/** Buyers' names and addresses are not among them, and so never leave the shop. */
const FIELDS =
  'id,number,status,currency,total,total_tax,shipping_total,discount_total,transaction_id,created_via,date_created_gmt,date_modified_gmt,date_completed_gmt,line_items,refunds,meta_data';
const PAGE_SIZE = 50;
/** An abandoned cart, not an order; when it is placed it gets another status and a newer date. */
const NO_ORDERS = new Set(['checkout-draft', 'auto-draft']);

type ReadInput = { cursor: string | null; changedSince: Date | null; pageSize?: number };

/** Reads the shop's orders, its own ones included. */
export class OrderReader {
  readonly #client: WooClient;
  readonly #ctx: WooCommerceContext;
  readonly #extras: OrderExtras;
  readonly #sizer = new PageSizer();

  constructor(client: WooClient, ctx: WooCommerceContext, extras: OrderExtras) {
    this.#client = client;
    this.#ctx = ctx;
    this.#extras = extras;
  }

  async readOrders(input: ReadInput): Promise<Page<StoreOrderDetail>> {
    const cursor = input.cursor === null ? firstCursor(input.changedSince) : readOrderCursor(input.cursor);
    const wanted = input.pageSize ?? this.#ctx.settings.pageSize ?? PAGE_SIZE;
    return this.#sizer.run(wanted, (pageSize) => this.#page(cursor, pageSize));
  }

  async #page(cursor: OrderCursor, pageSize: number): Promise<Page<StoreOrderDetail>> {
    const query = { _fields: FIELDS, include_meta: REFERENCE_META };
    if (cursor.mode === 'all-orders') {
      const list = { path: 'orders', query, operation: 'orders.list' };
      const { rows, next, total } = await fullPage(this.#client, list, cursor, pageSize);
      const items = await this.#complete(rows);
      return { items, next: next === null ? null : writeCursor({ mode: cursor.mode, ...next }), total };
    }
    const status = cursor.of === 'trash' ? { status: 'trash' } : {};
    const list = { path: 'orders', query: { ...query, ...status }, operation: 'orders.changed' };
    const { rows, next } = await changedPage(this.#client, list, cursor, pageSize);
    const { mode, since, of } = cursor;
    const items = await this.#complete(rows);
    if (next !== null) return { items, next: writeCursor({ mode, since, of, ...next }), total: null };
    if (of === 'trash') return { items, next: null, total: null };
    return { items, next: writeCursor({ mode, since, of: 'trash', after: since }), total: null };
  }

  /** One more call for each order that was refunded: the list names refunds without their lines. */
  async #complete(rows: readonly Row[]): Promise<StoreOrderDetail[]> {
    const details: StoreOrderDetail[] = [];
    for (const row of rows) {
      const verdict = check(orderSchema, row);
      if (!verdict.ok) {
        this.#ctx.log.error({ order: row.id, problem: verdict.problem }, 'an order of the shop cannot be read');
        continue;
      }
      const order = verdict.value;
      if (NO_ORDERS.has(order.status)) continue;
      const isRefunded = (order.refunds ?? []).length > 0;
      const refunds = isRefunded ? await this.#extras.refunds(order.id, order.currency) : [];
      details.push({ ...toDetail(order, this.#ctx.settings.statuses), refunds });
    }
    return details;
  }
}

/** The shop's order in our words; amounts finer than the currency are rounded to it. */
export function toDetail(order: WooOrder, own: Parameters<typeof statusOf>[1]): StoreOrderDetail {
  const money = (text: string | null | undefined): Money => {
    return { amountMinor: nearestMinor(toMillionths(text) ?? 0n, order.currency), currency: order.currency };
  };
  const status = statusOf(order.status, own);
  const modifiedAt = parseGmt(order.date_modified_gmt) ?? parseGmt(order.date_created_gmt) ?? new Date(0);
  const sentAt = parseGmt(order.date_completed_gmt) ?? modifiedAt;
  return {
    externalId: String(order.id),
    number: String(order.number ?? order.id),
    reference: referenceOf(order),
    status,
    nativeStatus: order.status,
    total: money(order.total),
    modifiedAt,
    placedAt: parseGmt(order.date_created_gmt) ?? modifiedAt,
    lines: order.line_items.map((line): StoreOrderLine => {
      const variationId = line.variation_id ?? 0;
      const discount = (toMillionths(line.subtotal ?? line.total) ?? 0n) - (toMillionths(line.total) ?? 0n);
      const net = money(line.total);
      const exact = (toMillionths(line.total) ?? 0n) + (toMillionths(line.total_tax) ?? 0n);
      const sold = nearestMinor(exact, order.currency);
      return {
        externalId: String(line.id),
        sku: line.sku || null,
        title: decodeEntities(line.name ?? '').trim(),
        externalProductId: line.product_id === 0 ? null : String(line.product_id),
        externalVariantId: variationId === 0 ? null : String(variationId),
        quantity: line.quantity,
        net,
        // What is left of both together: each rounded by itself could come to one more, or one less.
        tax: { ...net, amountMinor: sold - net.amountMinor },
        discount: { amountMinor: nearestMinor(discount, order.currency), currency: order.currency },
      };
    }),
    shipping: money(order.shipping_total),
    tax: money(order.total_tax),
    discount: money(order.discount_total),
    refunds: [],
    // WooCommerce keeps no parcels: that an order is complete is all it knows of its dispatch.
    fulfilments:
      status === 'shipped' ? [{ externalId: String(order.id), at: sentAt, carrier: null, trackingNumbers: [] }] : [],
  };
}

function firstCursor(changedSince: Date | null): OrderCursor {
  if (changedSince === null) return { mode: 'all-orders', offset: 0, lastId: 0 };
  return { mode: 'changed-orders', of: 'orders', ...firstPlace(changedSince) };
}
