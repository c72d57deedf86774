import bwipjs from 'bwip-js/node';
import { mm, type Sheet } from './sheet.ts';

/** One dot of a 203 dpi thermal printer, in points: code modules are whole dots, so that no bar is rounded away. */
const DOT = 72 / 203;
/** 0.25 mm, the narrowest module that common scanners read from a 203 dpi print. */
const MIN_BAR_DOTS = 2;
const MAX_BAR_DOTS = 4;
const QUIET_MODULES = 10;
const QR_QUIET_MODULES = 4;
const QR_MIN_DOTS = 3;

/** A text that can't be drawn as a code: characters that it has no signs for, or no room for it. */
export class UnprintableCode extends Error {
  readonly text: string;

  constructor(text: string, why: string) {
    super(`${why}: "${text}"`);
    this.name = 'UnprintableCode';
    this.text = text;
  }
}

/** Where a code stands; lengths in points. The quiet zone lies inside. */
export interface CodePlace {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Draws a Code 128, centred, bars as filled boxes and as wide as whole printer dots allow.
 * @throws UnprintableCode for other characters than printable ASCII and for a text too long for the width
 */
export function drawCode128(sheet: Sheet, text: string, place: CodePlace): void {
  checkText(text);
  const [encoded] = bwipjs.raw({ bcid: 'code128', text });
  if (encoded === undefined || !('sbs' in encoded)) throw new UnprintableCode(text, 'no Code 128 for this text');
  const modules = encoded.sbs.reduce((sum, width) => sum + width, 0);
  const dots = Math.min(MAX_BAR_DOTS, Math.floor(place.width / DOT / (modules + 2 * QUIET_MODULES)));
  if (dots < MIN_BAR_DOTS) throw new UnprintableCode(text, 'too long for a Code 128 of this width');
  const moduleWidth = dots * DOT;
  const boxes: [number, number, number, number][] = [];
  let left = place.left + (place.width - modules * moduleWidth) / 2;
  encoded.sbs.forEach((width, index) => {
    if (index % 2 === 0) boxes.push([left, place.top, width * moduleWidth, place.height]);
    left += width * moduleWidth;
  });
  sheet.boxes(boxes);
}

/**
 * Draws a QR code (error correction M) in a square, into its top right corner.
 * @throws UnprintableCode for other characters than printable ASCII and when the text needs smaller modules than a
 * 203 dpi printer can print
 */
export function drawQr(sheet: Sheet, text: string, place: Omit<CodePlace, 'height'>): void {
  checkText(text);
  const [encoded] = bwipjs.raw('qrcode', text, 'eclevel=M');
  if (encoded === undefined || !('pixs' in encoded)) throw new UnprintableCode(text, 'no QR code for this text');
  const { pixs, pixx, pixy } = encoded;
  const dots = Math.floor(place.width / DOT / (pixx + 2 * QR_QUIET_MODULES));
  if (dots < QR_MIN_DOTS)
    throw new UnprintableCode(text, `too long for a QR code of ${(place.width / mm(1)).toFixed(0)} mm`);
  const module = dots * DOT;
  const left = place.left + place.width - (pixx + QR_QUIET_MODULES) * module;
  const top = place.top + QR_QUIET_MODULES * module;
  const boxes: [number, number, number, number][] = [];
  for (let row = 0; row < pixy; row += 1) {
    for (let column = 0; column < pixx; ) {
      const start = column;
      while (column < pixx && pixs[row * pixx + column] === 1) column += 1;
      if (column > start) boxes.push([left + start * module, top + row * module, (column - start) * module, module]);
      else column += 1;
    }
  }
  sheet.boxes(boxes);
}

function checkText(text: string): void {
  if (!/^[\x20-\x7e]+$/.test(text)) throw new UnprintableCode(text, 'codes take printable ASCII only');
}
