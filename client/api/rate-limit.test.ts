import { describe, expect, it } from 'vitest';
import { createLimiter } from './rate-limit.ts';

const at = (ms: number) => new Date(Date.UTC(2026, 6, 1) + ms);

describe('a limit per address', () => {
  it('lets so many calls through in a window, and says how long to wait', () => {
    const waitMs = createLimiter({ calls: 2, windowMs: 1000 });
    expect([waitMs('a', at(0)), waitMs('a', at(100)), waitMs('a', at(400))]).toEqual([0, 0, 600]);
    expect(waitMs('b', at(400))).toBe(0);
    expect(waitMs('a', at(1000))).toBe(0);
  });

  it('forgets the oldest of very many addresses, and none of the others', () => {
    const waitMs = createLimiter({ calls: 1, windowMs: 1000 });
    for (let index = 0; index <= 10_000; index += 1) waitMs(`address-${index}`, at(0));
    expect(waitMs('address-0', at(1))).toBe(0);
    expect(waitMs('address-10000', at(1))).toBe(999);
  });
});
