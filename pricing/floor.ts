import { showMinor } from './currency.ts';
import type { Charges } from './fees.ts';
import {
  ceilingOf,
  compare,
  decimalText,
  type Fraction,
  fraction,
  minus,
  one,
  over,
  percentOf,
  plus,
  times,
} from './fraction.ts';

export interface FloorVerdict {
  readonly holds: boolean;
  /** The lowest price that would hold, minor units. */
  readonly lowestMinor: bigint;
  /** What remains of the price, in percent with two digits. */
  readonly marginPercent: string;
  /** The whole calculation in one line. */
  readonly formula: string;
}

const percentText = (share: Fraction): string => decimalText(times(share, fraction(100n)), 2);

/**
 * Whether enough of a price remains: price × (1 − shares) − fixed − cost ≥ floor × price. All amounts in minor units of
 * one currency; `priceMinor` > 0.
 */
export function checkFloor(input: {
  readonly priceMinor: bigint;
  readonly charges: Charges;
  readonly costMinor: Fraction;
  readonly floorPercent: string;
  readonly currency: string;
}): FloorVerdict {
  const { charges, costMinor, floorPercent, currency } = input;
  const price = fraction(input.priceMinor);
  const kept = minus(one, charges.shares);
  const owed = plus(charges.fixedMinor, costMinor);
  const margin = minus(times(price, kept), owed);
  const share = over(margin, price);
  const wanted = percentOf(floorPercent);
  const lowestMinor = ceilingOf(over(owed, minus(kept, wanted)));
  const show = (minor: Fraction) => showMinor(minor, currency);
  const shares = charges.shares.n === 0n ? '' : ` × (1 − ${percentText(charges.shares)} %)`;
  const fixed = charges.fixedMinor.n === 0n ? '' : ` − ${show(charges.fixedMinor)} fees`;
  return {
    holds: compare(share, wanted) >= 0,
    lowestMinor,
    marginPercent: percentText(share),
    formula:
      `${show(price)}${shares}${fixed} − ${show(costMinor)} cost = ${show(margin)}, ` +
      `which is ${percentText(share)} % of the price; at least ${floorPercent} % must remain, ` +
      `so the lowest price is ${show(fraction(lowestMinor))}`,
  };
}
