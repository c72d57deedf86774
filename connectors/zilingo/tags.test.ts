import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { channelOrderTags } from '../contract/marketplace.ts';
import {
  fieldOfReason,
  nativeUnitStates,
  orderTagsWithoutNative,
  productState,
  renderTagTable,
  unitStates,
  unitTag,
} from './tags.ts';

describe('tag tables', () => {
  it('are complete in both directions', () => {
    for (const { native, tag } of unitStates) {
      expect(unitTag(native)).toBe(tag);
      expect(nativeUnitStates(tag)).toContain(native);
    }
    for (const tag of channelOrderTags) {
      expect(nativeUnitStates(tag).length > 0 || tag in orderTagsWithoutNative, tag).toBe(true);
    }
  });

  it('guess nothing', () => {
    expect([unitTag('returned'), unitTag(''), productState('PENDING_QC'), productState(null)]).toEqual(
      Array(4).fill(null),
    );
    expect(productState('approved')?.remote).toBe('LIVE');
  });

  it('are rendered with their marks, and the README shows them as they are', async () => {
    const table = renderTagTable();
    expect(table).toContain('| successfullyProcessed | COMPLETED | ended well; whether delivered (UNCONFIRMED) |');
    expect(table).toContain('| APPROVED | passed | LIVE | live |');
    expect(await readFile(new URL('README.md', import.meta.url), 'utf8')).toContain(table);
  });

  it.each([
    ['Mandatory attribute is missing: Material', 'attributes'],
    ['Product name is longer than 100 characters', 'title'],
    ['price currency must be SGD', 'skus.price'],
    ['sizeId is none of the sub-category', 'skus.variantAttributes'],
    ['QC 17', null],
  ])('"%s" is about %s', (raw, field) => expect(fieldOfReason(raw)).toBe(field));
});
