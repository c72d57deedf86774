/** Currencies without minor units here: those of ISO 4217, and IDR, which is counted in whole rupiah. */
const WHOLE = new Set('BIF CLP DJF GNF IDR ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));
const THOUSANDTHS = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);

function digitsOf(currency: string): number {
  if (WHOLE.has(currency)) return 0;
  return THOUSANDTHS.has(currency) ? 3 : 2;
}

/**
 * Reads Shopify's decimal text (`"42.5"`, `"10000.0"`) exactly.
 * @returns integer minor units; null when it is no amount, or is finer than the currency
 */
export function toMinor(amount: string, currency: string): number | null {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount.trim()) ?? [];
  if (whole === undefined) return null;
  const digits = digitsOf(currency);
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > digits) return null;
  const minor = Number(whole + significant.padEnd(digits, '0'));
  if (!Number.isSafeInteger(minor)) return null;
  return sign === '-' && minor > 0 ? -minor : minor;
}

/** Writes integer minor units as the decimal text of `MoneyInput`. */
export function fromMinor(amountMinor: number, currency: string): string {
  const digits = digitsOf(currency);
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const sign = amountMinor < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
