import { useQuery } from '@tanstack/react-query';
import { machineQuery } from '../../api/queries.ts';
import type { Allowed } from '../../api/types/common.ts';
import type { Effect } from '../../api/types/orders.ts';
import { useUser } from '../../app/session.ts';
import { RowActions } from '../../ui/actions.tsx';
import { Nothing, StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { stateWords } from '../../ui/states.ts';
import { Relative } from '../../ui/time.tsx';

type EffectWithActions = Effect & { allowed: Allowed[] };

const columns: Column<EffectWithActions>[] = [
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
  {
    id: 'actions',
    header: 'Actions',
    role: 'actions',
    cell: ({ id, kind, allowed }) => (
      <RowActions thing={{ collection: 'effects', id, name: stateWords(kind), allowed }} />
    ),
  },
];

/** What a person may state about a call whose outcome nobody could find out: the machine's own events for that. */
function useSettling(): (effect: Effect) => Allowed[] {
  const { role } = useUser();
  const { data: chart } = useQuery(machineQuery('effect'));
  return ({ state }) => {
    if (!chart || state !== 'AMBIGUOUS' || role === 'brand') return [];
    const possible = new Set(chart.edges.filter(({ from }) => from === state).map(({ event }) => event));
    return chart.events
      .filter(({ type, by }) => possible.has(type) && by.includes(role))
      .map(({ type, label, means }) => ({ type, label, means, ok: true, why: null }));
  };
}

/** Calls that must not happen twice: each with its outcome. */
export function Effects({ effects }: { effects: Effect[] }) {
  const settling = useSettling();
  if (effects.length === 0) {
    return <Empty title="Nothing was done outside yet">Pushes, bookings, cancellations and mails appear here.</Empty>;
  }
  return (
    <DataTable
      caption="Outside calls"
      columns={columns}
      rows={effects.map((effect) => ({ ...effect, allowed: settling(effect) }))}
      nameOf={({ key }) => key}
      keys={false}
    />
  );
}
