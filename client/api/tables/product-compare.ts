import type { Row } from '../../../db/steps.ts';
import type { EditRow, FieldOutcome } from '../schemas/tables.ts';
import {
  changesOf,
  columnChange,
  compareField,
  entryChange,
  type OncePerCell,
  type Present,
  presentOf,
  type Since,
} from './compare.ts';
import { entryName, entryOf, type Field, type Parsed } from './fields.ts';
import { productColumn, productFacts, productFields, skuColumn, skuFields } from './product-fields.ts';

/** A product under lock, with what happened to it since the oldest version that an editor of this edit saw. */
export interface SeenProduct {
  readonly product: Row;
  readonly skus: readonly Row[];
  readonly history: readonly Since[];
}

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

interface Cell {
  /** Names the cell across the rows of one edit. */
  readonly name: string;
  readonly present: Present;
  readonly parsed: (given: unknown) => Parsed;
  readonly locked: string | null;
  readonly write: (value: unknown) => SavedField;
}

const fieldByKey = new Map<string, Field>(
  [...productFields, ...skuFields, ...productFacts].map((field) => [field.column.key, field]),
);
const attribute = entryOf('Attributes', { lists: true });

/** Under which name a product's history keeps a change of one of its SKUs. */
export const skuNote = (skuId: string, column: string): string => `skus/${skuId}/${column}`;

/** Compares one row of an edit, cell by cell, with what is there now. */
export function comparedRow(
  row: EditRow,
  seen: SeenProduct,
  once: OncePerCell,
): { fields: FieldOutcome[]; saved: SavedField[] } {
  const saved: SavedField[] = [];
  const fields = changesOf(row).map(([key, given, keep]) => {
    const cell = cellOf(row, key, seen);
    if (typeof cell === 'string') return refusedField(key, given, cell);
    const { present, locked } = cell;
    const compared = compareField({ key, given, parsed: cell.parsed(given), present, keep, locked });
    const field = once.take(cell.name, compared);
    if (field.outcome === 'saved') saved.push(cell.write(field.yours));
    return field;
  });
  return { fields, saved };
}

export function refusedField(key: string, given: unknown, why: string): FieldOutcome {
  return { key, outcome: 'refused', base: null, yours: given ?? null, theirs: null, by: null, at: null, why };
}

/** Finds the cell that a key means in this row, or says why there is none. */
function cellOf({ id, version }: EditRow, key: string, { product, skus, history }: SeenProduct): Cell | string {
  const name = entryName('attributes', key);
  if (name !== null) {
    const now = (product.attributes as Record<string, unknown>)[name];
    return {
      name: `${product.id} ${key}`,
      present: presentOf(history, version, now, entryChange('attributes', name)),
      parsed: (given) => (given === null || given === '' ? { ok: true, value: null } : attribute(given)),
      locked: null,
      write: (value) => ({ kind: 'attribute', name, value }),
    };
  }
  const field = fieldByKey.get(key);
  if (!field) return `Products have no column ${key}.`;
  const column = productColumn[key];
  if (column !== undefined) {
    return {
      name: `${product.id} ${key}`,
      present: presentOf(history, version, product[column], columnChange(column)),
      parsed: field.parse,
      locked: null,
      write: (value) => ({ kind: 'column', column, value }),
    };
  }
  const ofSku = skuColumn[key];
  if (ofSku === undefined) {
    const refusal = field.parse('');
    return refusal.ok ? `${field.column.title} cannot be edited here.` : refusal.why;
  }
  return skuCell(id, version, { key, column: ofSku, field, skus, history });
}

function skuCell(
  rowId: string,
  version: number,
  input: { key: string; column: string; field: Field; skus: readonly Row[]; history: readonly Since[] },
): Cell | string {
  const { key, column, field, skus, history } = input;
  const skuId = rowId.slice(37).toLowerCase();
  if (skuId === '') return `${field.column.title} belongs to a SKU: edit it in the SKU's row.`;
  const sku = skus.find(({ id }) => id === skuId);
  if (!sku) return `This product has no SKU ${skuId}.`;
  const noted = skuNote(sku.id, column);
  return {
    name: `${sku.id} ${key}`,
    present: presentOf(history, version, sku[column], columnChange(noted)),
    parsed: field.parse,
    locked: sku.gone_at === null ? null : 'The shop no longer has this SKU.',
    write: (value) => ({ kind: 'sku', sku, column, value, before: sku[column] ?? null, noted }),
  };
}
