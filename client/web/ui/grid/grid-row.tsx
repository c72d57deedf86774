import { memo } from 'react';
import type { TableRow } from '../../api/types/tables.ts';
import type { Leave } from './cell-editor.tsx';
import type { RowEdit } from './edits.ts';
import { GridCell } from './grid-cell.tsx';
import type { GridColumn } from './model.ts';
import { cellRole, rowRole } from './roles.ts';
import type { GridState } from './use-grid.ts';

export interface GridRowProps {
  row: TableRow;
  /** Among the shown rows. */
  index: number;
  topPx: number;
  columns: readonly GridColumn[];
  edit: RowEdit | undefined;
  name: string;
  href: string | null;
  /** Column of the focus in this row; −1 when it is elsewhere. */
  activeColumn: number;
  /** First and last column of the range in this row; −1 for none. */
  fromColumn: number;
  toColumn: number;
  editing: GridState['editing'];
  picked: boolean;
  pickable: boolean;
  onDone: (text: string, leave: Leave) => void;
  onCancel: () => void;
}

/** One row. It is drawn anew only when something of its own changes. */
export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { row, index, topPx, columns, edit, name, href, activeColumn, fromColumn, toColumn, picked, pickable } = props;
  return (
    <tr
      {...rowRole}
      className="grid-row"
      aria-rowindex={index + 2}
      aria-selected={picked}
      data-row={index}
      data-picked={picked ? '' : undefined}
      data-changed={edit ? '' : undefined}
      data-editing={props.editing ? '' : undefined}
      data-part={row.parent === null ? undefined : ''}
      style={{ top: topPx }}
    >
      <td
        {...cellRole(picked)}
        className="grid-cell grid-pick"
        aria-colindex={1}
        tabIndex={activeColumn === 0 ? 0 : -1}
        data-column={0}
        data-active={activeColumn === 0 ? '' : undefined}
      >
        {pickable ? (
          <input type="checkbox" tabIndex={-1} readOnly checked={picked} aria-label={`Select ${name}`} />
        ) : null}
      </td>
      {columns.map((column, position) => {
        const at = position + 1;
        return (
          <GridCell
            key={column.key}
            column={column}
            row={row}
            name={name}
            at={at}
            edit={edit?.cells[column.key]}
            active={at === activeColumn}
            inRange={at >= fromColumn && at <= toColumn}
            editing={at === activeColumn ? props.editing : null}
            href={at === 1 ? href : null}
            onDone={props.onDone}
            onCancel={props.onCancel}
          />
        );
      })}
    </tr>
  );
});
