import { sharedOf } from '../../db/approve-together.ts';
import type { Tx } from '../../db/database.ts';
import { orderConsequences } from '../../db/orders.ts';
import { openProblems } from '../../db/queries/paging.ts';
import { riseToStaff } from '../../db/queries/rise.ts';
import { lockMany, type ManyStep, stepMany } from '../../db/step-many.ts';
import type { Command, Row, StepResult } from '../../db/steps.ts';
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
  const taken = new Set<string>();
  const ready: ManyStep[] = [];
  for (const { id, version } of items) {
    const row = rows.get(id);
    if (!row || taken.has(id) || (version !== undefined && row.version !== version)) continue;
    taken.add(id);
    ready.push(approvalOf(machine, row, command, `${command.commandId}/${id}`));
  }
  const steps = await stepMany(trx, { machine, event: 'APPROVE', steps: ready }, command);
  const results = new Map(ready.map(({ row }, index) => [row.id, steps[index] as StepResult]));
  const done = ready.filter(({ row }) => results.get(row.id)?.ok).map(({ row }) => row);
  const also = machine === 'product' ? await approveListingsOf(trx, done, command) : new Map<string, string>();
  if (machine === 'order') await followApproval(trx, done, command);
  return items.map((item) => resultOf(item, machine, rows.get(item.id), results.get(item.id), also.get(item.id)));
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
function approvalOf(machine: Approvable, row: Row, command: Command, commandId: string): ManyStep {
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
  const steps = listings.map((row) =>
    approvalOf('listing', row, command, `${command.commandId}/${row.product_id}/listing/${row.id}`),
  );
  const results = await stepMany(trx, { machine: 'listing', event: 'APPROVE', steps }, command);
  const why = new Map<string, Set<string>>();
  for (const [index, row] of listings.entries()) {
    const result = results[index];
    if (!result || result.ok) continue;
    const product = String(row.product_id);
    why.set(product, (why.get(product) ?? new Set()).add(result.why));
  }
  return new Map([...why].map(([product, sentences]) => [product, [...sentences].join(' ')]));
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
  result: StepResult | undefined,
  also: string | undefined,
): Result {
  if (!row) return { id, ok: false, code: 'NotFound', why: `There is no ${machine} ${id}.` };
  if (result?.ok) return { id, ok: true, state: result.state, version: result.version, ...(also ? { why: also } : {}) };
  const present = { state: row.state, version: row.version };
  if (result) return { id, ok: false, code: result.code, why: result.why, ...present };
  const why = `It was changed meanwhile: you saw version ${version}, it is at ${row.version}.`;
  return { id, ok: false, code: 'VersionConflict', why, ...present };
}
