import { describe, expect, it } from 'vitest';
import { chunksForIn } from './criteria.ts';

describe('lists of SKUs in a query', () => {
  it('hold each SKU once, in order, at most so many of them', () => {
    const chunks = chunksForIn(['a', 'b', 'c', 'd', 'e'], 2);
    expect(chunks.map(({ value }) => value)).toEqual(['a,b', 'c,d', 'e']);
  });

  it('stay below what web servers take as an address, whatever the letters are', () => {
    const skus = Array.from({ length: 300 }, (_, index) => `شال-حرير-${index}`);
    const chunks = chunksForIn(skus, 300);
    expect(chunks.flatMap(({ value }) => value.split(','))).toEqual(skus);
    for (const { value } of chunks) expect(encodeURIComponent(value).length).toBeLessThanOrEqual(4_000);
  });

  it('ask for a SKU with a comma by itself', () => {
    expect(chunksForIn(['a', 'b,c'], 10)).toEqual([
      { condition: 'in', value: 'a' },
      { condition: 'eq', value: 'b,c' },
    ]);
  });
});
