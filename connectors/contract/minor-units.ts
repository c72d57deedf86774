/**
 * Digits after the decimal point of currencies that have other than two: ISO 4217, and IDR, which is counted in whole
 * rupiah here, as prices in it are. One table for all: amounts of two tables would differ by powers of ten.
 */
const digits: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF IDR ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
]);

/** How many decimals an amount in this currency (ISO 4217) has; 2 where nothing else is known. */
export function decimalsOf(currency: string): number {
  return Object.hasOwn(digits, currency) ? (digits[currency] ?? 2) : 2;
}

/**
 * Reads an outside system's decimal text ("42.5", "10000.0", "7.") exactly.
 * @returns integer minor units; null when it is no amount or has more decimals than the currency
 */
export function toMinor(text: string, currency: string): number | null {
  const match = /^\s*(-?)(\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (match === null) return null;
  const decimals = decimalsOf(currency);
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return null;
  const minor = Number(`${match[2]}${fraction.padEnd(decimals, '0')}`);
  if (!Number.isSafeInteger(minor)) return null;
  return match[1] === '-' && minor !== 0 ? -minor : minor;
}

/** Writes integer minor units as decimal text with all decimals of the currency. */
export function fromMinor(amountMinor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const sign = amountMinor < 0 ? '-' : '';
  const whole = String(Math.abs(amountMinor)).padStart(decimals + 1, '0');
  if (decimals === 0) return `${sign}${whole}`;
  return `${sign}${whole.slice(0, -decimals)}.${whole.slice(-decimals)}`;
}
