import { describe, expect, it } from 'vitest';
import { type ConfirmationRule, deadlinesOf, money, type OrderFacts, reasonsToAsk, ruleByHand } from './rule.ts';

const order: OrderFacts = {
  totalMinor: 125_000_000,
  currency: 'IDR',
  destinationCountryCode: 'ID',
  skus: ['KOPI-250', 'TEH-50', 'KOPI-250'],
  isFirstOrder: false,
};
const any = (...conditions: ConfirmationRule['conditions']): ConfirmationRule => ({
  ...ruleByHand,
  ask: 'any',
  conditions,
});

describe('when a brand is asked', () => {
  it.each([
    ['by hand', ruleByHand, []],
    ['always', { ...ruleByHand, ask: 'always' } as const, ['Every order is confirmed.']],
    ['without a condition', any(), []],
    [
      'from a total',
      any({ kind: 'total-at-least', amountMinor: 125_000_000, currency: 'IDR' }),
      ['Its total of IDR 125,000,000 is at least IDR 125,000,000.'],
    ],
    ['below a total', any({ kind: 'total-at-least', amountMinor: 125_000_001, currency: 'IDR' }), []],
    ['from a total in another currency', any({ kind: 'total-at-least', amountMinor: 1, currency: 'THB' }), []],
    ['by destination', any({ kind: 'destination', countryCodes: ['TH', 'ID'] }), ['It goes to ID.']],
    ['by another destination', any({ kind: 'destination', countryCodes: ['TH'] }), []],
    ['by SKU', any({ kind: 'sku', skus: ['KOPI-250', 'X'] }), ['It holds KOPI-250.']],
    ['by another SKU', any({ kind: 'sku', skus: ['kopi-250'] }), []],
    ['by first order', any({ kind: 'first-order' }), []],
  ])('%s', (_name, rule, reasons) => {
    expect(reasonsToAsk(rule, order)).toEqual(reasons);
  });

  it('names every reason', () => {
    const rule = any({ kind: 'first-order' }, { kind: 'sku', skus: ['TEH-50'] });
    expect(reasonsToAsk(rule, { ...order, isFirstOrder: true })).toHaveLength(2);
  });

  it('writes amounts with the digits of their currency', () => {
    expect([money(1_234_50, 'AUD'), money(1_500, 'JPY')]).toEqual(['AUD 1,234.50', 'JPY 1,500']);
  });
});

describe('until when a brand may answer', () => {
  const askedAt = new Date('2026-11-20T00:00:00Z');
  const rule = { ...ruleByHand, answerWithinHours: 24, beforeShipByHours: 12, remindBeforeHours: 4 };
  const hours = (date: Date | null) => (date === null ? null : (date.getTime() - askedAt.getTime()) / 3_600_000);

  it.each([
    ['no ship-by', null, 24, 20],
    ['a late ship-by', '2026-11-25T00:00:00Z', 24, 20],
    ['a near ship-by', '2026-11-20T18:00:00Z', 6, 2],
    ['a ship-by too near for a reminder', '2026-11-20T15:00:00Z', 3, null],
    ['a ship-by that leaves no time', '2026-11-20T06:00:00Z', 0.5, null],
    ['a ship-by in the past', '2026-11-19T00:00:00Z', 0.5, null],
  ])('%s', (_name, shipBy, due, remind) => {
    const { dueAt, remindAt } = deadlinesOf(rule, askedAt, shipBy === null ? null : new Date(shipBy));
    expect([hours(dueAt), hours(remindAt)]).toEqual([due, remind]);
  });

  it('without reminders', () => {
    expect(deadlinesOf({ ...rule, remindBeforeHours: 0 }, askedAt, null).remindAt).toBeNull();
  });
});
