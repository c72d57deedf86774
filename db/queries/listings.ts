import type { Tx } from '../database.ts';
import type { Row } from '../steps.ts';
import type { Ref } from './labels.ts';
import { brandRefs } from './orders.ts';
import {
  anywhere,
  grouped,
  iso,
  isoOf,
  type ListFilter,
  openProblems,
  type PageOf,
  readPage,
  states,
} from './paging.ts';
import { type SkuView, type StoredFinding, skusWithSafety, skuView } from './products.ts';

/** Per SKU what we want, what the marketplace confirmed, and what was last seen there. */
export interface ListingSkuView extends SkuView {
  /** Of the listing's row; `id` is the SKU's own. */
  listingSkuId: string;
  skuId: string;
  sellerSku: string;
  externalSkuId: string | null;
  listingCurrency: string;
  priceDesiredMinor: number | null;
  priceAcknowledgedMinor: number | null;
  priceAcknowledgedAt: string | null;
  priceSeenMinor: number | null;
  priceSeenAt: string | null;
  stockDesired: number | null;
  stockAcknowledged: number | null;
  stockAcknowledgedAt: string | null;
  stockSeen: number | null;
  stockSeenAtMarketplace: string | null;
  priceTrace: unknown;
  lastError: string | null;
}

export interface ListingSummary {
  id: string;
  title: string;
  product: { id: string; title: string };
  brand: Ref;
  connectionId: string;
  state: string;
  version: number;
  remote: string;
  /** A review that runs: of a first content, or of a change while buyers see the content before it. */
  standing: 'FIRST_REVIEW' | 'UPDATE_IN_REVIEW' | null;
  externalId: string | null;
  nativeStatus: string | null;
  nativeSeenAt: string | null;
  contentChanged: boolean;
  blockingFindings: number;
  findings: StoredFinding[];
  rejectionReasons: unknown[];
  reviewDueAt: string | null;
  skus: ListingSkuView[];
  problems: number;
  lastEditedAt: string | null;
}

export interface ListingItem {
  readonly row: Row;
  readonly summary: ListingSummary;
}

export async function listListings(trx: Tx, filter: ListFilter): Promise<PageOf<ListingItem>> {
  const query = trx('listings as l').select('l.*');
  const wanted = states(filter);
  if (wanted) query.whereIn('l.state', wanted);
  if (filter.brand !== undefined) query.where('l.brand_id', filter.brand);
  if (filter.connection !== undefined) query.where('l.connection_id', filter.connection);
  if (filter.q !== undefined) {
    const pattern = anywhere(filter.q);
    query.where((any) =>
      any
        .whereILike('l.title', pattern)
        .orWhereILike('l.external_id', pattern)
        .orWhereIn('l.id', trx('listing_skus').whereILike('seller_sku', pattern).select('listing_id')),
    );
  }
  const sorting = { table: 'listings', alias: 'l', column: 'created_at', direction: 'desc' } as const;
  const { items, next, total } = await readPage<Row>(query, sorting, filter);
  return { items: await summarised(trx, items), next, total };
}

export async function findListing(trx: Tx, id: string): Promise<ListingItem | null> {
  const row: Row | undefined = await trx('listings').where({ id }).first();
  if (!row) return null;
  const [item] = await summarised(trx, [row]);
  return item ?? null;
}

function listingSkuView(offer: Record<string, unknown>, sku: Record<string, unknown>): ListingSkuView {
  return {
    ...skuView(sku),
    listingSkuId: String(offer.id),
    skuId: String(offer.sku_id),
    sellerSku: String(offer.seller_sku),
    externalSkuId: offer.external_sku_id as string | null,
    listingCurrency: String(offer.currency),
    priceDesiredMinor: offer.price_desired_minor as number | null,
    priceAcknowledgedMinor: offer.price_acknowledged_minor as number | null,
    priceAcknowledgedAt: iso(offer.price_acknowledged_at as Date | null),
    priceSeenMinor: offer.price_seen_minor as number | null,
    priceSeenAt: iso(offer.price_seen_at as Date | null),
    stockDesired: offer.stock_desired as number | null,
    stockAcknowledged: offer.stock_acknowledged as number | null,
    stockAcknowledgedAt: iso(offer.stock_acknowledged_at as Date | null),
    stockSeen: offer.stock_seen as number | null,
    stockSeenAtMarketplace: iso(offer.stock_seen_at as Date | null),
    // Cost and margin are told to those who may know them, by `why price`.
    priceTrace: Array.isArray(offer.price_trace)
      ? offer.price_trace.filter(({ code }: { code: string }) => code !== 'floor')
      : null,
    lastError: offer.last_error as string | null,
  };
}

/** Editorial state and what is true over there, read together. */
export const standingOf = ({ state, remote }: Row): ListingSummary['standing'] =>
  state !== 'IN_REVIEW' ? null : remote === 'LIVE' ? 'UPDATE_IN_REVIEW' : 'FIRST_REVIEW';

async function summarised(trx: Tx, rows: readonly Row[]): Promise<ListingItem[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const brands = new Map((await brandRefs(trx, rows)).map((ref) => [ref.id, ref]));
  const products: { id: string; title: string }[] = await trx('products')
    .whereIn(
      'id',
      rows.map((row) => String(row.product_id)),
    )
    .select('id', 'title');
  const titles = new Map(products.map((product) => [product.id, product]));
  const offers: Record<string, unknown>[] = await trx('listing_skus').whereIn('listing_id', ids).orderBy('seller_sku');
  const skuRows: Record<string, unknown>[] = await skusWithSafety(trx).whereIn(
    'skus.id',
    offers.map(({ sku_id }) => String(sku_id)),
  );
  const skus = new Map(skuRows.map((row) => [String(row.id), row]));
  const perListing = grouped(offers, (row) => String(row.listing_id));
  const problems = await openProblems(trx, ids);
  return rows.map((row) => ({
    row,
    summary: {
      id: row.id,
      title: String(row.title),
      product: titles.get(String(row.product_id)) ?? { id: String(row.product_id), title: '' },
      brand: brands.get(String(row.brand_id)) ?? { id: String(row.brand_id), code: '', name: '' },
      connectionId: String(row.connection_id),
      state: row.state,
      version: row.version,
      remote: String(row.remote),
      standing: standingOf(row),
      externalId: (row.external_id as string | null) ?? null,
      nativeStatus: (row.native_status as string | null) ?? null,
      nativeSeenAt: iso(row.native_seen_at as Date | null),
      contentChanged: row.content_hash !== row.submitted_hash,
      blockingFindings: Number(row.blocking_findings),
      findings: row.findings as StoredFinding[],
      rejectionReasons: row.rejection_reasons as unknown[],
      reviewDueAt: iso(row.review_due_at as Date | null),
      skus: (perListing.get(row.id) ?? []).flatMap((offer) => {
        const sku = skus.get(String(offer.sku_id));
        return sku ? [listingSkuView(offer, sku)] : [];
      }),
      problems: problems.get(row.id) ?? 0,
      lastEditedAt: iso(row.last_edited_at as Date | null),
    },
  }));
}

/** The upload whose answer was lost, where only a person can say what became of it. */
export async function unknownUpload(trx: Tx, listingId: string): Promise<{ id: string; version: number } | null> {
  const call = await trx('effects')
    .where({ kind: 'create-listing', entity_id: listingId, state: 'AMBIGUOUS' })
    .first('id', 'version');
  return call ?? null;
}

/** What only the page of one listing shows. */
export function listingDetail(row: Row) {
  return {
    descriptionHtml: String(row.description_html),
    categoryId: (row.category_id as string | null) ?? null,
    attributes: row.attributes as Record<string, unknown>,
    contentHash: String(row.content_hash),
    approvedHash: (row.approved_hash as string | null) ?? null,
    approvedBy: (row.approved_by as string | null) ?? null,
    submittedHash: (row.submitted_hash as string | null) ?? null,
    liveHash: (row.live_hash as string | null) ?? null,
    submittedAt: iso(row.submitted_at as Date | null),
    createdAt: isoOf(row.created_at as Date),
  };
}
