import { createHash } from 'node:crypto';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { PDFDocument, type PDFPage } from '@cantoo/pdf-lib';
import { type ConsignmentLabelInput, drawConsignmentLabel } from './consignment-label.ts';
import { type BatchCover, drawCover } from './cover.ts';
import { drawPackingSlip, type PackingSlipInput } from './packing-slip.ts';
import { INNER_WIDTH, MARGIN, type MissingGlyphs, PAGE_HEIGHT, Sheet } from './sheet.ts';

export type { BatchCover } from './cover.ts';

/** What is printed for one consignment. */
export interface ConsignmentPrint {
  consignmentNumber: string;
  /** The carrier's document as it came (PDF); null where it gave none. */
  carrierLabel: Buffer | null;
  /** The carrier's label in the printers' own language (ZPL): not drawn, but put into a file of its own. */
  printerLabel?: Buffer | null;
  /** Our own labels, one for each piece. */
  ownLabels: readonly ConsignmentLabelInput[];
  /** One for each order. */
  packingSlips: readonly PackingSlipInput[];
}

/** A batch to be made into one document. */
export interface LabelBatch {
  /** Null for a reprint of a part. */
  cover: BatchCover | null;
  /** Exactly one for each consignment of the cover, in any order. */
  consignments: readonly ConsignmentPrint[];
}

/** The document of a batch, its pages of label size. */
export interface PrintedBatch {
  pdf: Buffer;
  pages: number;
  /** All labels in the printers' own language behind each other, in the same order; null where there is none. */
  zpl: Buffer | null;
  /** Texts that were romanised because no font has their characters: for a person to look at. */
  missing: MissingGlyphs[];
}

/** The cover and the documents are not of the same consignments: the sheet would name labels that aren't there. */
export class BatchMismatch extends Error {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];

  constructor(missing: readonly string[], unexpected: readonly string[]) {
    super(
      `labels don't fit the cover: missing ${missing.join(', ') || 'none'}; unexpected ${unexpected.join(', ') || 'none'}`,
    );
    this.name = 'BatchMismatch';
    this.missing = missing;
    this.unexpected = unexpected;
  }
}

/** A carrier's document that can't be read as PDF, needs a password or has no page. */
export class UnreadableLabel extends Error {
  readonly consignmentNumber: string;

  constructor(consignmentNumber: string, why: string, options?: ErrorOptions) {
    super(`the label of consignment ${consignmentNumber} can't be read: ${why}`, options);
    this.name = 'UnreadableLabel';
    this.consignmentNumber = consignmentNumber;
  }
}

/** Pages of our own document that belong to one consignment: `[first, count]` from 0. */
type Span = readonly [number, number];

/**
 * Makes the one document of a batch: cover sheet(s), then for each consignment the carrier's pages as they are (never
 * scaled or redrawn), our own labels and the packing slips, in the cover's order. The same input gives the same bytes.
 *
 * @throws BatchMismatch, UnreadableLabel, TextTooLong, UnprintableCode
 */
export async function printBatch({ cover, consignments }: LabelBatch): Promise<PrintedBatch> {
  const parts = cover ? inCoverOrder(cover, consignments) : [...consignments];
  const carriers: (PDFDocument | null)[] = [];
  for (const part of parts)
    carriers.push(part.carrierLabel ? await open(part.consignmentNumber, part.carrierLabel) : null);
  const sheet = new Sheet();
  const spans: Span[] = [];
  for (const part of parts) {
    const first = sheet.pages;
    for (const label of part.ownLabels) drawConsignmentLabel(sheet, label);
    for (const slip of part.packingSlips) drawPackingSlip(sheet, slip);
    spans.push([first, sheet.pages - first]);
    // Drawing is all computing: heartbeats and requests must get their turn between two consignments.
    await othersTurn();
  }
  const coverFirst = sheet.pages;
  if (cover) {
    const inFile = parts.map(({ printerLabel }) => (printerLabel ?? null) !== null);
    const counts = parts.map((_, index) => (carriers[index]?.getPageCount() ?? 0) + (spans[index]?.[1] ?? 0));
    drawCover(sheet, cover, { counts, inFile }, batchChecksum(parts));
  }
  const merged = await PDFDocument.create({ updateMetadata: false });
  const own = sheet.pages === 0 ? [] : await ownPages(merged, await sheet.finish());
  for (const page of own.slice(coverFirst)) merged.addPage(page);
  for (const [index, [first, count]] of spans.entries()) {
    const carrier = carriers[index];
    if (carrier) for (const page of await merged.copyPages(carrier, carrier.getPageIndices())) merged.addPage(page);
    for (const page of own.slice(first, first + count)) merged.addPage(page);
  }
  const pdf = Buffer.from(await merged.save({ addDefaultPage: false, updateFieldAppearances: false }));
  return { pdf, pages: merged.getPageCount(), zpl: joinedZpl(parts), missing: sheet.missing };
}

function joinedZpl(parts: readonly ConsignmentPrint[]): Buffer | null {
  const labels = parts.flatMap(({ printerLabel }) => printerLabel ?? []);
  return labels.length === 0 ? null : Buffer.concat(labels.flatMap((label) => [label, Buffer.from('\n')]));
}

/** All pages copied at once share their fonts. Their art box says where nothing is but white. */
async function ownPages(merged: PDFDocument, bytes: Buffer): Promise<PDFPage[]> {
  const source = await PDFDocument.load(bytes, { updateMetadata: false });
  const pages = await merged.copyPages(source, source.getPageIndices());
  for (const page of pages) page.setArtBox(MARGIN, MARGIN, INNER_WIDTH, PAGE_HEIGHT - 2 * MARGIN);
  return pages;
}

/** SHA-256 over what is printed for each consignment in its order; hex. */
export function batchChecksum(parts: readonly ConsignmentPrint[]): string {
  const sum = createHash('sha256');
  const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
  for (const { consignmentNumber, carrierLabel, printerLabel, ownLabels, packingSlips } of parts) {
    const label = carrierLabel ?? printerLabel ?? null;
    const carrier = label === null ? 'none' : hashOf(label);
    sum.update(`${consignmentNumber}\0${carrier}\0${hashOf(JSON.stringify([ownLabels, packingSlips]))}\n`);
  }
  return sum.digest('hex');
}

function inCoverOrder(cover: BatchCover, given: readonly ConsignmentPrint[]): ConsignmentPrint[] {
  const wanted = cover.consignments.map(({ number }) => number);
  const printable = given.filter(
    ({ carrierLabel, printerLabel, ownLabels }) =>
      carrierLabel !== null || (printerLabel ?? null) !== null || ownLabels.length > 0,
  );
  const numbers = given.map(({ consignmentNumber }) => consignmentNumber);
  const missing = wanted.filter((number) => !printable.some(({ consignmentNumber }) => consignmentNumber === number));
  const unexpected = numbers.filter((number, index) => !wanted.includes(number) || numbers.indexOf(number) !== index);
  if (missing.length > 0 || unexpected.length > 0) throw new BatchMismatch(missing, unexpected);
  return wanted.flatMap((number) => given.filter(({ consignmentNumber }) => consignmentNumber === number));
}

async function open(consignmentNumber: string, pdf: Buffer): Promise<PDFDocument> {
  try {
    // The empty password opens what is encrypted only against changes.
    const document = await PDFDocument.load(pdf, { updateMetadata: false, password: '' });
    if (document.getPageCount() > 0) return document;
  } catch (error) {
    throw new UnreadableLabel(consignmentNumber, error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
  throw new UnreadableLabel(consignmentNumber, 'it has no page');
}
