import { PDFDocument } from '@cantoo/pdf-lib';
import { type BatchCover, batchChecksum, type ConsignmentDocument, coverPdf } from './cover.ts';

export { type BatchCover, batchChecksum, type ConsignmentDocument } from './cover.ts';

/** A batch to be merged into one document. */
export interface LabelBatch {
  cover: BatchCover;
  /** Exactly one for each consignment of the cover, in any order. */
  labels: readonly ConsignmentDocument[];
  /** Printed behind the label of their consignment. */
  packingSlips?: readonly ConsignmentDocument[];
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

/**
 * Makes the one document of a batch: cover sheet(s), then the carriers' pages as they are (never scaled or redrawn),
 * in the cover's order. The same input gives the same bytes.
 *
 * @throws BatchMismatch, UnreadableLabel; for the cover MissingGlyph, TextTooLong, UnprintableCode
 */
export async function mergeLabelBatch({ cover, labels, packingSlips = [] }: LabelBatch): Promise<Buffer> {
  const parts = inCoverOrder(cover, labels, packingSlips);
  const documents: PDFDocument[][] = [];
  for (const part of parts) {
    const opened: PDFDocument[] = [];
    for (const document of part) opened.push(await open(document));
    documents.push(opened);
  }
  const pageCounts = documents.map((opened) => opened.reduce((sum, one) => sum + one.getPageCount(), 0));
  const coverBytes = await coverPdf(cover, pageCounts, batchChecksum(parts.flat()));
  const merged = await PDFDocument.create({ updateMetadata: false });
  for (const source of [await PDFDocument.load(coverBytes, { updateMetadata: false }), ...documents.flat()]) {
    for (const page of await merged.copyPages(source, source.getPageIndices())) merged.addPage(page);
  }
  return Buffer.from(await merged.save({ addDefaultPage: false, updateFieldAppearances: false }));
}

/** For every consignment of the cover its label and, if there is one, its packing slip. */
function inCoverOrder(
  { consignments }: BatchCover,
  labels: readonly ConsignmentDocument[],
  packingSlips: readonly ConsignmentDocument[],
): ConsignmentDocument[][] {
  const wanted = consignments.map(({ number }) => number);
  const given = labels.map(({ consignmentNumber }) => consignmentNumber);
  const missing = wanted.filter((number) => !given.includes(number));
  const slipped = packingSlips.map(({ consignmentNumber }) => consignmentNumber);
  const unexpected = [...surplus(given, wanted), ...surplus(slipped, wanted)];
  if (missing.length > 0 || unexpected.length > 0) throw new BatchMismatch(missing, unexpected);
  return wanted.map((number) =>
    [...labels, ...packingSlips].filter(({ consignmentNumber }) => consignmentNumber === number),
  );
}

/** Numbers that are not wanted, or given more than once. */
const surplus = (given: readonly string[], wanted: readonly string[]): string[] =>
  given.filter((number, index) => !wanted.includes(number) || given.indexOf(number) !== index);

async function open({ consignmentNumber, pdf }: ConsignmentDocument): Promise<PDFDocument> {
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
