import { describe, expect, it } from 'vitest';
import type { TableRow } from '../../api/types/tables.ts';
import type { GridColumn } from './model.ts';
import { cellValue, lockOf, rowName, sameValue, spreadMaps } from './model.ts';
import { plainText, readCell, spokenText } from './values.ts';

const column = (type: GridColumn['type'], more: Partial<GridColumn> = {}): GridColumn => ({
  key: 'x',
  title: 'X',
  type,
  editable: true,
  nullable: true,
  sortable: false,
  ...more,
});
const row = (cells: Record<string, unknown>): TableRow => ({
  id: 'r',
  entity: 'r',
  kind: 'price',
  parent: null,
  version: 1,
  state: 'LIVE',
  cells,
  locked: {},
  allowed: [],
  edited: { to: null, why: null },
});
const rupiah = { amountMinor: 95_000, currency: 'IDR' };
const dollars = { amountMinor: 1290, currency: 'AUD' };
const read = (type: GridColumn['type'], text: string, cells: Record<string, unknown> = { x: null }, more = {}) => {
  const answer = readCell(column(type, more), row(cells), text);
  return answer.ok ? answer.value : answer.why;
};

describe('readCell', () => {
  it('reads money in the cell’s own currency', () => {
    expect(read('money', '95.000', { x: rupiah })).toEqual(rupiah);
    expect(read('money', 'Rp 95.000', { x: rupiah })).toEqual(rupiah);
    expect(read('money', 'IDR 95,000', { x: rupiah })).toEqual(rupiah);
    expect(read('money', '95000 IDR', { x: rupiah })).toEqual(rupiah);
    expect(read('money', 'AUD 12', { x: rupiah })).toBe('The currency is IDR, not AUD.');
    expect(read('money', '12.9', { x: dollars })).toEqual(dollars);
    expect(read('money', '12.905', { x: dollars })).toContain('Is it');
  });

  it('never guesses a currency', () => {
    expect(read('money', '12,90', { x: null, a: rupiah, b: dollars })).toBe('Write the currency with it: IDR or AUD.');
    expect(read('money', '12.90', { x: null, a: rupiah, b: dollars })).toBe('12.90');
    expect(read('money', 'AUD 12.90', { x: null, a: rupiah, b: dollars })).toEqual(dollars);
    expect(read('money', 'EUR 12.90', { x: null, a: rupiah, b: dollars })).toContain('IDR or AUD');
    expect(read('money', '12.90', { x: null, b: dollars })).toEqual(dollars);
    expect(read('money', '1.290')).toBe('Write the currency with it.');
    expect(read('money', 'AUD 12.90')).toEqual(dollars);
  });

  it('reads choices by value or label, yes and no, dates, lists', () => {
    const choices = [
      { value: 'shared', label: 'Shared' },
      { value: 'quota', label: 'Quota' },
    ];
    expect(read('choice', 'QUOTA', { x: null }, { choices })).toBe('quota');
    expect(read('choice', 'none', { x: null }, { choices })).toBe('X is one of Shared, Quota.');
    expect(read('boolean', 'Yes')).toBe(true);
    expect(read('boolean', 'perhaps')).toBe('Write yes or no.');
    expect(read('date', '2026-02-28')).toBe('2026-02-28');
    expect(read('date', '2026-02-30')).toContain('Write a date');
    expect(read('instant', '2026-08-01T00:00:00Z')).toBe('2026-08-01T00:00:00.000Z');
    expect(read('decimal', '12.50')).toBe('12.5');
    expect(read('integer', '1.200 g', { x: null }, { unit: 'g' })).toBe(1200);
    expect(read('url', 'javascript:alert(1)')).toContain('https');
    expect(read('text', 'two\nlines')).toBe('X is one line.');
    expect(read('text', 'abcd', { x: null }, { maxLength: 3 })).toContain('at most 3');
    expect(read('text', '  ', { x: 'a' }, { nullable: false })).toBe('X cannot be empty.');
  });

  it('reads back what it writes', () => {
    const values: [GridColumn['type'], unknown][] = [
      ['money', rupiah],
      ['money', dollars],
      ['integer', -1200],
      ['decimal', '0.125'],
      ['boolean', false],
      ['date', '2026-12-24'],
      ['instant', '2026-12-24T18:30:00.000Z'],
      ['html', '<p>a</p>\n<p>b</p>'],
    ];
    for (const [type, value] of values) {
      expect(read(type, plainText(column(type), value), { x: value })).toEqual(value);
    }
  });
});

describe('rows and columns', () => {
  const attributes = { ...column('map', { key: 'attributes', title: 'Attributes' }), type: 'map' } as const;
  const rows = [
    row({ attributes: { Colour: 'Indigo', Material: ['cotton', 'silk'] } }),
    row({ attributes: {} }),
    row({}),
  ];

  it('spread a map into a column per entry, and a list stays a list', () => {
    const [colour, material] = spreadMaps([attributes], rows);
    expect([colour?.key, material?.key]).toEqual(['attributes.Colour', 'attributes.Material']);
    if (!material || !rows[0] || !rows[1] || !rows[2]) throw new Error('no column');
    expect(cellValue(material, rows[0])).toEqual(['cotton', 'silk']);
    expect(plainText(material, cellValue(material, rows[0]))).toBe('cotton, silk');
    expect(readCell(material, rows[0], 'wool, silk,')).toEqual({ ok: true, value: ['wool', 'silk'] });
    expect(readCell(material, rows[1], 'wool')).toEqual({ ok: true, value: 'wool' });
    expect(lockOf(material, rows[1])).toBeNull();
    expect(lockOf(material, rows[2])).toBe('This row has no material.');
  });

  it('say why a cell is locked, and what a row is called', () => {
    const sku = column('code', { key: 'sku', title: 'SKU', editable: false });
    const locked = { ...row({ x: 'a', sku: 'KB-1' }), locked: { '*': 'Done.' } };
    expect(lockOf(column('text'), locked)).toBe('Done.');
    expect(lockOf(sku, locked)).toBe('SKU cannot be edited here.');
    expect(rowName([column('ref'), sku], locked)).toBe('KB-1');
    expect(spokenText(column('money'), dollars)).toBe('AUD 12.90');
    expect(spokenText(sku, null)).toBe('(empty)');
  });

  it('compare values by what they say', () => {
    expect(sameValue(dollars, { currency: 'AUD', amountMinor: 1290 })).toBe(true);
    expect(sameValue(undefined, null)).toBe(true);
    expect(sameValue(['a', 'b'], ['b', 'a'])).toBe(false);
    expect(sameValue('1', 1)).toBe(false);
  });
});
