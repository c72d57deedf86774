import type { RowSelectionState } from '@tanstack/react-table';
import { useState } from 'react';
import { useBulk } from '../api/commands.ts';
import type { Allowed, BulkResult } from '../api/types/common.ts';
import { approvalOf } from './actions.tsx';
import { StateBadge } from './badge.tsx';
import { useConfirm } from './confirm.tsx';
import { bulkApproval } from './consequences.ts';
import { Dialog } from './dialog.tsx';

export interface BulkRow {
  id: string;
  version: number;
  name: string;
  allowed: Allowed[];
}

interface NamedResult extends BulkResult {
  name: string;
}

/** Selection of rows with one approval for all of them, answered row by row. */
export function useBulkApproval(collection: string, rows: BulkRow[]) {
  const [selected, setSelected] = useState<RowSelectionState>({});
  const [results, setResults] = useState<NamedResult[] | null>(null);
  const bulk = useBulk();
  const confirm = useConfirm();
  const chosen = rows.filter(({ id }) => selected[id]);
  const approve = async () => {
    if (chosen.length === 0) return;
    const refused = chosen.filter(({ allowed }) => !approvalOf(allowed)?.ok).length;
    const answer = await confirm({
      title: `Approve ${chosen.length} ${collection}?`,
      consequences: [
        bulkApproval[collection] ?? 'They are approved.',
        ...(refused > 0 ? [`${refused} of them cannot be approved as they are; they stay unchanged.`] : []),
      ],
      confirmLabel: `Approve ${chosen.length}`,
    });
    if (!answer) return;
    const names = new Map(chosen.map(({ id, name }) => [id, name]));
    bulk.mutate(
      { collection, type: 'APPROVE', items: chosen },
      {
        onSuccess: (given) => {
          setSelected({});
          setResults(given.results.map((result) => ({ ...result, name: names.get(result.id) ?? result.id })));
        },
      },
    );
  };
  return {
    selection: { value: selected, onChange: setSelected },
    count: chosen.length,
    busy: bulk.isPending,
    approve,
    clear: () => setSelected({}),
    results,
    closeResults: () => setResults(null),
  };
}

export function BulkBar({ bulk }: { bulk: ReturnType<typeof useBulkApproval> }) {
  return (
    <>
      {bulk.count > 0 ? (
        <div className="bulk-bar" role="toolbar" aria-label="Selected rows">
          <strong>{bulk.count} selected</strong>
          <button type="button" className="primary" disabled={bulk.busy} onClick={bulk.approve}>
            Approve {bulk.count}
          </button>
          <button type="button" className="quiet" onClick={bulk.clear}>
            Clear selection
          </button>
        </div>
      ) : null}
      {bulk.results ? <BulkResults results={bulk.results} onClose={bulk.closeResults} /> : null}
    </>
  );
}

function BulkResults({ results, onClose }: { results: NamedResult[]; onClose: () => void }) {
  const sorted = [...results].sort((a, b) => Number(a.ok) - Number(b.ok));
  const done = results.filter(({ ok }) => ok).length;
  return (
    <Dialog title={`${done} of ${results.length} approved`} onClose={onClose}>
      <ul className="results">
        {sorted.map((result) => (
          <li key={result.id} data-ok={result.ok}>
            <strong>{result.name}</strong>
            {result.ok ? (
              <StateBadge state={result.state ?? 'APPROVED'} />
            ) : (
              <span className="refused">{result.why}</span>
            )}
          </li>
        ))}
      </ul>
      <div className="dialog-actions">
        <button type="button" className="primary" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
