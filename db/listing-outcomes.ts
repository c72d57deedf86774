import type { ListingRef, ReviewReason } from '../connectors/contract/marketplace.ts';
import { reviewDueAt, usualPatience } from '../listings/review-due.ts';
import { rulesOf } from '../listings/rules/registry.ts';
import type { Tx } from './database.ts';
import { takeReasons } from './listing-learning.ts';
import { pricesOf } from './listing-prices.ts';
import { refreshListing } from './listings.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { type Command, type Row, step } from './steps.ts';
import { offerAgain } from './stock.ts';

const byConnector = (command: Command): Command => ({ ...command, role: 'connector' });

/**
 * The marketplace has it. Where somebody edited it while the call was under way, the approved content is over there all the
 * same: which one it is is written down, and the newer one waits for its own approval.
 */
export async function noteSubmitted(trx: Tx, listing: Row, contentHash: string, command: Command): Promise<void> {
  const { connector } = await trx('connections')
    .where({ id: String(listing.connection_id) })
    .first('connector');
  const due = reviewDueAt(command.at, rulesOf(connector)?.review ?? usualPatience);
  const sent = { submitted_hash: contentHash, submitted_at: command.at, review_due_at: due };
  const changes = { ...sent, rejection_reasons: [] };
  const request = { machine: 'listing', id: listing.id, event: 'SUBMITTED', changes } as const;
  const result = await step(trx, request, byConnector(command));
  for (const kind of ['not-sent', 'rejected']) await resolveProblem(trx, `listing/${listing.id}/${kind}`, command);
  if (result.ok || result.code !== 'NotAllowedInState') return;
  await trx('listings').where({ id: listing.id }).update(sent);
}

/** It passed its review: price and stock follow from now on. */
export async function noteLive(
  trx: Tx,
  listing: Row,
  { native, ref }: { readonly native: string; readonly ref?: ListingRef },
  command: Command,
): Promise<void> {
  for (const { sellerSku, externalSkuId } of ref?.skus ?? []) {
    await trx('listing_skus')
      .where({ listing_id: listing.id, seller_sku: sellerSku })
      .update({ external_sku_id: externalSkuId });
  }
  const changes = {
    ...(ref ? { external_id: ref.externalId } : {}),
    ...{ remote: 'LIVE', native_status: native, native_seen_at: command.at },
    ...{ live_hash: listing.submitted_hash, review_due_at: null },
  };
  await step(trx, { machine: 'listing', id: listing.id, event: 'REVIEW_PASSED', changes }, byConnector(command));
  for (const kind of ['rejected', 'review-overdue', 'taken-down', 'appeal'])
    await resolveProblem(trx, `listing/${listing.id}/${kind}`, command);
  await offerAgain(trx, await skuIdsOf(trx, listing.id), command);
}

export const skuIdsOf = (trx: Tx, listingId: string): Promise<string[]> =>
  trx('listing_skus').where({ listing_id: listingId }).pluck('sku_id');

/** Its review refused it. `isDead`: what was refused cannot be changed over there; it is made anew when it was mended. */
export async function noteRejected(
  trx: Tx,
  listing: Row,
  verdict: { readonly native: string; readonly reasons: readonly ReviewReason[]; readonly isDead: boolean },
  command: Command,
): Promise<void> {
  const reasons = await takeReasons(trx, listing, verdict.reasons, command);
  const changes = {
    ...{ rejection_reasons: reasons, review_due_at: null },
    ...{ native_status: verdict.native, native_seen_at: command.at },
    ...(verdict.isDead ? { external_id: null } : {}),
    refused_prices: await pricesOf(trx, listing.id, 'there'),
  };
  await step(trx, { machine: 'listing', id: listing.id, event: 'REVIEW_FAILED', changes }, byConnector(command));
  await resolveProblem(trx, `listing/${listing.id}/review-overdue`, command);
  await reportRejection(trx, listing, reasons, command);
  await refreshListing(trx, listing.id);
}

/** The marketplace would not take it. What was refused is the approved content, whatever was edited meanwhile. */
export async function noteRefused(
  trx: Tx,
  listing: Row,
  told: readonly ReviewReason[],
  command: Command,
): Promise<void> {
  const sent = { ...listing, submitted_hash: listing.approved_hash };
  const reasons = await takeReasons(trx, sent, told, command);
  const changes = {
    ...{ rejection_reasons: reasons, submitted_hash: listing.approved_hash },
    refused_prices: await pricesOf(trx, listing.id, 'wanted'),
  };
  await step(trx, { machine: 'listing', id: listing.id, event: 'SUBMIT_REFUSED', changes }, byConnector(command));
  await reportRejection(trx, listing, reasons, command);
  await refreshListing(trx, listing.id);
}

async function reportRejection(
  trx: Tx,
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
      ...ofListing(listing),
    },
    command,
  );
}

const ofListing = (listing: Row) => ({
  brandId: String(listing.brand_id),
  entityKind: 'listing',
  entityId: listing.id,
  connectionId: String(listing.connection_id),
});

/**
 * Only what the approver saw goes out, and nothing that our own rules forbid: it waits for another approval, with the
 * findings at its fields.
 */
export async function holdBack(trx: Tx, listing: Row, why: string, command: Command): Promise<void> {
  const { findings } = await refreshListing(trx, listing.id);
  const again: Command = { ...command, commandId: `${command.commandId}/approve-again`, role: 'system', why };
  const request = { machine: 'listing', id: listing.id, event: 'EDIT', expectedVersion: listing.version } as const;
  const held = await step(trx, request, again);
  const blocking = findings.filter((finding) => finding.blocking);
  if (!held.ok || blocking.length === 0) return;
  await reportProblem(
    trx,
    {
      causeKey: `listing/${listing.id}/not-sent`,
      kind: 'listing-not-sent',
      severity: 'warning',
      title: `Not sent to the marketplace: ${listing.title}`,
      detail: blocking.map(({ field, reason }) => `${field}: ${reason}`).join('; '),
      remedy: 'Mend what is found at its fields and approve it again.',
      ...ofListing(listing),
    },
    command,
  );
}

/** Reviews that have been silent past their deadline become an alert, once; their end closes it. Returns how many are new. */
export async function reportOverdueReviews(trx: Tx, command: Command): Promise<number> {
  const rows: Row[] = await trx('listings as l')
    .where('l.state', 'IN_REVIEW')
    .where('l.review_due_at', '<=', command.at)
    .whereNotExists((known) =>
      known
        .select(1)
        .from('problems as p')
        .whereRaw(`p.cause_key = 'listing/' || l.id || '/review-overdue'`)
        .whereNot('p.state', 'RESOLVED'),
    )
    .orderBy('l.id')
    .select('l.*');
  for (const listing of rows) {
    await reportProblem(
      trx,
      {
        causeKey: `listing/${listing.id}/review-overdue`,
        kind: 'review-overdue',
        severity: 'warning',
        title: `The marketplace is silent about ${listing.title}`,
        detail: `It was submitted on ${(listing.submitted_at as Date).toISOString()}; a verdict was due on ${(listing.review_due_at as Date).toISOString()}.`,
        remedy: 'Ask the marketplace’s support. It goes on being asked for; nothing has to be sent again.',
        ...ofListing(listing),
      },
      command,
    );
  }
  return rows.length;
}
