import { drawCode128, drawQr } from './codes.ts';
import { INNER_WIDTH, MARGIN, mm, PAGE_HEIGHT, PAGE_WIDTH, paginate, type Sheet } from './sheet.ts';

/** What the packing slip of an order shows; neither the buyer's address nor phone. */
export interface PackingSlipInput {
  brandName: string;
  consignmentNumber: string;
  /** Pieces of the whole consignment, in which other orders may travel as well. */
  pieces: number;
  orderNumber: string;
  /** The order's number on the marketplace, and the marketplace's name. */
  channelOrderNumber: string;
  channelName: string;
  lines: ReadonlyArray<{ sku: string; title: string; quantity: number }>;
  /** Content of the QR code: the order's address here, else its number. */
  qrText: string;
}

const CODE_HEIGHT = mm(12);
const QR_SIZE = mm(24);
const BODY_SIZE = 9;
const QUANTITY_WIDTH = mm(12);
const FOOTER_HEIGHT = mm(6);

interface Row {
  quantity: string;
  sku: string;
  text: string;
  height: number;
}

/**
 * Draws the packing slip of an order at 100 × 150 mm: what to put into the box, with the order's number as Code 128 and a
 * QR code on every page. Answers the number of pages.
 *
 * @throws TextTooLong, UnprintableCode
 */
export function drawPackingSlip(sheet: Sheet, input: PackingSlipInput): number {
  sheet.about(`${input.orderNumber}, packing slip`);
  const head = headTexts(input);
  const headHeight = Math.max(QR_SIZE, heightOfHead(sheet, head)) + CODE_HEIGHT + mm(9);
  const top = MARGIN + headHeight;
  const rows = [...numberRows(sheet, input), ...input.lines.map((line) => lineRow(sheet, line))];
  const pages = paginate(rows, PAGE_HEIGHT - MARGIN - FOOTER_HEIGHT - top);
  const items = input.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  pages.forEach((page, index) => {
    sheet.addPage();
    drawHead(sheet, input, head);
    let y = top;
    for (const row of page) {
      drawRow(sheet, row, y);
      y += row.height;
    }
    sheet.text(`${items} item${items === 1 ? '' : 's'} - page ${index + 1} of ${pages.length}`, {
      left: MARGIN,
      top: PAGE_HEIGHT - MARGIN - FOOTER_HEIGHT / 2,
      width: INNER_WIDTH,
      size: 8,
    });
  });
  return pages.length;
}

interface HeadText {
  text: string;
  size: number;
  weight: 'regular' | 'bold';
}

const HEAD_WIDTH = INNER_WIDTH - QR_SIZE - mm(2);

function headTexts({ brandName, orderNumber }: PackingSlipInput): HeadText[] {
  return [
    { text: brandName, size: 13, weight: 'bold' },
    { text: 'Packing slip', size: 10, weight: 'regular' },
    { text: orderNumber, size: 15, weight: 'bold' },
  ];
}

const heightOfHead = (sheet: Sheet, head: readonly HeadText[]): number =>
  head.reduce((sum, one) => sum + sheet.heightOf(one.text, { width: HEAD_WIDTH, ...one }), 0);

function drawHead(sheet: Sheet, input: PackingSlipInput, head: readonly HeadText[]): void {
  let y = MARGIN;
  for (const one of head) y += sheet.text(one.text, { left: MARGIN, top: y, width: HEAD_WIDTH, ...one });
  drawQr(sheet, input.qrText, { left: PAGE_WIDTH - MARGIN - QR_SIZE, top: MARGIN, width: QR_SIZE });
  const codeTop = MARGIN + Math.max(QR_SIZE, y - MARGIN) + mm(1);
  drawCode128(sheet, input.orderNumber, {
    left: MARGIN,
    top: codeTop,
    width: INNER_WIDTH,
    height: CODE_HEIGHT,
  });
  sheet.text(input.orderNumber, {
    left: MARGIN,
    top: codeTop + CODE_HEIGHT + 1,
    width: INNER_WIDTH,
    size: 8,
    align: 'center',
  });
  sheet.rule(codeTop + CODE_HEIGHT + mm(6));
}

function numberRows(sheet: Sheet, input: PackingSlipInput): Row[] {
  const { channelName, channelOrderNumber, consignmentNumber, pieces } = input;
  const texts = [
    `${channelName}: order ${channelOrderNumber}`,
    `Consignment ${consignmentNumber}, ${pieces} piece${pieces === 1 ? '' : 's'}`,
  ];
  return texts.map((text, index) => ({
    quantity: '',
    sku: '',
    text,
    height: sheet.heightOf(text, { width: INNER_WIDTH, size: BODY_SIZE }) + (index === texts.length - 1 ? 6 : 0),
  }));
}

function lineRow(sheet: Sheet, line: PackingSlipInput['lines'][number]): Row {
  const width = INNER_WIDTH - QUANTITY_WIDTH;
  const height =
    sheet.heightOf(line.sku, { width, size: BODY_SIZE, weight: 'bold' }) +
    sheet.heightOf(line.title, { width, size: BODY_SIZE }) +
    4;
  return { quantity: `${line.quantity} ×`, sku: line.sku, text: line.title, height };
}

function drawRow(sheet: Sheet, { quantity, sku, text }: Row, top: number): void {
  if (quantity === '') {
    sheet.text(text, { left: MARGIN, top, width: INNER_WIDTH, size: BODY_SIZE });
    return;
  }
  const place = { left: MARGIN + QUANTITY_WIDTH, width: INNER_WIDTH - QUANTITY_WIDTH, size: BODY_SIZE };
  sheet.text(quantity, { left: MARGIN, top, width: QUANTITY_WIDTH, size: 10, weight: 'bold' });
  const skuHeight = sheet.text(sku, { ...place, top, weight: 'bold' });
  sheet.text(text, { ...place, top: top + skuHeight });
}
