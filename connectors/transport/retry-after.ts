/** Longer silences than a day are taken for a mistake of the other side and cut to a day. */
const MAX_SILENCE_MS = 24 * 60 * 60 * 1000;

/**
 * Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds, or an HTTP date, which is taken relative to the answer's
 * own `Date` so that clocks that differ do no harm.
 *
 * @returns milliseconds ≥ 0, or null when there is no header, or one that cannot be read
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return null;
  if (/^\d+(\.\d+)?$/.test(value)) return clampMs(Math.ceil(Number(value) * 1000));
  const until = httpDateMs(value);
  const sent = httpDateMs(headers.date ?? '');
  return until === null || sent === null ? null : clampMs(until - sent);
}

function httpDateMs(text: string): number | null {
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function clampMs(ms: number): number {
  return Math.min(MAX_SILENCE_MS, Math.max(0, ms));
}
