import type { RowFinding } from '../connectors/contract/store.ts';
import { type ComposedListing, composeListing, type ListingContent } from '../listings/compose.ts';
import type { ListingSources } from '../listings/sources.ts';
import type { Tx } from './database.ts';
import { ruleFindings } from './listing-rules.ts';
import { grouped } from './queries/paging.ts';
import { followedChanges, saveUnmapped, sourcesOf } from './refining-listings.ts';
import type { Row } from './steps.ts';
import { updateMany } from './update-many.ts';

interface SkuRow {
  listing_id: string;
  seller_sku: string;
  price_currency: string;
  price_desired_minor: number | null;
  option_values: { value: string }[];
  barcode: string | null;
  weight_grams: number | null;
  length_mm: number | null;
  width_mm: number | null;
  height_mm: number | null;
  hs_code: string | null;
  origin_country_code: string | null;
}

const skuOf = (row: SkuRow): ListingContent['skus'][number] => ({
  sellerSku: row.seller_sku,
  optionText: row.option_values.map(({ value }) => value).join(' '),
  price:
    row.price_desired_minor === null ? null : { amountMinor: row.price_desired_minor, currency: row.price_currency },
  // Nothing is offered by the creation itself: stock follows when it is live, shared out like everything else.
  quantity: 0,
  barcode: row.barcode,
  weightGrams: row.weight_grams,
  lengthMm: row.length_mm,
  widthMm: row.width_mm,
  heightMm: row.height_mm,
  hsCode: row.hs_code,
  originCountryCode: row.origin_country_code,
});

/**
 * The content of many listings as it would be sent now, in their order: a fixed number of queries, however many there are.
 * Findings of sources and of the marketplaces' rules go with it; `learned: false` leaves out what rejections taught.
 */
export async function contentsOf(
  trx: Tx,
  listings: readonly Row[],
  known?: ReadonlyMap<string, ListingSources>,
  { learned = true } = {},
): Promise<ListingContent[]> {
  const sources = known ?? (await sourcesOf(trx, listings));
  const products: { id: string; images: { url: string }[] }[] = await trx('products')
    .whereIn('id', [...new Set(listings.map((row) => String(row.product_id)))])
    .select('id', 'images');
  const connections: { id: string; listing_defaults: { brandId?: string } }[] = await trx('connections')
    .whereIn('id', [...new Set(listings.map((row) => String(row.connection_id)))])
    .select('id', 'listing_defaults');
  const skuRows: SkuRow[] = await trx('listing_skus')
    .join('skus', 'skus.id', 'listing_skus.sku_id')
    .whereIn(
      'listing_id',
      listings.map(({ id }) => id),
    )
    .orderBy('listing_skus.seller_sku')
    .select(
      'listing_skus.listing_id',
      'listing_skus.seller_sku',
      'listing_skus.price_desired_minor',
      'listing_skus.currency as price_currency',
      'skus.option_values',
      'skus.barcode',
      'skus.weight_grams',
      'skus.length_mm',
      'skus.width_mm',
      'skus.height_mm',
      'skus.hs_code',
      'skus.origin_country_code',
    );
  const images = new Map(products.map((row) => [row.id, row.images]));
  const defaults = new Map(connections.map((row) => [row.id, row.listing_defaults]));
  const skus = grouped(skuRows, ({ listing_id }) => listing_id);
  const contents = listings.map((row) => ({
    listingId: row.id,
    title: String(row.title),
    descriptionHtml: String(row.description_html),
    categoryId: (row.category_id as string | null) ?? null,
    brandId: defaults.get(String(row.connection_id))?.brandId ?? null,
    attributes: row.attributes as Record<string, string>,
    images: images.get(String(row.product_id)) ?? [],
    skus: (skus.get(row.id) ?? []).map((sku) => ({
      ...skuOf(sku),
      variantAttributes: sources.get(row.id)?.variantAttributes[sku.seller_sku] ?? {},
    })),
    sourceFindings: sources.get(row.id)?.findings ?? [],
  }));
  const found = await ruleFindings(trx, listings, contents, { learned });
  return contents.map((content, index) => {
    const said = content.sourceFindings;
    // A field that is missing is told once: mapping knows better why.
    const isTold = ({ field, value }: RowFinding): boolean =>
      value === null && said.some((other) => other.blocking && other.field === field);
    return { ...content, sourceFindings: [...said, ...(found[index] ?? []).filter((one) => !isTold(one))] };
  });
}

/** What a row keeps of a composed listing. */
export const composedColumns = ({ findings, contentHash }: ComposedListing) => ({
  findings,
  blocking_findings: findings.filter(({ blocking }) => blocking).length,
  content_hash: contentHash,
});

/**
 * Recomputes many listings after anything that they show has changed: fields that nobody set by hand follow their product,
 * translation and mappings; then findings and content hash.
 */
export async function refreshListings(trx: Tx, ids: readonly string[]): Promise<Map<string, ComposedListing>> {
  const rows: Row[] = await trx('listings').whereIn('id', [...ids]);
  const sources = await sourcesOf(trx, rows);
  const followed = new Map(rows.map((row) => [row.id, followedChanges(row, sources.get(row.id))]));
  const contents = await contentsOf(
    trx,
    rows.map((row) => ({ ...row, ...followed.get(row.id) })),
    sources,
  );
  const composed = new Map(contents.map((content) => [content.listingId, composeListing(content)]));
  const changed = rows.flatMap((row) => {
    const now = composed.get(row.id);
    return now ? [{ id: row.id, ...followed.get(row.id), ...composedColumns(now), stale_since: null }] : [];
  });
  await updateMany(trx, 'listings', changed);
  await saveUnmapped(trx, rows, sources);
  return composed;
}
