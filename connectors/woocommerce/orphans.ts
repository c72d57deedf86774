import type { StoreProduct } from '../contract/store.ts';
import type { WooClient } from './client.ts';
import type { FullPlace } from './cursor.ts';
import { finding } from './findings.ts';
import { fullPage, type Row } from './paging.ts';
import { check, rowsSchema, variationSchema } from './schema.ts';
import { parseGmt } from './text.ts';

const PER_PAGE = 100;
const FIELDS = 'id,parent_id,sku,date_modified_gmt';

/** How many variations the shop has in all; null where it does not tell. */
export async function countVariations(client: WooClient): Promise<number | null> {
  const query = { per_page: 1, _fields: 'id', orderby: 'id', order: 'asc' };
  const call = { method: 'GET', path: 'variations', query, operation: 'variations.count' } as const;
  return (await client.list(call, rowsSchema)).total;
}

/**
 * Variations whose product is gone: no product names them, so a read of products never meets them. Each becomes a record
 * of its own that says so, and cannot be sold.
 */
export async function orphansPage(
  client: WooClient,
  place: FullPlace,
): Promise<{ items: StoreProduct[]; next: FullPlace | null }> {
  const list = { path: 'variations', query: { _fields: FIELDS }, operation: 'variations.list' };
  const { rows, next } = await fullPage(client, list, place, PER_PAGE);
  const there = await productsThere(
    client,
    [...new Set(rows.map(parentOf))].filter((id) => id > 0),
  );
  const orphans = rows.filter((row) => !there.has(parentOf(row)));
  return { items: orphans.map(toFinding), next };
}

async function productsThere(client: WooClient, include: readonly number[]): Promise<ReadonlySet<number>> {
  if (include.length === 0) return new Set();
  const query = { include, per_page: PER_PAGE, orderby: 'id', order: 'asc', _fields: 'id' };
  const call = { method: 'GET', path: 'products', query, operation: 'products.list' } as const;
  return new Set((await client.ask(call, rowsSchema)).map(({ id }) => id));
}

function parentOf(row: Row): number {
  const verdict = check(variationSchema, row);
  return verdict.ok ? (verdict.value.parent_id ?? 0) : 0;
}

function toFinding(row: Row): StoreProduct {
  const verdict = check(variationSchema, row);
  const sku = verdict.ok ? (verdict.value.sku ?? '') : '';
  const parent = parentOf(row);
  const whose = parent === 0 ? 'no product' : `product ${parent}, which the shop does not show`;
  const remedy = 'Delete the variation in the shop, or bring its product back.';
  return {
    externalId: String(row.id),
    title: sku === '' ? `Variation ${row.id}` : sku,
    descriptionHtml: '',
    published: false,
    categories: [],
    attributes: [],
    images: [],
    variants: [],
    modifiedAt: (verdict.ok ? parseGmt(verdict.value.date_modified_gmt) : null) ?? new Date(0),
    findings: [finding('variation', String(row.id), `Variation ${row.id} belongs to ${whose}.`, { remedy })],
    raw: { product: null, variations: [row] },
  };
}
