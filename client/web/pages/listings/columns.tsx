import { rejectionsOf } from '../../api/reading.ts';
import type { ListingRow } from '../../api/types/catalogue.ts';
import { RowActions } from '../../ui/actions.tsx';
import { NativeState, Nothing, StateBadge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { FindingCount } from '../../ui/findings.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { SyncSummary } from './sync-summary.tsx';

/** The marketplace's first reason; the tooltip has all of them. */
function Rejection({ reasons }: { reasons: readonly unknown[] }) {
  const known = rejectionsOf(reasons);
  if (known.length === 0) return null;
  return (
    <span className="mark clip" data-mark="overdue" title={known.map(({ raw }) => raw).join('\n')}>
      {known[0]?.raw}
    </span>
  );
}

export const listingColumns: Column<ListingRow>[] = [
  {
    id: 'title',
    header: 'Listing',
    role: 'title',
    cell: ({ id, title, brand }) => (
      <span className="two-lines">
        <RowLink to="/listings/$id" id={id}>
          {title}
        </RowLink>
        <small>{brand.name}</small>
      </span>
    ),
  },
  { id: 'connection', header: 'Marketplace', cell: ({ connection }) => connection?.name ?? <Nothing /> },
  {
    id: 'state',
    header: 'State',
    cell: ({ state, findings, rejectionReasons }) => (
      <span className="badges">
        <StateBadge state={state} machine="listing" />
        <Rejection reasons={rejectionReasons} />
        <FindingCount findings={findings} />
      </span>
    ),
  },
  {
    id: 'remote',
    header: 'There',
    cell: ({ remote, nativeStatus }) => (
      <span className="badges">
        <StateBadge state={remote} machine="remote" />
        {nativeStatus ? <NativeState state={nativeStatus} /> : null}
      </span>
    ),
  },
  { id: 'sync', header: 'Price and stock', cell: ({ skus, remote }) => <SyncSummary skus={skus} remote={remote} /> },
  {
    id: 'actions',
    header: 'Actions',
    role: 'actions',
    cell: (listing) => <RowActions thing={{ ...listing, collection: 'listings', name: listing.title }} />,
  },
];
