import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { rateBetween, showRate } from './exchange.ts';
import { fraction, times } from './fraction.ts';

const ecb = (to: string, value: string, date = '2026-11-20') => ({ from: 'EUR', to, value, date, source: 'ECB' });

describe('exchange rates', () => {
  it('cross rates are exact quotients of two rates of one day', () => {
    const rate = rateBetween([ecb('AUD', '1.7'), ecb('IDR', '18000')], 'AUD', 'IDR', '2026-11-21');
    expect(rate).toMatchObject({ factor: fraction(180_000, 17), date: '2026-11-20', source: 'ECB, by way of EUR' });
    expect(rateBetween([ecb('AUD', '1.7', '2026-11-19'), ecb('IDR', '18000')], 'AUD', 'IDR', '2026-11-21')).toBeNull();
  });

  it('the newest day goes first; on one day what was typed for the very pair', () => {
    const typed = { from: 'AUD', to: 'IDR', value: '10000', date: '2026-11-20', source: 'typed in' };
    const rates = [ecb('AUD', '1.7'), ecb('IDR', '18000'), typed];
    expect(rateBetween(rates, 'AUD', 'IDR', '2026-11-21')?.source).toBe('typed in');
    expect(
      rateBetween(
        [...rates, ecb('AUD', '1.7', '2026-11-21'), ecb('IDR', '18000', '2026-11-21')],
        'AUD',
        'IDR',
        '2026-11-21',
      )?.date,
    ).toBe('2026-11-21');
    expect(rateBetween([typed], 'AUD', 'IDR', '2026-11-19')).toBeNull();
    const again = { ...typed, value: '10100', source: 'typed in later' };
    expect(rateBetween([again, typed], 'AUD', 'IDR', '2026-11-21')?.source).toBe('typed in later');
  });

  it('a rate turned round and back is 1, whatever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (digits) => {
        const rates = [{ from: 'USD', to: 'IDR', value: `${digits / 1000}`, date: '2026-11-20', source: 'x' }];
        const there = rateBetween(rates, 'USD', 'IDR', '2026-11-20');
        const back = rateBetween(rates, 'IDR', 'USD', '2026-11-20');
        if (!there || !back) throw new Error('no rate');
        expect(times(there.factor, back.factor)).toEqual(fraction(1));
      }),
    );
  });

  it('from and to the euro there is no way round', () => {
    expect(
      showRate(
        rateBetween([ecb('USD', '1.08')], 'EUR', 'USD', '2026-11-20') ?? { factor: fraction(0), date: '', source: '' },
      ),
    ).toBe('1.08');
    expect(rateBetween([ecb('USD', '1.08')], 'EUR', 'THB', '2026-11-20')).toBeNull();
  });
});
