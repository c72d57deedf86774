import type { ReviewReason } from '../connectors/contract/marketplace.ts';
import type { Tx } from './database.ts';
import type { Row } from './steps.ts';

/** Minor units by seller SKU. */
export type PricesBySku = Readonly<Record<string, number>>;

/** What a listing was offered for when it was refused: what the marketplace had, or what it was just given. */
export async function pricesOf(trx: Tx, listingId: string, which: 'there' | 'wanted'): Promise<PricesBySku> {
  const rows: { seller_sku: string; wanted: number | null; there: number | null }[] = await trx('listing_skus')
    .where({ listing_id: listingId })
    .select('seller_sku', 'price_desired_minor as wanted', 'price_acknowledged_minor as there');
  return Object.fromEntries(
    rows.flatMap(({ seller_sku: sku, wanted, there }) => {
      const price = which === 'there' ? (there ?? wanted) : wanted;
      return price === null ? [] : [[sku, price]];
    }),
  );
}

const isForPrice = (row: Row): boolean =>
  row.state === 'REJECTED' &&
  ((row.rejection_reasons as readonly ReviewReason[] | undefined) ?? []).some(({ field }) => field === 'price');

/** Which of these listings were refused for their price and have another one now; one query at most. */
export async function pricesMended(trx: Tx, rows: readonly Row[]): Promise<(row: Row) => boolean> {
  const refused = rows.filter((row) => isForPrice(row) && (row.refused_prices ?? null) !== null);
  if (refused.length === 0) return () => false;
  const skus: { listing_id: string; seller_sku: string; price_desired_minor: number }[] = await trx('listing_skus')
    .whereIn(
      'listing_id',
      refused.map(({ id }) => id),
    )
    .whereNotNull('price_desired_minor')
    .select('listing_id', 'seller_sku', 'price_desired_minor');
  const before = new Map(refused.map((row) => [row.id, row.refused_prices as PricesBySku]));
  const mended = new Set(
    skus
      .filter((sku) => before.get(sku.listing_id)?.[sku.seller_sku] !== sku.price_desired_minor)
      .map((sku) => sku.listing_id),
  );
  return ({ id }) => mended.has(id);
}

/** Those of these listings that were refused for their price: another price changes what may be sent. */
export function refusedForPrice(trx: Tx, listingIds: readonly string[]): Promise<string[]> {
  return trx('listings')
    .whereIn('id', [...listingIds])
    .where({ state: 'REJECTED' })
    .whereRaw(`rejection_reasons @> '[{"field": "price"}]'`)
    .pluck('id');
}
