import {
  createColumnHelper,
  type RowSelectionState,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type MouseEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { useTableKeys } from './table-keys.ts';

export interface Column<Row> {
  id: string;
  /** Head of the column; also the label of the cell where rows are shown as cards. */
  header: string;
  cell: (row: Row) => ReactNode;
  align?: 'end';
  /** `head` and `title` (a long one) name the row and head its card on narrow screens; `wide` is shown on wide ones only. */
  role?: 'head' | 'title' | 'wide' | 'actions';
}

export interface Selection {
  value: RowSelectionState;
  onChange: (next: RowSelectionState) => void;
}

interface DataTableProps<Row> {
  /** Read as the table's name. */
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  /** What a row is called, for checkboxes and announcements. */
  nameOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  onApprove?: (row: Row) => void;
  selection?: Selection;
  /** Off for small tables inside a page, where the page's own table has the keys. */
  keys?: boolean;
}

const features = tableFeatures({ rowSelectionFeature });

/** A dense table of rows of the server: keyboard, selection, cards on narrow screens. Sorting and filters are the server's. */
export function DataTable<Row extends { id: string }>(props: DataTableProps<Row>) {
  const { caption, columns, rows, nameOf, onOpen, onApprove, selection, keys = true } = props;
  const [activeId, setActiveId] = useState<string | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    // Cells are drawn below, not by the table: it takes a new function for a new component, and the focus would be lost.
    return columns.map(({ id, header }) => helper.display({ id, header }));
  }, [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: (row) => row.id,
    enableRowSelection: selection !== undefined,
    state: { rowSelection: selection?.value ?? {} },
    onRowSelectionChange: (updater) => {
      if (!selection) return;
      selection.onChange(typeof updater === 'function' ? updater(selection.value) : updater);
    },
  });
  const rendered = table.getRowModel().rows;
  const activeIndex = rendered.findIndex(({ id }) => id === activeId);
  const active = rendered[activeIndex];

  const move = (by: 1 | -1) => {
    const next = Math.min(Math.max(activeIndex === -1 && by === -1 ? 0 : activeIndex + by, 0), rendered.length - 1);
    const row = rendered[next];
    if (!row) return;
    setActiveId(row.id);
    const element = body.current?.rows[next];
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: 'nearest' });
  };
  useTableKeys(
    {
      onMove: move,
      onOpen: () => (active ? onOpen?.(active.original) : undefined),
      onApprove: () => (active ? onApprove?.(active.original) : undefined),
      onSelect: () => active?.toggleSelected(),
    },
    keys,
  );
  const openByClick = (event: MouseEvent, row: Row) => {
    setActiveId(row.id);
    const onControl = event.target instanceof Element && event.target.closest('a, button, input, label, [popover]');
    if (!onControl && getSelection()?.isCollapsed !== false) onOpen?.(row);
  };

  return (
    <div className="table-box">
      <table className="table" data-opens={onOpen ? '' : undefined}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {selection ? (
              <th scope="col" className="cell-select">
                <input
                  type="checkbox"
                  aria-label="Select all rows"
                  checked={rendered.length > 0 && table.getIsAllRowsSelected()}
                  onChange={table.getToggleAllRowsSelectedHandler()}
                />
              </th>
            ) : null}
            {columns.map((column) => (
              <th key={column.id} scope="col" data-align={column.align} data-role={column.role}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rendered.map((row, index) => (
            // The link in the row's head cell opens it too; the click on the row is a shortcut for pointers.
            <tr
              key={row.id}
              tabIndex={row === active || (activeIndex === -1 && index === 0) ? 0 : -1}
              data-active={row === active ? '' : undefined}
              data-selected={selection && row.getIsSelected() ? '' : undefined}
              onFocus={() => setActiveId(row.id)}
              onClick={(event) => openByClick(event, row.original)}
            >
              {selection ? (
                <td className="cell-select">
                  <input
                    type="checkbox"
                    aria-label={`Select ${nameOf(row.original)}`}
                    checked={row.getIsSelected()}
                    onChange={row.getToggleSelectedHandler()}
                  />
                </td>
              ) : null}
              {row.getAllCells().map((cell, at) => (
                <td
                  key={cell.id}
                  data-label={columns[at]?.header}
                  data-align={columns[at]?.align}
                  data-role={columns[at]?.role}
                >
                  {columns[at]?.cell(row.original)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
