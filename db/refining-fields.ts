import { placesOf, variantFields } from '../cleaning/fields.ts';
import { fieldColumns } from '../cleaning/owned-fields.ts';
import type { Explanation, RawProduct } from '../cleaning/refine.ts';
import type { Tx } from './database.ts';
import { type OriginRow, revived } from './refining-origins.ts';
import type { Command, Row } from './steps.ts';

/** Why a field has its value: what the source said, what each rule made of it, and who set it by hand. */
export interface FieldStory {
  /** As explanations name it: `title`, `variants.TEE-XL.weightGrams`. */
  readonly field: string;
  readonly value: unknown;
  /** Who decides about it: a person for ever, else the last rule, else the source as it is. */
  readonly owner: 'person' | 'rule' | 'source';
  readonly raw: unknown;
  readonly steps: readonly Explanation[];
  readonly setBy: string | null;
  readonly setAt: string | null;
}

export interface ProductStory {
  readonly source: {
    readonly kind: string;
    readonly rules: string;
    readonly refinedAt: Date;
    readonly stale: boolean;
  } | null;
  readonly fields: readonly FieldStory[];
}

type Owner = { by?: string; at?: string };
const columnOf = new Map(Object.entries(fieldColumns).map(([column, field]) => [field, column]));
const productFields = ['title', 'description', 'category', 'attributes', 'images', 'published'] as const;

/** The story of every field of a product and its SKUs. */
export async function productStory(trx: Tx, product: Row): Promise<ProductStory> {
  const origin: OriginRow | undefined = await trx('product_origins').where({ product_id: product.id }).first();
  const skus: Row[] = await trx('skus').where({ product_id: product.id, gone_at: null }).orderBy('sku');
  const raw = origin ? revived(origin.source) : null;
  const explained = origin?.explained ?? {};
  const stepsOf = (field: string): Explanation[] =>
    Object.entries(explained).flatMap(([name, steps]) => (name === field || name.startsWith(`${field}.`) ? steps : []));
  const storyOf = (row: Row, field: string, name: string, source: unknown): FieldStory => {
    const column = columnOf.get(field) ?? field;
    const owner = (row.field_owners as Record<string, Owner>)[column];
    const steps = stepsOf(name);
    return {
      field: name,
      value: row[column] ?? null,
      owner: owner ? 'person' : steps.length > 0 ? 'rule' : 'source',
      raw: source,
      steps,
      setBy: owner?.by ?? null,
      setAt: owner?.at ?? null,
    };
  };
  const ofVariant = (sku: Row, field: (typeof variantFields)[number] | 'options') => {
    const variant = raw?.variants.find((one) => one.sku === sku.sku);
    return storyOf(sku, field, `variants.${sku.sku}.${field}`, variant?.[field] ?? null);
  };
  return {
    source: origin
      ? {
          kind: origin.source_kind,
          rules: origin.rules,
          refinedAt: origin.refined_at,
          stale: origin.stale_since !== null,
        }
      : null,
    fields: [
      ...productFields.map((field) => storyOf(product, field, field, rawOf(raw, field))),
      ...skus.flatMap((sku) => [ofVariant(sku, 'options'), ...variantFields.map((field) => ofVariant(sku, field))]),
    ],
  };
}

function rawOf(raw: RawProduct | null, field: (typeof productFields)[number]): unknown {
  if (!raw) return null;
  if (field === 'attributes') return Object.fromEntries(raw.attributes.map(({ name, values }) => [name, values]));
  if (field === 'images' || field === 'published') return raw[field];
  return placesOf(raw, field)[0]?.value ?? null;
}

/**
 * Gives a field back to its source: the person who set it is no longer its owner, and the product is refined again. False:
 * nobody had set it, or there is no such field.
 */
export async function releaseField(trx: Tx, product: Row, field: string, { at }: Command): Promise<boolean> {
  const own = columnOf.get(field);
  if (own) return release(trx, 'products', product, own, product.id, at);
  const last = field.lastIndexOf('.');
  const column = columnOf.get(field.slice(last + 1));
  const sku: Row | undefined = await trx('skus')
    .where({ product_id: product.id, sku: field.slice('variants.'.length, last) })
    .first();
  return sku && column && field.startsWith('variants.') ? release(trx, 'skus', sku, column, product.id, at) : false;
}

async function release(
  trx: Tx,
  table: 'products' | 'skus',
  row: Row,
  column: string,
  productId: string,
  at: Date,
): Promise<boolean> {
  const { [column]: owner, ...others } = row.field_owners as Record<string, Owner>;
  if (!owner) return false;
  await trx(table)
    .where({ id: row.id })
    .update({ field_owners: JSON.stringify(others) });
  await trx('product_origins').where({ product_id: productId }).update({ stale_since: at });
  return true;
}
