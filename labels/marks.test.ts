import { describe, expect, it } from 'vitest';
import { marksOf } from './marks.ts';

describe('marks of goods', () => {
  it('name the gravest first, each once, and also categories that nobody gave words', () => {
    expect(marksOf([])).toEqual([]);
    expect(marksOf(['fragile', 'Lithium ', 'lithium', 'magnets', ''])).toEqual([
      'CONTAINS LITHIUM BATTERIES',
      'FRAGILE',
      'GOODS: MAGNETS',
    ]);
  });
});
