import type { OrderDetail } from '../../api/types/orders.ts';
import { Total } from '../../ui/amount.tsx';
import { Nothing, StateBadge } from '../../ui/badge.tsx';
import { OutageMark } from '../../ui/outage-mark.tsx';
import { type Fact, Facts } from '../../ui/section.tsx';
import { ShipBy, Time } from '../../ui/time.tsx';

/** Whom it goes to; brands see the country only, and nobody sees a buyer who was erased. */
function ShipTo({ consignee }: Pick<OrderDetail, 'consignee'>) {
  if (!consignee) return <Nothing />;
  const { address, countryCode, missingFields, erasedAt } = consignee;
  const missing =
    missingFields.length > 0 ? (
      <span className="mark" data-mark="overdue">
        missing: {missingFields.join(', ')}
      </span>
    ) : null;
  if (!address) {
    return (
      <>
        {countryCode ?? <Nothing />} {erasedAt ? <span className="muted">erased</span> : null} {missing}
      </>
    );
  }
  const { name, company, lines, city, region, postcode, phone, email } = address;
  const place = [[postcode, city].filter(Boolean).join(' '), region, address.countryCode].filter(Boolean).join(', ');
  return (
    <address>
      {[...new Set([name, company, ...lines, place])].filter(Boolean).map((line) => (
        <span key={line}>{line}</span>
      ))}
      {phone || email ? <span className="muted">{[phone, email].filter(Boolean).join(' · ')}</span> : null}
      {missing}
    </address>
  );
}

export function OrderFacts({ order }: { order: OrderDetail }) {
  const brandId = order.brand.id;
  const facts: Fact[] = [
    { label: 'Total', value: <Total money={order.total} /> },
    { label: 'of it shipping', value: <Total money={order.shipping} /> },
    { label: 'Units', value: order.units },
    { label: 'Ordered', value: <Time at={order.orderedAt} brandId={brandId} /> },
    { label: 'Ship by', value: <ShipBy at={order.shipBy} state={order.state} brandId={brandId} /> },
    ...(order.sellerOffline
      ? [
          {
            label: 'Seller',
            value: (
              <>
                <OutageMark outage={order.sellerOffline}>seller offline</OutageMark> since{' '}
                <Time at={order.sellerOffline.since} brandId={brandId} />
              </>
            ),
          },
        ]
      : []),
    { label: 'Ship to', value: <ShipTo consignee={order.consignee} /> },
    {
      label: 'Order in the shop',
      value: order.shopOrderNumber ? (
        `${order.shopOrderNumber} (${order.shopStatus ?? 'status not seen'})`
      ) : (
        <Nothing />
      ),
    },
    { label: 'Tracking number', value: order.trackingNumber ?? <Nothing /> },
    {
      label: 'Approved',
      value: order.approvedAt ? (
        <>
          <Time at={order.approvedAt} brandId={brandId} /> by {order.approvedBy}
        </>
      ) : (
        <Nothing />
      ),
    },
    ...cancelFacts(order),
    ...(order.note ? [{ label: 'Note', value: order.note }] : []),
  ];
  return <Facts facts={facts} />;
}

function cancelFacts({ cancelAskedBy, cancelDueAt, resumeState }: OrderDetail): Fact[] {
  return [
    ...(cancelAskedBy ? [{ label: 'Cancellation asked by', value: cancelAskedBy }] : []),
    ...(cancelDueAt ? [{ label: 'Answer due', value: <Time at={cancelDueAt} /> }] : []),
    ...(resumeState
      ? [{ label: 'Returns to, if withdrawn', value: <StateBadge state={resumeState} machine="order" /> }]
      : []),
  ];
}
