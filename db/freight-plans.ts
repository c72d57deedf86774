import { randomUUID } from 'node:crypto';
import type { FreightPlan, PlannedConsignment } from '../consolidation/orders.ts';
import type { Tx } from './database.ts';
import type { StoredCard } from './freight-cards.ts';
import type { FreightInput, PlanMember } from './freight-input.ts';
import { type Command, lock, mustStep } from './steps.ts';

/** Keeps a plan with everything that it was made of, so that it can be explained and reckoned again. */
async function keepPlan(
  trx: Tx,
  { scope, members }: FreightInput,
  card: StoredCard,
  plan: FreightPlan,
  command: Command,
): Promise<string> {
  const id = randomUUID();
  await trx('freight_plans').insert({
    id,
    brand_id: scope.brandId,
    connection_id: scope.connectionId,
    rate_card_id: card.id,
    slot_date: scope.slotDate,
    slot_time: scope.slotTime,
    currency: plan.currency,
    cost_minor: plan.costMinor,
    alone_minor: plan.aloneMinor,
    lower_bound_minor: plan.lowerBoundMinor,
    inputs: JSON.stringify(members),
    outcome: JSON.stringify({
      clusters: plan.clusters,
      consignments: plan.consignments.map(({ quote, ...one }) => ({
        ...one,
        billedGrams: quote.billedGrams,
        lines: quote.lines,
        explain: quote.explain,
      })),
      refused: plan.refused,
    }),
    made_by: command.actor,
    created_at: command.at,
  });
  return id;
}

/**
 * Keeps a plan and makes the open consignments be what it says: orders move into the consignment with the lowest number, emptied ones
 * are cancelled with the reason. Parcels move with their orders.
 * @returns null when an order or a consignment changed since it was read: nothing was written, plan anew
 */
export async function applyPlan(
  trx: Tx,
  input: FreightInput,
  card: StoredCard,
  plan: FreightPlan,
  command: Command,
): Promise<{ readonly moved: number } | null> {
  const { members } = input;
  if (!(await areUnchanged(trx, members))) return null;
  const planId = await keepPlan(trx, input, card, plan, command);
  let moved = 0;
  for (const planned of plan.consignments) {
    const own = members.filter(({ orderId }) => planned.orderIds.includes(orderId));
    moved += await makeConsignment(trx, own, planned, planId, plan.currency, command);
  }
  await cancelEmpty(trx, members, command);
  return { moved };
}

/** Locks all consignments and orders in the order of their ids, and compares versions and memberships. */
async function areUnchanged(trx: Tx, members: readonly PlanMember[]): Promise<boolean> {
  const versions = new Map(members.map((one) => [one.consignmentId, one.consignmentVersion]));
  for (const id of [...versions.keys()].sort()) {
    const row = await lock(trx, 'consignment', id);
    if (row?.state !== 'OPEN' || row.version !== versions.get(id) || row.locked_by !== null) return false;
  }
  const now = await trx('consignment_orders as co')
    .join('orders as o', 'o.id', 'co.order_id')
    .whereIn('co.consignment_id', [...versions.keys()])
    .where({ 'co.left_at': null })
    .select('co.consignment_id', 'o.id', 'o.version');
  const key = (parts: readonly unknown[]) => parts.join('/');
  const seen = new Set(now.map((row) => key([row.consignment_id, row.id, row.version])));
  const read = members.map((one) => key([one.consignmentId, one.orderId, one.orderVersion]));
  return read.length === seen.size && read.every((one) => seen.has(one));
}

async function makeConsignment(
  trx: Tx,
  own: readonly PlanMember[],
  planned: PlannedConsignment,
  planId: string,
  currency: string,
  command: Command,
): Promise<number> {
  const [target] = [...own].sort((a, b) => (a.consignmentNumber < b.consignmentNumber ? -1 : 1));
  if (!target) return 0;
  let moved = 0;
  for (const member of own) {
    if (member.consignmentId === target.consignmentId) continue;
    await moveOrder(trx, member.orderId, member.consignmentId, target.consignmentId, command);
    moved += 1;
  }
  await trx('consignments').where({ id: target.consignmentId }).update({
    kind: planned.kind,
    planned_cost_minor: planned.costMinor,
    planned_alone_minor: planned.aloneMinor,
    planned_currency: currency,
    freight_plan_id: planId,
    price_due: false,
  });
  return moved;
}

/** Moves an order with its parcels from one consignment to another, both of which must be locked by the caller. */
export async function moveOrder(trx: Tx, orderId: string, from: string, to: string, command: Command): Promise<void> {
  const order = await trx('orders').where({ id: orderId }).first('brand_id');
  await trx('consignment_orders').where({ consignment_id: from, order_id: orderId }).update({ left_at: command.at });
  await trx('consignment_orders')
    .insert({ consignment_id: to, order_id: orderId, brand_id: order.brand_id, left_at: null })
    .onConflict(['consignment_id', 'order_id'])
    .merge({ left_at: null });
  const last = await trx('parcels').where({ consignment_id: to }).max({ number: 'piece_number' }).first();
  const pieces = await trx('parcels')
    .where({ consignment_id: from, order_id: orderId })
    .whereNot({ state: 'VOIDED' })
    .orderBy('piece_number')
    .pluck('id');
  for (const [index, id] of pieces.entries()) {
    const number = Number(last?.number ?? 0) + index + 1;
    await trx('parcels').where({ id }).update({ consignment_id: to, piece_number: number });
  }
}

/** Cancels those consignments of the members that hold no order any more. */
export async function cancelEmpty(
  trx: Tx,
  members: readonly Pick<PlanMember, 'consignmentId' | 'orderId'>[],
  command: Command,
): Promise<void> {
  for (const id of [...new Set(members.map(({ consignmentId }) => consignmentId))].sort()) {
    const staying = await trx('consignment_orders').where({ consignment_id: id, left_at: null }).first('order_id');
    if (staying) continue;
    const joined = await trx('consignment_orders as co')
      .join('consignments as c', 'c.id', 'co.consignment_id')
      .whereIn(
        'co.order_id',
        members.filter(({ consignmentId }) => consignmentId === id).map(({ orderId }) => orderId),
      )
      .where({ 'co.left_at': null })
      .orderBy('c.number')
      .distinct()
      .pluck('c.number');
    await mustStep(
      trx,
      { machine: 'consignment', id, event: 'CANCEL' },
      {
        ...command,
        commandId: `${command.commandId}/emptied/${id}`,
        role: 'system',
        why: `Its orders were joined into ${joined.join(', ')} to save freight.`,
      },
    );
  }
}
