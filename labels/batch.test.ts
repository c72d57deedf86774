import { describe, expect, it } from 'vitest';
import { BatchMismatch, batchChecksum, printBatch, UnreadableLabel } from './batch.ts';
import { printed, textsOf } from './read-back.fixture.ts';
import { batch, carrierLabel, ownLabel, slip } from './samples.fixture.ts';
import { mm } from './sheet.ts';

const withSecond = async (change: object) => {
  const input = await batch();
  const [second, first] = input.consignments;
  if (!first || !second) throw new Error('no consignments');
  return { ...input, consignments: [second, { ...first, ...change }] };
};

describe('merged batch', () => {
  it('opens with a cover sheet and holds the labels in its order, their pages unchanged', async () => {
    const input = await batch();
    const { pdf, missing, pages: count } = await printBatch(input);
    const pages = await printed(pdf);
    const carriers = await Promise.all(
      input.consignments.map(({ carrierLabel: one }) => printed(one ?? Buffer.alloc(0))),
    );
    const [second, first] = carriers;
    expect([pages.length, count, missing]).toEqual([4, 4, []]);
    const [cover, ...labels] = pages;
    expect(cover?.width).toBeCloseTo(mm(100), 0);
    for (const shown of [
      'Kopi Kita',
      'Batch 2026-11-21 11:00, revision 1',
      '2 consignments, 3 pieces',
      'C-1 - 2 pieces',
      'pages 2-3',
      'Tracking 99C-2; orders TL-C-2',
      'page 4',
      'this batch has 4 label pages',
    ]) {
      expect(cover?.text).toContain(shown);
    }
    expect(labels).toEqual([...(first ?? []), ...(second ?? [])]);
    const checksum = batchChecksum([...input.consignments].reverse()).slice(0, 16);
    expect(cover?.text).toContain(`Checksum ${checksum}`);
    expect(cover?.codes).toEqual([{ format: 'QRCode', text: `labels:kopi:2026-11-21:1100:1 ${checksum}` }]);
  });

  it('is the same bytes for the same input; another label changes cover and checksum', async () => {
    const { pdf } = await printBatch(await batch());
    expect(pdf.equals((await printBatch(await batch())).pdf)).toBe(true);
    const other = await withSecond({ carrierLabel: await carrierLabel(2, [288, 432], 11) });
    const [cover] = await printed((await printBatch(other)).pdf);
    expect(cover?.text).not.toBe((await printed(pdf))[0]?.text);
  });

  it('prints our own labels and the packing slips behind the carrier’s label of their consignment', async () => {
    const input = await withSecond({ ownLabels: [ownLabel(), ownLabel({ piece: 2 })], packingSlips: [slip()] });
    const pages = await printed((await printBatch(input)).pdf);
    expect(pages).toHaveLength(7);
    const codes = pages.map((page) => page.codes.filter(({ format }) => format === 'Code128').map(({ text }) => text));
    expect(codes.slice(3, 6)).toEqual([['C-000123/1/3'], ['C-000123/2/3'], ['TL-000001']]);
    expect(pages[0]?.text).toContain('pages 2-6');
    expect(pages[0]?.text).toContain('page 7');
  });

  it('names a label in the printers’ own language on the cover and keeps it for a file of its own', async () => {
    const printerLabel = Buffer.from('^XA^FDC-1^FS^XZ');
    const { pdf, zpl } = await printBatch(
      await withSecond({ carrierLabel: null, printerLabel, packingSlips: [slip()] }),
    );
    expect(zpl?.toString()).toBe('^XA^FDC-1^FS^XZ\n');
    const pages = await textsOf(pdf);
    expect(pages).toHaveLength(3);
    expect(pages[0]).toContain('Label in the ZPL file');
    expect((await printBatch(await batch())).zpl).toBeNull();
  });

  it('takes a consignment without a carrier’s label when it has our own', async () => {
    const pages = await textsOf(
      (await printBatch(await withSecond({ carrierLabel: null, ownLabels: [ownLabel()] }))).pdf,
    );
    expect(pages).toHaveLength(3);
    expect(pages[1]).toContain('C-000123/1/3');
    await expect(printBatch(await withSecond({ carrierLabel: null }))).rejects.toMatchObject({ missing: ['C-1'] });
  });

  it('goes on over several cover sheets and counts their pages', async () => {
    const input = await batch();
    const listed = Array.from({ length: 45 }, (_, index) => ({
      number: `C-${index}`,
      pieces: 1,
      trackingNumber: `99${index}`,
      orderNumbers: Array.from({ length: index === 0 ? 100 : 1 }, (_unused, order) => `TL-${index}-${order}`),
    }));
    const pdf = await carrierLabel(1, [288, 432], 10);
    const consignments = listed.map(({ number }) => ({
      consignmentNumber: number,
      carrierLabel: pdf,
      ownLabels: [],
      packingSlips: [],
    }));
    const merged = await printBatch({ cover: { ...input.cover, consignments: listed }, consignments });
    const pages = await textsOf(merged.pdf);
    const covers = pages.filter((page) => page.includes('Cover sheet'));
    expect(covers.length).toBeGreaterThan(1);
    expect(pages).toHaveLength(covers.length + 45);
    const text = covers.join('\n');
    for (const { number } of listed) expect(text).toContain(`${number} - 1 piece`);
    expect(text).toContain('TL-0-99');
    expect(text).toContain(`page ${covers.length + 1}\r\n`);
    expect(text).toContain(`page ${pages.length}\r\n`);
  });

  it('refuses labels that do not fit the cover', async () => {
    const input = await batch();
    const [one] = input.consignments;
    if (one === undefined) throw new Error('no label');
    await expect(printBatch({ ...input, consignments: [one] })).rejects.toMatchObject({ missing: ['C-1'] });
    const unexpected = [...input.consignments, one, { ...one, consignmentNumber: 'C-9' }];
    const refusal = printBatch({ ...input, consignments: unexpected });
    await expect(refusal).rejects.toBeInstanceOf(BatchMismatch);
    await expect(refusal).rejects.toMatchObject({ unexpected: ['C-2', 'C-9'] });
  });

  it('refuses a label that is no PDF and names its consignment', async () => {
    const refusal = printBatch(await withSecond({ carrierLabel: Buffer.from('<html>maintenance</html>') }));
    await expect(refusal).rejects.toBeInstanceOf(UnreadableLabel);
    await expect(refusal).rejects.toMatchObject({ consignmentNumber: 'C-1' });
  });

  it('draws a brand’s name in its own script', async () => {
    const input = await batch();
    const { pdf, missing } = await printBatch({ ...input, cover: { ...input.cover, brandName: 'กาแฟของเรา' } });
    expect((await textsOf(pdf))[0]).toContain('กาแฟของเรา');
    expect(missing).toEqual([]);
  });
});
