import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { channelOrderTags, type RemoteListingStatus } from '../contract/marketplace.ts';
import {
  fieldOfReason,
  nativeOrderStates,
  nativeReviews,
  nativeWareStates,
  orderStates,
  orderTag,
  orderTagsWithoutNative,
  remoteTagsWithoutNative,
  renderTagTable,
  reviews,
  reviewTag,
  wareStates,
  wareTag,
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

  it.each(['v1', 'v2'] as const)('are complete for the products of %s', (version) => {
    for (const { native, tag } of wareStates[version]) {
      expect(wareTag(version, native)).toBe(tag);
      expect(nativeWareStates(version, tag)).toContain(native);
    }
    const remotes: RemoteListingStatus[] = ['ABSENT', 'LIVE', 'DELISTED', 'LOCKED'];
    for (const tag of remotes) {
      expect(nativeWareStates(version, tag).length > 0 || tag in remoteTagsWithoutNative, tag).toBe(true);
    }
    for (const { native, tag } of reviews[version].states) {
      expect(reviewTag(version, native)).toBe(tag);
      expect(nativeReviews(version, tag)).toContain(native);
    }
    for (const verdict of ['in_review', 'passed', 'rejected'] as const) {
      expect(nativeReviews(version, verdict)).not.toEqual([]);
    }
    for (const native of reviews[version].underReview) expect(reviewTag(version, native)).toBe('in_review');
    expect([wareTag(version, '99'), reviewTag(version, '99')]).toEqual([null, null]);
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
