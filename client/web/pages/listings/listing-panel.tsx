import { useQuery } from '@tanstack/react-query';
import { oneQuery } from '../../api/queries.ts';
import { rejectionsOf } from '../../api/reading.ts';
import type { ListingDetail } from '../../api/types/catalogue.ts';
import { canEdit, PageActions } from '../../ui/actions.tsx';
import { NativeState, StateBadge } from '../../ui/badge.tsx';
import { Findings } from '../../ui/findings.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { Section } from '../../ui/section.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { WhyPrices } from '../rates/why-price.tsx';
import { ListingForm } from './listing-form.tsx';
import { ListingSync } from './listing-sync.tsx';
import { LostUpload } from './lost-upload.tsx';

/** Everything about one listing: what is wrong with it, its content to edit, and how price and stock stand. */
export function ListingPanel({ id }: { id: string }) {
  const query = useQuery(oneQuery<ListingDetail>('listings', id));
  return (
    <QueryView query={query} what="the listing">
      {(listing) => <ListingBoard listing={listing} />}
    </QueryView>
  );
}

function ListingBoard({ listing }: { listing: ListingDetail }) {
  const unmapped = rejectionsOf(listing.rejectionReasons).filter(({ field }) => field === null);
  return (
    <div className="stack">
      <div>
        <p className="panel-title">{listing.title}</p>
        <p className="lead">
          <StateBadge state={listing.state} machine="listing" /> on {listing.connection?.name ?? 'a removed connection'}
          , there <StateBadge state={listing.remote} machine="remote" />
          {listing.nativeStatus ? <NativeState state={listing.nativeStatus} /> : null}
          {listing.standing === 'UPDATE_IN_REVIEW'
            ? ' · a change of it is under review; buyers see the content before it'
            : null}{' '}
          ·{' '}
          <RowLink to="/products/$id" id={listing.product.id}>
            its product
          </RowLink>
        </p>
      </div>
      {unmapped.length > 0 ? (
        <div className="alert" role="status">
          <p>The marketplace gave {unmapped.length === 1 ? 'a reason' : 'reasons'} that belongs to no known field:</p>
          <ul>
            {unmapped.map(({ raw }) => (
              <li key={raw}>{raw}</li>
            ))}
          </ul>
        </div>
      ) : null}
      <LostUpload listing={listing} />
      <PageActions thing={{ ...listing, collection: 'listings', name: listing.title }} />
      {listing.findings.length > 0 ? (
        <Section title="Findings" count={listing.findings.length}>
          <Findings findings={listing.findings} />
        </Section>
      ) : null}
      <Section title="Content">
        <ListingForm listing={listing} edit={canEdit(listing.allowed)} />
      </Section>
      <Section title="Price and stock" count={listing.skus.length}>
        <ListingSync skus={listing.skus} remote={listing.remote} />
        {listing.connection ? (
          <WhyPrices skus={listing.skus.map(({ sellerSku }) => sellerSku)} connection={listing.connection.code} />
        ) : null}
      </Section>
      <Section title="Timeline" count={listing.timeline.length}>
        <Timeline entries={listing.timeline} brandId={listing.brand.id} />
      </Section>
    </div>
  );
}
