import { sharedOf } from '../../db/approve-together.ts';
import type { Tx } from '../../db/database.ts';
import { orderConsequences } from '../../db/orders.ts';
import { grouped, openProblems } from '../../db/queries/paging.ts';
import { riseToStaff } from '../../db/queries/rise.ts';
import { lockMany, type ManyStep, stepMany } from '../../db/step-many.ts';
import type { Command, Row, StepResult } from '../../db/steps.ts';
import { approveListing } from './catalogue.ts';
import type { BulkAnswer, BulkBody } from './schemas/common.ts';

type Item = BulkBody['items'][number];
type Result = BulkAnswer['results'][number];
type Approvable = 'product' | 'listing' | 'order';

/**
 * Approves many things in a fixed number of statements. An approval is about the version that the approver saw: a row that
 * has moved on is refused by itself and holds up no other.
 */
export async function approveMany(
  trx: Tx,
  machine: Approvable,
  items: readonly Item[],
  command: Command,
): Promise<Result[]> {
  // The product first, everywhere: whoever changes a listing together with its product has locked the product.
  if (machine === 'listing') await lockProductsOf(trx, items);
  const rows = await lockMany(
    trx,
    machine,
    items.map(({ id }) => id),
  );
  await riseToStaff(trx);
  const ready = new Map<string, Row>();
  for (const { id, version } of items) {
    const row = rows.get(id);
    if (row && (version === undefined || row.version === version)) ready.set(id, row);
  }
  const own = { ...command, commandId: `${command.commandId}/${machine}` };
  const results =
    machine === 'listing'
      ? await approveListings(trx, [...ready.values()], own)
      : await stepAll(trx, machine, [...ready.values()], own);
  const done = [...ready.values()].filter(({ id }) => results.get(id)?.ok);
  const also = machine === 'product' ? await approveListingsOf(trx, done, own) : new Map<string, string>();
  if (machine === 'order') await followApproval(trx, done, own);
  return items.map((item) => resultOf(item, machine, rows.get(item.id), results.get(item.id), also.get(item.id)));
}

type Outcome = Pick<Result, 'ok' | 'state' | 'version' | 'code' | 'why'>;

async function stepAll(
  trx: Tx,
  machine: Approvable,
  rows: readonly Row[],
  command: Command,
): Promise<Map<string, Outcome>> {
  const steps = rows.map((row) => approvalOf(machine, row, command));
  const results = await stepMany(trx, { machine, event: 'APPROVE', steps }, command);
  return new Map(rows.flatMap(({ id }, index) => [[id, outcomeOf(results[index])]]));
}

function outcomeOf(result: StepResult | undefined): Outcome {
  if (!result) throw new Error('a step was not answered');
  if (result.ok) return { ok: true, state: result.state, version: result.version };
  const { code, why, state, version } = result;
  return { ok: false, code, why, ...(state === null || version === null ? {} : { state, version }) };
}

/** Listings together, except those of which a price waits: that is decided with them, one by one. */
async function approveListings(trx: Tx, rows: readonly Row[], command: Command): Promise<Map<string, Outcome>> {
  const priced: string[] = await trx('price_proposals')
    .whereIn(
      'listing_id',
      rows.map(({ id }) => id),
    )
    .where({ state: 'PROPOSED' })
    .pluck('listing_id');
  const results = await stepAll(
    trx,
    'listing',
    rows.filter(({ id }) => !priced.includes(id)),
    command,
  );
  for (const { id, version: expectedVersion } of rows.filter((row) => priced.includes(row.id))) {
    const own = { ...command, commandId: `${command.commandId}/${id}` };
    const { ok, state, version, code, why } = await approveListing(trx, { id, expectedVersion }, own);
    results.set(id, {
      ok,
      ...(state === null || version === null ? {} : { state, version }),
      ...(code === undefined ? {} : { code }),
      ...(why === undefined ? {} : { why }),
    });
  }
  return results;
}

async function lockProductsOf(trx: Tx, items: readonly Item[]): Promise<void> {
  const products: string[] = await trx('listings')
    .whereIn(
      'id',
      items.map(({ id }) => id),
    )
    .pluck('product_id');
  await trx('products')
    .whereIn('id', [...new Set(products)])
    .orderBy('id')
    .forNoKeyUpdate()
    .select('id');
}

/** What an approval writes down: of a listing, that what goes out is the content with this hash. */
function approvalOf(machine: Approvable, row: Row, command: Command): ManyStep {
  const commandId = `${command.commandId}/${row.id}`;
  if (machine === 'listing') {
    return { row, commandId, changes: { approved_hash: row.content_hash, approved_by: command.actor } };
  }
  if (machine === 'order') return { row, commandId, changes: { approved_by: command.actor, approved_at: command.at } };
  return { row, commandId };
}

/** One click approves a product with its listings. Returns for each product why some of them could not go along. */
async function approveListingsOf(trx: Tx, products: readonly Row[], command: Command): Promise<Map<string, string>> {
  const listings = await sharedOf(
    trx,
    products.map(({ id }) => id),
  );
  const results = await approveListings(trx, listings, { ...command, commandId: `${command.commandId}/listing` });
  const refused = listings.flatMap(({ id, product_id }) => {
    const result = results.get(id);
    return result && !result.ok && result.why !== undefined ? [{ product: String(product_id), why: result.why }] : [];
  });
  const perProduct = grouped(refused, ({ product }) => product);
  return new Map([...perProduct].map(([product, all]) => [product, [...new Set(all.map(({ why }) => why))].join(' ')]));
}

/** Approved orders with open problems may have one that ends with the approval. */
async function followApproval(trx: Tx, orders: readonly Row[], command: Command): Promise<void> {
  const open = await openProblems(
    trx,
    orders.map(({ id }) => id),
  );
  const concerned = orders.filter(({ id }) => open.has(id));
  const now = await lockMany(
    trx,
    'order',
    concerned.map(({ id }) => id),
  );
  for (const { id, state: from } of concerned) {
    const row = now.get(id);
    const own = { ...command, commandId: `${command.commandId}/${id}` };
    if (row) await orderConsequences(trx, row, { from, event: 'APPROVE' }, own);
  }
}

function resultOf(
  { id, version }: Item,
  machine: Approvable,
  row: Row | undefined,
  result: Outcome | undefined,
  also: string | undefined,
): Result {
  if (!row) return { id, ok: false, code: 'NotFound', why: `There is no ${machine} ${id}.` };
  if (result) return { id, ...result, ...(also === undefined ? {} : { why: also }) };
  const why = `It was changed meanwhile: you saw version ${version}, it is at ${row.version}.`;
  return { id, ok: false, code: 'VersionConflict', why, state: row.state, version: row.version };
}
