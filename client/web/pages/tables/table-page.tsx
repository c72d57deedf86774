import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { sessionQuery } from '../../api/queries.ts';
import type { TableName } from '../../api/types/tables.ts';
import type { TableSearch } from '../../app/search.ts';
import { PageHead } from '../../ui/section.tsx';
import { TableBoard } from './table-board.tsx';
import { TableTabs } from './table-tabs.tsx';
import { tablePlans } from './tables.ts';

/** One editable table on a page of its own. */
export function TablePage({ table }: { table: TableName }) {
  const plan = tablePlans[table];
  const search: TableSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const { history } = useRouter();
  const { data: user } = useQuery(sessionQuery);
  return (
    <div className="table-page">
      <PageHead title={plan.title}>
        <TableTabs present={table} />
      </PageHead>
      <TableBoard
        key={table}
        plan={plan}
        search={search}
        owner={user?.id ?? ''}
        onSearch={(next) => navigate({ to: plan.path, search: next, replace: true })}
        onOpen={(path) => history.push(path)}
      />
    </div>
  );
}
