import { useState } from 'react';
import type { GridColumn } from '../../ui/grid/model.ts';
import { recall } from '../../ui/grid/storage.ts';

/** How a person looks at a table; remembered in this browser. */
export interface View {
  /** Columns that were shown or hidden by hand. */
  shown: Record<string, boolean>;
  widths: Record<string, number>;
}

/** So many entries of a map are shown before anybody chose. */
const entriesShown = 3;

function readView(key: string): View {
  const found = recall(localStorage, key);
  const view: View = { shown: {}, widths: {} };
  if (typeof found !== 'object' || found === null) return view;
  const { shown, widths } = found as Partial<Record<keyof View, unknown>>;
  for (const [name, value] of Object.entries(shown ?? {})) if (typeof value === 'boolean') view.shown[name] = value;
  for (const [name, value] of Object.entries(widths ?? {})) if (typeof value === 'number') view.widths[name] = value;
  return view;
}

export function useView(key: string) {
  const [view, setView] = useState(() => readView(key));
  const change = (next: View) => {
    setView(next);
    localStorage.setItem(key, JSON.stringify(next));
  };
  return {
    view,
    show: (column: string, shown: boolean) => change({ ...view, shown: { ...view.shown, [column]: shown } }),
    setWidth: (column: string, widthPx: number) => change({ ...view, widths: { ...view.widths, [column]: widthPx } }),
    reset: () => change({ shown: {}, widths: {} }),
  };
}

/** The columns that are shown: the first one always, of a map's entries only some unless somebody chose. */
export function shownColumns(columns: readonly GridColumn[], shown: Readonly<Record<string, boolean>>): GridColumn[] {
  let entries = 0;
  return columns.filter((column, index) => {
    if (column.type === 'entry') entries += 1;
    return index === 0 || (shown[column.key] ?? (column.type !== 'entry' || entries <= entriesShown));
  });
}
