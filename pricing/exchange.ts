import { decimalText, type Fraction, one, over, readDecimal } from './fraction.ts';

/** One stored rate: units of `to` for one unit of `from`. */
export interface KnownRate {
  readonly from: string;
  readonly to: string;
  /** A plain decimal text above 0. */
  readonly value: string;
  /** The day it holds for, YYYY-MM-DD. */
  readonly date: string;
  readonly source: string;
}

export interface Rate {
  readonly factor: Fraction;
  readonly date: string;
  /** With the path where it is not a stored rate itself: "European Central Bank, by way of EUR". */
  readonly source: string;
}

/** The currency that cross rates go through: the European Central Bank quotes everything against it. */
export const pivot = 'EUR';

interface Leg extends Rate {
  /** 0 stored as it is, 1 the other way round. */
  readonly turned: 0 | 1;
}

/** Rates in their order, latest entry first for one day: the first found per day counts. */
function legs(rates: readonly KnownRate[], from: string, to: string): Map<string, Leg> {
  const found = new Map<string, Leg>();
  for (const { from: a, to: b, value, date, source } of rates) {
    const isStraight = a === from && b === to;
    if (!isStraight && !(a === to && b === from)) continue;
    const factor = readDecimal(value);
    if (!factor || factor.n === 0n) continue;
    const leg: Leg = isStraight
      ? { factor, date, source, turned: 0 }
      : { factor: over(one, factor), date, source: `${source}, 1 / ${value} ${b} per ${a}`, turned: 1 };
    const known = found.get(date);
    if (!known || leg.turned < known.turned) found.set(date, leg);
  }
  return found;
}

/**
 * The newest rate on or before `on`. On one day a stored rate goes before the same pair turned round, and that before a
 * cross rate by way of EUR. Cross rates are exact quotients of two rates of the same day. `rates` come latest entry first.
 */
export function rateBetween(rates: readonly KnownRate[], from: string, to: string, on: string): Rate | null {
  const usable = rates.filter(({ date }) => date <= on);
  const direct = [...legs(usable, from, to).values()].map((leg) => ({ ...leg, rank: leg.turned }));
  const cross = from === pivot || to === pivot ? [] : crossed(usable, from, to);
  const [best] = [...direct, ...cross].sort((a, b) => (a.date === b.date ? a.rank - b.rank : a.date < b.date ? 1 : -1));
  return best ? { factor: best.factor, date: best.date, source: best.source } : null;
}

function crossed(rates: readonly KnownRate[], from: string, to: string): (Rate & { rank: number })[] {
  const fromPivot = legs(rates, pivot, from);
  const toPivot = legs(rates, pivot, to);
  return [...fromPivot].flatMap(([date, divisor]) => {
    const dividend = toPivot.get(date);
    if (!dividend) return [];
    const source =
      dividend.source === divisor.source
        ? `${divisor.source}, by way of ${pivot}`
        : `${divisor.source} and ${dividend.source}, by way of ${pivot}`;
    return [{ factor: over(dividend.factor, divisor.factor), date, source, rank: 2 }];
  });
}

const dayMs = 24 * 60 * 60 * 1000;

/** Whole days from one date to another, both YYYY-MM-DD. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);

/** The rate as people read it. */
export const showRate = ({ factor }: Rate): string => decimalText(factor, 8);
