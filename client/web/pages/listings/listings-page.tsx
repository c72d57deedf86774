import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ListingRow } from '../../api/types/catalogue.ts';
import { withFilter } from '../../app/search.ts';
import { approvalOf, useAct } from '../../ui/actions.tsx';
import { BulkBar, useBulkApproval } from '../../ui/bulk.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { PageHead } from '../../ui/section.tsx';
import { listingStates } from '../../ui/states.ts';
import { listingColumns } from './columns.tsx';
import { ListingPanel } from './listing-panel.tsx';

export function ListingsPage() {
  const { open, ...filter } = useSearch({ from: '/shell/listings' });
  const navigate = useNavigate();
  const list = useList<ListingRow>('listings', { ...filter });
  const bulk = useBulkApproval(
    'listings',
    list.rows.map((listing) => ({ ...listing, name: listing.title })),
  );
  const { act } = useAct();
  const notices = useNotices();
  const approve = (listing: ListingRow) => {
    if (bulk.count > 0) return bulk.approve();
    const event = approvalOf(listing.allowed);
    if (event?.ok) return act({ ...listing, collection: 'listings', name: listing.title }, event);
    notices.say('attention', `${listing.title} cannot be approved.`, event?.why ?? 'Not possible in its state.');
  };
  const show = (id: string) => navigate({ to: '/listings', search: (now) => withFilter(now, 'open', id) });
  return (
    <>
      <PageHead title="Listings">
        <Link to="/listings/table" search={filter} className="button">
          Edit table
        </Link>
      </PageHead>
      <ListFilters
        search={filter}
        onSearch={(next) => navigate({ to: '/listings', search: next, replace: true })}
        placeholder="Title or SKU …"
        states={listingStates}
        brands
        connections="marketplace"
      />
      <ListView
        list={list}
        what="listings"
        empty={
          <Empty title="No listings here">
            A product gets one per connected marketplace once it is approved, or the filters hide them.
          </Empty>
        }
      >
        <DataTable
          caption="Listings"
          columns={listingColumns}
          rows={list.rows}
          nameOf={({ title }) => title}
          selection={bulk.selection}
          onOpen={({ id }) => show(id)}
          onApprove={approve}
        />
      </ListView>
      <BulkBar bulk={bulk} />
      {open ? (
        <Dialog title="Listing" shape="sheet" onClose={() => show('')}>
          <ListingPanel key={open} id={open} />
        </Dialog>
      ) : null}
    </>
  );
}
