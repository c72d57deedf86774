import { randomUUID } from 'node:crypto';
import type { ComposedListing, ListingContent } from '../listings/compose.ts';
import type { Tx } from './database.ts';
import { contentsOf, refreshListings } from './listing-content.ts';
import { type PriceCause, reprice } from './prices.ts';
import { type Command, create, type Row, step } from './steps.ts';
import { offerAgain } from './stock.ts';

interface ListingDefaults {
  categoryId?: string;
  brandId?: string;
  currency?: string;
}

/** The seller SKU on a marketplace: unique per account although two brands may use one SKU. */
export const sellerSkuOf = (brandCode: string, sku: string): string => `${brandCode}-${sku}`;

/** Listings for every product of the brand that has none on the given marketplace yet. Returns how many were made. */
export async function makeListings(
  trx: Tx,
  input: { brandId: string; connectionId: string },
  command: Command,
): Promise<number> {
  const connection = await trx('connections').where({ id: input.connectionId }).first();
  const defaults = connection.listing_defaults as ListingDefaults;
  const brand = await trx('brands').where({ id: input.brandId }).first('code');
  const products = await trx('products')
    .where({ brand_id: input.brandId, gone_at: null })
    .whereNotExists((exists) =>
      exists
        .select(1)
        .from('listings')
        .whereRaw('listings.product_id = products.id')
        .where({ connection_id: input.connectionId }),
    )
    .orderBy('id');
  for (const product of products) {
    const id = randomUUID();
    await create(
      trx,
      'listing',
      {
        id,
        brand_id: product.brand_id,
        product_id: product.id,
        connection_id: input.connectionId,
        title: product.title,
        description_html: product.description_html,
        category_id: defaults.categoryId ?? null,
        attributes: {},
        created_at: command.at,
      },
      { ...command, commandId: `listing/${product.id}/${input.connectionId}` },
    );
    const skus = await trx('skus').where({ product_id: product.id, gone_at: null }).orderBy('sku');
    if (skus.length > 0) {
      await trx('listing_skus').insert(
        skus.map((sku) => ({
          id: randomUUID(),
          brand_id: product.brand_id,
          listing_id: id,
          sku_id: sku.id,
          connection_id: input.connectionId,
          seller_sku: sellerSkuOf(brand.code, sku.sku),
          currency: defaults.currency ?? sku.currency,
          stock_desired: 0,
        })),
      );
    }
    await priceListing(trx, id, 'listed', command);
    await refreshListing(trx, id);
  }
  return products.length;
}

/** Reckons the prices of a listing anew from the brand's prices; true when one of them changed. */
export async function priceListing(trx: Tx, listingId: string, cause: PriceCause, command: Command): Promise<boolean> {
  const ids: string[] = await trx('listing_skus').where({ listing_id: listingId }).pluck('id');
  const { changed } = await reprice(trx, ids, { cause, source: null }, command);
  return changed > 0;
}

/** The listing's content as it would be sent now. */
export async function contentOf(trx: Tx, listing: Row): Promise<ListingContent> {
  const [content] = await contentsOf(trx, [listing]);
  if (!content) throw new Error(`listing ${listing.id} has no content`);
  return content;
}

/** Recomputes findings and content hash after anything that the listing shows has changed. */
export async function refreshListing(trx: Tx, listingId: string): Promise<ComposedListing> {
  const composed = (await refreshListings(trx, [listingId])).get(listingId);
  if (!composed) throw new Error(`there is no listing ${listingId}`);
  return composed;
}

/**
 * After the product or its SKUs changed: takes titles and descriptions over that nobody edited at the listing, recomputes
 * prices and findings, and moves a live listing to UPDATE when what it shows differs.
 */
export async function productChanged(
  trx: Tx,
  productId: string,
  before: { title: string; descriptionHtml: string },
  command: Command,
): Promise<void> {
  const product = await trx('products').where({ id: productId }).first();
  const listings = await trx('listings').where({ product_id: productId }).orderBy('id');
  for (const listing of listings) {
    const changes = {
      ...(listing.title === before.title ? { title: product.title } : {}),
      ...(listing.description_html === before.descriptionHtml ? { description_html: product.description_html } : {}),
    };
    if (Object.keys(changes).length > 0) await trx('listings').where({ id: listing.id }).update(changes);
    const priced = await priceListing(trx, listing.id, 'brand-price', command);
    const composed = await refreshListing(trx, listing.id);
    if (composed.contentHash !== listing.content_hash && listing.state !== 'NEW') {
      await step(
        trx,
        { machine: 'listing', id: listing.id, event: 'EDIT', changes: { last_edited_at: command.at } },
        {
          ...command,
          commandId: `${command.commandId}/listing/${listing.id}`,
        },
      );
    }
    if (priced && listing.remote === 'LIVE') {
      const skuIds = await trx('listing_skus').where({ listing_id: listing.id }).pluck('sku_id');
      await offerAgain(trx, skuIds, command, true);
    }
  }
}
