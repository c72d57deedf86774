import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { nextOffers, type OfferedChannel, type OfferState } from './next-offers.ts';

const channel = (id: string, low: number, desired: number, more: Partial<OfferedChannel> = {}): OfferedChannel => ({
  ...{ id, desired, low, high: low, inFlight: false, confirmed: true },
  ...more,
});
const quota = (available: number, ...channels: OfferedChannel[]): OfferState => ({
  policy: 'quota',
  available,
  channels,
});
const writes = (state: OfferState) =>
  nextOffers(state).writes.map(({ id, quantity, kind }) => `${kind} ${id} ${quantity}`);

describe('what may be offered next', () => {
  it('raises nothing before the cut that it needs is acknowledged', () => {
    expect(writes(quota(4, channel('a', 4, 2), channel('b', 0, 2)))).toEqual(['decrease a 2']);
    const underWay = channel('a', 2, 2, { high: 4, inFlight: true, confirmed: false });
    const { writes: none, waiting } = nextOffers(quota(4, underWay, channel('b', 0, 2)));
    expect(none).toEqual([]);
    expect(waiting.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(writes(quota(4, channel('a', 2, 2), channel('b', 0, 2)))).toEqual(['increase b 2']);
  });

  it('counts the higher of two values after a lost answer', () => {
    const lost = channel('a', 1, 1, { high: 3, confirmed: false });
    expect(writes(quota(3, lost, channel('b', 0, 2)))).toEqual(['decrease a 1']);
  });

  it('raises as far as there is room, and comes to an end where two answers were lost', () => {
    expect(writes(quota(5, channel('a', 4, 2), channel('b', 0, 3)))).toEqual(['decrease a 2', 'increase b 1']);
    const lost = { high: 2, confirmed: false };
    expect(writes(quota(2, channel('a', 0, 1, lost), channel('b', 0, 1, lost)))).toEqual([
      'decrease a 0',
      'decrease b 0',
    ]);
  });

  it('holds nothing back where all share one number', () => {
    const state: OfferState = { ...quota(10, channel('a', 12, 10), channel('b', 3, 10)), policy: 'shared' };
    expect(writes(state)).toEqual(['decrease a 10', 'increase b 10']);
  });

  it('writes again what was not confirmed, and nothing that is', () => {
    expect(writes(quota(2, channel('a', 1, 1), channel('b', 1, 1, { confirmed: false })))).toEqual(['settle b 1']);
  });

  it('never lets the highest values that may be shown pass what is available, except where they do already', () => {
    const channels = fc.array(
      fc.record({
        desired: fc.nat(6),
        low: fc.nat(6),
        extra: fc.nat(4),
        inFlight: fc.boolean(),
        confirmed: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(fc.nat(12), channels, (available, rows) => {
        const state = quota(
          available,
          ...rows.map(({ extra, ...row }, index) => ({ ...row, id: String(index), high: row.low + extra })),
        );
        const high = new Map(state.channels.map((row) => [row.id, row.high]));
        const before = [...high.values()].reduce((total, units) => total + units, 0);
        for (const { id, quantity } of nextOffers(state).writes) high.set(id, Math.max(high.get(id) ?? 0, quantity));
        const after = [...high.values()].reduce((total, units) => total + units, 0);
        expect(after).toBeLessThanOrEqual(Math.max(before, available));
      }),
    );
  });
});
