import type { IncidentRow } from '../../api/types/operations.ts';
import { Nothing, StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead } from '../../ui/section.tsx';
import { Relative, Time } from '../../ui/time.tsx';
import { stageWords } from './stage.ts';

const columns: Column<IncidentRow>[] = [
  {
    id: 'number',
    header: 'Incident',
    role: 'head',
    cell: ({ id, number, connection }) => (
      <span className="two-lines">
        <RowLink to="/incidents/$id" id={id}>
          {number}
        </RowLink>
        <small>{connection.name}</small>
      </span>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} machine="incident" /> },
  { id: 'since', header: 'Since', cell: ({ since }) => <Time at={since} /> },
  { id: 'closed', header: 'Closed', cell: ({ closedAt }) => (closedAt ? <Time at={closedAt} /> : <Nothing />) },
  { id: 'stock', header: 'Its stock', cell: ({ kind, stage }) => (kind === 'store' ? stageWords(stage) : <Nothing />) },
  {
    id: 'probe',
    header: 'Next probe',
    cell: ({ probeDueAt }) => (probeDueAt ? <Relative at={probeDueAt} /> : <Nothing />),
  },
  {
    id: 'orders',
    header: 'Orders delayed',
    align: 'end',
    cell: ({ report }) => (report ? report.orders.delayed : <Nothing />),
  },
  { id: 'reason', header: 'Last failure', role: 'wide', cell: ({ reason }) => reason },
];

/** Outages of accounts, the newest first. */
export function IncidentsPage() {
  const list = useList<IncidentRow>('incidents');
  return (
    <>
      <PageHead
        title="Incidents"
        lead="One for each outage of an account. What waits for it is kept and made up for by itself when it answers again."
      />
      <ListView
        list={list}
        what="incidents"
        empty={<Empty title="No incidents">Every account has answered as it should.</Empty>}
      >
        <DataTable caption="Incidents" columns={columns} rows={list.rows} nameOf={({ number }) => number} />
      </ListView>
    </>
  );
}
