import { type CustomsPart, missingParts } from '../../freight/customs.ts';
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

/** What the importers and checks found, as the rows keep it. */
export interface StoredFinding {
  field: string;
  value: string | null;
  reason: string;
  remedy: string;
  blocking: boolean;
}

export interface SkuView {
  id: string;
  sku: string;
  options: unknown;
  priceMinor: number | null;
  salePriceMinor: number | null;
  currency: string;
  /** What the shop says, what open orders hold of it, and what is left after the safety stock. Never below 0. */
  onHand: number;
  reserved: number;
  available: number;
  stockManaged: boolean;
  stockSeenAt: string | null;
  weightGrams: number | null;
  lengthMm: number | null;
  widthMm: number | null;
  heightMm: number | null;
  barcode: string | null;
  hsCode: string | null;
  originCountryCode: string | null;
  /** What it lacks for crossing a border; empty = customs-ready. */
  customsMissing: CustomsPart[];
}

export interface ProductSummary {
  id: string;
  title: string;
  brand: Ref;
  state: string;
  version: number;
  category: string | null;
  imageUrl: string | null;
  published: boolean;
  blockingFindings: number;
  findings: StoredFinding[];
  skus: SkuView[];
  listings: { id: string; connectionId: string; state: string; version: number; remote: string }[];
  problems: number;
  lastEditedAt: string | null;
}

export interface ProductItem {
  readonly row: Row;
  readonly summary: ProductSummary;
}

export async function listProducts(trx: Tx, filter: ListFilter): Promise<PageOf<ProductItem>> {
  const query = trx('products as p').whereNull('p.gone_at').select('p.*');
  const wanted = states(filter);
  if (wanted) query.whereIn('p.state', wanted);
  if (filter.brand !== undefined) query.where('p.brand_id', filter.brand);
  const { connection } = filter;
  if (connection !== undefined) {
    query.where((any) =>
      any
        .where('p.store_connection_id', connection)
        .orWhereIn('p.id', trx('listings').where({ connection_id: connection }).select('product_id')),
    );
  }
  if (filter.q !== undefined) {
    const pattern = anywhere(filter.q);
    query.where((any) =>
      any.whereILike('p.title', pattern).orWhereIn('p.id', trx('skus').whereILike('sku', pattern).select('product_id')),
    );
  }
  const sorting = { table: 'products', alias: 'p', column: 'created_at', direction: 'desc' } as const;
  const { items, next, total } = await readPage<Row>(query, sorting, filter);
  return { items: await summarised(trx, items), next, total };
}

export async function findProduct(trx: Tx, id: string): Promise<ProductItem | null> {
  const row: Row | undefined = await trx('products').where({ id }).first();
  if (!row) return null;
  const [item] = await summarised(trx, [row]);
  return item ?? null;
}

export function skuView(row: Record<string, unknown>): SkuView {
  const onHand = Number(row.on_hand);
  const reserved = Number(row.reserved);
  return {
    id: String(row.id),
    sku: String(row.sku),
    options: row.option_values,
    priceMinor: row.price_minor as number | null,
    salePriceMinor: row.sale_price_minor as number | null,
    currency: String(row.currency),
    onHand,
    reserved,
    available: Math.max(0, onHand - reserved - Number(row.safety ?? 0)),
    stockManaged: row.stock_managed === true,
    stockSeenAt: iso(row.stock_seen_at as Date | null),
    weightGrams: row.weight_grams as number | null,
    lengthMm: row.length_mm as number | null,
    widthMm: row.width_mm as number | null,
    heightMm: row.height_mm as number | null,
    barcode: row.barcode as string | null,
    hsCode: row.hs_code as string | null,
    originCountryCode: row.origin_country_code as string | null,
    customsMissing: missingParts({
      description: String(row.product_title ?? ''),
      hsCode: row.hs_code as string | null,
      originCountryCode: row.origin_country_code as string | null,
      unitValueMinor: row.price_minor as number | null,
      netWeightGrams: row.weight_grams as number | null,
    }),
  };
}

/** SKUs with the safety stock that holds for them: their own, else their brand's. */
export function skusWithSafety(trx: Tx) {
  return trx('skus')
    .join('brands', 'brands.id', 'skus.brand_id')
    .join('products', 'products.id', 'skus.product_id')
    .select(
      'skus.*',
      'products.title as product_title',
      trx.raw('coalesce(skus.safety_stock, brands.safety_stock) as safety'),
    );
}

function firstImage(images: unknown): string | null {
  const first: unknown = Array.isArray(images) ? images[0] : null;
  return typeof first === 'object' && first !== null && 'url' in first ? String(first.url) : null;
}

async function summarised(trx: Tx, rows: readonly Row[]): Promise<ProductItem[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const brands = new Map((await brandRefs(trx, rows)).map((ref) => [ref.id, ref]));
  const skuRows: Record<string, unknown>[] = await skusWithSafety(trx)
    .whereIn('skus.product_id', ids)
    .whereNull('skus.gone_at')
    .orderBy('skus.sku');
  const skus = grouped(skuRows, (row) => String(row.product_id));
  const listingRows = await trx('listings')
    .whereIn('product_id', ids)
    .orderBy('created_at')
    .select('id', 'product_id', 'connection_id as connectionId', 'state', 'version', 'remote');
  const listings = grouped(listingRows, (row) => row.product_id);
  const problems = await openProblems(trx, ids);
  return rows.map((row) => ({
    row,
    summary: {
      id: row.id,
      title: String(row.title),
      brand: brands.get(String(row.brand_id)) ?? { id: String(row.brand_id), code: '', name: '' },
      state: row.state,
      version: row.version,
      category: (row.category as string | null) ?? null,
      imageUrl: firstImage(row.images),
      published: row.published === true,
      blockingFindings: Number(row.blocking_findings),
      findings: row.findings as StoredFinding[],
      skus: (skus.get(row.id) ?? []).map(skuView),
      listings: (listings.get(row.id) ?? []).map(({ product_id: _, ...listing }) => listing),
      problems: problems.get(row.id) ?? 0,
      lastEditedAt: iso(row.last_edited_at as Date | null),
    },
  }));
}

/** What only the page of one product shows. */
export function productDetail(row: Row) {
  return {
    descriptionHtml: String(row.description_html),
    attributes: row.attributes as Record<string, unknown>,
    images: row.images,
    fieldOwners: row.field_owners as Record<string, unknown>,
    externalId: (row.external_id as string | null) ?? null,
    storeConnectionId: (row.store_connection_id as string | null) ?? null,
    createdAt: isoOf(row.created_at as Date),
    goneAt: iso(row.gone_at as Date | null),
  };
}
