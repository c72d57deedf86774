import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import type { BrandPrice, Override, PriceInput } from './input.ts';
import { marketplacePrice, typedPrice } from './marketplace-price.ts';
import { checkRule } from './rule.ts';
import { defaultRule, type PriceRule } from './types.ts';

const at = new Date('2026-11-21T08:00:00.000Z');
const rate = { from: 'AUD', to: 'IDR', value: '10432.5', date: '2026-11-20', source: 'typed in by Ada' };
const brandOf = (regularMinor: number | null, more: Partial<BrandPrice> = {}): BrandPrice => ({
  currency: 'AUD',
  regularMinor,
  saleMinor: null,
  saleFrom: null,
  saleUntil: null,
  costMinor: null,
  source: 'the brand’s shop',
  ...more,
});
const ruleOf = (more: Partial<PriceRule> = {}): PriceRule => ({ ...defaultRule, ...more });
const priceOf = (brand: BrandPrice, rule: PriceRule = defaultRule, more: Partial<PriceInput> = {}) =>
  marketplacePrice({ brand, targetCurrency: 'IDR', at, rates: [rate], rule, ruleSource: 'rule 1', ...more });
const thousands = { multipleMinor: 1000, endingMinor: 0, direction: 'up' } as const;
const override = (amountMinor: number, more: Partial<Override> = {}): Override => ({
  amountMinor,
  reason: 'campaign',
  by: 'Olga',
  at,
  expiresAt: null,
  floorPassed: null,
  ...more,
});

describe('marketplace price', () => {
  it('converts exactly, rounds to the habit of the market, and tells each step with its source', () => {
    const result = priceOf(brandOf(3995), ruleOf({ rounding: thousands }));
    // 39.95 × 10432.5 = 416778.375
    expect(result.price).toEqual({ amountMinor: 417_000, currency: 'IDR' });
    expect(result.trace.map(({ code }) => code)).toEqual(['brand-price', 'exchange-rate', 'rounding', 'price']);
    expect(result.trace[1]).toMatchObject({
      before: { amount: '39.95', currency: 'AUD' },
      after: { amount: '416778.375', currency: 'IDR' },
      source: 'typed in by Ada, 2026-11-20',
    });
    expect(result.trace[2]?.text).toContain('416,778.375 IDR → 417,000 IDR');
  });

  it('never lies below the converted price nor a step above it when it rounds up', () => {
    const amounts = fc.integer({ min: 1, max: 10_000_000 });
    fc.assert(
      fc.property(amounts, fc.constantFrom(1, 100, 500, 1000), (amountMinor, multipleMinor) => {
        const { price } = priceOf(brandOf(amountMinor), ruleOf({ rounding: { ...thousands, multipleMinor } }));
        const minor = price?.amountMinor ?? Number.NaN;
        const exact = (amountMinor / 100) * 10432.5;
        expect(minor % multipleMinor).toBe(0);
        expect(minor).toBeGreaterThanOrEqual(Math.floor(exact));
        expect(minor - exact).toBeLessThan(multipleMinor + 0.001);
      }),
    );
  });

  it('charges fees in their order; commission and payment are shares of the selling price', () => {
    const rule = ruleOf({
      fees: [
        { code: 'freight', kind: 'fixed', amount: '20000' },
        { code: 'duty', kind: 'percentOfValue', percent: '10' },
        { code: 'commission', kind: 'percentOfPrice', percent: '8' },
        { code: 'payment', kind: 'percentOfPrice', percent: '2' },
      ],
      costPercent: '50',
      floorPercent: '10',
    });
    const result = priceOf(brandOf(80_000, { currency: 'IDR' }), rule);
    // (80000 + 20000) × 1.1 / (1 − 0.10) = 122222.2…
    expect(result.price?.amountMinor).toBe(122_223);
    expect(result.trace.map(({ code, after }) => [code, after?.amount])).toEqual([
      ['brand-price', '80000'],
      ['freight', '100000'],
      ['duty', '110000'],
      ['commission', '119565.217391'],
      ['payment', '122222.222222'],
      ['rounding', '122223'],
      ['floor', undefined],
      ['price', '122223'],
    ]);
    expect(result.floor?.formula).toBe(
      '122,223 IDR × (1 − 10 %) − 30,000 IDR fees − 40,000 IDR cost = 40,000.7 IDR, which is 32.72 % of the price; ' +
        'at least 10 % must remain, so the lowest price is 87,500 IDR',
    );
  });

  it('the lowest price of the floor is the lowest: it holds, one less does not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 5_000_000 }), fc.integer({ min: 0, max: 60 }), (cost, percent) => {
        const rule = ruleOf({
          floorPercent: String(percent),
          fees: [{ code: 'commission', kind: 'percentOfPrice', percent: '7.5' }],
        });
        const brand = brandOf(9_000_000, { currency: 'IDR', costMinor: cost });
        const lowest = Number(priceOf(brand, rule).floor?.lowestMinor);
        expect(priceOf(brand, rule, { override: override(lowest) }).price?.amountMinor).toBe(lowest);
        expect(priceOf(brand, rule, { override: override(lowest - 1) }).blocked?.code).toBe('below-floor');
      }),
    );
  });

  it('blocks without a price, without a rate, with a stale one; and says which', () => {
    expect(priceOf(brandOf(null)).blocked).toEqual({ code: 'no-brand-price', reason: 'The brand gives no price.' });
    for (const bad of [0, -100]) expect(priceOf(brandOf(bad)).blocked?.code).toBe('no-brand-price');
    expect(priceOf(brandOf(3995), defaultRule, { rates: [] }).blocked?.code).toBe('no-exchange-rate');
    for (const value of ['0', 'abc', '-1', '1e9', '']) {
      expect(priceOf(brandOf(3995), defaultRule, { rates: [{ ...rate, value }] }).blocked?.code).toBe(
        'no-exchange-rate',
      );
    }
    const old = priceOf(brandOf(3995), ruleOf({ maxRateAgeDays: 3 }), { rates: [{ ...rate, date: '2026-11-17' }] });
    expect(old.blocked).toMatchObject({ code: 'stale-exchange-rate' });
    expect(old.blocked?.reason).toContain('4 days old; the rule takes at most 3 days');
    expect(old.trace.at(-1)).toMatchObject({ code: 'blocked', text: old.blocked?.reason });
    expect(
      priceOf(brandOf(3995), ruleOf({ maxRateAgeDays: 4 }), { rates: [{ ...rate, date: '2026-11-17' }] }).price,
    ).not.toBeNull();
  });

  it('takes sale prices within their dates, and knows when they change', () => {
    const sale = {
      saleMinor: 2000,
      saleFrom: new Date('2026-11-21T00:00:00Z'),
      saleUntil: new Date('2026-11-23T00:00:00Z'),
    };
    const on = priceOf(brandOf(4000, sale));
    expect(on.price?.amountMinor).toBe(208_650);
    expect(on.regularRuleMinor).toBe(417_300);
    expect(on.changesAt).toEqual(sale.saleUntil);
    expect(on.trace[1]).toMatchObject({ code: 'sale', before: { amount: '40' }, after: { amount: '20' } });
    const before = priceOf(brandOf(4000, sale), defaultRule, { at: new Date('2026-11-20T23:59:59Z') });
    expect([before.price?.amountMinor, before.changesAt]).toEqual([417_300, sale.saleFrom]);
    const after = priceOf(brandOf(4000, sale), defaultRule, { at: sale.saleUntil });
    // Of the dates only that of the rate is left: 7 days old at the most.
    expect([after.price?.amountMinor, after.changesAt]).toEqual([417_300, new Date('2026-11-28T00:00:00Z')]);
    expect(priceOf(brandOf(4000), defaultRule, { at: new Date('2026-11-28T00:00:00Z') }).blocked?.code).toBe(
      'stale-exchange-rate',
    );
    expect(priceOf(brandOf(4000), defaultRule, { at: new Date('2026-11-27T23:59:59Z') }).blocked).toBeNull();
    expect(priceOf(brandOf(4000, sale), ruleOf({ sales: 'ignore' })).price?.amountMinor).toBe(417_300);
    expect(priceOf(brandOf(4000, { saleMinor: 4500 })).price?.amountMinor).toBe(417_300);
  });

  it('an override replaces the rule price until it expires; the floor holds unless somebody let it pass', () => {
    const rule = ruleOf({ costPercent: '80', floorPercent: '10' });
    const brand = brandOf(110_000, { currency: 'IDR' });
    const low = priceOf(brand, rule, { override: override(95_000) });
    expect(low.price).toBeNull();
    expect(low.blocked?.reason).toBe(
      '95,000 IDR is below the margin floor: 95,000 IDR − 88,000 IDR cost = 7,000 IDR, which is 7.36 % of the price; ' +
        'at least 10 % must remain, so the lowest price is 97,778 IDR.',
    );
    const passed = priceOf(brand, rule, {
      override: override(95_000, { floorPassed: { by: 'Ada', reason: 'launch' } }),
    });
    expect(passed.price?.amountMinor).toBe(95_000);
    expect(passed.rulePriceMinor).toBe(110_000);
    expect(passed.trace.find(({ code }) => code === 'floor')?.text).toContain(
      'Ada let it pass below the margin floor (launch)',
    );
    const expired = priceOf(brand, rule, { override: override(95_000, { expiresAt: at }) });
    expect(expired.price?.amountMinor).toBe(110_000);
  });

  it('an override holds where the rules say nothing, unless a floor would have to be checked', () => {
    expect(priceOf(brandOf(null), defaultRule, { override: override(5000) }).price?.amountMinor).toBe(5000);
    const floored = priceOf(brandOf(3995), ruleOf({ floorPercent: '5' }), { rates: [], override: override(5000) });
    expect(floored.blocked?.code).toBe('no-exchange-rate');
    for (const bad of [0, -1]) {
      expect(priceOf(brandOf(3995), defaultRule, { override: override(bad) }).blocked?.code).toBe('not-a-price');
    }
  });

  it('a large change waits for a person; the end of a sale and a price that was accepted do not', () => {
    const idr = (regular: number, more: Partial<BrandPrice> = {}) => brandOf(regular, { currency: 'IDR', ...more });
    const rule = ruleOf({ changePercent: '30' });
    const accepted = { priceMinor: 100_000, regularMinor: 100_000 };
    expect(priceOf(idr(130_000), rule, { accepted }).price?.amountMinor).toBe(130_000);
    const up = priceOf(idr(130_001), rule, { accepted });
    expect(up).toMatchObject({ price: null, blocked: null, rulePriceMinor: 130_001 });
    expect(up.waits).toContain('more than 30 % needs a person');
    expect(up.trace.at(-1)?.code).toBe('guard');
    expect(priceOf(idr(69_999), rule, { accepted }).waits).not.toBeNull();
    const tenfold = { ...rule, changePercent: null };
    expect(priceOf(idr(999_999), tenfold, { accepted }).waits).toBeNull();
    expect(priceOf(idr(1_000_000), tenfold, { accepted }).waits).toContain('by a factor of 10.');
    expect(priceOf(idr(10_000), tenfold, { accepted }).waits).toContain('by a factor of 10.');
    expect(priceOf(idr(1_000_000), rule, { accepted, override: override(99_000) }).price?.amountMinor).toBe(99_000);
    const deep = idr(100_000, { saleMinor: 40_000 });
    expect(priceOf(deep, rule, { accepted }).waits).not.toBeNull();
    expect(priceOf(deep, rule, { accepted: { priceMinor: 40_000, regularMinor: 100_000 } }).waits).toBeNull();
    expect(priceOf(idr(100_000), rule, { accepted: { priceMinor: 40_000, regularMinor: 100_000 } }).waits).toBeNull();
  });

  it('refuses amounts that cannot be counted', () => {
    const rates = [{ ...rate, value: '999999999999999' }];
    expect(priceOf(brandOf(9_000_000), defaultRule, { rates }).blocked?.code).toBe('not-a-price');
  });
});

describe('typed prices', () => {
  it('are exact amounts above zero in the currency, or nothing', () => {
    expect(typedPrice('95000', 'IDR')).toBe(95_000);
    expect(typedPrice('12.5', 'THB')).toBe(1250);
    expect(typedPrice('95000.00', 'IDR')).toBe(95_000);
    for (const bad of ['0', '-5', '0.5', '1e5', '95.000,00', '', 'x']) expect(typedPrice(bad, 'IDR')).toBeNull();
  });
});

describe('a rule', () => {
  it('is refused with the place where it cannot hold', () => {
    const places = (more: Partial<PriceRule>) => checkRule(ruleOf(more)).map(({ place }) => place);
    expect(places({})).toEqual([]);
    expect(places({ fees: [{ code: 'commission', kind: 'percentOfPrice', percent: '-3' }] })).toEqual([
      'fees.0.percent',
    ]);
    expect(places({ fees: [{ code: 'fixed', kind: 'fixed', amount: '1,5' }] })).toEqual(['fees.0.amount']);
    expect(places({ rounding: { multipleMinor: 100, endingMinor: 100, direction: 'up' } })).toEqual([
      'rounding.endingMinor',
    ]);
    const all = { fees: [{ code: 'commission', kind: 'percentOfPrice', percent: '60' }], floorPercent: '40' } as const;
    expect(places(all)).toEqual(['fees']);
  });
});
