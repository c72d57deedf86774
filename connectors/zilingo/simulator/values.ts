/** The object in `value`, or an empty one. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The list in `value`, or an empty one. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A text with something in it. */
export function filledText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

export const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

/** Numbers as strings, and whole numbers in strings as numbers, as looser servers have it. */
export function loosened(value: object | null): object | null {
  return JSON.parse(JSON.stringify(value), (_key, inner) => {
    if (typeof inner === 'number') return String(inner);
    return typeof inner === 'string' && /^[1-9]\d{0,14}$/.test(inner) ? Number(inner) : inner;
  });
}
