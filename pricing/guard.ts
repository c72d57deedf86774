import { showMinor } from './currency.ts';
import { compare, decimalText, fraction, minus, over, percentOf, times } from './fraction.ts';

/** A change by this factor or more is never taken without a person, whatever the rule says. */
const jumpFactor = 10;

/**
 * Why a change of price must wait for a person, in words; null when it need not. Minor units of one currency, both > 0.
 * @param changePercent the rule's threshold; null: only jumps by a factor of ten wait.
 */
export function guardChange(
  beforeMinor: number,
  afterMinor: number,
  changePercent: string | null,
  currency: string,
): string | null {
  if (beforeMinor === afterMinor) return null;
  const [low, high] = beforeMinor < afterMinor ? [beforeMinor, afterMinor] : [afterMinor, beforeMinor];
  const way = `from ${showMinor(beforeMinor, currency)} to ${showMinor(afterMinor, currency)}`;
  if (high >= low * jumpFactor) {
    return `The price would change ${way}, by a factor of ${decimalText(fraction(high, low), 1)}.`;
  }
  if (changePercent === null) return null;
  const change = over(minus(fraction(high), fraction(low)), fraction(beforeMinor));
  if (compare(change, percentOf(changePercent)) <= 0) return null;
  const percent = decimalText(times(change, fraction(100n)), 1);
  return `The price would change ${way}, by ${percent} %; more than ${changePercent} % needs a person.`;
}
