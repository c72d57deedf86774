/** Characters that reorder what stands after them: a title could show another number than the one it holds. */
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/g;
const CONTROL_OR_BREAK = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * Text from brands and buyers as one line: line breaks and control characters become one space, characters that
 * reorder text are taken out, broken UTF-16 becomes U+FFFD. So nobody's text can begin a line or a header of its own.
 */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(REORDERING, '').replace(CONTROL_OR_BREAK, ' ').trim();
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** One line of text, safe in HTML text and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** First characters with which spreadsheet programs begin a formula, in their usual and their full-width form. */
const FORMULA_START = /^[\s\p{Cf}]*[=+\-@＝＋－＠]/u;

/**
 * A CSV cell (RFC 4180), always quoted. A text that a spreadsheet program would take for a formula gets an
 * apostrophe in front of it.
 */
export function csvCell(value: string | number): string {
  const text = oneLine(String(value));
  const neutral = typeof value === 'string' && FORMULA_START.test(text) ? `'${text}` : text;
  return `"${neutral.replaceAll('"', '""')}"`;
}
