/** A text that no font here can draw; printing it would show boxes, so the sheet is refused instead. */
export class MissingGlyph extends Error {
  /** The text as it was given. */
  readonly text: string;
  /** The characters without a glyph, each once. */
  readonly characters: readonly string[];

  constructor(text: string, characters: readonly string[]) {
    const named = characters.map((one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
    super(`no font for ${named.join(', ')} in "${text}"`);
    this.name = 'MissingGlyph';
    this.text = text;
    this.characters = characters;
  }
}

/** How a text is drawn. */
export interface FontChoice {
  /** Name that pdfkit knows. */
  regular: string;
  bold: string;
  /** The text in the form to be drawn: composed characters (Unicode NFC), white space as single spaces. */
  text: string;
}

/** What Windows-1252, the encoding of a PDF's standard fonts, has beside ASCII and Latin-1. */
const FURTHER_LATIN = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/**
 * Chooses the fonts for a text. PDF's standard fonts draw Western European languages, Indonesian, Malay and most
 * Filipino; nothing is transliterated. Further scripts need a font file and become known here.
 *
 * @throws MissingGlyph naming the text
 */
export function fontFor(text: string): FontChoice {
  const composed = text.toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').trim();
  const missing = [...new Set(composed)].filter((character) => !isInStandardFonts(character));
  if (missing.length > 0) throw new MissingGlyph(text, missing);
  return { regular: 'Helvetica', bold: 'Helvetica-Bold', text: composed };
}

function isInStandardFonts(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || FURTHER_LATIN.includes(character);
}
