const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** Turns the entities that names hold into characters, once. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|([a-z]{2,5}));/giu, (whole, decimal, name) => {
    if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole;
    const point = Number(decimal);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** Characters beyond the basic plane: emoji, and letters that few names have. */
export function hasRareCharacters(text: string): boolean {
  return /[\u{10000}-\u{10ffff}]/u.test(text);
}

/**
 * What a shop's database keeps in any version: up to 2.4.7 it cuts a text at its first character beyond the basic plane,
 * and what stands behind is lost. Emoji are left out, letters become a question mark.
 */
export function withoutRareCharacters(text: string): string {
  if (!hasRareCharacters(text)) return text;
  const plain = text
    .replace(/\p{RI}|[\u{1f000}-\u{1ffff}\u{e0000}-\u{e007f}]/gu, '')
    .replace(/[\u{10000}-\u{10ffff}]/gu, '?');
  return plain
    .replace(/[\ufe0f\u200d]/g, '')
    .replace(/ {2,}/g, ' ')
    .replace(/ +$/gm, '');
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, as `created_at` and `updated_at` are; null when there is none. */
export function parseUtc(text: string | null | undefined): Date | null {
  if (text === null || text === undefined || !/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/.test(text)) return null;
  const date = new Date(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** As filters take it. */
export function formatUtc(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** A price date, which is meant in the shop's own zone (UNCONFIRMED). An unknown zone counts as UTC. */
export function parseLocal(text: string | null | undefined, timeZone: string): Date | null {
  const asUtc = parseUtc(text);
  if (asUtc === null) return null;
  return new Date(asUtc.getTime() - offsetMs(asUtc, timeZone));
}

/** The other way round. */
export function formatLocal(date: Date, timeZone: string): string {
  const ahead = offsetMs(date, timeZone);
  const local = new Date(date.getTime() + ahead);
  // Around a change of the clocks the offset of the local time may be another one: what is read back must be the same.
  const back = parseLocal(formatUtc(local), timeZone);
  const missing = back === null ? 0 : date.getTime() - back.getTime();
  return formatUtc(Math.abs(missing) < 1000 ? local : new Date(local.getTime() + missing));
}

/** How far the zone is ahead of UTC at that time. */
function offsetMs(at: Date, timeZone: string): number {
  let shown: string;
  try {
    shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
  const local = parseUtc(shown);
  return local === null ? 0 : local.getTime() - Math.floor(at.getTime() / 1000) * 1000;
}

const GRAMS: Readonly<Record<string, number>> = { kgs: 1000, lbs: 453.59237 };

/** Whole grams; null when the weight is no positive number or the unit is none of Magento's. */
export function toGrams(weight: number | string | null | undefined, unit: string): number | null {
  const factor = GRAMS[unit];
  const value = weight === null || weight === undefined || weight === '' ? Number.NaN : Number(weight);
  if (factor === undefined || !(value > 0)) return null;
  const grams = Math.round(value * factor);
  return Number.isSafeInteger(grams) ? grams : null;
}
