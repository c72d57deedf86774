import { createHash, randomUUID } from 'node:crypto';
import type { ReviewReason } from '../connectors/contract/marketplace.ts';
import {
  isMeant,
  type Lesson,
  lessonOf,
  type MappedReason,
  mapReason,
  type ReasonPattern,
} from '../listings/rules/reasons.ts';
import type { RuledListing } from '../listings/rules/types.ts';
import type { Tx } from './database.ts';
import { asRuled, attributeNames, ruledAccounts } from './listing-rules.ts';
import { contentOf } from './listings.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { wakeRefining } from './refining-wake.ts';
import type { Command, Row } from './steps.ts';

/** Patterns of an account that are in force, the newest first. */
const patternsOf = (trx: Tx, connectionId: string): Promise<ReasonPattern[]> =>
  trx('listing_reason_patterns')
    .where({ connection_id: connectionId })
    .whereNull('removed_at')
    .orderBy([{ column: 'set_at', order: 'desc' }, 'id'])
    .select('id', 'pattern', 'field');

async function ruledOf(trx: Tx, listing: Row): Promise<RuledListing> {
  const connectionId = String(listing.connection_id);
  const content = await contentOf(trx, listing);
  const attributesOf = await attributeNames(trx, [connectionId]);
  return asRuled(content, attributesOf(connectionId, content.categoryId));
}

const reasonKey = (connectionId: string, raw: string): string =>
  `listing-reason/${connectionId}/${createHash('sha256').update(raw.toLowerCase().replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 16)}`;

/**
 * Takes a rejection's reasons in: maps each to a field of the grid, learns what can be learned from it, and puts those that
 * nobody has mapped into the queue. Returns them as the listing keeps them.
 */
export async function takeReasons(
  trx: Tx,
  listing: Row,
  reasons: readonly ReviewReason[],
  command: Command,
): Promise<MappedReason[]> {
  const connectionId = String(listing.connection_id);
  const account = (await ruledAccounts(trx, [connectionId])).get(connectionId);
  const ruled = await ruledOf(trx, listing);
  const patterns = await patternsOf(trx, connectionId);
  const ground = { patterns, attributeIds: ruled.attributeIds, marketplace: account?.marketplace ?? null };
  const mapped = reasons.map((reason) => mapReason(reason, ground));
  await learn(trx, { listing, ruled, reasons: mapped }, command);
  for (const { raw } of mapped.filter(({ field }) => field === null))
    await reportProblem(trx, unmappedProblem(listing, raw), command);
  return mapped;
}

/** The value that was refused is known only while nothing was edited since it was sent. */
async function learn(
  trx: Tx,
  { listing, ruled, reasons }: { listing: Row; ruled: RuledListing; reasons: readonly MappedReason[] },
  command: Command,
): Promise<void> {
  const isAsSent = listing.content_hash === (listing.submitted_hash ?? listing.approved_hash);
  for (const reason of reasons) {
    const lesson = lessonOf(reason, ruled);
    if (lesson === null || (lesson.check.kind === 'notAgain' && !isAsSent)) continue;
    await saveLesson(trx, { listing, lesson, raw: reason.raw, categoryId: ruled.categoryId }, command);
  }
}

async function saveLesson(
  trx: Tx,
  { listing, lesson, raw, categoryId }: { listing: Row; lesson: Lesson; raw: string; categoryId: string | null },
  command: Command,
): Promise<void> {
  await trx.raw(
    `insert into listing_learned_rules as r
       (id, connection_id, field, "check", category_id, listing_id, reason, learned_from, learned_at)
     values (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?)
     on conflict (connection_id, field, "check", category_id, listing_id) where removed_at is null
     do update set times = r.times + 1`,
    [
      randomUUID(),
      String(listing.connection_id),
      lesson.field,
      JSON.stringify(lesson.check),
      lesson.scope === 'category' ? categoryId : null,
      lesson.scope === 'listing' ? listing.id : null,
      raw,
      listing.id,
      command.at,
    ],
  );
}

const unmappedProblem = (listing: Row, raw: string) =>
  ({
    causeKey: reasonKey(String(listing.connection_id), raw),
    kind: 'unmapped-reason',
    severity: 'warning',
    title: 'The marketplace gave a reason that belongs to no known field',
    detail: raw,
    remedy: 'Say on the page of listing rules which field it is about; it is remembered for the account.',
    entityKind: 'listing',
    entityId: listing.id,
    connectionId: String(listing.connection_id),
  }) as const;

/** States in which what validation says decides whether a listing may be sent. */
export const validated: readonly string[] = ['NEW', 'EDITED', 'UPDATE', 'REJECTED'];

/**
 * Has the account's unsent listings looked at again after a rule came or went. In a transaction of its own, after the one
 * that learned: whoever holds a listing waits for no other one.
 */
export async function lookAgain(trx: Tx, connectionId: string, command: Command): Promise<number> {
  const ids: string[] = await trx('listings')
    .where({ connection_id: connectionId })
    .whereIn('state', [...validated])
    .orderBy('id')
    .forNoKeyUpdate()
    .pluck('id');
  if (ids.length === 0) return 0;
  await trx('listings').whereIn('id', ids).update({ stale_since: command.at });
  await wakeRefining(trx, command);
  return ids.length;
}

export interface PatternChange {
  readonly connectionId: string;
  readonly pattern: string;
  readonly field: string;
}

/**
 * Remembers which field a reason is about. Listings that were rejected for it have it at that field from now on, and what
 * it teaches is learned. Returns how many listings had waited for it.
 */
export async function setReasonPattern(
  trx: Tx,
  change: PatternChange,
  command: Command,
): Promise<{ id: string; mapped: number }> {
  const { connectionId, field } = change;
  const pattern = change.pattern.replace(/\s+/g, ' ').trim();
  await trx('listing_reason_patterns')
    .where({ connection_id: connectionId, removed_at: null })
    .whereRaw('lower(pattern) = lower(?)', [pattern])
    .update({ removed_at: command.at, removed_by: command.actor });
  const id = randomUUID();
  await trx('listing_reason_patterns').insert({
    id,
    connection_id: connectionId,
    pattern,
    field,
    set_by: command.actor,
    set_at: command.at,
  });
  const listings: Row[] = await trx('listings')
    .where({ connection_id: connectionId })
    .whereRaw(`jsonb_path_exists(rejection_reasons, '$[*] \\? (@.field == null)')`)
    .orderBy('id')
    .forNoKeyUpdate();
  let mapped = 0;
  for (const listing of listings) {
    const before = listing.rejection_reasons as readonly ReviewReason[];
    const meant = before.filter((reason) => reason.field === null && isMeant(reason.raw, { pattern }));
    if (meant.length === 0) continue;
    mapped += 1;
    const ruled = await ruledOf(trx, listing);
    const now = before.map((reason) =>
      meant.includes(reason) ? { field, raw: reason.raw, by: 'ops' as const } : reason,
    );
    await trx('listings')
      .where({ id: listing.id })
      .update({ rejection_reasons: JSON.stringify(now) });
    const reasons = meant.map(({ raw }): MappedReason => ({ field, raw, by: 'ops' }));
    await learn(trx, { listing, ruled, reasons }, command);
    for (const { raw } of meant) await resolveProblem(trx, reasonKey(connectionId, raw), command);
  }
  return { id, mapped };
}

/** Takes a learned rule out of force. False: there is none, or it is out already. */
export async function removeLearnedRule(trx: Tx, id: string, why: string, command: Command): Promise<string | null> {
  const [row] = await trx('listing_learned_rules')
    .where({ id, removed_at: null })
    .update({ removed_at: command.at, removed_by: command.actor, removed_why: why })
    .returning('connection_id');
  return row?.connection_id ?? null;
}

/** Forgets which field a text is about; listings that were mapped by it stay so. */
export async function removeReasonPattern(trx: Tx, id: string, command: Command): Promise<string | null> {
  const [row] = await trx('listing_reason_patterns')
    .where({ id, removed_at: null })
    .update({ removed_at: command.at, removed_by: command.actor })
    .returning('connection_id');
  return row?.connection_id ?? null;
}
