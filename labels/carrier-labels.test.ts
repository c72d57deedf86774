import { PDFDocument } from '@cantoo/pdf-lib';
import { describe, expect, it } from 'vitest';
import type { CarrierDocument } from '../connectors/contract/carrier.ts';
import { formatFor, joinedLabel, zplLabels } from './carrier-labels.ts';

async function pdf(widthPoints: number): Promise<CarrierDocument> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.addPage([widthPoints, 400]);
  return { kind: 'label', format: 'PDF', bytes: Buffer.from(await document.save()) };
}
const text = (format: 'ZPL' | 'PNG', content: string): CarrierDocument => ({
  kind: 'label',
  format,
  bytes: Buffer.from(content),
});

describe('joinedLabel', () => {
  it('keeps the labels of all pieces, in their order and size', async () => {
    const invoice: CarrierDocument = { ...(await pdf(999)), kind: 'invoice' };
    const joined = await joinedLabel([await pdf(101), invoice, await pdf(102), await pdf(103)]);
    const pages = (await PDFDocument.load(joined?.bytes ?? Buffer.alloc(0))).getPages();
    expect(pages.map((page) => page.getWidth())).toEqual([101, 102, 103]);
  });

  it('puts printer formats behind each other, leaves a single label alone and has none of none', async () => {
    const joined = await joinedLabel([text('ZPL', '^XA1^XZ'), text('ZPL', '^XA2^XZ')]);
    expect([joined?.format, joined?.bytes.toString()]).toEqual(['ZPL', '^XA1^XZ\n^XA2^XZ\n']);
    const single = await pdf(100);
    expect((await joinedLabel([single]))?.bytes).toBe(single.bytes);
    expect(await joinedLabel([{ ...single, kind: 'waybill' }])).toBeNull();
  });
});

it.each([
  ['PDF', ['PDF', 'ZPL'], 'PDF'],
  ['ZPL', ['PDF', 'ZPL'], 'ZPL'],
  ['ZPL', ['PDF'], 'PDF'],
  ['PDF', ['ZPL', 'PNG'], 'ZPL'],
] as const)('a brand that prefers %s gets of %j %s', (preferred, offered, expected) => {
  expect(formatFor(preferred, offered)).toBe(expected);
});

it('labels in the printers’ own language are counted', () => {
  expect(zplLabels(Buffer.from('^XA1^XZ\n^xa2^XZ\n'))).toBe(2);
});
