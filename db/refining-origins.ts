import { type RawProduct, type Refined, refine } from '../cleaning/refine.ts';
import type { RuleBook } from '../cleaning/rules.ts';
import { wellFormed } from '../cleaning/text.ts';
import type { StoreProduct, StoreVariant } from '../connectors/contract/store.ts';
import type { Tx } from './database.ts';
import { bookName } from './refining-rules.ts';

export type SourceKind = 'shop' | 'file' | 'person';

export interface Origin {
  readonly productId: string;
  readonly brandId: string;
  readonly kind: SourceKind;
  /** As the source gave it, before any rule. */
  readonly raw: RawProduct;
  readonly refined: Refined;
  readonly rules: RuleBook;
  readonly at: Date;
}

/** The row that remembers where a product's fields come from; for whoever writes many at once. */
export function originRow({ productId, brandId, kind, raw, refined, rules, at }: Origin) {
  // The record as it came is kept in `source_records`, levels are the stock ledger's.
  const { raw: _raw, variants, ...product } = raw;
  const source = { ...product, variants: variants.map(({ stock: _stock, ...variant }) => variant) };
  return {
    product_id: productId,
    brand_id: brandId,
    source_kind: kind,
    source: storable(source),
    explained: storable(refined.explained),
    findings: storable(refined.findings),
    rules: bookName(rules),
    refined_at: at,
    stale_since: null,
  };
}

/** JSON that PostgreSQL takes: NUL characters and halves of surrogate pairs become U+FFFD. */
export const storable = (value: unknown): string =>
  JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][\da-f]{2})/gi, '$1\\ufffd');

export async function saveOrigin(trx: Tx, origin: Origin): Promise<void> {
  await trx('product_origins').insert(originRow(origin)).onConflict('product_id').merge();
}

type Stored = Omit<RawProduct, 'raw' | 'variants' | 'modifiedAt'> & {
  modifiedAt: string;
  variants: (Omit<StoreVariant, 'stock' | 'saleFrom' | 'saleTo'> & {
    saleFrom: string | null;
    saleTo: string | null;
  })[];
};

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** A remembered source as it was read; without its raw record, and with stock that is not counted. */
export function revived(stored: unknown): RawProduct {
  const { variants, modifiedAt, ...product } = stored as Stored;
  return {
    ...product,
    modifiedAt: new Date(modifiedAt),
    raw: null,
    variants: variants.map((variant) => ({
      ...variant,
      saleFrom: dateOf(variant.saleFrom),
      saleTo: dateOf(variant.saleTo),
      stock: { managed: false, quantity: null, inStock: true },
    })),
  };
}

export interface OriginRow {
  readonly product_id: string;
  readonly brand_id: string;
  readonly source_kind: SourceKind;
  readonly source: unknown;
  readonly explained: Refined['explained'];
  readonly findings: Refined['findings'];
  readonly rules: string;
  readonly refined_at: Date;
  readonly stale_since: Date | null;
}

/** Refines a remembered source with other rules. */
export function refinedAgain(row: Pick<OriginRow, 'source'>, rules: RuleBook): { raw: RawProduct; refined: Refined } {
  const raw = revived(row.source);
  return { raw, refined: refine(raw, rules) };
}

const bearable = (value: unknown): unknown => JSON.parse(storable(value));

/** The columns of a product that come from its source. */
export function productColumns(product: StoreProduct): Record<string, unknown> {
  return {
    title: wellFormed(product.title),
    description_html: wellFormed(product.descriptionHtml),
    category: product.categories[0] ? wellFormed(product.categories[0].name) : null,
    attributes: bearable(Object.fromEntries(product.attributes.map(({ name, values }) => [name, values]))),
    images: bearable(product.images),
    published: product.published,
  };
}

/** The columns of a SKU that rules may change and people may set. */
export function skuColumns(variant: StoreVariant): Record<string, unknown> {
  return {
    option_values: bearable(variant.options),
    weight_grams: variant.weightGrams,
    length_mm: variant.lengthMm,
    width_mm: variant.widthMm,
    height_mm: variant.heightMm,
    barcode: variant.barcode,
    hs_code: variant.hsCode,
    origin_country_code: variant.originCountryCode,
  };
}
