import { describe, expect, it } from 'vitest';
import { plainNumber, readNumber } from './numbers.ts';

const money = { places: 2, groups: [','] };
const whole = { places: 0, groups: ['.', ','] };

describe('readNumber', () => {
  it.each([
    ['12', 1200],
    ['12.5', 1250],
    ['12,50', 1250],
    ['1,234', 123_400],
    ['1,234.50', 123_450],
    ['1.234,50', 123_450],
    ['1.299.000,00', 129_900_000],
    ['-3', -300],
    ['−3.10', -310],
    ['.5', 50],
    ['12.500', 'Is it'],
    ['12.505', 'Is it'],
    ['12.5055', 'It has at most 2 decimals.'],
    ['1,23,456', 'not every three digits'],
    ['1.2,3.4', 'mixed up'],
    ['12 pieces', 'no number'],
    ['', 'no number'],
    ['1e9', 'no number'],
    ['9999999999999999', 'too large'],
  ])('reads %s with two decimals', (text, expected) => {
    const read = readNumber(text, money);
    if (typeof expected === 'number') expect(read).toEqual({ ok: true, units: expected });
    else expect(read.ok ? read.units : read.why).toContain(expected);
  });

  it.each([
    ['95.000', 95_000],
    ['95,000', 95_000],
    ['1.299.000', 1_299_000],
    ['95000.00', 95_000],
    ['95.5', 'It has no decimals.'],
  ])('reads %s without decimals', (text, expected) => {
    const read = readNumber(text, whole);
    if (typeof expected === 'number') expect(read).toEqual({ ok: true, units: expected });
    else expect(read.ok ? read.units : read.why).toBe(expected);
  });

  it('reads back what plainNumber writes', () => {
    for (const [units, places] of [
      [0, 2],
      [5, 2],
      [-1250, 2],
      [95_000, 0],
      [123_456, 3],
    ] as const) {
      expect(readNumber(plainNumber(units, places), { places, groups: [] })).toEqual({ ok: true, units });
    }
  });
});
