import type { OrderLine } from '../../api/types/orders.ts';
import { Amount } from '../../ui/amount.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';

const columns: Column<OrderLine>[] = [
  {
    id: 'title',
    header: 'Line',
    role: 'head',
    cell: ({ title, sku, skuId }) => (
      <span className="two-lines">
        <span>{title}</span>
        {skuId ? (
          <small>{sku}</small>
        ) : (
          <span className="mark" data-mark="overdue">
            unknown SKU {sku ?? ''}
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'price',
    header: 'Price',
    align: 'end',
    cell: ({ unitPriceMinor, currency }) => <Amount amountMinor={unitPriceMinor} currency={currency} />,
  },
  { id: 'ordered', header: 'Ordered', align: 'end', cell: ({ ordered }) => ordered },
  {
    id: 'reserved',
    header: 'Reserved',
    align: 'end',
    cell: ({ reserved, ordered, cancelled, shipped }) => {
      const needed = ordered - cancelled - shipped;
      if (reserved >= needed) return reserved;
      return (
        <span className="mark" data-mark="soon" title={`${needed} needed`}>
          {reserved} of {needed}
        </span>
      );
    },
  },
  { id: 'cancelled', header: 'Cancelled', align: 'end', cell: ({ cancelled }) => <Quiet n={cancelled} /> },
  { id: 'shipped', header: 'Shipped', align: 'end', cell: ({ shipped }) => <Quiet n={shipped} /> },
  { id: 'returned', header: 'Returned', align: 'end', cell: ({ returned }) => <Quiet n={returned} /> },
];

function Quiet({ n }: { n: number }) {
  return n === 0 ? <span className="nothing">0</span> : n;
}

export function OrderLines({ lines }: { lines: OrderLine[] }) {
  if (lines.length === 0) return <Empty title="No lines are known yet" />;
  return (
    <DataTable caption="Lines of the order" columns={columns} rows={lines} nameOf={({ title }) => title} keys={false} />
  );
}
