import type { PlanOrder } from '../consolidation/orders.ts';
import { consignmentOf } from '../consolidation/orders.ts';
import { whyNotTogether } from '../consolidation/plan.ts';
import { quote } from '../freight/quote.ts';
import { openConsignment } from './consignments.ts';
import type { Tx } from './database.ts';
import { cardFor, type StoredCard } from './freight-cards.ts';
import { type CarrierRules, limitedCard, planRulesOf, readPlanOrders } from './freight-input.ts';
import { cancelEmpty, moveOrder } from './freight-plans.ts';
import { priceConsignment } from './freight-price.ts';
import type { Sealer } from './sealing.ts';
import { type Command, lock, mustStep, type Row, type StepResult, step } from './steps.ts';

/** What people do with a consignment by hand. */
export type FreightAction =
  | { readonly kind: 'lock' | 'unlock' | 'ship-now' }
  | { readonly kind: 'move'; readonly orderId: string; readonly toConsignmentId: string }
  | { readonly kind: 'alone'; readonly orderId: string };

export interface ConsignmentCost {
  /** Null: it does not exist yet. */
  readonly id: string | null;
  readonly number: string | null;
  readonly orderNumbers: readonly string[];
  /** Null: the card has no price for it, `why` says why. */
  readonly costMinor: number | null;
  readonly aloneMinor: number | null;
  readonly why: string | null;
  readonly explain: readonly string[];
}

export interface FreightChange {
  readonly action: FreightAction['kind'];
  readonly currency: string | null;
  readonly before: readonly ConsignmentCost[];
  readonly after: readonly ConsignmentCost[];
  /** What it costs more (positive) or less; null where one of the consignments has no price. */
  readonly changeMinor: number | null;
}

export type MoveOutcome =
  | { readonly ok: true; readonly change: FreightChange; readonly state: string; readonly version: number }
  | { readonly ok: false; readonly code: 'NotAllowed' | 'NotFound'; readonly why: string; readonly remedy: string }
  | { readonly ok: false; readonly code: 'Step'; readonly result: Extract<StepResult, { ok: false }> };

interface MoveInput {
  readonly consignmentId: string;
  readonly expectedVersion?: number | undefined;
  readonly action: FreightAction;
  readonly carrier: CarrierRules;
  readonly dryRun: boolean;
}

/**
 * Locks, moves, parts or closes by hand. The cost before and after is reckoned first; with `dryRun` nothing else happens.
 * What people moved stays locked: the planning at the cut-off leaves it as it is.
 */
export async function changeFreight(trx: Tx, sealer: Sealer, input: MoveInput, command: Command): Promise<MoveOutcome> {
  const { action } = input;
  const toId = action.kind === 'move' ? action.toConsignmentId : null;
  const rows = new Map<string, Row>();
  for (const id of [input.consignmentId, ...(toId === null ? [] : [toId])].sort()) {
    const row = await lock(trx, 'consignment', id);
    if (!row) return refused('NotFound', `There is no consignment ${id}.`, 'Reload the page.');
    rows.set(id, row);
  }
  const from = rows.get(input.consignmentId);
  const to = toId === null ? null : (rows.get(toId) ?? null);
  if (!from) return refused('NotFound', 'There is no such consignment.', 'Reload the page.');
  if (input.expectedVersion !== undefined && from.version !== input.expectedVersion) {
    const why = `It is at version ${from.version} now, you saw ${input.expectedVersion}.`;
    return refused('NotAllowed', why, 'Reload the page and look at it again.');
  }
  if (from.state !== 'OPEN' || (to && to.state !== 'OPEN')) {
    const closed = from.state === 'OPEN' ? to : from;
    return refused('NotAllowed', `${closed?.number} is ${closed?.state}.`, 'Only open consignments can be changed.');
  }
  const reckoned = await reckon(trx, sealer, from, to, input);
  if ('code' in reckoned) return reckoned;
  if (input.dryRun) return { ok: true, change: reckoned, state: from.state, version: from.version };
  return carryOut(trx, sealer, from, to, reckoned, input, command);
}

const refused = (
  code: 'NotAllowed' | 'NotFound',
  why: string,
  remedy: string,
): Extract<MoveOutcome, { ok: false }> => ({
  ok: false,
  code,
  why,
  remedy,
});

interface Group {
  readonly row: Row | null;
  readonly orders: readonly PlanOrder[];
}

async function reckon(
  trx: Tx,
  sealer: Sealer,
  from: Row,
  to: Row | null,
  { action, carrier }: MoveInput,
): Promise<FreightChange | Extract<MoveOutcome, { ok: false }>> {
  const shipOn = String(from.slot_date);
  const connectionId = String(from.carrier_connection_id);
  const card = await cardFor(trx, { brandId: String(from.brand_id), connectionId, shipOn });
  const read = async (row: Row | null): Promise<Group> => {
    const ids: string[] = row
      ? await trx('consignment_orders').where({ consignment_id: row.id, left_at: null }).pluck('order_id')
      : [];
    return { row, orders: await readPlanOrders(trx, sealer, ids, card, shipOn) };
  };
  const [a, b] = [await read(from), await read(to)];
  const groups = regrouped(action, a, b);
  if ('code' in groups) return groups;
  const joined = groups.after.find(({ row }) => row !== null && row.id === to?.id);
  const why = joined ? whyNotJoin(from, to, joined.orders, card, carrier) : null;
  if (why !== null) return refused('NotAllowed', why, 'Choose another consignment, or ship it alone.');
  const names = await orderNumbers(trx, [...a.orders, ...b.orders]);
  const cost = (group: Group) => costOf(group, card, shipOn, names);
  const before = groups.before.filter(({ orders }) => orders.length > 0).map(cost);
  const after = groups.after.filter(({ orders }) => orders.length > 0).map(cost);
  const sum = (some: readonly ConsignmentCost[]): number | null =>
    some.reduce<number | null>(
      (total, { costMinor }) => (total === null || costMinor === null ? null : total + costMinor),
      0,
    );
  const [was, becomes] = [sum(before), sum(after)];
  return {
    action: action.kind,
    currency: card?.card.currency ?? null,
    before,
    after,
    changeMinor: was === null || becomes === null ? null : becomes - was,
  };
}

function regrouped(
  action: FreightAction,
  a: Group,
  b: Group,
): { before: Group[]; after: Group[] } | Extract<MoveOutcome, { ok: false }> {
  if (action.kind !== 'move' && action.kind !== 'alone') return { before: [a], after: [a] };
  const moving = a.orders.find(({ id }) => id === action.orderId);
  if (!moving) return refused('NotFound', 'The order is not in this consignment.', 'Reload the page.');
  const rest = a.orders.filter((order) => order !== moving);
  if (action.kind === 'alone') {
    if (rest.length === 0) return { before: [a], after: [a] };
    return {
      before: [a],
      after: [
        { row: a.row, orders: rest },
        { row: null, orders: [moving] },
      ],
    };
  }
  if (a.row?.id === b.row?.id)
    return refused('NotAllowed', 'It is in this consignment already.', 'Choose another one.');
  return {
    before: [a, b],
    after: [
      { row: a.row, orders: rest },
      { row: b.row, orders: [...b.orders, moving] },
    ],
  };
}

function whyNotJoin(
  from: Row,
  to: Row | null,
  orders: readonly PlanOrder[],
  card: StoredCard | null,
  carrier: CarrierRules,
): string | null {
  if (!to) return null;
  for (const [column, what] of [
    ['brand_id', 'brand'],
    ['carrier_connection_id', 'carrier account'],
    ['destination_country_code', 'destination'],
    ['incoterm', 'incoterm'],
  ] as const) {
    if (from[column] !== to[column]) return `${from.number} and ${to.number} differ in their ${what}.`;
  }
  if (!card) return 'No rate card holds on the ship date, so nothing says what the carrier takes.';
  const rules = planRulesOf(carrier);
  const limited = limitedCard(card.card, carrier.limits);
  return whyNotTogether({ card: limited, orders, shipOn: String(to.slot_date), rules }, orders);
}

async function orderNumbers(trx: Tx, orders: readonly PlanOrder[]): Promise<Map<string, string>> {
  const rows = await trx('orders')
    .whereIn(
      'id',
      orders.map(({ id }) => id),
    )
    .select('id', 'number');
  return new Map(rows.map(({ id, number }) => [id, number]));
}

function costOf(
  { row, orders }: Group,
  card: StoredCard | null,
  shipOn: string,
  names: ReadonlyMap<string, string>,
): ConsignmentCost {
  const base = {
    id: row?.id ?? null,
    number: row ? String(row.number) : null,
    orderNumbers: orders.map(({ id }) => names.get(id) ?? id).sort(),
  };
  if (!card)
    return { ...base, costMinor: null, aloneMinor: null, why: 'No rate card holds on the ship date.', explain: [] };
  const answer = quote(card.card, consignmentOf(orders, shipOn));
  if (!answer.ok) {
    const why = answer.refusals.map(({ place, reason }) => `${place}: ${reason}`).join(' ');
    return { ...base, costMinor: null, aloneMinor: null, why, explain: [] };
  }
  const alone = orders.map((order) => quote(card.card, consignmentOf([order], shipOn)));
  const aloneMinor = alone.reduce<number | null>(
    (sum, one) => (sum === null || !one.ok ? null : sum + one.totalMinor),
    0,
  );
  return { ...base, costMinor: answer.totalMinor, aloneMinor, why: null, explain: answer.explain };
}

async function carryOut(
  trx: Tx,
  sealer: Sealer,
  from: Row,
  to: Row | null,
  change: FreightChange,
  { action }: MoveInput,
  command: Command,
): Promise<MoveOutcome> {
  const done: { state: string; version: number } = { state: from.state, version: from.version };
  if (action.kind === 'move' || action.kind === 'alone') {
    const target = to?.id ?? (await targetAlone(trx, from, change, command));
    if (target !== from.id) await moveOrder(trx, action.orderId, from.id, target, command);
    const changes = { locked_by: command.actor };
    const held = { ...command, commandId: `${command.commandId}/lock`, role: 'system' as const };
    await mustStep(trx, { machine: 'consignment', id: target, event: 'LOCK', changes }, held);
    await cancelEmpty(trx, [{ consignmentId: from.id, orderId: action.orderId }], command);
    await priceConsignment(trx, sealer, from.id);
    if (target !== from.id) await priceConsignment(trx, sealer, target);
    const now = await lock(trx, 'consignment', from.id);
    done.state = now?.state ?? done.state;
    done.version = now?.version ?? done.version;
  } else {
    const [event, changes] = {
      lock: ['LOCK', { locked_by: command.actor }] as const,
      unlock: ['UNLOCK', { locked_by: null }] as const,
      'ship-now': ['CLOSE', { closed_at: command.at }] as const,
    }[action.kind];
    const own = event === 'CLOSE' ? command : { ...command, role: 'system' as const };
    const result = await step(trx, { machine: 'consignment', id: from.id, event, changes }, own);
    if (!result.ok) return { ok: false, code: 'Step', result };
    done.state = result.state;
    done.version = result.version;
  }
  return { ok: true, change, ...done };
}

/** An order that is alone already stays where it is and is locked there. */
async function targetAlone(trx: Tx, from: Row, { after }: FreightChange, command: Command): Promise<string> {
  if (after.length === 1) return from.id;
  return openConsignment(
    trx,
    {
      brandId: String(from.brand_id),
      carrierId: String(from.carrier_connection_id),
      countryCode: String(from.destination_country_code),
      incoterm: from.incoterm as 'DDP' | 'DAP',
      slotDate: String(from.slot_date),
      slotTime: String(from.slot_time),
      closeDueAt: from.close_due_at as Date,
      lockedBy: command.actor,
    },
    { ...command, commandId: `${command.commandId}/new`, role: 'system' },
  );
}
