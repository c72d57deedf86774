import { useQuery } from '@tanstack/react-query';
import { call, withQuery } from '../../api/http.ts';
import type { Page } from '../../api/types/common.ts';
import type { OrderDetail, OrderReturn, ReturnRow } from '../../api/types/orders.ts';
import { refreshEveryMs } from '../../app/query-client.ts';
import { PageActions } from '../../ui/actions.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { Time } from '../../ui/time.tsx';

/** Goods on their way back: they are for sale again only after somebody scanned them in and found them fit. */
export function OrderReturns({ order }: { order: OrderDetail }) {
  // The order names its returns; what may be done with them and their lines come from the list of returns.
  const { data } = useQuery({
    queryKey: ['returns', 'of', order.id],
    enabled: order.returns.length > 0,
    refetchInterval: refreshEveryMs,
    queryFn: ({ signal }) =>
      call<Page<ReturnRow>>('GET', withQuery('/api/returns', { q: order.number, limit: 50 }), { signal }),
  });
  if (order.returns.length === 0) return <Empty title="No goods are coming back" />;
  return (
    <ul className="cards">
      {order.returns.map((row) => (
        <ReturnCard key={row.id} order={order} row={row} full={data?.rows.find(({ id }) => id === row.id)} />
      ))}
    </ul>
  );
}

interface ReturnCardProps {
  order: OrderDetail;
  row: OrderReturn;
  full: ReturnRow | undefined;
}

function ReturnCard({ order, row, full }: ReturnCardProps) {
  const nameOf = (lineId: string) => order.lines.find(({ id }) => id === lineId)?.title ?? 'a line';
  return (
    <li className="card">
      <div className="card-head">
        <StateBadge state={row.state} machine="return" />
        <span>{row.reason}</span>
        {row.scannedInAt ? (
          <span className="muted">
            scanned in <Time at={row.scannedInAt} />
          </span>
        ) : null}
      </div>
      {full ? (
        <>
          <p className="muted">
            {full.lines.map(({ orderLineId, quantity }) => `${quantity} × ${nameOf(orderLineId)}`).join(', ')}
          </p>
          <PageActions thing={{ ...full, collection: 'returns', name: `Return of ${order.number}` }} />
        </>
      ) : null}
    </li>
  );
}
