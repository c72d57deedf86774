import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReturnRow } from '../../api/types/orders.ts';
import { RowActions } from '../../ui/actions.tsx';
import { Nothing, StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead } from '../../ui/section.tsx';
import { returnStates } from '../../ui/states.ts';
import { Time } from '../../ui/time.tsx';

const columns: Column<ReturnRow>[] = [
  {
    id: 'order',
    header: 'Return of',
    role: 'head',
    cell: ({ order, brand }) => (
      <span className="two-lines">
        <RowLink to="/orders/$id" id={order.id}>
          {order.number}
        </RowLink>
        <small>{brand.name}</small>
      </span>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} machine="return" /> },
  { id: 'reason', header: 'Reason', cell: ({ reason }) => reason },
  {
    id: 'units',
    header: 'Units',
    align: 'end',
    cell: ({ lines }) => lines.reduce((total, { quantity }) => total + quantity, 0),
  },
  { id: 'tracking', header: 'Tracking', cell: ({ trackingNumber }) => trackingNumber ?? <Nothing /> },
  {
    id: 'created',
    header: 'Expected since',
    cell: ({ createdAt, brand }) => <Time at={createdAt} brandId={brand.id} />,
  },
  {
    id: 'scanned',
    header: 'Scanned in',
    cell: ({ scannedInAt, brand }) => <Time at={scannedInAt} brandId={brand.id} />,
  },
  {
    id: 'actions',
    header: 'Actions',
    role: 'actions',
    cell: (row) => <RowActions thing={{ ...row, collection: 'returns', name: `Return of ${row.order.number}` }} />,
  },
];

/** Goods on their way back, for whoever stands in the warehouse with a scanner. */
export function ReturnsPage() {
  const search = useSearch({ from: '/shell/returns' });
  const navigate = useNavigate();
  const list = useList<ReturnRow>('returns', { ...search });
  return (
    <>
      <PageHead
        title="Returns"
        lead="Goods come back into stock only after they were scanned in and found fit for sale."
      />
      <ListFilters
        search={search}
        onSearch={(next) => navigate({ to: '/returns', search: next, replace: true })}
        placeholder="Order or tracking number …"
        states={returnStates}
        brands
        connections="marketplace"
      />
      <ListView
        list={list}
        what="returns"
        empty={<Empty title="No returns here">They begin when goods that left have to come back.</Empty>}
      >
        <DataTable
          caption="Returns"
          columns={columns}
          rows={list.rows}
          nameOf={({ order }) => `the return of ${order.number}`}
          onOpen={({ order }) => navigate({ to: '/orders/$id', params: { id: order.id } })}
        />
      </ListView>
    </>
  );
}

/** Links to one return (from a problem) lead to the list of them. */
export function OneReturn() {
  return <Navigate to="/returns" replace />;
}
