import { createHash } from 'node:crypto';
import type { NinjaVanSettings } from './schema.ts';

/** The carrier pads what was asked for to so many characters, the account's prefix included. */
const NUMBER_LENGTH = 18;
const HANDLE_MIN = 9;
/** Digits and capitals that are not mistaken for each other (Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * What is asked for as `requested_tracking_number`: 9 to 18 characters that follow from our reference alone, so that a
 * repetition asks for the same one and is refused over there. It is as long as fits behind the prefix, so that nothing is padded.
 */
export function handleOf(reference: string, { trackingPrefix }: Pick<NinjaVanSettings, 'trackingPrefix'>): string {
  const length = Math.max(HANDLE_MIN, NUMBER_LENGTH - trackingPrefix.length);
  const digest = createHash('sha256').update(reference).digest();
  return [...digest.subarray(0, length)].map((byte) => ALPHABET.charAt(byte & 31)).join('');
}

/** The tracking number that a booking under this reference has: known before it is booked, and after a lost answer. */
export function trackingNumberOf(reference: string, settings: Pick<NinjaVanSettings, 'trackingPrefix'>): string {
  return `${settings.trackingPrefix}${handleOf(reference, settings)}`.toUpperCase();
}
