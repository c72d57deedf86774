import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { TableFilter } from '../../api/tables.ts';
import type { TableRow } from '../../api/types/tables.ts';
import type { TableSearch } from '../../app/search.ts';
import type { Sheet } from '../../ui/grid/blocks.ts';
import { rebase } from '../../ui/grid/edits.ts';
import { type GridColumn, rowName, spreadMaps } from '../../ui/grid/model.ts';
import type { TablePlan } from './tables.ts';
import { useEdits } from './use-edits.ts';
import { useRows } from './use-rows.ts';
import { shownColumns, useView } from './use-view.ts';

const refreshEveryMs = 8_000;
/** At most so many things are read again at a time. */
const refreshAtMost = 60;

function filterOf({ changed: _, findings, ...rest }: TableSearch): TableFilter {
  return findings === 'yes' ? { ...rest, findings: true } : rest;
}

/** Rows, unsaved changes and view of one table, put together into the sheet that the grid shows. */
export function useTable(plan: TablePlan, search: TableSearch, owner: string) {
  const { edits, now, change, forgetful } = useEdits(`tradelane.edits/${owner}/${plan.name}`);
  const view = useView(`tradelane.view/${plan.name}`);
  const allColumns = useRef<readonly GridColumn[]>([]);
  const onFresh = useCallback(
    (fresh: readonly TableRow[]) => change((before) => rebase(before, fresh, allColumns.current)),
    [change],
  );
  const rows = useRows(plan.name, filterOf(search), onFresh);
  const { loaded, refresh } = rows;
  const everyRow = loaded?.rows;
  const onlyChanged = search.changed === 'yes';
  const samples = loaded?.samples;
  const given = loaded?.columns;
  const columns = useMemo(() => (given && samples ? spreadMaps(given, samples) : []), [given, samples]);
  allColumns.current = columns;
  const { shown, widths } = view.view;
  const visible = useStable(useMemo(() => shownColumns(columns, shown), [columns, shown]));
  const shownRows = useMemo(() => {
    if (!onlyChanged) return everyRow ?? [];
    const byId = new Map(everyRow?.map((row) => [row.id, row]));
    return [...edits.rows].map(([id, edit]) => byId.get(id) ?? edit.row);
  }, [everyRow, edits.rows, onlyChanged]);
  const nameOf = useCallback((row: TableRow) => rowName(allColumns.current, row), []);
  const sheet: Sheet = { rows: shownRows, columns: visible, edits, nameOf };

  const [unread, setUnread] = useState<unknown>(null);
  // Of changes that survived a reload only the changed cells are kept: the rest of their rows is read again.
  const isThere = loaded !== null;
  useEffect(() => {
    const entities = [...new Set([...now().rows.values()].map(({ row }) => row.entity))];
    if (isThere && entities.length > 0) refresh(entities).catch(setUnread);
  }, [isThere, now, refresh]);

  const [sight, setSight] = useState({ from: 0, to: 0 });
  const onSight = useCallback((from: number, to: number) => setSight({ from, to }), []);
  useEffect(() => {
    const again = () => {
      if (document.hidden || !everyRow) return;
      const seen = everyRow.slice(sight.from, sight.to + 1).map(({ entity }) => entity);
      const ids = [...new Set(seen)].slice(0, refreshAtMost);
      if (ids.length === 0) return;
      refresh(ids).then(() => setUnread(null), setUnread);
    };
    const timer = setInterval(again, refreshEveryMs);
    return () => clearInterval(timer);
  }, [everyRow, sight, refresh]);

  return {
    rows,
    kept: useMemo(() => ({ edits, now, change, forgetful }), [edits, now, change, forgetful]),
    columns,
    sheet,
    view: { ...view, widths },
    /** Why the rows in sight could not be read again; null while they can. */
    unread,
    onSight,
    onlyChanged,
  };
}

/** The same list object while it names the same columns, so that rows are not drawn anew for nothing. */
function useStable(columns: GridColumn[]): GridColumn[] {
  const last = useRef(columns);
  const same = JSON.stringify(last.current) === JSON.stringify(columns);
  if (!same) last.current = columns;
  return last.current;
}

export type TableParts = ReturnType<typeof useTable>;
