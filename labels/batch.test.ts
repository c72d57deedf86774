import { PDFDocument, rgb } from '@cantoo/pdf-lib';
import { describe, expect, it } from 'vitest';
import { BatchMismatch, batchChecksum, type LabelBatch, mergeLabelBatch, UnreadableLabel } from './batch.ts';
import { MissingGlyph } from './fonts.ts';
import { packingSlipPdf } from './packing-slip.ts';
import { printed, textsOf } from './read-back.fixture.ts';
import { mm } from './sheet.ts';

/** A carrier's label: pages of its own size with a mark of its own. */
async function carrierLabel(pages: number, size: [number, number], shade: number): Promise<Buffer> {
  const document = await PDFDocument.create({ updateMetadata: false });
  for (let page = 0; page < pages; page += 1) {
    const added = document.addPage(size);
    added.drawText(`CARRIER ${shade} page ${page + 1}`, { x: 20, y: 100, size: 14 });
    added.drawRectangle({ x: 20, y: 20, width: 40 + shade, height: 30, color: rgb(0, 0, 0) });
  }
  return Buffer.from(await document.save());
}

const one = (number: string, pieces = 1) => ({
  number,
  orderNumbers: [`TL-${number}`],
  pieces,
  trackingNumber: `99${number}`,
});

async function batch(): Promise<LabelBatch> {
  return {
    cover: {
      brandName: 'Kopi Kita',
      batchId: 'labels:kopi:2026-11-21:1100:1',
      slotDate: '2026-11-21',
      slotTime: '11:00',
      revision: 1,
      consignments: [one('C-1', 2), one('C-2')],
    },
    labels: [
      { consignmentNumber: 'C-2', pdf: await carrierLabel(1, [mm(99), mm(200)], 20) },
      { consignmentNumber: 'C-1', pdf: await carrierLabel(2, [288, 432], 10) },
    ],
  };
}

describe('merged batch', () => {
  it('opens with a cover sheet and holds the labels in its order, their pages unchanged', async () => {
    const input = await batch();
    const pages = await printed(await mergeLabelBatch(input));
    const [second, first] = await Promise.all(input.labels.map(({ pdf }) => printed(pdf)));
    expect(pages).toHaveLength(4);
    const [cover, ...labels] = pages;
    expect(cover?.width).toBeCloseTo(mm(100), 0);
    for (const shown of [
      'Kopi Kita',
      'Batch 2026-11-21 11:00, revision 1',
      '2 consignment(s), 3 piece(s)',
      'C-1 - 2 piece(s)',
      'pages 2-3',
      'Tracking 99C-2; orders TL-C-2',
      'page 4',
      'this document has 4 pages',
    ]) {
      expect(cover?.text).toContain(shown);
    }
    expect(labels).toEqual([...(first ?? []), ...(second ?? [])]);
    const documents = input.cover.consignments.map(({ number }) =>
      input.labels.filter(({ consignmentNumber }) => consignmentNumber === number),
    );
    const checksum = batchChecksum(documents.flat()).slice(0, 16);
    expect(cover?.text).toContain(`Checksum ${checksum}`);
    expect(cover?.codes).toEqual([{ format: 'QRCode', text: `labels:kopi:2026-11-21:1100:1 ${checksum}` }]);
  });

  it('is the same bytes for the same input; another label changes cover and checksum', async () => {
    const bytes = await mergeLabelBatch(await batch());
    expect(bytes.equals(await mergeLabelBatch(await batch()))).toBe(true);
    const other = await batch();
    const labels = [
      ...other.labels.slice(0, 1),
      { consignmentNumber: 'C-1', pdf: await carrierLabel(2, [288, 432], 11) },
    ];
    const [cover] = await printed(await mergeLabelBatch({ ...other, labels }));
    expect(cover?.text).not.toBe((await printed(bytes))[0]?.text);
  });

  it('prints packing slips behind the label of their consignment', async () => {
    const input = await batch();
    const slip = await packingSlipPdf({
      brandName: 'Kopi Kita',
      consignment: {
        ...one('C-1', 2),
        channelOrderNumbers: ['900001'],
        lines: [{ sku: 'A', title: 'B', quantity: 1 }],
      },
      qrText: 'C-1',
    });
    const packingSlips = [{ consignmentNumber: 'C-1', pdf: slip }];
    const pages = await printed(await mergeLabelBatch({ ...input, packingSlips }));
    expect(pages).toHaveLength(5);
    expect(pages[3]?.codes[0]).toEqual({ format: 'Code128', text: 'C-1' });
    expect(pages[0]?.text).toContain('pages 2-4');
  });

  it('goes on over several cover sheets and counts their pages', async () => {
    const input = await batch();
    const consignments = Array.from({ length: 45 }, (_, index) => ({
      ...one(`C-${index}`),
      orderNumbers: Array.from({ length: index === 0 ? 100 : 1 }, (_unused, order) => `TL-${index}-${order}`),
    }));
    const pdf = await carrierLabel(1, [288, 432], 10);
    const labels = consignments.map(({ number }) => ({ consignmentNumber: number, pdf }));
    const pages = await textsOf(await mergeLabelBatch({ cover: { ...input.cover, consignments }, labels }));
    const covers = pages.filter((page) => page.includes('Cover sheet'));
    expect(covers.length).toBeGreaterThan(1);
    expect(pages).toHaveLength(covers.length + 45);
    const text = covers.join('\n');
    for (const { number } of consignments) expect(text).toContain(`${number} - 1 piece(s)`);
    expect(text).toContain('TL-0-99');
    expect(text).toContain(`page ${covers.length + 1}\r\n`);
    expect(text).toContain(`page ${pages.length}\r\n`);
  });

  it('refuses labels that do not fit the cover', async () => {
    const input = await batch();
    const [label] = input.labels;
    if (label === undefined) throw new Error('no label');
    await expect(mergeLabelBatch({ ...input, labels: [label] })).rejects.toMatchObject({ missing: ['C-1'] });
    const unexpected = [...input.labels, label, { ...label, consignmentNumber: 'C-9' }];
    const refusal = mergeLabelBatch({ ...input, labels: unexpected });
    await expect(refusal).rejects.toBeInstanceOf(BatchMismatch);
    await expect(refusal).rejects.toMatchObject({ unexpected: ['C-2', 'C-9'] });
  });

  it('refuses a label that is no PDF and names its consignment', async () => {
    const input = await batch();
    const labels = input.labels.map((label) =>
      label.consignmentNumber === 'C-1' ? { ...label, pdf: Buffer.from('<html>maintenance</html>') } : label,
    );
    const refusal = mergeLabelBatch({ ...input, labels });
    await expect(refusal).rejects.toBeInstanceOf(UnreadableLabel);
    await expect(refusal).rejects.toMatchObject({ consignmentNumber: 'C-1' });
  });

  it('refuses a brand name that it can not draw', async () => {
    const input = await batch();
    const refusal = mergeLabelBatch({ ...input, cover: { ...input.cover, brandName: 'กาแฟ' } });
    await expect(refusal).rejects.toBeInstanceOf(MissingGlyph);
    await expect(refusal).rejects.toMatchObject({ text: 'กาแฟ' });
  });
});
