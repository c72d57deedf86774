import type { Unit } from './rules.ts';

/** What one of a unit is in grams or millimetres, as an exact fraction (international pound and inch). */
const factors: Readonly<
  Record<string, { readonly kind: 'g' | 'mm'; readonly numerator: number; readonly divisor: number }>
> = {
  g: { kind: 'g', numerator: 1, divisor: 1 },
  kg: { kind: 'g', numerator: 1_000, divisor: 1 },
  mg: { kind: 'g', numerator: 1, divisor: 1_000 },
  lb: { kind: 'g', numerator: 45_359_237, divisor: 100_000 },
  oz: { kind: 'g', numerator: 45_359_237, divisor: 1_600_000 },
  mm: { kind: 'mm', numerator: 1, divisor: 1 },
  cm: { kind: 'mm', numerator: 10, divisor: 1 },
  m: { kind: 'mm', numerator: 1_000, divisor: 1 },
  in: { kind: 'mm', numerator: 254, divisor: 10 },
};

const spellings: Readonly<Record<string, string>> = {
  gr: 'g',
  gram: 'g',
  grams: 'g',
  gramme: 'g',
  grammes: 'g',
  kgs: 'kg',
  kilo: 'kg',
  kilos: 'kg',
  kilogram: 'kg',
  kilograms: 'kg',
  lbs: 'lb',
  pound: 'lb',
  pounds: 'lb',
  ounce: 'oz',
  ounces: 'oz',
  millimeter: 'mm',
  millimeters: 'mm',
  millimetre: 'mm',
  millimetres: 'mm',
  centimeter: 'cm',
  centimeters: 'cm',
  centimetre: 'cm',
  centimetres: 'cm',
  meter: 'm',
  metre: 'm',
  inch: 'in',
  inches: 'in',
  '"': 'in',
  '″': 'in',
};

export type Measured =
  | { readonly ok: true /** Whole grams or millimetres, rounded half up, at least 1. */; readonly value: number }
  | { readonly ok: false; readonly why: string };

/** A decimal number with a comma or a point; thousands separated by the other one, or by blanks. Null: not a number. */
export function decimal(text: string): number | null {
  const bare = text.replace(/[\s'’]/gu, '');
  if (!/^\d[\d.,]*$/.test(bare) || bare.length > 20) return null;
  const lastComma = bare.lastIndexOf(',');
  const lastPoint = bare.lastIndexOf('.');
  const separator = lastComma > lastPoint ? ',' : '.';
  const other = separator === ',' ? '.' : ',';
  if (bare.includes(other)) {
    const grouped = new RegExp(`^\\d{1,3}(\\${other}\\d{3})+(\\${separator}\\d+)?$`);
    if (!grouped.test(bare)) return null;
  }
  const whole = bare.replaceAll(other, '');
  const parts = whole.split(separator);
  // Several of the last separator are thousands: 1.234.567; together with the other one that is no number.
  if (parts.length > 2)
    return bare.includes(other) || parts.slice(1).some(({ length }) => length !== 3) ? null : Number(parts.join(''));
  const value = Number(parts.join('.'));
  return Number.isFinite(value) ? value : null;
}

const own = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const thousands = /^\d{1,3}[.,]\d{3}$/;

/**
 * Reads a measure such as "1,5 kg", "12 oz" or "30". A number without a unit is in `assume`. One dot or comma before
 * exactly three digits separates thousands of grams and millimetres ("1,500 g"), and decimals of everything bigger
 * ("1,500 kg"): tonnes are not sold here.
 */
export function parseMeasure(text: string, to: 'g' | 'mm', assume: Unit): Measured {
  const shown = `“${text.slice(0, 40)}”`;
  const match = /^(\d[\d.,\s'’]*?)\s*([a-z"″]*)\.?$/iu.exec(text.trim().slice(0, 40));
  const written = (match?.[2] ?? '').toLowerCase();
  const unit = written === '' ? assume : (own(spellings, written) ?? written);
  const factor = own(factors, unit);
  const digits = match?.[1] ?? '';
  const small = unit === 'g' || unit === 'mm';
  const amount = decimal(small && thousands.test(digits) ? digits.replace(/[.,]/, '') : digits);
  if (amount === null) return { ok: false, why: `${shown} is not a number with a unit` };
  if (!factor) return { ok: false, why: `the unit “${written}” is not known` };
  if (factor.kind !== to) return { ok: false, why: `${unit} does not measure ${to === 'g' ? 'a weight' : 'a length'}` };
  if (amount === 0) return { ok: false, why: 'it is 0' };
  const value = Math.round(Number(((amount * factor.numerator) / factor.divisor).toFixed(6)));
  if (value > 2_147_483_647) return { ok: false, why: `${shown} is more than anything weighs or measures` };
  return { ok: true, value: Math.max(1, value) };
}
