import { useNavigate } from '@tanstack/react-router';
import type { OverviewConnection } from '../../api/types/common.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { LastFailureText } from '../../ui/last-failure.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { stateWords } from '../../ui/states.ts';
import { Relative } from '../../ui/time.tsx';

const columns: Column<OverviewConnection>[] = [
  {
    id: 'name',
    header: 'Connection',
    role: 'head',
    cell: ({ id, name }) => (
      <RowLink to="/connections/$id" id={id}>
        {name}
      </RowLink>
    ),
  },
  { id: 'kind', header: 'Kind', cell: ({ kind }) => stateWords(kind) },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} machine="connection" /> },
  { id: 'success', header: 'Last answer', cell: ({ lastSuccessAt }) => <Relative at={lastSuccessAt} /> },
  {
    id: 'failure',
    header: 'Last failure',
    cell: ({ lastFailure, lastFailureAt }) => <LastFailureText failure={lastFailure} at={lastFailureAt} />,
  },
];

export function ConnectionHealth({ connections }: { connections: OverviewConnection[] }) {
  const navigate = useNavigate();
  return (
    <DataTable
      caption="Connections and their health"
      columns={columns}
      rows={connections}
      nameOf={({ name }) => name}
      onOpen={({ id }) => navigate({ to: '/connections/$id', params: { id } })}
    />
  );
}
