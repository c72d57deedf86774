import { describe, expect, it } from 'vitest';
import { faultsOf, type GivenBudget, givenBudget, storedBudget } from './given.ts';
import { accountBudget } from './limits.ts';

const given: GivenBudget = {
  account: { calls: 10, per: 'second', burst: 20, concurrent: 8 },
  groups: {
    stock: { operations: ['stock.*'], calls: 20, per: 'minute', burst: 4 },
    labels: { operations: ['shipments.book'], calls: 5_000, per: 'day', burst: 10, concurrent: 2 },
  },
};
const account = given.account;
const group = (operations: string[], more: object = {}) => ({
  operations,
  calls: 1,
  per: 'second' as const,
  burst: 1,
  ...more,
});

describe('a budget as people state it', () => {
  it('comes back as it was stated, and is what the scheduler works with', () => {
    const stored = storedBudget(given);
    expect(givenBudget(stored)).toEqual(given);
    const { limits, groupOf } = accountBudget(stored.callsPerSecond, stored.burst, stored.settings);
    expect(limits.account).toEqual({ callsPerSecond: 10, burst: 20, concurrent: 8, points: null });
    expect(limits.groups.stock?.callsPerSecond).toBeCloseTo(1 / 3);
    expect([groupOf('stock.write'), groupOf('shipments.book'), groupOf('orders.list')]).toEqual([
      'stock',
      'labels',
      '*',
    ]);
  });

  it('permits at once what a second permits, at least one call, where nothing is said', () => {
    const burst = (calls: number) => storedBudget({ account: { calls, per: 'second' }, groups: {} }).burst;
    expect([burst(0.2), burst(4), burst(4.5)]).toEqual([1, 4, 5]);
  });

  it('shows a rate that is whole in no unit by the second', () => {
    const { account: shown } = givenBudget({ callsPerSecond: 0.123, burst: 1, settings: {} });
    expect(shown).toMatchObject({ calls: 0.123, per: 'second' });
  });

  it.each([
    ['more than the account', { a: group(['x.*'], { calls: 700, per: 'minute' }) }, ['groups.a']],
    ['more at once than the account', { a: group(['x.*'], { burst: 21 }) }, ['groups.a']],
    ['more under way than the account', { a: group(['x.*'], { concurrent: 9 }) }, ['groups.a']],
    ['the same operation twice', { a: group(['x.read']), b: group(['y', 'x.read']) }, ['groups.b']],
    ['a pattern within another', { a: group(['x.*']), b: group(['x.read']) }, ['groups.b']],
    ['two patterns that meet', { a: group(['x.re*']), b: group(['x.*']) }, ['groups.b']],
    ['neighbours', { a: group(['x.*']), b: group(['xy.read']) }, []],
  ])('with %s', (_, groups, fields) => {
    expect(faultsOf({ account, groups }).map(({ field }) => field)).toEqual(fields);
  });

  it('is refused above a thousand calls a second', () => {
    expect(faultsOf({ account: { calls: 60_001, per: 'minute' }, groups: {} })).toHaveLength(1);
    expect(faultsOf({ account: { calls: 60_000, per: 'minute' }, groups: {} })).toEqual([]);
  });
});
