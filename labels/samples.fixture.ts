import { PDFDocument, rgb } from '@cantoo/pdf-lib';
import type { LabelBatch } from './batch.ts';
import { drawCode128 } from './codes.ts';
import type { ConsignmentLabelInput } from './consignment-label.ts';
import type { PackingSlipInput } from './packing-slip.ts';
import { mm, PAGE_WIDTH, Sheet } from './sheet.ts';

/** For tests: things to print. */

/** A carrier's label: pages of its own size with a mark of its own. */
export async function carrierLabel(pages: number, size: [number, number], shade: number): Promise<Buffer> {
  const document = await PDFDocument.create({ updateMetadata: false });
  for (let page = 0; page < pages; page += 1) {
    const added = document.addPage(size);
    added.drawText(`CARRIER ${shade} page ${page + 1}`, { x: 20, y: 100, size: 14 });
    added.drawRectangle({ x: 20, y: 20, width: 40 + shade, height: 30, color: rgb(0, 0, 0) });
  }
  return Buffer.from(await document.save());
}

/** A carrier's label with a Code 128 over its whole width, as carriers print it, on pages of `widthMm` × `heightMm`. */
export async function codedCarrierLabel(text: string, [widthMm, heightMm]: [number, number]): Promise<Buffer> {
  const sheet = new Sheet();
  sheet.addPage();
  drawCode128(sheet, text, { left: 0, top: mm(20), width: PAGE_WIDTH, height: mm(25) });
  const drawn = await PDFDocument.load(await sheet.finish(), { updateMetadata: false });
  const document = await PDFDocument.create({ updateMetadata: false });
  const embedded = await document.embedPage(drawn.getPage(0));
  const page = document.addPage([mm(widthMm), mm(heightMm)]);
  page.drawPage(embedded, { x: (mm(widthMm) - PAGE_WIDTH) / 2, y: 0 });
  return Buffer.from(await document.save());
}

export const ownLabel = (overrides: Partial<ConsignmentLabelInput> = {}): ConsignmentLabelInput => ({
  consignmentNumber: 'C-000123',
  piece: 1,
  pieces: 3,
  qrText: 'https://tradelane.example/consignments/01890a5d-ac96-774b-bcce-b302099a8057?piece=1',
  from: {
    name: 'Warehouse',
    company: 'Kauri Wool Pty Ltd',
    lines: ['12 Harbour Street'],
    city: 'Sydney',
    region: 'NSW',
    postcode: '2000',
    countryCode: 'AU',
  },
  to: {
    name: 'Budi Santoso',
    company: null,
    lines: ['Jl. Kemang Raya No. 12, RT 5 / RW 3', 'Kelurahan Bangka'],
    city: 'Jakarta Selatan',
    region: 'DKI Jakarta',
    postcode: '12730',
    countryCode: 'ID',
  },
  orderNumbers: ['TL-000001', 'TL-000002'],
  weightGrams: 1_250,
  slotDate: '2026-11-21',
  slotTime: '11:00',
  carrier: 'DHL Express',
  trackingNumber: '1234567890',
  incoterm: 'DDP',
  marks: [],
  ...overrides,
});

export const slip = (overrides: Partial<PackingSlipInput> = {}): PackingSlipInput => ({
  brandName: 'Kopi Kita',
  consignmentNumber: 'C-000123',
  pieces: 3,
  orderNumber: 'TL-000001',
  channelOrderNumber: '900001',
  channelName: 'JD.id',
  lines: [
    { sku: 'KOPI-250', title: 'Kopi Gayo 250 g, café “señor”', quantity: 2 },
    { sku: 'TEH-50', title: 'ชาเขียวน้ำผึ้ง 50 ซอง', quantity: 1 },
    { sku: 'CA-1', title: 'Cà phê sữa đá Nguyễn', quantity: 1 },
    { sku: 'TEA-9', title: '武夷山大紅袍 茶葉 100克', quantity: 4 },
  ],
  qrText: 'https://tradelane.example/orders/01890a5d-ac96-774b-bcce-b302099a8057',
  ...overrides,
});

const listed = (number: string, pieces = 1) => ({
  number,
  orderNumbers: [`TL-${number}`],
  pieces,
  trackingNumber: `99${number}`,
});

/** A cover and the carriers' labels of two consignments, the second first. */
export async function batch(): Promise<LabelBatch & { cover: NonNullable<LabelBatch['cover']> }> {
  const plain = { ownLabels: [], packingSlips: [] };
  return {
    cover: {
      brandName: 'Kopi Kita',
      batchId: 'labels:kopi:2026-11-21:1100:1',
      slotDate: '2026-11-21',
      slotTime: '11:00',
      revision: 1,
      consignments: [listed('C-1', 2), listed('C-2')],
    },
    consignments: [
      { ...plain, consignmentNumber: 'C-2', carrierLabel: await carrierLabel(1, [mm(99), mm(200)], 20) },
      { ...plain, consignmentNumber: 'C-1', carrierLabel: await carrierLabel(2, [288, 432], 10) },
    ],
  };
}
