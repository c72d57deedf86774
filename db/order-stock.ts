import type { Tx } from './database.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import type { Command } from './steps.ts';
import { type MovementKind, moveStock } from './stock.ts';

interface Line {
  readonly id: string;
  readonly sku_id: string;
  readonly quantity_ordered: number;
  readonly quantity_cancelled: number;
  readonly reserved_quantity: number;
  readonly taken_quantity: number;
}

/** States in which an order holds its stock. A cancel request is not final: what is held stays held. */
export const holdingStates = [
  'NEW',
  'EDITED',
  'AWAITING_CONFIRMATION',
  'APPROVED',
  'QUEUE',
  'CANCEL_REQUESTED',
] as const;

/** The order's lines that have a SKU, locked in the order of their SKUs: nobody else moves their stock meanwhile. */
async function lockLines(trx: Tx, orderId: string): Promise<Line[]> {
  await trx('orders').where({ id: orderId }).forNoKeyUpdate().first('id');
  return trx('order_lines')
    .where({ order_id: orderId })
    .whereNotNull('sku_id')
    .orderBy(['sku_id', 'id'])
    .forNoKeyUpdate();
}

/** One movement of one line. What may still be moved stands on the line, so a repeated command finds nothing to move. */
async function moveLine(
  trx: Tx,
  line: Line,
  movement: { kind: MovementKind; quantity: number; reason: string },
  after: Partial<Line>,
  command: Command,
): Promise<void> {
  const moved = await trx('stock_movements').where({ order_line_id: line.id }).count({ n: '*' }).first();
  await moveStock(
    trx,
    { skuId: line.sku_id, orderLineId: line.id, ...movement },
    { ...command, commandId: `${command.commandId}/${Number(moved?.n ?? 0) + 1}` },
  );
  await trx('order_lines').where({ id: line.id }).update(after);
}

/** Holds stock for every open line that has none yet. A line gets all of its units or none. */
export async function reserveLines(trx: Tx, orderId: string, command: Command): Promise<{ short: string[] }> {
  const short: string[] = [];
  for (const line of await lockLines(trx, orderId)) {
    const open = line.quantity_ordered - line.quantity_cancelled;
    const wanted = open - line.reserved_quantity - line.taken_quantity;
    if (wanted <= 0) continue;
    const sku = await trx('skus')
      .where({ id: line.sku_id })
      .forNoKeyUpdate()
      .first('sku', 'on_hand', 'reserved', 'stock_managed');
    if (sku.stock_managed && sku.on_hand - sku.reserved < wanted) {
      short.push(sku.sku);
      continue;
    }
    await moveLine(
      trx,
      line,
      { kind: 'RESERVE', quantity: wanted, reason: 'order' },
      { reserved_quantity: line.reserved_quantity + wanted },
      command,
    );
  }
  await noteShortage(trx, orderId, short, command);
  return { short };
}

/** Orders that wait for stock get what has come in meanwhile: the earliest ordered first, then by id. */
export async function reserveWaiting(trx: Tx, command: Command): Promise<{ served: number }> {
  const waiting: string[] = await trx('orders')
    .join('problems', 'problems.entity_id', 'orders.id')
    .where({ 'problems.kind': 'out-of-stock' })
    .whereNot({ 'problems.state': 'RESOLVED' })
    .whereIn('orders.state', [...holdingStates])
    .orderBy(['orders.ordered_at', 'orders.id'])
    .pluck('orders.id');
  let served = 0;
  for (const id of waiting) {
    if (!(await couldReserve(trx, id))) continue;
    const { short } = await reserveLines(trx, id, { ...command, commandId: `order/${id}/reserve-waiting` });
    if (short.length === 0) served += 1;
  }
  return { served };
}

/** Whether any line that lacks stock could have it now; asked first, so that a shortage that lasts is not counted again. */
async function couldReserve(trx: Tx, orderId: string): Promise<boolean> {
  const row = await trx('order_lines')
    .join('skus', 'skus.id', 'order_lines.sku_id')
    .where({ order_id: orderId })
    .whereRaw('quantity_ordered - quantity_cancelled > reserved_quantity + taken_quantity')
    .whereRaw(
      '(not stock_managed or on_hand - reserved >= quantity_ordered - quantity_cancelled - reserved_quantity - taken_quantity)',
    )
    .first('order_lines.id');
  return row !== undefined;
}

async function noteShortage(trx: Tx, orderId: string, short: readonly string[], command: Command): Promise<void> {
  const causeKey = `order/${orderId}/out-of-stock`;
  if (short.length === 0) return resolveProblem(trx, causeKey, command);
  const order = await trx('orders').where({ id: orderId }).first('number', 'brand_id', 'connection_id');
  await reportProblem(
    trx,
    {
      causeKey,
      kind: 'out-of-stock',
      severity: 'error',
      title: `${order.number}: no stock for ${short.join(', ')}`,
      detail: 'The marketplace sold units that the shop does not have (any more).',
      remedy:
        'Raise the stock in the shop: it is reserved by itself as soon as it is read. Or cancel the order on the marketplace for want of stock.',
      brandId: order.brand_id,
      entityKind: 'order',
      entityId: orderId,
      connectionId: order.connection_id,
    },
    command,
  );
}

/** Gives held units back, once: what was already taken by the shop is not released. */
export async function releaseReservations(trx: Tx, orderId: string, reason: string, command: Command): Promise<void> {
  for (const line of await lockLines(trx, orderId)) {
    if (line.reserved_quantity === 0) continue;
    const movement = { kind: 'RELEASE', quantity: line.reserved_quantity, reason } as const;
    await moveLine(trx, line, movement, { reserved_quantity: 0 }, command);
  }
}

/** The shop took the units itself when the order arrived there: held and on-hand units fall together. */
export async function consumeReservations(trx: Tx, orderId: string, command: Command): Promise<void> {
  for (const line of await lockLines(trx, orderId)) {
    const quantity = line.reserved_quantity;
    if (quantity === 0) continue;
    const after = { reserved_quantity: 0, taken_quantity: line.taken_quantity + quantity };
    await moveLine(trx, line, { kind: 'CONSUME', quantity, reason: 'taken by the shop' }, after, command);
  }
}

/** Units come back after the shop cancelled, or after a return was scanned in and found fit for sale. Once. */
export async function restockOrder(trx: Tx, orderId: string, reason: string, command: Command): Promise<void> {
  for (const line of await lockLines(trx, orderId)) {
    if (line.taken_quantity === 0) continue;
    const movement = { kind: 'RESTOCK', quantity: line.taken_quantity, reason } as const;
    await moveLine(trx, line, movement, { taken_quantity: 0 }, command);
  }
}
