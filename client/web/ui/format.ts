import { decimalsOf as decimals } from '../../../connectors/contract/minor-units.ts';
import type { Money } from '../api/types/common.ts';

// As the server counts them. Rupiah has two decimals by ISO 4217, but nobody uses them and amounts are kept in whole rupiah,
// so the browser's own table must not be asked.
export { decimals };

/** `IDR 1,299,000`, `AUD 12.90`. Exact: the minor units are placed as digits, never divided as floating point. */
export function formatMoney({ amountMinor, currency }: Money): string {
  return `${currency} ${formatMinor(amountMinor, currency)}`;
}

/** The number alone, for columns whose currency stands elsewhere. */
export function formatMinor(amountMinor: number, currency: string): string {
  const places = decimals(currency);
  const digits = String(Math.abs(amountMinor)).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
  const fraction = places === 0 ? '' : `.${digits.slice(-places)}`;
  return `${amountMinor < 0 ? '−' : ''}${whole}${fraction}`;
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}

/** `21 Nov, 14:05` in the given IANA zone, or the browser's; with the year when it is not this one. */
export function formatTime(at: string, zone?: string, now: Date = new Date()): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const sameYear = date.getUTCFullYear() === now.getUTCFullYear();
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    ...(zone ? { timeZone: zone } : {}),
  }).format(date);
}

/** `GMT+7` where the zone's clock differs from the browser's at that instant, else nothing. */
export function zoneMark(at: string, zone: string | undefined): string {
  if (!zone || formatTime(at, zone) === formatTime(at)) return '';
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(
    new Date(at),
  );
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** The same instant for the tooltip: `2026-11-21 06:05:09 UTC`. */
export function formatUtc(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const steps = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'min', seconds: 60 },
] as const;

/** `3 h`, `12 min`, `45 s`: the largest whole unit. */
export function formatDuration(seconds: number): string {
  const size = Math.abs(seconds);
  const step = steps.find((candidate) => size >= candidate.seconds);
  return step ? `${Math.floor(size / step.seconds)} ${step.unit}` : `${Math.floor(size)} s`;
}

/** `in 3 h` or `12 min ago`. */
export function formatRelative(at: string, now: Date): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1_000;
  if (Number.isNaN(seconds)) return '';
  if (Math.abs(seconds) < 5) return 'now';
  return seconds > 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(seconds)} ago`;
}

/** `1.2 kg`, `350 g`. */
export function formatWeight(grams: number | null): string {
  if (grams === null) return '–';
  return grams >= 1_000 ? `${(grams / 1_000).toFixed(grams % 1_000 === 0 ? 0 : 2)} kg` : `${grams} g`;
}
