import type { SeededRandom } from '../../simulator-kit/index.ts';

/** Reads a whole number that may have come as a number or as digits in a string; `undefined` for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value.trim())) return undefined;
  return Number(value);
}

/** Reads a decimal number that may have come as a string; `undefined` for anything else. */
export function decimalNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value.trim())) return undefined;
  return Number(value);
}

/** A text with something in it. */
export function filledText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** One value, an array, or a comma-separated text, as a list. Clients of one method were seen sending all three. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [value];
}

/** The object in `value`, or an empty one. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/**
 * Structured data that may have come as itself or as text inside the JSON; one client's text has single quotes.
 * `undefined` when the text can't be read.
 */
export function structured(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  for (const text of [value, value.replaceAll("'", '"')]) {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

const TEXT_MEASURES = new Set(['weight', 'netWeight', 'packLong', 'packWide', 'packHeight']);

/**
 * Repeats the vendor's looseness with types: now and then a number goes out as a string, and a measure (which is a
 * string by rule) as a number.
 */
export function loosened(value: unknown, random: SeededRandom, probability: number, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => loosened(item, random, probability, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, loosened(inner, random, probability, key)]),
    );
  }
  if (probability <= 0) return value;
  if (typeof value === 'number') return random.next() < probability ? String(value) : value;
  if (typeof value === 'string' && TEXT_MEASURES.has(name) && decimalNumber(value) !== undefined) {
    return random.next() < probability ? Number(value) : value;
  }
  return value;
}
