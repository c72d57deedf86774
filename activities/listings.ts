import type { ListingRef, ReviewReason } from '../connectors/contract/marketplace.ts';
import { ConnectorError } from '../connectors/errors.ts';
import type { Tx } from '../db/database.ts';
import { performEffect } from '../db/effects.ts';
import { contentOf, refreshListing } from '../db/listings.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { type Command, type Row, type StepRequest, step } from '../db/steps.ts';
import { offerAgain } from '../db/stock.ts';
import { composeListing } from '../listings/compose.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { fetchImages } from './images.ts';

type Placed = { externalId: string; skus: { sellerSku: string; externalSkuId: string }[] };
const placed = (ref: ListingRef): Placed => ({ externalId: ref.externalId, skus: ref.skus.map((sku) => ({ ...sku })) });

export function listingActivities(deps: ActivityDeps) {
  const read = async (id: string): Promise<Row> =>
    (await deps.db.tx('staff', (trx) => trx('listings').where({ id }).first())) as Row;
  const refOf = async (listing: Row): Promise<ListingRef> => {
    const skus = await deps.db.tx('staff', (trx) =>
      trx('listing_skus').where({ listing_id: listing.id }).orderBy('seller_sku'),
    );
    return {
      externalId: String(listing.external_id),
      skus: skus.map((row) => ({ sellerSku: row.seller_sku, externalSkuId: row.external_sku_id ?? '' })),
    };
  };

  return {
    /** Listings of an account that the marketplace has something to do with: approved ones, and those in review. */
    async listingsToDo(connectionId: string): Promise<{ approved: string[]; inReview: string[] }> {
      return deps.db.tx('staff', async (trx) => ({
        approved: await trx('listings')
          .where({ connection_id: connectionId, state: 'APPROVED' })
          .orderBy('id')
          .limit(100)
          .pluck('id'),
        inReview: await trx('listings')
          .where({ connection_id: connectionId, state: 'IN_REVIEW' })
          .orderBy('id')
          .limit(500)
          .pluck('id'),
      }));
    },

    /** Brings one approved listing to the marketplace: create once (or update), images, submission. */
    async submitListing(listingId: string): Promise<{ outcome: string }> {
      const listing = await read(listingId);
      if (listing.state !== 'APPROVED') return { outcome: `is ${listing.state}` };
      const { draft, contentHash } = composeListing(await deps.db.tx('staff', (trx) => contentOf(trx, listing)));
      const command = await commandOf(deps, `listing/${listingId}/submit/${listing.version}`);
      if (contentHash !== listing.approved_hash) return askAgain(deps, listing, command);
      if (!draft)
        return refuse(deps, listing, [{ field: null, raw: 'It has findings that must be mended first.' }], command);
      const { connector } = await deps.open.marketplace(String(listing.connection_id));
      let ref: ListingRef | null = listing.external_id ? await refOf(listing) : null;
      try {
        if (ref) await connector.updateListing(ref, draft);
        else {
          const round = await creationRound(deps, listingId);
          const created = await performEffect<Placed>(
            deps,
            {
              key: createKey(listingId, round),
              kind: 'create-listing',
              connectionId: String(listing.connection_id),
              brandId: String(listing.brand_id),
              entityKind: 'listing',
              entityId: listingId,
              request: { sellerSkus: draft.skus.map(({ sellerSku }) => sellerSku) },
            },
            {
              stillWanted: async (trx) => {
                const now = await trx('listings').where({ id: listingId }).first('state');
                return now.state === 'APPROVED' ? null : `the listing is ${now.state}`;
              },
              call: async () => placed(await connector.createListing(draft)),
              // Where it cannot be found by our SKU, a lost answer is for a person to look up: never sent again blindly.
              ...(connector.capabilities.findsListings === false
                ? {}
                : {
                    lookup: async () => {
                      const found = await connector.findListing(draft.skus[0]?.sellerSku ?? '');
                      return found ? placed(found) : null;
                    },
                  }),
              onDone: async (trx, answer) => {
                await trx('listings').where({ id: listingId }).update({ external_id: answer.externalId });
                for (const { sellerSku, externalSkuId } of answer.skus) {
                  await trx('listing_skus')
                    .where({ listing_id: listingId, seller_sku: sellerSku })
                    .update({ external_sku_id: externalSkuId });
                }
                // The price goes out with the creation itself.
                await trx('listing_skus')
                  .where({ listing_id: listingId })
                  .update({
                    price_acknowledged_minor: trx.ref('price_desired_minor'),
                    price_acknowledged_at: command.at,
                  });
              },
              ...deps.waits,
            },
            command,
          );
          if (created.outcome === 'refused')
            return refuse(deps, listing, [{ field: null, raw: created.reason }], command);
          if (created.outcome === 'abandoned') return { outcome: created.reason };
          ref = created.answer;
        }
        if (!connector.capabilities.imagesByUrl)
          await connector.uploadImages(ref, await fetchImages(deps, draft.images));
        await connector.submitForReview(ref);
      } catch (error) {
        if (error instanceof ConnectorError && error.kind === 'Rejected') {
          return refuse(deps, listing, [{ field: error.details.field ?? null, raw: error.message }], command);
        }
        throw error;
      }
      await deps.db.tx('staff', (trx) =>
        noteSubmitted(
          trx,
          {
            machine: 'listing',
            id: listingId,
            event: 'SUBMITTED',
            changes: { submitted_hash: contentHash, submitted_at: command.at, rejection_reasons: [] },
          },
          {
            ...command,
            role: 'connector',
          },
        ),
      );
      return { outcome: 'submitted' };
    },

    /** Asks for the verdict on listings in review; passed ones are put on the shelf and follow price and stock. */
    async readReviews(
      connectionId: string,
      listingIds: readonly string[],
    ): Promise<{ passed: number; rejected: number; open: number }> {
      const { connector } = await deps.open.marketplace(connectionId);
      const counts = { passed: 0, rejected: 0, open: 0 };
      for (const id of listingIds) {
        const listing = await read(id);
        if (listing.state !== 'IN_REVIEW') continue;
        const ref = await refOf(listing);
        const verdict = await connector.readReview(ref);
        const command = await commandOf(deps, `listing/${id}/review/${listing.version}`);
        if (verdict.status === 'in_review') {
          counts.open += 1;
          await deps.db.tx('staff', (trx) =>
            trx('listings').where({ id }).update({ native_status: verdict.native, native_seen_at: command.at }),
          );
        } else if (verdict.status === 'rejected') {
          counts.rejected += 1;
          // What cannot be changed over there is made anew when it was mended: the refused one is no longer ours.
          const isDead = connector.capabilities.updatesContent === false;
          await reject(deps, listing, verdict.reasons, verdict.native, isDead, command);
        } else {
          counts.passed += 1;
          await connector.putOnShelf(verdict.ref ?? ref);
          await goLive(deps, listing, verdict, command);
        }
      }
      return counts;
    },
  };
}

/**
 * Something that it shows changed after the approval (an image, the account's defaults): only what the approver saw goes
 * out, so it waits for another approval.
 */
async function askAgain(deps: ActivityDeps, listing: Row, command: Command): Promise<{ outcome: string }> {
  const why = 'what it shows changed after the approval';
  const again: Command = { ...command, commandId: `${command.commandId}/approve-again`, role: 'system', why };
  await deps.db.tx('staff', async (trx) => {
    await refreshListing(trx, listing.id);
    await step(trx, { machine: 'listing', id: listing.id, event: 'EDIT', expectedVersion: listing.version }, again);
  });
  return { outcome: why };
}

/**
 * Moves the listing on. Where somebody edited it while the call was under way, the approved content is over there all the
 * same: which one it is is written down, and the newer one waits for its own approval.
 */
async function noteSubmitted(
  trx: Tx,
  request: StepRequest<'listing'> & { changes: Record<string, unknown> },
  command: Command,
): Promise<void> {
  const result = await step(trx, request, command);
  if (result.ok || result.code !== 'NotAllowedInState') return;
  const { submitted_hash, submitted_at } = request.changes;
  await trx('listings').where({ id: request.id }).update({ submitted_hash, submitted_at });
}

const createKey = (listingId: string, round: number): string => `listing/${listingId}/create/${round}`;

/**
 * A new round begins only when the one before it certainly did not happen, or when what it made was refused and given up
 * (the listing has no number over there any more). An edit while its outcome is unknown stays in the round: the listing is
 * looked up before another is made.
 */
async function creationRound(deps: ActivityDeps, listingId: string): Promise<number> {
  const row = await deps.db.tx('staff', (trx) =>
    trx('effects')
      .where({ kind: 'create-listing', entity_id: listingId })
      .whereRaw(`(state = 'REFUSED' or (state = 'DONE' and answer is not null))`)
      .count({ n: '*' })
      .first(),
  );
  return Number(row?.n ?? 0) + 1;
}

async function goLive(
  deps: ActivityDeps,
  listing: Row,
  { native, ref }: { readonly native: string; readonly ref?: ListingRef },
  command: Command,
): Promise<void> {
  await deps.db.tx('staff', async (trx) => {
    for (const { sellerSku, externalSkuId } of ref?.skus ?? []) {
      await trx('listing_skus')
        .where({ listing_id: listing.id, seller_sku: sellerSku })
        .update({ external_sku_id: externalSkuId });
    }
    const changes = {
      ...(ref ? { external_id: ref.externalId } : {}),
      remote: 'LIVE',
      native_status: native,
      native_seen_at: command.at,
      live_hash: listing.submitted_hash,
    };
    await step(
      trx,
      { machine: 'listing', id: listing.id, event: 'REVIEW_PASSED', changes },
      { ...command, role: 'connector' },
    );
    await resolveProblem(trx, `listing/${listing.id}/rejected`, command);
    const skuIds = await trx('listing_skus').where({ listing_id: listing.id }).pluck('sku_id');
    await offerAgain(trx, skuIds, command);
  });
}

async function reject(
  deps: ActivityDeps,
  listing: Row,
  reasons: readonly ReviewReason[],
  native: string,
  isDead: boolean,
  command: Command,
): Promise<void> {
  await deps.db.tx('staff', async (trx) => {
    const changes = {
      ...{ rejection_reasons: reasons, native_status: native, native_seen_at: command.at },
      ...(isDead ? { external_id: null } : {}),
    };
    await step(
      trx,
      { machine: 'listing', id: listing.id, event: 'REVIEW_FAILED', changes },
      { ...command, role: 'connector' },
    );
    await reportRejection(trx, listing, reasons, command);
    await refreshListing(trx, listing.id);
  });
}

async function refuse(
  deps: ActivityDeps,
  listing: Row,
  reasons: readonly ReviewReason[],
  command: Command,
): Promise<{ outcome: string }> {
  await deps.db.tx('staff', async (trx) => {
    const { contentHash } = await refreshListing(trx, listing.id);
    const changes = { rejection_reasons: reasons, submitted_hash: contentHash };
    await step(
      trx,
      { machine: 'listing', id: listing.id, event: 'SUBMIT_REFUSED', changes },
      { ...command, role: 'connector' },
    );
    await reportRejection(trx, listing, reasons, command);
  });
  return { outcome: 'refused' };
}

async function reportRejection(
  trx: Parameters<typeof reportProblem>[0],
  listing: Row,
  reasons: readonly ReviewReason[],
  command: Command,
): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `listing/${listing.id}/rejected`,
      kind: 'listing-rejected',
      severity: 'warning',
      title: `Rejected by the marketplace: ${listing.title}`,
      detail: reasons.map(({ field, raw }) => (field ? `${field}: ${raw}` : raw)).join('; ') || 'No reason was given.',
      remedy: 'Mend what it complains about and approve the listing again; it is submitted once more.',
      brandId: String(listing.brand_id),
      entityKind: 'listing',
      entityId: listing.id,
      connectionId: String(listing.connection_id),
    },
    command,
  );
}
