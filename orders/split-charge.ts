/** One order of a basket, as its share of a charge is reckoned. */
export interface ChargedPart {
  /** What its open lines were sold for, in minor units, 0 or more. */
  readonly goodsMinor: number;
  /** Its share stands already, for it was passed on with it; null = open. */
  readonly standingMinor: number | null;
}

/**
 * Divides a charge of the whole basket (the buyer's shipping) over its parts, to the minor unit: by what the goods of each
 * were sold for, each share cut off below, and the units that are left one by one to the largest remainders; of equal ones
 * to the part that comes first in the basket. Shares that stand are left as they are, and the others divide the rest; where
 * all of them stand, or goods cost nothing, nothing is standing, or all weigh the same. The sum is the charge, unless what
 * stands exceeds it.
 */
export function splitCharge(chargeMinor: number, parts: readonly ChargedPart[]): number[] {
  const isOpen = parts.map(({ standingMinor }) => standingMinor === null);
  const anyOpen = isOpen.some(Boolean);
  const open = parts.map((_, index) => !anyOpen || isOpen[index] === true);
  const standing = parts.reduce((sum, part, index) => sum + (open[index] ? 0 : (part.standingMinor ?? 0)), 0);
  const rest = BigInt(Math.max(0, chargeMinor - standing));
  const worth = parts.map(({ goodsMinor }, index) => (open[index] ? BigInt(Math.max(0, goodsMinor)) : 0n));
  const isWorthless = worth.every((one) => one === 0n);
  const weights = isWorthless ? open.map((one) => (one ? 1n : 0n)) : worth;
  const sum = weights.reduce((all, one) => all + one, 0n);
  const shares = weights.map((weight) => (sum === 0n ? 0n : (rest * weight) / sum));
  let left = rest - shares.reduce((all, one) => all + one, 0n);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: sum === 0n ? 0n : (rest * weight) % sum }))
    .toSorted((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    shares[index] = (shares[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts.map((part, index) => (open[index] ? Number(shares[index] ?? 0n) : (part.standingMinor ?? 0)));
}
