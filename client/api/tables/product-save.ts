import type { Tx } from '../../../db/database.ts';
import { type ListingMoved, lockListingsOf, productsChanged } from '../../../db/products-changed.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { grouped } from '../../../db/queries/paging.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { lockMany, type ManyStep, stepMany } from '../../../db/step-many.ts';
import type { Row, StepResult } from '../../../db/steps.ts';
import { type RowChanges, updateMany } from '../../../db/update-many.ts';
import type { EditRow, FieldOutcome, RowOutcome } from '../schemas/tables.ts';
import type { TableEditor } from './adapter.ts';
import { historySince, OncePerCell } from './compare.ts';
import { entityOf, refusedRow } from './outcomes.ts';
import { comparedRow, type SavedField, type SeenProduct } from './product-compare.ts';
import { finishRow, refuseVersion } from './rows.ts';

/** One product with everything that this edit does to it. */
interface Work {
  readonly product: Row;
  readonly fields: Map<string, FieldOutcome[]>;
  readonly saved: SavedField[];
}

/**
 * Saves edits of products and their SKUs. The order of locks is the same everywhere: products, then their listings, then
 * their SKUs, each by id.
 */
export async function saveProducts(
  trx: Tx,
  rows: readonly EditRow[],
  editor: TableEditor,
): Promise<readonly RowOutcome[]> {
  const products = await lockMany(
    trx,
    'product',
    rows.map(({ id }) => entityOf(id)),
  );
  const ids = [...products.keys()];
  await riseToStaff(trx);
  const listings = await lockListingsOf(trx, ids);
  const skuRows: Row[] = await trx('skus').whereIn('product_id', ids).orderBy('id').forNoKeyUpdate();
  const skus = grouped(skuRows, (row) => String(row.product_id));
  const history = await historySince(
    trx,
    'product',
    rows.map((row) => ({ id: entityOf(row.id), version: row.version })),
  );
  const once = new OncePerCell();
  const work = new Map<string, Work>();
  const refused = new Map<string, RowOutcome>();
  for (const row of rows) {
    const product = products.get(entityOf(row.id));
    if (!product) {
      refused.set(row.id, refusedRow(row, 'NotFound', 'There is no such product.'));
      continue;
    }
    const early = refuseVersion(row, product);
    if (early) {
      refused.set(row.id, early);
      continue;
    }
    const seen: SeenProduct = { product, skus: skus.get(product.id) ?? [], history: history.get(product.id) ?? [] };
    const { fields, saved } = comparedRow(row, seen, once);
    const known: Work = work.get(product.id) ?? { product, fields: new Map(), saved: [] };
    known.fields.set(row.id, fields);
    known.saved.push(...saved);
    work.set(product.id, known);
  }
  const results = await write(trx, [...work.values()], listings, editor);
  const accounts = await labelled(trx, results.moved);
  return rows.map((row) => {
    const early = refused.get(row.id);
    const done = work.get(entityOf(row.id));
    if (early || !done) return early ?? refusedRow(row, 'NotFound', 'There is no such product.');
    const result = results.steps.get(done.product.id) ?? null;
    return finishRow(row, done.product, done.fields.get(row.id) ?? [], result, accounts(done.product.id));
  });
}

interface Written {
  readonly steps: Map<string, StepResult>;
  readonly moved: readonly ListingMoved[];
}

async function write(
  trx: Tx,
  all: readonly Work[],
  listings: Map<string, Row[]>,
  editor: TableEditor,
): Promise<Written> {
  const changed = all.filter(({ saved }) => saved.length > 0);
  if (changed.length === 0) return { steps: new Map(), moved: [] };
  const { command, user } = editor;
  const owner = { by: user.email, at: command.at.toISOString() };
  const steps = changed.map((work) => stepOf(work, owner, editor));
  const results = await stepMany(trx, { machine: 'product', event: 'EDIT', steps }, command);
  const done = changed.filter((_, index) => results[index]?.ok);
  await updateMany(
    trx,
    'skus',
    done.flatMap(({ saved }) => skuUpdates(saved, owner)),
  );
  const before = done.map(({ product }) => ({
    id: product.id,
    title: String(product.title),
    descriptionHtml: String(product.description_html),
  }));
  const following = done
    .flatMap(({ product }) => listings.get(product.id) ?? [])
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const moved = await productsChanged(trx, { before, listings: following }, command);
  return { steps: new Map(changed.map(({ product }, index) => [product.id, results[index] as StepResult])), moved };
}

function stepOf({ product, saved }: Work, owner: object, { command }: TableEditor): ManyStep {
  const columns: Record<string, unknown> = {};
  const owners: Record<string, unknown> = { ...(product.field_owners as object) };
  const noted: Record<string, [unknown, unknown]> = {};
  for (const field of saved) {
    if (field.kind === 'column') columns[field.column] = field.value;
    else if (field.kind === 'attribute') {
      const attributes = { ...((columns.attributes ?? product.attributes) as Record<string, unknown>) };
      if (field.value === null) delete attributes[field.name];
      else attributes[field.name] = field.value;
      columns.attributes = attributes;
    } else noted[field.noted] = [field.before, field.value];
  }
  for (const column of Object.keys(columns)) owners[column] = owner;
  return {
    row: product,
    commandId: `${command.commandId}/product/${product.id}`,
    changes: { ...columns, field_owners: owners, last_edited_at: command.at, last_edited_by: command.actor },
    noted,
  };
}

function skuUpdates(saved: readonly SavedField[], owner: object): RowChanges[] {
  const perSku = new Map<string, { columns: Record<string, unknown>; owners: Record<string, unknown> }>();
  for (const field of saved) {
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
      label: labels.connection(connectionId)?.code ?? '',
      from,
      to,
    }));
}
