import { describe, expect, it } from 'vitest';
import { UnprintableCode } from './codes.ts';
import { fontFor, MissingGlyph } from './fonts.ts';
import { type PackingSlipInput, packingSlipPdf } from './packing-slip.ts';
import { printed } from './read-back.fixture.ts';
import { mm, TextTooLong } from './sheet.ts';

const input: PackingSlipInput = {
  brandName: 'Kopi Kita',
  consignment: {
    number: 'C-2026-001001',
    orderNumbers: ['TL-1', 'TL-2'],
    channelOrderNumbers: ['900001', '900002'],
    lines: [
      { sku: 'KOPI-250', title: 'Kopi Gayo 250 g, café “señor”', quantity: 2 },
      { sku: 'TEH-50', title: 'Teh hijau', quantity: 1 },
    ],
    pieces: 1,
  },
  qrText: 'https://tradelane.example/consignments/C-2026-001001',
};

const withTitle = (title: string): PackingSlipInput => ({
  ...input,
  consignment: { ...input.consignment, lines: [{ sku: 'A', title, quantity: 1 }] },
});

describe('packing slip', () => {
  it('names brand, orders and lines on a page of 100 × 150 mm', async () => {
    const [page, ...others] = await printed(await packingSlipPdf(input));
    expect(others).toHaveLength(0);
    expect(page?.width).toBeCloseTo(mm(100), 0);
    expect(page?.height).toBeCloseTo(mm(150), 0);
    for (const shown of ['Kopi Kita', 'TL-1, TL-2', '900001, 900002', 'KOPI-250', 'café “señor”', '2 ×', '3 items']) {
      expect(page?.text).toContain(shown);
    }
  });

  it('carries the number as Code 128 and the QR code, readable in black and white at 203 dpi, on every page', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => ({
      sku: `SKU-${index}`,
      title: `Title ${index}`,
      quantity: 1,
    }));
    const pages = await printed(await packingSlipPdf({ ...input, consignment: { ...input.consignment, lines } }));
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) {
      expect(page.codes).toEqual([
        { format: 'Code128', text: 'C-2026-001001' },
        { format: 'QRCode', text: 'https://tradelane.example/consignments/C-2026-001001' },
      ]);
    }
    const text = pages.map((page) => page.text).join('\n');
    for (const { sku, title } of lines) expect(text).toMatch(new RegExp(`${sku}\\s+${title}\\s`));
    expect(text).toContain(`page ${pages.length} of ${pages.length}`);
  });

  it('is the same bytes for the same input', async () => {
    expect((await packingSlipPdf(input)).equals(await packingSlipPdf(structuredClone(input)))).toBe(true);
    expect((await packingSlipPdf(input)).equals(await packingSlipPdf(withTitle('B')))).toBe(false);
  });

  it.each([
    ['ชาเขียว', 'U+0E0A'],
    ['咖啡', 'U+5496'],
    ['Cà phê sữa', 'U+1EEF'],
    ['a\u202Eb', 'U+202E'],
    ['a\u0007b', 'U+0007'],
  ])('refuses the title %j, naming it and the character', async (title, character) => {
    const refusal = packingSlipPdf(withTitle(title));
    await expect(refusal).rejects.toBeInstanceOf(MissingGlyph);
    await expect(refusal).rejects.toMatchObject({ text: title, message: expect.stringContaining(character) });
  });

  it('refuses a title longer than a page and a number that no Code 128 can carry', async () => {
    await expect(packingSlipPdf(withTitle('word '.repeat(2000)))).rejects.toBeInstanceOf(TextTooLong);
    for (const number of ['Ç-1', 'X'.repeat(60)]) {
      const consignment = { ...input.consignment, number };
      await expect(packingSlipPdf({ ...input, consignment })).rejects.toBeInstanceOf(UnprintableCode);
    }
  });

  it('composes letters and accents that come apart, which is no transliteration', () => {
    expect(fontFor('cafe\u0301\n\t x').text).toBe('café x');
  });
});
