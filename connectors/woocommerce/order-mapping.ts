import { type Static, Type } from '@sinclair/typebox';
import type { PostalAddress } from '../contract/common.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import type { OrderForStore, StoreOrder, StoreOrderStatus } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { check, type WooOrder } from './schema.ts';
import { statusOf } from './tags.ts';
import { parseGmt } from './text.ts';

/** `created_via` of our orders: the only own mark that a shop's list can be filtered by. */
export const CREATED_VIA = 'tradelane';
const REFERENCE_META = '_tradelane_order';
const CONTENT_META = '_tradelane_content';

const contentSchema = Type.Object({
  currency: Type.String(),
  totalMinor: Type.Integer(),
  shippingMinor: Type.Integer(),
  /** `product:variation` → pieces and money. */
  lines: Type.Record(Type.String(), Type.Object({ quantity: Type.Integer(), totalMinor: Type.Integer() })),
});

/** What the shop is asked to make, in a form that can be compared with what it made. */
export type OrderContent = Static<typeof contentSchema>;

/**
 * What an order comes to: exact, lines of one product added up.
 * @throws ConnectorError Rejected when currencies are mixed, or ids or quantities are none
 */
export function contentOf(order: OrderForStore): OrderContent {
  const lines: Record<string, { quantity: number; totalMinor: number }> = {};
  let totalMinor = order.shippingCharge.amountMinor;
  for (const line of order.lines) {
    const key = lineKey(
      idNumber(line.externalProductId, 'product'),
      idNumber(line.externalVariantId ?? '0', 'variation'),
    );
    if (!Number.isSafeInteger(line.quantity) || line.quantity < 1) {
      throw rejected(`The quantity of ${line.sku} is ${line.quantity}.`, 'quantity');
    }
    const lineMinor = line.unitPrice.amountMinor * line.quantity;
    const sum = lines[key] ?? { quantity: 0, totalMinor: 0 };
    lines[key] = { quantity: sum.quantity + line.quantity, totalMinor: sum.totalMinor + lineMinor };
    totalMinor += lineMinor;
  }
  const currencies = [order.shippingCharge, ...order.lines.map(({ unitPrice }) => unitPrice)].map(
    (one) => one.currency,
  );
  const foreign = currencies.find((currency) => currency !== order.currency);
  if (foreign !== undefined)
    throw rejected(`The order is in ${order.currency}, a part of it in ${foreign}.`, 'currency');
  if (order.lines.length === 0) throw rejected('The order has no lines.', 'lines');
  if (!Number.isSafeInteger(totalMinor)) throw rejected('The total is too large.', 'total');
  return { currency: order.currency, totalMinor, shippingMinor: order.shippingCharge.amountMinor, lines };
}

/** The body of `POST /orders`. */
export function toOrderBody(
  order: OrderForStore,
  content: OrderContent,
  taxClass: string | undefined,
): Record<string, unknown> {
  const address = addressOf(order.shipTo);
  const { email } = order.shipTo;
  const { exchangeRate: rate } = order;
  return {
    status: 'processing',
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

/** What an order of ours was meant to hold, as was noted in it at its creation; null when the note is gone or changed. */
export function intendedContent(order: WooOrder): OrderContent | null {
  const note = metaText(order, CONTENT_META);
  if (note === null || !note.startsWith('{') || !note.endsWith('}')) return null;
  try {
    const verdict = check(contentSchema, JSON.parse(note));
    return verdict.ok ? verdict.value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * How the shop's order differs from what it was asked for. WooCommerce accepts anything: unknown products, unknown
 * SKUs, more than there is; only its answer shows it.
 *
 * @returns reasons in words; empty when it is what was asked for
 */
export function differences(wanted: OrderContent, order: WooOrder): string[] {
  const reasons: string[] = [];
  if (order.currency !== wanted.currency) reasons.push(`the currency is ${order.currency}, not ${wanted.currency}`);
  if (order.line_items.some(({ product_id }) => product_id === 0)) reasons.push('a line has no product of the shop');
  const got = contentLines(order);
  for (const key of new Set([...Object.keys(wanted.lines), ...Object.keys(got)])) {
    const want = wanted.lines[key] ?? { quantity: 0, totalMinor: 0 };
    const have = got[key] ?? { quantity: 0, totalMinor: 0 };
    const what = `product ${key.replace(/:0$/, '').replace(':', ' variation ')}`;
    if (want.quantity !== have.quantity) reasons.push(`${what}: ${have.quantity} pieces, not ${want.quantity}`);
    else if (want.totalMinor !== have.totalMinor) {
      reasons.push(`${what}: ${show(have.totalMinor, order.currency)}, not ${show(want.totalMinor, order.currency)}`);
    }
  }
  const total = toMinor(order.total, order.currency);
  if (total !== wanted.totalMinor) {
    const tax = toMinor(order.total_tax ?? '0', order.currency);
    const because = tax === null || tax === 0 ? '' : `, among it ${show(tax, order.currency)} tax that the shop added`;
    reasons.push(`the total is ${order.total}, not ${show(wanted.totalMinor, wanted.currency)}${because}`);
  }
  if (!['processing', 'on-hold', 'completed'].includes(order.status)) reasons.push(`the status is ${order.status}`);
  return reasons;
}

/** True while a line shows that stock was taken for it and not given back. */
export function holdsStock(order: WooOrder): boolean {
  return order.line_items.some((line) => line.meta_data?.some(({ key }) => key === '_reduced_stock') ?? false);
}

function contentLines(order: WooOrder): Record<string, { quantity: number; totalMinor: number }> {
  const lines: Record<string, { quantity: number; totalMinor: number }> = {};
  for (const line of order.line_items) {
    const key = lineKey(line.product_id, line.variation_id ?? 0);
    const sum = lines[key] ?? { quantity: 0, totalMinor: 0 };
    const lineMinor = toMinor(line.total, order.currency) ?? Number.NaN;
    lines[key] = { quantity: sum.quantity + line.quantity, totalMinor: sum.totalMinor + lineMinor };
  }
  return lines;
}

/** A simple product's only variant has the product's own id. */
function lineKey(productId: number, variationId: number): string {
  return `${productId}:${variationId === productId ? 0 : variationId}`;
}

function metaText(order: WooOrder, wanted: string): string | null {
  const value = order.meta_data?.find(({ key }) => key === wanted)?.value;
  return typeof value === 'string' && value !== '' ? value : null;
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

function idNumber(text: string, what: string): number {
  const id = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw rejected(`"${text}" is no ${what} id of WooCommerce.`, 'lines');
  return id;
}

function show(minor: number, currency: string): string {
  return Number.isSafeInteger(minor) ? fromMinor(minor, currency) : 'an unreadable amount';
}

function rejected(message: string, field: string): ConnectorError {
  return new ConnectorError('Rejected', message, { field, code: 'order' });
}
