import type { Effect } from '../../api/types/orders.ts';
import { Nothing, StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { stateWords } from '../../ui/states.ts';
import { Relative } from '../../ui/time.tsx';

const columns: Column<Effect>[] = [
  {
    id: 'kind',
    header: 'Call',
    role: 'head',
    cell: ({ kind, key }) => (
      <span className="two-lines">
        <span>{stateWords(kind)}</span>
        <small className="clip" title={key}>
          {key}
        </small>
      </span>
    ),
  },
  { id: 'state', header: 'Outcome', cell: ({ state }) => <StateBadge state={state} machine="effect" /> },
  { id: 'attempts', header: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
  {
    id: 'reason',
    header: 'Reason',
    cell: ({ reason }) => (reason ? <span className="wrap">{reason}</span> : <Nothing />),
  },
  { id: 'updated', header: 'Last news', cell: ({ updatedAt }) => <Relative at={updatedAt} /> },
];

/** Calls that must not happen twice: each with its outcome. */
export function Effects({ effects }: { effects: Effect[] }) {
  if (effects.length === 0) {
    return <Empty title="Nothing was done outside yet">Pushes, bookings, cancellations and mails appear here.</Empty>;
  }
  return <DataTable caption="Outside calls" columns={columns} rows={effects} nameOf={({ key }) => key} keys={false} />;
}
