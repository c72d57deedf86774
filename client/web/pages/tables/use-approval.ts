import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { newIntentKey } from '../../api/http.ts';
import { editLimit, sendApproval } from '../../api/tables.ts';
import type { BulkResult } from '../../api/types/common.ts';
import type { TableRow } from '../../api/types/tables.ts';
import { approvalOf } from '../../ui/actions.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { bulkApproval } from '../../ui/consequences.ts';
import type { Edits } from '../../ui/grid/edits.ts';
import { useNotices } from '../../ui/notices.tsx';
import type { TablePlan } from './tables.ts';

export interface NamedResult extends BulkResult {
  name: string;
}

interface Picked {
  name: string;
  /** That the person saw: nothing newer is approved. */
  version: number;
  ok: boolean;
  entity: string;
}

interface ApprovalOptions {
  plan: TablePlan;
  rows: readonly TableRow[];
  edits: Edits;
  nameOf: (row: TableRow) => string;
  refresh: (entities: readonly string[]) => Promise<unknown>;
}

/** What a row is approved as; parts of a thing (a product's SKU) are approved with it. */
const pickKeyOf = ({ approval }: TablePlan, row: TableRow): string | null =>
  approval === null || row.parent !== null ? null : row[approval.by];

/** Rows that are selected, and their approval in one go, answered one by one. */
export function useApproval({ plan, rows, edits, nameOf, refresh }: ApprovalOptions) {
  const collection = plan.approval?.collection ?? '';
  const keyOf = useCallback((row: TableRow) => pickKeyOf(plan, row), [plan]);
  const [picked, setPicked] = useState<ReadonlyMap<string, Picked>>(new Map());
  const [results, setResults] = useState<NamedResult[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [last, setLast] = useState(0);
  const queries = useQueryClient();
  const notices = useNotices();
  const confirm = useConfirm();

  const entryOf = (row: TableRow, key: string): [string, Picked] => [
    key,
    { name: nameOf(row), version: row.version, ok: approvalOf(row.allowed)?.ok === true, entity: row.entity },
  ];
  const pick = (index: number, extend: boolean) => {
    const row = rows[index];
    if (!row) return;
    const next = new Map(picked);
    const [from, to] = extend ? [Math.min(last, index), Math.max(last, index)] : [index, index];
    for (const one of rows.slice(from, to + 1)) {
      const key = keyOf(one);
      if (key === null) continue;
      if (!extend && next.has(key)) next.delete(key);
      else if (next.size < editLimit) next.set(...entryOf(one, key));
    }
    setLast(index);
    setPicked(next);
  };
  const pickAll = (all: readonly TableRow[] = rows) => {
    const things = all.flatMap((row): [string, Picked][] => {
      const key = keyOf(row);
      return key === null ? [] : [entryOf(row, key)];
    });
    const everything = things.slice(0, editLimit);
    const isAll = everything.length > 0 && everything.every(([key]) => picked.has(key));
    setPicked(new Map(isAll ? [] : everything));
    if (!isAll && things.length > editLimit) {
      notices.say('attention', `The first ${editLimit} are selected.`, 'More cannot be approved in one go.');
    }
  };

  const send = async (items: { id: string; version: number; name: string; entity: string }[]) => {
    setBusy(true);
    try {
      const names = new Map(items.map(({ id, name }) => [id, name]));
      const sent = items.map(({ id, version }) => ({ id, version }));
      const answer = await sendApproval(collection, sent, newIntentKey());
      setResults(answer.results.map((result) => ({ ...result, name: names.get(result.id) ?? result.id })));
      setPicked(new Map());
      await refresh([...new Set(items.map(({ entity }) => entity))]);
      await queries.invalidateQueries({ queryKey: ['overview'] });
    } catch (error) {
      notices.fail('Not all of it was approved; look at their states.', error);
    } finally {
      setBusy(false);
    }
  };
  const approve = async () => {
    const items = [...picked].map(([id, { name, version, entity }]) => ({ id, name, version, entity }));
    if (items.length === 0) return;
    const refused = [...picked.values()].filter(({ ok }) => !ok).length;
    const unsaved = [...edits.rows.values()].filter(({ row }) => picked.has(keyOf(row) ?? row.entity)).length;
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
    const items = rows.flatMap((row) => {
      const id = keyOf(row);
      return id !== null && failed.has(id) ? [{ id, version: row.version, name: nameOf(row), entity: row.entity }] : [];
    });
    setResults(null);
    if (items.length > 0) await send(items);
  };
  return {
    picked,
    keyOf,
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
