import type { Tx } from '../../../db/database.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { brandRefs } from '../../../db/queries/orders.ts';
import { anywhere, grouped, iso } from '../../../db/queries/paging.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import type { Row } from '../../../db/steps.ts';
import type { TableQuery, TableRow } from '../schemas/tables.ts';
import type { ReadPage, TableAdapter, TableReader } from './adapter.ts';
import { listingFields } from './listing-fields.ts';
import { listingSaving } from './listing-save.ts';
import { standingsOf } from './machine-rows.ts';
import { saveMachineRows } from './machine-save.ts';
import { countStates, type PageSorting, readTablePage } from './paging.ts';

const sorting: PageSorting = {
  alias: 'l',
  keys: {
    createdAt: { sql: 'l.created_at', type: 'timestamptz' },
    title: { sql: 'l.title', type: 'text' },
    lastEditedAt: { sql: `coalesce(l.last_edited_at, '-infinity')`, type: 'timestamptz' },
  },
  otherwise: '-createdAt',
};

function filtered(trx: Tx, { brand, connection, q, findings, ids }: TableQuery) {
  const query = trx('listings as l');
  if (brand !== undefined) query.where('l.brand_id', brand);
  if (connection !== undefined) query.where('l.connection_id', connection);
  if (ids !== undefined) query.whereIn('l.id', ids.split(','));
  if (findings) query.whereRaw(`(l.findings <> '[]'::jsonb or l.rejection_reasons <> '[]'::jsonb)`);
  if (q !== undefined) {
    const pattern = anywhere(q);
    query.where((any) =>
      any
        .whereILike('l.title', pattern)
        .orWhereILike('l.external_id', pattern)
        .orWhereIn('l.id', trx('listing_skus').whereILike('seller_sku', pattern).select('listing_id')),
    );
  }
  return query;
}

const reasonsOf = (reasons: unknown): string =>
  (reasons as { raw?: string; field?: string | null }[])
    .map(({ field, raw }) => [field, raw].filter(Boolean).join(': '))
    .join('; ');

async function read(trx: Tx, query: TableQuery, { user }: TableReader): Promise<ReadPage> {
  const base = filtered(trx, query);
  const counts = query.cursor === undefined ? await countStates(base, 'l') : null;
  if (query.state !== undefined) base.whereIn('l.state', query.state.split(','));
  const { items, next } = await readTablePage<Row>(base.select('l.*'), sorting, query);
  const ids = items.map(({ id }) => id);
  const offers: { listing_id: string; seller_sku: string }[] = await trx('listing_skus')
    .whereIn('listing_id', ids)
    .orderBy('seller_sku')
    .select('listing_id', 'seller_sku');
  const skus = grouped(offers, ({ listing_id }) => listing_id);
  const products: { id: string; title: string }[] = await trx('products')
    .whereIn('id', [...new Set(items.map((row) => String(row.product_id)))])
    .select('id', 'title');
  const titles = new Map(products.map(({ id, title }) => [id, title]));
  const brands = new Map((await brandRefs(trx, items)).map((ref) => [ref.id, ref]));
  await riseToStaff(trx);
  const standings = await standingsOf(trx, 'listing', items, user);
  const labels = await readLabels(trx, { connections: items.map((row) => String(row.connection_id)) });
  const rows = items.map((row): TableRow => {
    const standing = standings.get(row.id) ?? { allowed: [], edited: { to: null, why: null }, locked: {} };
    const cells = {
      title: row.title,
      state: row.state,
      connection: labels.connection(String(row.connection_id)),
      brand: brands.get(String(row.brand_id)) ?? null,
      remote: row.remote,
      categoryId: row.category_id,
      descriptionHtml: row.description_html,
      attributes: row.attributes,
      skus: (skus.get(row.id) ?? []).map(({ seller_sku }) => seller_sku).join(', '),
      product: { id: row.product_id, code: '', name: titles.get(String(row.product_id)) ?? '' },
      contentChanged: row.content_hash !== row.submitted_hash,
      findings: row.findings,
      rejectionReasons: reasonsOf(row.rejection_reasons),
      reviewDueAt: iso(row.review_due_at as Date | null),
      lastEditedAt: iso(row.last_edited_at as Date | null),
      createdAt: iso(row.created_at as Date),
    };
    const { id, version, state } = row;
    return { id, entity: id, kind: 'listing', parent: null, version, state, cells, ...standing };
  });
  return { rows, next, states: counts };
}

/** Listings: a product's content on one marketplace. */
export const listingTable: TableAdapter = {
  table: 'listings',
  columns: () => listingFields.map(({ column }) => column),
  read,
  save: (trx, rows, editor) => saveMachineRows(trx, listingSaving, rows, editor),
};
