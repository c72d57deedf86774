import type { TableRow } from '../../api/types/tables.ts';
import { notesOf } from './cell-notes.ts';
import type { RowEdit } from './edits.ts';
import { cellValue, type GridColumn, hasCell, lockOf } from './model.ts';
import { spokenText } from './values.ts';

interface CellLineProps {
  row: TableRow | undefined;
  column: GridColumn | undefined;
  edit: RowEdit | undefined;
  name: string;
  /** How many cells the range has. */
  cells: number;
  /** Why the last key did nothing. */
  told: string;
  onEdit: () => void;
}

/** The active cell in words: whose it is, all of its value, and what there is to say about it. */
export function CellLine({ row, column, edit, name, cells, told, onEdit }: CellLineProps) {
  if (!row || !column) {
    return (
      <div className="cell-line">
        {row ? (
          <span className="cell-where">
            <strong>{name}</strong> <span className="muted">· Space selects the row</span>
          </span>
        ) : null}
      </div>
    );
  }
  const own = edit?.cells[column.key];
  const notes = notesOf(column, row, own).filter((note) => told === '' || !note.includes(told));
  const text = own?.problem ? own.text : spokenText(column, own ? own.value : cellValue(column, row));
  return (
    <div className="cell-line">
      <span className="cell-where">
        <strong>{name}</strong> · {column.title}
        {cells > 1 ? <span className="muted"> · {cells} cells</span> : null}
      </span>
      {hasCell(column, row) ? <span className="cell-all">{text}</span> : null}
      <span className="cell-notes" aria-live="polite">
        {told === '' ? null : <span className="refused">{told} </span>}
        {notes.join(' ')}
      </span>
      {lockOf(column, row) === null ? (
        <button type="button" className="small cell-edit" onClick={onEdit}>
          Edit<span className="visually-hidden"> {`${column.title} of ${name}`}</span>
        </button>
      ) : null}
    </div>
  );
}
