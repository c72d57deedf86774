import { randomUUID } from 'node:crypto';
import type { RemoteListingStatus, ReviewReason, SeenListing } from '../connectors/contract/marketplace.ts';
import type { MappedReason } from '../listings/rules/reasons.ts';
import { composeTakenDownMail } from '../mail/taken-down.ts';
import type { Tx } from './database.ts';
import { mailKey } from './follow-ups.ts';
import { takeReasons } from './listing-learning.ts';
import { skuIdsOf } from './listing-outcomes.ts';
import { pricesOf } from './listing-prices.ts';
import { messageIdOf } from './mails.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { type Command, lock, type Row, step } from './steps.ts';
import { offerAgain, wake } from './stock.ts';

/** What is true of a listing over there, from all of its SKUs. */
export interface RemoteStand {
  readonly remote: RemoteListingStatus;
  readonly native: string;
  readonly reasons: readonly ReviewReason[];
}

const strongest: readonly RemoteListingStatus[] = ['LOCKED', 'LIVE', 'DELISTED', 'ABSENT'];

/** One stand for a listing: locked if any SKU is, live if one can be bought. Null: nothing was seen of it. */
export function standOf(seen: readonly SeenListing[]): RemoteStand | null {
  const remote = strongest.find((status) => seen.some((one) => one.remote === status));
  const first = seen.find((one) => one.remote === remote);
  if (remote === undefined || first === undefined) return null;
  return { remote, native: first.nativeStatus, reasons: seen.find(({ reasons }) => reasons?.length)?.reasons ?? [] };
}

/**
 * Writes down what is true over there. A live listing that the marketplace took down or locked is rejected, its units go to
 * the other marketplaces and its brand is told; one that is back is live again. In a transaction of its own: the listing is
 * locked before its SKUs.
 */
export async function noteRemote(trx: Tx, listingId: string, stand: RemoteStand, command: Command): Promise<void> {
  const listing = await lock(trx, 'listing', listingId);
  if (!listing) return;
  const before = String(listing.remote);
  const { remote, native, reasons } = stand;
  const seen = { native_status: native, native_seen_at: command.at };
  if (remote === before) {
    await trx('listings').where({ id: listingId }).update(seen);
    return;
  }
  const own = { ...command, commandId: `listing/${listingId}/remote/${listing.version}`, role: 'connector' as const };
  const isTaken = remote === 'LOCKED' || (remote !== 'LIVE' && reasons.length > 0);
  await trx('listings')
    .where({ id: listingId })
    .update({ ...seen, remote });
  if (isTaken) await takenDown(trx, { listing, stand }, own);
  else if (remote === 'LIVE') await restored(trx, listing, own);
  // A quota of a marketplace that does not sell it is nobody's: it is shared out anew.
  await offerAgain(trx, await skuIdsOf(trx, listingId), own, true);
}

async function takenDown(
  trx: Tx,
  { listing, stand }: { listing: Row; stand: RemoteStand },
  command: Command,
): Promise<void> {
  const isLocked = stand.remote === 'LOCKED';
  const told = stand.reasons.length > 0 ? stand.reasons : [{ field: null, raw: `no reason given (${stand.native})` }];
  const reasons = await takeReasons(trx, listing, told, command);
  const refused = await pricesOf(trx, listing.id, 'there');
  const changes = { rejection_reasons: reasons, review_due_at: null, refused_prices: refused };
  await step(trx, { machine: 'listing', id: listing.id, event: 'TAKEN_DOWN', changes }, command);
  const detail = reasons.map(({ field, raw }) => (field ? `${field}: ${raw}` : raw)).join('; ');
  const about = {
    detail,
    brandId: String(listing.brand_id),
    entityKind: 'listing',
    entityId: listing.id,
    connectionId: String(listing.connection_id),
  };
  await reportProblem(
    trx,
    {
      causeKey: `listing/${listing.id}/taken-down`,
      kind: 'listing-taken-down',
      severity: 'error',
      title: `The marketplace took ${listing.title} down`,
      remedy: isLocked
        ? 'It cannot be edited there; its units are offered elsewhere until the appeal is heard.'
        : 'Mend what it complains about and approve the listing again; its units are offered elsewhere until then.',
      ...about,
    },
    command,
  );
  if (isLocked) await reportProblem(trx, { ...appeal(listing), ...about }, command);
  await tellBrand(trx, { listing, reasons, isLocked }, command);
}

const appeal = (listing: Row) =>
  ({
    causeKey: `listing/${listing.id}/appeal`,
    kind: 'listing-appeal',
    severity: 'warning',
    title: `Appeal against the lock of ${listing.title}`,
    remedy: 'Appeal in the marketplace’s seller portal. It closes by itself when the listing can be bought again.',
  }) as const;

async function restored(trx: Tx, listing: Row, command: Command): Promise<void> {
  await step(
    trx,
    { machine: 'listing', id: listing.id, event: 'RESTORED', changes: { rejection_reasons: [] } },
    command,
  );
  for (const kind of ['rejected', 'taken-down', 'appeal'])
    await resolveProblem(trx, `listing/${listing.id}/${kind}`, command);
}

/** One mail for each time that it is taken down, at once. */
async function tellBrand(
  trx: Tx,
  { listing, reasons, isLocked }: { listing: Row; reasons: readonly MappedReason[]; isLocked: boolean },
  command: Command,
): Promise<void> {
  const key = `taken-down:${listing.id}:${listing.version}`;
  const brand = await trx('brands')
    .where({ id: String(listing.brand_id) })
    .first('name', 'mail_to');
  if (brand.mail_to.length === 0 || (await trx('mails').where({ key }).first('id'))) return;
  const account = await trx('connections')
    .where({ id: String(listing.connection_id) })
    .first('name');
  const composed = composeTakenDownMail({
    brandName: brand.name,
    marketplace: account.name,
    title: String(listing.title),
    sellerSkus: await trx('listing_skus').where({ listing_id: listing.id }).orderBy('seller_sku').pluck('seller_sku'),
    reasons: reasons.map(({ raw }) => raw),
    isLocked,
  });
  const id = randomUUID();
  await trx('mails').insert({
    id,
    brand_id: listing.brand_id,
    key,
    kind: 'notice',
    message_id: messageIdOf(key),
    recipients: brand.mail_to,
    subject: composed.subject,
    body_text: composed.text,
    body_html: composed.html,
    created_at: command.at,
  });
  await wake(trx, [{ topic: 'mail', key: mailKey(id), payload: { id } }], command);
}
