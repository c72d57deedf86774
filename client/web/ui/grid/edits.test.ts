import { describe, expect, it } from 'vitest';
import type { RowOutcome, TableRow } from '../../api/types/tables.ts';
import { planClear, planFill, planPaste, type Sheet } from './blocks.ts';
import { countEdits, decide, type Edits, noEdits, rebase, redo, rowsToSend, settle, undo, write } from './edits.ts';
import type { GridColumn } from './model.ts';
import { recallEdits, rememberEdits } from './storage.ts';

const column = (key: string, more: Partial<GridColumn> = {}): GridColumn => ({
  key,
  title: key,
  type: 'text',
  editable: true,
  nullable: true,
  sortable: false,
  ...more,
});
const title = column('title', { nullable: false });
const weight = column('weight', { type: 'integer', unit: 'g' });
const sku = column('sku', { editable: false, type: 'code' });
const columns = [title, weight, sku];

const row = (id: string, version = 7, cells: Record<string, unknown> = {}): TableRow => ({
  id,
  entity: id,
  kind: 'product',
  parent: null,
  version,
  state: 'NEW',
  cells: { title: `Title ${id}`, weight: 100, sku: `SKU-${id}`, ...cells },
  locked: {},
  allowed: [],
  edited: { to: null, why: null },
});
const typed = (edits: Edits, on: TableRow, what: GridColumn, text: string) =>
  write(edits, [{ row: on, name: on.id, column: what, text }]);
const outcome = (id: string, more: Partial<RowOutcome>): RowOutcome => ({
  id,
  entity: id,
  outcome: 'saved',
  from: 'NEW',
  to: 'EDITED',
  version: 8,
  code: null,
  why: null,
  fields: [],
  follows: [],
  ...more,
});
const field = (key: string, name: RowOutcome['fields'][number]['outcome'], theirs: unknown = null) => ({
  key,
  outcome: name,
  base: 'base',
  yours: 'yours',
  theirs,
  by: 'Budi',
  at: '2026-07-01T00:00:00Z',
  why: null,
});

describe('unsaved changes', () => {
  it('are sent with the version that was read, and are none when the old value comes back', () => {
    const changed = typed(noEdits, row('a'), title, ' New ');
    expect(rowsToSend(changed)).toEqual([{ id: 'a', version: 7, changes: { title: 'New' } }]);
    expect(typed(changed, row('a'), title, 'Title a').rows.size).toBe(0);
  });

  it('keep what is wrong in sight and do not send it', () => {
    const changed = typed(typed(noEdits, row('a'), title, ''), row('a'), weight, '120');
    expect(countEdits(changed)).toEqual({ cells: 2, rows: 1, invalid: 1, conflicts: 0, refused: 0 });
    expect(rowsToSend(changed)).toEqual([{ id: 'a', version: 7, changes: { weight: 120 } }]);
  });

  it('leave locked cells alone', () => {
    const locked = { ...row('a'), locked: { '*': 'Done.' } };
    expect(typed(noEdits, locked, title, 'x')).toBe(noEdits);
    expect(typed(noEdits, row('a'), sku, 'x')).toBe(noEdits);
  });

  it('are undone and redone step by step, a pasted block as one', () => {
    const one = typed(noEdits, row('a'), title, 'New');
    const two = write(one, [
      { row: row('a'), name: 'a', column: weight, text: '5' },
      { row: row('b'), name: 'b', column: weight, text: '6' },
    ]);
    expect(countEdits(undo(two))).toMatchObject({ cells: 1, rows: 1 });
    expect(undo(undo(two)).rows.size).toBe(0);
    expect(redo(undo(two)).rows).toEqual(two.rows);
    expect(undo(noEdits)).toBe(noEdits);
  });

  it('survive a reload without what else the row holds', () => {
    const memory = new Map<string, string>();
    const storage = {
      getItem: (key: string) => memory.get(key) ?? null,
      setItem: (key: string, value: string) => void memory.set(key, value),
      removeItem: (key: string) => void memory.delete(key),
    };
    rememberEdits(storage, 'k', typed(noEdits, row('a', 7, { address: 'Jl. Cihampelas 160' }), weight, '5'));
    expect(memory.get('k')).not.toContain('Cihampelas');
    expect(rowsToSend(recallEdits(storage, 'k'))).toEqual([{ id: 'a', version: 7, changes: { weight: 5 } }]);
    memory.set('k', '{broken');
    expect(recallEdits(storage, 'k')).toEqual(noEdits);
    rememberEdits(storage, 'k', noEdits);
    expect(memory.size).toBe(0);
  });
});

describe('after an answer', () => {
  const changed = typed(typed(noEdits, row('a'), title, 'Mine'), row('a'), weight, '120');

  it('a conflict is held back until it is decided, whatever else was saved', () => {
    const answer = outcome('a', {
      outcome: 'partly',
      fields: [field('title', 'conflict', 'Theirs'), field('weight', 'saved')],
    });
    const left = settle(changed, [answer], false);
    expect(countEdits(left)).toMatchObject({ cells: 1, conflicts: 1 });
    expect(rowsToSend(left)).toEqual([]);
    expect(rowsToSend(decide(left, () => 'leave'))).toEqual([]);
    expect(decide(left, () => 'theirs').rows.size).toBe(0);
    expect(rowsToSend(decide(left, () => 'mine'))).toEqual([
      { id: 'a', version: 8, changes: { title: 'Mine' }, keep: { title: 'mine' } },
    ]);
  });

  it('a conflict of a dry run is decided against the row as it was read after it', () => {
    const answer = outcome('a', {
      outcome: 'partly',
      version: 9,
      fields: [field('title', 'conflict', 'Theirs'), field('weight', 'saved')],
    });
    const found = settle(changed, [answer], true);
    const fresh = rebase(found, [row('a', 8, { title: 'Theirs' })], columns);
    expect(rowsToSend(decide(fresh, () => 'mine'))).toEqual([
      { id: 'a', version: 8, changes: { title: 'Mine', weight: 120 }, keep: { title: 'mine' } },
    ]);
    const twice = rebase(found, [row('a', 8, { title: 'Theirs again' })], columns);
    expect(rowsToSend(decide(twice, () => 'mine'))[0]?.version).toBe(7);
  });

  it('of a dry run the changes stay, with what would be refused', () => {
    const answer = outcome('a', {
      version: 7,
      fields: [field('title', 'saved'), { ...field('weight', 'refused'), why: 'No.' }],
    });
    const left = settle(changed, [answer], true);
    expect(countEdits(left)).toMatchObject({ cells: 2, refused: 1 });
    expect(countEdits(settle(left, [outcome('a', { outcome: 'refused', why: 'Locked.' })], false)).refused).toBe(2);
  });

  it('changes move on to a newer row only where nobody touched their cells', () => {
    const own = typed(noEdits, row('a'), title, 'Mine');
    expect(rowsToSend(rebase(own, [row('a', 9, { weight: 5 })], columns))[0]?.version).toBe(9);
    expect(rowsToSend(rebase(own, [row('a', 9, { title: 'Theirs' })], columns))[0]?.version).toBe(7);
    expect(rebase(own, [row('b', 9)], columns)).toBe(own);
  });
});

describe('blocks', () => {
  const sheet: Sheet = { rows: [row('a'), row('b')], columns, edits: noEdits, nameOf: ({ id }) => id };
  const range = (top: number, left: number, bottom = top, right = left) => ({ top, left, bottom, right });

  it('list every cell that did not fit', () => {
    const { writes, leftovers } = planPaste(sheet, range(1, 1), [
      ['5', 'X', 'right of it'],
      ['6', 'Y'],
    ]);
    expect(writes.map(({ row: on, text }) => [on.id, text])).toEqual([['b', '5']]);
    expect(leftovers.map(({ row: on, column: of, text }) => [on, of, text])).toEqual([
      ['b', 'sku', 'X'],
      ['b', 'column 4', 'right of it'],
      ['row 3', 'weight', '6'],
      ['row 3', 'sku', 'Y'],
    ]);
  });

  it('give a whole row back without a complaint about its locked cells', () => {
    expect(planPaste(sheet, range(0, 0), [['Other', '7', 'SKU-a']]).leftovers).toEqual([]);
  });

  it('fill a range with one cell, downwards with the first row, or empty it', () => {
    expect(planPaste(sheet, range(0, 1, 1, 1), [['9']]).writes).toHaveLength(2);
    expect(planFill(sheet, range(0, 0, 1, 1)).writes.map(({ text }) => text)).toEqual(['Title a', '100']);
    expect(planFill(sheet, range(1, 1)).writes.map(({ text }) => text)).toEqual(['100']);
    const cleared = planClear(sheet, range(0, 0, 0, 1));
    expect(cleared.writes.map(({ column: of }) => of.key)).toEqual(['weight']);
    expect(cleared.leftovers).toEqual([{ row: 'a', column: 'title', text: '', why: 'title cannot be empty.' }]);
  });
});
