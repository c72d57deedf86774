import type { Tx } from '../../../db/database.ts';
import { type ListingMoved, lockListingsOf, productsChanged } from '../../../db/products-changed.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { grouped } from '../../../db/queries/paging.ts';
import type { Row } from '../../../db/steps.ts';
import { type RowChanges, updateMany } from '../../../db/update-many.ts';
import type { EditRow, RowOutcome } from '../schemas/tables.ts';
import type { TableEditor } from './adapter.ts';
import type { Done, MachineTable, Seen, Work } from './machine-save.ts';
import { productCell, type SavedField } from './product-cells.ts';

const ownerOf = ({ user, command }: TableEditor) => ({ by: user.email, at: command.at.toISOString() });

/**
 * Saving of products and their SKUs. The order of locks is the same everywhere: products, then their listings, then their
 * SKUs, each by id.
 */
export const productSaving: MachineTable<SavedField> = {
  machine: 'product',
  noun: 'product',

  async cellsOf(trx, seen) {
    const ids = seen.map(({ row }) => row.id);
    await lockListingsOf(trx, ids);
    const rows: Row[] = await trx('skus').whereIn('product_id', ids).orderBy('id').forNoKeyUpdate();
    const skus = grouped(rows, (row) => String(row.product_id));
    return (row: EditRow, key: string, thing: Seen) => productCell(row, key, thing, skus.get(thing.row.id) ?? []);
  },

  async changes(_trx, { row, writes }: Work<SavedField>, editor) {
    const columns: Record<string, unknown> = {};
    const noted: Record<string, [unknown, unknown]> = {};
    for (const field of writes) {
      if (field.kind === 'column') columns[field.column] = field.value;
      else if (field.kind === 'sku') noted[field.noted] = [field.before, field.value];
      else columns.attributes = withEntry(columns.attributes ?? row.attributes, field.name, field.value);
    }
    const owner = ownerOf(editor);
    const owners = Object.fromEntries(Object.keys(columns).map((column) => [column, owner]));
    return { changes: { ...columns, field_owners: { ...(row.field_owners as object), ...owners } }, noted };
  },

  async follow(trx, done, editor) {
    await updateMany(trx, 'skus', skuUpdates(done, ownerOf(editor)));
    const before = done.map(({ row }) => ({
      id: row.id,
      title: String(row.title),
      descriptionHtml: String(row.description_html),
    }));
    const listings = await lockListingsOf(
      trx,
      done.map(({ row }) => row.id),
    );
    return labelled(
      trx,
      await productsChanged(trx, { before, listings: [...listings.values()].flat() }, editor.command),
    );
  },
};

/** A map with one entry more, changed or (null) gone. */
export function withEntry(map: unknown, name: string, value: unknown): Record<string, unknown> {
  const { [name]: _before, ...others } = map as Record<string, unknown>;
  return value === null ? others : { ...others, [name]: value };
}

function skuUpdates(done: readonly Done<SavedField>[], owner: object): RowChanges[] {
  const perSku = new Map<string, { columns: Record<string, unknown>; owners: Record<string, unknown> }>();
  for (const field of done.flatMap(({ writes }) => writes)) {
    if (field.kind !== 'sku') continue;
    const { id, field_owners } = field.sku;
    const known = perSku.get(id) ?? { columns: {}, owners: { ...(field_owners as Record<string, unknown>) } };
    known.columns[field.column] = field.value;
    known.owners[field.column] = owner;
    perSku.set(id, known);
  }
  return [...perSku].map(([id, { columns, owners }]) => ({ id, ...columns, field_owners: owners }));
}

/** The listings that moved with a product, named by their marketplace. */
async function labelled(
  trx: Tx,
  moved: readonly ListingMoved[],
): Promise<(productId: string) => RowOutcome['follows']> {
  const labels = await readLabels(trx, { connections: moved.map(({ connectionId }) => connectionId) });
  const perProduct = grouped(moved, ({ productId }) => productId);
  return (productId) =>
    (perProduct.get(productId) ?? []).map(({ id, connectionId, from, to }) => ({
      entity: id,
      kind: 'listing',
      label: labels.connection(connectionId)?.name ?? '',
      from,
      to,
    }));
}
