/** Offsets of countries with one zone and no daylight saving time, by both country codes (IANA time zone database). */
const singleZones: Readonly<Record<string, string>> = {
  SG: '+08:00',
  SGP: '+08:00',
  TH: '+07:00',
  THA: '+07:00',
  PH: '+08:00',
  PHL: '+08:00',
  MY: '+08:00',
  MYS: '+08:00',
  VN: '+07:00',
  VNM: '+07:00',
  HK: '+08:00',
  HKG: '+08:00',
  JP: '+09:00',
  JPN: '+09:00',
  KR: '+09:00',
  KOR: '+09:00',
};

/** The offset of a country whose clocks all show the same time all year; null for others (Indonesia has three zones). */
export function countryOffset(countryCode: string): string | null {
  return singleZones[countryCode.toUpperCase()] ?? null;
}

/** The offset of a place written like `Singapore-SGP` or `Brisbane-AU`, where its country has only one. */
export function placeOffset(place: string | null): string | null {
  const country = /-\s*([A-Z]{2,3})$/.exec(place?.trim() ?? '')?.[1];
  return country === undefined ? null : countryOffset(country);
}

/** A local date and time with its offset as an instant; null when any part is missing or odd. */
export function instantOf(date: string, time: string, offset: string | null): Date | null {
  const colon = /^[+-]\d{4}$/.test(offset ?? '') ? `${offset?.slice(0, 3)}:${offset?.slice(3)}` : offset;
  if (colon === null || !/^([+-]\d{2}:\d{2}|Z)$/.test(colon)) return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^\d{2}:\d{2}(:\d{2})?$/.test(time)) return null;
  const at = new Date(`${date}T${time.length === 5 ? `${time}:00` : time}${colon}`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** `2026-11-21T17:00:00 GMT+10:00` and its date: the origin's own time. Null for a zone that does not exist. */
export function plannedTime(at: Date, timeZone: string): { readonly stamp: string; readonly date: string } | null {
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    }).formatToParts(at);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  const offset = part('timeZoneName') === 'GMT' ? 'GMT+00:00' : part('timeZoneName');
  return { stamp: `${date}T${part('hour')}:${part('minute')}:${part('second')} ${offset}`, date };
}

/** The UTC day, moved by whole days. */
export function utcDay(at: Date, days: number): string {
  return new Date(at.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}
