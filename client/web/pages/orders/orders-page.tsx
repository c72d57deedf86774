import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { OrderRow } from '../../api/types/orders.ts';
import { approvalOf, useAct } from '../../ui/actions.tsx';
import { BulkBar, useBulkApproval } from '../../ui/bulk.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { PageHead } from '../../ui/section.tsx';
import { orderStates } from '../../ui/states.ts';
import { orderColumns } from './columns.tsx';

export function OrdersPage() {
  const search = useSearch({ from: '/shell/orders' });
  const navigate = useNavigate();
  const list = useList<OrderRow>('orders', { ...search });
  const bulk = useBulkApproval(
    'orders',
    list.rows.map((order) => ({ ...order, name: order.number })),
  );
  const { act } = useAct();
  const notices = useNotices();
  const approve = (order: OrderRow) => {
    if (bulk.count > 0) return bulk.approve();
    const event = approvalOf(order.allowed);
    if (event?.ok) return act({ ...order, collection: 'orders', name: order.number }, event);
    notices.say('attention', `${order.number} cannot be approved.`, event?.why ?? 'Not possible in its state.');
  };
  return (
    <>
      <PageHead title="Orders">
        <Link to="/orders/table" search={search} className="button">
          Edit table
        </Link>
      </PageHead>
      <ListFilters
        search={search}
        onSearch={(next) => navigate({ to: '/orders', search: next, replace: true })}
        placeholder="Number, SKU, tracking number …"
        states={orderStates}
        brands
        connections="marketplace"
      />
      <ListView
        list={list}
        what="orders"
        empty={
          <Empty title="No orders here">
            They appear within seconds of being placed on a connected marketplace, or the filters hide them.
          </Empty>
        }
      >
        <DataTable
          caption="Orders"
          columns={orderColumns}
          rows={list.rows}
          nameOf={({ number }) => number}
          selection={bulk.selection}
          onOpen={({ id }) => navigate({ to: '/orders/$id', params: { id } })}
          onApprove={approve}
        />
      </ListView>
      <BulkBar bulk={bulk} />
    </>
  );
}
