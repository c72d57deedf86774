import { composeListing } from '../listings/compose.ts';
import type { Tx } from './database.ts';
import { composedColumns, contentsOf } from './listing-content.ts';
import { grouped } from './queries/paging.ts';
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
  const products: { id: string; title: string; description_html: string }[] = await trx('products')
    .whereIn(
      'id',
      before.map(({ id }) => id),
    )
    .select('id', 'title', 'description_html');
  const now = new Map(products.map((row) => [row.id, row]));
  const was = new Map(before.map((row) => [row.id, row]));
  const taken = listings.map((row) => takenOver(row, was.get(String(row.product_id)), now.get(String(row.product_id))));
  const contents = await contentsOf(
    trx,
    listings.map((row, index) => ({ ...row, ...taken[index] }) as Row),
  );
  const updates: RowChanges[] = [];
  const stepping: { row: Row; changes: Record<string, unknown> }[] = [];
  for (const [index, content] of contents.entries()) {
    const row = listings[index] as Row;
    const changes = taken[index] ?? {};
    const composed = composeListing(content);
    if (composed.contentHash === row.content_hash && Object.keys(changes).length === 0) continue;
    updates.push({ id: row.id, ...changes, ...composedColumns(composed) });
    if (composed.contentHash !== row.content_hash && row.state !== 'NEW') stepping.push({ row, changes });
  }
  await updateMany(trx, 'listings', updates);
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

type Texts = { title: string; description_html: string } | undefined;

/** What a listing takes over from its product: texts that it had from there before. */
function takenOver(listing: Row, before: ProductBefore | undefined, now: Texts): Record<string, unknown> {
  if (!before || !now) return {};
  return {
    ...(listing.title === before.title && now.title !== before.title ? { title: now.title } : {}),
    ...(listing.description_html === before.descriptionHtml && now.description_html !== before.descriptionHtml
      ? { description_html: now.description_html }
      : {}),
  };
}

/** Listings of these products, locked in the order of their ids; lock the products first. */
export async function lockListingsOf(trx: Tx, productIds: readonly string[]): Promise<Map<string, Row[]>> {
  const rows: Row[] = await trx('listings')
    .whereIn('product_id', [...productIds])
    .orderBy('id')
    .forNoKeyUpdate();
  return grouped(rows, (row) => String(row.product_id));
}
