import { useState } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import type { GridColumn } from '../../ui/grid/model.ts';
import { narrowestPx, widestPx, widthOf } from '../../ui/grid/widths.ts';

interface ColumnMenuProps {
  columns: readonly GridColumn[];
  shown: readonly GridColumn[];
  widths: Readonly<Record<string, number>>;
  onShow: (key: string, shown: boolean) => void;
  onWidth: (key: string, widthPx: number) => void;
  onReset: () => void;
}

const stepPx = 40;

/** Which columns are shown and how wide; remembered for next time. */
export function ColumnMenu({ columns, shown, widths, onShow, onWidth, onReset }: ColumnMenuProps) {
  const [open, setOpen] = useState(false);
  const visible = new Set(shown.map(({ key }) => key));
  const hidden = columns.length - shown.length;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Columns{hidden > 0 ? ` (${hidden} hidden)` : ''}
      </button>
      {open ? (
        <Dialog title="Columns" onClose={() => setOpen(false)}>
          <ul className="column-list">
            {columns.map((column, index) => {
              const widthPx = widthOf(column, index, widths);
              const grow = (px: number) => onWidth(column.key, Math.min(Math.max(widthPx + px, narrowestPx), widestPx));
              return (
                <li key={column.key}>
                  <label>
                    <input
                      type="checkbox"
                      checked={visible.has(column.key)}
                      disabled={index === 0}
                      onChange={(event) => onShow(column.key, event.target.checked)}
                    />{' '}
                    {column.title}
                  </label>
                  <span>
                    <button
                      type="button"
                      className="quiet small"
                      aria-label={`${column.title} narrower`}
                      onClick={() => grow(-stepPx)}
                    >
                      −
                    </button>
                    <button
                      type="button"
                      className="quiet small"
                      aria-label={`${column.title} wider`}
                      onClick={() => grow(stepPx)}
                    >
                      +
                    </button>
                  </span>
                </li>
              );
            })}
          </ul>
          <div className="dialog-actions">
            <button type="button" onClick={onReset}>
              As at first
            </button>
            <button type="button" className="primary" onClick={() => setOpen(false)}>
              Done
            </button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
