import type { TableRow } from '../../api/types/tables.ts';
import { formatCount } from '../../ui/format.ts';
import { explain } from '../../ui/notices.tsx';
import type { Rows } from './use-rows.ts';

interface TableFootProps {
  rows: Rows;
  things: string;
  shown: readonly TableRow[];
  onlyChanged: boolean;
}

/** How much is loaded of how much there is, and what keeps the rest away. */
export function TableFoot({ rows, things, shown, onlyChanged }: TableFootProps) {
  const { loaded, loading, error, loadMore } = rows;
  if (loaded === null) return null;
  return (
    <div className="list-foot">
      <span className="muted" role="status">
        {onlyChanged
          ? `${formatCount(shown.length)} changed rows`
          : `${formatCount(loaded.things)}${loaded.total === null ? '' : ` of ${formatCount(loaded.total)}`} ${things} loaded`}
        {loading ? ' …' : ''}
      </span>
      {error === null ? null : (
        <span className="refused" role="alert">
          More could not be read: {explain(error)}{' '}
          <button type="button" className="small" onClick={loadMore}>
            Try again
          </button>
        </span>
      )}
    </div>
  );
}
