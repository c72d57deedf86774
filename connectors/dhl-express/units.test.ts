import { describe, expect, it } from 'vitest';
import fc from '../../tests/properties.ts';
import { fitLines } from './addresses.ts';
import { fromDecimal, toDecimal } from './money.ts';
import { countryOffset, instantOf, placeOffset, plannedTime } from './times.ts';

describe('fitLines', () => {
  it('leaves lines alone that fit', () => {
    expect(fitLines(['1 Example Street', ' ', 'Unit 4'])).toEqual(['1 Example Street', 'Unit 4']);
  });

  it('breaks between words and loses none', () => {
    const long = 'Jl. Contoh No. 5, Kelurahan Gambir, Kecamatan Gambir, RT 01 RW 02';
    expect(fitLines([long])).toEqual(['Jl. Contoh No. 5, Kelurahan Gambir, Kecamatan', 'Gambir, RT 01 RW 02']);
    expect(fitLines(['a', 'b', 'c', 'd'])).toEqual(['a b c d']);
  });

  it('refuses what does not fit', () => {
    expect(fitLines(['x'.repeat(46)])).toBeNull();
    expect(fitLines([Array.from({ length: 40 }, () => 'word').join(' ')])).toBeNull();
  });

  it('keeps every word within 3 × 45 characters, or refuses', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 6 }), (lines) => {
        const fitted = fitLines(lines);
        if (fitted === null) return;
        const words = (texts: readonly string[]) =>
          texts
            .join(' ')
            .split(/\s+/)
            .filter((word) => word !== '');
        expect(words(fitted)).toEqual(words(lines));
        expect(fitted.length).toBeLessThanOrEqual(3);
        for (const line of fitted) expect(line.length).toBeLessThanOrEqual(45);
      }),
    );
  });
});

describe('money', () => {
  it('is exact both ways', () => {
    expect(fromDecimal(157.95, 'GBP')).toEqual({ amountMinor: 15795, currency: 'GBP' });
    expect(fromDecimal(1.005, 'USD')?.amountMinor).toBe(101);
    expect(fromDecimal(-1.005, 'USD')?.amountMinor).toBe(-101);
    expect(fromDecimal(150000, 'IDR')?.amountMinor).toBe(150000);
    expect(fromDecimal(1e-7, 'USD')?.amountMinor).toBe(0);
    expect(fromDecimal(Number.NaN, 'USD')).toBeNull();
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.constantFrom('AUD', 'IDR', 'KWD'),
        (amountMinor, currency) => {
          expect(fromDecimal(toDecimal({ amountMinor, currency }), currency)?.amountMinor === amountMinor).toBe(true);
        },
      ),
    );
  });
});

describe('times', () => {
  it('writes the planned time in the origin’s own zone, summer or winter', () => {
    const summer = new Date('2026-01-15T06:00:00Z');
    expect(plannedTime(summer, 'Australia/Sydney')).toEqual({
      stamp: '2026-01-15T17:00:00 GMT+11:00',
      date: '2026-01-15',
    });
    expect(plannedTime(new Date('2026-07-15T14:30:00Z'), 'Australia/Sydney')?.stamp).toBe(
      '2026-07-16T00:30:00 GMT+10:00',
    );
    expect(plannedTime(summer, 'UTC')?.stamp).toBe('2026-01-15T06:00:00 GMT+00:00');
    expect(plannedTime(summer, 'Mars/Base')).toBeNull();
  });

  it('places a scan only where its zone is certain', () => {
    expect(placeOffset('SINGAPORE-SGP')).toBe('+08:00');
    expect(placeOffset('Bangkok - TH')).toBe('+07:00');
    expect([placeOffset('JAKARTA-ID'), placeOffset('Brisbane-AU'), placeOffset(null)]).toEqual([null, null, null]);
    expect(countryOffset('ID')).toBeNull();
    expect(instantOf('2026-11-22', '13:06:00', '+10:00')?.toISOString()).toBe('2026-11-22T03:06:00.000Z');
    expect(instantOf('2026-11-22', '13:06', '+10:00')?.toISOString()).toBe('2026-11-22T03:06:00.000Z');
    expect([instantOf('2026-13-40', '13:06:00', '+10:00'), instantOf('2026-11-22', '', '+10:00')]).toEqual([
      null,
      null,
    ]);
  });
});
