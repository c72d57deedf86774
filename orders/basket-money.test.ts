import { describe, expect, it } from 'vitest';
import { fraction } from '../pricing/fraction.ts';
import fc from '../tests/properties.ts';
import { shopMoney } from './shop-money.ts';
import { splitCharge } from './split-charge.ts';

const part = (goodsMinor: number, standingMinor: number | null = null) => ({ goodsMinor, standingMinor });
const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);

describe('the shipping charge of a basket', () => {
  it('goes to the parts by what their goods were sold for, the last units to the largest remainders', () => {
    expect(splitCharge(100, [part(1), part(1), part(1)])).toEqual([34, 33, 33]);
    expect(splitCharge(10, [part(199), part(1)])).toEqual([10, 0]);
    expect(splitCharge(7, [part(0), part(0)])).toEqual([4, 3]);
  });

  it('leaves a share that was passed on as it is', () => {
    expect(splitCharge(100, [part(50, 50), part(10), part(30)])).toEqual([50, 13, 37]);
    expect(splitCharge(40, [part(50, 50), part(10)])).toEqual([50, 0]);
    // All of them stand, and the charge is another one now: then it is said what each would be.
    expect(splitCharge(60, [part(10, 50), part(10, 50)])).toEqual([30, 30]);
  });

  it('adds up to the charge whatever the parts', () => {
    const worth = fc.integer({ min: 0, max: 2_000_000_000 });
    fc.assert(
      fc.property(worth, fc.array(worth, { minLength: 1, maxLength: 6 }), (charge, goods) => {
        const shares = splitCharge(
          charge,
          goods.map((one) => part(one)),
        );
        expect(sum(shares)).toBe(charge);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('an order’s money in the shop’s currency', () => {
  it('is rounded once; a line that its units do not divide becomes two', () => {
    // 104,325 rupiah at 10,432.5 for a dollar.
    const rate = fraction(1_000, 104_325);
    expect(shopMoney([{ quantity: 3, netMinor: 104_325 }], 0, rate)).toEqual({
      units: [
        { line: 0, quantity: 2, unitMinor: 333 },
        { line: 0, quantity: 1, unitMinor: 334 },
      ],
      shippingMinor: 0,
      totalMinor: 1_000,
    });
  });

  it('adds up to the total to the cent, with every unit in it', () => {
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: 60 }),
      netMinor: fc.integer({ min: 0, max: 9_000_000_000 }),
    });
    const rate = fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }));
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.nat(50_000_000),
        rate,
        (lines, shipping, [n, d]) => {
          const money = shopMoney(lines, shipping, fraction(n, d));
          const goods = money.units.map(({ quantity, unitMinor }) => quantity * unitMinor);
          expect(sum(goods) + money.shippingMinor).toBe(money.totalMinor);
          lines.forEach(({ quantity }, index) => {
            const own = money.units.filter((one) => one.line === index);
            expect(sum(own.map((one) => one.quantity))).toBe(quantity);
          });
        },
      ),
    );
  });
});
