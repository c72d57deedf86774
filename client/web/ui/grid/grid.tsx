import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { TableRow } from '../../api/types/tables.ts';
import type { Sheet } from './blocks.ts';
import type { Leave } from './cell-editor.tsx';
import { CellLine } from './cell-line.tsx';
import { GridHead } from './grid-head.tsx';
import { GridRow } from './grid-row.tsx';
import { gridRole } from './roles.ts';
import { rangeOf } from './selection.ts';
import { useActiveCell } from './use-active-cell.ts';
import { type GridHandlers, useCommands } from './use-commands.ts';
import { useGrid } from './use-grid.ts';
import { pickerWidthPx, rowHeightPx, widthsOf } from './widths.ts';

/** Keys of the selected rows. */
type Picks = Pick<ReadonlySet<string>, 'has' | 'size'>;

interface GridProps {
  /** Read as the grid's name. */
  caption: string;
  sheet: Sheet;
  /** Rows under the filter, loaded or not; null when nobody knows. */
  rowCount: number | null;
  drawnWidths: Readonly<Record<string, number>>;
  sort: string;
  picked: Picks;
  /** What a row is selected as; null where it cannot be selected. */
  pickKeyOf: (row: TableRow) => string | null;
  hrefOf: (row: TableRow) => string | null;
  onSort: (sort: string) => void;
  onWidth: (key: string, widthPx: number) => void;
  onPickAll: () => void;
  /** The last rows are near. */
  onEnd: () => void;
  /** Rows that are in sight, for reading them again. */
  onSight: (from: number, to: number) => void;
  handlers: GridHandlers;
}

const overscanRows = 6;
const nearEndRows = 60;

/** A spreadsheet of rows of the server: only the rows in sight are in the document. */
export function Grid(props: GridProps) {
  const { caption, sheet, drawnWidths, sort, picked, pickKeyOf, hrefOf, handlers } = props;
  const { rows, columns, edits } = sheet;
  const [state, dispatch] = useGrid();
  const [told, tell] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const { active } = state.selection;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeightPx,
    overscan: overscanRows,
    scrollPaddingStart: rowHeightPx,
    rangeExtractor: (range) => {
      // The row with the focus stays, wherever one scrolls.
      const seen = defaultRangeExtractor(range);
      const kept = active.row < range.count && !seen.includes(active.row);
      return kept ? [...seen, active.row].sort((a, b) => a - b) : seen;
    },
  });
  const boxWidthPx = virtual.scrollRect?.width ?? 0;
  const widths = useMemo(() => widthsOf(columns, drawnWidths, boxWidthPx), [columns, drawnWidths, boxWidthPx]);
  const pageRows = () => Math.max(1, Math.floor((virtual.scrollRect?.height ?? rowHeightPx * 10) / rowHeightPx) - 2);
  const commands = useCommands({ sheet, state, dispatch, handlers, pageRows, tell });

  const latest = useRef(commands);
  useLayoutEffect(() => {
    latest.current = commands;
  });
  const onDone = useCallback((text: string, leave: Leave) => latest.current.onDone(text, leave), []);
  const onCancel = useCallback(() => latest.current.onCancel(), []);

  useActiveCell(box, state.editing !== null, active, widths, (row) => virtual.scrollToIndex(row, { align: 'auto' }));
  const shown = virtual.getVirtualItems();
  const { onEnd, onSight } = props;
  const [from, to] = [virtual.range?.startIndex ?? 0, virtual.range?.endIndex ?? 0];
  useEffect(() => onSight(from, to), [onSight, from, to]);
  useEffect(() => {
    if (rows.length > 0 && to >= rows.length - nearEndRows) onEnd();
  }, [to, rows.length, onEnd]);

  const range = rangeOf(state.selection);
  const activeRow = rows[active.row];
  return (
    <div className="grid-frame">
      <CellLine
        row={activeRow}
        column={columns[active.column - 1]}
        edit={activeRow && edits.rows.get(activeRow.id)}
        name={activeRow ? sheet.nameOf(activeRow) : ''}
        cells={(range.bottom - range.top + 1) * (range.right - range.left + 1)}
        told={told}
        onEdit={commands.edit}
      />
      <div ref={box} className="grid-box">
        <table
          {...gridRole}
          className="grid"
          aria-label={caption}
          aria-rowcount={props.rowCount === null ? -1 : props.rowCount + 1}
          aria-colcount={columns.length + 1}
          style={gridStyle(widths)}
          {...commands.events}
        >
          <thead>
            <GridHead
              columns={columns}
              widths={widths}
              sort={sort}
              picked={pickedOf(rows, picked, pickKeyOf)}
              onSort={props.onSort}
              onWidth={props.onWidth}
              onPickAll={props.onPickAll}
            />
          </thead>
          <tbody style={{ height: virtual.getTotalSize() }}>
            {shown.map(({ index, start }) => {
              const row = rows[index];
              if (!row) return null;
              const key = pickKeyOf(row);
              const inRange = index >= range.top && index <= range.bottom;
              return (
                <GridRow
                  key={row.id}
                  row={row}
                  index={index}
                  topPx={start}
                  columns={columns}
                  edit={edits.rows.get(row.id)}
                  name={sheet.nameOf(row)}
                  href={hrefOf(row)}
                  activeColumn={index === active.row ? active.column : -1}
                  fromColumn={inRange ? range.left : -1}
                  toColumn={inRange ? range.right : -1}
                  editing={index === active.row ? state.editing : null}
                  picked={key !== null && picked.has(key)}
                  pickable={key !== null}
                  onDone={onDone}
                  onCancel={onCancel}
                />
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The widths as one property that every row's layout reads. */
function gridStyle(widths: readonly number[]): CSSProperties & Record<'--grid-columns', string> {
  const all = [pickerWidthPx, ...widths];
  return {
    '--grid-columns': all.map((px) => `${px}px`).join(' '),
    width: all.reduce((sum, px) => sum + px, 0),
  };
}

function pickedOf(
  rows: readonly TableRow[],
  picked: Picks,
  keyOf: (row: TableRow) => string | null,
): 'none' | 'some' | 'all' | null {
  if (picked.size === 0) return rows.some((row) => keyOf(row) !== null) ? 'none' : null;
  const keys = rows.map(keyOf).filter((key) => key !== null);
  return keys.length > 0 && keys.every((key) => picked.has(key)) ? 'all' : 'some';
}
