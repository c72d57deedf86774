import { type FreightPrice, quote } from '../freight/quote.ts';
import { clusterKey, connectedParts, floorsOf, packingOf, type Unit, unitId } from './clusters.ts';
import type { CoverSolver } from './cover.ts';
import {
  consignmentOf,
  type FreightPlan,
  kindOf,
  type PlanInput,
  type PlannedCluster,
  type PlannedConsignment,
  type PlanOrder,
  type RefusedOrder,
} from './orders.ts';
import { restrict } from './packing.ts';
import { type Effort, solve } from './solve.ts';

/** Limited by rounds, not by a clock: the same orders give the same plan. */
export const defaultEffort: Effort = { isOver: () => false, secondsLeft: () => 20, runs: 24 };

/**
 * Groups orders into the consignments that cost least by a card: clusters of equal lane, connected parts of each, and for
 * every part the cheapest partition that can be found. Pure; whatever the order of the input, the plan is the same.
 * An order that cannot be shipped even alone is returned as refused with its reasons, and the others are planned.
 */
export function planConsignments(input: PlanInput, solver: CoverSolver, effort: Effort = defaultEffort): FreightPlan {
  const orders = [...input.orders].sort((a, b) => (a.id < b.id ? -1 : 1));
  const refused = [...shippableAlone(input, orders), ...overRecipientDay(input, orders)];
  const out = new Set(refused.map(({ orderId }) => orderId));
  const { units, broken } = unitsOf(
    input,
    orders.filter(({ id }) => !out.has(id)),
  );
  refused.push(...broken);
  const byKey = new Map<string, Unit[]>();
  for (const unit of units) {
    const [first] = unit.orders;
    if (!first) continue;
    const key = clusterKey(input, first);
    byKey.set(key, [...(byKey.get(key) ?? []), unit]);
  }
  const clusters: PlannedCluster[] = [];
  const consignments: PlannedConsignment[] = [];
  for (const key of [...byKey.keys()].sort()) {
    for (const planned of planCluster(input, key, byKey.get(key) ?? [], solver, effort)) {
      clusters.push(planned.cluster);
      consignments.push(...planned.consignments);
    }
  }
  const sum = (of: (cluster: PlannedCluster) => number) => clusters.reduce((total, one) => total + of(one), 0);
  return {
    consignments,
    clusters,
    refused: mergeRefusals(refused),
    currency: input.card.currency,
    costMinor: sum(({ costMinor }) => costMinor),
    aloneMinor: sum(({ aloneMinor }) => aloneMinor),
    lowerBoundMinor: sum(({ lowerBoundMinor }) => lowerBoundMinor),
  };
}

function shippableAlone({ card, shipOn }: PlanInput, orders: readonly PlanOrder[]): RefusedOrder[] {
  return orders.flatMap((order) => {
    const answer = quote(card, consignmentOf([order], shipOn));
    return answer.ok ? [] : [{ orderId: order.id, refusals: answer.refusals }];
  });
}

/**
 * The value that one recipient gets on one day counts as a whole, however it is parcelled: orders above the cap are held
 * for a person, never split over consignments to stay below it.
 */
function overRecipientDay({ rules, card }: PlanInput, orders: readonly PlanOrder[]): RefusedOrder[] {
  const most = rules.recipientDayMinor;
  if (most === null) return [];
  const values = new Map<string, number>(Object.entries(rules.sentToday));
  for (const { consignee, valueMinor } of orders)
    values.set(consignee, (values.get(consignee) ?? 0) + (valueMinor ?? 0));
  return orders.flatMap(({ id, consignee }) => {
    const value = values.get(consignee) ?? 0;
    if (value <= most) return [];
    return [
      {
        orderId: id,
        refusals: [
          {
            code: 'recipient-day',
            place: 'recipient',
            reason: `One recipient would get goods of ${value} on one day, at most ${most} (minor units ${card.currency}).`,
            remedy: 'Raise the cap if customs are prepared for it, or agree with the buyer what is shipped.',
          } as const,
        ],
      },
    ];
  });
}

/** Orders that people pinned together move as one; a group that cannot be one consignment is told, not split. */
function unitsOf(input: PlanInput, orders: readonly PlanOrder[]): { units: Unit[]; broken: RefusedOrder[] } {
  const groups = new Map<string, PlanOrder[]>();
  for (const order of orders) {
    const key = order.pin?.kind === 'together' ? `group ${order.pin.group}` : `order ${order.id}`;
    groups.set(key, [...(groups.get(key) ?? []), order]);
  }
  const units: Unit[] = [];
  const broken: RefusedOrder[] = [];
  for (const group of groups.values()) {
    const why = whyNotTogether(input, group);
    if (why === null) units.push({ orders: group, isAlone: group.some(({ pin }) => pin?.kind === 'alone') });
    else {
      const remedy = 'Take one of the orders out of the group.';
      const refusals = [{ code: 'pin', place: 'group', reason: why, remedy } as const];
      broken.push(...group.map(({ id }) => ({ orderId: id, refusals })));
    }
  }
  return { units: units.sort((a, b) => (unitId(a) < unitId(b) ? -1 : 1)), broken };
}

/** Why orders cannot be one consignment; null when they can. */
export function whyNotTogether(input: PlanInput, orders: readonly PlanOrder[]): string | null {
  const [first] = orders;
  if (!first || orders.length === 1) return null;
  const key = clusterKey(input, first);
  const other = orders.find((order) => clusterKey(input, order) !== key);
  if (other) return `They differ in brand, origin, lane, incoterm or importer: ${key} and ${clusterKey(input, other)}.`;
  const kind = kindOf(orders);
  if (!input.rules.multiPiece) return 'The carrier takes one parcel a shipment.';
  if (kind === 'breakBulk' && !input.rules.breakBulk) {
    return 'They go to different recipients, and the carrier account has no break-bulk.';
  }
  const pieces = orders.reduce((sum, order) => sum + order.pieces.length, 0);
  if (pieces > input.rules.maxPieces) return `They have ${pieces} pieces, the carrier takes ${input.rules.maxPieces}.`;
  const answer = quote(input.card, consignmentOf(orders, input.shipOn));
  return answer.ok ? null : answer.refusals.map(({ place, reason }) => `${place}: ${reason}`).join(' ');
}

function planCluster(
  input: PlanInput,
  key: string,
  units: readonly Unit[],
  solver: CoverSolver,
  effort: Effort,
): { cluster: PlannedCluster; consignments: PlannedConsignment[] }[] {
  const packing = packingOf(input, units);
  return connectedParts(packing).map((part) => {
    const members = part.flatMap((at) => units[at] ?? []);
    const ids = members.flatMap(({ orders }) => orders.map(({ id }) => id)).sort();
    const seed = `${key} / ${ids[0]}`;
    const first = members[0]?.orders[0];
    const floors = first ? floorsOf(input, first) : [];
    const found = solve(restrict(packing, part), { seed, floors, solver, effort });
    const consignments = found.sets.map((set) =>
      toConsignment(
        input,
        key,
        set.flatMap((at) => members[at]?.orders ?? []),
      ),
    );
    const total = (of: (one: PlannedConsignment) => number) => consignments.reduce((sum, one) => sum + of(one), 0);
    const cluster: PlannedCluster = {
      key,
      seed,
      orderIds: ids,
      method: found.method,
      costMinor: total(({ costMinor }) => costMinor),
      aloneMinor: total(({ aloneMinor }) => aloneMinor),
      lowerBoundMinor: found.lowerBound,
    };
    return { cluster, consignments };
  });
}

function toConsignment(input: PlanInput, cluster: string, orders: readonly PlanOrder[]): PlannedConsignment {
  const sorted = [...orders].sort((a, b) => (a.id < b.id ? -1 : 1));
  const answer = priceOf(input, sorted);
  return {
    orderIds: sorted.map(({ id }) => id),
    kind: kindOf(sorted),
    costMinor: answer.totalMinor,
    aloneMinor: sorted.reduce((sum, order) => sum + priceOf(input, [order]).totalMinor, 0),
    quote: answer,
    cluster,
  };
}

/** The price of orders as one consignment. @throws where the card refuses them: ask `whyNotTogether` first */
export function priceOf({ card, shipOn }: PlanInput, orders: readonly PlanOrder[]): FreightPrice {
  const answer = quote(card, consignmentOf(orders, shipOn));
  if (!answer.ok) throw new Error(answer.refusals.map(({ place, reason }) => `${place}: ${reason}`).join(' '));
  return answer;
}

function mergeRefusals(refused: readonly RefusedOrder[]): RefusedOrder[] {
  const byOrder = new Map<string, RefusedOrder['refusals']>();
  for (const { orderId, refusals } of refused) byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), ...refusals]);
  return [...byOrder].sort(([a], [b]) => (a < b ? -1 : 1)).map(([orderId, refusals]) => ({ orderId, refusals }));
}
