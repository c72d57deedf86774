import { fromMillionths, lastPlaceOf, minorToMillionths, ONE, rounded, toMillionths } from './decimals.ts';
import { lineKey, type OrderContent } from './order-content.ts';
import type { WooOrder } from './schema.ts';

/**
 * Amounts without tax with which the shop comes to the prices that the marketplace sold for.
 *
 * What a marketplace sold for is final; WooCommerce takes amounts without tax and adds the shop's own tax to them, by
 * rates that only the shop knows for sure (place, class, priority). So the shop is asked first, with the sold amounts:
 * its answer names the rates of each line. How it reckons then, read in WooCommerce's source:
 * - tax on an amount without tax, whatever `woocommerce_prices_include_tax` says; each rate to six places; compound rates
 *   on the amount with the taxes before (`WC_Tax::calc_exclusive_tax`);
 * - each line's amount and each rate's tax of a line rounded to the shop's decimals, unless
 *   `woocommerce_tax_round_at_subtotal` is on; halves of a tax go down where prices include tax
 *   (`WC_Abstract_Order::update_taxes`, `wc_round_tax_total`);
 * - totals of lines are kept with all their decimals (`wc_format_decimal` without places).
 *
 * Amounts are sent unrounded, as the shop itself keeps them where its prices include tax: that comes out right in both
 * ways of rounding. UNCONFIRMED against a real shop with taxes: the recordings have none; the answer is always compared.
 */
export function withoutTaxOf(order: WooOrder, wanted: OrderContent): SettledLines {
  const { currency } = order;
  const step = lastPlaceOf(order.total);
  const halfDown = order.prices_include_tax === true;
  const rates = ratesOf(order);
  const net = (gross: bigint, taxes: readonly RateRef[]) => netOf(gross, applied(taxes, rates), step, halfDown);
  const grossOfLines = grossPerLine(order, wanted);
  const lines = order.line_items.map((line, index) => {
    const total = fromMillionths(net(grossOfLines[index] ?? 0n, line.taxes ?? []), currency);
    return { id: line.id, subtotal: total, total };
  });
  const shipping = (order.shipping_lines ?? []).slice(0, 1).map(({ id, taxes }) => {
    const gross = minorToMillionths(wanted.shippingMinor, currency);
    return { id, total: fromMillionths(net(gross, taxes ?? []), currency) };
  });
  return { line_items: lines, ...(shipping.length === 0 ? {} : { shipping_lines: shipping }) };
}

/** The part of an order's body that sets its amounts anew. */
export interface SettledLines {
  readonly line_items: readonly { readonly id: number; readonly subtotal: string; readonly total: string }[];
  readonly shipping_lines?: readonly { readonly id: number; readonly total: string }[];
}

/** True when the shop added tax of its own. */
export function addsTax(order: WooOrder): boolean {
  return (toMillionths(order.total_tax) ?? 0n) !== 0n;
}

/**
 * Fees that take up what rounding left over; none when there is nothing left, or more than rounding can leave: half a
 * unit for each rounded amount. One without tax where something is missing. What is too much is taken off in pieces so
 * small that their tax rounds to nothing: WooCommerce taxes negative fees like what they are taken off, whatever their
 * tax status says (`WC_Order_Item_Fee::calculate_taxes`).
 */
export function roundingFees(order: WooOrder, wanted: OrderContent): Record<string, unknown>[] {
  const total = toMillionths(order.total);
  if (total === null) return [];
  const missing = minorToMillionths(wanted.totalMinor, wanted.currency) - total;
  const amounts = order.line_items.length + 1;
  const step = lastPlaceOf(order.total);
  const most = step * BigInt(amounts * Math.max(1, (order.tax_lines ?? []).length));
  const size = missing < 0n ? -missing : missing;
  if (missing === 0n || size > most) return [];
  const fee = (value: bigint) => {
    return { name: 'Rounding', total: fromMillionths(value, order.currency), tax_status: 'none' };
  };
  if (missing > 0n) return [fee(missing)];
  const share = [...ratesOf(order).values()].reduce((sum, rate) => sum + rate.share, 0n);
  const steps = share === 0n ? size / step : (ONE / 2n - 1n) / share;
  const piece = step * (steps > 0n ? steps : 1n);
  const fees: Record<string, unknown>[] = [];
  for (let left = size; left > 0n; left -= piece) fees.push(fee(left < piece ? -left : -piece));
  return fees;
}

type RateRef = { readonly id: number; readonly total?: string | number | null | undefined };

interface Rate {
  /** Millionths of one. */
  readonly share: bigint;
  readonly compound: boolean;
}

function ratesOf(order: WooOrder): ReadonlyMap<number, Rate> {
  return new Map(
    (order.tax_lines ?? []).map((line) => {
      const share = (toMillionths(line.rate_percent) ?? 0n) / 100n;
      return [line.rate_id, { share, compound: line.compound === true }] as const;
    }),
  );
}

/** In the order in which the shop applies them: plain rates first, then compound ones. */
function applied(taxes: readonly RateRef[], rates: ReadonlyMap<number, Rate>): Rate[] {
  const own = taxes.flatMap(({ id }) => rates.get(id) ?? []);
  return [...own.filter(({ compound }) => !compound), ...own.filter(({ compound }) => compound)];
}

/** What the shop's taxes leave of an amount that contains them, nudged so that its rounding comes to it again. */
function netOf(gross: bigint, rates: readonly Rate[], step: bigint, halfDown: boolean): bigint {
  const plain = rates.filter(({ compound }) => !compound).reduce((sum, { share }) => sum + share, ONE);
  let net = (gross * ONE * 1000n) / plain;
  for (const { share } of rates.filter(({ compound }) => compound)) net = (net * ONE) / (ONE + share);
  const exact = rounded(net, 1000n) / 1000n;
  const nudge = step / 100n > 0n ? step / 100n : 1n;
  for (let times = 0n; times <= 150n; times += 1n) {
    for (const candidate of [exact + times * nudge, exact - times * nudge]) {
      if (rounded(candidate, step) + taxOn(candidate, rates, step, halfDown) === gross) return candidate;
    }
  }
  return exact;
}

/** The tax that the shop adds to an amount, each rate's rounded. */
function taxOn(net: bigint, rates: readonly Rate[], step: bigint, halfDown: boolean): bigint {
  let before = 0n;
  let sum = 0n;
  for (const { share, compound } of rates) {
    const tax = rounded((compound ? net + before : net) * share, ONE) / ONE;
    before += tax;
    sum += rounded(tax, step, halfDown);
  }
  return sum;
}

/** What each line sold for; lines of one product share what was noted for it by their pieces. */
function grossPerLine(order: WooOrder, wanted: OrderContent): bigint[] {
  const left = new Map(Object.entries(wanted.lines).map(([key, line]) => [key, { ...line }]));
  return order.line_items.map(({ product_id, variation_id, quantity }) => {
    const rest = left.get(lineKey(product_id, variation_id ?? 0));
    if (rest === undefined) return 0n;
    const isLast = rest.quantity <= quantity;
    const minor = isLast ? rest.totalMinor : Math.round((rest.totalMinor * quantity) / rest.quantity);
    rest.quantity -= quantity;
    rest.totalMinor -= minor;
    return minorToMillionths(minor, order.currency);
  });
}
