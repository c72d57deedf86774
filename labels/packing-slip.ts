import { drawCode128, drawQr } from './codes.ts';
import { INNER_WIDTH, MARGIN, mm, PAGE_HEIGHT, PAGE_WIDTH, paginate, Sheet } from './sheet.ts';

/** What a packing slip shows; neither the buyer's address nor phone. */
export interface PackingSlipInput {
  brandName: string;
  consignment: {
    number: string;
    orderNumbers: readonly string[];
    channelOrderNumbers: readonly string[];
    lines: ReadonlyArray<{ sku: string; title: string; quantity: number }>;
    pieces: number;
  };
  /** Content of the QR code: the consignment's address here, else its number. */
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
 * Draws the packing slip of a consignment at 100 × 150 mm: what to put into the box, with the consignment number as
 * Code 128 and a QR code on every page. The same input gives the same bytes.
 *
 * @throws MissingGlyph for a text that no font can draw, TextTooLong, UnprintableCode
 */
export async function packingSlipPdf(input: PackingSlipInput): Promise<Buffer> {
  const sheet = new Sheet();
  const head = headTexts(input);
  const headHeight = Math.max(QR_SIZE, heightOfHead(sheet, head)) + CODE_HEIGHT + mm(9);
  const top = MARGIN + headHeight;
  const rows = [...orderRows(sheet, input), ...input.consignment.lines.map((line) => lineRow(sheet, line))];
  const pages = paginate(rows, PAGE_HEIGHT - MARGIN - FOOTER_HEIGHT - top);
  const items = input.consignment.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  pages.forEach((page, index) => {
    sheet.addPage();
    drawHead(sheet, input, head);
    let y = top;
    for (const row of page) {
      drawRow(sheet, row, y);
      y += row.height;
    }
    sheet.text(`${items} items in ${input.consignment.pieces} piece(s) - page ${index + 1} of ${pages.length}`, {
      left: MARGIN,
      top: PAGE_HEIGHT - MARGIN - FOOTER_HEIGHT / 2,
      width: INNER_WIDTH,
      size: 8,
    });
  });
  return sheet.finish();
}

interface HeadText {
  text: string;
  size: number;
  weight: 'regular' | 'bold';
}

const HEAD_WIDTH = INNER_WIDTH - QR_SIZE - mm(2);

function headTexts({ brandName, consignment }: PackingSlipInput): HeadText[] {
  return [
    { text: brandName, size: 13, weight: 'bold' },
    { text: 'Packing slip', size: 11, weight: 'regular' },
    { text: `Consignment ${consignment.number}`, size: 11, weight: 'bold' },
  ];
}

const heightOfHead = (sheet: Sheet, head: readonly HeadText[]): number =>
  head.reduce((sum, one) => sum + sheet.heightOf(one.text, { width: HEAD_WIDTH, ...one }), 0);

function drawHead(sheet: Sheet, input: PackingSlipInput, head: readonly HeadText[]): void {
  let y = MARGIN;
  for (const one of head) y += sheet.text(one.text, { left: MARGIN, top: y, width: HEAD_WIDTH, ...one });
  drawQr(sheet, input.qrText, { left: PAGE_WIDTH - MARGIN - QR_SIZE, top: MARGIN, width: QR_SIZE });
  const codeTop = MARGIN + Math.max(QR_SIZE, y - MARGIN) + mm(1);
  drawCode128(sheet, input.consignment.number, {
    left: MARGIN,
    top: codeTop,
    width: INNER_WIDTH,
    height: CODE_HEIGHT,
  });
  sheet.text(input.consignment.number, {
    left: MARGIN,
    top: codeTop + CODE_HEIGHT + 2,
    width: INNER_WIDTH,
    size: 8,
    align: 'center',
  });
  sheet.rule(codeTop + CODE_HEIGHT + mm(6));
}

/** The order numbers; many of them go on over several rows, so that they may go on over pages too. */
function orderRows(sheet: Sheet, { consignment }: PackingSlipInput): Row[] {
  const row = (text: string): Row => ({
    quantity: '',
    sku: '',
    text,
    height: sheet.heightOf(text, { width: INNER_WIDTH, size: BODY_SIZE }) + 2,
  });
  const rows: Row[] = [];
  for (const [what, numbers] of [
    ['Orders', consignment.orderNumbers],
    ['Marketplace orders', consignment.channelOrderNumbers],
  ] as const) {
    for (let from = 0; from < numbers.length; from += 20) {
      rows.push(row(`${what}: ${numbers.slice(from, from + 20).join(', ')}`));
    }
  }
  return rows;
}

function lineRow(sheet: Sheet, line: PackingSlipInput['consignment']['lines'][number]): Row {
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
