import { type Edits, noEdits, type RowEdit } from './edits.ts';

/** What remembers: `sessionStorage` for unsaved changes, `localStorage` for how a table is looked at. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null when there is nothing, or nothing readable. */
export function recall(memory: Memory, key: string): unknown {
  const text = memory.getItem(key);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    // Written by an older version of the page: worth nothing, and in the way.
    memory.removeItem(key);
    return null;
  }
}

/** Unsaved changes of this tab. Steps to take back are not kept over a reload. */
export function recallEdits(memory: Memory, key: string): Edits {
  const found = recall(memory, key);
  if (!Array.isArray(found)) return noEdits;
  return { ...noEdits, rows: new Map(found.filter(isEntry)) };
}

const isEntry = (value: unknown): value is [string, RowEdit] =>
  Array.isArray(value) &&
  typeof value[0] === 'string' &&
  isRecord(value[1]) &&
  isRecord(value[1].row) &&
  isRecord(value[1].cells) &&
  typeof value[1].version === 'number';

/** Only the cells that were changed: what else the row holds, a buyer's address for one, is read again. */
function slim(edit: RowEdit): RowEdit {
  const roots = new Set(Object.keys(edit.cells).flatMap((key) => [key, key.split('.')[0] ?? key]));
  const cells = Object.entries(edit.row.cells).filter(([key]) => roots.has(key) || key === 'currency');
  return { ...edit, row: { ...edit.row, cells: Object.fromEntries(cells) } };
}

/** @throws what the browser throws when its storage is full; the changes are still on the page then. */
export function rememberEdits(memory: Memory, key: string, { rows }: Edits): void {
  if (rows.size === 0) memory.removeItem(key);
  else memory.setItem(key, JSON.stringify([...rows].map(([id, edit]) => [id, slim(edit)])));
}
