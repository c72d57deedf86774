import { PDFDocument } from '@cantoo/pdf-lib';
import type { CarrierDocument } from '../connectors/contract/carrier.ts';

/** One file, and in which language. */
export interface CarrierLabel {
  readonly format: CarrierDocument['format'];
  readonly bytes: Buffer;
}

/** What a brand can have its labels printed as. */
export type LabelFormat = 'PDF' | 'ZPL';

/** The brand's own language where the carrier prints it, else the one that it prints. */
export function formatFor(preferred: LabelFormat, offered: readonly CarrierDocument['format'][]): LabelFormat {
  const other = preferred === 'PDF' ? 'ZPL' : 'PDF';
  return !offered.includes(preferred) && offered.includes(other) ? other : preferred;
}

/** The file name of a label, after its consignment. */
export const labelFileName = (number: string, format: CarrierDocument['format']): string =>
  `${number}.${format.toLowerCase()}`;

/** How many labels a text in the printers' own language makes: each begins with `^XA`. */
export const zplLabels = (zpl: Buffer): number => Math.max(1, zpl.toString('latin1').split(/\^XA/i).length - 1);

/**
 * All labels of a booking as one file, in the carrier's order: carriers give one per piece. PDF pages are put behind
 * each other unchanged, ZPL formats are one text. Null where there is none. Labels of several languages are never
 * mixed: those in the first one's language count.
 */
export async function joinedLabel(documents: readonly CarrierDocument[]): Promise<CarrierLabel | null> {
  const labels = documents.filter(({ kind }) => kind === 'label');
  const [first] = labels;
  if (!first) return null;
  const alike = labels.filter(({ format }) => format === first.format);
  if (alike.length === 1) return { format: first.format, bytes: first.bytes };
  if (first.format === 'ZPL') {
    return { format: 'ZPL', bytes: Buffer.concat(alike.flatMap(({ bytes }) => [bytes, Buffer.from('\n')])) };
  }
  // A picture is one label: there is no file of several.
  if (first.format === 'PNG') return { format: 'PNG', bytes: first.bytes };
  const joined = await PDFDocument.create({ updateMetadata: false });
  for (const { bytes } of alike) {
    const document = await PDFDocument.load(bytes, { updateMetadata: false });
    for (const page of await joined.copyPages(document, document.getPageIndices())) joined.addPage(page);
  }
  return { format: 'PDF', bytes: Buffer.from(await joined.save()) };
}
