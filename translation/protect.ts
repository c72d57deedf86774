import { literal } from '../cleaning/text.ts';

/** A word with a fixed translation; null: it stays as it is. */
export interface GlossaryTerm {
  readonly term: string;
  readonly translation: string | null;
}

export interface Protected {
  /** What is sent to the provider. */
  readonly text: string;
  /** The parts that must come back unchanged, in order. */
  readonly kept: readonly string[];
}

export type Restored =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly text: string; readonly why: string };

/** What programs and templates put into texts: {name}, {{name}}, %s, %1$d, addresses. */
const placeholders = /\{\{?[\w.-]{1,40}\}?\}|%(?:\d+\$)?[sdf]|https?:\/\/[^\s<>"]+/gu;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const unescapeXml = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

interface Span {
  readonly from: number;
  readonly to: number;
  readonly keep: string;
}

/** Where something must be kept; longer ones first, none within another. */
function spansOf(text: string, terms: readonly GlossaryTerm[]): Span[] {
  const found: Span[] = [];
  const take = (expression: RegExp, keep: (match: string) => string): void => {
    for (const match of text.matchAll(expression)) {
      const span = { from: match.index, to: match.index + match[0].length, keep: keep(match[0]) };
      if (!found.some(({ from, to }) => span.from < to && from < span.to)) found.push(span);
    }
  };
  take(placeholders, (match) => match);
  for (const { term, translation } of [...terms].sort((a, b) => b.term.length - a.term.length)) {
    take(literal(term, { wholeWords: true, ignoreCase: translation !== null }), (match) => translation ?? match);
  }
  return found.sort((a, b) => a.from - b.from);
}

function wrap(
  text: string,
  terms: readonly GlossaryTerm[],
  asIs: (text: string) => string,
  keep: (text: string) => string,
) {
  const kept: string[] = [];
  let at = 0;
  let out = '';
  for (const span of spansOf(text, terms)) {
    out += asIs(text.slice(at, span.from)) + keep(span.keep);
    kept.push(span.keep);
    at = span.to;
  }
  return { text: out + asIs(text.slice(at)), kept };
}

/** Plain text as XML in which placeholders and glossary terms are marked to be kept. */
export const protectText = (text: string, terms: readonly GlossaryTerm[]): Protected =>
  wrap(text, terms, escapeXml, (part) => `<keep>${escapeXml(part)}</keep>`);

/** HTML in whose texts placeholders and glossary terms are marked to be kept; its tags are left alone. */
export function protectHtml(html: string, terms: readonly GlossaryTerm[]): Protected {
  const kept: string[] = [];
  const text = html
    .split(/(<[^>]*>)/)
    .map((part) => {
      if (part.startsWith('<')) return part;
      const wrapped = wrap(
        part,
        terms,
        (same) => same,
        (same) => `<span translate="no">${same}</span>`,
      );
      kept.push(...wrapped.kept);
      return wrapped.text;
    })
    .join('');
  return { text, kept };
}

const sorted = (parts: readonly string[]): string => JSON.stringify([...parts].sort());
const tagsOf = (html: string): string[] =>
  [...html.matchAll(/<(\/?[a-z][a-z0-9]*)\b[^>]*>/gi)].map((match) => (match[1] ?? '').toLowerCase());

/** Takes the marks out again. Not ok: something that was to be kept is missing or doubled; a person must look. */
export function restoreText(answer: string, kept: readonly string[]): Restored {
  const back = [...answer.matchAll(/<keep>(.*?)<\/keep>/gsu)].map((match) => unescapeXml(match[1] ?? ''));
  const text = unescapeXml(answer.replace(/<\/?keep>/g, ''));
  if (sorted(back) === sorted(kept)) return { ok: true, text };
  return { ok: false, text, why: 'What should have been kept as it is came back otherwise.' };
}

/** The same for HTML; its tags must have come back, too. */
export function restoreHtml(answer: string, { text: sent, kept }: Protected): Restored {
  const mark = /<span translate="no">(.*?)<\/span>/gsu;
  const back = [...answer.matchAll(mark)].map((match) => match[1] ?? '');
  const text = answer.replace(mark, (_match, inner: string) => inner);
  if (sorted(back) !== sorted(kept)) {
    return { ok: false, text, why: 'What should have been kept as it is came back otherwise.' };
  }
  if (sorted(tagsOf(answer)) !== sorted(tagsOf(sent))) {
    return { ok: false, text, why: 'The tags came back otherwise than they were sent.' };
  }
  return { ok: true, text };
}
