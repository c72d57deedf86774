import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ConsignmentRow } from '../../api/types/operations.ts';
import { RowActions } from '../../ui/actions.tsx';
import { Amount } from '../../ui/amount.tsx';
import { Nothing, StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead } from '../../ui/section.tsx';
import { consignmentStates } from '../../ui/states.ts';
import { Relative } from '../../ui/time.tsx';

const columns: Column<ConsignmentRow>[] = [
  {
    id: 'number',
    header: 'Consignment',
    role: 'head',
    cell: ({ id, number, brand }) => (
      <span className="two-lines">
        <RowLink to="/consignments/$id" id={id}>
          {number}
        </RowLink>
        <small>{brand.name}</small>
      </span>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} machine="consignment" /> },
  {
    id: 'orders',
    header: 'Orders',
    cell: ({ orders }) => (orders.length === 0 ? <Nothing /> : orders.map(({ number }) => number).join(', ')),
  },
  { id: 'parcels', header: 'Parcels', align: 'end', cell: ({ parcels }) => parcels.length },
  {
    id: 'lane',
    header: 'To',
    cell: ({ destinationCountryCode, incoterm, carrier }) => (
      <span className="two-lines">
        <span>
          {destinationCountryCode} {incoterm}
        </span>
        <small>{carrier?.name ?? 'no carrier'}</small>
      </span>
    ),
  },
  {
    id: 'slot',
    header: 'Label mail',
    cell: ({ slotDate, slotTime, state, closeDueAt }) => (
      <span className="two-lines">
        <span>
          {slotDate} {slotTime}
        </span>
        {state === 'OPEN' ? (
          <small>
            closes <Relative at={closeDueAt} />
          </small>
        ) : null}
      </span>
    ),
  },
  { id: 'tracking', header: 'Tracking', cell: ({ trackingNumber }) => trackingNumber ?? <Nothing /> },
  {
    id: 'cost',
    header: 'Cost',
    align: 'end',
    role: 'wide',
    cell: ({ costMinor, costCurrency }) =>
      costCurrency === null ? <Nothing /> : <Amount amountMinor={costMinor} currency={costCurrency} />,
  },
  {
    id: 'actions',
    header: 'Actions',
    role: 'actions',
    cell: (row) => <RowActions thing={{ ...row, collection: 'consignments', name: row.number }} />,
  },
];

export function ConsignmentsPage() {
  const search = useSearch({ from: '/shell/consignments' });
  const navigate = useNavigate();
  const list = useList<ConsignmentRow>('consignments', { ...search });
  return (
    <>
      <PageHead title="Consignments" lead="What goes to the carrier as one." />
      <ListFilters
        search={search}
        onSearch={(next) => navigate({ to: '/consignments', search: next, replace: true })}
        placeholder="Number or tracking number …"
        states={consignmentStates}
        brands
        connections="carrier"
      />
      <ListView
        list={list}
        what="consignments"
        empty={<Empty title="No consignments here">Approved orders are planned into them.</Empty>}
      >
        <DataTable
          caption="Consignments"
          columns={columns}
          rows={list.rows}
          nameOf={({ number }) => number}
          onOpen={({ id }) => navigate({ to: '/consignments/$id', params: { id } })}
        />
      </ListView>
    </>
  );
}
