import { createHash } from 'node:crypto';
import { type Static, Type } from '@sinclair/typebox';
import type { PostalAddress } from '../contract/common.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import type { OrderForStore, StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { instant, isGid } from './ids.ts';
import { check, type ShopifyOrder } from './schema.ts';
import { statusOf } from './tags.ts';

const REFERENCE_KEY = 'tradelane_order';
const CONTENT_KEY = 'tradelane_content';
/** Answers show so many lines; more are refused before anything is sent. */
const MAX_LINES = 100;

const contentSchema = Type.Object({
  currency: Type.String(),
  totalMinor: Type.Integer(),
  /** Variant id → pieces and money. */
  lines: Type.Record(Type.String(), Type.Object({ quantity: Type.Integer(), totalMinor: Type.Integer() })),
});

/** What the shop is asked to make, in a form that can be compared with what it made. */
export type OrderContent = Static<typeof contentSchema>;

/**
 * What an order comes to: exact, lines of one variant added up.
 * @throws ConnectorError Rejected when currencies are mixed, or ids or quantities are none
 */
export function contentOf(order: OrderForStore): OrderContent {
  if (order.lines.length === 0) throw rejected('The order has no lines.', 'lines');
  if (order.lines.length > MAX_LINES) throw rejected(`The order has more than ${MAX_LINES} lines.`, 'lines');
  const lines: Record<string, { quantity: number; totalMinor: number }> = {};
  let totalMinor = order.shippingCharge.amountMinor;
  for (const { sku, externalVariantId: id, quantity, unitPrice } of order.lines) {
    if (id === null || !isGid('ProductVariant', id)) throw rejected(`"${id}" is no variant of Shopify.`, 'lines');
    if (!Number.isSafeInteger(quantity) || quantity < 1) {
      throw rejected(`The quantity of ${sku} is ${quantity}.`, 'quantity');
    }
    const lineMinor = unitPrice.amountMinor * quantity;
    const sum = lines[id] ?? { quantity: 0, totalMinor: 0 };
    lines[id] = { quantity: sum.quantity + quantity, totalMinor: sum.totalMinor + lineMinor };
    totalMinor += lineMinor;
  }
  const parts = [order.shippingCharge, ...order.lines.map(({ unitPrice }) => unitPrice)];
  const foreign = parts.find(({ currency }) => currency !== order.currency);
  if (foreign !== undefined) {
    throw rejected(`The order is in ${order.currency}, a part of it in ${foreign.currency}.`, 'currency');
  }
  if (!Number.isSafeInteger(totalMinor)) throw rejected('The total is too large.', 'total');
  return { currency: order.currency, totalMinor, lines };
}

/**
 * `OrderCreateOrderInput`: paid at the marketplace, no tax of the shop's own, our reference in three places.
 *
 * @param isPlain without what Shopify is known to refuse in addresses: unknown provinces, numbers and e-mail addresses that
 *   it takes for none, pictographs and markup
 */
export function toOrderInput(order: OrderForStore, content: OrderContent, isPlain = false): Record<string, unknown> {
  const { currency, exchangeRate: rate } = order;
  const money = (amountMinor: number) => ({
    shopMoney: { amount: fromMinor(amountMinor, currency), currencyCode: currency },
  });
  const address = addressOf(isPlain ? plainAddress(order.shipTo) : order.shipTo);
  const email = isPlain ? null : order.shipTo.email;
  return {
    currency,
    sourceIdentifier: order.reference,
    tags: ['tradelane', referenceTag(order.reference)],
    note: `${order.channelName} ${order.channelOrderNumber}`,
    processedAt: order.orderedAt.toISOString(),
    lineItems: order.lines.map((line) => ({
      variantId: line.externalVariantId,
      quantity: line.quantity,
      priceSet: money(line.unitPrice.amountMinor),
      requiresShipping: true,
    })),
    ...(order.shippingCharge.amountMinor === 0
      ? {}
      : { shippingLines: [{ title: order.channelName, priceSet: money(order.shippingCharge.amountMinor) }] }),
    transactions: [
      { kind: 'SALE', status: 'SUCCESS', gateway: order.channelName, amountSet: money(content.totalMinor) },
    ],
    shippingAddress: address,
    billingAddress: address,
    // An address that Shopify holds for invalid would refuse the whole order.
    ...(email !== null && isPlainEmail(email) ? { email } : {}),
    customAttributes: [
      { key: REFERENCE_KEY, value: order.reference },
      { key: 'tradelane_channel', value: order.channelName },
      { key: 'tradelane_channel_order', value: order.channelOrderNumber },
      { key: CONTENT_KEY, value: JSON.stringify(content) },
      ...(rate === null
        ? []
        : [{ key: 'tradelane_rate', value: `${rate.from} 1 = ${rate.to} ${rate.rate} (${rate.date})` }]),
    ],
  };
}

/**
 * A tag that stands for our reference: tags are short (40 characters, UNCONFIRMED) and compared without case, so it is a
 * hash.
 */
export function referenceTag(reference: string): string {
  return `tl-${createHash('sha256').update(reference).digest('hex').slice(0, 32)}`;
}

/** The shop's order in our words. Throws Unavailable when its total is no amount. */
export function toStoreOrder(order: ShopifyOrder): StoreOrder {
  const { amount, currencyCode } = order.totalPriceSet.shopMoney;
  const amountMinor = toMinor(amount, currencyCode);
  if (amountMinor === null) {
    throw new ConnectorError('Unavailable', `Order ${order.name}: the total is no exact amount in ${currencyCode}.`, {
      code: 'unreadable_answer',
    });
  }
  const { status, native } = statusOf(order);
  return {
    externalId: order.id,
    number: order.name,
    reference: referenceOf(order),
    status,
    nativeStatus: native,
    total: { amountMinor, currency: currencyCode },
    lines: order.lineItems.nodes.map((line) => ({
      sku: line.sku || null,
      externalProductId: line.product?.id ?? '',
      quantity: line.quantity,
    })),
    modifiedAt: instant(order.updatedAt) ?? instant(order.createdAt) ?? new Date(0),
  };
}

/** Our reference in an order; `sourceIdentifier` alone counts only beside our tag, for others use that field, too. */
export function referenceOf(
  order: Pick<ShopifyOrder, 'customAttributes' | 'sourceIdentifier' | 'tags'>,
): string | null {
  const own = order.customAttributes.find(({ key }) => key === REFERENCE_KEY)?.value;
  if (own) return own;
  const { sourceIdentifier: source, tags } = order;
  return source !== null && tags.includes(referenceTag(source)) ? source : null;
}

/** What an order of ours was meant to hold, as was noted in it; null when the note is gone or changed. */
export function intendedContent(order: ShopifyOrder): OrderContent | null {
  const note = order.customAttributes.find(({ key }) => key === CONTENT_KEY)?.value ?? '';
  try {
    const verdict = check(contentSchema, JSON.parse(note));
    return verdict.ok ? verdict.value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * How the shop's order differs from what it was asked for.
 * @returns reasons in words; empty when it is what was asked for
 */
export function differences(wanted: OrderContent, order: ShopifyOrder): string[] {
  const reasons: string[] = [];
  const { amount, currencyCode } = order.totalPriceSet.shopMoney;
  if (currencyCode !== wanted.currency) reasons.push(`the shop's currency is ${currencyCode}, not ${wanted.currency}`);
  const got = new Map<string, { quantity: number; totalMinor: number }>();
  for (const { variant, quantity, originalUnitPriceSet: unit } of order.lineItems.nodes) {
    const id = variant?.id ?? 'no variant';
    const unitMinor = toMinor(unit.shopMoney.amount, unit.shopMoney.currencyCode) ?? Number.NaN;
    const sum = got.get(id) ?? { quantity: 0, totalMinor: 0 };
    got.set(id, { quantity: sum.quantity + quantity, totalMinor: sum.totalMinor + unitMinor * quantity });
  }
  for (const id of new Set([...Object.keys(wanted.lines), ...got.keys()])) {
    const want = wanted.lines[id] ?? { quantity: 0, totalMinor: 0 };
    const have = got.get(id) ?? { quantity: 0, totalMinor: 0 };
    if (want.quantity !== have.quantity) reasons.push(`${id}: ${have.quantity} pieces, not ${want.quantity}`);
    else if (want.totalMinor !== have.totalMinor)
      reasons.push(`${id}: another price than ${show(want.totalMinor, wanted)}`);
  }
  if (order.lineItems.pageInfo.hasNextPage) reasons.push('it has more lines than were asked for');
  if (toMinor(amount, currencyCode) !== wanted.totalMinor) {
    const tax = order.totalTaxSet === null ? '0' : order.totalTaxSet.shopMoney.amount;
    const because = toMinor(tax, currencyCode) === 0 ? '' : `, among it ${tax} tax`;
    reasons.push(`the total is ${amount}, not ${show(wanted.totalMinor, wanted)}${because}`);
  }
  return reasons;
}

function show(amountMinor: number, { currency }: OrderContent): string {
  return fromMinor(amountMinor, currency);
}

const PICTURES = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u200D|\uFE0F|[<>]/gu;

function plainAddress(to: PostalAddress): PostalAddress {
  const plain = (text: string) => text.replace(PICTURES, '').trim();
  return {
    ...to,
    name: plain(to.name) || to.name,
    company: to.company === null ? null : plain(to.company),
    // The province is kept where people look.
    lines: [...to.lines.map(plain), ...(to.region === null ? [] : [plain(to.region)])].filter((line) => line !== ''),
    city: plain(to.city),
    region: null,
    phone: null,
  };
}

function addressOf(to: PostalAddress): Record<string, string> {
  const words = to.name.trim().split(/\s+/);
  const lastName = words.length > 1 ? (words.at(-1) ?? '') : '';
  const fields = {
    firstName: words.length > 1 ? words.slice(0, -1).join(' ') : '',
    lastName: lastName === '' ? to.name.trim() : lastName,
    company: to.company,
    address1: to.lines[0] ?? null,
    address2: to.lines.length > 1 ? to.lines.slice(1).join(', ') : null,
    city: to.city,
    // Marketplaces write provinces in words of their own; a code that Shopify does not know would refuse the order.
    province: to.region,
    zip: to.postcode,
    countryCode: to.countryCode,
    phone: to.phone,
  };
  return Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}

/** Stricter than Shopify: what passes here passes there. */
function isPlainEmail(email: string): boolean {
  return /^[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$/.test(email);
}

function rejected(message: string, field: string): ConnectorError {
  return new ConnectorError('Rejected', message, { field, code: 'order' });
}
