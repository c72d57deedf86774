import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, command } from '../../api/http.ts';
import type { CancelPlan } from '../../api/types/stock.ts';
import { refreshEveryMs } from '../../app/query-client.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { Section } from '../../ui/section.tsx';
import { Relative } from '../../ui/time.tsx';

type Row = CancelPlan & { id: string };

const plansQuery = queryOptions({
  queryKey: ['stock', 'cancel-plans'],
  refetchInterval: refreshEveryMs,
  queryFn: async ({ signal }): Promise<Row[]> => {
    const { rows } = await call<{ rows: CancelPlan[] }>('GET', '/api/stock/cancel-plans', { signal });
    return rows.map((row) => ({ ...row, id: row.orderId }));
  },
});

function useDecision() {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ row, decision }: { row: Row; decision: 'approve' | 'withdraw' }) =>
      command('POST', `/api/stock/cancel-plans/${row.orderId}/decision`, { decision }),
    onSuccess: (_answer, { row, decision }) =>
      notices.say('good', `${row.number}: the cancellation is ${decision === 'approve' ? 'approved' : 'withdrawn'}.`),
    onError: (error, { row }) => notices.fail(`${row.number}: that was not possible.`, error),
    onSettled: () => queries.invalidateQueries(),
  });
}

/** Orders for units that are not there: their cancellation is prepared and waits for a person. */
export function CancelPlans() {
  const query = useQuery(plansQuery);
  const decide = useDecision();
  const columns: Column<Row>[] = [
    {
      id: 'order',
      header: 'Order',
      role: 'head',
      cell: ({ orderId, number, connection }) => (
        <span className="two-lines">
          <RowLink to="/orders/$id" id={orderId}>
            {number}
          </RowLink>
          <small>{connection.name}</small>
        </span>
      ),
    },
    { id: 'state', header: 'State', cell: ({ orderState }) => <StateBadge state={orderState} machine="order" /> },
    { id: 'why', header: 'Why', cell: ({ why }) => why },
    { id: 'since', header: 'Since', cell: ({ plannedAt }) => <Relative at={plannedAt} /> },
    {
      id: 'decide',
      header: 'Decision',
      cell: (row) =>
        row.standing === 'PLANNED' ? (
          <span className="row-actions">
            {(['approve', 'withdraw'] as const).map((decision) => (
              <button
                key={decision}
                type="button"
                className="small"
                disabled={decide.isPending}
                onClick={() => decide.mutate({ row, decision })}
              >
                {decision === 'approve' ? 'Cancel it' : 'Do not cancel'}
                <span className="visually-hidden">: {row.number}</span>
              </button>
            ))}
          </span>
        ) : (
          `${row.standing.toLowerCase()} by ${row.decidedBy}`
        ),
    },
  ];
  return (
    <Section title="Sold, and not there" count={query.data?.length ?? 0}>
      <QueryView query={query} what="the planned cancellations">
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="Every order has its units">No cancellation for want of stock waits for you.</Empty>
          ) : (
            <DataTable
              caption="Planned cancellations"
              columns={columns}
              rows={rows}
              nameOf={({ number }) => number}
              keys={false}
            />
          )
        }
      </QueryView>
    </Section>
  );
}
