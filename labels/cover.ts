import { drawQr } from './codes.ts';
import { INNER_WIDTH, MARGIN, mm, PAGE_HEIGHT, PAGE_WIDTH, paginate, type Sheet } from './sheet.ts';

/** What the cover sheet of a batch names. */
export interface BatchCover {
  brandName: string;
  batchId: string;
  /** `YYYY-MM-DD` and `HH:MM` in the brand's time zone. */
  slotDate: string;
  slotTime: string;
  /** From 1. */
  revision: number;
  consignments: ReadonlyArray<{
    number: string;
    orderNumbers: readonly string[];
    pieces: number;
    trackingNumber: string;
  }>;
}

const QR_SIZE = mm(26);
const HEAD_WIDTH = INNER_WIDTH - QR_SIZE - mm(2);
const SHOWN_CHECKSUM = 16;
const FOOTER_HEIGHT = mm(6);
const NUMBERS_PER_ROW = 30;
const DETAIL_SIZE = 8;
const PAGES_WIDTH = mm(26);

interface Row {
  head: string;
  text: string;
  /** Index of the consignment; only its first row shows number and pages. */
  consignment: number;
  isFirst: boolean;
  height: number;
}

/** What follows for each consignment, in the cover's order. */
export interface CoverPages {
  readonly counts: readonly number[];
  /** Its label is in the file for label printers, not among the pages. */
  readonly inFile?: readonly boolean[];
}

/**
 * Draws the cover sheet: batch, counts, checksum, and for every consignment which pages are its labels and slips, so that a
 * missing one is seen at once. Long lists go on over several sheets; answers their number. On sheets of four labels a
 * "page" is one label.
 *
 * @throws TextTooLong, UnprintableCode
 */
export function drawCover(
  sheet: Sheet,
  cover: BatchCover,
  { counts: pageCounts, inFile = [] }: CoverPages,
  checksum: string,
): number {
  sheet.about(`cover of ${cover.batchId}`);
  const head = headTexts(cover, checksum);
  const headHeight = head.reduce((sum, one) => sum + sheet.heightOf(one.text, { width: HEAD_WIDTH, ...one }), 0);
  const top = MARGIN + Math.max(headHeight, QR_SIZE) + mm(3);
  const pages = paginate(rowsOf(sheet, cover, inFile), PAGE_HEIGHT - MARGIN - FOOTER_HEIGHT - top);
  const ranges = pageRanges(pages.length, pageCounts);
  const total = pages.length + pageCounts.reduce((sum, count) => sum + count, 0);
  pages.forEach((rows, index) => {
    sheet.addPage();
    drawHead(sheet, cover, head, checksum);
    let y = top;
    for (const row of rows) {
      drawRow(sheet, row, ranges[row.consignment] ?? '', y);
      y += row.height;
    }
    sheet.text(`Cover sheet ${index + 1} of ${pages.length} - this batch has ${total} label pages`, {
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

function headTexts(cover: BatchCover, checksum: string): HeadText[] {
  const pieces = cover.consignments.reduce((sum, one) => sum + one.pieces, 0);
  return [
    { text: cover.brandName, size: 12, weight: 'bold' },
    { text: `Batch ${cover.slotDate} ${cover.slotTime}, revision ${cover.revision}`, size: 9, weight: 'bold' },
    {
      text: `${counted(cover.consignments.length, 'consignment')}, ${counted(pieces, 'piece')}`,
      size: 9,
      weight: 'regular',
    },
    { text: `Checksum ${checksum.slice(0, SHOWN_CHECKSUM)}`, size: 8, weight: 'regular' },
    { text: cover.batchId, size: 7, weight: 'regular' },
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function drawHead(sheet: Sheet, cover: BatchCover, head: readonly HeadText[], checksum: string): void {
  let y = MARGIN;
  for (const one of head) y += sheet.text(one.text, { left: MARGIN, top: y, width: HEAD_WIDTH, ...one });
  drawQr(sheet, `${cover.batchId} ${checksum.slice(0, SHOWN_CHECKSUM)}`, {
    left: PAGE_WIDTH - MARGIN - QR_SIZE,
    top: MARGIN,
    width: QR_SIZE,
  });
  sheet.rule(Math.max(y, MARGIN + QR_SIZE) + mm(1));
}

function rowsOf(sheet: Sheet, { consignments }: BatchCover, inFile: readonly boolean[]): Row[] {
  return consignments.flatMap((one, consignment) => {
    const rows: Row[] = [];
    for (let from = 0; from < Math.max(1, one.orderNumbers.length); from += NUMBERS_PER_ROW) {
      const isFirst = from === 0;
      const orders = one.orderNumbers.slice(from, from + NUMBERS_PER_ROW).join(', ');
      const tracking = `Tracking ${one.trackingNumber}; orders ${orders}`;
      const first = inFile[consignment] ? `Label in the ZPL file. ${tracking}` : tracking;
      const text = isFirst ? first : orders;
      const head = isFirst ? `${one.number} - ${counted(one.pieces, 'piece')}` : `${one.number} - further orders`;
      const height =
        sheet.heightOf(head, { width: INNER_WIDTH - PAGES_WIDTH, size: 9, weight: 'bold' }) +
        sheet.heightOf(text, { width: INNER_WIDTH, size: DETAIL_SIZE }) +
        4;
      rows.push({ head, text, consignment, isFirst, height });
    }
    return rows;
  });
}

function drawRow(sheet: Sheet, row: Row, pages: string, top: number): void {
  const headWidth = INNER_WIDTH - PAGES_WIDTH;
  const height = sheet.text(row.head, { left: MARGIN, top, width: headWidth, size: 9, weight: 'bold' });
  if (row.isFirst) {
    sheet.text(pages, { left: MARGIN + headWidth, top, width: PAGES_WIDTH, size: 9, align: 'right' });
  }
  sheet.text(row.text, { left: MARGIN, top: top + height, width: INNER_WIDTH, size: DETAIL_SIZE });
}

function pageRanges(coverPages: number, pageCounts: readonly number[]): string[] {
  let next = coverPages + 1;
  return pageCounts.map((count) => {
    const first = next;
    next += count;
    if (count === 0) return '';
    return count === 1 ? `page ${first}` : `pages ${first}-${next - 1}`;
  });
}
