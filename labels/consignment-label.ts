import { drawCode128, drawQr } from './codes.ts';
import { INNER_WIDTH, MARGIN, mm, PAGE_HEIGHT, PAGE_WIDTH, type Sheet, TextTooLong } from './sheet.ts';

/** An address as it stands on a label. */
export interface LabelAddress {
  name: string;
  company: string | null;
  lines: readonly string[];
  city: string;
  region: string | null;
  postcode: string | null;
  countryCode: string;
}

/** One piece of a consignment as our own label shows it. No phone number: carriers have it on theirs. */
export interface ConsignmentLabelInput {
  consignmentNumber: string;
  /** From 1. */
  piece: number;
  pieces: number;
  /** Content of the QR code: the piece's address here, else what the Code 128 says. */
  qrText: string;
  from: LabelAddress;
  to: LabelAddress;
  orderNumbers: readonly string[];
  weightGrams: number;
  /** `YYYY-MM-DD` and `HH:MM` in the brand's time zone. */
  slotDate: string;
  slotTime: string;
  carrier: string;
  trackingNumber: string | null;
  incoterm: string;
  /** Such as `CONTAINS LITHIUM BATTERIES`, in capitals. */
  marks: readonly string[];
}

/** What the Code 128 of a piece says: consignment number, piece, pieces. */
export const pieceCode = ({
  consignmentNumber,
  piece,
  pieces,
}: Pick<ConsignmentLabelInput, 'consignmentNumber' | 'piece' | 'pieces'>): string =>
  `${consignmentNumber}/${piece}/${pieces}`;

const QR_SIZE = mm(30);
const LEFT_WIDTH = INNER_WIDTH - QR_SIZE - mm(2);
const HEAD_BOTTOM = MARGIN + mm(17);
const CODE_TOP = mm(95);
const CODE_HEIGHT = mm(16);
const FACTS_TOP = CODE_TOP + CODE_HEIGHT + mm(6);
const BOTTOM = PAGE_HEIGHT - MARGIN;
const MARK_HEIGHT = mm(5);
/** Sizes that are tried for the address, so that a long one still fits. */
const ADDRESS_SIZES = [12, 11, 10, 9, 8, 7];
const MOST_ORDERS = 8;

/**
 * Draws our own label of one piece on a page of its own: where it goes in big letters, number and piece as Code 128 and
 * QR code, from, to, orders, weight, cut-off and marks.
 *
 * @throws TextTooLong for an address that does not fit even in small print, UnprintableCode
 */
export function drawConsignmentLabel(sheet: Sheet, input: ConsignmentLabelInput): void {
  sheet.about(`${input.consignmentNumber}, label of piece ${input.piece}`);
  sheet.addPage();
  drawHead(sheet, input);
  drawQr(sheet, input.qrText, { left: PAGE_WIDTH - MARGIN - QR_SIZE, top: HEAD_BOTTOM + mm(1), width: QR_SIZE });
  drawAddresses(sheet, input);
  const code = pieceCode(input);
  sheet.rule(CODE_TOP - mm(1.5));
  drawCode128(sheet, code, { left: MARGIN, top: CODE_TOP, width: INNER_WIDTH, height: CODE_HEIGHT });
  sheet.text(code, {
    left: MARGIN,
    top: CODE_TOP + CODE_HEIGHT + 1,
    width: INNER_WIDTH,
    size: 10,
    weight: 'bold',
    align: 'center',
  });
  drawFacts(sheet, input);
  drawMarks(sheet, input.marks);
}

function drawHead(sheet: Sheet, { to, piece, pieces, incoterm }: ConsignmentLabelInput): void {
  const country = to.countryCode;
  sheet.text(country, { left: MARGIN, top: MARGIN - 6, width: mm(26), size: 42, weight: 'bold' });
  const place = [to.postcode ?? '', to.city].filter(Boolean).join(' ');
  const room = { left: MARGIN + mm(27), width: mm(38) };
  const size = [15, 12, 10, 8].find((tried) => sheet.heightOf(place, { ...room, size: tried, weight: 'bold' }) <= 36);
  sheet.text(place, { ...room, top: MARGIN, size: size ?? 7, weight: 'bold' });
  const right = { left: PAGE_WIDTH - MARGIN - mm(23), width: mm(23), align: 'right' as const };
  sheet.text(`${piece}/${pieces}`, { ...right, top: MARGIN - 4, size: 26, weight: 'bold' });
  sheet.text(`piece, ${incoterm}`, { ...right, top: MARGIN + 30, size: 8 });
  sheet.rule(HEAD_BOTTOM);
}

const present = (texts: readonly (string | null)[]): string[] =>
  texts.map((text) => text?.trim() ?? '').filter(Boolean);

const townOf = ({ postcode, city, region }: LabelAddress): string =>
  present([[city, postcode ?? ''].filter(Boolean).join(' '), region]).join(', ');

function drawAddresses(sheet: Sheet, { from, to }: ConsignmentLabelInput): void {
  const left = { left: MARGIN, width: LEFT_WIDTH };
  let top = HEAD_BOTTOM + mm(1.5);
  top += sheet.text('From', { ...left, top, size: 7 });
  for (const line of present([from.company ?? from.name, ...from.lines, `${townOf(from)}, ${from.countryCode}`])) {
    top += sheet.text(line, { ...left, top, size: 7.5 });
  }
  // Below the QR code the whole width is there.
  const toTop = Math.max(top + mm(2), HEAD_BOTTOM + mm(1) + QR_SIZE);
  const wide = { left: MARGIN, width: INNER_WIDTH };
  const lines = present([to.company, ...to.lines, townOf(to), to.countryCode]);
  const heightAt = (size: number): number =>
    9 +
    sheet.heightOf(to.name, { ...wide, size: size + 1, weight: 'bold' }) +
    lines.reduce((sum, line) => sum + sheet.heightOf(line, { ...wide, size }), 0);
  const size = ADDRESS_SIZES.find((tried) => toTop + heightAt(tried) <= CODE_TOP - mm(2.5));
  if (size === undefined) throw new TextTooLong([to.name, ...lines].join(', '));
  let y = toTop + sheet.text('To', { ...wide, top: toTop, size: 7 });
  y += sheet.text(to.name, { ...wide, top: y, size: size + 1, weight: 'bold' });
  lines.forEach((line, index) => {
    y += sheet.text(line, { ...wide, top: y, size, weight: index === lines.length - 1 ? 'bold' : 'regular' });
  });
}

function drawFacts(sheet: Sheet, input: ConsignmentLabelInput): void {
  const { orderNumbers, weightGrams, slotDate, slotTime, carrier, trackingNumber } = input;
  const shown = orderNumbers.slice(0, MOST_ORDERS).join(', ');
  const further = orderNumbers.length > MOST_ORDERS ? ` and ${orderNumbers.length - MOST_ORDERS} more` : '';
  const half = slotTime < '12:00' ? 'AM' : 'PM';
  const facts = [
    `Orders: ${shown}${further}`,
    `Weight: ${(weightGrams / 1000).toFixed(3)} kg · Cut-off: ${slotDate} ${half} (${slotTime})`,
    `Carrier: ${[carrier, trackingNumber ?? ''].filter(Boolean).join(' ')}`,
  ];
  let top = FACTS_TOP;
  for (const fact of facts) top += sheet.text(fact, { left: MARGIN, top, width: INNER_WIDTH, size: 7.5 });
}

const MARK_SIZES = [9, 8, 7, 6];

/** White on black along the bottom edge: the gravest alone, all others in a second bar above it. */
function drawMarks(sheet: Sheet, marks: readonly string[]): void {
  const [gravest, ...others] = marks;
  const bars = [others.join(' · '), gravest ?? ''].filter(Boolean).reverse();
  bars.forEach((text, index) => {
    const top = BOTTOM - (index + 1) * MARK_HEIGHT - index * 2;
    const form = { width: INNER_WIDTH, weight: 'bold' as const };
    const size = MARK_SIZES.find((tried) => sheet.widthOf(text, { size: tried, weight: 'bold' }) <= INNER_WIDTH);
    if (size === undefined) throw new TextTooLong(text);
    sheet.boxes([[MARGIN, top, INNER_WIDTH, MARK_HEIGHT]]);
    sheet.text(text, { ...form, left: MARGIN, top: top + 1.5, size, align: 'center', color: 'white' });
  });
}
