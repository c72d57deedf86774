import bwipjs from 'bwip-js/node';
import PDFDocument from 'pdfkit';

/** A Code 128 on a page; all in points. */
export interface Code128Place {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly height: number;
  /** Of the narrowest bar. */
  readonly barWidth: number;
}

/** Bars as filled boxes: sharp at any resolution. */
export function drawCode128(document: PDFKit.PDFDocument, { text, left, top, height, barWidth }: Code128Place): void {
  const [encoded] = bwipjs.raw({ bcid: 'code128', text });
  const widths = encoded !== undefined && 'sbs' in encoded ? encoded.sbs : [];
  let x = left;
  widths.forEach((width, index) => {
    if (index % 2 === 0) document.rect(x, top, width * barWidth, height);
    x += width * barWidth;
  });
  document.fill('black');
}

/** The built-in fonts know Latin-1 only. */
export function latin(text: string): string {
  return text.replace(/[^\u0020-\u007e\u00a0-\u00ff]/g, '?');
}

const A6_POINTS: [number, number] = [297.64, 419.53];

/** A platform's own label: one A6 page with its courier, what it is for, and the number as Code 128. No buyer's data on it. */
export async function platformLabelPdf(label: {
  readonly courier: string;
  readonly subject: string;
  readonly number: string;
  readonly createdAt: Date;
}): Promise<Buffer> {
  const { courier, subject, number, createdAt } = label;
  const document = new PDFDocument({
    size: A6_POINTS,
    margin: 20,
    info: { CreationDate: createdAt, ModDate: createdAt },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve);
    document.on('error', reject);
  });
  document.font('Helvetica-Bold').fontSize(18).text(courier, 20, 20);
  document.font('Helvetica').fontSize(10).text(subject, 20, 50);
  drawCode128(document, { text: number, left: 20, top: 90, height: 70, barWidth: 1.2 });
  document.font('Helvetica-Bold').fontSize(14).text(number, 20, 170);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
