import { majorOf, minorOf, showMinor } from './currency.ts';
import {
  decimalText,
  type Fraction,
  minus,
  mustReadDecimal,
  one,
  over,
  percentOf,
  plus,
  times,
  zero,
} from './fraction.ts';
import type { Fee, FeeCode, TraceStep } from './types.ts';

/** What leaves the selling price again, for the margin. */
export interface Charges {
  /** Shares of the selling price, summed. */
  readonly shares: Fraction;
  /** Amounts that are owed whatever the price is, minor units; a markup is none of them. */
  readonly fixedMinor: Fraction;
}

const names: Record<FeeCode, string> = {
  markup: 'Markup',
  freight: 'Freight share',
  duty: 'Duty part',
  tax: 'Tax part',
  fixed: 'Fixed fee',
  commission: 'Marketplace commission',
  payment: 'Payment fee',
};

const amountOf = (minor: Fraction, currency: string) => ({ amount: decimalText(majorOf(minor, currency)), currency });

/**
 * Adds the fees in their order to an amount. A commission is a share of the final price whatever its place in the order.
 * `shares` sum up to less than 1 (checked by `checkRule`).
 */
export function addFees(
  startMinor: Fraction,
  fees: readonly Fee[],
  currency: string,
  source: string,
): { amountMinor: Fraction; charges: Charges; trace: TraceStep[] } {
  let base = startMinor;
  let shares = zero;
  let fixedMinor = zero;
  const trace: TraceStep[] = [];
  for (const fee of fees) {
    const before = over(base, minus(one, shares));
    let said: string;
    if (fee.kind === 'fixed') {
      const minor = minorOf(mustReadDecimal(fee.amount), currency);
      base = plus(base, minor);
      fixedMinor = plus(fixedMinor, minor);
      said = `${names[fee.code]} ${showMinor(minor, currency)} is added`;
    } else if (fee.kind === 'percentOfPrice') {
      shares = plus(shares, percentOf(fee.percent));
      said = `${names[fee.code]} is ${fee.percent} % of the selling price`;
    } else {
      // Of the whole amount so far: whoever levies it does not ask what a commission left of it.
      const added = times(before, percentOf(fee.percent));
      base = plus(base, added);
      if (fee.code !== 'markup') fixedMinor = plus(fixedMinor, added);
      said = `${names[fee.code]} ${fee.percent} % is added`;
    }
    const after = over(base, minus(one, shares));
    trace.push({
      code: fee.code,
      text: `${said}: ${showMinor(before, currency)} → ${showMinor(after, currency)}.`,
      before: amountOf(before, currency),
      after: amountOf(after, currency),
      source,
    });
  }
  return { amountMinor: over(base, minus(one, shares)), charges: { shares, fixedMinor }, trace };
}
