import type { Money } from '../contract/common.ts';

/** Digits behind the point that are not 2. The rupiah has none here, though ISO 4217 lists two. */
const digits: Readonly<Record<string, number>> = {
  BHD: 3,
  CLP: 0,
  IDR: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  TND: 3,
  UGX: 0,
  VND: 0,
  XAF: 0,
  XOF: 0,
};

function digitsOf(currency: string): number {
  return digits[currency] ?? 2;
}

/** An exact amount as the decimal number that JSON wants. */
export function toDecimal({ amountMinor, currency }: Money): number {
  return Number(`${amountMinor}e-${digitsOf(currency)}`);
}

/** A decimal number as an exact amount, halves rounded away from zero; null when it is no amount. */
export function fromDecimal(value: number, currency: string): Money | null {
  if (!Number.isFinite(value) || Math.abs(value) > 1e12) return null;
  // Shifting the decimal text, not the double, keeps 1.005 from becoming 1.00.
  const [mantissa, exponent = '0'] = String(Math.abs(value)).split('e');
  const amountMinor = Math.round(Number(`${mantissa}e${Number(exponent) + digitsOf(currency)}`));
  return { amountMinor: value < 0 ? -amountMinor : amountMinor, currency };
}
