import { refreshListings } from '../../../db/listing-content.ts';
import { columnChange, entryChange, presentOf } from './compare.ts';
import { entryName, entryOf } from './fields.ts';
import { listingColumn, listingFields } from './listing-fields.ts';
import type { Cell, MachineTable, Seen } from './machine-save.ts';
import { notEditable } from './product-cells.ts';
import { withEntry } from './product-save.ts';

type SavedField =
  | { readonly kind: 'column'; readonly column: string; readonly value: unknown }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: unknown };

const fieldByKey = new Map(listingFields.map((field) => [field.column.key, field]));
const attribute = entryOf('Attributes', { lists: false });

function cellOf(version: number, key: string, { row, history }: Seen): Cell<SavedField> | string {
  const name = `${row.id} ${key}`;
  const entry = entryName('attributes', key);
  if (entry !== null) {
    const now = (row.attributes as Record<string, unknown>)[entry];
    return {
      name,
      present: presentOf(history, version, now, entryChange('attributes', entry)),
      parse: attribute,
      locked: null,
      write: (value) => ({ kind: 'attribute', name: entry, value }),
    };
  }
  const field = fieldByKey.get(key);
  if (!field) return `Listings have no column ${key}.`;
  const column = listingColumn[key];
  if (column === undefined) return notEditable(field);
  return {
    name,
    present: presentOf(history, version, row[column], columnChange(column)),
    parse: field.parse,
    locked: null,
    write: (value) => ({ kind: 'column', column, value }),
  };
}

/** Saving of a listing's own content; price and stock have tables of their own, a SKU's weight is the product's. */
export const listingSaving: MachineTable<SavedField> = {
  machine: 'listing',
  noun: 'listing',

  // The product first, everywhere: two edits that touch both never wait for each other in a circle.
  async lockBefore(trx, ids) {
    const products: string[] = await trx('listings')
      .whereIn('id', [...ids])
      .pluck('product_id');
    await trx('products')
      .whereIn('id', [...new Set(products)])
      .orderBy('id')
      .forNoKeyUpdate()
      .select('id');
  },

  cellsOf:
    async () =>
    ({ version }, key, seen) =>
      cellOf(version, key, seen),

  async changes(_trx, { row, writes }) {
    const columns: Record<string, unknown> = {};
    for (const field of writes) {
      if (field.kind === 'column') columns[field.column] = field.value;
      else columns.attributes = withEntry(columns.attributes ?? row.attributes, field.name, field.value);
    }
    return { changes: columns };
  },

  async follow(trx, done) {
    await refreshListings(
      trx,
      done.map(({ row }) => row.id),
    );
    return () => [];
  },
};
