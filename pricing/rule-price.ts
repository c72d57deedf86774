import { decimalsOf, majorOf, showMinor } from './currency.ts';
import { daysBetween, rateBetween, showRate } from './exchange.ts';
import { addFees, type Charges } from './fees.ts';
import { decimalText, type Fraction, fraction, percentOf, times } from './fraction.ts';
import type { BrandPrice, PriceInput } from './input.ts';
import { roundPrice } from './rounding.ts';
import type { Amount, BlockCode, TraceStep } from './types.ts';

export interface Refused {
  readonly code: BlockCode;
  readonly reason: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const day = (at: Date): string => at.toISOString().slice(0, 10);
/** Minor units as the trace keeps them. */
export const amount = (minor: Fraction | number, currency: string): Amount => ({
  amount: decimalText(majorOf(typeof minor === 'number' ? fraction(minor) : minor, currency)),
  currency,
});

/** What the rules alone make of a brand price. */
export interface RulePrice {
  readonly minor: number | null;
  readonly blocked: Refused | null;
  readonly charges: Charges | null;
  readonly costMinor: Fraction | null;
  readonly trace: TraceStep[];
  /** The first moment at which the exchange rate is too old for the rule; null where none was used. */
  readonly staleAt: Date | null;
}

/** The sale price that holds now, in minor units; null where there is none below the regular price. */
export function saleInForce({ brand, rule, at }: PriceInput): number | null {
  const { saleMinor, saleFrom, saleUntil, regularMinor } = brand;
  if (rule.sales === 'ignore' || saleMinor === null || saleMinor <= 0) return null;
  if (regularMinor !== null && saleMinor >= regularMinor) return null;
  if (saleFrom !== null && at < saleFrom) return null;
  return saleUntil !== null && at >= saleUntil ? null : saleMinor;
}

const window = ({ saleFrom, saleUntil }: BrandPrice): string =>
  [saleFrom ? `from ${saleFrom.toISOString()}` : '', saleUntil ? `until ${saleUntil.toISOString()}` : '']
    .filter(Boolean)
    .join(' ') || 'without an end';

/** From the brand price (or a sale price) to the rounded price, with every step. Refuses with a reason. */
export function rulePrice(input: PriceInput, saleMinor: number | null): RulePrice {
  const { brand, rule, ruleSource, targetCurrency } = input;
  const trace: TraceStep[] = [];
  const refuse = (code: BlockCode, reason: string): RulePrice => {
    trace.push({ code: 'blocked', text: reason, before: null, after: null, source: null });
    return { minor: null, blocked: { code, reason }, charges: null, costMinor: null, trace, staleAt: null };
  };
  const regularMinor = brand.regularMinor;
  if (regularMinor === null) return refuse('no-brand-price', 'The brand gives no price.');
  const text = `The brand's price is ${showMinor(regularMinor, brand.currency)}.`;
  trace.push({
    code: 'brand-price',
    text,
    before: null,
    after: amount(regularMinor, brand.currency),
    source: brand.source,
  });
  if (regularMinor <= 0)
    return refuse('no-brand-price', `The brand's price is not above zero: nothing is offered for it.`);
  if (saleMinor !== null) {
    trace.push({
      code: 'sale',
      text: `The brand's sale price ${showMinor(saleMinor, brand.currency)} holds ${window(brand)}.`,
      before: amount(regularMinor, brand.currency),
      after: amount(saleMinor, brand.currency),
      source: brand.source,
    });
  }
  const converted = convert(input, saleMinor ?? regularMinor, trace);
  if ('code' in converted) return refuse(converted.code, converted.reason);
  const fees = addFees(converted.minor, rule.fees, targetCurrency, ruleSource);
  trace.push(...fees.trace);
  const rounded = roundPrice(fees.amountMinor, rule.rounding);
  if (rounded > BigInt(Number.MAX_SAFE_INTEGER))
    return refuse('not-a-price', 'The price is larger than can be counted.');
  trace.push(roundingStep(fees.amountMinor, rounded, input));
  const ownCost = brand.costMinor === null ? null : fraction(brand.costMinor);
  const costMinor = times(ownCost ?? times(fraction(regularMinor), percentOf(rule.costPercent)), converted.factor);
  return { minor: Number(rounded), blocked: null, charges: fees.charges, costMinor, trace, staleAt: converted.staleAt };
}

function roundingStep(before: Fraction, after: bigint, { rule, ruleSource, targetCurrency }: PriceInput): TraceStep {
  const { multipleMinor, endingMinor, direction } = rule.rounding;
  const habit =
    endingMinor > 0
      ? `the ${direction === 'nearest' ? 'nearest' : 'next'} price ending in ${showMinor(endingMinor, targetCurrency)} per ${showMinor(multipleMinor, targetCurrency)}`
      : `a multiple of ${showMinor(multipleMinor, targetCurrency)}`;
  const way = direction === 'nearest' ? 'Rounded' : `Rounded ${direction}`;
  return {
    code: 'rounding',
    text: `${way} to ${habit}: ${showMinor(before, targetCurrency)} → ${showMinor(fraction(after), targetCurrency)}.`,
    before: amount(before, targetCurrency),
    after: amount(fraction(after), targetCurrency),
    source: ruleSource,
  };
}

type Converted = { minor: Fraction; factor: Fraction; staleAt: Date | null } | Refused;

/** Into the marketplace's currency; `factor` is minor units there for one minor unit of the brand's currency. */
function convert(input: PriceInput, priceMinor: number, trace: TraceStep[]): Converted {
  const { brand, targetCurrency, rates, rule, at } = input;
  if (brand.currency === targetCurrency) return { minor: fraction(priceMinor), factor: fraction(1), staleAt: null };
  const rate = rateBetween(rates, brand.currency, targetCurrency, day(at));
  const pair = `from ${brand.currency} to ${targetCurrency}`;
  if (!rate) return { code: 'no-exchange-rate', reason: `There is no exchange rate ${pair}.` };
  const age = daysBetween(rate.date, day(at));
  if (age > rule.maxRateAgeDays) {
    const reason = `The newest exchange rate ${pair} is of ${rate.date} (${rate.source}), ${age} days old; the rule takes at most ${rule.maxRateAgeDays} days.`;
    return { code: 'stale-exchange-rate', reason };
  }
  const factor = times(
    rate.factor,
    fraction(10n ** BigInt(decimalsOf(targetCurrency)), 10n ** BigInt(decimalsOf(brand.currency))),
  );
  const minor = times(fraction(priceMinor), factor);
  trace.push({
    code: 'exchange-rate',
    text: `× ${showRate(rate)} ${targetCurrency} per ${brand.currency}, the rate of ${rate.date}: ${showMinor(priceMinor, brand.currency)} → ${showMinor(minor, targetCurrency)}.`,
    before: amount(priceMinor, brand.currency),
    after: amount(minor, targetCurrency),
    source: `${rate.source}, ${rate.date}`,
  });
  const staleAt = new Date(Date.parse(`${rate.date}T00:00:00Z`) + (rule.maxRateAgeDays + 1) * dayMs);
  return { minor, factor, staleAt };
}
