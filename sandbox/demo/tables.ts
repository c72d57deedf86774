import type { DemoWorld } from './world.ts';

export interface TableRow {
  readonly id: string;
  readonly entity: string;
  readonly version: number;
  readonly state: string;
  readonly cells: Readonly<Record<string, unknown>>;
}

export interface EditAnswer {
  readonly editId: string | null;
  readonly counts: Readonly<Record<'saved' | 'unchanged' | 'conflict' | 'refused', number>>;
  readonly rows: readonly { readonly id: string; readonly outcome: string; readonly to: string }[];
}

interface Edit {
  readonly id: string;
  readonly version: number;
  readonly changes: Readonly<Record<string, unknown>>;
}

/** What ops do in the editable tables, as the dashboard does it. */
export function tablesOf({ api }: DemoWorld) {
  const edit = (table: string, rows: readonly Edit[], dryRun: boolean, why?: string): Promise<EditAnswer> =>
    api.send('POST', `tables/${table}/edits`, { dryRun, rows, ...(why === undefined ? {} : { why }) });
  return {
    async rows(table: string, query: string): Promise<TableRow[]> {
      return (await api.get<{ rows: TableRow[] }>(`tables/${table}?${query}`)).rows;
    },
    /** Looks first, then saves. @throws Error when saving does something else than was shown */
    async save(table: string, rows: readonly Edit[], why?: string): Promise<EditAnswer> {
      const shown = await edit(table, rows, true, why);
      const saved = await edit(table, rows, false, why);
      const [before, after] = [JSON.stringify(shown.counts), JSON.stringify(saved.counts)];
      if (before !== after) throw new Error(`${table}: shown ${before}, saved ${after}`);
      return saved;
    },
    /** Takes an edit back, by a new edit. */
    undo: (editId: string): Promise<EditAnswer> => api.send('POST', `edits/${editId}/undo`, { dryRun: false }),
    /** Decides on open prices. Returns how many were decided. */
    async approvePrices(rows: readonly TableRow[]): Promise<number> {
      const items = rows.map(({ id, version }) => ({ id, version }));
      const { results } = await api.send<{ results: { ok: boolean; why?: string }[] }>('POST', 'prices/bulk', {
        type: 'APPROVE',
        items,
      });
      const refused = results.find(({ ok }) => !ok);
      if (refused) throw new Error(`a price was not approved: ${refused.why}`);
      return results.length;
    },
  };
}
