import { describe, expect, it } from 'vitest';
import fc from '../../../../tests/properties.ts';
import { readTsv, writeTsv } from './tsv.ts';

describe('tab-separated text', () => {
  it('reads what Excel and Sheets put on the clipboard', () => {
    expect(readTsv('a\tb\r\nc\td\r\n')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(readTsv('"two\nlines"\t"say ""hi"""\t\n')).toEqual([['two\nlines', 'say "hi"', '']]);
    expect(readTsv('5" pipe\t"open')).toEqual([['5" pipe', '"open']]);
    expect(readTsv('a\n\nb')).toEqual([['a'], [''], ['b']]);
    expect(readTsv("'=SUM(A1)")).toEqual([['=SUM(A1)']]);
  });

  it('lets no cell be calculated where it is pasted', () => {
    expect(writeTsv([['=HYPERLINK("x")', '-5', '+62 812', '@x', '12.50']])).toBe(
      `"'=HYPERLINK(""x"")"\t-5\t'+62 812\t'@x\t12.50`,
    );
  });

  it('gives back every block that it wrote', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', ' ', '=', '-', '1', 'é') });
    const block = fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 3 });
    const gives = fc.property(block, (rows) => {
      expect(readTsv(writeTsv(rows))).toEqual(rows);
    });
    fc.assert(gives);
  });
});
