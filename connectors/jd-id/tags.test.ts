import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { channelOrderTags } from '../contract/marketplace.ts';
import {
  fieldOfReason,
  nativeOrderStates,
  orderStates,
  orderTag,
  orderTagsWithoutNative,
  renderTagTable,
} from './tags.ts';

describe('tag tables', () => {
  it('are complete in both directions', () => {
    for (const { native, tag } of orderStates) {
      expect(orderTag(native)).toBe(tag);
      expect(nativeOrderStates(tag)).toContain(native);
    }
    expect(orderStates.map((row) => row.native).sort()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    for (const tag of channelOrderTags) {
      expect(nativeOrderStates(tag).length > 0 || tag in orderTagsWithoutNative, tag).toBe(true);
    }
  });

  it('guess nothing', () => expect([orderTag('0'), orderTag('')]).toEqual([null, null]));

  it('are rendered with their marks', () => {
    const table = renderTagTable();
    expect(table).toContain('| 4 | RETURN_REQUESTED | waiting refuse: rejection or return pending (UNCONFIRMED) |');
    expect(table).toContain('| 1 | OPEN | paid, waiting for the seller to ship |');
    for (const tag of channelOrderTags) expect(table).toContain(tag);
  });
});

describe('README', () => {
  it('shows the tables as they are', async () => {
    expect(await readFile(new URL('README.md', import.meta.url), 'utf8')).toContain(renderTagTable());
  });
});

describe('fieldOfReason', () => {
  it('prefers the narrower word', () => {
    expect(fieldOfReason('Nama produk terlalu panjang')).toBe('title');
    expect(fieldOfReason('Panjang paket salah')).toBe('lengthMm');
    expect(fieldOfReason('brand name not allowed')).toBe('brandId');
    expect(fieldOfReason('QC 17')).toBeNull();
  });
});
