import { skuNote } from '../../../db/sku-notes.ts';
import type { Row } from '../../../db/steps.ts';
import type { EditRow } from '../schemas/tables.ts';
import { columnChange, entryChange, presentOf } from './compare.ts';
import { entryName, entryOf, type Field } from './fields.ts';
import type { Cell, Seen } from './machine-save.ts';
import { productColumn, productFacts, productFields, skuColumn, skuFields } from './product-fields.ts';

/** One cell to write, and where to. */
export type SavedField =
  | { readonly kind: 'column'; readonly column: string; readonly value: unknown }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: unknown }
  | {
      readonly kind: 'sku';
      readonly sku: Row;
      readonly column: string;
      readonly value: unknown;
      readonly before: unknown;
      /** Under which name the product's history keeps the change. */
      readonly noted: string;
    };

const fieldByKey = new Map<string, Field>(
  [...productFields, ...skuFields, ...productFacts].map((field) => [field.column.key, field]),
);
const attribute = entryOf('Attributes', { lists: true });

/** Finds the cell that a key means in a row, or says why there is none. */
export function productCell(
  row: EditRow,
  key: string,
  { row: product, history }: Seen,
  skus: readonly Row[],
): Cell<SavedField> | string {
  const { version } = row;
  const name = `${product.id} ${key}`;
  const entry = entryName('attributes', key);
  if (entry !== null) {
    const now = (product.attributes as Record<string, unknown>)[entry];
    return {
      name,
      present: presentOf(history, version, now, entryChange('attributes', entry)),
      parse: attribute,
      locked: null,
      write: (value) => ({ kind: 'attribute', name: entry, value }),
    };
  }
  const field = fieldByKey.get(key);
  if (!field) return `Products have no column ${key}.`;
  const column = productColumn[key];
  if (column !== undefined) {
    return {
      name,
      present: presentOf(history, version, product[column], columnChange(column)),
      parse: field.parse,
      locked: null,
      write: (value) => ({ kind: 'column', column, value }),
    };
  }
  const ofSku = skuColumn[key];
  if (ofSku === undefined) return notEditable(field);
  const sku = skuOfRow(row, field, skus);
  if (typeof sku === 'string') return sku;
  const noted = skuNote(sku.id, ofSku);
  return {
    name: `${sku.id} ${key}`,
    present: presentOf(history, version, sku[ofSku], skuChange(sku, ofSku)),
    parse: field.parse,
    locked: sku.gone_at === null ? null : 'The shop no longer has this SKU.',
    write: (value) => ({ kind: 'sku', sku, column: ofSku, value, before: sku[ofSku] ?? null, noted }),
  };
}

/** How one field of a SKU changed: named by its id, or by an import from a file as `<sku>.<column>`. */
export const skuChange =
  ({ id, sku }: Row, column: string): ReturnType<typeof columnChange> =>
  (changed) =>
    changed[skuNote(id, column)] ?? changed[`${sku}.${column}`];

/** Why a column that people only read cannot be edited. */
export function notEditable(field: Field): string {
  const refusal = field.parse('x');
  return refusal.ok ? `${field.column.title} cannot be edited here.` : refusal.why;
}

function skuOfRow({ id }: EditRow, { column }: Field, skus: readonly Row[]): Row | string {
  const skuId = id.slice(37).toLowerCase();
  if (skuId === '') return `${column.title} belongs to a SKU: edit it in the SKU's row.`;
  return skus.find((sku) => sku.id === skuId) ?? `This product has no SKU ${skuId}.`;
}
