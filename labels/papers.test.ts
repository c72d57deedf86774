import { describe, expect, it } from 'vitest';
import { printBatch } from './batch.ts';
import { onPaper } from './papers.ts';
import { printed } from './read-back.fixture.ts';
import { codedCarrierLabel, ownLabel, slip } from './samples.fixture.ts';
import { mm } from './sheet.ts';

const labels = [1, 2, 3].map((piece) => ownLabel({ piece }));

async function document(carrierSize: [number, number] | null = null): Promise<Buffer> {
  const { pdf } = await printBatch({
    cover: null,
    consignments: [
      {
        consignmentNumber: 'C-000123',
        carrierLabel: carrierSize ? await codedCarrierLabel('JD014600009876', carrierSize) : null,
        ownLabels: labels,
        packingSlips: [slip()],
      },
    ],
  });
  return pdf;
}

const linear = (pages: Awaited<ReturnType<typeof printed>>) =>
  pages.map(({ codes }) =>
    codes
      .filter(({ format }) => format === 'Code128')
      .map(({ text }) => text)
      .sort(),
  );

describe('papers', () => {
  it('prints on thermal paper what there is', async () => {
    const pdf = await document();
    const { pdf: same, pages, notes } = await onPaper(pdf, 'thermal-100x150');
    expect([same.equals(pdf), pages, notes]).toEqual([true, 4, []]);
  });

  it('puts four labels on an A4 sheet at full size; every code is read back in black and white', async () => {
    const { pdf, pages, notes } = await onPaper(await document(), 'a4-4up');
    expect([pages, notes]).toEqual([1, []]);
    const [sheet] = await printed(pdf);
    expect([sheet?.width, sheet?.height].map((points) => Math.floor(points ?? 0))).toEqual([
      Math.floor(mm(210)),
      Math.floor(mm(297)),
    ]);
    expect(sheet?.codes.map(({ text }) => text).sort()).toEqual(
      [
        'C-000123/1/3',
        'C-000123/2/3',
        'C-000123/3/3',
        'TL-000001',
        slip().qrText,
        ...labels.map(({ qrText }) => qrText),
      ].sort(),
    );
  });

  it('begins at the cell that is asked for and goes on with the next sheet', async () => {
    const pages = await printed((await onPaper(await document(), 'a4-4up', { startCell: 3 })).pdf);
    expect(linear(pages)).toEqual([
      ['C-000123/1/3', 'C-000123/2/3'],
      ['C-000123/3/3', 'TL-000001'],
    ]);
    await expect(onPaper(await document(), 'a4-4up', { startCell: 5 })).rejects.toBeInstanceOf(RangeError);
    await expect(onPaper(await document(), 'a4-4up', { startCell: 0 })).rejects.toBeInstanceOf(RangeError);
  });

  it.each(['a6', 'a4-4up'] as const)('makes a 4 × 6 inch label a little smaller on %s, readable', async (paper) => {
    const { pdf, notes } = await onPaper(await document([101.6, 152.4]), paper);
    expect(notes).toEqual([expect.stringMatching(/^Page 1 is printed at 9\d\.\d %\.$/)]);
    expect(linear(await printed(pdf)).flat()).toContain('JD014600009876');
  });

  it('keeps the size of a label that would get smaller than that, on a sheet of its own, and spoils no half sheet', async () => {
    const { pdf, pages, notes } = await onPaper(await document([100, 200]), 'a4-4up');
    expect([pages, notes]).toEqual([2, ['Page 1 is 100 × 200 mm: it has a sheet of its own at full size.']]);
    const read = linear(await printed(pdf));
    expect(read[0]).toEqual(['JD014600009876']);
    expect(read[1]).toEqual(['C-000123/1/3', 'C-000123/2/3', 'C-000123/3/3', 'TL-000001']);
    const a6 = await onPaper(await document([100, 200]), 'a6');
    expect(a6.notes).toEqual(['Page 1 is 100 × 200 mm and keeps its size: it needs other paper than A6.']);
    const [first, second] = await printed(a6.pdf);
    expect(first?.height).toBe(Math.floor(mm(200)));
    expect(second?.height).toBe(Math.floor(mm(148)));
  });

  it('says once what holds for several pages', async () => {
    const carrier = await codedCarrierLabel('JD014600009876', [101.6, 152.4]);
    const consignments = ['C-1', 'C-2'].map((consignmentNumber) => ({
      consignmentNumber,
      carrierLabel: carrier,
      ownLabels: [],
      packingSlips: [],
    }));
    const { pdf } = await printBatch({ cover: null, consignments });
    expect((await onPaper(pdf, 'a4-4up')).notes).toEqual(['2 pages are printed at 93.5 %.']);
  });

  it('is the same bytes for the same input', async () => {
    const pdf = await document([101.6, 152.4]);
    const [first, again] = [await onPaper(pdf, 'a4-4up'), await onPaper(pdf, 'a4-4up')];
    expect(first.pdf.equals(again.pdf)).toBe(true);
  });
});
