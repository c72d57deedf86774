import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import { pricesKey } from './follow-ups.ts';
import { refreshListings } from './listing-content.ts';
import { type PriceNews, type Repriced, reprice } from './prices.ts';
import { decidePrice } from './prices-proposals.ts';
import type { Command } from './steps.ts';
import { wake } from './stock.ts';

/** Rows that one transaction reckons: a brand of 100,000 SKUs is two hundred of them. */
export const repricingBatch = 500;

/** Reprices some rows, and lets listings say whether they can be sold now. */
export async function repriceAndRefresh(
  trx: Tx,
  ids: readonly string[],
  news: PriceNews,
  command: Command,
): Promise<Repriced> {
  const repriced = await reprice(trx, ids, news, command);
  await refreshListings(trx, repriced.listingsToRefresh);
  return repriced;
}

export interface RepricingWanted {
  readonly cause: 'exchange-rate' | 'rule';
  readonly source: string;
  /** Null: of every account, or every brand. */
  readonly connectionId: string | null;
  readonly brandId: string | null;
}

/** Writes down that prices must be reckoned anew, and wakes the process that does it in batches. */
export async function askForRepricing(trx: Tx, wanted: RepricingWanted, command: Command): Promise<string> {
  const id = randomUUID();
  await trx('repricings').insert({
    id,
    cause: wanted.cause,
    source: wanted.source,
    connection_id: wanted.connectionId,
    brand_id: wanted.brandId,
    actor: command.actor,
    role: command.role,
    command_id: `${command.commandId}/repricing`,
    correlation_id: command.correlationId ?? null,
    created_at: command.at,
  });
  await wake(trx, [{ topic: 'prices', key: pricesKey(id), payload: { id } }], command);
  return id;
}

/** One batch of a repricing; the cursor moves in the same transaction, so that a repeated batch is no second one. */
export async function repriceNext(trx: Tx, repricingId: string, at: Date): Promise<{ done: boolean; changed: number }> {
  const row = await trx('repricings').where({ id: repricingId }).forUpdate().first();
  if (!row || row.finished_at !== null) return { done: true, changed: 0 };
  const ids: string[] = await trx('listing_skus as ls')
    .join('skus as s', 's.id', 'ls.sku_id')
    .modify((query) => {
      if (row.after_id !== null) query.where('ls.id', '>', row.after_id);
      if (row.connection_id !== null) query.where('ls.connection_id', row.connection_id);
      if (row.brand_id !== null) query.where('ls.brand_id', row.brand_id);
      if (row.cause === 'exchange-rate') query.whereRaw('s.currency <> ls.currency');
    })
    .orderBy('ls.id')
    .limit(repricingBatch)
    .pluck('ls.id');
  const command: Command = {
    commandId: `repricing/${repricingId}/${row.looked_at}`,
    actor: row.actor,
    role: row.role,
    at,
    ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
  };
  const { changed } = await repriceAndRefresh(trx, ids, { cause: row.cause, source: row.source }, command);
  const done = ids.length < repricingBatch;
  await trx('repricings')
    .where({ id: repricingId })
    .update({
      after_id: ids.at(-1) ?? row.after_id,
      looked_at: row.looked_at + ids.length,
      changed: row.changed + changed,
      finished_at: done ? at : null,
    });
  return { done, changed };
}

/** Ends typed prices whose time is over; at most `limit` in one transaction. Returns how many there were. */
export async function expirePrices(trx: Tx, command: Command, limit = 100): Promise<number> {
  const due: { id: string; version: number }[] = await trx('price_proposals')
    .whereIn('state', ['PROPOSED', 'APPROVED'])
    .where('expires_at', '<=', command.at)
    .orderBy('id')
    .limit(limit)
    .select('id', 'version');
  for (const { id, version } of due) {
    const own = {
      ...command,
      commandId: `price/${id}/expire/${version}`,
      role: 'rule' as const,
      why: 'Its end has come.',
    };
    const result = await decidePrice(trx, { id, event: 'EXPIRE', expectedVersion: version }, own);
    if (!result.ok) throw new Error(`the price ${id} cannot expire: ${result.why}`);
  }
  return due.length;
}

/** Reprices what changes by itself now: sales that begin or end. Returns how many rows were looked at. */
export async function repriceDue(trx: Tx, command: Command, limit = repricingBatch): Promise<number> {
  const ids: string[] = await trx('listing_skus')
    .where('price_due_at', '<=', command.at)
    .orderBy('id')
    .limit(limit)
    .pluck('id');
  const own = { ...command, commandId: `prices/due/${command.at.getTime()}/${ids[0] ?? ''}`, role: 'rule' as const };
  await repriceAndRefresh(trx, ids, { cause: 'sale', source: 'the dates of the sale' }, own);
  return ids.length;
}
