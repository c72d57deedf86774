const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** How far a zone is ahead of UTC at an instant, in milliseconds. */
export function zoneOffsetMs(zone: string, atMs: number): number {
  if (zone === 'UTC') return 0;
  const hour = Math.floor(atMs / 900_000);
  const key = `${zone}/${hour}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = computeOffset(zone, hour * 900_000);
  offsets.set(key, offset);
  return offset;
}

function computeOffset(zone: string, atMs: number): number {
  const formatter =
    formatters.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formatters.set(zone, formatter);
  const part: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(atMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - atMs;
}

/** UTC without zone mark, to the second: how WordPress writes `…_gmt` dates. */
export function gmtDate(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString().slice(0, 19);
}

/** The site's wall clock without zone mark. */
export function localDate(atMs: number | null, zone: string): string | null {
  return atMs === null ? null : gmtDate(atMs + zoneOffsetMs(zone, atMs));
}

/** Reads a wall-clock date of the site (no zone mark) or one with a zone mark; `null` when it is no date. */
export function parseDate(text: string, zone: string): number | null {
  const pattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const [, day, minutes = '00:00', seconds = ':00', mark] = match;
  const wallMs = Date.parse(`${day}T${minutes}${seconds}Z`);
  if (Number.isNaN(wallMs)) return null;
  if (mark !== undefined) return Date.parse(`${day}T${minutes}${seconds}${mark.toUpperCase()}`);
  return wallMs - zoneOffsetMs(zone, wallMs - zoneOffsetMs(zone, wallMs));
}

/** Whole seconds only: the shop's database keeps no fractions. */
export function toSecond(atMs: number): number {
  return Math.floor(atMs / 1000) * 1000;
}
