import type { Money } from '../contract/common.ts';
import { decimalsOf } from '../contract/minor-units.ts';
import type { StoreFulfilment, StoreOrderDetail, StoreOrderLine, StoreRefund } from '../contract/store-writing.ts';
import { soldItems, toStoreOrder } from './order-mapping.ts';
import type { CreditMemo, OrderDetail, ShipmentDetail } from './schema.ts';
import { parseUtc } from './text.ts';

type Item = NonNullable<OrderDetail['items']>[number];
type Decimal = number | string | null | undefined;

const REFUND_NOTE = 'Tradelane refund ';

/** The first line of a credit memo's comment, by which ours are known. */
export function refundNoteOf(reference: string): string {
  return `${REFUND_NOTE}${reference}`;
}

/** Our reference in a comment; null when it is none of ours. */
export function refundReferenceIn(comment: string | null | undefined): string | null {
  if (comment?.startsWith(REFUND_NOTE) !== true) return null;
  return comment.slice(REFUND_NOTE.length).split('\n')[0] ?? null;
}

/**
 * The shop's own calculations have four decimals: to the nearest minor unit, halves away from zero.
 * @returns 0 where there is none
 */
export function nearestMinor(value: Decimal, currency: string): number {
  const number = Number(value ?? 0);
  if (!Number.isFinite(number)) return 0;
  const scaled = Math.abs(number) * 10 ** decimalsOf(currency);
  // 1.005 is a little less in binary; four decimals are all that Magento keeps.
  const minor = Math.round(Number(scaled.toFixed(4)));
  return number < 0 && minor !== 0 ? -minor : minor;
}

/** An order with its money, refunds and fulfilments; nothing about the buyer. */
export function toDetail(
  order: OrderDetail,
  memos: readonly CreditMemo[],
  shipments: readonly ShipmentDetail[],
): StoreOrderDetail {
  const currency = order.order_currency_code;
  const money = (amountMinor: number): Money => ({ amountMinor, currency });
  const minor = (value: Decimal) => nearestMinor(value, currency);
  const shippingOff = minor(order.shipping_discount_amount) - minor(order.shipping_discount_tax_compensation_amount);
  const off = Math.abs(minor(order.discount_amount)) - minor(order.discount_tax_compensation_amount);
  const offTax = minor(order.shipping_discount_tax_compensation_amount);
  return {
    ...toStoreOrder({ ...order, grand_total: exact(order.grand_total, currency) }),
    placedAt: parseUtc(order.created_at) ?? new Date(0),
    lines: soldItems(order).map((item) => toLine(item, order.items ?? [], currency)),
    shipping: money(minor(order.shipping_amount) - shippingOff),
    tax: money(minor(order.tax_amount)),
    discount: money(off - offTax),
    refunds: memos.map((memo) => toRefund(memo, order)),
    fulfilments: shipments.map(toFulfilment),
  };
}

/** Text with the currency's decimals: an order with a fraction of a cent must not stop the read of all others. */
function exact(value: number | string, currency: string): string {
  return (nearestMinor(value, currency) / 10 ** decimalsOf(currency)).toFixed(decimalsOf(currency));
}

/**
 * A configurable sale is two items: the parent carries the money, the child says which variant. A bundle's tax and
 * discount may stand at its parts only.
 */
function toLine(item: Item, all: readonly Item[], currency: string): StoreOrderLine {
  const children = all.filter(({ parent_item_id: parent }) => parent === item.item_id);
  const minor = (value: Decimal) => nearestMinor(value, currency);
  const sum = (field: 'tax_amount' | 'discount_amount' | 'discount_tax_compensation_amount') =>
    minor(item[field]) || children.reduce((total, child) => total + minor(child[field]), 0);
  const discount = sum('discount_amount') - sum('discount_tax_compensation_amount');
  const [child] = children;
  const variant = item.product_type === 'configurable' ? child?.product_id : null;
  return {
    externalId: String(item.item_id),
    sku: item.sku || null,
    title: item.name ?? '',
    externalProductId: item.product_id ? String(item.product_id) : null,
    externalVariantId: variant ? String(variant) : null,
    quantity: item.qty_ordered,
    net: { amountMinor: minor(item.row_total) - discount, currency },
    tax: { amountMinor: sum('tax_amount'), currency },
    discount: { amountMinor: discount, currency },
  };
}

/** A credit memo; its pieces are those of the order's own lines. */
export function toRefund(memo: CreditMemo, order: Pick<OrderDetail, 'order_currency_code' | 'items'>): StoreRefund {
  const currency = memo.order_currency_code ?? order.order_currency_code;
  const lines = new Set(soldItems(order).map(({ item_id: id }) => id));
  const comments = (memo.comments ?? []).map(({ comment }) => comment ?? '').filter((comment) => comment !== '');
  const own = comments.find((comment) => refundReferenceIn(comment) !== null);
  const reason = own === undefined ? comments[0] : own.split('\n').slice(1).join('\n');
  return {
    externalId: String(memo.entity_id),
    reference: own === undefined ? null : refundReferenceIn(own),
    at: parseUtc(memo.created_at) ?? new Date(0),
    amount: { amountMinor: nearestMinor(memo.grand_total, currency), currency },
    reason: reason ? reason : null,
    lines: (memo.items ?? []).flatMap(({ order_item_id: id, qty }) =>
      lines.has(id) && (qty ?? 0) > 0 ? [{ externalLineId: String(id), quantity: qty ?? 0 }] : [],
    ),
  };
}

function toFulfilment({ entity_id: id, created_at: at, tracks }: ShipmentDetail): StoreFulfilment {
  const known = (tracks ?? []).filter(({ track_number: number }) => Boolean(number));
  const [first] = known;
  return {
    externalId: String(id),
    at: parseUtc(at) ?? new Date(0),
    carrier: first?.title || first?.carrier_code || null,
    trackingNumbers: known.map(({ track_number: number }) => number ?? ''),
  };
}
