import PDFDocument from 'pdfkit';
import { drawCode128, latin } from '../../simulator-kit/drawing.ts';
import type { Party, Shipment } from './model.ts';

/** Page sizes in points. */
const A6: [number, number] = [297.64, 419.53];
const A4: [number, number] = [595.28, 841.89];
/** The default label, about 99 × 200 mm. */
const EIGHT_BY_FOUR: [number, number] = [280.63, 566.93];
const MARGIN = 14;
/** Width of a narrow bar: about 0.42 mm, over three dots at 203 dpi. */
const BAR_POINTS = 1.2;
/** Ten bars of quiet before it. */
const CODE = { left: MARGIN + 10 * BAR_POINTS, height: 60, barWidth: BAR_POINTS };

/** Page size of a label template. */
export function pageSizeOf(templateName: string | undefined): [number, number] {
  if (templateName === 'ECOM26_A6_002') return A6;
  return templateName === 'ECOM26_84_A4_001' || templateName === 'ECOM_TC_A4' ? A4 : EIGHT_BY_FOUR;
}

/** Labels of the given pieces, one page each: the waybill number and the piece's own number as Code 128. */
export function labelPdf(shipment: Shipment, pieceNumbers: readonly number[], size: [number, number]): Promise<Buffer> {
  return pdf(shipment, size, (document) => {
    pieceNumbers.forEach((pieceNumber, index) => {
      if (index > 0) document.addPage();
      drawLabel(document, shipment, pieceNumber);
    });
  });
}

/** The same label in the printer's language. */
export function labelZpl(shipment: Shipment, pieceNumbers: readonly number[]): Buffer {
  const pages = pieceNumbers.map((pieceNumber) => {
    const piece = shipment.pieces.find(({ number }) => number === pieceNumber)?.trackingNumber ?? '';
    const codes = `^FO40,200^BY3^BCN,160,Y^FD${shipment.number}^FS^FO40,440^BY2^BCN,160,Y^FD${piece}^FS`;
    return `^XA^FO40,40^A0N,50,50^FDDHL EXPRESS ${shipment.request.productCode}^FS${codes}^XZ`;
  });
  return Buffer.from(`${pages.join('\n')}\n`);
}

/** The archive copy. */
export function waybillPdf(shipment: Shipment): Promise<Buffer> {
  return pdf(shipment, EIGHT_BY_FOUR, (document) => {
    const { shipperDetails, receiverDetails } = shipment.request.customerDetails;
    heading(document, 'WAYBILL DOC');
    drawParty(document, 'From', shipperDetails, 50);
    drawParty(document, 'To', receiverDetails, 130);
    drawCode128(document, { ...CODE, text: shipment.number, top: 230 });
    plain(document, `${shipment.pieces.length} piece(s)  ref ${shipment.reference}`, 310);
  });
}

/** The commercial invoice. */
export function invoicePdf(shipment: Shipment): Promise<Buffer> {
  return pdf(shipment, A4, (document) => {
    const { content, customerDetails } = shipment.request;
    const declaration = content.exportDeclaration;
    heading(document, `COMMERCIAL INVOICE ${declaration?.invoice?.number ?? ''}`);
    drawParty(document, 'Exporter', customerDetails.shipperDetails, 50);
    drawParty(document, 'Consignee', customerDetails.receiverDetails, 130);
    const currency = content.declaredValueCurrency ?? '';
    declaration?.lineItems.forEach((item, index) => {
      const codes = item.commodityCodes?.map(({ value }) => value).join('/') ?? '';
      const count = `${item.quantity.value} ${item.quantity.unitOfMeasurement}`;
      const line = `${item.number}. ${item.description}  ${codes}  ${item.manufacturerCountry}  ${count} x ${item.price} ${currency}`;
      plain(document, line, 220 + index * 14);
    });
  });
}

async function pdf(
  shipment: Shipment,
  size: [number, number],
  draw: (document: PDFKit.PDFDocument) => void,
): Promise<Buffer> {
  const date = new Date(shipment.bookedAt);
  const document = new PDFDocument({ size, margin: 0, info: { CreationDate: date, ModDate: date } });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve);
    document.on('error', reject);
  });
  draw(document);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function drawLabel(document: PDFKit.PDFDocument, shipment: Shipment, pieceNumber: number): void {
  const { request, pieces } = shipment;
  heading(document, `EXPRESS  ${request.productCode}`);
  drawParty(document, 'From', request.customerDetails.shipperDetails, 40);
  drawParty(document, 'To', request.customerDetails.receiverDetails, 100);
  const { countryCode, cityName } = request.customerDetails.receiverDetails.postalAddress;
  document
    .font('Helvetica-Bold')
    .fontSize(18)
    .text(latin(`${countryCode} ${cityName}`), MARGIN, 165, { lineBreak: false });
  plain(document, `Piece ${pieceNumber}/${pieces.length}   Ref ${shipment.reference}`, 190);
  drawCode128(document, { ...CODE, text: shipment.number, top: 206 });
  plain(document, `WAYBILL ${shipment.number}`, 270);
  const trackingNumber = pieces.find(({ number }) => number === pieceNumber)?.trackingNumber ?? '';
  drawCode128(document, { ...CODE, text: trackingNumber, top: 300 });
  plain(document, trackingNumber, 364);
}

function heading(document: PDFKit.PDFDocument, text: string): void {
  document.font('Helvetica-Bold').fontSize(14).text(text, MARGIN, 16, { lineBreak: false });
}

function plain(document: PDFKit.PDFDocument, text: string, top: number): void {
  document.font('Helvetica').fontSize(9).text(latin(text), MARGIN, top, { lineBreak: false });
}

function drawParty(document: PDFKit.PDFDocument, role: string, party: Party, top: number): void {
  const { postalAddress, contactInformation } = party;
  const { addressLine1, addressLine2, addressLine3, postalCode, cityName, countryCode } = postalAddress;
  const lines = [
    `${role}: ${contactInformation.companyName}, ${contactInformation.fullName}`,
    [addressLine1, addressLine2, addressLine3].filter((line) => line !== undefined).join(', '),
    `${postalCode} ${cityName} ${countryCode}  ${contactInformation.phone}`,
  ];
  document.font('Helvetica').fontSize(8);
  lines.forEach((line, index) => {
    document.text(latin(line).slice(0, 66), MARGIN, top + index * 12, { lineBreak: false });
  });
}
