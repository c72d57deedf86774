import { noRules } from '../cleaning/rules.ts';
import { type ListingSources, listingSources, type StoredTranslation } from '../listings/sources.ts';
import type { MappingKind } from '../mapping/keys.ts';
import type { TargetAttribute } from '../mapping/resolve.ts';
import type { Tx } from './database.ts';
import { grouped } from './queries/paging.ts';
import { plain } from './refining-kept.ts';
import { listingRulesFor } from './refining-rules.ts';
import type { Row } from './steps.ts';
import { settingsOf } from './translation-settings.ts';

interface ProductRow {
  id: string;
  brand_id: string;
  title: string;
  description_html: string;
  category: string | null;
  attributes: Record<string, string | string[]>;
}
interface ConnectionRow {
  id: string;
  name: string;
  listing_defaults: { categoryId?: string; language?: string };
}
interface MappingRow {
  connection_id: string;
  brand_id: string | null;
  kind: MappingKind;
  source_key: string;
  target_id: string | null;
}

const listOf = (value: string | string[]): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);
const idsOf = (rows: readonly Row[], column: string): string[] => [...new Set(rows.map((row) => String(row[column])))];

async function groundOf(trx: Tx, listings: readonly Row[]) {
  const productIds = idsOf(listings, 'product_id');
  const connectionIds = idsOf(listings, 'connection_id');
  const products: ProductRow[] = await trx('products')
    .whereIn('id', productIds)
    .select('id', 'brand_id', 'title', 'description_html', 'category', 'attributes');
  const connections: ConnectionRow[] = await trx('connections')
    .whereIn('id', connectionIds)
    .select('id', 'name', 'listing_defaults');
  const mappings: MappingRow[] = await trx('mappings')
    .whereIn('connection_id', connectionIds)
    .whereNull('replaced_at')
    .select('connection_id', 'brand_id', 'kind', 'source_key', 'target_id');
  const targets: (Omit<TargetAttribute, 'forVariants'> & {
    connection_id: string;
    category_id: string;
    for_variants: boolean | null;
  })[] = await trx('marketplace_attributes')
    .whereIn('connection_id', connectionIds)
    .select('connection_id', 'category_id', 'attribute_id as id', 'name', 'for_variants', 'required', 'choices');
  const translations: {
    product_id: string;
    language: string;
    field: StoredTranslation['field'];
    sourceHash: string;
    text: string;
    status: StoredTranslation['status'];
  }[] = await trx('translations')
    .whereIn('product_id', productIds)
    .select('product_id', 'language', 'field', 'source_hash as sourceHash', 'target_text as text', 'status');
  const skus: { listing_id: string; sellerSku: string; options: { name: string; value: string }[] }[] = await trx(
    'listing_skus',
  )
    .join('skus', 'skus.id', 'listing_skus.sku_id')
    .whereIn(
      'listing_id',
      listings.map(({ id }) => id),
    )
    .whereNull('skus.gone_at')
    .orderBy('seller_sku')
    .select('listing_id', 'seller_sku as sellerSku', 'option_values as options');
  return {
    products: new Map(products.map((row) => [row.id, row])),
    connections: new Map(connections.map((row) => [row.id, row])),
    mappings: grouped(mappings, ({ connection_id }) => connection_id),
    targets: grouped(
      targets.map(({ for_variants: forVariants, ...row }) => ({ ...row, forVariants })),
      (row) => `${row.connection_id} ${row.category_id}`,
    ),
    translations: grouped(translations, (row) => `${row.product_id} ${row.language}`),
    skus: grouped(skus, ({ listing_id }) => listing_id),
    rules: await listingRulesFor(trx, connectionIds),
    settings: await settingsOf(trx, [...new Set(products.map(({ brand_id }) => brand_id))]),
  };
}

/** What each listing is composed of now, by its id: a fixed number of queries, however many there are. */
export async function sourcesOf(trx: Tx, listings: readonly Row[]): Promise<Map<string, ListingSources>> {
  if (listings.length === 0) return new Map();
  const ground = await groundOf(trx, listings);
  return new Map(
    listings.flatMap((listing): [string, ListingSources][] => {
      const product = ground.products.get(String(listing.product_id));
      const connection = ground.connections.get(String(listing.connection_id));
      if (!product || !connection) return [];
      const { categoryId, language } = connection.listing_defaults;
      const settings = ground.settings(product.brand_id);
      const sources = listingSources({
        title: product.title,
        descriptionHtml: product.description_html,
        language: language ?? null,
        sourceLanguage: settings.sourceLanguage,
        unapproved: settings.unapproved,
        translations: ground.translations.get(`${product.id} ${language ?? ''}`) ?? [],
        rules: ground.rules.get(connection.id) ?? noRules,
        mapping: {
          marketplace: connection.name,
          category: product.category,
          attributes: Object.entries(product.attributes).map(([name, value]) => ({ name, values: listOf(value) })),
          skus: ground.skus.get(listing.id) ?? [],
          mappings: (ground.mappings.get(connection.id) ?? [])
            .filter(({ brand_id }) => brand_id === null || brand_id === product.brand_id)
            .map((row) => ({
              kind: row.kind,
              sourceKey: row.source_key,
              targetId: row.target_id,
              ofBrand: row.brand_id !== null,
            })),
          targetsOf: (category) => ground.targets.get(`${connection.id} ${category}`) ?? [],
          defaultCategoryId: categoryId ?? null,
          chosenCategoryId: chosenCategory(listing, categoryId ?? null),
        },
      });
      const own = setByHand(listing, sources);
      return [[listing.id, { ...sources, findings: sources.findings.filter(({ field }) => !own.includes(field)) }]];
    }),
  );
}

const columnsOf = {
  title: 'title',
  descriptionHtml: 'description_html',
  categoryId: 'category_id',
  attributes: 'attributes',
} as const;
type Field = keyof typeof columnsOf;
const fields = Object.keys(columnsOf) as Field[];
const findingFields: Partial<Record<Field, string>> = { descriptionHtml: 'description' };

/** A field that has the value that was composed last, or the product's own, was set by no person. */
function follows(listing: Row, field: Field, untouched: unknown): boolean {
  const composed = (listing.composed ?? {}) as Partial<Record<Field, unknown>>;
  const present = listing[columnsOf[field]] ?? null;
  if (present === null || plain(present) === plain(untouched)) return true;
  return field in composed && plain(present) === plain(composed[field]);
}

function chosenCategory(listing: Row, defaultCategoryId: string | null): string | null {
  return follows(listing, 'categoryId', defaultCategoryId) ? null : String(listing.category_id);
}

/** Fields of a listing that a person set, as findings name them. */
const setByHand = (listing: Row, { untouched }: ListingSources): string[] =>
  fields.filter((field) => !follows(listing, field, untouched[field])).map((field) => findingFields[field] ?? field);

/** What changes at a listing because its sources did. Fields that a person set stay. */
export function followedChanges(listing: Row, sources: ListingSources | undefined): Record<string, unknown> {
  if (!sources) return {};
  const changes = fields.flatMap((field): [string, unknown][] => {
    const column = columnsOf[field];
    const next = sources.fields[field];
    const stays = !follows(listing, field, sources.untouched[field]) || plain(listing[column]) === plain(next);
    return stays ? [] : [[column, next]];
  });
  return {
    ...Object.fromEntries(changes),
    ...(plain(listing.composed) === plain(sources.fields) ? {} : { composed: sources.fields }),
    ...(plain(listing.composed_explained) === plain(sources.explained)
      ? {}
      : { composed_explained: sources.explained }),
  };
}

/** What of it a history should tell: the columns that people see. */
export const shownChanges = (changes: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(changes).filter(([column]) => Object.values<string>(columnsOf).includes(column)));

/** A listing that was made before compositions were noted began with its product's texts of that time. */
export function withBeginning(listing: Row, product: { title: string; descriptionHtml: string } | undefined): Row {
  const { title, descriptionHtml } = product ?? {};
  return { ...listing, composed: { ...(product ? { title, descriptionHtml } : {}), ...(listing.composed as object) } };
}

/** Writes down what listings lack, in place of what was written before. */
export async function saveUnmapped(
  trx: Tx,
  listings: readonly Row[],
  sources: ReadonlyMap<string, ListingSources>,
): Promise<void> {
  if (listings.length === 0) return;
  const rows = listings.flatMap((listing) =>
    (sources.get(listing.id)?.unmapped ?? []).map(({ kind, sourceKey, sourceLabel, required }) => ({
      listing_id: listing.id,
      brand_id: listing.brand_id,
      connection_id: listing.connection_id,
      kind,
      source_key: sourceKey,
      source_label: sourceLabel.slice(0, 300),
      required,
    })),
  );
  await trx('listing_unmapped')
    .whereIn(
      'listing_id',
      listings.map(({ id }) => id),
    )
    .delete();
  if (rows.length > 0) await trx.batchInsert('listing_unmapped', rows, 500);
}

/** Listings that wait to be composed again, by id. */
export async function staleListings(trx: Tx, limit: number): Promise<string[]> {
  return trx('listings').whereNotNull('stale_since').orderBy('id').limit(limit).pluck('id');
}
