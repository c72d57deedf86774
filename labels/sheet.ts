import PDFDocument from 'pdfkit';
import { breakable, characters, drawable, type Family, fontBytes, runsOf, type Weight } from './fonts.ts';

/** Points (1/72 inch) of a length in millimetres. */
export const mm = (millimetres: number): number => (millimetres * 72) / 25.4;

/** The label size that fits every other one without scaling. */
export const PAGE_WIDTH = mm(100);
export const PAGE_HEIGHT = mm(150);
export const MARGIN = mm(6);
export const INNER_WIDTH = PAGE_WIDTH - 2 * MARGIN;

/** Where and how a text stands; lengths in points. */
export interface TextPlace {
  left: number;
  top: number;
  width: number;
  size: number;
  weight?: Weight;
  align?: 'left' | 'right' | 'center';
  color?: 'black' | 'white';
}

type TextForm = Pick<TextPlace, 'width' | 'size' | 'weight'>;

/** A text so long that it does not fit on a page of its own. */
export class TextTooLong extends Error {
  readonly text: string;

  constructor(text: string) {
    super(`text of ${text.length} characters does not fit on a page: "${text.slice(0, 60)}…"`);
    this.name = 'TextTooLong';
    this.text = text;
  }
}

/** A text with characters that no font has; its romanisation was drawn. */
export interface MissingGlyphs {
  /** What it is about, such as a consignment's number. */
  about: string;
  /** The text as it was given, and as it was drawn. */
  text: string;
  drawn: string;
  characters: string[];
}

/** Height of a line by the font size; Thai has signs above signs. */
const LINE_HEIGHT = 1.28;
const THAI_LINE_HEIGHT = 1.62;
/** From a line's top to its baseline, by the font size. */
const ASCENT = 1.0;
const THAI_ASCENT = 1.25;
const THAI = /\p{Script=Thai}/u;

/** A document of 100 × 150 mm pages. The same calls give the same bytes: it carries no time of its own. */
export class Sheet {
  readonly #document: PDFKit.PDFDocument;
  readonly #chunks: Buffer[] = [];
  readonly #ended: Promise<void>;
  readonly #fonts = new Set<string>();
  readonly #widths = new Map<string, number>();
  readonly #missing = new Map<string, MissingGlyphs>();
  #about = '';
  #pages = 0;

  constructor() {
    const origin = new Date(0);
    this.#document = new PDFDocument({
      size: [PAGE_WIDTH, PAGE_HEIGHT],
      margin: 0,
      autoFirstPage: false,
      info: { CreationDate: origin, ModDate: origin },
    });
    this.#document.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.#ended = new Promise((resolve, reject) => {
      this.#document.on('end', resolve);
      this.#document.on('error', reject);
    });
  }

  get pages(): number {
    return this.#pages;
  }

  /** Texts that could not be drawn as they were given. */
  get missing(): MissingGlyphs[] {
    return [...this.#missing.values()];
  }

  /** Says what the following texts are about. */
  about(what: string): void {
    this.#about = what;
  }

  addPage(): void {
    this.#document.addPage();
    this.#pages += 1;
  }

  /** Draws a text, wrapped at its width; answers the height used. */
  text(given: string, place: TextPlace): number {
    const { width, size, weight = 'regular', align = 'left', color = 'black' } = place;
    let top = place.top;
    this.#document.fillColor(color);
    for (const line of this.#lines(this.#drawable(given), place)) {
      const isThai = THAI.test(line);
      const slack = align === 'left' ? 0 : width - this.#width(line, size, weight);
      let left = place.left + (align === 'center' ? slack / 2 : slack);
      const baseline = top + size * (isThai ? THAI_ASCENT : ASCENT);
      const runs = runsOf(line);
      for (const run of runs) {
        this.#use(run.family, weight, size);
        this.#document.text(run.text, left, baseline, { lineBreak: false, baseline: 'alphabetic' });
        if (runs.length > 1) left += this.#document.widthOfString(run.text);
      }
      top += lineHeight(line, size);
    }
    this.#document.fillColor('black');
    return top - place.top;
  }

  /** The height that a text needs. */
  heightOf(given: string, form: TextForm): number {
    return this.#lines(this.#drawable(given), form).reduce((sum, line) => sum + lineHeight(line, form.size), 0);
  }

  /** The width of a text in one line. */
  widthOf(given: string, { size, weight = 'regular' }: Pick<TextPlace, 'size' | 'weight'>): number {
    return this.#width(this.#drawable(given), size, weight);
  }

  /** A thin line across the page. */
  rule(top: number): void {
    this.#document
      .moveTo(MARGIN, top)
      .lineTo(PAGE_WIDTH - MARGIN, top)
      .lineWidth(0.5)
      .stroke('black');
  }

  /** Black boxes as `[left, top, width, height]`. */
  boxes(boxes: ReadonlyArray<readonly [number, number, number, number]>): void {
    for (const [left, top, width, height] of boxes) this.#document.rect(left, top, width, height);
    this.#document.fill('black');
  }

  async finish(): Promise<Buffer> {
    this.#document.end();
    await this.#ended;
    return Buffer.concat(this.#chunks);
  }

  #drawable(given: string): string {
    const { text, missing } = drawable(given);
    if (missing.length > 0) {
      const note = { about: this.#about, text: given, drawn: text, characters: missing };
      this.#missing.set(`${this.#about}\0${given}`, note);
    }
    return text;
  }

  #use(family: Family, weight: Weight, size: number): void {
    const name = `${family}-${weight}`;
    if (!this.#fonts.has(name)) {
      this.#document.registerFont(name, fontBytes(family, weight));
      this.#fonts.add(name);
    }
    this.#document.font(name).fontSize(size);
  }

  /** The width of a line as the sum of its words': measuring shapes a text, which costs more than drawing it. */
  #width(text: string, size: number, weight: Weight): number {
    return breakable(text).reduce((sum, piece) => sum + this.#pieceWidth(piece, weight) * size, 0);
  }

  /** The width of a word at size 1. */
  #pieceWidth(piece: string, weight: Weight): number {
    const key = `${weight} ${piece}`;
    const known = this.#widths.get(key);
    if (known !== undefined) return known;
    let width = 0;
    for (const run of runsOf(piece)) {
      this.#use(run.family, weight, 1);
      width += this.#document.widthOfString(run.text);
    }
    this.#widths.set(key, width);
    return width;
  }

  /** Fills lines word by word; a word that is longer than a line is broken between characters. */
  #lines(text: string, { width, size, weight = 'regular' }: TextForm): string[] {
    const widthOf = (piece: string): number => this.#pieceWidth(piece, weight) * size;
    const lines: string[] = [];
    let line = '';
    let used = 0;
    const add = (piece: string): void => {
      if (line !== '' && used + widthOf(piece.trimEnd()) > width) {
        lines.push(line.trimEnd());
        line = '';
        used = 0;
      }
      line += piece;
      used += widthOf(piece);
    };
    for (const piece of breakable(text)) {
      if (widthOf(piece.trimEnd()) <= width) add(piece);
      else for (const character of characters(piece)) add(character);
    }
    if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd());
    return lines;
  }
}

const lineHeight = (line: string, size: number): number => size * (THAI.test(line) ? THAI_LINE_HEIGHT : LINE_HEIGHT);

/** Shares rows out to pages in order. @throws TextTooLong when one row is higher than a page has room */
export function paginate<T extends { height: number; text: string }>(rows: readonly T[], roomPerPage: number): T[][] {
  const pages: T[][] = [[]];
  let used = 0;
  for (const row of rows) {
    if (row.height > roomPerPage) throw new TextTooLong(row.text);
    if (used + row.height > roomPerPage) {
      pages.push([]);
      used = 0;
    }
    pages.at(-1)?.push(row);
    used += row.height;
  }
  return pages;
}
