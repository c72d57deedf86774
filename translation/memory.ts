import { createHash } from 'node:crypto';
import { cleanText } from '../cleaning/text.ts';

/** How alike a text must be for its translation to be suggested (0 to 1). */
export const fuzzyThreshold = 0.75;

/** Equal for texts that differ only in blanks. 32 hex digits. */
export const textHash = (text: string): string =>
  createHash('sha256').update(cleanText(text)).digest('hex').slice(0, 32);

function trigrams(text: string): Map<string, number> {
  const padded = `  ${cleanText(text).toLowerCase()} `;
  const counts = new Map<string, number>();
  for (let at = 0; at + 3 <= padded.length; at += 1) {
    const part = padded.slice(at, at + 3);
    counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return counts;
}

/** Dice's coefficient of the trigrams of two texts: 1 = equal but for case and blanks, 0 = nothing in common. */
export function similarity(a: string, b: string): number {
  const [one, other] = [trigrams(a), trigrams(b)];
  let common = 0;
  let total = 0;
  for (const [part, count] of one) {
    common += Math.min(count, other.get(part) ?? 0);
    total += count;
  }
  for (const count of other.values()) total += count;
  return total === 0 ? 1 : (2 * common) / total;
}

export interface Remembered {
  readonly sourceText: string;
  readonly targetText: string;
}

/** The most similar text that was translated before, if it is similar enough. */
export function bestMatch<Entry extends Remembered>(
  text: string,
  entries: readonly Entry[],
  threshold = fuzzyThreshold,
): { entry: Entry; score: number } | null {
  let best: { entry: Entry; score: number } | null = null;
  for (const entry of entries) {
    const score = similarity(text, entry.sourceText);
    if (score >= threshold && score > (best?.score ?? 0)) best = { entry, score };
  }
  return best;
}
