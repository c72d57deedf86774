import type { Dialect } from './types.ts';

const separators: readonly Dialect['separator'][] = [',', ';', '\t', '|'];

export interface DetectedDialect extends Dialect {
  /** 0 to 1: the share of the sampled records that have as many fields as the header. */
  readonly confidence: number;
}

/** Cuts a sample roughly: good enough to compare separators, not to read data. */
function fieldCounts(sample: string, separator: string, quote: string): number[] {
  const counts: number[] = [];
  let fields = 1;
  let isQuoted = false;
  let isStart = true;
  let hasContent = false;
  for (const sign of sample) {
    if (isQuoted) {
      if (sign === quote) isQuoted = false;
      continue;
    }
    if (sign === quote && isStart) isQuoted = true;
    else if (sign === separator) fields += 1;
    else if (sign === '\n' || sign === '\r') {
      if (hasContent) counts.push(fields);
      fields = 1;
      hasContent = false;
    }
    isStart = sign === separator || sign === '\n' || sign === '\r';
    if (!isStart) hasContent = true;
    if (counts.length >= 100) break;
  }
  if (hasContent && counts.length < 100) counts.push(fields);
  return counts;
}

/** Finds separator and quote by how evenly they divide the first records. A file of one column is taken as commas. */
export function detectDialect(sample: string): DetectedDialect {
  const quote = quoteOf(sample);
  let best: DetectedDialect = { separator: ',', quote, confidence: 0 };
  let bestScore = 0;
  for (const separator of separators) {
    const counts = fieldCounts(sample, separator, quote);
    const width = counts[0] ?? 1;
    if (width < 2) continue;
    const even = counts.filter((count) => count === width).length / counts.length;
    const score = even * Math.log2(width + 1);
    if (score > bestScore) {
      bestScore = score;
      best = { separator, quote, confidence: Math.round(even * 100) / 100 };
    }
  }
  return best;
}

/** Double quotes unless only single ones stand around fields. */
function quoteOf(sample: string): Dialect['quote'] {
  const around = (quote: string): number =>
    [...sample.matchAll(new RegExp(`(?:^|[,;\\t|\\n])${quote}[^${quote}\\n]*${quote}(?=[,;\\t|\\r\\n]|$)`, 'g'))]
      .length;
  return around('"') === 0 && around("'") > 0 ? "'" : '"';
}
