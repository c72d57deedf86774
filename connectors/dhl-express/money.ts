import type { Money } from '../contract/common.ts';
import { decimalsOf } from '../contract/minor-units.ts';

/** An exact amount as the decimal number that JSON wants. */
export function toDecimal({ amountMinor, currency }: Money): number {
  return Number(`${amountMinor}e-${decimalsOf(currency)}`);
}

/** A decimal number as an exact amount, halves rounded away from zero; null when it is no amount. */
export function fromDecimal(given: number | string, currency: string): Money | null {
  const value = Number(given);
  if (!Number.isFinite(value) || Math.abs(value) > 1e12) return null;
  // Shifting the decimal text, not the double, keeps 1.005 from becoming 1.00.
  const [mantissa, exponent = '0'] = String(Math.abs(value)).split('e');
  const amountMinor = Math.round(Number(`${mantissa}e${Number(exponent) + decimalsOf(currency)}`));
  return { amountMinor: value < 0 ? -amountMinor : amountMinor, currency };
}
