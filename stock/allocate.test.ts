import { describe, expect, it } from 'vitest';
import { allocate, type Claim } from './allocate.ts';

const claim = (orderId: string, second: number, units = 1, firm = false): Claim => ({
  ...{ orderId, units, firm, externalId: orderId },
  orderedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
});

describe('allocation', () => {
  it('serves the earliest order first, then the lower number, whatever the order of arrival', () => {
    const claims = [claim('b', 1), claim('a', 1), claim('c', 0)];
    expect(allocate(1, claims)).toEqual({ served: ['c'], short: ['a', 'b'] });
    expect(allocate(2, claims.toReversed())).toEqual({ served: ['c', 'a'], short: ['b'] });
  });

  it('takes nothing from an order that people approved', () => {
    expect(allocate(1, [claim('early', 0), claim('approved', 9, 1, true)])).toEqual({
      served: ['approved'],
      short: ['early'],
    });
  });

  it('gives all units or none', () => {
    expect(allocate(2, [claim('a', 0, 3), claim('b', 1, 2)])).toEqual({ served: ['b'], short: ['a'] });
  });
});
