import PDFDocument from 'pdfkit';
import { fontFor } from './fonts.ts';

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
  weight?: 'regular' | 'bold';
  align?: 'left' | 'right' | 'center';
}

/** A text so long that it does not fit on a page of its own. */
export class TextTooLong extends Error {
  readonly text: string;

  constructor(text: string) {
    super(`text of ${text.length} characters does not fit on a page: "${text.slice(0, 60)}…"`);
    this.name = 'TextTooLong';
    this.text = text;
  }
}

/** A document of 100 × 150 mm pages. The same calls give the same bytes: it carries no time of its own. */
export class Sheet {
  readonly #document: PDFKit.PDFDocument;
  readonly #chunks: Buffer[] = [];
  readonly #ended: Promise<void>;

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

  addPage(): void {
    this.#document.addPage();
  }

  /**
   * Draws a text, wrapped at its width; answers the height used.
   * @throws MissingGlyph
   */
  text(text: string, place: TextPlace): number {
    const height = this.heightOf(text, place);
    this.#document.text(fontFor(text).text, place.left, place.top, {
      width: place.width,
      align: place.align ?? 'left',
    });
    return height;
  }

  /** The height that a text needs. @throws MissingGlyph */
  heightOf(text: string, { width, size, weight }: Pick<TextPlace, 'width' | 'size' | 'weight'>): number {
    const font = fontFor(text);
    this.#document.font(weight === 'bold' ? font.bold : font.regular).fontSize(size);
    return this.#document.heightOfString(font.text, { width });
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
}

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
