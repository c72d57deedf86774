import type {
  ListingDraft,
  ListingRef,
  MarketplaceConnector,
  ReviewReason,
} from '../connectors/contract/marketplace.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { type EffectOutcome, performEffect } from '../db/effects.ts';
import { lookAgain } from '../db/listing-learning.ts';
import { holdBack, noteRefused, noteSubmitted } from '../db/listing-outcomes.ts';
import { imagesNotSeen, saveImageFacts } from '../db/listing-rules.ts';
import { contentOf } from '../db/listings.ts';
import { acknowledgePrices, duePricesOf } from '../db/price-writes.ts';
import type { Command, Row } from '../db/steps.ts';
import { type ComposedListing, composeListing, pricesHashOf } from '../listings/compose.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { type FetchedImage, fetchImages } from './images.ts';
import { listingReviewActivities, listingRow, refOf } from './listing-reviews.ts';

type Placed = { externalId: string; skus: { sellerSku: string; externalSkuId: string }[] };
const placed = (ref: ListingRef): Placed => ({ externalId: ref.externalId, skus: ref.skus.map((sku) => ({ ...sku })) });

const changed = 'what it shows changed after the approval';
const forbidden = 'our rules found something after the approval';

export function listingActivities(deps: ActivityDeps) {
  return {
    ...listingReviewActivities(deps),

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

    /**
     * Brings one approved listing to the marketplace: its pictures are looked at, it is created once (or updated), then
     * submitted. What our own rules forbid is not sent.
     */
    async submitListing(listingId: string): Promise<{ outcome: string }> {
      const listing = await listingRow(deps, listingId);
      if (listing.state !== 'APPROVED') return { outcome: `is ${listing.state}` };
      const command = await commandOf(deps, `listing/${listingId}/submit/${listing.version}`);
      const composed = await approvedContent(deps, listing);
      if (composed.contentHash !== listing.approved_hash) return hold(deps, listing, changed, command);
      if (!composed.draft) return hold(deps, listing, forbidden, command);
      const { connector } = await deps.open.marketplace(String(listing.connection_id));
      const images = await lookAtImages(deps, connector, composed.draft, command);
      const { draft } = images.length > 0 ? await approvedContent(deps, listing) : composed;
      if (!draft) return hold(deps, listing, forbidden, command);
      try {
        const sent = await send(deps, { listing, draft, connector }, command);
        if (sent.outcome === 'abandoned') return { outcome: sent.reason };
        if (sent.outcome === 'refused') return refuse(deps, listing, sent, command);
        if (!connector.capabilities.imagesByUrl) await connector.uploadImages(sent.answer, images);
        await connector.submitForReview(sent.answer);
      } catch (error) {
        if (error instanceof ConnectorError && error.kind === 'Rejected')
          return refuse(deps, listing, { reason: error.message, field: error.details.field ?? null }, command);
        throw error;
      }
      await deps.db.tx('staff', (trx) => noteSubmitted(trx, listing, composed.contentHash, command));
      return { outcome: 'submitted' };
    },
  };
}

/** What an approval allows to be sent. What rejections taught since holds from the next approval on. */
const approvedContent = async (deps: ActivityDeps, listing: Row): Promise<ComposedListing> =>
  composeListing(await deps.db.tx('staff', (trx) => contentOf(trx, listing, { learned: false })));

async function hold(deps: ActivityDeps, listing: Row, why: string, command: Command): Promise<{ outcome: string }> {
  await deps.db.tx('staff', (trx) => holdBack(trx, listing, why, command));
  return { outcome: why };
}

async function refuse(
  deps: ActivityDeps,
  listing: Row,
  { reason: raw, field }: { readonly reason: string; readonly field: string | null },
  command: Command,
): Promise<{ outcome: string }> {
  const reasons: ReviewReason[] = [{ field, raw }];
  await deps.db.tx('staff', (trx) => noteRefused(trx, listing, reasons, command));
  await deps.db.tx('staff', (trx) => lookAgain(trx, String(listing.connection_id), command));
  return { outcome: 'refused' };
}

/**
 * Fetches the pictures and writes down what they are like. A platform that fetches them itself is not sent our bytes: there
 * only those are fetched that nobody has looked at yet.
 */
async function lookAtImages(
  deps: ActivityDeps,
  connector: MarketplaceConnector,
  { images }: ListingDraft,
  command: Command,
): Promise<FetchedImage[]> {
  const urls = images.map(({ url }) => url);
  const wanted = connector.capabilities.imagesByUrl
    ? await deps.db.tx('staff', (trx) => imagesNotSeen(trx, urls))
    : urls;
  const fetched = await fetchImages(
    deps,
    wanted.map((url) => ({ url })),
  );
  const facts = fetched.map((image) => image.facts);
  await deps.db.tx('staff', (trx) => saveImageFacts(trx, facts, command.at));
  return fetched;
}

interface Sending {
  readonly listing: Row;
  readonly draft: ListingDraft;
  readonly connector: MarketplaceConnector;
}
type Sent =
  | { readonly outcome: 'done'; readonly answer: ListingRef }
  | { readonly outcome: 'refused'; readonly reason: string; readonly field: string | null }
  | { readonly outcome: 'abandoned'; readonly reason: string };

/** Updates what is over there, or creates it: once, by the ledger. */
async function send(deps: ActivityDeps, sending: Sending, command: Command): Promise<Sent> {
  const { listing, draft, connector } = sending;
  if (listing.external_id) {
    const ref = await refOf(deps, listing);
    await connector.updateListing(ref, draft);
    return (await sendPrices(deps, sending, command)) ?? { outcome: 'done', answer: ref };
  }
  let field: string | null = null;
  const created = await create(deps, sending, command, (error) => {
    if (error instanceof ConnectorError) field = error.details.field ?? null;
  });
  return created.outcome === 'refused' ? { ...created, field } : created;
}

/**
 * What cannot be bought is followed by no price, so a price that was mended goes out before the review is asked for again.
 * Returns the refusal of one, or null.
 */
async function sendPrices(
  deps: ActivityDeps,
  { listing, connector }: Sending,
  command: Command,
): Promise<Extract<Sent, { outcome: 'refused' }> | null> {
  if (listing.remote === 'LIVE') return null;
  const rows = await deps.db.tx('staff', (trx) => duePricesOf(trx, listing.id));
  const { priceBatchSize } = connector.capabilities;
  for (let from = 0; from < rows.length; from += priceBatchSize) {
    const some = rows.slice(from, from + priceBatchSize);
    const outcomes = await connector.writePrices(
      some.map((row) => ({
        ...{ sellerSku: row.seller_sku, externalId: row.external_id, externalSkuId: row.external_sku_id },
        price: { amountMinor: row.price_desired_minor, currency: row.currency },
      })),
    );
    const refused = outcomes.find((outcome) => !outcome.ok);
    if (refused && !refused.ok) return { outcome: 'refused', reason: refused.reason, field: 'skus.price' };
    await deps.db.tx('staff', (trx) => acknowledgePrices(trx, some, command.at));
  }
  return null;
}

async function create(
  deps: ActivityDeps,
  { listing, draft, connector }: Sending,
  command: Command,
  onError: (error: unknown) => void,
): Promise<EffectOutcome<Placed>> {
  const contentHash = String(listing.approved_hash);
  const sent = { contentHash, prices: pricesHashOf(draft) };
  const round = await creationRound(deps, listing.id, sent);
  return performEffect<Placed>(
    deps,
    {
      key: `listing/${listing.id}/create/${round}`,
      kind: 'create-listing',
      connectionId: String(listing.connection_id),
      brandId: String(listing.brand_id),
      entityKind: 'listing',
      entityId: listing.id,
      request: { sellerSkus: draft.skus.map(({ sellerSku }) => sellerSku), ...sent },
    },
    {
      stillWanted: async (trx) => {
        const now = await trx('listings').where({ id: listing.id }).first('state');
        return now.state === 'APPROVED' ? null : `the listing is ${now.state}`;
      },
      call: async () => {
        try {
          return placed(await connector.createListing(draft));
        } catch (error) {
          onError(error);
          throw error;
        }
      },
      // Where it cannot be found by our SKU, a lost answer is for a person to look up: never sent again blindly.
      ...(connector.capabilities.findsListings === false
        ? { assumed: (foundAs: string | null) => (foundAs === null ? null : uploadedAs(foundAs, draft)) }
        : {
            lookup: async () => {
              const found = await connector.findListing(draft.skus[0]?.sellerSku ?? '');
              return found ? placed(found) : null;
            },
          }),
      onDone: async (trx, answer) => {
        await trx('listings').where({ id: listing.id }).update({ external_id: answer.externalId });
        for (const { sellerSku, externalSkuId } of answer.skus) {
          await trx('listing_skus')
            .where({ listing_id: listing.id, seller_sku: sellerSku })
            .update({ external_sku_id: externalSkuId || null });
        }
        // The price goes out with the creation itself.
        await trx('listing_skus')
          .where({ listing_id: listing.id })
          .update({
            price_acknowledged_minor: trx.ref('price_desired_minor'),
            price_acknowledged_at: command.at,
          });
      },
      ...deps.waits,
    },
    command,
  );
}

/** The upload that a person found; ids of its SKUs come with the approval. */
const uploadedAs = (externalId: string, { skus }: ListingDraft): Placed => ({
  externalId,
  skus: skus.map(({ sellerSku }) => ({ sellerSku, externalSkuId: '' })),
});

/**
 * A new round begins only when the one before it certainly did not happen, or when what it made was refused and given up
 * (the listing has no number over there any more). The same content at the same prices that was refused stays in its round: the
 * ledger answers, nobody is asked twice. An edit while the outcome is unknown stays in the round as well: the listing is looked up before
 * another is made.
 */
async function creationRound(
  deps: ActivityDeps,
  listingId: string,
  { contentHash, prices }: { readonly contentHash: string; readonly prices: string },
): Promise<number> {
  const rows: { state: string; request: { contentHash?: string; prices?: string } | null }[] = await deps.db.tx(
    'staff',
    (trx) =>
      trx('effects')
        .where({ kind: 'create-listing', entity_id: listingId })
        .whereRaw(`(state = 'REFUSED' or (state = 'DONE' and answer is not null))`)
        .orderByRaw(`substring(key from '[0-9]+$')::integer`)
        .select('state', 'request'),
  );
  const last = rows.at(-1);
  const { contentHash: content, prices: asked = prices } = last?.request ?? {};
  const isSame = last?.state === 'REFUSED' && content === contentHash && asked === prices;
  return isSame ? rows.length : rows.length + 1;
}
