import type { OrderRow } from '../../api/types/orders.ts';
import { RowActions } from '../../ui/actions.tsx';
import { Total } from '../../ui/amount.tsx';
import { NativeState, StateBadge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { OutageMark } from '../../ui/outage-mark.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { ShipBy, Time } from '../../ui/time.tsx';

export const orderColumns: Column<OrderRow>[] = [
  {
    id: 'number',
    header: 'Order',
    role: 'head',
    cell: (order) => (
      <span className="two-lines">
        <RowLink to="/orders/$id" id={order.id}>
          {order.number}
        </RowLink>
        <small title="Number on the marketplace">{order.channelOrderNumber}</small>
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    cell: (order) => (
      <span className="badges">
        <StateBadge state={order.state} machine="order" />
        {order.problems > 0 ? (
          <span className="mark" data-mark="overdue" title={`${order.problems} open problems`}>
            {order.problems} {order.problems === 1 ? 'problem' : 'problems'}
          </span>
        ) : null}
        <OutageMark outage={order.sellerOffline}>seller offline</OutageMark>
      </span>
    ),
  },
  { id: 'native', header: 'There', cell: ({ nativeState }) => <NativeState state={nativeState} /> },
  {
    id: 'brand',
    header: 'Brand · marketplace',
    cell: ({ brand, connection }) => (
      <span className="two-lines">
        <span>{brand.name}</span>
        <small>{connection.name}</small>
      </span>
    ),
  },
  { id: 'units', header: 'Units', align: 'end', cell: ({ units }) => units },
  { id: 'total', header: 'Total', align: 'end', cell: ({ total }) => <Total money={total} /> },
  {
    id: 'ordered',
    header: 'Ordered',
    role: 'wide',
    cell: ({ orderedAt, brand }) => <Time at={orderedAt} brandId={brand.id} />,
  },
  {
    id: 'ship-by',
    header: 'Ship by',
    cell: ({ shipBy, state, brand }) => <ShipBy at={shipBy} state={state} brandId={brand.id} />,
  },
  {
    id: 'actions',
    header: 'Actions',
    role: 'actions',
    cell: (order) => <RowActions thing={{ ...order, collection: 'orders', name: order.number }} />,
  },
];
