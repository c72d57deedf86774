import { PDFDocument, type PDFEmbeddedPage, type PDFPage } from '@cantoo/pdf-lib';
import { mm } from './sheet.ts';

/** Papers that labels are printed on. */
export const papers = ['thermal-100x150', 'a6', 'a4-4up'] as const;
export type Paper = (typeof papers)[number];

export const isPaper = (text: string): text is Paper => papers.some((paper) => paper === text);

/** How people call a paper. */
export const paperNames: Readonly<Record<Paper, string>> = {
  'thermal-100x150': 'thermal 100 × 150 mm',
  a6: 'A6',
  'a4-4up': 'A4, four labels a sheet',
};

/** Below this a linear code may become unreadable: the label then keeps its size on a page of its own. */
export const smallestScale = 0.9;

const A4 = { width: mm(210), height: mm(297) };
const A6 = { width: mm(105), height: mm(148) };
/** Cells on an A4 sheet, from top left, by rows. */
const cellsPerSheet = 4;
const CELL = { width: mm(105), height: mm(148.5) };
const CELL_MARGIN = mm(3);

export interface OnPaper {
  pdf: Buffer;
  pages: number;
  /** What a person should know: labels that were made smaller, or that need other paper. */
  notes: string[];
}

interface Box {
  width: number;
  height: number;
}

/** What of a page must be seen, in points: our own pages say where they are white, carriers' pages are taken whole. */
function contentOf(page: PDFPage): { x: number; y: number; width: number; height: number } {
  const art = page.getArtBox();
  const media = page.getMediaBox();
  return art.width < media.width && art.height < media.height ? art : media;
}

const isTurned = (page: PDFPage): boolean => page.getRotation().angle % 360 !== 0;

/** The scale at which a page fits, at most 1; null when it would get too small or lies turned in its file. */
function scaleInto(page: PDFPage, room: Box): number | null {
  const { width, height } = contentOf(page);
  const scale = Math.min(1, room.width / width, room.height / height);
  return scale < smallestScale || isTurned(page) ? null : scale;
}

/**
 * Puts the pages of a label document onto a paper. Linear codes are never scaled below 90 %: a label that would be keeps
 * its size on a page of its own, and the notes say so. The same input gives the same bytes.
 *
 * @param startCell on A4 sheets with four labels: the first cell to print in, 1 to 4, for sheets that are used in part
 */
export async function onPaper(
  pdf: Buffer,
  paper: Paper,
  { startCell = 1 }: { startCell?: number } = {},
): Promise<OnPaper> {
  const source = await PDFDocument.load(pdf, { updateMetadata: false });
  if (paper === 'thermal-100x150') return { pdf, pages: source.getPageCount(), notes: [] };
  const target = await PDFDocument.create({ updateMetadata: false });
  const notes = paper === 'a6' ? await ontoA6(source, target) : await ontoCells(source, target, startCell);
  const bytes = Buffer.from(await target.save({ addDefaultPage: false, updateFieldAppearances: false }));
  return { pdf: bytes, pages: target.getPageCount(), notes };
}

const percent = (scale: number): string => `${(scale * 100).toFixed(1)} %`;
const millimetres = (points: number): number => Math.round((points * 25.4) / 72);
const sizeOf = (page: PDFPage): string => `${millimetres(page.getWidth())} × ${millimetres(page.getHeight())} mm`;

/** What is said of pages, one sentence for all of which the same holds. */
class Notes {
  readonly #pages = new Map<string, { numbers: number[]; several: string }>();

  /** @param one the sentence after "Page 3 …", @param several the one after "12 pages …" */
  add(pageNumber: number, one: string, several: string): void {
    const known = this.#pages.get(one) ?? { numbers: [], several };
    known.numbers.push(pageNumber);
    this.#pages.set(one, known);
  }

  sentences(): string[] {
    return [...this.#pages].map(([one, { numbers, several }]) =>
      numbers.length === 1 ? `Page ${numbers[0]} ${one}` : `${numbers.length} pages ${several}`,
    );
  }
}

const noteScale = (notes: Notes, pageNumber: number, scale: number): void => {
  if (scale < 1) notes.add(pageNumber, `is printed at ${percent(scale)}.`, `are printed at ${percent(scale)}.`);
};

/** The contents of all pages, embedded at once: so they share fonts and pictures. */
async function contentsOf(source: PDFDocument, target: PDFDocument): Promise<PDFEmbeddedPage[]> {
  const pages = source.getPages();
  return target.embedPages(
    pages,
    pages.map((page) => {
      const { x, y, width, height } = contentOf(page);
      return { left: x, bottom: y, right: x + width, top: y + height };
    }),
  );
}

async function ontoA6(source: PDFDocument, target: PDFDocument): Promise<string[]> {
  const notes = new Notes();
  const contents = await contentsOf(source, target);
  for (const [index, page] of source.getPages().entries()) {
    const scale = scaleInto(page, A6);
    const content = contents[index];
    if (scale === null || content === undefined) {
      await copyAsIs(source, target, index);
      const size = sizeOf(page);
      notes.add(
        index + 1,
        `is ${size} and keeps its size: it needs other paper than A6.`,
        `are ${size} and keep their size: they need other paper than A6.`,
      );
      continue;
    }
    noteScale(notes, index + 1, scale);
    drawCentred(target.addPage([A6.width, A6.height]), content, { x: 0, y: 0, ...A6 }, scale);
  }
  return notes.sentences();
}

async function ontoCells(source: PDFDocument, target: PDFDocument, startCell: number): Promise<string[]> {
  if (!Number.isInteger(startCell) || startCell < 1 || startCell > cellsPerSheet) {
    throw new RangeError(`a sheet has the cells 1 to ${cellsPerSheet}, not ${startCell}`);
  }
  const notes = new Notes();
  const contents = await contentsOf(source, target);
  const room = { width: CELL.width - 2 * CELL_MARGIN, height: CELL.height - 2 * CELL_MARGIN };
  let sheet: PDFPage | null = null;
  let cell = startCell - 1;
  for (const [index, page] of source.getPages().entries()) {
    const scale = scaleInto(page, room);
    const content = contents[index];
    if (scale === null || content === undefined) {
      // The cells go on where they were: a whole sheet in between spoils no half-used one.
      await ownSheet(source, target, index, content);
      const size = sizeOf(page);
      notes.add(
        index + 1,
        `is ${size}: it has a sheet of its own at full size.`,
        `are ${size}: each has a sheet of its own at full size.`,
      );
      continue;
    }
    noteScale(notes, index + 1, scale);
    if (sheet === null || cell === cellsPerSheet) {
      sheet = target.addPage([A4.width, A4.height]);
      if (cell === cellsPerSheet) cell = 0;
    }
    const x = (cell % 2) * CELL.width;
    const y = A4.height - (Math.floor(cell / 2) + 1) * CELL.height;
    drawCentred(sheet, content, { x, y, ...CELL }, scale);
    cell += 1;
  }
  return notes.sentences();
}

async function copyAsIs(source: PDFDocument, target: PDFDocument, index: number): Promise<void> {
  const [copy] = await target.copyPages(source, [index]);
  if (copy) target.addPage(copy);
}

/** A page at full size in the middle of an A4 sheet; one that lies turned in its file, or is larger, as it is. */
async function ownSheet(
  source: PDFDocument,
  target: PDFDocument,
  index: number,
  content: PDFEmbeddedPage | undefined,
): Promise<void> {
  const page = source.getPage(index);
  const isTooLarge = page.getWidth() > A4.width || page.getHeight() > A4.height;
  if (content === undefined || isTurned(page) || isTooLarge) return copyAsIs(source, target, index);
  drawCentred(target.addPage([A4.width, A4.height]), content, { x: 0, y: 0, ...A4 }, 1);
}

/** Draws the content of a page into the middle of a place. */
function drawCentred(
  sheet: PDFPage,
  content: PDFEmbeddedPage,
  place: { x: number; y: number } & Box,
  scale: number,
): void {
  sheet.drawPage(content, {
    x: place.x + (place.width - content.width * scale) / 2,
    y: place.y + (place.height - content.height * scale) / 2,
    xScale: scale,
    yScale: scale,
  });
}
