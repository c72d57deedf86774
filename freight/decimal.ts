/** Digits behind the point. The rupiah counts as having none here, though ISO 4217 lists two. */
export function minorDigits(currency: string): number {
  if (currency === 'IDR') return 0;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/**
 * An exact decimal text as a whole number of its smallest unit: `12.5` with 2 digits is 1250.
 * @returns null where it is no number, negative, or has more digits than the unit
 */
export function scaled(text: string, digits: number): number | null {
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return null;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) return null;
  const value = Number(`${match[1]}${fraction.padEnd(digits, '0')}`);
  return Number.isSafeInteger(value) ? value : null;
}

/** A whole number of smallest units as people write it. */
export function unscaled(value: number, digits: number): string {
  if (digits === 0) return String(value);
  const text = String(value).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
