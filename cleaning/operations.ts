import { countryCode } from './countries.ts';
import type { Value } from './fields.ts';
import { htmlToLine, safeHtml } from './html.ts';
import { replaceByRegex } from './regex.ts';
import type { Operation, RuleSet, Unknown, Vocabulary } from './rules.ts';
import { normalSize } from './sizes.ts';
import { calm, cleanText, literal, truncateAtWord, wordKey } from './text.ts';
import { parseMeasure } from './units.ts';

/** What an operation made of a value; `complaint` says what it could not accept. */
export interface Applied {
  readonly value: Value;
  readonly complaint?: { readonly reason: string; readonly remedy: string; readonly blocking: boolean };
}

const report = (value: Value, unknown: Unknown, reason: string, remedy: string): Applied =>
  unknown === 'keep' ? { value } : { value, complaint: { reason, remedy, blocking: unknown === 'block' } };

/** Applies one operation to one value. Pure; never throws. */
export function applyOperation(operation: Operation, value: Value, set: RuleSet): Applied {
  if (operation.op === 'default') {
    return { value: value === null || String(value).trim() === '' ? operation.value : value };
  }
  if (operation.op === 'bounds') return inBounds(operation, value);
  if (value === null) return { value };
  if (operation.op === 'unit') return measured(operation, value);
  return typeof value === 'string' ? onText(operation, value, set) : { value };
}

type TextOperation = Exclude<Operation, { op: 'default' | 'bounds' | 'unit' }>;

function onText(operation: TextOperation, value: string, set: RuleSet): Applied {
  switch (operation.op) {
    case 'text':
      return { value: cleanText(value) };
    case 'html':
      return { value: operation.keep === 'safe' ? safeHtml(value) : htmlToLine(value) };
    case 'case':
      return { value: inCase(operation.to, value) };
    case 'replace':
      return { value: value.replace(literal(operation.find, operation), () => operation.with) };
    case 'regex':
      return byRegex(operation, value);
    case 'vocabulary':
      return fromVocabulary(operation, value, set);
    case 'size':
      return { value: normalSize(value) ?? value };
    case 'truncate':
      return { value: truncateAtWord(value, operation.maxLength) };
    case 'ban':
      return withoutBanned(operation, value);
    case 'hs-code':
      return hsCode(operation.unknown, value);
    case 'country':
      return country(operation.unknown, value);
  }
}

function inCase(to: 'upper' | 'lower' | 'calm', value: string): string {
  if (to === 'calm') return calm(value);
  return to === 'upper' ? value.toUpperCase() : value.toLowerCase();
}

function byRegex(
  { pattern, with: replacement, ignoreCase }: Extract<Operation, { op: 'regex' }>,
  value: string,
): Applied {
  const replaced = replaceByRegex(value, pattern, replacement, ignoreCase);
  if (replaced.ok) return { value: replaced.value };
  return report(value, 'warn', `The rule was not applied: ${replaced.why}.`, 'Write the rule in another way.');
}

function measured({ to, assume }: Extract<Operation, { op: 'unit' }>, value: string | number): Applied {
  if (typeof value === 'number') return { value };
  if (value.trim() === '') return { value: null };
  const read = parseMeasure(value, to, assume);
  if (read.ok) return { value: read.value };
  const example = to === 'g' ? '“1.5 kg”' : '“30 cm”';
  return {
    value: null,
    complaint: {
      reason: `It cannot be read: ${read.why}.`,
      remedy: `Write a number with its unit, such as ${example}.`,
      blocking: false,
    },
  };
}

const indexes = new WeakMap<Vocabulary, Map<string, string>>();

/** Every spelling → its word; where two words share one, the first has it. Made once for each vocabulary. */
function indexOf(vocabulary: Vocabulary): Map<string, string> {
  const known = indexes.get(vocabulary);
  if (known) return known;
  const index = new Map<string, string>();
  for (const [canonical, spellings] of Object.entries(vocabulary)) {
    for (const spelling of [canonical, ...spellings]) {
      const key = wordKey(spelling);
      if (!index.has(key)) index.set(key, canonical);
    }
  }
  indexes.set(vocabulary, index);
  return index;
}

function fromVocabulary(
  { name, unknown }: Extract<Operation, { op: 'vocabulary' }>,
  value: string,
  set: RuleSet,
): Applied {
  const vocabulary = Object.hasOwn(set.vocabularies, name) ? set.vocabularies[name] : undefined;
  const key = wordKey(value);
  if (key === '') return { value };
  const canonical = vocabulary ? indexOf(vocabulary).get(key) : undefined;
  if (canonical !== undefined) return { value: canonical };
  return report(
    value,
    unknown,
    `“${value.slice(0, 60)}” is not in the vocabulary ${name}.`,
    `Add it to the vocabulary ${name} as a spelling of one of its words, or correct it.`,
  );
}

function withoutBanned({ words, action }: Extract<Operation, { op: 'ban' }>, value: string): Applied {
  const found = words.filter((word) => literal(word, { wholeWords: true, ignoreCase: true }).test(value));
  if (found.length === 0) return { value };
  if (action === 'remove') {
    const without = found.reduce(
      (text, word) => text.replace(literal(word, { wholeWords: true, ignoreCase: true }), ''),
      value,
    );
    return { value: without.replace(/ {2,}/g, ' ').trim() };
  }
  return report(
    value,
    action,
    `It must not say ${found.map((word) => `“${word}”`).join(', ')}.`,
    'Say it in other words.',
  );
}

function hsCode(unknown: Unknown, value: string): Applied {
  const digits = value.replace(/[\s.\-‐–]/gu, '');
  if (digits === '') return { value: null };
  if (/^\d{6,10}$/.test(digits)) return { value: digits };
  return report(value, unknown, `“${value.slice(0, 40)}” is no HS code.`, 'Give 6 to 10 digits, such as 611020.');
}

function country(unknown: Unknown, value: string): Applied {
  if (value.trim() === '') return { value: null };
  const code = countryCode(value);
  if (code) return { value: code };
  return report(
    value,
    unknown,
    `“${value.slice(0, 40)}” is no country that is known.`,
    'Give its code of two letters, such as AU.',
  );
}

function inBounds({ min, max, unknown }: Extract<Operation, { op: 'bounds' }>, value: Value): Applied {
  if (typeof value !== 'number' || ((min === undefined || value >= min) && (max === undefined || value <= max))) {
    return { value };
  }
  const limits = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`];
  return report(
    value,
    unknown,
    `${value} is not ${limits.filter(Boolean).join(' and ')}.`,
    'Correct it at the source, or change the rule.',
  );
}
