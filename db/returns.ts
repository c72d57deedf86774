import type { Tx } from './database.ts';
import { restockOrder } from './orders.ts';
import { type Command, type StepRequest, type StepResult, step } from './steps.ts';

/** Steps a return with what belongs to it: scanned-in goods are no longer outside, restocked units are available again. */
export async function stepReturn(
  trx: Tx,
  request: Omit<StepRequest<'return'>, 'machine'>,
  command: Command,
): Promise<StepResult> {
  const changes =
    request.event === 'SCAN_IN' ? { scanned_in_at: command.at, ...request.changes } : { ...request.changes };
  const result = await step(trx, { ...request, machine: 'return', changes }, command);
  if (!result.ok || result.repeated) return result;
  const row = await trx('returns').where({ id: request.id }).first();
  const lines = row.lines as { orderLineId: string; quantity: number }[];
  if (request.event === 'SCAN_IN') {
    await trx('orders').where({ id: row.order_id }).update({ goods_outside: false });
    for (const line of lines) {
      await trx('order_lines')
        .where({ id: line.orderLineId })
        .update({ quantity_returned: trx.raw('least(quantity_shipped, ?)', [line.quantity]) });
    }
  }
  if (request.event === 'RESTOCK') await restockOrder(trx, row.order_id, 'returned and fit for sale', command);
  if (request.event === 'GIVE_UP') await trx('orders').where({ id: row.order_id }).update({ goods_outside: false });
  return result;
}
