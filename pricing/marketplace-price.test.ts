import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marketplacePrice } from './marketplace-price.ts';

const rate = { value: '10432.5', date: '2026-11-20', source: 'typed in' };

describe('marketplace price', () => {
  it('converts exactly and rounds up to the habit of the market', () => {
    const result = marketplacePrice({
      base: { amountMinor: 3995, currency: 'AUD' },
      targetCurrency: 'IDR',
      rate,
      roundToMinor: 1000,
    });
    // 39.95 × 10432.5 = 416778.375
    expect(result).toMatchObject({ ok: true, price: { amountMinor: 417_000, currency: 'IDR' } });
    expect(result.trace).toHaveLength(3);
  });

  it('never sells below the converted price and never more than one step above it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.constantFrom(1, 100, 500, 1000),
        (amountMinor, roundToMinor) => {
          const result = marketplacePrice({
            base: { amountMinor, currency: 'AUD' },
            targetCurrency: 'IDR',
            rate,
            roundToMinor,
          });
          if (!result.ok) throw new Error(result.reason);
          const exact = (amountMinor / 100) * 10432.5;
          expect(result.price.amountMinor % roundToMinor).toBe(0);
          expect(result.price.amountMinor).toBeGreaterThanOrEqual(Math.floor(exact));
          expect(result.price.amountMinor - exact).toBeLessThan(roundToMinor + 0.001);
        },
      ),
    );
  });

  it('refuses without a rate, with a rate that is no number, and without a price', () => {
    const base = { amountMinor: 3995, currency: 'AUD' };
    expect(marketplacePrice({ base, targetCurrency: 'IDR', rate: null, roundToMinor: 1 })).toMatchObject({ ok: false });
    for (const value of ['0', 'abc', '-1', '1e9', '']) {
      expect(marketplacePrice({ base, targetCurrency: 'IDR', rate: { ...rate, value }, roundToMinor: 1 }).ok).toBe(
        false,
      );
    }
    expect(
      marketplacePrice({ base: { amountMinor: 0, currency: 'AUD' }, targetCurrency: 'IDR', rate, roundToMinor: 1 }).ok,
    ).toBe(false);
  });
});
