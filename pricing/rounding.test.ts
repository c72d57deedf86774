import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { fraction } from './fraction.ts';
import { roundPrice } from './rounding.ts';

const round = (value: number, multipleMinor: number, endingMinor: number, direction: 'up' | 'down' | 'nearest') =>
  Number(roundPrice(fraction(Math.round(value * 1000), 1000), { multipleMinor, endingMinor, direction }));

describe('rounding to the habit of a market', () => {
  it('rupiah that end in 900', () => {
    expect(round(99_900.001, 1000, 900, 'up')).toBe(100_900);
    expect(round(99_900, 1000, 900, 'up')).toBe(99_900);
    expect(round(100_400, 1000, 900, 'nearest')).toBe(100_900);
    expect(round(100_399, 1000, 900, 'nearest')).toBe(99_900);
    expect(round(100_899, 1000, 900, 'down')).toBe(99_900);
  });

  it('baht that end in 9.00', () => {
    expect(round(25_050, 1000, 900, 'up')).toBe(25_900);
    expect(round(26_000, 1000, 900, 'down')).toBe(25_900);
  });

  it('is never zero, even when it rounds down', () => {
    expect(round(3, 1000, 0, 'down')).toBe(1000);
    expect(round(3, 1000, 900, 'down')).toBe(900);
    expect(round(3, 1000, 900, 'nearest')).toBe(900);
  });

  it('gives an allowed price less than one step away, in its direction', () => {
    const amounts = fc.integer({ min: 5_000_000, max: 2_000_000_000 });
    fc.assert(
      fc.property(
        amounts,
        fc.constantFrom('up', 'down', 'nearest'),
        fc.constantFrom([1000, 900], [100, 0], [500, 499]),
        (n, direction, [multiple = 1, ending = 0]) => {
          const exact = n / 1000;
          const rounded = round(exact, multiple, ending, direction);
          expect((rounded - ending) % multiple).toBe(0);
          if (direction === 'up') expect(rounded).toBeGreaterThanOrEqual(exact);
          if (direction === 'down') expect(rounded).toBeLessThanOrEqual(exact);
          expect(Math.abs(rounded - exact)).toBeLessThan(direction === 'nearest' ? multiple / 2 + 0.001 : multiple);
        },
      ),
    );
  });
});
