import { shownRate } from '../../../../budget/given.ts';
import type { Budget } from '../../api/types/operations.ts';
import { Nothing } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';

type Limits = NonNullable<Budget['limits']>;
type Row = Limits['account'] & { id: string; name: string; operations: string[] };

const columns: Column<Row>[] = [
  { id: 'name', header: 'Calls', role: 'head', cell: ({ name }) => name },
  {
    id: 'operations',
    header: 'Which',
    cell: ({ operations }) => (operations.length === 0 ? 'all of them' : <code>{operations.join(', ')}</code>),
  },
  { id: 'rate', header: 'In the long run', cell: (row) => shownRate(row) },
  { id: 'burst', header: 'At once', align: 'end', cell: ({ burst }) => burst ?? <Nothing /> },
  { id: 'concurrent', header: 'Under way', align: 'end', cell: ({ concurrent }) => concurrent ?? 'no limit' },
  {
    id: 'points',
    header: 'Points',
    align: 'end',
    cell: ({ points }) => (points ? `${points.perSecond} a second, ${points.capacity} at most` : <Nothing />),
  },
];

/** What the account permits, as a whole and by group of endpoints; changed by the API and the command line. */
export function BudgetLimits({ limits, code }: { limits: Budget['limits']; code: string }) {
  if (!limits) return <p className="alert">These limits cannot be read, so nothing is sent. Set them anew.</p>;
  const rows: Row[] = [
    { ...limits.account, id: '*', name: 'The whole account', operations: [] },
    ...Object.entries(limits.groups).map(([name, group]) => ({ ...group, id: name, name })),
  ];
  return (
    <div className="stack">
      <DataTable caption="Permitted calls" columns={columns} rows={rows} nameOf={({ name }) => name} keys={false} />
      <p className="muted">
        An admin changes them with <code>tradelane connections budget {code} --set …</code>
      </p>
    </div>
  );
}
