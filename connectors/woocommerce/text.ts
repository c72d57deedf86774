/** Named entities that shops write; everything else comes as numbers. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  copy: '©',
  reg: '®',
  trade: '™',
  deg: '°',
  times: '×',
  eacute: 'é',
  egrave: 'è',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  szlig: 'ß',
};

/** Turns HTML entities into characters, once: `&amp;lt;` becomes `&lt;`. Unknown ones stay as they are. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));/giu, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return NAMED[name.toLowerCase()] ?? whole;
    const point = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** A `_gmt` date of the shop, which is UTC without saying so; null when there is none. */
export function parseGmt(text: string | null | undefined): Date | null {
  if (text === null || text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text)) return null;
  const date = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** UTC to the second without a zone, for filters with `dates_are_gmt=true`. */
export function formatGmt(date: Date): string {
  return date.toISOString().slice(0, 19);
}

/**
 * An answer's text without the HTML that a site prints behind its JSON: warnings of what runs after the answer, comments
 * of caches. Anything else stays as it is: what is cut must not become whole.
 */
export function withoutTrailingHtml(text: string): string {
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
  return end > 0 && /^\s*<(?:!--|(?:br|b|p|div|pre)\b)/i.test(text.slice(end)) ? text.slice(0, end) : text;
}

const GRAMS = { kg: 1000, g: 1, lbs: 453.59237, oz: 28.349523125 } as const;
const MILLIMETRES = { m: 1000, cm: 10, mm: 1, in: 25.4, yd: 914.4 } as const;
export type WeightUnit = keyof typeof GRAMS;
export type LengthUnit = keyof typeof MILLIMETRES;

export const isWeightUnit = (unit: unknown): unit is WeightUnit => typeof unit === 'string' && unit in GRAMS;
export const isLengthUnit = (unit: unknown): unit is LengthUnit => typeof unit === 'string' && unit in MILLIMETRES;

/** Whole grams, rounded; null when the text is no positive number. */
export function toGrams(text: string | number | null | undefined, unit: WeightUnit): number | null {
  return scaled(text, GRAMS[unit]);
}

/** Whole millimetres, rounded; null when the text is no positive number. */
export function toMillimetres(text: string | number | null | undefined, unit: LengthUnit): number | null {
  return scaled(text, MILLIMETRES[unit]);
}

function scaled(text: string | number | null | undefined, factor: number): number | null {
  const written = String(text ?? '').trim();
  if (!/^\d*\.?\d+$|^\d+\.$/.test(written)) return null;
  const value = Math.round(Number(written) * factor);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
}
