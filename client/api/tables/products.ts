import type { Tx } from '../../../db/database.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { brandRefs } from '../../../db/queries/orders.ts';
import { anywhere, grouped, iso } from '../../../db/queries/paging.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import type { Row } from '../../../db/steps.ts';
import type { TableQuery, TableRow } from '../schemas/tables.ts';
import type { ReadPage, TableAdapter, TableReader } from './adapter.ts';
import { type Standing, standingsOf } from './machine-rows.ts';
import { saveMachineRows } from './machine-save.ts';
import { countStates, type PageSorting, readTablePage } from './paging.ts';
import { productFacts, productFields, skuColumn, skuFields } from './product-fields.ts';
import { productSaving } from './product-save.ts';

const sorting: PageSorting = {
  alias: 'p',
  keys: {
    createdAt: { sql: 'p.created_at', type: 'timestamptz' },
    title: { sql: 'p.title', type: 'text' },
    lastEditedAt: { sql: `coalesce(p.last_edited_at, '-infinity')`, type: 'timestamptz' },
  },
  otherwise: '-createdAt',
};

function filtered(trx: Tx, { brand, connection, q, findings, ids }: TableQuery) {
  const query = trx('products as p').whereNull('p.gone_at');
  if (brand !== undefined) query.where('p.brand_id', brand);
  if (ids !== undefined) query.whereIn('p.id', ids.split(','));
  if (findings) query.whereRaw(`p.findings <> '[]'::jsonb`);
  if (connection !== undefined) {
    query.where((any) =>
      any
        .where('p.store_connection_id', connection)
        .orWhereIn('p.id', trx('listings').where({ connection_id: connection }).select('product_id')),
    );
  }
  if (q !== undefined) {
    const pattern = anywhere(q);
    query.where((any) =>
      any.whereILike('p.title', pattern).orWhereIn('p.id', trx('skus').whereILike('sku', pattern).select('product_id')),
    );
  }
  return query;
}

interface Parts {
  readonly skus: Map<string, Row[]>;
  readonly listings: Map<string, Row[]>;
  readonly standings: Map<string, Standing>;
  readonly brand: (id: unknown) => unknown;
  readonly account: (id: unknown) => string;
}

/** Everything that the rows of one page show besides their own columns: a fixed number of queries. */
async function readParts(trx: Tx, items: readonly Row[], { user }: TableReader): Promise<Parts> {
  const ids = items.map(({ id }) => id);
  const skus: Row[] = await trx('skus').whereIn('product_id', ids).whereNull('gone_at').orderBy('sku');
  const listings: Row[] = await trx('listings')
    .whereIn('product_id', ids)
    .orderBy('created_at')
    .select('id', 'product_id', 'connection_id', 'state', 'remote');
  const brands = new Map((await brandRefs(trx, items)).map((ref) => [ref.id, ref]));
  const standings = await standingsOf(trx, 'product', items, user);
  await riseToStaff(trx);
  const labels = await readLabels(trx, { connections: listings.map((row) => String(row.connection_id)) });
  return {
    skus: grouped(skus, (row) => String(row.product_id)),
    listings: grouped(listings, (row) => String(row.product_id)),
    standings,
    brand: (id) => brands.get(String(id)) ?? null,
    account: (id) => labels.connection(String(id))?.code ?? '',
  };
}

function skuCells(sku: Row): Record<string, unknown> {
  const options = sku.option_values as { name?: string; value: string }[];
  return {
    sku: sku.sku,
    options: options.map(({ value }) => value).join(' / '),
    ...Object.fromEntries(Object.entries(skuColumn).map(([key, column]) => [key, sku[column]])),
  };
}

function productCells(row: Row, parts: Parts): Record<string, unknown> {
  const listings = parts.listings.get(row.id) ?? [];
  return {
    title: row.title,
    state: row.state,
    brand: parts.brand(row.brand_id),
    category: row.category,
    descriptionHtml: row.description_html,
    attributes: row.attributes,
    listings: listings.map((listing) => `${parts.account(listing.connection_id)}: ${listing.state}`).join(', '),
    findings: row.findings,
    lastEditedAt: iso(row.last_edited_at as Date | null),
    createdAt: iso(row.created_at as Date),
  };
}

/** A product with one SKU is one row; else a row for the product and one for each SKU. */
function rowsOf(row: Row, parts: Parts): TableRow[] {
  const skus = parts.skus.get(row.id) ?? [];
  const standing = parts.standings.get(row.id) ?? { allowed: [], edited: { to: null, why: null }, locked: {} };
  const common = { entity: row.id, version: row.version, state: row.state };
  const cells = productCells(row, parts);
  const [only] = skus;
  if (only && skus.length === 1) {
    const id = `${row.id}/${only.id}`;
    return [{ id, kind: 'product', parent: null, ...common, ...standing, cells: { ...cells, ...skuCells(only) } }];
  }
  const { locked, edited } = standing;
  return [
    { id: row.id, kind: 'product', parent: null, ...common, ...standing, cells },
    ...skus.map((sku) => ({
      id: `${row.id}/${sku.id}`,
      kind: 'sku',
      parent: row.id,
      ...common,
      cells: skuCells(sku),
      locked,
      edited,
      allowed: [],
    })),
  ];
}

async function read(trx: Tx, query: TableQuery, reader: TableReader): Promise<ReadPage> {
  const base = filtered(trx, query);
  const counts = query.cursor === undefined ? await countStates(base, 'p') : null;
  if (query.state !== undefined) base.whereIn('p.state', query.state.split(','));
  const { items, next } = await readTablePage<Row>(base.select('p.*'), sorting, query);
  const parts = await readParts(trx, items, reader);
  return { rows: items.flatMap((row) => rowsOf(row, parts)), next, states: counts };
}

/** Products with their SKUs. Price and stock have tables of their own. */
export const productTable: TableAdapter = {
  table: 'products',
  columns: () => [...productFields, ...skuFields, ...productFacts].map(({ column }) => column),
  read,
  save: (trx, rows, editor) => saveMachineRows(trx, productSaving, rows, editor),
};
