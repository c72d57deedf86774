import { describe, expect, it } from 'vitest';
import { printBatch } from './batch.ts';
import { UnprintableCode } from './codes.ts';
import type { ConsignmentLabelInput } from './consignment-label.ts';
import { printed, textsOf } from './read-back.fixture.ts';
import { ownLabel, slip } from './samples.fixture.ts';
import { mm, TextTooLong } from './sheet.ts';

const print = (...labels: ConsignmentLabelInput[]) =>
  printBatch({
    cover: null,
    consignments: [{ consignmentNumber: 'C-000123', carrierLabel: null, ownLabels: labels, packingSlips: [] }],
  });

const printSlip = (...slips: ReturnType<typeof slip>[]) =>
  printBatch({
    cover: null,
    consignments: [{ consignmentNumber: 'C-000123', carrierLabel: null, ownLabels: [], packingSlips: slips }],
  });

describe('consignment label', () => {
  it('is a page of 100 × 150 mm with both codes, readable in black and white at 203 dpi', async () => {
    const label = ownLabel({ marks: ['CONTAINS LITHIUM BATTERIES', 'FRAGILE', 'GOODS: MAGNETS'] });
    const { pdf } = await print(label);
    const [page, ...others] = await printed(pdf);
    expect(others).toEqual([]);
    expect(page?.width).toBeCloseTo(mm(100), 0);
    expect(page?.height).toBeCloseTo(mm(150), 0);
    expect(page?.codes).toEqual([
      { format: 'Code128', text: 'C-000123/1/3' },
      { format: 'QRCode', text: label.qrText },
    ]);
    for (const shown of [
      '1/3',
      'Budi Santoso',
      'Jl. Kemang Raya No. 12, RT 5 / RW 3',
      'Kauri Wool Pty Ltd',
      'TL-000001, TL-000002',
      '1.250 kg',
      '2026-11-21 AM (11:00)',
      'CONTAINS LITHIUM BATTERIES',
      'FRAGILE · GOODS: MAGNETS',
    ]) {
      expect(page?.text).toContain(shown);
    }
  });

  it('prints Thai, Chinese and Vietnamese; what no font has is romanised and reported', async () => {
    const { to } = ownLabel();
    const { pdf } = await print(
      ownLabel({ to: { ...to, name: 'สมชาย ใจดี', lines: ['ซอยลาดพร้าว 101'], city: 'กรุงเทพมหานคร' } }),
      ownLabel({ to: { ...to, name: '陳大文', lines: ['市府路四十五號'], city: '臺北市' } }),
      ownLabel({ to: { ...to, name: 'Nguyễn Thị Ánh', lines: ['Đường số 7'], city: 'Đà Nẵng' } }),
    );
    const texts = await textsOf(pdf);
    expect(texts[0]).toContain('สมชาย');
    expect(texts[1]).toContain('陳大文');
    expect(texts[2]).toContain('Nguyễn Thị Ánh');
    const romanised = await print(ownLabel({ to: { ...to, name: '김철수', lines: ['شارع الملك'], city: 'Seoul' } }));
    expect((await textsOf(romanised.pdf))[0]).toContain('Gimcheolsu');
    expect(romanised.missing.map(({ about, text, drawn }) => [about, text, drawn])).toEqual([
      ['C-000123, label of piece 1', '김철수', 'Gimcheolsu'],
      ['C-000123, label of piece 1', 'شارع الملك', 'Shara Almlk'],
    ]);
  });

  it('prints a long address smaller and refuses one that does not fit, cutting nothing', async () => {
    const { to } = ownLabel();
    const street = 'Gedung Perkantoran Mutiara Indah Permai lantai dua belas '.repeat(5);
    const { pdf } = await print(ownLabel({ to: { ...to, lines: [street] } }));
    const [text] = await textsOf(pdf);
    expect(text?.match(/Gedung/g)).toHaveLength(5);
    await expect(print(ownLabel({ to: { ...to, lines: [street.repeat(10)] } }))).rejects.toBeInstanceOf(TextTooLong);
  });

  it('is the same bytes for the same input', async () => {
    const first = await print(ownLabel());
    expect(first.pdf.equals((await print(ownLabel())).pdf)).toBe(true);
    expect(first.pdf.equals((await print(ownLabel({ piece: 2 }))).pdf)).toBe(false);
  });
});

describe('packing slip', () => {
  it('names brand, order and lines in every script, with both codes', async () => {
    const { pdf, missing } = await printSlip(slip());
    const [page, ...others] = await printed(pdf);
    expect([others, missing]).toEqual([[], []]);
    for (const shown of ['Kopi Kita', 'TL-000001', '900001', 'KOPI-250', 'café “señor”', '2 ×', '8 items', 'Nguyễn']) {
      expect(page?.text).toContain(shown);
    }
    expect(page?.text).toContain('武夷山');
    expect(page?.codes).toEqual([
      { format: 'Code128', text: 'TL-000001' },
      { format: 'QRCode', text: slip().qrText },
    ]);
  });

  it('goes on over several pages with its codes on each', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => ({
      sku: `SKU-${index}`,
      title: `Title ${index}`,
      quantity: 1,
    }));
    const pages = await printed((await printSlip(slip({ lines }))).pdf);
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page.codes.map(({ text }) => text)).toEqual(['TL-000001', slip().qrText]);
    const text = pages.map((page) => page.text).join('\n');
    for (const { sku, title } of lines) expect(text).toMatch(new RegExp(`${sku}\\s+${title}\\s`));
    expect(text).toContain(`page ${pages.length} of ${pages.length}`);
  });

  it('refuses a title longer than a page and a number that no Code 128 can carry', async () => {
    const long = slip({ lines: [{ sku: 'A', title: 'word '.repeat(2000), quantity: 1 }] });
    await expect(printSlip(long)).rejects.toBeInstanceOf(TextTooLong);
    for (const orderNumber of ['Ç-1', 'X'.repeat(60)]) {
      await expect(printSlip(slip({ orderNumber }))).rejects.toBeInstanceOf(UnprintableCode);
    }
  });
});
