import type { Tx } from './database.ts';
import { refreshListings } from './listing-content.ts';
import { lockMany } from './step-many.ts';
import { type Command, lock, type Row, step } from './steps.ts';

/**
 * Composes listings again after a mapping, a translation or a rule changed, and takes an edit where what they show differs:
 * live ones move to UPDATE, approved ones are approved again. Returns how many differ.
 */
export async function recompose(trx: Tx, ids: readonly string[], command: Command): Promise<number> {
  const products: string[] = await trx('listings')
    .whereIn('id', [...ids])
    .distinct()
    .orderBy('product_id')
    .pluck('product_id');
  // The product first, everywhere: two edits that touch both never wait for each other in a circle.
  for (const id of products) await lock(trx, 'product', id);
  const rows = await lockMany(trx, 'listing', ids);
  const composed = await refreshListings(trx, [...rows.keys()]);
  let differ = 0;
  for (const row of rows.values()) {
    if (composed.get(row.id)?.contentHash === row.content_hash) continue;
    differ += 1;
    if (row.state !== 'NEW') await edit(trx, row, command);
  }
  return differ;
}

/** A locked listing refuses; its content is composed, and the refusal is what its state says. */
async function edit(trx: Tx, row: Row, command: Command): Promise<void> {
  const own = { ...command, commandId: `listing/${row.id}/composed/${row.version}` };
  await step(trx, { machine: 'listing', id: row.id, event: 'EDIT', changes: { last_edited_at: command.at } }, own);
}
