import { useParams } from '@tanstack/react-router';
import { PageHead } from '../../ui/section.tsx';
import { ListingPanel } from './listing-panel.tsx';

/** A listing on a page of its own, for links that point at it. */
export function ListingPage() {
  const { id } = useParams({ from: '/shell/listings/$id' });
  return (
    <>
      <PageHead title="Listing" />
      <ListingPanel key={id} id={id} />
    </>
  );
}
