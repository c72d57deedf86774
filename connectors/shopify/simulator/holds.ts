import { idNumber } from './catalogue.ts';
import type { HoldRecord, OrderRecord } from './model.ts';
import { holdView, workStatus, workView } from './order-view.ts';
import { announceOrder } from './orders.ts';
import type { Shop } from './shop.ts';

const MAX_HOLDS = 10;

export interface HoldInput {
  handle?: string | null;
  reason: string;
  reasonNotes?: string | null;
}

/** `fulfillmentOrderHold`: several holds may lie on one order; a handle counts once per app. */
export function holdWork(shop: Shop, id: string, input: HoldInput, isOurs = true) {
  const order = orderOfWork(shop, id);
  const refused = (code: string, message: string) => ({
    fulfillmentHold: null,
    fulfillmentOrder: null,
    remainingFulfillmentOrder: null,
    userErrors: [{ field: ['id'], message, code }],
  });
  if (order === undefined) return refused('FULFILLMENT_ORDER_NOT_FOUND', 'Fulfillment order does not exist.');
  if (workStatus(order) === 'CLOSED') return refused('TAKEN', 'The fulfillment order is not in a state to be held.');
  const handle = input.handle ?? '';
  if (order.holds.some((one) => one.isOurs === isOurs && one.handle === handle)) {
    return refused('DUPLICATE_FULFILLMENT_HOLD_HANDLE', 'A hold with this handle exists already.');
  }
  if (order.holds.length >= MAX_HOLDS) {
    return refused('FULFILLMENT_ORDER_HOLD_LIMIT_REACHED', 'The fulfillment order has too many holds.');
  }
  const hold: HoldRecord = {
    id: shop.newId(),
    handle,
    reason: input.reason,
    notes: input.reasonNotes ?? null,
    isOurs,
  };
  order.holds.push(hold);
  touched(shop, order);
  return {
    fulfillmentHold: holdView(hold),
    fulfillmentOrder: workView(shop, order),
    remainingFulfillmentOrder: null,
    userErrors: [],
  };
}

/** `fulfillmentOrderReleaseHold`: without ids all holds go, whoever put them there. */
export function releaseWork(shop: Shop, id: string, holdIds: readonly string[] | null | undefined) {
  const order = orderOfWork(shop, id);
  if (order === undefined) {
    const message = 'Fulfillment order does not exist.';
    return { fulfillmentOrder: null, userErrors: [{ field: ['id'], message, code: 'FULFILLMENT_ORDER_NOT_FOUND' }] };
  }
  const wanted = holdIds?.map((one) => idNumber('FulfillmentHold', one));
  order.holds = order.holds.filter((one) => wanted !== undefined && !wanted.includes(one.id));
  touched(shop, order);
  return { fulfillmentOrder: workView(shop, order), userErrors: [] };
}

function orderOfWork(shop: Shop, id: string): OrderRecord | undefined {
  const number = idNumber('FulfillmentOrder', id);
  return [...shop.orders.values()].find(({ workId }) => workId === number);
}

function touched(shop: Shop, order: OrderRecord): void {
  order.updatedMs = shop.nowMs();
  announceOrder(shop, 'ORDERS_UPDATED', order);
}
