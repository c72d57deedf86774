/** Blanks of every kind: non-breaking, thin, ideographic, zero-width, byte order mark, tabs and line breaks. */
const blanks = /[\s\u0085\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]/gu;
/** Control characters, and marks that steer the direction of text. */
const controls = /[\p{Cc}\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Characters that PostgreSQL's JSON and every marketplace can bear: no NUL, no half of a surrogate pair. */
export const wellFormed = (text: string): string => text.toWellFormed().replaceAll('\u0000', '');

/** One line of clean text. Applied again, it changes nothing. */
export const cleanText = (text: string): string =>
  wellFormed(text).replace(blanks, ' ').replace(controls, '').replace(/ {2,}/g, ' ').trim().normalize('NFC');

/** The same for text of several lines: blank lines go, too. */
export const cleanLines = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(cleanText)
    .filter(Boolean)
    .join('\n');

/** What two spellings of one word have in common: letters and digits without case and accents. */
export const wordKey = (text: string): string =>
  wellFormed(text)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

/** A text without one small letter and with at least two words of capitals is taken for shouting. */
export function calm(text: string): string {
  const shouts = /\p{Lu}{2,}.*\s.*\p{Lu}{2,}/su.test(text) && !/\p{Ll}/u.test(text);
  if (!shouts) return text;
  return text.replace(/\p{Lu}[\p{Lu}\p{M}'’]+/gu, (word) => {
    const [first = ''] = word;
    // Sizes and codes of countries are capitals by nature.
    if (word.length <= 2 || /^X+[SL]$/.test(word)) return word;
    return first + word.slice(first.length).toLowerCase();
  });
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** At most `maxLength` UTF-16 units, cut at the end of a word where there is one, and never within a character. */
export function truncateAtWord(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let end = 0;
  for (const { segment, index } of segmenter.segment(text.slice(0, maxLength + 32))) {
    if (index + segment.length > maxLength) break;
    end = index + segment.length;
  }
  const cut = text.slice(0, end);
  const atWordEnd = /^\s/.test(text.slice(end));
  const lastBlank = cut.search(/\s+\S*$/u);
  // Half of a long text is not given up for the sake of a whole word (Thai and Chinese have no blanks between words).
  const whole = atWordEnd || lastBlank < maxLength / 2 ? cut : cut.slice(0, lastBlank);
  return whole.replace(/[\s,;:–-]+$/u, '');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A literal text as an expression; `wholeWords` stops at letters and digits of any script. */
export function literal(find: string, options: { wholeWords?: boolean; ignoreCase?: boolean }): RegExp {
  const body = escaped(find);
  const pattern = options.wholeWords ? `(?<![\\p{L}\\p{N}])${body}(?![\\p{L}\\p{N}])` : body;
  return new RegExp(pattern, options.ignoreCase ? 'giu' : 'gu');
}
