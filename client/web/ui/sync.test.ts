import { describe, expect, it } from 'vitest';
import { standOf } from './sync.ts';

describe('where a value stands', () => {
  it.each([
    [{ desired: null, acknowledged: 5, seen: 5 }, 'none'],
    [{ desired: 5, acknowledged: null, seen: null }, 'sending'],
    [{ desired: 5, acknowledged: 4, seen: 5 }, 'sending'],
    [{ desired: 5, acknowledged: 5, seen: null }, 'same'],
    [{ desired: 5, acknowledged: 5, seen: 5 }, 'same'],
    [{ desired: 5, acknowledged: 5, seen: 3 }, 'drift'],
    [{ desired: 0, acknowledged: 0, seen: 0 }, 'same'],
  ] as const)('%o is %s', (values, stand) => expect(standOf(values, 'LIVE')).toBe(stand));

  it('is not on the way to where the listing does not exist', () => {
    expect(standOf({ desired: 5, acknowledged: null, seen: null }, 'ABSENT')).toBe('none');
    expect(standOf({ desired: 5, acknowledged: 4, seen: null }, 'ABSENT')).toBe('sending');
  });
});
