import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { create, type Font } from 'fontkit';
import { romanise } from './romanise.ts';
import { unpackWoff } from './woff.ts';

/** The families in the order in which they are asked for a character. */
const families = ['latin', 'thai', 'chinese'] as const;
export type Family = (typeof families)[number];
export type Weight = 'regular' | 'bold';

const thai = '@expo-google-fonts/noto-sans-thai';
const latin = '@expo-google-fonts/noto-sans';
const chinese = '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified';

/**
 * Noto Sans (Latin with all Vietnamese accents, Greek, Cyrillic), Noto Sans Thai, Noto Sans SC (Chinese, simplified and
 * traditional, Japanese syllables). WOFF2 must not be used: its subsets come out broken.
 */
const files: Readonly<Record<Family, Readonly<Record<Weight, string>>>> = {
  latin: { regular: `${latin}/400Regular/NotoSans_400Regular.ttf`, bold: `${latin}/700Bold/NotoSans_700Bold.ttf` },
  thai: { regular: `${thai}/400Regular/NotoSansThai_400Regular.ttf`, bold: `${thai}/700Bold/NotoSansThai_700Bold.ttf` },
  chinese: { regular: `${chinese}-400-normal.woff`, bold: `${chinese}-700-normal.woff` },
};

const read = new Map<string, Buffer>();

/** A font's file, unpacked. */
export function fontBytes(family: Family, weight: Weight): Buffer {
  const name = files[family][weight];
  const known = read.get(name);
  if (known) return known;
  const bytes = readFileSync(fileURLToPath(import.meta.resolve(name)));
  const plain = name.endsWith('.woff') ? unpackWoff(bytes) : bytes;
  read.set(name, plain);
  return plain;
}

const opened = new Map<Family, Font>();

/** The two weights of a family have the same characters; the regular one is asked. */
function fontOf(family: Family): Font {
  const known = opened.get(family);
  if (known) return known;
  const font = create(fontBytes(family, 'regular'));
  opened.set(family, font);
  return font;
}

/** A text as it can be drawn. */
export interface Drawable {
  /** Composed characters (Unicode NFC), single spaces, no control characters; what no font has is romanised. */
  text: string;
  /** Characters that no font has, each once. */
  missing: string[];
}

/** Characters that show nothing and would only turn round or hide what stands beside them. */
const invisible = /[\p{Cf}\u200B]/gu;

/** Makes a text drawable. A character without a glyph is never drawn as a box: its romanisation stands there instead. */
export function drawable(given: string): Drawable {
  const text = given
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(invisible, '')
    .trim();
  const missing = [...new Set(text)].filter((character) => familyOf(character) === null);
  return { text: missing.length === 0 ? text : romanise(text, (character) => familyOf(character) !== null), missing };
}

function familyOf(character: string): Family | null {
  const codePoint = character.codePointAt(0) ?? 0;
  return families.find((family) => fontOf(family).hasGlyphForCodePoint(codePoint)) ?? null;
}

/** A stretch of text in one font. */
export interface Run {
  family: Family;
  text: string;
}

/** Signs above and below a letter belong to its font. */
const mark = /\p{M}/u;

/** Splits a drawable text by font: PDF libraries do not fall back from one font to another. */
export function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  for (const character of text) {
    const last = runs.at(-1);
    const codePoint = character.codePointAt(0) ?? 0;
    if (last && mark.test(character) && fontOf(last.family).hasGlyphForCodePoint(codePoint)) {
      last.text += character;
      continue;
    }
    const family = familyOf(character) ?? 'latin';
    if (last?.family === family) last.text += character;
    else runs.push({ family, text: character });
  }
  return runs.map(({ family, text: run }) => ({ family, text: family === 'thai' ? splitSaraAm(run) : run }));
}

/**
 * Writes SARA AM as its two parts with the ring below the tone mark. The font library does not reorder them itself and
 * would print the ring above the mark.
 */
export function splitSaraAm(text: string): string {
  return text.replace(/([\u0E48-\u0E4B]?)\u0E33/g, '\u0E4D$1\u0E32');
}

const words = new Intl.Segmenter('th', { granularity: 'word' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Scripts that are written without spaces. */
const spaceless = /[\p{Script=Thai}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** What must not begin a line. */
const closing = /^[\p{Pe}\p{Pf}\p{Po}\p{M}ๆฯ]/u;

/**
 * The pieces between which a line may end: after spaces, and between the words of scripts without spaces. Joined they are
 * the text again.
 */
export function breakable(text: string): string[] {
  const pieces: string[] = [];
  for (const { segment } of words.segment(text)) {
    const last = pieces.at(-1);
    const afterSpace = last?.endsWith(' ') === true && segment !== ' ';
    const betweenWords =
      last !== undefined &&
      (spaceless.test(segment[0] ?? '') || spaceless.test(last.at(-1) ?? '')) &&
      segment !== ' ' &&
      !closing.test(segment);
    if (last === undefined || afterSpace || betweenWords) pieces.push(segment);
    else pieces[pieces.length - 1] = last + segment;
  }
  return pieces;
}

/** The characters as people count them, for a word that is longer than a line. */
export const characters = (text: string): string[] => [...graphemes.segment(text)].map(({ segment }) => segment);
