/** An exact number: n / d with d > 0. Prices are reckoned with these and rounded once, at the end. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** @throws RangeError when d is 0 */
export function fraction(n: bigint | number, d: bigint | number = 1n): Fraction {
  const [top, bottom] = [BigInt(n), BigInt(d)];
  if (bottom === 0n) throw new RangeError('a fraction cannot have 0 below the line');
  const shared = gcd(top, bottom) || 1n;
  const sign = bottom < 0n ? -1n : 1n;
  return { n: (sign * top) / shared, d: (sign * bottom) / shared };
}

export const zero: Fraction = { n: 0n, d: 1n };
export const one: Fraction = { n: 1n, d: 1n };
export const plus = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const minus = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
export const times = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);
/** @throws RangeError when b is 0 */
export const over = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d, a.d * b.n);
/** Below 0, 0 or above 0, as a is below, equal to or above b. */
export const compare = (a: Fraction, b: Fraction): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** The largest whole number that is not above it. */
export const floorOf = ({ n, d }: Fraction): bigint => (n >= 0n ? n / d : -((-n + d - 1n) / d));
/** The smallest whole number that is not below it. */
export const ceilingOf = ({ n, d }: Fraction): bigint => (n >= 0n ? (n + d - 1n) / d : -(-n / d));

/** Reads a plain decimal text of at most 15 digits before and 12 after the point; null for everything else. */
export function readDecimal(text: string): Fraction | null {
  const match = /^(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text.trim());
  if (!match?.[1]) return null;
  const decimals = match[2] ?? '';
  return fraction(BigInt(match[1] + decimals), 10n ** BigInt(decimals.length));
}

/** A decimal that was checked when it was stored. @throws RangeError when it is none after all */
export function mustReadDecimal(text: string): Fraction {
  const value = readDecimal(text);
  if (!value) throw new RangeError(`"${text}" is not a plain decimal number`);
  return value;
}

/** A percentage as a share: "7.5" is 0.075. */
export const percentOf = (text: string): Fraction => over(mustReadDecimal(text), fraction(100n));

/** As a decimal text with at most `digits` digits after the point, cut off there, without zeros at its end. */
export function decimalText(value: Fraction, digits = 6): string {
  const scale = 10n ** BigInt(digits);
  const sign = value.n < 0n ? '-' : '';
  const scaled = ((value.n < 0n ? -value.n : value.n) * scale) / value.d;
  const fractionDigits = (scaled % scale).toString().padStart(digits, '0').replace(/0+$/, '');
  return `${sign}${scaled / scale}${fractionDigits === '' ? '' : `.${fractionDigits}`}`;
}
