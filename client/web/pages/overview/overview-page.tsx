import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { overviewQuery } from '../../api/queries.ts';
import type { Overview } from '../../api/types/common.ts';
import { isStaff, useUser } from '../../app/session.ts';
import { Empty } from '../../ui/feedback.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { listingStates, orderStates, productStates } from '../../ui/states.ts';
import { ConnectionHealth } from './connection-health.tsx';
import { Counts } from './counts.tsx';
import { Signals } from './signals.tsx';

export function OverviewPage() {
  const query = useQuery(overviewQuery);
  const user = useUser();
  return (
    <>
      <PageHead title="Overview" />
      <QueryView query={query} what="the overview">
        {(overview) => <Board overview={overview} staff={isStaff(user)} />}
      </QueryView>
    </>
  );
}

function Board({ overview, staff }: { overview: Overview; staff: boolean }) {
  return (
    <>
      <Signals overview={overview} staff={staff} />
      <Section title="Orders">
        <Counts to="/orders" counts={overview.orders} states={orderStates} machine="order" />
      </Section>
      <div className="two-columns">
        <Section title="Products">
          <Counts to="/products" counts={overview.products} states={productStates} machine="product" />
        </Section>
        <Section title="Listings">
          <Counts to="/listings" counts={overview.listings} states={listingStates} machine="listing" />
        </Section>
      </div>
      {staff ? (
        <Section title="Connections" aside={<Link to="/connections">All connections</Link>}>
          {overview.connections.length === 0 ? (
            <Empty title="Nothing is connected yet">
              <Link to="/connections">Add a shop, a marketplace and a carrier.</Link>
            </Empty>
          ) : (
            <ConnectionHealth connections={overview.connections} />
          )}
        </Section>
      ) : null}
    </>
  );
}
