import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { availableUnits, shareOut } from './share.ts';

describe('sharing out stock', () => {
  it('never offers more than there is, and offers all of it to live listings', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5, max: 500 }),
        fc.uniqueArray(fc.record({ id: fc.uuid(), live: fc.boolean() }), { selector: ({ id }) => id, maxLength: 8 }),
        (available, claimants) => {
          const shares = shareOut(available, claimants);
          const sum = [...shares.values()].reduce((total, share) => total + share, 0);
          expect(sum).toBe(claimants.some(({ live }) => live) ? Math.max(0, available) : 0);
          for (const { id, live } of claimants) expect(live || shares.get(id) === 0).toBe(true);
        },
      ),
    );
  });

  it('does not depend on the order in which listings come', () => {
    const claimants = ['c', 'a', 'b'].map((id) => ({ id, live: true }));
    expect([...shareOut(5, claimants)].sort()).toEqual([...shareOut(5, claimants.toReversed())].sort());
    expect(shareOut(5, claimants).get('a')).toBe(2);
    expect(shareOut(5, claimants).get('c')).toBe(1);
  });

  it('keeps the safety stock back', () => {
    expect(availableUnits({ onHand: 7, reserved: 2, safetyStock: 3 })).toBe(2);
    expect(availableUnits({ onHand: 2, reserved: 2, safetyStock: 3 })).toBe(0);
  });
});
