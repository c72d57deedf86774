import { composeListing } from '../listings/compose.ts';
import type { Tx } from './database.ts';
import { composedColumns, contentsOf } from './listing-content.ts';
import { grouped } from './queries/paging.ts';
import { plain } from './refining-kept.ts';
import { followedChanges, saveUnmapped, shownChanges, sourcesOf, withBeginning } from './refining-listings.ts';
import { stepMany } from './step-many.ts';
import type { Command, Row } from './steps.ts';
import { type RowChanges, updateMany } from './update-many.ts';

/** A product as it was before the edit. */
export interface ProductBefore {
  readonly id: string;
  readonly title: string;
  readonly descriptionHtml: string;
}

export interface ListingMoved {
  readonly id: string;
  readonly productId: string;
  readonly connectionId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * After people edited many products: takes titles and descriptions over that nobody edited at the listing, recomputes
 * findings and content hashes, and moves listings to where an edit leads when what they show differs: live ones to
 * UPDATE. Prices have their own flow. `listings` are all listings of these products, locked in the order of their ids.
 * Returns the listings that moved.
 */
export async function productsChanged(
  trx: Tx,
  { before, listings }: { before: readonly ProductBefore[]; listings: readonly Row[] },
  command: Command,
): Promise<ListingMoved[]> {
  if (listings.length === 0) return [];
  const was = new Map(before.map((product) => [product.id, product]));
  const begun = listings.map((row) => withBeginning(row, was.get(String(row.product_id))));
  const sources = await sourcesOf(trx, begun);
  const taken = begun.map((row) => followedChanges(row, sources.get(row.id)));
  const contents = await contentsOf(
    trx,
    begun.map((row, index) => ({ ...row, ...taken[index] })),
    sources,
  );
  const updates: RowChanges[] = [];
  const stepping: { row: Row; changes: Record<string, unknown> }[] = [];
  for (const [index, content] of contents.entries()) {
    const row = listings[index] as Row;
    const changes = taken[index] ?? {};
    const composed = composeListing(content);
    const same = composed.contentHash === row.content_hash && plain(composed.findings) === plain(row.findings);
    if (same && Object.keys(changes).length === 0) continue;
    updates.push({ id: row.id, ...changes, ...composedColumns(composed) });
    if (composed.contentHash !== row.content_hash && row.state !== 'NEW')
      stepping.push({ row, changes: shownChanges(changes) });
  }
  await updateMany(trx, 'listings', updates);
  await saveUnmapped(trx, begun, sources);
  const edited = { last_edited_at: command.at, last_edited_by: command.actor };
  const results = await stepMany(
    trx,
    {
      machine: 'listing',
      event: 'EDIT',
      steps: stepping.map(({ row, changes }) => ({
        row,
        commandId: `${command.commandId}/listing/${row.id}`,
        changes: { ...changes, ...edited },
      })),
    },
    command,
  );
  return stepping.flatMap(({ row }, index) => {
    const result = results[index];
    const { id, product_id: productId, connection_id: connectionId, state: from } = row;
    const ids = { id, productId: String(productId), connectionId: String(connectionId) };
    return result?.ok ? [{ ...ids, from, to: result.state }] : [];
  });
}

/** Listings of these products, locked in the order of their ids; lock the products first. */
export async function lockListingsOf(trx: Tx, productIds: readonly string[]): Promise<Map<string, Row[]>> {
  const rows: Row[] = await trx('listings')
    .whereIn('product_id', [...productIds])
    .orderBy('id')
    .forNoKeyUpdate();
  return grouped(rows, (row) => String(row.product_id));
}
