import type { OrderLine } from '../../api/types/orders.ts';
import { Amount } from '../../ui/amount.tsx';
import { Nothing } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';

/** States in which the units must lie ready; once the shop has the order they are its own to keep. */
const holding = ['NEW', 'EDITED', 'AWAITING_CONFIRMATION', 'APPROVED', 'QUEUE'];

type LineRow = OrderLine & { short: number };

const columns: Column<LineRow>[] = [
  {
    id: 'title',
    header: 'Line',
    role: 'title',
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
    cell: ({ reserved, short }) =>
      short > 0 ? (
        <span className="mark" data-mark="soon" title={`${short} more needed`}>
          {reserved}, {short} short
        </span>
      ) : (
        reserved
      ),
  },
  { id: 'since', header: 'Since then', cell: (line) => <Since line={line} /> },
];

/** What became of its units; a quantity can be cancelled, shipped and returned in parts. */
function Since({ line }: { line: OrderLine }) {
  const words = [
    line.shipped > 0 ? `${line.shipped} shipped` : '',
    line.cancelled > 0 ? `${line.cancelled} cancelled` : '',
    line.returned > 0 ? `${line.returned} returned` : '',
  ].filter(Boolean);
  return words.length === 0 ? <Nothing /> : words.join(', ');
}

export function OrderLines({ lines, state }: { lines: OrderLine[]; state: string }) {
  if (lines.length === 0) return <Empty title="No lines are known yet" />;
  const rows = lines.map((line) => {
    const needed = holding.includes(state) ? line.ordered - line.cancelled - line.shipped : 0;
    return { ...line, short: Math.max(0, needed - line.reserved) };
  });
  return (
    <DataTable caption="Lines of the order" columns={columns} rows={rows} nameOf={({ title }) => title} keys={false} />
  );
}
