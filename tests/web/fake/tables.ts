import type {
  EditRow,
  EditSummary,
  EditTableAnswer,
  FieldOutcome,
  RowOutcome,
  TableName,
  TableRow,
} from '../../../client/web/api/types/tables.ts';
import { idOf } from './ids.ts';
import { fakeAllowed, fakeColumns, makeTableRows } from './table-rows.ts';

interface Written {
  version: number;
  by: string;
  base: unknown;
}

interface KeptEdit extends EditSummary {
  rows: RowOutcome[];
}

export interface FakeTables {
  rows: Record<TableName, TableRow[]>;
  /** Who wrote a cell last, by row and key. */
  written: Map<string, Written>;
  edits: KeptEdit[];
}

const tableNames = ['products', 'listings', 'prices', 'stock', 'orders'] as const;
/** What an edit does to a state. */
const edited: Record<string, string> = { NEW: 'EDITED', APPROVED: 'EDITED', LIVE: 'UPDATE' };
const at = '2026-11-21T06:05:04.000Z';

export function makeTables(products = 5_000): FakeTables {
  const rows = Object.fromEntries(
    tableNames.map((table) => [table, makeTableRows(table, table === 'products' ? products : 120)]),
  ) as FakeTables['rows'];
  return { rows, written: new Map(), edits: [] };
}

export const isTable = (name: string): name is TableName => tableNames.some((table) => table === name);

function cellOf(row: TableRow, key: string): unknown {
  const [map = '', name] = key.split(/\.(.*)/s);
  const value = row.cells[map];
  return name === undefined ? value : ((value as Record<string, unknown>)?.[name] ?? null);
}

function setCell(row: TableRow, key: string, value: unknown): void {
  const [map = '', name] = key.split(/\.(.*)/s);
  if (name === undefined) row.cells[key] = value;
  else row.cells[map] = { ...(row.cells[map] as object), [name]: value };
}

/** Somebody else, or a feed, changes a cell. */
export function writeMeanwhile(
  tables: FakeTables,
  table: TableName,
  rowId: string,
  key: string,
  value: unknown,
  by: string,
) {
  const row = tables.rows[table].find(({ id }) => id === rowId);
  if (!row) throw new Error(`no row ${rowId}`);
  tables.written.set(`${rowId} ${key}`, { version: row.version + 1, by, base: cellOf(row, key) });
  setCell(row, key, value);
  row.version += 1;
}

export function tablePage(tables: FakeTables, table: TableName, query: Record<string, string>) {
  const ids = query.ids?.split(',');
  const states = query.state?.split(',');
  const found = tables.rows[table].filter(
    (row) =>
      (!ids || ids.includes(row.entity)) &&
      (!states || states.includes(row.state)) &&
      (!query.findings || JSON.stringify(row.cells.findings ?? []) !== '[]') &&
      (!query.q || JSON.stringify(row.cells).toLowerCase().includes(query.q.toLowerCase())),
  );
  if (query.sort) {
    const key = query.sort.replace('-', '');
    found.sort(
      (a, b) => String(a.cells[key]).localeCompare(String(b.cells[key])) * (query.sort?.startsWith('-') ? -1 : 1),
    );
  }
  const start = Number(query.cursor ?? 0);
  const limit = Number(query.limit ?? 100);
  const counts: Record<string, number> = {};
  for (const { state } of found) counts[state] = (counts[state] ?? 0) + 1;
  return {
    columns: fakeColumns[table],
    rows: found.slice(start, start + limit),
    next: start + limit < found.length ? String(start + limit) : null,
    total: query.cursor ? null : new Set(found.map(({ entity }) => entity)).size,
    states: query.cursor ? null : counts,
  };
}

function fieldOutcome(tables: FakeTables, row: TableRow, edit: EditRow, key: string): FieldOutcome {
  const yours = edit.changes[key];
  const theirs = cellOf(row, key) ?? null;
  const before = tables.written.get(`${row.id} ${key}`);
  const outcome = { key, base: theirs, yours, theirs, by: null, at: null, why: null };
  if (JSON.stringify(yours) === JSON.stringify(theirs)) return { ...outcome, outcome: 'unchanged' };
  if (before && before.version > edit.version) {
    return { ...outcome, outcome: 'conflict', base: before.base, by: before.by, at };
  }
  if (key === 'weightGrams' && typeof yours === 'number' && yours < 1) {
    return { ...outcome, outcome: 'refused', why: 'Weight is between 1 and 10000000 g.' };
  }
  return { ...outcome, outcome: 'saved' };
}

function saveRow(tables: FakeTables, table: TableName, edit: EditRow, dryRun: boolean, by: string): RowOutcome {
  const row = tables.rows[table].find(({ id }) => id === edit.id);
  const empty = { id: edit.id, entity: row?.entity ?? edit.id, code: null, why: null, fields: [], follows: [] };
  if (!row) return { ...empty, outcome: 'refused', from: null, to: null, version: null, why: 'There is no such row.' };
  const fields = Object.keys(edit.changes).map((key) => fieldOutcome(tables, row, edit, key));
  const saved = fields.filter(({ outcome }) => outcome === 'saved');
  const conflict = fields.some(({ outcome }) => outcome === 'conflict');
  const refused = fields.some(({ outcome }) => outcome === 'refused');
  const from = row.state;
  const to = saved.length > 0 ? (edited[from] ?? from) : from;
  if (saved.length > 0 && !dryRun) {
    row.version += 1;
    row.state = to;
    row.cells.state = to;
    row.allowed = fakeAllowed(table, to);
    for (const { key, yours, theirs } of saved) {
      tables.written.set(`${row.id} ${key}`, { version: row.version, by, base: theirs });
      setCell(row, key, yours);
    }
  }
  const whole = saved.length === 0 ? (conflict ? 'conflict' : refused ? 'refused' : 'unchanged') : 'saved';
  const outcome = whole === 'saved' && (conflict || refused) ? 'partly' : whole;
  // A dry run names the version that the save would have made.
  const version = dryRun && saved.length > 0 ? row.version + 1 : row.version;
  return { ...empty, outcome, from, to, version, fields };
}

interface SaveOptions {
  dryRun: boolean;
  by: string;
  why?: string | undefined;
  undoOf?: string;
}

export function saveTable(
  tables: FakeTables,
  table: TableName,
  given: readonly EditRow[],
  { dryRun, by, why, undoOf }: SaveOptions,
): EditTableAnswer {
  const rows = given.map((edit) => saveRow(tables, table, edit, dryRun, by));
  const count = (...names: string[]) => rows.filter(({ outcome }) => names.includes(outcome)).length;
  const some = (name: string) => rows.filter(({ fields }) => fields.some(({ outcome }) => outcome === name)).length;
  const counts = {
    saved: count('saved', 'partly'),
    unchanged: count('unchanged'),
    conflict: some('conflict'),
    refused:
      some('refused') + rows.filter(({ fields, outcome }) => outcome === 'refused' && fields.length === 0).length,
  };
  const editId = dryRun || counts.saved === 0 ? null : idOf(`edit/${tables.edits.length}`);
  if (editId !== null) {
    const kept = { id: editId, table, by, at, why: why ?? null, undoOf: undoOf ?? null, undoneBy: null, counts, rows };
    tables.edits.unshift(kept);
    const undone = tables.edits.find(({ id }) => id === undoOf);
    if (undone) undone.undoneBy = editId;
  }
  return { editId, table, dryRun, counts, rows };
}

/** The values of before, held against the versions of after. */
export function undoEdit(tables: FakeTables, editId: string, dryRun: boolean, by: string): EditTableAnswer | null {
  const edit = tables.edits.find(({ id }) => id === editId);
  if (!edit || !isTable(edit.table)) return null;
  const rows = edit.rows.flatMap((row): EditRow[] => {
    const saved = row.fields.filter(({ outcome }) => outcome === 'saved');
    if (saved.length === 0 || row.version === null) return [];
    return [
      { id: row.id, version: row.version, changes: Object.fromEntries(saved.map((one) => [one.key, one.theirs])) },
    ];
  });
  return saveTable(tables, edit.table, rows, { dryRun, by, undoOf: editId });
}
