import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { trackingTags } from '../contract/carrier.ts';
import { nativeScanStatuses, renderTagTable, scanStatuses, scanTag, scanTagsWithoutNative } from './tags.ts';

describe('statuses', () => {
  it('are complete in both directions', () => {
    expect(new Set(scanStatuses.map((entry) => entry.native.toLowerCase())).size).toBe(scanStatuses.length);
    for (const tag of trackingTags) {
      expect(nativeScanStatuses(tag).length > 0, tag).toBe(!(tag in scanTagsWithoutNative));
    }
  });

  it.each([
    ['successful  DELIVERY', false, 'DELIVERED'],
    ['Successful Delivery', true, 'RETURNED'],
    ['Completed', true, 'RETURNED'],
    ['Returned to Sender', true, 'RETURNED'],
    ['Returned to Sender', false, 'RETURNED'],
    ['On Vehicle for Delivery', false, 'OUT_FOR_DELIVERY'],
    ['On Vehicle for Delivery', true, 'RETURNING'],
    ['Arrived at Sorting Hub', true, 'RETURNING'],
    ['Parcel Measurements Update', true, 'FACT'],
    ['Cancelled', true, 'CANCELLED'],
    ['Something Else', true, null],
    ['Something Else', false, null],
  ])('%s (way back: %s) is %s', (status, isOnReturnLeg, tag) => expect(scanTag(status, isOnReturnLeg)).toBe(tag));

  it('stand in the README as they are', async () => {
    expect(await readFile(new URL('README.md', import.meta.url), 'utf8')).toContain(renderTagTable());
  });
});
