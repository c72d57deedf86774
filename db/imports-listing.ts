import type { Tx } from './database.ts';
import { type ImportRow, lockImport } from './imports.ts';
import { makeListings, productChanged } from './listings.ts';
import type { Command } from './steps.ts';
import { offerAgain } from './stock.ts';

/** Products of one transaction: their listings are composed one by one. */
const listingProducts = 100;

interface Effect {
  product_id: string;
  sku_ids: string[];
  is_new: boolean;
  title: string;
  description_html: string;
}

/**
 * Lets the listings follow an applied import, some products at a time: new ones get theirs, changed ones are composed and
 * priced anew, levels reach what the marketplaces are offered. The import's row says how far it has come.
 */
export async function listChunk(
  trx: Tx,
  importId: string,
  command: Command,
): Promise<{ products: number; more: boolean }> {
  const row = await lockImport(trx, importId);
  if (row?.phase !== 'listing') return { products: 0, more: false };
  const connections = await marketplacesOf(trx, row.brand_id);
  const effects = connections.length === 0 ? [] : await nextEffects(trx, row);
  if (effects.length === 0) {
    await trx('imports').where({ id: importId }).update({ phase: 'done', finished_at: command.at });
    return { products: 0, more: false };
  }
  const own = { ...command, role: 'system' as const };
  const fresh = effects.filter((effect) => effect.is_new);
  for (const connectionId of fresh.length > 0 ? connections : []) {
    await makeListings(
      trx,
      { brandId: row.brand_id, connectionId, productIds: fresh.map(({ product_id }) => product_id) },
      { ...own, commandId: `import/${importId}/listings/${connectionId}/${fresh[0]?.product_id}` },
    );
  }
  for (const effect of effects) await follow(trx, effect, own, importId);
  await trx('imports')
    .where({ id: importId })
    .update({ listed_product: effects.at(-1)?.product_id, listed: trx.raw('listed + ?', [effects.length]) });
  return { products: effects.length, more: true };
}

async function nextEffects(trx: Tx, row: ImportRow): Promise<Effect[]> {
  const { rows } = await trx.raw<{ rows: Effect[] }>(
    `select e.product_id, array_agg(e.sku_id order by e.sku_id) as sku_ids, bool_or(e.changes is null) as is_new,
       coalesce((array_agg(e.changes -> 'title' ->> 0) filter (where jsonb_exists(e.changes, 'title')))[1], p.title) as title,
       coalesce((array_agg(e.changes -> 'description_html' ->> 0) filter (where jsonb_exists(e.changes, 'description_html')))[1],
         p.description_html) as description_html
     from import_effects e join products p on p.id = e.product_id
     where e.import_id = ? and e.product_id > ? group by e.product_id, p.title, p.description_html
     order by e.product_id limit ?`,
    [row.id, row.listed_product ?? '00000000-0000-0000-0000-000000000000', listingProducts],
  );
  return rows;
}

/** Marketplaces on which products of the brand are offered. */
async function marketplacesOf(trx: Tx, brandId: string): Promise<string[]> {
  return trx('connections')
    .where({ kind: 'marketplace' })
    .whereIn('state', ['CONNECTED', 'DEGRADED'])
    .where((either) => either.whereNull('brand_id').orWhere({ brand_id: brandId }))
    .orderBy('code')
    .pluck('id');
}

async function follow(trx: Tx, effect: Effect, command: Command, importId: string): Promise<void> {
  const own = { ...command, commandId: `import/${importId}/follow/${effect.product_id}` };
  const before = { title: effect.title, descriptionHtml: effect.description_html };
  await productChanged(trx, effect.product_id, before, own);
  await offerAgain(trx, effect.sku_ids, own);
}
