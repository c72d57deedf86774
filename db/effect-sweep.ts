import type { Tx } from './database.ts';
import { type Command, mustStep, type Row } from './steps.ts';

const closedOrders = ['CANCELLED', 'SUCCESSFULLY_PROCESSED'];

/**
 * Gives up intended calls that nobody will make any more: what they were for was closed, or a cancellation in the shop
 * ended, while the other side could not be reached. It is certain that they did not happen. Calls of unknown outcome are
 * left to their look-ups. Returns how many there were; one that is being begun at this moment is left alone.
 */
export async function abandonUnwanted(trx: Tx, command: Command): Promise<number> {
  const ofOrders: Row[] = await trx('effects')
    .join('orders', 'orders.id', 'effects.entity_id')
    .where({ 'effects.state': 'INTENDED', 'effects.entity_kind': 'order' })
    .where((either) =>
      either
        .whereIn('orders.state', closedOrders)
        .orWhere((ended) =>
          ended.where({ 'effects.kind': 'cancel-in-shop' }).whereNot({ 'orders.state': 'CANCEL_PENDING' }),
        ),
    )
    .orderBy('effects.id')
    .forUpdate('effects')
    .skipLocked()
    .select('effects.*', 'orders.state as entity_state');
  const ofConsignments: Row[] = await trx('effects')
    .join('consignments', 'consignments.id', 'effects.entity_id')
    .where({ 'effects.state': 'INTENDED', 'effects.kind': 'book', 'consignments.state': 'CANCELLED' })
    .orderBy('effects.id')
    .forUpdate('effects')
    .skipLocked()
    .select('effects.*', 'consignments.state as entity_state');
  for (const row of [...ofOrders, ...ofConsignments]) {
    const reason = `no longer wanted: the ${row.entity_kind} is ${row.entity_state}`;
    await mustStep(
      trx,
      { machine: 'effect', id: row.id, event: 'ABANDON', changes: { reason, updated_at: command.at } },
      { ...command, commandId: `effect/${row.key}/ABANDON/${row.version}`, role: 'system' },
    );
  }
  return ofOrders.length + ofConsignments.length;
}
