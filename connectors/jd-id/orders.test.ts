import { describe, expect, it } from 'vitest';
import fc from '../../tests/properties.ts';
import { nextCursor, parseCursor } from './orders.ts';

describe('reading orders page by page', () => {
  it('misses no order that stays, whichever others leave the window between two pages', () => {
    const pageSize = 20;
    const leavers = fc.array(fc.array(fc.nat(200), { maxLength: 30 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(130), leavers, (count, leaving) => {
        let present = Array.from({ length: count }, (_, index) => index);
        const seen = new Set<number>();
        let cursor = parseCursor(null, 1);
        for (let call = 0; ; call += 1) {
          const page = present.slice((cursor.page - 1) * pageSize, cursor.page * pageSize);
          for (const order of page) seen.add(order);
          const gone = leaving[call] ?? [];
          present = present.filter((order) => !gone.includes(order));
          const next = nextCursor(cursor, page.length, 1);
          if (next === null) break;
          cursor = next;
          expect(call).toBeLessThan(20);
        }
        expect(present.filter((order) => !seen.has(order))).toEqual([]);
      }),
    );
  });

  it('goes on with the next state, and ends after the last', () => {
    expect(nextCursor({ state: 0, way: 'f', page: 1 }, 3, 2)).toEqual({ state: 1, way: 'f', page: 1 });
    expect(nextCursor({ state: 1, way: 'b', page: 1 }, 20, 2)).toBeNull();
    expect(nextCursor({ state: 1, way: 'f', page: 1 }, 0, 2)).toBeNull();
  });
});
