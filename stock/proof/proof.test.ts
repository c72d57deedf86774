import { describe, expect, it } from 'vitest';
import { nextOffers } from '../next-offers.ts';
import { explore } from './explore.ts';
import { races } from './simulate.ts';

const small = { channels: 2, units: 2, faults: 2, decide: (state) => nextOffers(state).writes } as const satisfies Omit<
  Parameters<typeof explore>[0],
  'writes'
>;

describe('the proof of the quota machine', () => {
  it.each(['compare-and-set', 'absolute'] as const)('finds no violation with %s writes', (writes) => {
    const { states, violation, stuck, belowQuota } = explore({ ...small, writes });
    expect({ violation, stuck }).toEqual({ violation: null, stuck: null });
    expect(states).toBeGreaterThan(1000);
    expect(belowQuota).toBeGreaterThan(0);
  });

  it('finds the shortest way in which a raise before the acknowledged cut offers too much', () => {
    const { violation } = explore({
      ...small,
      writes: 'compare-and-set',
      decide: (state, sent) =>
        nextOffers({
          ...state,
          channels: state.channels.map((channel, index) => ({ ...channel, high: sent[index] ?? channel.high })),
        }).writes,
    });
    expect(violation?.trace.at(-1)).toMatch(/shows/);
    expect(violation?.trace.some((event) => event.startsWith('send decrease'))).toBe(true);
  });

  it('plays the race for one unit: quota never oversells, shared allocates exactly one', () => {
    expect(races(300, { policy: 'quota', withShop: false })).toMatchObject({ oversells: 0, soldTwice: 0 });
    const shared = races(300, { policy: 'shared', withShop: false });
    expect(shared.soldTwice).toBeGreaterThan(50);
    expect(shared.oneAllocated).toBe(shared.soldTwice);
  });
});
