import { allocate, type Claim } from '../stock/allocate.ts';
import type { Tx } from './database.ts';
import { noteShortage } from './order-shortage.ts';
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

/** States in which nobody has approved the order yet: an earlier order may still get its units. */
const openStates = ['NEW', 'EDITED', 'AWAITING_CONFIRMATION'] as const;

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

/**
 * Holds stock for every open line that has none yet. A line gets all of its units or none. Where there are not enough for
 * all, the earlier order gets them, by the marketplaces' order time and then their number, as long as nobody approved the
 * later one.
 */
export async function reserveLines(trx: Tx, orderId: string, command: Command): Promise<{ short: string[] }> {
  const short: { skuId: string; sku: string; units: number }[] = [];
  for (const line of await lockLines(trx, orderId)) {
    const open = line.quantity_ordered - line.quantity_cancelled;
    const wanted = open - line.reserved_quantity - line.taken_quantity;
    if (wanted <= 0) continue;
    const sku = await trx('skus')
      .where({ id: line.sku_id })
      .forNoKeyUpdate()
      .first('sku', 'on_hand', 'reserved', 'stock_managed');
    const isShort = sku.stock_managed && sku.on_hand - sku.reserved < wanted;
    const displaced = isShort ? await displaceLater(trx, orderId, line, wanted, command) : [];
    if (displaced === null) {
      short.push({ skuId: line.sku_id, sku: sku.sku, units: wanted });
      continue;
    }
    await moveLine(
      trx,
      line,
      { kind: 'RESERVE', quantity: wanted, reason: 'order' },
      { reserved_quantity: line.reserved_quantity + wanted },
      command,
    );
    for (const loser of displaced) await noteTakenBack(trx, loser, sku.sku, command);
  }
  await noteShortage(trx, orderId, short, command);
  return { short: short.map(({ sku }) => sku) };
}

interface HeldLine extends Line {
  readonly order_id: string;
  readonly number: string;
  readonly ordered_at: Date;
  readonly external_id: string;
}

/** Lines of other orders that hold the SKU and that nobody has approved; those that somebody works on now are left out. */
async function heldByOpenOrders(trx: Tx, skuId: string, except: string | null): Promise<HeldLine[]> {
  const orderIds: string[] = await trx('orders')
    .whereIn('state', [...openStates])
    .whereIn('id', trx('order_lines').where({ sku_id: skuId }).where('reserved_quantity', '>', 0).select('order_id'))
    .modify((query) => {
      if (except) query.whereNot({ id: except });
    })
    .orderBy('id')
    .forNoKeyUpdate()
    .skipLocked()
    .pluck('id');
  return trx('order_lines')
    .join('orders', 'orders.id', 'order_lines.order_id')
    .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
    .where({ sku_id: skuId })
    .where('reserved_quantity', '>', 0)
    .whereIn('order_id', orderIds)
    .orderBy(['orders.ordered_at', 'channel_orders.external_id', 'order_lines.id'])
    .select('order_lines.*', 'orders.number', 'orders.ordered_at', 'channel_orders.external_id');
}

const claimOf = (line: HeldLine): Claim => ({
  orderId: line.order_id,
  orderedAt: line.ordered_at,
  externalId: line.external_id,
  units: line.reserved_quantity,
  firm: false,
});

/** Takes units from later orders for this one, if it then has all that it wants; returns their lines, null if it has not. */
async function displaceLater(
  trx: Tx,
  orderId: string,
  line: Line,
  wanted: number,
  command: Command,
): Promise<HeldLine[] | null> {
  const held = await heldByOpenOrders(trx, line.sku_id, orderId);
  if (held.length === 0) return null;
  const order = await trx('orders')
    .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
    .where('orders.id', orderId)
    .first('orders.number', 'orders.ordered_at', 'channel_orders.external_id');
  const sku = await trx('skus').where({ id: line.sku_id }).first('on_hand', 'reserved');
  const free = sku.on_hand - sku.reserved + held.reduce((sum, { reserved_quantity }) => sum + reserved_quantity, 0);
  const mine: Claim = {
    ...{ orderId, orderedAt: order.ordered_at, externalId: order.external_id, units: wanted, firm: false },
  };
  const { served, short } = allocate(free, [mine, ...held.map(claimOf)]);
  if (!served.includes(orderId)) return null;
  const losers = held.filter(({ order_id }) => short.includes(order_id));
  for (const loser of losers) await takeBack(trx, loser, `given to the earlier order ${order.number}`, command);
  return losers;
}

const takingBack = (line: HeldLine, command: Command): Command => ({
  ...command,
  commandId: `${command.commandId}/take-back/${line.id}`,
});

/** An order that nobody approved loses the units of one line … */
async function takeBack(trx: Tx, line: HeldLine, reason: string, command: Command): Promise<void> {
  const movement = { kind: 'RELEASE', quantity: line.reserved_quantity, reason } as const;
  await moveLine(trx, line, movement, { reserved_quantity: 0 }, takingBack(line, command));
}

/** … and waits for stock again. */
async function noteTakenBack(trx: Tx, line: HeldLine, sku: string, command: Command): Promise<void> {
  const short = { skuId: line.sku_id, sku, units: line.reserved_quantity };
  await noteShortage(trx, line.order_id, [short], takingBack(line, command));
}

/**
 * After the shop's level fell below what orders hold: the latest orders that nobody approved lose their units, until what
 * is held is there. Units of a push that is under way may be gone from the level already and are not counted.
 */
export async function takeBackUnbacked(trx: Tx, skuId: string, command: Command): Promise<{ takenBack: number }> {
  const sku = await trx('skus').where({ id: skuId }).first('sku', 'on_hand', 'reserved', 'stock_managed');
  if (!sku.stock_managed || sku.on_hand >= sku.reserved) return { takenBack: 0 };
  const { rows } = await trx.raw(
    `select coalesce(sum(l.reserved_quantity), 0)::int as units from order_lines l
     where l.sku_id = ? and l.reserved_quantity > 0 and exists (
       select 1 from effects e where e.entity_id = l.order_id and e.kind = 'push' and e.state in ('ATTEMPTED', 'AMBIGUOUS'))`,
    [skuId],
  );
  let missing = sku.reserved - Number(rows[0].units) - sku.on_hand;
  let takenBack = 0;
  for (const line of (await heldByOpenOrders(trx, skuId, null)).toReversed()) {
    if (missing <= 0) break;
    await takeBack(trx, line, 'the shop has fewer units than orders hold', command);
    await noteTakenBack(trx, line, sku.sku, command);
    missing -= line.reserved_quantity;
    takenBack += 1;
  }
  return { takenBack };
}

/** Orders that wait for stock get what has come in meanwhile: the earliest ordered first, then by id. */
export async function reserveWaiting(trx: Tx, command: Command): Promise<{ served: number }> {
  const waiting: string[] = await trx('orders')
    .join('problems', 'problems.entity_id', 'orders.id')
    .where({ 'problems.kind': 'out-of-stock' })
    .whereNot({ 'problems.state': 'RESOLVED' })
    .whereIn('orders.state', [...holdingStates])
    .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
    .orderBy(['orders.ordered_at', 'channel_orders.external_id', 'orders.id'])
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
