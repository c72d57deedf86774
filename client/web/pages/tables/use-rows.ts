import { useCallback, useEffect, useRef, useState } from 'react';
import { idsLimit, isAway, readTable, retryDelayMs, type TableFilter } from '../../api/tables.ts';
import type { TableColumn, TableName, TableRow } from '../../api/types/tables.ts';

export interface Loaded {
  columns: TableColumn[];
  rows: TableRow[];
  next: string | null;
  /** Things under the filter; null when the server does not count them. */
  total: number | null;
  states: Readonly<Record<string, number>>;
  /** Things that are loaded; one may have several rows. */
  things: number;
  /** Rows that between them have every entry of every map column: the others bring no further column. */
  samples: readonly TableRow[];
}

export interface Rows {
  /** Null until the first page is there. */
  loaded: Loaded | null;
  loading: boolean;
  error: unknown;
  loadMore: () => void;
  /** Goes on until so many things are loaded, or all of them. */
  loadUpTo: (count: number) => Promise<readonly TableRow[]>;
  reload: () => void;
  /** Reads some things again and puts them in their places. */
  refresh: (entities: readonly string[]) => Promise<readonly TableRow[]>;
}

/** Rows of a table, page after page. Only what is asked for again is read again: a table may have 50,000 rows. */
export function useRows(table: TableName, filter: TableFilter, onFresh: (rows: readonly TableRow[]) => void): Rows {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const current = useRef({ loaded: null as Loaded | null, busy: false, filter, failures: 0 });
  current.current.filter = filter;
  const put = useCallback((next: Loaded | null) => {
    current.current.loaded = next;
    setLoaded(next);
  }, []);
  const question = JSON.stringify([table, filter, round]);
  const asked = useRef(question);

  const load = useCallback(
    async (cursor: string | null, signal: AbortSignal | null) => {
      current.current.busy = true;
      setLoading(true);
      const mine = asked.current;
      try {
        const page = await readTable(table, current.current.filter, { cursor, ...(signal ? { signal } : {}) });
        if (mine !== asked.current) return;
        const before = current.current.loaded;
        put(cursor === null || before === null ? firstPage(page) : appended(before, page));
        setError(null);
        current.current.failures = 0;
      } catch (failure) {
        if (signal?.aborted || mine !== asked.current) return;
        current.current.failures += 1;
        setError(failure);
      } finally {
        if (mine === asked.current && !signal?.aborted) {
          current.current.busy = false;
          setLoading(false);
        }
      }
    },
    [table, put],
  );
  useEffect(() => {
    const abort = new AbortController();
    asked.current = question;
    void load(null, abort.signal);
    return () => abort.abort();
  }, [question, load]);
  const loadMore = useCallback(() => {
    const { loaded: present, busy } = current.current;
    if (!busy && present?.next) void load(present.next, null);
  }, [load]);
  // A server that is away is asked again by itself.
  useEffect(() => {
    if (error === null || !isAway(error)) return;
    const again = () => (current.current.loaded ? loadMore() : setRound((before) => before + 1));
    const timer = setTimeout(again, retryDelayMs(current.current.failures));
    return () => clearTimeout(timer);
  }, [error, loadMore]);

  const refresh = useCallback(
    async (entities: readonly string[]) => {
      const fresh: TableRow[] = [];
      for (let start = 0; start < entities.length; start += idsLimit) {
        const ids = entities.slice(start, start + idsLimit);
        fresh.push(...(await readTable(table, {}, { ids })).rows);
      }
      const before = current.current.loaded;
      if (before) put({ ...before, rows: replaced(before.rows, fresh) });
      onFresh(fresh);
      return fresh;
    },
    [table, onFresh, put],
  );
  const loadUpTo = useCallback(
    async (count: number) => {
      for (;;) {
        const present = current.current.loaded;
        if (!present?.next || present.things >= count || current.current.busy) return present?.rows ?? [];
        const pages = present.next;
        await load(present.next, null);
        // The page did not come: what is loaded is what there is.
        if (current.current.loaded?.next === pages) return current.current.loaded.rows;
      }
    },
    [load],
  );
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { loaded, loading, error, loadMore, loadUpTo, reload, refresh };
}

type Page = Awaited<ReturnType<typeof readTable>>;

const firstPage = ({ columns, rows, next, total, states }: Page): Loaded => ({
  columns,
  rows,
  next,
  total,
  states: states ?? {},
  things: countThings(rows),
  samples: samplesOf(columns, rows, []),
});

const countThings = (rows: readonly TableRow[]): number => new Set(rows.map(({ entity }) => entity)).size;

/** `before` and those of `rows` that have an entry which none of the others has. */
function samplesOf(columns: readonly TableColumn[], rows: readonly TableRow[], before: readonly TableRow[]) {
  const maps = columns.filter(({ type }) => type === 'map').map(({ key }) => key);
  if (maps.length === 0) return before;
  const namesOf = ({ cells }: TableRow) =>
    maps.flatMap((key) => Object.keys(cells[key] ?? {}).map((name) => `${key}.${name}`));
  const known = new Set(before.flatMap(namesOf));
  const further = rows.filter((row) => {
    const names = namesOf(row).filter((name) => !known.has(name));
    for (const name of names) known.add(name);
    return names.length > 0;
  });
  return further.length === 0 ? before : [...before, ...further];
}

/** A row that moved to a later page meanwhile stays where it was seen first. */
function appended(before: Loaded, { rows, next }: Page): Loaded {
  const known = new Set(before.rows.map(({ id }) => id));
  const further = rows.filter(({ id }) => !known.has(id));
  return {
    ...before,
    next,
    rows: [...before.rows, ...further],
    things: before.things + countThings(further),
    samples: samplesOf(before.columns, further, before.samples),
  };
}

/** Rows with those of `fresh` in the places of their things. Rows that are as they were keep their identity. */
export function replaced(rows: TableRow[], fresh: readonly TableRow[]): TableRow[] {
  const byEntity = new Map<string, TableRow[]>();
  for (const row of fresh) byEntity.set(row.entity, [...(byEntity.get(row.entity) ?? []), row]);
  const known = new Map(rows.filter(({ entity }) => byEntity.has(entity)).map((row) => [row.id, row]));
  const seen = new Set<string>();
  let changed = false;
  const next = rows.flatMap((row) => {
    const own = byEntity.get(row.entity);
    if (!own) return [row];
    if (seen.has(row.entity)) return [];
    seen.add(row.entity);
    return own.map((one) => {
      const old = known.get(one.id);
      if (old && JSON.stringify(old) === JSON.stringify(one)) return old;
      changed = true;
      return one;
    });
  });
  return changed || next.length !== rows.length ? next : rows;
}
