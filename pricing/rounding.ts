import { ceilingOf, compare, type Fraction, floorOf, fraction, minus } from './fraction.ts';
import type { Rounding } from './types.ts';

/**
 * The price in the market's habit: the nearest allowed price in the rule's direction, always above 0. A tie goes up.
 * Minor units.
 */
export function roundPrice(amountMinor: Fraction, { multipleMinor, endingMinor, direction }: Rounding): bigint {
  const multiple = BigInt(multipleMinor);
  const ending = BigInt(endingMinor);
  const steps = fraction(amountMinor.n - ending * amountMinor.d, amountMinor.d * multiple);
  const lower = floorOf(steps) * multiple + ending;
  const upper = ceilingOf(steps) * multiple + ending;
  const smallest = ending > 0n ? ending : multiple;
  const up = upper > 0n ? upper : smallest;
  if (direction === 'up' || lower <= 0n) return up;
  if (direction === 'down') return lower;
  const below = minus(amountMinor, fraction(lower));
  const above = minus(fraction(up), amountMinor);
  return compare(below, above) < 0 ? lower : up;
}
