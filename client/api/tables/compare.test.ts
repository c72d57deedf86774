import { describe, expect, it } from 'vitest';
import type { Row } from '../../../db/steps.ts';
import { columnChange, compareField, entryChange, OncePerCell, presentOf, type Since } from './compare.ts';
import { skuChange } from './product-cells.ts';

const at = new Date('2026-07-01T04:00:00.000Z');
const step = (version: number, changed: Since['changed'], actor = 'a@example.com'): Since => ({
  version,
  changed,
  actor,
  at,
});

describe('what happened to a cell since it was looked at', () => {
  const history = [
    step(2, { title: ['one', 'two'] }, 'a@example.com'),
    step(3, { title: ['two', 'three'] }, 'b@example.com'),
  ];

  it('begins at the version that was seen and ends with the last who changed it', () => {
    expect(presentOf(history, 1, 'three', columnChange('title'))).toMatchObject({ base: 'one', by: 'b@example.com' });
    expect(presentOf(history, 2, 'three', columnChange('title'))).toMatchObject({ base: 'two', theirs: 'three' });
    expect(presentOf(history, 3, 'three', columnChange('title'))).toMatchObject({ base: 'three', by: null });
  });

  it('looks at one entry of a map, whatever happened to the others', () => {
    const maps = [
      step(2, {
        attributes: [
          { Colour: 'red', Size: 'S' },
          { Colour: 'red', Size: 'M' },
        ],
      }),
    ];
    expect(presentOf(maps, 1, 'red', entryChange('attributes', 'Colour')).by).toBeNull();
    expect(presentOf(maps, 1, 'M', entryChange('attributes', 'Size'))).toMatchObject({ base: 'S', theirs: 'M' });
    expect(presentOf(maps, 1, undefined, entryChange('attributes', 'Fabric'))).toMatchObject({ base: null, by: null });
  });

  it('finds a SKU’s field under its id and as an import from a file names it', () => {
    const sku = { id: 'id-1', sku: 'KW-1' } as unknown as Row;
    for (const key of ['skus/id-1/weight_grams', 'KW-1.weight_grams']) {
      const present = presentOf([step(2, { [key]: [100, 200] })], 1, 200, skuChange(sku, 'weight_grams'));
      expect(present).toMatchObject({ base: 100, theirs: 200, by: 'a@example.com' });
    }
  });
});

describe('one cell', () => {
  const present = { theirs: 'there', base: 'seen', by: 'b@example.com', at };
  const calm = { theirs: 'there', base: 'there', by: null, at: null };
  const parsed = { ok: true, value: 'typed' } as const;
  const compare = (more: Partial<Parameters<typeof compareField>[0]>) =>
    compareField({ key: 'title', given: 'typed', parsed, present: calm, keep: undefined, ...more }).outcome;

  it('is saved, unchanged, refused, a conflict, or dropped', () => {
    expect(compare({})).toBe('saved');
    expect(compare({ parsed: { ok: true, value: 'there' } })).toBe('unchanged');
    expect(compare({ parsed: { ok: false, why: 'No.' } })).toBe('refused');
    expect(compare({ locked: 'Locked.' })).toBe('refused');
    expect(compare({ present })).toBe('conflict');
    expect(compare({ present, keep: 'theirs' })).toBe('dropped');
  });

  it('is no conflict when both wrote the same, and one again when it changed since the choice', () => {
    expect(compare({ present, parsed: { ok: true, value: 'there' } })).toBe('unchanged');
    expect(compare({ present, keep: 'mine' })).toBe('conflict');
    expect(compare({ keep: 'mine' })).toBe('saved');
  });

  it('may be changed by one row of an edit only', () => {
    const once = new OncePerCell();
    const field = (yours: unknown) =>
      compareField({ key: 'title', given: yours, parsed: { ok: true, value: yours }, present: calm, keep: undefined });
    expect(once.take('cell', field('a')).outcome).toBe('saved');
    expect(once.take('cell', field('a')).outcome).toBe('unchanged');
    expect(once.take('cell', field('b')).outcome).toBe('refused');
    expect(once.take('other', field('b')).outcome).toBe('saved');
  });
});
