import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { TableRow } from '../../api/types/tables.ts';
import { CellEditor, type Leave } from './cell-editor.tsx';
import { type CellMark, markOf, notesOf } from './cell-notes.ts';
import { CellText } from './cell-text.tsx';
import type { CellEdit } from './edits.ts';
import type { GridColumn } from './model.ts';
import { cellRole } from './roles.ts';
import type { GridState } from './use-grid.ts';

export interface GridCellProps {
  column: GridColumn;
  row: TableRow;
  name: string;
  /** Among the grid's columns; 0 is the box that selects the row. */
  at: number;
  edit: CellEdit | undefined;
  active: boolean;
  inRange: boolean;
  editing: GridState['editing'];
  /** Page of the row; shown as a link in the first cell. */
  href: string | null;
  onDone: (text: string, leave: Leave) => void;
  onCancel: () => void;
}

function ariaOf(column: GridColumn, mark: CellMark): { 'aria-readonly'?: true; 'aria-invalid'?: true } {
  const fixed = !column.editable || mark === 'locked' || mark === 'absent';
  const wrong = mark === 'invalid' || mark === 'refused' || mark === 'conflict';
  return { ...(fixed ? { 'aria-readonly': true } : {}), ...(wrong ? { 'aria-invalid': true } : {}) };
}

const numeric = ['money', 'integer', 'decimal'];

/** One cell: its value, what makes it stand out, and the editor while it is being edited. */
export const GridCell = memo(function GridCell(props: GridCellProps) {
  const { column, row, name, at, edit, active, inRange, editing, href, onDone, onCancel } = props;
  const mark = markOf(column, row, edit);
  const notes = mark === null ? [] : notesOf(column, row, edit);
  const spoken = mark === 'absent' ? [] : notes;
  return (
    <td
      {...cellRole(inRange, ariaOf(column, mark))}
      className="grid-cell"
      aria-colindex={at + 1}
      tabIndex={active ? 0 : -1}
      data-column={at}
      data-first={at === 1 ? '' : undefined}
      data-mark={mark ?? undefined}
      data-active={active ? '' : undefined}
      data-editing={editing ? '' : undefined}
      data-align={numeric.includes(column.type) ? 'end' : undefined}
      data-fixed={column.editable ? undefined : ''}
      title={notes.length > 0 && !editing ? notes.join('\n') : undefined}
    >
      {editing ? (
        <CellEditor
          column={column}
          row={row}
          text={editing.text}
          caret={editing.caret}
          onDone={onDone}
          onCancel={onCancel}
        />
      ) : (
        <span className="grid-value">
          <CellText column={column} row={row} edit={edit} name={name} first={at === 1} />
        </span>
      )}
      {spoken.length > 0 ? <span className="visually-hidden">{spoken.join(' ')}</span> : null}
      {href && !editing ? (
        <Link to={href} className="grid-open" tabIndex={-1} aria-label={`Open ${name}`} title={`Open ${name}`}>
          ↗
        </Link>
      ) : null}
    </td>
  );
});
