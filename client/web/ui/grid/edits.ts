import type { EditRow, FieldOutcome, RowOutcome, TableRow } from '../../api/types/tables.ts';
import { cellValue, type GridColumn, lockOf, sameValue } from './model.ts';
import { readCell } from './values.ts';

// Changes that are not saved yet. Everything here is a pure step from one state to the next.

/** What somebody else wrote into a cell that the person changed too. */
export interface Conflict {
  base: unknown;
  theirs: unknown;
  by: string | null;
  at: string | null;
  why: string | null;
}

export interface CellEdit {
  /** As it was typed. */
  text: string;
  /** What it means; null as well when it means nothing. */
  value: unknown;
  /** What the cell held when it was changed. */
  base: unknown;
  /** Why it cannot be a value of its column; such a cell is not sent. */
  problem: string | null;
  /** Why the server refused it last. */
  refused: string | null;
  /** Undecided: the cell is not sent until the person has chosen. */
  conflict: Conflict | null;
  /** The person chose hers over what was there. */
  keep: boolean;
}

export interface RowEdit {
  /** As it was when its first cell was changed, for showing it before it is loaded again. */
  row: TableRow;
  name: string;
  /** Against which the server compares. */
  version: number;
  cells: Readonly<Record<string, CellEdit>>;
}

interface Change {
  row: TableRow;
  name: string;
  key: string;
  before: CellEdit | null;
  after: CellEdit | null;
}

/** One thing that the person did: undone and redone as a whole. */
type Step = readonly Change[];

export interface Edits {
  rows: ReadonlyMap<string, RowEdit>;
  undo: readonly Step[];
  redo: readonly Step[];
}

export const noEdits: Edits = { rows: new Map(), undo: [], redo: [] };
const stepsKept = 200;

export interface Write {
  row: TableRow;
  name: string;
  column: GridColumn;
  text: string;
}

export const editOf = (edits: Edits, rowId: string, key: string): CellEdit | null =>
  edits.rows.get(rowId)?.cells[key] ?? null;

/** Writes cells as one step. Locked cells are left alone: whoever calls says so to the person. */
export function write(edits: Edits, writes: readonly Write[]): Edits {
  const step: Change[] = [];
  for (const { row, name, column, text } of writes) {
    if (lockOf(column, row) !== null) continue;
    const before = editOf(edits, row.id, column.key);
    const after = editFrom({ row, name, column, text }, before);
    if (before === null && after === null) continue;
    if (before !== null && after !== null && before.text === after.text && before.keep === after.keep) continue;
    step.push({ row, name, key: column.key, before, after });
  }
  if (step.length === 0) return edits;
  return { rows: applied(edits.rows, step, 'after'), undo: [...edits.undo, step].slice(-stepsKept), redo: [] };
}

/** Null when the cell gets back what it held. */
function editFrom({ row, column, text }: Write, before: CellEdit | null): CellEdit | null {
  const base = before === null ? cellValue(column, row) : before.base;
  const read = readCell(column, row, text);
  const value = read.ok ? read.value : null;
  if (read.ok && sameValue(value, base)) return null;
  return {
    text,
    value,
    base,
    problem: read.ok ? null : read.why,
    refused: null,
    conflict: before?.conflict ?? null,
    keep: before?.keep ?? false,
  };
}

function applied(rows: Edits['rows'], step: Step, side: 'before' | 'after'): Edits['rows'] {
  const next = new Map(rows);
  for (const change of step) {
    const present = next.get(change.row.id) ?? {
      row: change.row,
      name: change.name,
      version: change.row.version,
      cells: {},
    };
    const { [change.key]: _, ...others } = present.cells;
    const edit = change[side];
    const cells = edit === null ? others : { ...others, [change.key]: edit };
    if (Object.keys(cells).length === 0) next.delete(change.row.id);
    else next.set(change.row.id, { ...present, cells });
  }
  return next;
}

export function undo(edits: Edits): Edits {
  const step = edits.undo.at(-1);
  if (!step) return edits;
  return { rows: applied(edits.rows, step, 'before'), undo: edits.undo.slice(0, -1), redo: [...edits.redo, step] };
}

export function redo(edits: Edits): Edits {
  const step = edits.redo.at(-1);
  if (!step) return edits;
  return { rows: applied(edits.rows, step, 'after'), undo: [...edits.undo, step], redo: edits.redo.slice(0, -1) };
}

export interface EditCount {
  cells: number;
  rows: number;
  invalid: number;
  conflicts: number;
  refused: number;
}

export function countEdits({ rows }: Edits): EditCount {
  const cells = [...rows.values()].flatMap((row) => Object.values(row.cells));
  return {
    cells: cells.length,
    rows: rows.size,
    invalid: cells.filter(({ problem }) => problem !== null).length,
    conflicts: cells.filter(({ conflict }) => conflict !== null).length,
    refused: cells.filter(({ refused }) => refused !== null).length,
  };
}

const sendable = ({ problem, conflict }: CellEdit): boolean => problem === null && conflict === null;

/** What a save sends: everything but invalid cells and undecided conflicts. */
export function rowsToSend({ rows }: Edits): EditRow[] {
  return [...rows.entries()].flatMap(([id, { version, cells }]): EditRow[] => {
    const sent = Object.entries(cells).filter(([, cell]) => sendable(cell));
    if (sent.length === 0) return [];
    const kept = sent.filter(([, { keep }]) => keep);
    return [
      {
        id,
        version,
        changes: Object.fromEntries(sent.map(([key, { value }]) => [key, value])),
        ...(kept.length === 0 ? {} : { keep: Object.fromEntries(kept.map(([key]) => [key, 'mine' as const])) }),
      },
    ];
  });
}

/**
 * What an answer leaves over. Saved and unchanged cells are no changes any more (in a dry run they stay); refused ones keep
 * the reason, conflicts wait for a choice.
 */
export function settle(edits: Edits, outcomes: readonly RowOutcome[], dryRun: boolean): Edits {
  const rows = new Map(edits.rows);
  for (const outcome of outcomes) {
    const present = rows.get(outcome.id);
    if (!present) continue;
    const next = settleRow(present, outcome, dryRun);
    if (Object.keys(next.cells).length === 0) rows.delete(outcome.id);
    else rows.set(outcome.id, next);
  }
  // Steps name cells as they were before the save; taking one back now would bring back what is saved.
  return dryRun ? { ...edits, rows } : { rows, undo: [], redo: [] };
}

function settleRow(edit: RowEdit, outcome: RowOutcome, dryRun: boolean): RowEdit {
  const cells: Record<string, CellEdit> = { ...edit.cells };
  for (const field of outcome.fields) {
    const cell = cells[field.key];
    if (!cell) continue;
    const left = settleCell(cell, field, dryRun);
    if (left === null) delete cells[field.key];
    else cells[field.key] = left;
  }
  if (outcome.fields.length === 0 && outcome.outcome === 'refused') {
    for (const [key, cell] of Object.entries(cells)) cells[key] = { ...cell, refused: outcome.why };
  }
  // A dry run names the version that a save would have made. Undecided cells are held back, so the new version of a real
  // save cannot hide their conflict.
  return { ...edit, cells, version: dryRun ? edit.version : (outcome.version ?? edit.version) };
}

function settleCell(cell: CellEdit, field: FieldOutcome, dryRun: boolean): CellEdit | null {
  const { base, theirs, by, at, why } = field;
  switch (field.outcome) {
    case 'conflict':
      return { ...cell, keep: false, refused: null, conflict: { base, theirs, by, at, why } };
    case 'refused':
      return { ...cell, refused: why ?? 'It was refused.' };
    default:
      return dryRun ? { ...cell, refused: null } : null;
  }
}

export type Choice = 'mine' | 'theirs' | 'leave';

/** Decides conflicts, by row and key. `mine` is sent with the next save, `theirs` drops the change, `leave` decides nothing. */
export function decide(edits: Edits, choiceOf: (rowId: string, key: string) => Choice): Edits {
  const rows = new Map(edits.rows);
  for (const [id, row] of edits.rows) {
    const cells = Object.entries(row.cells).flatMap(([key, cell]): [string, CellEdit][] => {
      const choice = cell.conflict === null ? 'leave' : choiceOf(id, key);
      if (choice === 'theirs') return [];
      if (choice === 'leave') return [[key, cell]];
      return [[key, { ...cell, base: cell.conflict?.theirs ?? null, conflict: null, keep: true }]];
    });
    if (cells.length === 0) rows.delete(id);
    else rows.set(id, { ...row, cells: Object.fromEntries(cells) });
  }
  return { rows, undo: [], redo: [] };
}

/** Drops the changes of some rows, or all of them. */
export function discard(edits: Edits, ids?: readonly string[]): Edits {
  if (!ids) return noEdits;
  const rows = new Map(edits.rows);
  for (const id of ids) rows.delete(id);
  return { rows, undo: [], redo: [] };
}

/**
 * Rows were read again. Where nobody touched the changed cells (since the conflict that the person sees, if there is one) the
 * edit moves on to the new version; where somebody did, it keeps the old one, so that the server finds the conflict.
 */
export function rebase(edits: Edits, fresh: readonly TableRow[], columns: readonly GridColumn[]): Edits {
  let rows: Map<string, RowEdit> | null = null;
  for (const row of fresh) {
    const edit = edits.rows.get(row.id);
    if (!edit) continue;
    rows ??= new Map(edits.rows);
    rows.set(row.id, { ...edit, row });
    if (row.version <= edit.version) continue;
    const untouched = columns.every((column) => {
      const cell = edit.cells[column.key];
      if (!cell) return true;
      return sameValue(cellValue(column, row), cell.conflict === null ? cell.base : cell.conflict.theirs);
    });
    const known = Object.keys(edit.cells).every((key) => columns.some((column) => column.key === key));
    if (!untouched || !known) continue;
    rows.set(row.id, { ...edit, row, version: row.version });
  }
  return rows === null ? edits : { ...edits, rows };
}
