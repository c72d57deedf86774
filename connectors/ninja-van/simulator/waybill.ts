import bwipjs from 'bwip-js/node';
import PDFDocument from 'pdfkit';
import { drawCode128, latin } from '../../simulator-kit/drawing.ts';
import type { VendorAnswer } from '../../simulator-kit/index.ts';
import type { Account, Party, Shipment, World } from './model.ts';
import { Problem } from './problem.ts';

/** Page sizes in points: A6, upright and lying. */
const SIZES: Readonly<Record<string, [number, number]>> = { portrait: [297.64, 419.53], landscape: [419.53, 297.64] };
const MARGIN = 14;
/** Width of a narrow bar: about 0.35 mm, almost three dots at 203 dpi. */
const BAR_POINTS = 1;
/** Side of a module of the QR code. */
const MODULE_POINTS = 3;

/** `GET /{cc}/2.0/reports/waybill?tid=…`: one page per parcel; 404 while one of them is not ready. */
export async function waybill(world: World, { country }: Account, query: URLSearchParams): Promise<VendorAnswer> {
  const numbers = query.getAll('tid').flatMap((value) => value.split(','));
  if (numbers.length === 0 || numbers.includes('')) {
    throw new Problem(400, 'tid is required', [{ reason: 'missing', field: 'tid', message: 'tid is required' }]);
  }
  const latestMs = world.tools.clock.now().getTime() - world.state.dials.waybillLateMs;
  const shipments = numbers.map((number) => {
    const shipment = world.state.shipments[number];
    const isReady = shipment?.country === country && Date.parse(shipment.bookedAt) <= latestMs;
    if (!isReady || shipment.cancelledAt !== null) throw new Problem(404, 'Waybill not found');
    return shipment;
  });
  const isHidden = query.get('hide_shipper_details') === 'true';
  const body = await draw(shipments, SIZES[query.get('orientation') ?? ''] ?? [297.64, 419.53], isHidden);
  return { status: 200, headers: { 'content-type': 'application/pdf' }, body, summary: numbers.join(',') };
}

async function draw(shipments: readonly Shipment[], size: [number, number], isHidden: boolean): Promise<Buffer> {
  const date = new Date(shipments[0]?.bookedAt ?? 0);
  const document = new PDFDocument({ size, margin: 0, info: { CreationDate: date, ModDate: date } });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve);
    document.on('error', reject);
  });
  shipments.forEach((shipment, index) => {
    if (index > 0) document.addPage();
    drawPage(document, shipment, isHidden);
  });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function drawPage(document: PDFKit.PDFDocument, { number, country, request, reference }: Shipment, isHidden: boolean) {
  document.font('Helvetica-Bold').fontSize(14).text(`NINJA VAN  ${country}`, MARGIN, 14, { lineBreak: false });
  drawCode128(document, { text: number, left: MARGIN + 10 * BAR_POINTS, top: 36, height: 54, barWidth: BAR_POINTS });
  document.fontSize(11).text(number, MARGIN, 94, { lineBreak: false });
  if (!isHidden) drawParty(document, 'From', request.from, 116);
  drawParty(document, 'To', request.to, 160);
  const weight = request.parcel_job.dimensions?.weight;
  const line = [request.service_level, weight === undefined ? '' : `${weight} kg`, `Ref ${reference}`].join('   ');
  document.font('Helvetica').fontSize(8).text(latin(line), MARGIN, 208, { lineBreak: false });
  drawQr(document, number, 222);
}

function drawParty(document: PDFKit.PDFDocument, role: string, party: Party, top: number): void {
  const { address1, address2 = '', postcode = '', city = '', country } = party.address;
  const lines = [
    `${role}: ${party.name}  ${party.phone_number ?? ''}`,
    `${address1} ${address2}`,
    `${postcode} ${city} ${country}`,
  ];
  document.font('Helvetica').fontSize(8);
  lines.forEach((text, index) => {
    document.text(latin(text).slice(0, 66), MARGIN, top + index * 12, { lineBreak: false });
  });
}

function drawQr(document: PDFKit.PDFDocument, text: string, top: number): void {
  const [encoded] = bwipjs.raw({ bcid: 'qrcode', text });
  if (encoded === undefined || !('pixs' in encoded)) return;
  const { pixs, pixx } = encoded;
  for (const [index, dark] of [...pixs].entries()) {
    if (dark !== 1) continue;
    const x = MARGIN + 10 + (index % pixx) * MODULE_POINTS;
    document.rect(x, top + Math.floor(index / pixx) * MODULE_POINTS, MODULE_POINTS, MODULE_POINTS);
  }
  document.fill('black');
}
