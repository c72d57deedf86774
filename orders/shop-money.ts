import { type Fraction, floorOf, fraction, minus, plus, times } from '../pricing/fraction.ts';

/** A line as the marketplace sold it: so many units for so much together, discounts taken off. */
export interface SoldLine {
  readonly quantity: number;
  /** Minor units of the marketplace's currency, 0 or more. */
  readonly netMinor: number;
}

/** Units of a line that are passed on at one price; a line whose amount its units do not divide becomes two. */
export interface PricedUnits {
  /** Position of the line. */
  readonly line: number;
  readonly quantity: number;
  readonly unitMinor: number;
}

export interface ShopMoney {
  readonly units: readonly PricedUnits[];
  readonly shippingMinor: number;
  readonly totalMinor: number;
}

const half = fraction(1, 2);

/**
 * An order's money in the shop's currency. The total is converted exactly and rounded once, half up; lines and shipping
 * are cut off below, and the minor units that are left go one by one to the largest remainders, of equal ones to the line
 * that comes first, shipping last. So the parts add up to the total to the minor unit. `factor`: minor units of the shop's
 * currency for one of the marketplace's.
 */
export function shopMoney(lines: readonly SoldLine[], shippingMinor: number, factor: Fraction): ShopMoney {
  const exact = [...lines.map(({ netMinor }) => netMinor), shippingMinor].map((amount) =>
    times(fraction(amount), factor),
  );
  const total = floorOf(plus(exact.reduce(plus, fraction(0)), half));
  const amounts = exact.map(floorOf);
  let left = total - amounts.reduce((all, one) => all + one, 0n);
  const byRemainder = exact
    .map((amount, index) => ({ index, remainder: minus(amount, fraction(amounts[index] ?? 0n)) }))
    .toSorted((a, b) => {
      const difference = b.remainder.n * a.remainder.d - a.remainder.n * b.remainder.d;
      return difference > 0n ? 1 : difference < 0n ? -1 : a.index - b.index;
    });
  for (const { index } of byRemainder) {
    if (left <= 0n) break;
    amounts[index] = (amounts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return {
    units: lines.flatMap(({ quantity }, line) => unitsOf(line, quantity, Number(amounts[line] ?? 0n))),
    shippingMinor: Number(amounts[lines.length] ?? 0n),
    totalMinor: Number(total),
  };
}

/** Whole minor units per piece: some pieces cost one more where the amount is not divisible. */
function unitsOf(line: number, quantity: number, amountMinor: number): PricedUnits[] {
  const low = Math.floor(amountMinor / quantity);
  const dearer = amountMinor - low * quantity;
  return [
    { line, quantity: quantity - dearer, unitMinor: low },
    { line, quantity: dearer, unitMinor: low + 1 },
  ].filter((part) => part.quantity > 0);
}
