import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { oneQuery } from '../../api/queries.ts';
import type { OrderDetail } from '../../api/types/orders.ts';
import { isStaff, useUser } from '../../app/session.ts';
import { canEdit, PageActions } from '../../ui/actions.tsx';
import { NativeState, StateBadge } from '../../ui/badge.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { Effects } from './effects.tsx';
import { OrderChart } from './order-chart.tsx';
import { OrderConfirmation } from './order-confirmation.tsx';
import { OrderCustoms } from './order-customs.tsx';
import { OrderEdit } from './order-edit.tsx';
import { OrderFacts } from './order-facts.tsx';
import { OrderLines } from './order-lines.tsx';
import { OrderMails, Sightings } from './order-mails.tsx';
import { OrderProblems } from './order-problems.tsx';
import { OrderReturns } from './order-returns.tsx';
import { Parcels } from './parcels.tsx';

export function OrderPage() {
  const { id } = useParams({ from: '/shell/orders/$id' });
  const query = useQuery(oneQuery<OrderDetail>('orders', id));
  return (
    <QueryView query={query} what="the order">
      {(order) => <OrderBoard key={order.id} order={order} />}
    </QueryView>
  );
}

function OrderBoard({ order }: { order: OrderDetail }) {
  const [editing, setEditing] = useState(false);
  const brandId = order.brand.id;
  const edit = canEdit(order.allowed);
  const staff = isStaff(useUser());
  return (
    <>
      <PageHead
        title={order.number}
        lead={
          <>
            <StateBadge state={order.state} machine="order" /> there <NativeState state={order.nativeState} /> ·{' '}
            {order.brand.name} on {order.connection.name} ({order.channelOrderNumber})
          </>
        }
      >
        {order.temporalUrl ? (
          <a className="button" href={order.temporalUrl} target="_blank" rel="noreferrer">
            Its process in Temporal
          </a>
        ) : null}
        {edit ? (
          <button
            type="button"
            aria-disabled={!edit.ok}
            title={edit.why ?? edit.means}
            onClick={() => setEditing(edit.ok)}
          >
            Edit
          </button>
        ) : null}
      </PageHead>
      {staff ? <OrderProblems order={order} /> : null}
      <Section title="What can be done">
        <PageActions thing={{ ...order, collection: 'orders', name: order.number }} />
      </Section>
      <OrderConfirmation order={order} />
      <OrderFacts order={order} />
      <Section title="Where it is">
        <OrderChart path={order.path} />
      </Section>
      <div className="two-columns wide-left">
        <div>
          <Section title="Lines" count={order.lines.length}>
            <OrderLines lines={order.lines} state={order.state} />
          </Section>
          {staff ? <OrderCustoms order={order} /> : null}
          <Section title="Parcels">
            <Parcels consignments={order.consignments} brandId={brandId} />
          </Section>
          <Section title="Outside calls" count={order.effects.length}>
            <Effects effects={order.effects} />
          </Section>
          <Section title="Returns" count={order.returns.length}>
            <OrderReturns order={order} />
          </Section>
          <Section title="Mails" count={order.mails.length}>
            <OrderMails mails={order.mails} brandId={brandId} />
          </Section>
          {staff ? (
            <Section title="News from the marketplace" count={order.sightings.length}>
              <Sightings sightings={order.sightings} brandId={brandId} />
            </Section>
          ) : null}
        </div>
        <Section title="Timeline" count={order.timeline.length}>
          <Timeline entries={order.timeline} brandId={brandId} />
        </Section>
      </div>
      {editing ? <OrderEdit order={order} onClose={() => setEditing(false)} /> : null}
    </>
  );
}
