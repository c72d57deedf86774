import type { ListingRef, ReviewVerdict } from '../connectors/contract/marketplace.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { lookAgain } from '../db/listing-learning.ts';
import { noteLive, noteRejected } from '../db/listing-outcomes.ts';
import type { Row } from '../db/steps.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

/** A listing as it is now. */
export const listingRow = async (deps: Pick<ActivityDeps, 'db'>, id: string): Promise<Row> =>
  (await deps.db.tx('staff', (trx) => trx('listings').where({ id }).first())) as Row;

/** What the marketplace calls a listing and its SKUs. */
export async function refOf(deps: Pick<ActivityDeps, 'db'>, listing: Row): Promise<ListingRef> {
  const skus = await deps.db.tx('staff', (trx) =>
    trx('listing_skus').where({ listing_id: listing.id }).orderBy('seller_sku'),
  );
  return {
    externalId: String(listing.external_id),
    skus: skus.map((row) => ({ sellerSku: row.seller_sku, externalSkuId: row.external_sku_id ?? '' })),
  };
}

export interface ReviewCounts {
  readonly passed: number;
  readonly rejected: number;
  readonly open: number;
}

export function listingReviewActivities(deps: ActivityDeps) {
  return {
    /** Asks for the verdict on listings in review; passed ones are put on the shelf and follow price and stock. */
    async readReviews(connectionId: string, listingIds: readonly string[]): Promise<ReviewCounts> {
      const { connector } = await deps.open.marketplace(connectionId);
      const counts = { passed: 0, rejected: 0, open: 0 };
      let command = await commandOf(deps, `listings/${connectionId}/reviews`);
      for (const id of listingIds) {
        const listing = await listingRow(deps, id);
        if (listing.state !== 'IN_REVIEW') continue;
        const ref = await refOf(deps, listing);
        const verdict = await connector.readReview(ref).catch(goneIsRefused);
        command = await commandOf(deps, `listing/${id}/review/${listing.version}`);
        if (verdict.status === 'in_review') {
          counts.open += 1;
          const seen = { native_status: verdict.native, native_seen_at: command.at };
          await deps.db.tx('staff', (trx) => trx('listings').where({ id }).update(seen));
        } else if (verdict.status === 'rejected') {
          counts.rejected += 1;
          // What cannot be changed over there is made anew when it was mended: the refused one is no longer ours.
          const isDead = 'isGone' in verdict || connector.capabilities.updatesContent === false;
          await deps.db.tx('staff', (trx) => noteRejected(trx, listing, { ...verdict, isDead }, command));
        } else {
          counts.passed += 1;
          await connector.putOnShelf(verdict.ref ?? ref);
          await deps.db.tx('staff', (trx) => noteLive(trx, listing, verdict, command));
        }
      }
      if (counts.rejected > 0) await deps.db.tx('staff', (trx) => lookAgain(trx, connectionId, command));
      return counts;
    },
  };
}

/** Who deleted it over there refused it: one such listing holds up no other. */
function goneIsRefused(error: unknown): Extract<ReviewVerdict, { status: 'rejected' }> & { readonly isGone: true } {
  if (!(error instanceof ConnectorError) || error.kind !== 'NotFound') throw error;
  return { status: 'rejected', native: 'gone', reasons: [{ field: null, raw: error.message }], isGone: true };
}
