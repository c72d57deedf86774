import { describe, expect, it } from 'vitest';
import { importSumOf, importSumText } from './import-sum.ts';

const sum = { read: 6, new: 1, changed: 1, unchanged: 1, duplicate: 1, held: 1, refused: 1 };

describe('the sum of an import', () => {
  it('shows every part, so that it adds up', () => {
    expect(importSumText(sum)).toBe('6 read = 1 new + 1 changed + 1 unchanged + 1 duplicate + 1 held + 1 refused');
  });

  it('is found in the counts of a catalogue’s run, and in no other’s', () => {
    expect(importSumOf({ since: null, cursor: 'x', total: sum })).toEqual(sum);
    for (const other of [null, 'x', {}, { orders: 3 }, { ok: true, findings: [] }])
      expect(importSumOf(other)).toBeNull();
  });
});
