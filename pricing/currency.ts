import { decimalsOf } from '../connectors/contract/minor-units.ts';
import { decimalText, type Fraction, fraction, over, times } from './fraction.ts';

export { decimalsOf };

const unitOf = (currency: string): Fraction => fraction(10n ** BigInt(decimalsOf(currency)));

/** Major units (12.50) as minor units (1250), and back; exact. */
export const minorOf = (major: Fraction, currency: string): Fraction => times(major, unitOf(currency));
export const majorOf = (minor: Fraction, currency: string): Fraction => over(minor, unitOf(currency));

const grouped = (text: string): string => {
  const [whole = '', rest] = text.split('.');
  const parts = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return rest === undefined ? parts : `${parts}.${rest}`;
};

/** Minor units as people read them: 1234500 IDR is "1,234,500 IDR", 1250 AUD "12.50 AUD". Fractions keep 4 more digits. */
export function showMinor(minor: Fraction | number, currency: string): string {
  const exact = typeof minor === 'number' ? fraction(minor) : minor;
  const digits = decimalsOf(currency);
  const text = decimalText(majorOf(exact, currency), digits + 4);
  const [whole = '0', rest = ''] = text.split('.');
  const padded = rest.padEnd(digits, '0');
  return `${grouped(padded === '' ? whole : `${whole}.${padded}`)} ${currency}`;
}
