import bwipjs from 'bwip-js/node';
import PDFDocument from 'pdfkit';

const A6_POINTS: [number, number] = [297.64, 419.53];
const BAR_WIDTH_POINTS = 1.2;

/** Draws the marketplace's label: one A6 page with the tracking number as Code 128. No buyer's data on it. */
export async function labelPdf(trackingNumber: string, unitId: string, createdAt: Date): Promise<Buffer> {
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
  document.font('Helvetica-Bold').fontSize(18).text('ZILINGO SHIPPING', 20, 20);
  document.font('Helvetica').fontSize(10).text(`Unit ${unitId}`, 20, 50);
  drawCode128(document, trackingNumber, 20, 90, 70);
  document.font('Helvetica-Bold').fontSize(14).text(trackingNumber, 20, 170);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Bars as filled boxes: sharp at any resolution. */
function drawCode128(document: PDFKit.PDFDocument, text: string, left: number, top: number, height: number): void {
  const [encoded] = bwipjs.raw({ bcid: 'code128', text });
  const widths = encoded !== undefined && 'sbs' in encoded ? encoded.sbs : [];
  let x = left;
  widths.forEach((width, index) => {
    if (index % 2 === 0) document.rect(x, top, width * BAR_WIDTH_POINTS, height);
    x += width * BAR_WIDTH_POINTS;
  });
  document.fill('black');
}
