import { compare, fraction, one, percentOf, plus, readDecimal, zero } from './fraction.ts';
import type { PriceRule } from './types.ts';

export interface RuleFault {
  /** Where, such as "fees.2.percent". */
  readonly place: string;
  readonly why: string;
  readonly remedy: string;
}

const percentFault = (place: string, text: string, most: bigint): RuleFault[] => {
  const value = readDecimal(text);
  if (value && compare(value, fraction(most)) <= 0) return [];
  return [
    { place, why: `"${text}" is not a percentage from 0 to ${most}.`, remedy: 'Write it as 7.5, without a sign.' },
  ];
};

/** What of a rule cannot hold, beyond its shape. An empty list: it can be used. */
export function checkRule(rule: PriceRule): RuleFault[] {
  const faults: RuleFault[] = [];
  for (const [index, fee] of rule.fees.entries()) {
    if (fee.kind !== 'fixed') faults.push(...percentFault(`fees.${index}.percent`, fee.percent, 1000n));
    else if (!readDecimal(fee.amount)) {
      const why = `"${fee.amount}" is not an amount of 0 or more.`;
      faults.push({
        place: `fees.${index}.amount`,
        why,
        remedy: 'Write it in the marketplace’s currency, as 1500 or 12.50.',
      });
    }
  }
  faults.push(...percentFault('costPercent', rule.costPercent, 1000n));
  if (rule.floorPercent !== null) faults.push(...percentFault('floorPercent', rule.floorPercent, 100n));
  if (rule.changePercent !== null) faults.push(...percentFault('changePercent', rule.changePercent, 1000n));
  const { multipleMinor, endingMinor } = rule.rounding;
  if (endingMinor >= multipleMinor) {
    const why = `The ending ${endingMinor} is not below the multiple ${multipleMinor}.`;
    faults.push({
      place: 'rounding.endingMinor',
      why,
      remedy: 'For prices such as 99,900 take the multiple 1000 and the ending 900.',
    });
  }
  if (faults.length > 0) return faults;
  const shares = rule.fees
    .flatMap((fee) => (fee.kind === 'percentOfPrice' ? [percentOf(fee.percent)] : []))
    .reduce(plus, rule.floorPercent === null ? zero : percentOf(rule.floorPercent));
  if (compare(shares, one) < 0) return [];
  const why = 'Commission, payment fee and margin floor together leave nothing of the price.';
  return [{ place: 'fees', why, remedy: 'Their percentages must sum up to less than 100.' }];
}
