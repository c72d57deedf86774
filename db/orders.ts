import { randomUUID } from 'node:crypto';
import { leaveConsignment } from './consignments.ts';
import type { Tx } from './database.ts';
import { reportProblem, resolveProblem, resolveProblemsOf } from './problems.ts';
import { type Command, create, lock, type Row, type StepRequest, type StepResult, step } from './steps.ts';
import { moveStock } from './stock.ts';

/** How long a shop or brand may be silent after a cancel was sent before ops are asked (scenario S1 d). */
export const cancelSilenceMs = 30 * 60 * 1000;

const open = (line: { quantity_ordered: number; quantity_cancelled: number }): number =>
  line.quantity_ordered - line.quantity_cancelled;

/**
 * Steps an order with everything that belongs to the new state in the same transaction: stock, consignment, problems,
 * returns. Every caller (API, workflows, observations) uses this and never the bare step.
 */
export async function stepOrder(
  trx: Tx,
  request: Omit<StepRequest<'order'>, 'machine'>,
  command: Command,
): Promise<StepResult> {
  const row = await lock(trx, 'order', request.id);
  const result = await step(
    trx,
    { ...request, machine: 'order', changes: { ...cancelColumns(request, command), ...request.changes } },
    command,
  );
  if (!result.ok || result.repeated || !row) return result;
  const after = (await lock(trx, 'order', request.id)) as Row;
  await consequences(trx, after, result.from, request.event, command);
  return result;
}

function cancelColumns({ event }: { event: string }, command: Command): Record<string, unknown> {
  if (event === 'CANCELLED_THERE' || event === 'RETRY_CANCEL') {
    return { cancel_due_at: new Date(command.at.getTime() + cancelSilenceMs) };
  }
  if (event === 'CANCEL_REQUESTED_THERE') return { cancel_asked_by: 'buyer' };
  if (event === 'REQUEST_CANCEL') return { cancel_asked_by: command.role === 'brand' ? 'brand' : 'ops' };
  if (event === 'DECLINE') return { cancel_asked_by: 'brand' };
  if (event === 'APPROVE' || event === 'CONFIRM') return { approved_by: command.actor, approved_at: command.at };
  return {};
}

async function consequences(trx: Tx, order: Row, from: string, event: string, command: Command): Promise<void> {
  // Also while a cancellation is under way: the shop has taken the units, whatever becomes of the order.
  if (event === 'PUSHED') await consumeReservations(trx, order.id, command);
  if (order.state === 'CANCELLED') {
    await releaseReservations(trx, order.id, 'order cancelled', command);
    await leaveConsignment(trx, order, 'order cancelled', command);
    await trx('order_lines')
      .where({ order_id: order.id })
      .update({ quantity_cancelled: trx.ref('quantity_ordered') });
    await trx('orders').where({ id: order.id }).update({ cancel_due_at: null });
    await resolveProblemsOf(trx, order.id, [...orderProblemKinds], command);
  }
  if (order.state === 'EDITED' && from === 'QUEUE') await leaveConsignment(trx, order, 'order edited', command);
  if (order.state === 'CANCEL_PENDING' && from !== 'CANCEL_PENDING')
    await leaveConsignment(trx, order, 'order is being cancelled', command);
  if (order.state === 'CANCEL_CONFLICT') await openConflict(trx, order, from, command);
  if (order.state === 'CANCEL_REQUESTED' && order.cancel_asked_by !== 'buyer')
    await askPersonToCancel(trx, order, command);
  if (order.state === 'SUCCESSFULLY_PROCESSED') {
    if (order.in_shop_at === null) {
      await releaseReservations(trx, order.id, 'finished without us', command);
      await leaveConsignment(trx, order, 'finished without us', command);
    }
    await resolveProblemsOf(trx, order.id, [...orderProblemKinds], command);
  }
}

export const orderProblemKinds = [
  'cancel-conflict',
  'cancel-by-hand',
  'out-of-stock',
  'unknown-sku',
  'address-incomplete',
  'push-refused',
  'cannot-plan',
  'changed-after-push',
  'shop-unreachable',
] as const;

/** Holds stock for every open line that has none yet. A line gets all of its units or none. */
export async function reserveLines(trx: Tx, orderId: string, command: Command): Promise<{ short: string[] }> {
  const lines = await trx('order_lines').where({ order_id: orderId }).whereNotNull('sku_id').orderBy('sku_id');
  const short: string[] = [];
  for (const line of lines) {
    const wanted = open(line) - line.reserved_quantity - line.taken_quantity;
    if (wanted <= 0) continue;
    const sku = await trx('skus')
      .where({ id: line.sku_id })
      .forUpdate()
      .first('sku', 'on_hand', 'reserved', 'stock_managed');
    if (sku.stock_managed && sku.on_hand - sku.reserved < wanted) {
      short.push(sku.sku);
      continue;
    }
    await moveStock(
      trx,
      { skuId: line.sku_id, kind: 'RESERVE', quantity: wanted, orderLineId: line.id, reason: 'order' },
      {
        ...command,
        commandId: `${command.commandId}/reserve-${line.reserved_quantity + wanted}`,
      },
    );
    await trx('order_lines')
      .where({ id: line.id })
      .update({ reserved_quantity: line.reserved_quantity + wanted });
  }
  await noteShortage(trx, orderId, short, command);
  return { short };
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
      remedy: 'Raise the stock in the shop, or cancel the order on the marketplace for want of stock.',
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
  const lines = await trx('order_lines')
    .where({ order_id: orderId })
    .where('reserved_quantity', '>', 0)
    .orderBy('sku_id');
  for (const line of lines) {
    await moveStock(
      trx,
      { skuId: line.sku_id, kind: 'RELEASE', quantity: line.reserved_quantity, orderLineId: line.id, reason },
      command,
    );
    await trx('order_lines').where({ id: line.id }).update({ reserved_quantity: 0 });
  }
}

/** The shop took the units itself when the order arrived there: held and on-hand units fall together. */
async function consumeReservations(trx: Tx, orderId: string, command: Command): Promise<void> {
  const lines = await trx('order_lines')
    .where({ order_id: orderId })
    .where('reserved_quantity', '>', 0)
    .orderBy('sku_id');
  for (const line of lines) {
    const quantity = line.reserved_quantity;
    await moveStock(
      trx,
      { skuId: line.sku_id, kind: 'CONSUME', quantity, orderLineId: line.id, reason: 'taken by the shop' },
      command,
    );
    await trx('order_lines')
      .where({ id: line.id })
      .update({ reserved_quantity: 0, taken_quantity: line.taken_quantity + quantity });
  }
}

/** Units come back after the shop cancelled, or after a return was scanned in and found fit for sale. Once. */
export async function restockOrder(trx: Tx, orderId: string, reason: string, command: Command): Promise<void> {
  const lines = await trx('order_lines').where({ order_id: orderId }).where('taken_quantity', '>', 0).orderBy('sku_id');
  for (const line of lines) {
    await moveStock(
      trx,
      { skuId: line.sku_id, kind: 'RESTOCK', quantity: line.taken_quantity, orderLineId: line.id, reason },
      command,
    );
    await trx('order_lines').where({ id: line.id }).update({ taken_quantity: 0 });
  }
}

async function openConflict(trx: Tx, order: Row, from: string, command: Command): Promise<void> {
  const left = order.handed_over_at !== null;
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/cancel-conflict`,
      kind: 'cancel-conflict',
      severity: 'error',
      title: `${order.number}: cancelled on the marketplace, ${left ? 'but the goods have left' : 'but the shop did not cancel it'}`,
      detail: [
        `Marketplace: cancelled. Shop: ${order.shop_status ?? 'unknown'} (order ${order.shop_order_number ?? order.shop_order_id ?? 'none'}).`,
        `It was ${from} here. ${command.why ?? ''}`.trim(),
      ].join(' '),
      remedy: left
        ? 'A return is open: scan the parcel in when it comes back, then close the order as cancelled; or settle it as delivered.'
        : 'Cancel it in the shop by hand, then try again or close it as cancelled.',
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
      connectionId: String(order.connection_id),
    },
    command,
  );
  if (left) await expectReturn(trx, order, 'cancelled after shipping', command);
}

/** Opens a return: its units come back only when the parcel is scanned in. */
export async function expectReturn(trx: Tx, order: Row, reason: string, command: Command): Promise<void> {
  const known = await trx('returns').where({ order_id: order.id, reason }).first('id');
  if (known) return;
  const lines = await trx('order_lines').where({ order_id: order.id });
  await create(
    trx,
    'return',
    {
      id: randomUUID(),
      brand_id: order.brand_id,
      order_id: order.id,
      reason,
      lines: lines.map((line) => ({ orderLineId: line.id, skuId: line.sku_id, quantity: line.quantity_ordered })),
      created_at: command.at,
    },
    { ...command, commandId: `${command.commandId}/return` },
  );
}

async function askPersonToCancel(trx: Tx, order: Row, command: Command): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/cancel-by-hand`,
      kind: 'cancel-by-hand',
      severity: 'warning',
      title: `${order.number}: cancel it in the marketplace's seller portal`,
      detail:
        'The marketplace has no call with which a seller cancels. Everything here waits until it shows the cancellation.',
      remedy:
        'Cancel it in the seller portal; we notice it at the next reading. If it is not to be cancelled after all, withdraw the request here.',
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
      connectionId: String(order.connection_id),
    },
    command,
  );
}
