import type { Money } from '../connectors/contract/common.ts';

/** Digits after the decimal point that this project counts with; IDR is counted in whole rupiah. */
const decimals: Record<string, number> = { IDR: 0, JPY: 0, KRW: 0, VND: 0 };
export const decimalsOf = (currency: string): number => decimals[currency] ?? 2;

export interface PriceInput {
  /** The brand's own price. */
  readonly base: Money;
  readonly targetCurrency: string;
  /** Units of target currency for one unit of the base currency, as a decimal text such as "10432.5". */
  readonly rate: { readonly value: string; readonly date: string; readonly source: string } | null;
  /** The market's habit: prices are rounded up to a multiple of this many minor units, ≥ 1. */
  readonly roundToMinor: number;
}

export type PriceResult =
  | { readonly ok: true; readonly price: Money; readonly trace: readonly string[] }
  | { readonly ok: false; readonly reason: string; readonly trace: readonly string[] };

/** A decimal text as an exact fraction: value = digits / scale. */
function fraction(text: string): { digits: bigint; scale: bigint } | null {
  const match = /^(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text.trim());
  if (!match?.[1]) return null;
  const decimalsPart = match[2] ?? '';
  return { digits: BigInt(match[1] + decimalsPart), scale: 10n ** BigInt(decimalsPart.length) };
}

const roundUp = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

/** The price on a marketplace and how it came about, one sentence a step. Exact: no floating point anywhere. */
export function marketplacePrice(input: PriceInput): PriceResult {
  const { base, targetCurrency, rate, roundToMinor } = input;
  const trace = [`brand price ${base.amountMinor} minor units ${base.currency}`];
  if (base.amountMinor <= 0) return { ok: false, reason: 'the brand price is not above zero', trace };
  if (base.currency === targetCurrency) {
    const rounded = Number(roundUp(BigInt(base.amountMinor), BigInt(roundToMinor))) * roundToMinor;
    return {
      ok: true,
      price: { amountMinor: rounded, currency: targetCurrency },
      trace: [...trace, `rounded up to ${rounded}`],
    };
  }
  const factor = rate ? fraction(rate.value) : null;
  if (!rate || !factor || factor.digits === 0n) {
    return { ok: false, reason: `no exchange rate from ${base.currency} to ${targetCurrency}`, trace };
  }
  const numerator = BigInt(base.amountMinor) * factor.digits * 10n ** BigInt(decimalsOf(targetCurrency));
  const denominator = factor.scale * 10n ** BigInt(decimalsOf(base.currency));
  const step = BigInt(roundToMinor);
  const amountMinor = Number(roundUp(numerator, denominator * step) * step);
  return {
    ok: true,
    price: { amountMinor, currency: targetCurrency },
    trace: [
      ...trace,
      `× ${rate.value} ${targetCurrency} per ${base.currency} (${rate.source}, ${rate.date})`,
      `rounded up to the next ${roundToMinor}: ${amountMinor} minor units ${targetCurrency}`,
    ],
  };
}
