import { createHash } from 'node:crypto';
import type { PostalAddress } from '../contract/common.ts';
import { fromMinor } from '../contract/minor-units.ts';
import type { OrderForStore, StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { textOfContent } from './content-notes.ts';
import type { MagentoSettings } from './credentials.ts';
import { amountOf, toNumber } from './money.ts';
import type { MagentoOrder } from './schema.ts';
import type { ShopFacts } from './shop.ts';
import { statusOf } from './tags.ts';
import { parseUtc, withoutRareCharacters } from './text.ts';

const REFERENCE_NOTE = 'Tradelane reference: ';

/** What an order comes to, exactly; lines of one product added up. */
export interface OrderContent {
  readonly currency: string;
  readonly totalMinor: number;
  readonly shippingMinor: number;
  readonly lines: ReadonlyMap<string, { readonly quantity: number; readonly totalMinor: number }>;
}

/** @throws ConnectorError Rejected when currencies are mixed or not the shop's, or ids or quantities are none */
export function contentOf(order: OrderForStore, shopCurrency: string): OrderContent {
  const lines = new Map<string, { quantity: number; totalMinor: number }>();
  let totalMinor = order.shippingCharge.amountMinor;
  for (const line of order.lines) {
    if (productIdOf(line) === null) throw rejected(`"${line.externalProductId}" is no product id of Magento.`, 'lines');
    if (!Number.isSafeInteger(line.quantity) || line.quantity < 1) {
      throw rejected(`The quantity of ${line.sku} is ${line.quantity}.`, 'quantity');
    }
    const lineMinor = line.unitPrice.amountMinor * line.quantity;
    const sum = lines.get(line.sku) ?? { quantity: 0, totalMinor: 0 };
    lines.set(line.sku, { quantity: sum.quantity + line.quantity, totalMinor: sum.totalMinor + lineMinor });
    totalMinor += lineMinor;
  }
  const parts = [order.shippingCharge, ...order.lines.map(({ unitPrice }) => unitPrice)];
  const foreign = parts.find(({ currency }) => currency !== order.currency)?.currency;
  if (foreign !== undefined)
    throw rejected(`The order is in ${order.currency}, a part of it in ${foreign}.`, 'currency');
  if (order.currency !== shopCurrency) {
    throw rejected(`The order is in ${order.currency}, the shop keeps its books in ${shopCurrency}.`, 'currency');
  }
  if (order.lines.length === 0) throw rejected('The order has no lines.', 'lines');
  if (!Number.isSafeInteger(totalMinor)) throw rejected('The total is too large.', 'total');
  return { currency: order.currency, totalMinor, shippingMinor: order.shippingCharge.amountMinor, lines };
}

/** The simple product that is sold: the variant, where there is one. */
export function productIdOf(line: OrderForStore['lines'][number]): number | null {
  const text = line.externalVariantId ?? line.externalProductId;
  const id = /^\d+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** The body of `POST /orders`. Items carry their product: without it the order could never be cancelled. */
export function toDirectBody(order: OrderForStore, content: OrderContent, facts: ShopFacts, settings: MagentoSettings) {
  const { currency } = content;
  const number = (minor: number) => toNumber(minor, currency);
  const both = (name: string, minor: number) => ({ [name]: number(minor), [`base_${name}`]: number(minor) });
  const subtotal = content.totalMinor - content.shippingMinor;
  const address = addressOf(order.shipTo);
  const email =
    order.shipTo.email ?? mailOf(order.reference, settings) ?? `${mailName(order.reference)}@marketplace.invalid`;
  return {
    entity: {
      store_id: facts.storeId,
      state: 'new',
      status: 'pending',
      ext_order_id: order.reference,
      base_currency_code: currency,
      order_currency_code: currency,
      store_currency_code: currency,
      global_currency_code: currency,
      // Credit memos and reports multiply by them: without them adjustments come to nothing.
      base_to_order_rate: 1,
      base_to_global_rate: 1,
      customer_email: email,
      customer_is_guest: 1,
      customer_firstname: address.firstname,
      customer_lastname: address.lastname,
      is_virtual: 0,
      total_qty_ordered: order.lines.reduce((sum, { quantity }) => sum + quantity, 0),
      ...both('subtotal', subtotal),
      ...both('tax_amount', 0),
      ...both('discount_amount', 0),
      ...both('shipping_amount', content.shippingMinor),
      ...both('shipping_incl_tax', content.shippingMinor),
      ...both('shipping_tax_amount', 0),
      // The shop's program counts with them when it invoices, cancels and refunds.
      ...both('shipping_discount_amount', 0),
      ...both('discount_tax_compensation_amount', 0),
      shipping_discount_tax_compensation_amount: 0,
      ...both('subtotal_incl_tax', subtotal),
      ...both('grand_total', content.totalMinor),
      shipping_description: order.channelName,
      // Saved with the order: also an order whose answer was lost says what it was meant to be.
      status_histories: [
        {
          comment: textOfContent(content),
          entity_name: 'order',
          status: 'pending',
          is_customer_notified: 0,
          is_visible_on_front: 0,
        },
      ],
      items: order.lines.map((line) => ({
        product_id: productIdOf(line),
        store_id: facts.storeId,
        sku: line.sku,
        name: line.title,
        product_type: 'simple',
        qty_ordered: line.quantity,
        ...both('original_price', line.unitPrice.amountMinor),
        ...both('price', line.unitPrice.amountMinor),
        ...both('price_incl_tax', line.unitPrice.amountMinor),
        ...both('row_total', line.unitPrice.amountMinor * line.quantity),
        ...both('row_total_incl_tax', line.unitPrice.amountMinor * line.quantity),
        ...both('tax_amount', 0),
        ...both('discount_amount', 0),
        ...both('discount_tax_compensation_amount', 0),
        tax_percent: 0,
        discount_percent: 0,
        is_virtual: 0,
      })),
      billing_address: { address_type: 'billing', ...address, email },
      payment: { method: settings.paymentMethod ?? 'checkmo' },
      extension_attributes: {
        shipping_assignments: [
          {
            shipping: {
              method: settings.shippingMethod ?? 'flatrate_flatrate',
              address: { address_type: 'shipping', ...address, email },
            },
          },
        ],
      },
    },
  };
}

/**
 * The address that an order of a cart is found again by: the mailbox with a mark made of our reference.
 * @param isRepriced the order's amounts have to be set after it was placed: another mark, so that one that was left
 * half-way is known as such
 */
export function mailOf(reference: string, { orderMailbox }: MagentoSettings, isRepriced = false): string | null {
  if (orderMailbox === undefined) return null;
  const [name = '', host = ''] = orderMailbox.split('@');
  return `${name}+${mailName(reference, isRepriced)}@${host}`;
}

function mailName(reference: string, isRepriced = false): string {
  return `${isRepriced ? 'tlr' : 'tl'}-${createHash('sha256').update(reference).digest('hex').slice(0, 24)}`;
}

/** For the shop's people, and for the reference of orders that went through a cart. */
export function noteOf(order: OrderForStore): string {
  const { exchangeRate: rate } = order;
  const lines = [`${REFERENCE_NOTE}${order.reference}`, `${order.channelName} order ${order.channelOrderNumber}`];
  if (rate !== null) lines.push(`Exchange rate: ${rate.from} 1 = ${rate.to} ${rate.rate} (${rate.date})`);
  return lines.join('\n');
}

/** Our reference in an order, wherever it is kept. */
export function referenceOf(order: MagentoOrder): string | null {
  if (order.ext_order_id) return order.ext_order_id;
  for (const { comment } of order.status_histories ?? []) {
    if (comment?.startsWith(REFERENCE_NOTE) === true)
      return comment.slice(REFERENCE_NOTE.length).split('\n')[0] ?? null;
  }
  return null;
}

/** A configurable sale appears as two items: the one that carries the money counts. */
export function soldItems<Item extends { readonly parent_item_id?: number | null }>(order: {
  readonly items?: readonly Item[] | null;
}): Item[] {
  return (order.items ?? []).filter(
    ({ parent_item_id: parent }) => parent === null || parent === undefined || parent === 0,
  );
}

export function isAllShipped(order: MagentoOrder): boolean {
  const items = soldItems(order);
  const left = items.map((item) => item.qty_ordered - (item.qty_canceled ?? 0) - (item.qty_shipped ?? 0));
  return (
    items.length > 0 && left.every((quantity) => quantity <= 0) && items.some((item) => (item.qty_shipped ?? 0) > 0)
  );
}

/** The shop's order in our words. @throws ConnectorError Unavailable when its total is no exact amount */
export function toStoreOrder(order: MagentoOrder): StoreOrder {
  const currency = order.order_currency_code;
  const amountMinor = amountOf(order.grand_total, currency);
  if (amountMinor === null) {
    throw new ConnectorError('Unavailable', `Order ${order.entity_id}: the total is no exact amount in ${currency}.`, {
      code: 'unreadable_answer',
    });
  }
  return {
    externalId: String(order.entity_id),
    number: order.increment_id,
    reference: referenceOf(order),
    status: statusOf(order.state, isAllShipped(order)),
    nativeStatus: order.status ?? order.state,
    total: { amountMinor, currency },
    lines: soldItems(order).map((item) => ({
      sku: item.sku || null,
      externalProductId: String(item.product_id ?? ''),
      quantity: item.qty_ordered,
    })),
    modifiedAt: parseUtc(order.updated_at) ?? parseUtc(order.created_at) ?? new Date(0),
  };
}

/** How the shop's order differs from what it was asked for; empty when it is that. */
export function differences(wanted: OrderContent, order: MagentoOrder): string[] {
  const reasons: string[] = [];
  const currency = order.order_currency_code;
  if (currency !== wanted.currency) reasons.push(`the currency is ${currency}, not ${wanted.currency}`);
  const got = new Map<string, { quantity: number; totalMinor: number }>();
  for (const item of soldItems(order)) {
    const sum = got.get(item.sku) ?? { quantity: 0, totalMinor: 0 };
    const totalMinor = sum.totalMinor + (amountOf(item.row_total, currency) ?? Number.NaN);
    got.set(item.sku, { quantity: sum.quantity + item.qty_ordered, totalMinor });
  }
  for (const sku of new Set([...wanted.lines.keys(), ...got.keys()])) {
    const want = wanted.lines.get(sku) ?? { quantity: 0, totalMinor: 0 };
    const have = got.get(sku) ?? { quantity: 0, totalMinor: 0 };
    if (want.quantity !== have.quantity) reasons.push(`${sku}: ${have.quantity} pieces, not ${want.quantity}`);
    else if (want.totalMinor !== have.totalMinor)
      reasons.push(`${sku}: another amount than ${fromMinor(want.totalMinor, currency)}`);
  }
  if (amountOf(order.grand_total, currency) !== wanted.totalMinor) {
    reasons.push(`the total is ${order.grand_total}, not ${fromMinor(wanted.totalMinor, wanted.currency)}`);
  }
  return reasons;
}

/** Magento wants a last name and a telephone. What its database would cut a text at is left out. */
export function addressOf(to: PostalAddress) {
  const plain = (text: string) => withoutRareCharacters(text).trim();
  const words = plain(to.name).split(/\s+/);
  const lines = to.lines.map(plain).filter((line) => line !== '');
  return {
    firstname: (words.length > 1 ? words.slice(0, -1).join(' ') : words[0]) || '-',
    lastname: words.length > 1 ? (words.at(-1) ?? '-') : '-',
    ...(to.company === null ? {} : { company: plain(to.company) }),
    street: lines.length > 0 ? lines : ['-'],
    city: plain(to.city),
    ...(to.region === null ? {} : { region: plain(to.region) }),
    postcode: to.postcode ?? '',
    country_id: to.countryCode,
    telephone: to.phone ?? '-',
  };
}

export function rejected(message: string, field: string, code = 'order'): ConnectorError {
  return new ConnectorError('Rejected', message, { field, code });
}
