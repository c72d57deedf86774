import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';
import { readSkuOffers } from './stock-offers.ts';

/** Why a marketplace could sell what is not there. */
export type OversellCause = 'shared-policy' | 'source-below-quota' | 'unexplained';

/** How each cause is told to people. */
export const oversellCauses: Readonly<Record<OversellCause, string>> = {
  'shared-policy': 'several sellers shared one number, and more than one of them sold it (shared policy)',
  'source-below-quota': 'the shop itself sold or lost units that were still offered (source dropped below quota)',
  unexplained: 'nothing that we know of explains it',
};

interface Movement {
  kind: string;
  quantity: number;
  on_hand_after: number;
  reserved_after: number;
  reason: string;
  at: Date;
}

/** Movements that are kept with an oversell. */
const traceLength = 12;

/**
 * Writes down once per order and SKU that a marketplace sold units that are not there, with everything that was known at
 * that moment. Returns the cause.
 */
export async function noteOversell(
  trx: Tx,
  input: { orderId: string; skuId: string; units: number },
  command: Command,
): Promise<OversellCause> {
  const known = await trx('stock_oversells')
    .where({ order_id: input.orderId, sku_id: input.skuId })
    .first<{ cause: OversellCause }>('cause');
  if (known) return known.cause;
  const order = await trx('orders').where({ id: input.orderId }).first('number', 'brand_id', 'ordered_at');
  const [sku] = await readSkuOffers(trx, [input.skuId], command.at);
  if (!sku) throw new Error(`there is no SKU ${input.skuId}`);
  const movements: Movement[] = await trx('stock_movements')
    .where({ sku_id: input.skuId })
    .orderBy('id', 'desc')
    .limit(traceLength)
    .select('kind', 'quantity', 'on_hand_after', 'reserved_after', 'reason', 'at');
  const holders = await trx('order_lines')
    .join('orders', 'orders.id', 'order_lines.order_id')
    .where({ sku_id: input.skuId })
    .whereNot({ order_id: input.orderId })
    .where((either) => either.where('reserved_quantity', '>', 0).orWhere('taken_quantity', '>', 0))
    .orderBy('orders.ordered_at', 'desc')
    .limit(traceLength)
    .select('orders.number', 'orders.ordered_at', 'reserved_quantity', 'taken_quantity');
  const cause = causeOf(movements, sku.plan.policy, holders.length, order.ordered_at);
  await trx('stock_oversells').insert({
    id: randomUUID(),
    brand_id: order.brand_id,
    sku_id: input.skuId,
    order_id: input.orderId,
    units: input.units,
    cause,
    trace: JSON.stringify({
      order: order.number,
      orderedAt: order.ordered_at,
      onHand: sku.facts.onHand,
      reserved: sku.facts.reserved,
      explain: sku.plan.explain,
      channels: sku.rows.map((row) => ({
        marketplace: row.connection_name,
        desired: row.stock_desired,
        acknowledged: row.stock_acknowledged,
        low: row.stock_low,
        high: row.stock_high,
      })),
      holders,
      movements,
    }),
    at: command.at,
  });
  return cause;
}

/** A level that fell so long before the order, or after it, may be why the unit is gone: a cut takes its time. */
const fallWindowMs = 60 * 60 * 1000;

/** Another order that was quicker, or a level that fell in the shop about the time of the order. */
function causeOf(movements: readonly Movement[], policy: string, holders: number, orderedAt: Date): OversellCause {
  const sinceMs = orderedAt.getTime() - fallWindowMs;
  const fell = movements.some(
    ({ kind, on_hand_after, at }, index) =>
      kind === 'LEVEL' &&
      at.getTime() >= sinceMs &&
      on_hand_after < (movements[index + 1]?.on_hand_after ?? on_hand_after),
  );
  if (policy === 'shared' && holders > 0) return 'shared-policy';
  return fell ? 'source-below-quota' : 'unexplained';
}
