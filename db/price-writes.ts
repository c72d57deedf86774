import type { Tx } from './database.ts';

/** A price that the marketplace does not show yet. */
export interface DuePrice {
  readonly id: string;
  readonly listing_id: string;
  readonly seller_sku: string;
  readonly external_id: string;
  readonly external_sku_id: string;
  readonly currency: string;
  readonly price_desired_minor: number;
  readonly last_error: string | null;
}

const due = (trx: Tx, connectionId: string) =>
  trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .where({ 'listing_skus.connection_id': connectionId, 'listings.remote': 'LIVE' })
    .whereNotNull('external_sku_id')
    .whereNotNull('price_desired_minor')
    .whereRaw('price_desired_minor is distinct from price_acknowledged_minor');

/** Brands with prices that differ from what was acknowledged. */
export function pricedBrands(trx: Tx, connectionId: string): Promise<string[]> {
  return due(trx, connectionId)
    .distinct('listing_skus.brand_id')
    .orderBy('listing_skus.brand_id')
    .pluck('listing_skus.brand_id');
}

/** Some of a brand's prices as they are wanted now. */
export function duePrices(
  trx: Tx,
  input: { connectionId: string; brandId: string; except: readonly string[]; limit: number },
): Promise<DuePrice[]> {
  return due(trx, input.connectionId)
    .where({ 'listing_skus.brand_id': input.brandId })
    .whereRaw('not listing_skus.id = any(?::uuid[])', [[...input.except]])
    .orderBy('listing_skus.id')
    .limit(input.limit)
    .select(
      ...['listing_skus.id', 'listing_id', 'seller_sku', 'external_sku_id', 'listing_skus.currency'],
      ...['price_desired_minor', 'last_error', 'listings.external_id'],
    );
}

/** Prices of one listing that the marketplace has otherwise; of one that cannot be bought they are due as well. */
export function duePricesOf(trx: Tx, listingId: string): Promise<DuePrice[]> {
  return trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .where({ listing_id: listingId })
    .whereNotNull('external_sku_id')
    .whereNotNull('price_desired_minor')
    .whereRaw('price_desired_minor is distinct from price_acknowledged_minor')
    .orderBy('seller_sku')
    .select(
      ...['listing_skus.id', 'listing_id', 'seller_sku', 'external_sku_id', 'listing_skus.currency'],
      ...['price_desired_minor', 'last_error', 'listings.external_id'],
    );
}

/** The marketplace took these prices; one that changed meanwhile differs again. */
export async function acknowledgePrices(trx: Tx, rows: readonly DuePrice[], at: Date): Promise<void> {
  if (rows.length === 0) return;
  await trx.raw(
    `update listing_skus as l set price_acknowledged_minor = w.price, price_acknowledged_at = ?::timestamptz, last_error = null
     from unnest(?::uuid[], ?::bigint[]) as w (id, price) where w.id = l.id`,
    [at, rows.map(({ id }) => id), rows.map(({ price_desired_minor }) => price_desired_minor)],
  );
}
