import { type Static, Type } from '@sinclair/typebox';
import { decimalsOf, fromMinor } from '../contract/minor-units.ts';
import type { OrderForStore } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { exactMinor, fromMillionths, lastPlaceOf, minorToMillionths, toMillionths } from './decimals.ts';
import { check, type WooOrder } from './schema.ts';

/** The meta data key under which an order of ours notes what it was meant to hold. */
export const CONTENT_META = '_tradelane_content';
/** Statuses of an order that the shop takes for sold. */
const TAKEN = ['processing', 'on-hold', 'completed'];

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

/**
 * Refuses an order that the shop could only keep rounded: it rounds the amounts of every order to its own number of
 * decimals (`woocommerce_price_num_decimals`), whatever the currency has.
 * @param decimals the shop's; null when unknown: then its answer shows it
 * @throws ConnectorError Rejected, code `decimals`; nothing was sent
 */
export function assertKept({ currency, lines, shippingMinor }: OrderContent, decimals: number | null): void {
  const missing = decimalsOf(currency) - (decimals ?? decimalsOf(currency));
  if (missing <= 0) return;
  const step = 10 ** missing;
  const odd = [shippingMinor, ...Object.values(lines).map(({ totalMinor }) => totalMinor)].find(
    (one) => one % step !== 0,
  );
  if (odd === undefined) return;
  const message = `The shop keeps ${decimals} decimals in orders; ${fromMinor(odd, currency)} ${currency} has more.`;
  throw new ConnectorError('Rejected', message, { code: 'decimals', field: 'total', remedy: decimalsRemedy(currency) });
}

/** What a person can do about a shop that rounds orders coarser than their currency. */
export function decimalsRemedy(currency: string): string {
  return `Set WooCommerce → Settings → General → Number of decimals to ${decimalsOf(currency)}.`;
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
 * SKUs, more than there is; only its answer shows it. Amounts are compared with the shop's tax: what the marketplace sold
 * for is final.
 *
 * @param statuses those that the order may have
 * @returns reasons in words; empty when it is what was asked for
 */
export function differences(wanted: OrderContent, order: WooOrder, statuses: readonly string[] = TAKEN): string[] {
  const reasons: string[] = [];
  if (order.currency !== wanted.currency) reasons.push(`the currency is ${order.currency}, not ${wanted.currency}`);
  if (order.line_items.some(({ product_id }) => product_id === 0)) reasons.push('a line has no product of the shop');
  const got = contentLines(order);
  for (const key of new Set([...Object.keys(wanted.lines), ...Object.keys(got)])) {
    const want = wanted.lines[key] ?? { quantity: 0, totalMinor: 0 };
    const have = got[key] ?? { quantity: 0, amount: 0n, mayBeOff: 0n };
    const what = `product ${key.replace(/:0$/, '').replace(':', ' variation ')}`;
    const off = have.amount === null ? null : have.amount - minorToMillionths(want.totalMinor, wanted.currency);
    if (want.quantity !== have.quantity) reasons.push(`${what}: ${have.quantity} pieces, not ${want.quantity}`);
    else if (off === null || off > have.mayBeOff || -off > have.mayBeOff) {
      const shown = have.amount === null ? 'an unreadable amount' : fromMillionths(have.amount, order.currency);
      reasons.push(`${what}: ${shown}, not ${fromMinor(want.totalMinor, wanted.currency)}`);
    }
  }
  if (exactMinor(toMillionths(order.total), order.currency) !== wanted.totalMinor) {
    const tax = toMillionths(order.total_tax) ?? 0n;
    const because = tax === 0n ? '' : `, among it ${fromMillionths(tax, order.currency)} tax that the shop added`;
    reasons.push(`the total is ${order.total}, not ${fromMinor(wanted.totalMinor, wanted.currency)}${because}`);
  }
  if (!statuses.includes(order.status)) reasons.push(`the status is ${order.status}`);
  return reasons;
}

/** A text of the order's meta data; null when there is none. */
export function metaText(order: WooOrder, wanted: string): string | null {
  const value = order.meta_data?.find(({ key }) => key === wanted)?.value;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** True when products, pieces and currency are those that were asked for, whatever they cost. */
export function sameGoods(wanted: OrderContent, order: WooOrder): boolean {
  const got = contentLines(order);
  const keys = new Set([...Object.keys(wanted.lines), ...Object.keys(got)]);
  const same = [...keys].every((key) => wanted.lines[key]?.quantity === got[key]?.quantity);
  return same && order.currency === wanted.currency;
}

interface GotLine {
  readonly quantity: number;
  /** With the shop's tax; null when unreadable. */
  readonly amount: bigint | null;
  /** What rounding tax may leave: one unit of the last place for each tax of each line. */
  readonly mayBeOff: bigint;
}

function contentLines(order: WooOrder): Record<string, GotLine> {
  const lines: Record<string, GotLine> = {};
  for (const line of order.line_items) {
    const key = lineKey(line.product_id, line.variation_id ?? 0);
    const sum = lines[key] ?? { quantity: 0, amount: 0n, mayBeOff: 0n };
    const [net, tax] = [toMillionths(line.total), toMillionths(line.total_tax ?? '0')];
    const isUnreadable = sum.amount === null || net === null || tax === null;
    lines[key] = {
      quantity: sum.quantity + line.quantity,
      amount: isUnreadable ? null : sum.amount + net + tax,
      mayBeOff: sum.mayBeOff + lastPlaceOf(line.total) * BigInt(line.taxes?.length ?? 0),
    };
  }
  return lines;
}

/** Names a product or variation; a simple product's only variant has the product's own id. */
export function lineKey(productId: number, variationId: number): string {
  return `${productId}:${variationId === productId ? 0 : variationId}`;
}

function idNumber(text: string, what: string): number {
  const id = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw rejected(`"${text}" is no ${what} id of WooCommerce.`, 'lines');
  return id;
}

function rejected(message: string, field: string): ConnectorError {
  return new ConnectorError('Rejected', message, { field, code: 'order' });
}
