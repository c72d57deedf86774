import { randomUUID } from 'node:crypto';
import { openPartsBeside, wakeRestOfBasket } from './baskets.ts';
import { askBrand, confirmationProblemKinds, settleConfirmation } from './confirmations.ts';
import { leaveConsignment } from './consignments.ts';
import type { Tx } from './database.ts';
import { consumeReservations, releaseReservations } from './order-stock.ts';
import { reportProblem, resolveProblemsOf } from './problems.ts';
import { type Command, create, lock, type Row, type StepRequest, type StepResult, step } from './steps.ts';

export { releaseReservations, reserveLines, reserveWaiting, restockOrder } from './order-stock.ts';

const isClosed = (state: string): boolean => state === 'CANCELLED' || state === 'SUCCESSFULLY_PROCESSED';

/** How long a shop or brand may be silent after a cancel was sent before ops are asked (scenario S1 d). */
export const cancelSilenceMs = 30 * 60 * 1000;

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
  await orderConsequences(trx, after, { from: result.from, event: request.event }, command);
  if (isClosed(after.state)) await wakeRestOfBasket(trx, after, command);
  return result;
}

function cancelColumns({ event }: { event: string }, command: Command): Record<string, unknown> {
  if (event === 'CANCELLED_THERE' || event === 'RETRY_CANCEL') {
    return { cancel_due_at: new Date(command.at.getTime() + cancelSilenceMs) };
  }
  if (event === 'CANCEL_REQUESTED_THERE') return { cancel_asked_by: 'buyer' };
  if (event === 'REQUEST_CANCEL') return { cancel_asked_by: command.role === 'brand' ? 'brand' : 'ops' };
  if (event === 'DECLINE') return { cancel_asked_by: 'brand' };
  if (event === 'CANCEL_WITHDRAWN') return { cancel_asked_by: null };
  if (event === 'APPROVE' || event === 'CONFIRM') return { approved_by: command.actor, approved_at: command.at };
  return {};
}

/** What belongs to the state that an order has come to: stock, consignment, problems, returns. `order` is as it is after the step. */
export async function orderConsequences(
  trx: Tx,
  order: Row,
  { from, event }: { from: string; event: string },
  command: Command,
): Promise<void> {
  // Also while a cancellation is under way: the shop has taken the units, whatever becomes of the order.
  if (event === 'PUSHED') await consumeReservations(trx, order.id, command);
  if (order.state === 'AWAITING_CONFIRMATION' && from !== 'AWAITING_CONFIRMATION') await askBrand(trx, order, command);
  if (from === 'AWAITING_CONFIRMATION' && order.state !== from) await settleConfirmation(trx, order, event, command);
  // Approved, or asked again: what the brand said before is settled.
  if (['APPROVED', 'AWAITING_CONFIRMATION'].includes(order.state))
    await resolveProblemsOf(trx, order.id, [...confirmationProblemKinds], command);
  if (order.state === 'CANCELLED') {
    await releaseReservations(trx, order.id, 'order cancelled', command);
    await leaveConsignment(trx, order, 'order cancelled', command);
    await trx('order_lines')
      .where({ order_id: order.id })
      .update({ quantity_cancelled: trx.ref('quantity_ordered') });
    await trx('orders').where({ id: order.id }).update({ cancel_due_at: null });
    await resolveProblemsOf(trx, order.id, [...orderProblemKinds], command);
  }
  // Whatever way led here (also a withdrawn cancel request): it is planned anew after its next approval.
  if (order.state === 'EDITED') await leaveConsignment(trx, order, 'order edited', command);
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
  'push-refused',
  'cannot-plan',
  'cannot-ship',
  'changed-after-push',
  'still-ordered',
  'parcel-not-arrived',
  ...confirmationProblemKinds,
] as const;

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
      lines: lines
        .map((line) => ({
          orderLineId: line.id,
          skuId: line.sku_id,
          quantity: line.quantity_ordered - line.quantity_cancelled,
        }))
        .filter(({ quantity }) => quantity > 0),
      created_at: command.at,
    },
    { ...command, commandId: `${command.commandId}/return` },
  );
}

async function askPersonToCancel(trx: Tx, order: Row, command: Command): Promise<void> {
  const others = await openPartsBeside(trx, order);
  const basket =
    others.length === 0
      ? ''
      : ` The same order over there holds goods of other brands (${others.join(', ')}): cancel the lines of this one only.`;
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/cancel-by-hand`,
      kind: 'cancel-by-hand',
      severity: 'warning',
      title: `${order.number}: cancel it in the marketplace's seller portal`,
      detail: `The marketplace has no call with which a seller cancels. Everything here waits until it shows the cancellation.${basket}`,
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
