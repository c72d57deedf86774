import type { PostalAddress } from '../contract/common.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import type { OrderForStore, StoreOrder, StoreOrderStatus } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { CONTENT_META, metaText, type OrderContent } from './order-content.ts';
import type { WooOrder } from './schema.ts';
import { statusOf } from './tags.ts';
import { parseGmt } from './text.ts';

/** `created_via` of our orders: the only own mark that a shop's list can be filtered by. */
export const CREATED_VIA = 'tradelane';
/** The meta data key of our reference. */
export const REFERENCE_META = '_tradelane_order';
/**
 * The body of `POST /orders`.
 * @param status `pending` takes no stock and sends no mail: for orders whose amounts are still to be settled
 */
export function toOrderBody(
  order: OrderForStore,
  content: OrderContent,
  taxClass: string | undefined,
  status: 'processing' | 'pending' = 'processing',
): Record<string, unknown> {
  const address = addressOf(order.shipTo);
  const { email } = order.shipTo;
  const { exchangeRate: rate } = order;
  return {
    status,
    currency: order.currency,
    created_via: CREATED_VIA,
    transaction_id: order.reference,
    payment_method: 'marketplace',
    payment_method_title: order.channelName,
    // An address that WooCommerce holds for invalid would refuse the whole order.
    billing: { ...address, ...(email !== null && isPlainEmail(email) ? { email } : {}) },
    shipping: address,
    line_items: order.lines.map((line) => {
      const total = fromMinor(line.unitPrice.amountMinor * line.quantity, order.currency);
      const variationId = Number(line.externalVariantId ?? 0);
      return {
        product_id: Number(line.externalProductId),
        ...(variationId > 0 && line.externalVariantId !== line.externalProductId ? { variation_id: variationId } : {}),
        quantity: line.quantity,
        subtotal: total,
        total,
        ...(taxClass === undefined ? {} : { tax_class: taxClass }),
      };
    }),
    shipping_lines:
      content.shippingMinor === 0
        ? []
        : [
            {
              method_id: 'flat_rate',
              method_title: order.channelName,
              total: fromMinor(content.shippingMinor, order.currency),
            },
          ],
    meta_data: [
      { key: REFERENCE_META, value: order.reference },
      { key: '_tradelane_channel', value: order.channelName },
      { key: '_tradelane_channel_order', value: order.channelOrderNumber },
      { key: CONTENT_META, value: JSON.stringify(content) },
      ...(rate === null
        ? []
        : [{ key: 'Tradelane exchange rate', value: `${rate.from} 1 = ${rate.to} ${rate.rate} (${rate.date})` }]),
    ],
  };
}

/** The shop's order in our words. Throws Unavailable when its total is no amount. */
export function toStoreOrder(order: WooOrder, own: Readonly<Record<string, StoreOrderStatus>> | undefined): StoreOrder {
  const amountMinor = toMinor(order.total, order.currency);
  if (amountMinor === null) {
    throw new ConnectorError('Unavailable', `Order ${order.id}: the total is no exact amount in ${order.currency}.`, {
      code: 'unreadable_answer',
    });
  }
  return {
    externalId: String(order.id),
    number: String(order.number ?? order.id),
    reference: referenceOf(order),
    status: statusOf(order.status, own),
    nativeStatus: order.status,
    total: { amountMinor, currency: order.currency },
    lines: order.line_items.map((line) => ({
      sku: line.sku || null,
      externalProductId: String(line.product_id),
      quantity: line.quantity,
    })),
    modifiedAt: parseGmt(order.date_modified_gmt) ?? parseGmt(order.date_created_gmt) ?? new Date(0),
  };
}

/** Our reference in an order, wherever the shop kept it. */
export function referenceOf(order: WooOrder): string | null {
  const meta = metaText(order, REFERENCE_META);
  if (meta !== null) return meta;
  return order.created_via === CREATED_VIA && order.transaction_id ? order.transaction_id : null;
}

/** True while a line shows that stock was taken for it and not given back; "0" stays behind where a refund gave all back. */
export function holdsStock(order: WooOrder): boolean {
  return order.line_items.some(
    (line) => line.meta_data?.some(({ key, value }) => key === '_reduced_stock' && Number(value) > 0) ?? false,
  );
}

function addressOf(to: PostalAddress): Record<string, string> {
  const words = to.name.trim().split(/\s+/);
  const lastName = words.length > 1 ? (words.at(-1) ?? '') : '';
  return {
    first_name: words.length > 1 ? words.slice(0, -1).join(' ') : to.name.trim(),
    last_name: lastName,
    company: to.company ?? '',
    address_1: to.lines[0] ?? '',
    address_2: to.lines.slice(1).join(', '),
    city: to.city,
    state: to.region ?? '',
    postcode: to.postcode ?? '',
    country: to.countryCode,
    phone: to.phone ?? '',
  };
}

/** Stricter than WordPress' own `is_email`: what passes here passes there. */
function isPlainEmail(email: string): boolean {
  return /^[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$/.test(email);
}
