/** Currencies with other than two decimals here. IDR is counted in whole rupiah, as prices in it are. */
const DECIMALS: Readonly<Record<string, number>> = {
  IDR: 0,
  JPY: 0,
  KRW: 0,
  VND: 0,
  CLP: 0,
  PYG: 0,
  ISK: 0,
  UGX: 0,
  RWF: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  KMF: 0,
  GNF: 0,
  DJF: 0,
  BIF: 0,
  VUV: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

/**
 * Reads a shop's decimal text exactly.
 * @returns integer minor units; null when it is no amount or has more decimals than the currency
 */
export function toMinor(text: string, currency: string): number | null {
  const match = /^\s*(-?)(\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (match === null) return null;
  const decimals = DECIMALS[currency] ?? 2;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return null;
  const minor = Number(`${match[2]}${fraction.padEnd(decimals, '0')}`);
  if (!Number.isSafeInteger(minor)) return null;
  return match[1] === '-' && minor !== 0 ? -minor : minor;
}

/** Writes integer minor units as the decimal text that a shop takes. */
export function fromMinor(amountMinor: number, currency: string): string {
  const decimals = DECIMALS[currency] ?? 2;
  const sign = amountMinor < 0 ? '-' : '';
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0');
  if (decimals === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** An amount as the shop's JSON has it, number or text, exactly; null when it is none or has too many decimals. */
export function amountOf(value: number | string | null | undefined, currency: string): number | null {
  return value === null || value === undefined ? null : toMinor(String(value), currency);
}

/** Integer minor units as the JSON number that Magento takes; its shortest writing has no more decimals than these. */
export function toNumber(amountMinor: number, currency: string): number {
  return Number(fromMinor(amountMinor, currency));
}
