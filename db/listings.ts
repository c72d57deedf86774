import { randomUUID } from 'node:crypto';
import type { ComposedListing, ListingContent } from '../listings/compose.ts';
import type { Tx } from './database.ts';
import { contentsOf, refreshListings } from './listing-content.ts';
import { type PriceCause, reprice } from './prices.ts';
import { type Command, createMany, type Row, step } from './steps.ts';
import { offerAgain } from './stock.ts';

interface ListingDefaults {
  categoryId?: string;
  brandId?: string;
  currency?: string;
}

/** The seller SKU on a marketplace: unique per account although two brands may use one SKU. */
export const sellerSkuOf = (brandCode: string, sku: string): string => `${brandCode}-${sku}`;

/**
 * Listings for every product of the brand, or for the named ones, that has none on the given marketplace yet. Returns how
 * many were made.
 */
export async function makeListings(
  trx: Tx,
  input: { brandId: string; connectionId: string; productIds?: readonly string[] },
  command: Command,
): Promise<number> {
  const connection = await trx('connections').where({ id: input.connectionId }).first();
  const defaults = connection.listing_defaults as ListingDefaults;
  const brand = await trx('brands').where({ id: input.brandId }).first('code');
  const products = await trx('products')
    .where({ brand_id: input.brandId, gone_at: null })
    .modify((query) => {
      if (input.productIds) query.whereIn('id', [...input.productIds]);
    })
    .whereNotExists((exists) =>
      exists
        .select(1)
        .from('listings')
        .whereRaw('listings.product_id = products.id')
        .where({ connection_id: input.connectionId }),
    )
    .orderBy('id');
  for (let from = 0; from < products.length; from += listingsAtOnce) {
    await makeSome(
      trx,
      products.slice(from, from + listingsAtOnce),
      { ...input, brandCode: brand.code, defaults },
      command,
    );
  }
  return products.length;
}

/** Listings of one statement; the parameters of a statement are limited. */
const listingsAtOnce = 500;

async function makeSome(
  trx: Tx,
  products: readonly Row[],
  input: { connectionId: string; brandCode: string; defaults: ListingDefaults },
  command: Command,
): Promise<void> {
  const { connectionId, brandCode, defaults } = input;
  const listings = new Map(products.map((product) => [product.id, randomUUID() as string]));
  await createMany(
    trx,
    'listing',
    products.map((product) => ({
      id: listings.get(product.id) ?? '',
      brand_id: product.brand_id,
      product_id: product.id,
      connection_id: connectionId,
      title: product.title,
      description_html: product.description_html,
      category_id: defaults.categoryId ?? null,
      attributes: {},
      created_at: command.at,
    })),
    { ...command, commandId: `listings/${connectionId}` },
  );
  const skus = await trx('skus')
    .whereIn('product_id', [...listings.keys()])
    .where({ gone_at: null })
    .orderBy('sku');
  const rows = skus.map((sku) => ({
    id: randomUUID() as string,
    brand_id: sku.brand_id,
    listing_id: listings.get(sku.product_id),
    sku_id: sku.id,
    connection_id: connectionId,
    seller_sku: sellerSkuOf(brandCode, sku.sku),
    currency: defaults.currency ?? sku.currency,
    stock_desired: 0,
  }));
  for (let from = 0; from < rows.length; from += listingsAtOnce)
    await trx('listing_skus').insert(rows.slice(from, from + listingsAtOnce));
  const ids = rows.map(({ id }) => id);
  await reprice(trx, ids, { cause: 'listed', source: null }, command);
  await refreshListings(trx, [...listings.values()]);
}

/** Reckons the prices of a listing anew from the brand's prices; true when one of them changed. */
export async function priceListing(trx: Tx, listingId: string, cause: PriceCause, command: Command): Promise<boolean> {
  const ids: string[] = await trx('listing_skus').where({ listing_id: listingId }).pluck('id');
  const { changed } = await reprice(trx, ids, { cause, source: null }, command);
  return changed > 0;
}

/** The listing's content as it would be sent now; of an approved one without what rejections taught since. */
export async function contentOf(trx: Tx, listing: Row, { learned = true } = {}): Promise<ListingContent> {
  const [content] = await contentsOf(trx, [listing], undefined, { learned });
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
        { machine: 'listing', id: listing.id, event: 'EDIT', changes: editedBy(command) },
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

/** Who is compared with the approver: a person. What shops, rules and marketplaces change does not count. */
const editedBy = ({ at, actor, role }: Command) => ({
  last_edited_at: at,
  ...(['ops', 'approver', 'admin', 'brand'].includes(role) ? { last_edited_by: actor } : {}),
});
