import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ConnectionRow } from '../../api/types/operations.ts';
import { useUser } from '../../app/session.ts';
import { RowActions } from '../../ui/actions.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { LastFailureText } from '../../ui/last-failure.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { OutageMark } from '../../ui/outage-mark.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead } from '../../ui/section.tsx';
import { stateWords } from '../../ui/states.ts';
import { Relative } from '../../ui/time.tsx';
import { AddConnection } from './add-connection.tsx';

const columns: Column<ConnectionRow>[] = [
  {
    id: 'name',
    header: 'Connection',
    role: 'head',
    cell: ({ id, name, code }) => (
      <span className="two-lines">
        <RowLink to="/connections/$id" id={id}>
          {name}
        </RowLink>
        <small>{code}</small>
      </span>
    ),
  },
  {
    id: 'kind',
    header: 'Kind',
    cell: ({ kind, connector }) => (
      <span className="two-lines">
        <span>{stateWords(kind)}</span>
        <small>{connector}</small>
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    cell: ({ state, incident }) => (
      <span className="badges">
        <StateBadge state={state} machine="connection" />
        <OutageMark outage={incident}>outage</OutageMark>
      </span>
    ),
  },
  { id: 'success', header: 'Last answer', cell: ({ lastSuccessAt }) => <Relative at={lastSuccessAt} /> },
  {
    id: 'failure',
    header: 'Last failure',
    cell: ({ lastFailure, lastFailureAt }) => <LastFailureText failure={lastFailure} at={lastFailureAt} />,
  },
  {
    id: 'problems',
    header: 'Problems',
    align: 'end',
    cell: ({ problems, id }) =>
      problems === 0 ? (
        <span className="nothing">0</span>
      ) : (
        <Link to="/problems" search={{ connection: id }} className="mark" data-mark="overdue">
          {problems}
        </Link>
      ),
  },
  {
    id: 'actions',
    header: 'Actions',
    role: 'actions',
    cell: (connection) => <RowActions thing={{ ...connection, collection: 'connections', name: connection.name }} />,
  },
];

export function ConnectionsPage() {
  const list = useList<ConnectionRow>('connections');
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const { role } = useUser();
  return (
    <>
      <PageHead title="Connections" lead="Brands' shops, marketplaces and carriers.">
        {role === 'admin' ? (
          <button type="button" className="primary" onClick={() => setAdding(true)}>
            Connect a shop
          </button>
        ) : null}
      </PageHead>
      <ListView
        list={list}
        what="connections"
        empty={<Empty title="Nothing is connected yet">Add a brand's shop, a marketplace and a carrier.</Empty>}
      >
        <DataTable
          caption="Connections"
          columns={columns}
          rows={list.rows}
          nameOf={({ name }) => name}
          onOpen={({ id }) => navigate({ to: '/connections/$id', params: { id } })}
        />
      </ListView>
      {adding ? <AddConnection onClose={() => setAdding(false)} /> : null}
    </>
  );
}
