import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** For tests: documents as a printer and a scanner see them. */

const DPI = 203;

/** A page as rendered for a 203 dpi printer. Sizes in points. */
export interface PrintedPage {
  text: string;
  width: number;
  height: number;
  /** Codes read from the page: symbology identifier family and content. */
  codes: { format: string; text: string }[];
  /** SHA-256 of the picture, in black and white as on thermal paper. */
  image: string;
}

let isReady = false;

async function prepareReader(): Promise<void> {
  if (isReady) return;
  const wasm = readFileSync(fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
  // Without the file at hand the module would fetch it from the internet.
  await prepareZXingModule({
    overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) },
    fireImmediately: true,
  });
  isReady = true;
}

/** Renders every page in black and white and reads its codes. */
export async function printed(pdf: Uint8Array): Promise<PrintedPage[]> {
  await prepareReader();
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const pages: PrintedPage[] = [];
  for (const page of document.pages()) {
    const text = page.getText();
    // Rendering closes the page.
    const { data, width, height, ...size } = await page.render({
      scale: DPI / 72,
      colorSpace: 'Gray',
      render: 'bitmap',
    });
    const pixels = new Uint8Array(data.length);
    for (let index = 0; index < data.length; index += 1) pixels[index] = (data[index] ?? 0) < 128 ? 0 : 255;
    pages.push({
      text,
      width: size.originalWidth,
      height: size.originalHeight,
      codes: await codesOf(pixels, width, height),
      image: createHash('sha256').update(pixels).digest('hex'),
    });
  }
  document.destroy();
  library.destroy();
  return pages;
}

/** The text of every page. */
export async function textsOf(pdf: Uint8Array): Promise<string[]> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const texts = [...document.pages()].map((page) => page.getText());
  document.destroy();
  library.destroy();
  return texts;
}

async function codesOf(pixels: Uint8Array, width: number, height: number): Promise<PrintedPage['codes']> {
  // Black or white, opaque: whatever the order of the bytes is.
  const colours = new Uint32Array(width * height).fill(0xff_ff_ff_ff);
  const black = new Uint32Array(Uint8Array.of(0, 0, 0, 255).buffer)[0] ?? 0;
  for (let index = 0; index < colours.length; index += 1) if (pixels[index] === 0) colours[index] = black;
  const data = new Uint8ClampedArray(colours.buffer);
  const found = await readBarcodes(
    { data, width, height, colorSpace: 'srgb' },
    { tryHarder: true, tryInvert: false, maxNumberOfSymbols: 8 },
  );
  return found.map(({ format, text }) => ({ format, text })).sort((a, b) => (a.format < b.format ? -1 : 1));
}
