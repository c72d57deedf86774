import type { Tx } from './database.ts';
import { noteOversell, oversellCauses } from './oversells.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import type { Command } from './steps.ts';

export interface Shortage {
  readonly skuId: string;
  readonly sku: string;
  readonly units: number;
}

/**
 * An order whose units are not there: a problem, an oversell with its trace, and a cancellation with the reason "out of
 * stock" that is prepared and waits for a person. With nothing short all of it is closed again.
 */
export async function noteShortage(
  trx: Tx,
  orderId: string,
  short: readonly Shortage[],
  command: Command,
): Promise<void> {
  const causeKey = `order/${orderId}/out-of-stock`;
  if (short.length === 0) {
    await resolveProblem(trx, causeKey, command);
    await trx('cancel_plans').where({ order_id: orderId, standing: 'PLANNED' }).update({
      standing: 'WITHDRAWN',
      decided_at: command.at,
      decided_by: command.actor,
      why: 'the units are there now',
    });
    return;
  }
  const order = await trx('orders').where({ id: orderId }).first('number', 'brand_id', 'connection_id');
  const causes: string[] = [];
  for (const { skuId, sku, units } of short) {
    const cause = await noteOversell(trx, { orderId, skuId, units }, command);
    causes.push(`${sku}: ${oversellCauses[cause]}.`);
  }
  await trx('cancel_plans')
    .insert({
      order_id: orderId,
      brand_id: order.brand_id,
      reason: 'out_of_stock',
      standing: 'PLANNED',
      why: causes.join(' '),
      planned_at: command.at,
    })
    .onConflict('order_id')
    .merge(['standing', 'why', 'planned_at'])
    .where('cancel_plans.standing', 'WITHDRAWN');
  await reportProblem(
    trx,
    {
      causeKey,
      kind: 'out-of-stock',
      severity: 'error',
      title: `${order.number}: no stock for ${short.map(({ sku }) => sku).join(', ')}`,
      detail: `The marketplace sold units that are not there. ${causes.join(' ')}`,
      remedy:
        'Raise the stock in the shop: it is reserved by itself as soon as it is read. Or approve the cancellation with the reason "out of stock" that is prepared (page Drift).',
      brandId: order.brand_id,
      entityKind: 'order',
      entityId: orderId,
      connectionId: order.connection_id,
    },
    command,
  );
}
