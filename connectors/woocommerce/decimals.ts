import { decimalsOf } from '../contract/minor-units.ts';

/** Places that amounts are worked out with: WooCommerce keeps taxes of a line to six. */
const PLACES = 6;
/** One currency unit. */
export const ONE = 10n ** BigInt(PLACES);

/**
 * A decimal text of the shop in millionths of the currency unit, exact.
 * @returns null when it is no number, or has more than six decimals that are not zeros
 */
export function toMillionths(text: string | number | null | undefined): bigint | null {
  const match = /^\s*(-?)(\d+)(?:\.(\d*))?\s*$/.exec(String(text ?? ''));
  if (match === null) return null;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > PLACES) return null;
  const value = BigInt(`${match[2]}${fraction.padEnd(PLACES, '0')}`);
  return match[1] === '-' ? -value : value;
}

/** Decimal text without needless zeros, at least with the currency's own decimals. */
export function fromMillionths(value: bigint, currency: string): string {
  const size = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0');
  const fraction = size.slice(-PLACES).replace(/0+$/, '').padEnd(decimalsOf(currency), '0');
  return `${value < 0n ? '-' : ''}${size.slice(0, -PLACES)}${fraction === '' ? '' : `.${fraction}`}`;
}

export function minorToMillionths(amountMinor: number, currency: string): bigint {
  return BigInt(amountMinor) * 10n ** BigInt(PLACES - decimalsOf(currency));
}

/** Integer minor units; null where the amount is finer than the currency. */
export function exactMinor(value: bigint | null, currency: string): number | null {
  const step = 10n ** BigInt(PLACES - decimalsOf(currency));
  return value === null || value % step !== 0n ? null : Number(value / step);
}

/** Integer minor units, halves away from zero: for amounts that are shown, never for those that are compared. */
export function nearestMinor(value: bigint, currency: string): number {
  return Number(
    rounded(value, 10n ** BigInt(PLACES - decimalsOf(currency))) / 10n ** BigInt(PLACES - decimalsOf(currency)),
  );
}

/** The nearest multiple of `step`; halves go away from zero, or towards it with `halfDown`. */
export function rounded(value: bigint, step: bigint, halfDown = false): bigint {
  const size = value < 0n ? -value : value;
  const rest = size % step;
  const isUp = halfDown ? rest * 2n > step : rest * 2n >= step;
  const whole = size - rest + (isUp ? step : 0n);
  return value < 0n ? -whole : whole;
}

/** One unit of the last place that a decimal text shows: "12.50" → a hundredth. */
export function lastPlaceOf(text: string): bigint {
  const decimals = Math.min(PLACES, /\.(\d+)\s*$/.exec(text)?.[1]?.length ?? 0);
  return 10n ** BigInt(PLACES - decimals);
}
