import { randomUUID } from 'node:crypto';
import type { ComposedListing, ListingContent } from '../listings/compose.ts';
import { marketplacePrice } from '../pricing/marketplace-price.ts';
import type { Tx } from './database.ts';
import { contentsOf, refreshListings } from './listing-content.ts';
import { type Command, create, type Row, step } from './steps.ts';
import { offerAgain } from './stock.ts';

interface ListingDefaults {
  categoryId?: string;
  brandId?: string;
  currency?: string;
  roundToMinor?: number;
}

/** The seller SKU on a marketplace: unique per account although two brands may use one SKU. */
export const sellerSkuOf = (brandCode: string, sku: string): string => `${brandCode}-${sku}`;

/** The newest rate on or before a date, with where it came from. */
export async function rateFor(
  trx: Tx,
  from: string,
  to: string,
  at: Date,
): Promise<{ value: string; date: string; source: string } | null> {
  const row = await trx('exchange_rates')
    .where({ from_currency: from, to_currency: to })
    .where('on_date', '<=', at.toISOString().slice(0, 10))
    .orderBy('on_date', 'desc')
    .first(trx.raw('rate::text as value'), 'on_date', 'source');
  return row ? { value: row.value, date: row.on_date, source: row.source } : null;
}

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
    await priceListing(trx, id, command);
    await refreshListing(trx, id);
  }
  return products.length;
}

/** Computes the desired prices of a listing from the brand's prices, with the trace that explains each. */
export async function priceListing(trx: Tx, listingId: string, command: Command): Promise<boolean> {
  const listing = await trx('listings').where({ id: listingId }).first('connection_id');
  const connection = await trx('connections').where({ id: listing.connection_id }).first('listing_defaults');
  const roundToMinor = (connection.listing_defaults as ListingDefaults).roundToMinor ?? 1;
  const rows = await trx('listing_skus')
    .join('skus', 'skus.id', 'listing_skus.sku_id')
    .where({ listing_id: listingId })
    .select(
      'listing_skus.id',
      'listing_skus.currency',
      'listing_skus.price_desired_minor',
      'skus.price_minor',
      'skus.currency as base_currency',
    );
  let changed = false;
  for (const row of rows) {
    const result = marketplacePrice({
      base: { amountMinor: row.price_minor ?? 0, currency: row.base_currency },
      targetCurrency: row.currency,
      rate: await rateFor(trx, row.base_currency, row.currency, command.at),
      roundToMinor,
    });
    const desired = result.ok ? result.price.amountMinor : null;
    changed ||= desired !== row.price_desired_minor;
    await trx('listing_skus')
      .where({ id: row.id })
      .update({
        price_desired_minor: desired,
        price_trace: JSON.stringify(result.ok ? result.trace : [...result.trace, result.reason]),
      });
  }
  return changed;
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
    const priced = await priceListing(trx, listing.id, command);
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
