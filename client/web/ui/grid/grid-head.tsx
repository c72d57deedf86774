import { type PointerEvent, useRef } from 'react';
import type { GridColumn } from './model.ts';
import { headRole, rowRole } from './roles.ts';
import { narrowestPx, widestPx } from './widths.ts';

interface GridHeadProps {
  columns: readonly GridColumn[];
  widths: readonly number[];
  /** Key of the column that sorts, with − before it for descending. */
  sort: string;
  /** Null where rows cannot be selected. */
  picked: 'none' | 'some' | 'all' | null;
  onSort: (sort: string) => void;
  onWidth: (key: string, widthPx: number) => void;
  onPickAll: () => void;
}

/** The heads of the columns: they sort, and their edges are drawn to change the width. */
export function GridHead({ columns, widths, sort, picked, onSort, onWidth, onPickAll }: GridHeadProps) {
  const box = useRef<HTMLInputElement>(null);
  if (box.current) box.current.indeterminate = picked === 'some';
  return (
    <tr {...rowRole} className="grid-row grid-head" aria-rowindex={1}>
      <th {...headRole} scope="col" className="grid-cell grid-pick" aria-colindex={1}>
        {picked === null ? null : (
          <input
            ref={box}
            type="checkbox"
            aria-label="Select all loaded rows"
            checked={picked === 'all'}
            onChange={onPickAll}
          />
        )}
      </th>
      {columns.map((column, index) => (
        <Head
          key={column.key}
          column={column}
          at={index + 1}
          widthPx={widths[index] ?? 0}
          direction={sort === column.key ? 'ascending' : sort === `-${column.key}` ? 'descending' : 'none'}
          onSort={onSort}
          onWidth={onWidth}
        />
      ))}
    </tr>
  );
}

interface HeadProps {
  column: GridColumn;
  at: number;
  widthPx: number;
  direction: 'ascending' | 'descending' | 'none';
  onSort: (sort: string) => void;
  onWidth: (key: string, widthPx: number) => void;
}

const numeric = ['money', 'integer', 'decimal'];
const nextSort = { none: '', ascending: '-', descending: null } as const;
const arrows = { none: '', ascending: '▲', descending: '▼' } as const;

function Head({ column, at, widthPx, direction, onSort, onWidth }: HeadProps) {
  const next = nextSort[direction];
  return (
    <th
      {...headRole}
      scope="col"
      className="grid-cell"
      aria-colindex={at + 1}
      aria-sort={column.sortable ? direction : undefined}
      data-first={at === 1 ? '' : undefined}
      data-align={numeric.includes(column.type) ? 'end' : undefined}
      title={column.means}
    >
      {column.sortable ? (
        <button
          type="button"
          className="quiet grid-sort"
          title={`Sort by ${column.title.toLowerCase()}`}
          onClick={() => onSort(next === null ? '' : `${next}${column.key}`)}
        >
          {column.title} <span aria-hidden="true">{arrows[direction]}</span>
        </button>
      ) : (
        <span className="grid-value">{column.title}</span>
      )}
      {column.editable ? null : (
        <span className="grid-fixed" title="Only to look at">
          <span aria-hidden="true">·</span>
          <span className="visually-hidden">, only to look at</span>
        </span>
      )}
      <Edge widthPx={widthPx} onWidth={(px) => onWidth(column.key, px)} />
    </th>
  );
}

/** Drawn with a pointer; keyboards have the same in the menu of columns. */
function Edge({ widthPx, onWidth }: { widthPx: number; onWidth: (px: number) => void }) {
  const from = useRef<{ x: number; widthPx: number } | null>(null);
  const start = (event: PointerEvent) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, widthPx };
  };
  const move = (event: PointerEvent) => {
    if (!from.current) return;
    const px = from.current.widthPx + event.clientX - from.current.x;
    onWidth(Math.round(Math.min(Math.max(px, narrowestPx), widestPx)));
  };
  const stop = () => {
    from.current = null;
  };
  return (
    <span className="grid-edge" aria-hidden="true" onPointerDown={start} onPointerMove={move} onPointerUp={stop} />
  );
}
