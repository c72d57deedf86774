/** Jakarta has no daylight saving time, so its offset is a constant. */
const JAKARTA_OFFSET_MS = 7 * 60 * 60 * 1000;

/** Below this an epoch value is in seconds (10 digits), above it in milliseconds; the border is the year 5138 / 1973. */
const SECONDS_BELOW = 1e11;

function jakartaIso(at: Date): string {
  return new Date(at.getTime() + JAKARTA_OFFSET_MS).toISOString();
}

/** `yyyy-MM-dd HH:mm:ss.SSS+0700`: milliseconds always present, offset without a colon. */
export function gatewayTimestamp(at: Date): string {
  return `${jakartaIso(at).replace('T', ' ').replace('Z', '')}+0700`;
}

/** `yyyy-MM-dd HH:mm:ss` in Jakarta wall time, as v2 queries want it; rounded to the second in the given direction. */
export function jakartaWallTime(at: Date, rounding: 'down' | 'up'): string {
  const seconds = at.getTime() / 1000;
  const whole = rounding === 'down' ? Math.floor(seconds) : Math.ceil(seconds);
  return jakartaIso(new Date(whole * 1000))
    .slice(0, 19)
    .replace('T', ' ');
}

/** Answers give epoch milliseconds; ten-digit values are read as seconds. Zero and negative values mean "not set". */
export function fromEpoch(value: number | null): Date | null {
  if (value === null || !Number.isFinite(value) || value <= 0) return null;
  const at = new Date(value < SECONDS_BELOW ? value * 1000 : value);
  return Number.isNaN(at.getTime()) ? null : at;
}
