import type { TableRow } from '../../api/types/tables.ts';
import type { CellEdit } from './edits.ts';
import { findingsOf, type GridColumn, hasCell, lockOf } from './model.ts';
import { spokenText } from './values.ts';

/** What makes a cell stand out; the strongest one gives it its look. */
export type CellMark = 'conflict' | 'invalid' | 'refused' | 'changed' | 'finding' | 'locked' | 'absent' | null;

export function markOf(column: GridColumn, row: TableRow, edit: CellEdit | undefined): CellMark {
  if (edit?.conflict) return 'conflict';
  if (edit?.problem) return 'invalid';
  if (edit?.refused) return 'refused';
  if (edit) return 'changed';
  if (!hasCell(column, row)) return 'absent';
  if (reasonsOf(column, row).length > 0) return 'finding';
  return column.editable && lockOf(column, row) !== null ? 'locked' : null;
}

/** What our rules say about this cell. */
function reasonsOf(column: GridColumn, row: TableRow): string[] {
  const names = [column.key, column.entry ?? column.key];
  return Object.values(row.cells)
    .flatMap((value) => (Array.isArray(value) ? findingsOf(value) : []))
    .filter(({ field, reason }) => reason !== '' && names.includes(field))
    .map(({ reason }) => reason);
}

/** Everything there is to say about a cell, as sentences: for its tooltip, the line above the table and screen readers. */
export function notesOf(column: GridColumn, row: TableRow, edit: CellEdit | undefined): string[] {
  const notes: string[] = [];
  if (edit) notes.push(`Changed; it was ${spokenText(column, edit.base)}.`);
  if (edit?.problem) notes.push(`Cannot be saved: ${edit.problem}`);
  if (edit?.refused) notes.push(`Refused: ${edit.refused}`);
  if (edit?.conflict) {
    const { theirs, by } = edit.conflict;
    notes.push(`Conflict: ${by ?? 'somebody'} wrote ${spokenText(column, theirs)} meanwhile.`);
  }
  notes.push(...reasonsOf(column, row));
  const lock = lockOf(column, row);
  if (lock !== null && (column.editable || !hasCell(column, row))) notes.push(`Locked: ${lock}`);
  return notes;
}
