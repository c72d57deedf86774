import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { newIntentKey } from '../../api/http.ts';
import { editLimit, sendApproval } from '../../api/tables.ts';
import type { BulkResult } from '../../api/types/common.ts';
import type { TableRow } from '../../api/types/tables.ts';
import { approvalOf } from '../../ui/actions.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { bulkApproval } from '../../ui/consequences.ts';
import type { Edits } from '../../ui/grid/edits.ts';
import { useNotices } from '../../ui/notices.tsx';

export interface NamedResult extends BulkResult {
  name: string;
}

interface Picked {
  name: string;
  /** That the person saw: nothing newer is approved. */
  version: number;
  ok: boolean;
  /** Ids of the thing's rows that have unsaved changes are found by its rows. */
  rowId: string;
}

interface ApprovalOptions {
  collection: string;
  rows: readonly TableRow[];
  edits: Edits;
  nameOf: (row: TableRow) => string;
  refresh: (entities: readonly string[]) => Promise<unknown>;
}

/** A row that stands for a thing; parts of one (a product's SKU) are approved with it. */
export const pickKeyOf = ({ entity, parent }: TableRow): string | null => (parent === null ? entity : null);

/** Rows that are selected, and their approval in one go, answered one by one. */
export function useApproval({ collection, rows, edits, nameOf, refresh }: ApprovalOptions) {
  const [picked, setPicked] = useState<ReadonlyMap<string, Picked>>(new Map());
  const [results, setResults] = useState<NamedResult[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [last, setLast] = useState(0);
  const queries = useQueryClient();
  const notices = useNotices();
  const confirm = useConfirm();

  const entryOf = (row: TableRow): [string, Picked] => [
    row.entity,
    { name: nameOf(row), version: row.version, ok: approvalOf(row.allowed)?.ok === true, rowId: row.id },
  ];
  const pick = (index: number, extend: boolean) => {
    const row = rows[index];
    if (!row) return;
    const next = new Map(picked);
    const [from, to] = extend ? [Math.min(last, index), Math.max(last, index)] : [index, index];
    for (const one of rows.slice(from, to + 1)) {
      if (pickKeyOf(one) === null) continue;
      if (!extend && next.has(one.entity)) next.delete(one.entity);
      else if (next.size < editLimit) next.set(...entryOf(one));
    }
    setLast(index);
    setPicked(next);
  };
  const pickAll = (all: readonly TableRow[] = rows) => {
    const things = all.filter((row) => pickKeyOf(row) !== null);
    const everything = things.slice(0, editLimit);
    const isAll = everything.length > 0 && everything.every(({ entity }) => picked.has(entity));
    setPicked(isAll ? new Map() : new Map(everything.map(entryOf)));
    if (!isAll && things.length > editLimit) {
      notices.say('attention', `The first ${editLimit} are selected.`, 'More cannot be approved in one go.');
    }
  };

  const send = async (items: { id: string; version: number; name: string }[]) => {
    setBusy(true);
    try {
      const names = new Map(items.map(({ id, name }) => [id, name]));
      const sent = items.map(({ id, version }) => ({ id, version }));
      const answer = await sendApproval(collection, sent, newIntentKey());
      setResults(answer.results.map((result) => ({ ...result, name: names.get(result.id) ?? result.id })));
      setPicked(new Map());
      await refresh(items.map(({ id }) => id));
      await queries.invalidateQueries({ queryKey: ['overview'] });
    } catch (error) {
      notices.fail('Not all of it was approved; look at their states.', error);
    } finally {
      setBusy(false);
    }
  };
  const approve = async () => {
    const items = [...picked].map(([id, { name, version }]) => ({ id, name, version }));
    if (items.length === 0) return;
    const refused = [...picked.values()].filter(({ ok }) => !ok).length;
    const unsaved = [...edits.rows.values()].filter(({ row }) => picked.has(row.entity)).length;
    const answer = await confirm({
      title: `Approve ${items.length} ${collection}?`,
      consequences: [
        bulkApproval[collection] ?? 'They are approved.',
        ...(refused > 0 ? [`${refused} of them cannot be approved as they are; they stay unchanged.`] : []),
        ...(unsaved > 0
          ? [`${unsaved} rows have unsaved changes: what is saved is approved, not what you typed.`]
          : []),
      ],
      confirmLabel: `Approve ${items.length}`,
    });
    if (answer) await send(items);
  };
  /** Those that were refused, at the versions that they have now. */
  const retry = async () => {
    const failed = new Set((results ?? []).filter(({ ok }) => !ok).map(({ id }) => id));
    const byEntity = new Map(rows.map((row) => [row.entity, row]));
    const items = [...failed].flatMap((id) => {
      const row = byEntity.get(id);
      return row ? [{ id, version: row.version, name: nameOf(row) }] : [];
    });
    setResults(null);
    if (items.length > 0) await send(items);
  };
  return {
    picked,
    count: picked.size,
    busy,
    pick,
    pickAll,
    clear: () => setPicked(new Map()),
    approve,
    retry,
    results,
    closeResults: () => setResults(null),
  };
}

export type Approval = ReturnType<typeof useApproval>;
