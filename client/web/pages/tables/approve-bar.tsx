import { editLimit } from '../../api/tables.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import type { Approval, NamedResult } from './use-approval.ts';

interface ApproveBarProps {
  approval: Approval;
  things: string;
  /** Under the filter, loaded or not. */
  total: number | null;
  /** Loads up to 500 of them and selects them. */
  onPickFiltered: () => void;
}

/** Selected rows and their approval. */
export function ApproveBar({ approval, things, total, onPickFiltered }: ApproveBarProps) {
  const { count, busy, results } = approval;
  const most = total === null ? null : Math.min(total, editLimit);
  return (
    <>
      {count > 0 ? (
        <div className="approve-bar" role="toolbar" aria-label="Selected rows">
          <strong>{formatCount(count)} selected</strong>
          <button type="button" className="primary" disabled={busy} onClick={approval.approve}>
            {busy ? 'Approving …' : `Approve ${formatCount(count)}`}
          </button>
          {most !== null && most > count ? (
            <button type="button" className="quiet" disabled={busy} onClick={onPickFiltered}>
              Select {most < (total ?? 0) ? 'the first' : 'all'} {formatCount(most)} {things} of this filter
            </button>
          ) : null}
          <button type="button" className="quiet" onClick={approval.clear}>
            Clear selection
          </button>
        </div>
      ) : null}
      {results ? <Results results={results} approval={approval} /> : null}
    </>
  );
}

function Results({ results, approval }: { results: NamedResult[]; approval: Approval }) {
  const refused = results.filter(({ ok }) => !ok);
  const done = results.length - refused.length;
  return (
    <Dialog title={`${done} of ${results.length} approved`} onClose={approval.closeResults}>
      <ul className="results">
        {[...refused, ...results.filter(({ ok }) => ok)].map((result) => (
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
      <div className="dialog-actions diff-actions">
        {refused.length > 0 ? (
          <button type="button" disabled={approval.busy} onClick={approval.retry}>
            Try the {refused.length} refused again
          </button>
        ) : null}
        <button type="button" className="primary" onClick={approval.closeResults}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
