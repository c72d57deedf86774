import type { Tx } from './database.ts';
import { orderKey } from './follow-ups.ts';
import type { Command, Row } from './steps.ts';
import { wake } from './stock-offers.ts';

/** What is over has no part in the shipping of its basket any more. */
const closed = ['CANCELLED', 'SUCCESSFULLY_PROCESSED'];

const rest = (trx: Tx, order: Row) =>
  trx('orders')
    .where({ channel_order_id: order.channel_order_id as string })
    .whereNot({ id: order.id });

/** True while another brand's part of the same marketplace order has still to leave. */
export async function hasPartsToLeave(trx: Tx, order: Row): Promise<boolean> {
  const waiting = await rest(trx, order).whereNull('handed_over_at').whereNotIn('state', closed).first('id');
  return waiting !== undefined;
}

/** The order with the other brands' parts of the same marketplace order. */
export async function partsOf(trx: Tx, order: Row): Promise<string[]> {
  return [order.id, ...((await rest(trx, order).orderBy('id').pluck('id')) as string[])];
}

/** Numbers of the other brands' parts of the same marketplace order that are not closed. */
export function openPartsBeside(trx: Tx, order: Row): Promise<string[]> {
  return rest(trx, order).whereNotIn('state', closed).orderBy('number').pluck('number');
}

/** The ledger's key of telling the marketplace "shipped": of a basket one for all its parts. */
export const confirmKey = (order: Row, basket: readonly string[]): string =>
  basket.length > 1 ? `channel-order/${order.channel_order_id}/confirm-shipment` : `order/${order.id}/confirm-shipment`;

/** The marketplace knows that these have left, so far as they have; the other parts go on from there. */
export async function noteTold(trx: Tx, orderId: string, basket: readonly string[], command: Command): Promise<void> {
  const told: { id: string; version: number }[] = await trx('orders')
    .whereIn('id', [...basket].sort())
    .where((either) => either.where({ id: orderId }).orWhereNotNull('handed_over_at'))
    .whereNull('marketplace_told_at')
    .update({ marketplace_told_at: command.at })
    .returning(['id', 'version']);
  await wakeAll(
    trx,
    told.filter(({ id }) => id !== orderId),
    command,
  );
}

/** A part is closed: the others may be what the marketplace is still to be told of. */
export async function wakeRestOfBasket(trx: Tx, order: Row, command: Command): Promise<void> {
  const waiting: { id: string; version: number }[] = await rest(trx, order)
    .whereNotNull('handed_over_at')
    .whereNull('marketplace_told_at')
    .whereNotIn('state', closed)
    .orderBy('id')
    .select('id', 'version');
  await wakeAll(trx, waiting, command);
}

async function wakeAll(trx: Tx, orders: readonly { id: string; version: number }[], command: Command): Promise<void> {
  if (orders.length === 0) return;
  await wake(
    trx,
    orders.map(({ id, version }) => ({ topic: 'order' as const, key: orderKey(id), payload: { id, version } })),
    command,
  );
}
