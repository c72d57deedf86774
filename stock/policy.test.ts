import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { type ChannelAdjustment, planStock, type StockChannel, type StockFacts } from './policy.ts';

const at = new Date('2026-03-01T10:00:00Z');
const facts = (more: Partial<StockFacts> = {}): StockFacts => ({
  ...{ onHand: 8, reserved: 0, safetyStock: 0, safetyFrom: 'brand', policy: null, quotaThreshold: 10 },
  ...{ thresholdFrom: 'brand', sharedBuffer: 0, gone: false, at },
  ...more,
});
const channel = (id: string, more: Partial<StockChannel> = {}): StockChannel => ({
  ...{ id, name: id, live: true, weight: 1, holding: 0, adjustments: [] },
  ...more,
});
const rule = (kind: 'adjust' | 'cap', quantity: number, expiresAt: Date | null = null): ChannelAdjustment => ({
  ...{ id: `${kind}${quantity}`, kind, quantity, reason: 'a test', by: 'ada', expiresAt },
});
const offers = (given: StockFacts, ...channels: StockChannel[]) =>
  Object.fromEntries(planStock(given, channels).channels.map(({ id, desired }) => [id, desired]));

describe('what each marketplace is to be offered', () => {
  it('switches between one number for all and shares at the switch point', () => {
    const pair = [channel('a'), channel('b')];
    expect(planStock(facts({ onHand: 10 }), pair)).toMatchObject({ policy: 'shared', available: 10 });
    expect(offers(facts({ onHand: 10, sharedBuffer: 2 }), ...pair)).toEqual({ a: 8, b: 8 });
    expect(planStock(facts({ onHand: 9 }), pair)).toMatchObject({ policy: 'quota', available: 9 });
    expect(offers(facts({ onHand: 9 }), ...pair)).toEqual({ a: 5, b: 4 });
    expect(offers(facts({ onHand: 9, policy: 'shared' }), ...pair)).toEqual({ a: 9, b: 9 });
  });

  it('keeps safety stock and reserved units back, and says so', () => {
    const { available, explain } = planStock(facts({ reserved: 2, safetyStock: 1 }), [channel('a')]);
    expect(available).toBe(5);
    expect(explain[0]).toBe('5 available = 8 on hand − 2 reserved − 1 safety stock (of the brand)');
  });

  it('shares by weight; the odd unit stays where it is', () => {
    expect(offers(facts(), channel('a', { weight: 3 }), channel('b'))).toEqual({ a: 6, b: 2 });
    expect(offers(facts({ onHand: 3 }), channel('a', { holding: 1 }), channel('b', { holding: 2 }))).toEqual({
      a: 1,
      b: 2,
    });
  });

  it('adjusts and caps one marketplace and gives the rest to the others, until it expires', () => {
    const later = new Date(at.getTime() + 1);
    expect(offers(facts(), channel('a', { adjustments: [rule('cap', 1, later)] }), channel('b'))).toEqual({
      a: 1,
      b: 7,
    });
    expect(offers(facts(), channel('a', { adjustments: [rule('adjust', 2)] }), channel('b'))).toEqual({ a: 6, b: 2 });
    expect(offers(facts(), channel('a', { adjustments: [rule('adjust', -9)] }), channel('b'))).toEqual({ a: 0, b: 8 });
    expect(offers(facts(), channel('a', { adjustments: [rule('cap', 1, at)] }), channel('b'))).toEqual({ a: 4, b: 4 });
  });

  it('offers nothing of what is gone or not on sale', () => {
    expect(offers(facts({ gone: true }), channel('a'))).toEqual({ a: 0 });
    expect(offers(facts(), channel('a', { live: false }), channel('b'))).toEqual({ a: 0, b: 8 });
  });

  it('never offers more by quota than there is, whatever was adjusted', () => {
    const rules = fc.array(
      fc.record({
        kind: fc.constantFrom('adjust' as const, 'cap' as const),
        quantity: fc.integer({ min: -9, max: 9 }),
      }),
      { maxLength: 3 },
    );
    const one = fc.record({ live: fc.boolean(), weight: fc.nat(4), holding: fc.nat(9), rules });
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 40 }), fc.array(one, { maxLength: 5 }), (onHand, rows) => {
        const channels = rows.map(({ rules: list, ...row }, index) =>
          channel(String(index), { ...row, adjustments: list.map(({ kind, quantity }) => rule(kind, quantity)) }),
        );
        const { available, channels: planned } = planStock(facts({ onHand, policy: 'quota' }), channels);
        const sum = planned.reduce((total, { desired }) => total + desired, 0);
        expect(sum).toBeLessThanOrEqual(available);
        expect(planned.every(({ desired }) => Number.isInteger(desired) && desired >= 0)).toBe(true);
      }),
    );
  });
});
