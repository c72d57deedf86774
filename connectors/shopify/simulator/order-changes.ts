import { GraphQLError } from 'graphql';
import { idNumber } from './catalogue.ts';
import type { FulfillmentRecord, JobRecord, OrderRecord } from './model.ts';
import { fulfillmentStatus, fulfillmentView, workStatus } from './order-view.ts';
import { announceOrder } from './orders.ts';
import type { Shop } from './shop.ts';

const MAX_NOTE = 255;

export interface CancelArguments {
  orderId: string;
  restock: boolean;
  reason: string;
  refund?: boolean | null;
  refundMethod?: { originalPaymentMethodsRefund?: boolean | null } | null;
  staffNote?: string | null;
}
interface TrackingInput {
  company?: string | null;
  number?: string | null;
  numbers?: string[] | null;
  url?: string | null;
  urls?: string[] | null;
}
export interface FulfillmentInput {
  lineItemsByFulfillmentOrder: Array<{
    fulfillmentOrderId: string;
    fulfillmentOrderLineItems?: Array<{ id: string; quantity: number }> | null;
  }>;
  trackingInfo?: TrackingInput | null;
}

/** `orderCancel`: a job that is carried out after it was asked about some times. */
export function cancelOrder(shop: Shop, args: CancelArguments) {
  const order = shop.orders.get(idNumber('Order', args.orderId));
  const refused = (field: string, message: string) => ({
    job: null,
    orderCancelUserErrors: [{ field: [field], message, code: field === 'orderId' && !order ? 'NOT_FOUND' : 'INVALID' }],
    userErrors: [{ field: [field], message }],
  });
  if (order === undefined) return refused('orderId', 'Order does not exist');
  if ((args.staffNote ?? '').length > MAX_NOTE) {
    return refused('staffNote', `Staff note is too long. Maximum length is ${MAX_NOTE} characters.`);
  }
  if (args.refund !== undefined && args.refund !== null && args.refundMethod) {
    return refused('refund', 'Only one of the arguments `refund` or `refund_method` is allowed.');
  }
  if (order.cancelledMs !== null) return refused('orderId', 'Cannot cancel an order that has already been canceled');
  if (!['UNFULFILLED', 'ON_HOLD'].includes(fulfillmentStatus(order))) {
    return refused('orderId', 'Cannot cancel an order that has outstanding fulfillments');
  }
  if (args.refund === true || args.refundMethod?.originalPaymentMethodsRefund === true) refundAll(shop, order);
  const job: JobRecord = {
    id: `gid://shopify/Job/${shop.newId()}`,
    orderId: order.id,
    restock: args.restock,
    reason: args.reason,
    staffNote: args.staffNote ?? null,
    pollsLeft: shop.dials.jobPolls,
    done: false,
  };
  shop.jobs.set(job.id, job);
  if (job.pollsLeft === 0) finish(shop, job);
  shop.changed();
  // Also a job that is as good as done is not shown so in the answer that made it.
  return { job: { id: job.id, done: false }, orderCancelUserErrors: [], userErrors: [] };
}

/** `job`: asking brings it nearer to its end. */
export function askJob(shop: Shop, id: string): { id: string; done: boolean } {
  const job = shop.jobs.get(id);
  // Jobs of other kinds, and old ones, count as done.
  if (job === undefined) return { id, done: true };
  job.pollsLeft -= 1;
  if (job.pollsLeft <= 0) finish(shop, job);
  shop.changed();
  return { id, done: job.done };
}

/** The order is cancelled at once: by a job, or by the shop's staff. */
export function markCancelled(
  shop: Shop,
  order: OrderRecord,
  how: { restock: boolean; reason: string; staffNote: string | null; cause: string },
): void {
  if (order.cancelledMs !== null) return;
  const nowMs = shop.nowMs();
  if (how.restock) {
    for (const line of order.lines.filter(({ isClaimed }) => isClaimed)) {
      const variant = shop.variants.get(line.variantId ?? 0);
      if (variant !== undefined) shop.commit(variant, order.locationId, line.fulfilled - line.quantity);
      line.isClaimed = false;
    }
  }
  order.cancelledMs = nowMs;
  order.closedMs = nowMs;
  order.updatedMs = nowMs;
  order.cancelReason = how.reason;
  order.staffNote = how.staffNote;
  const externalId = `gid://shopify/Order/${order.id}`;
  shop.tools.log.fact({
    fact: 'shop-order.status',
    externalId,
    from: 'UNFULFILLED',
    to: 'CANCELLED',
    cause: how.cause,
  });
  announceOrder(shop, 'ORDERS_CANCELLED', order);
  announceOrder(shop, 'ORDERS_UPDATED', order);
}

/** `fulfillmentCreate`: one order per call, all that remains where no lines are named. */
export function createFulfillment(shop: Shop, input: FulfillmentInput, cause = 'api') {
  const orders = new Set<OrderRecord>();
  for (const { fulfillmentOrderId } of input.lineItemsByFulfillmentOrder) {
    const number = idNumber('FulfillmentOrder', fulfillmentOrderId);
    if (!(number > 0)) throw new GraphQLError('invalid id', { extensions: { code: 'RESOURCE_NOT_FOUND' } });
    const order = [...shop.orders.values()].find(({ workId }) => workId === number);
    if (order === undefined) return refusal('Fulfillment order does not exist.');
    orders.add(order);
  }
  const [order, ...others] = orders;
  if (order === undefined || others.length > 0) return refusal('All fulfillment orders must belong to the same order.');
  if (workStatus(order) === 'ON_HOLD') {
    return refusal(`Fulfillment order ${order.workId} has an unfulfillable status= on_hold.`);
  }
  if (workStatus(order) === 'CLOSED') {
    return refusal(`Fulfillment order ${order.workId} has an unfulfillable status= closed.`);
  }
  const wanted = new Map<number, number>();
  for (const { fulfillmentOrderLineItems: lines } of input.lineItemsByFulfillmentOrder) {
    for (const { id, quantity } of lines ?? []) wanted.set(idNumber('FulfillmentOrderLineItem', id), quantity);
  }
  const before = fulfillmentStatus(order);
  for (const line of order.lines) {
    const remaining = line.quantity - line.fulfilled;
    const quantity = wanted.size === 0 ? remaining : (wanted.get(line.workId) ?? 0);
    if (quantity > remaining) return refusal('Invalid fulfillment order line item quantity requested.');
    line.fulfilled += quantity;
    const variant = shop.variants.get(line.variantId ?? 0);
    if (line.isClaimed && variant !== undefined) shop.ship(variant, order.locationId, quantity);
  }
  const made: FulfillmentRecord = {
    id: shop.newId(),
    status: 'SUCCESS',
    createdMs: shop.nowMs(),
    ...trackingOf(input.trackingInfo ?? {}),
  };
  order.fulfillments.push(made);
  order.updatedMs = shop.nowMs();
  const [externalId, to] = [`gid://shopify/Order/${order.id}`, fulfillmentStatus(order)];
  shop.tools.log.fact({ fact: 'shop-order.status', externalId, from: before, to, cause });
  announceOrder(shop, 'ORDERS_UPDATED', order);
  if (to === 'FULFILLED') announceOrder(shop, 'ORDERS_FULFILLED', order);
  return { fulfillment: fulfillmentView(made, order), userErrors: [] };
}

/** `fulfillmentTrackingInfoUpdate`, also of a cancelled fulfilment. */
export function updateTracking(shop: Shop, fulfillmentId: string, input: TrackingInput) {
  const number = idNumber('Fulfillment', fulfillmentId);
  for (const order of shop.orders.values()) {
    const found = order.fulfillments.find(({ id }) => id === number);
    if (found === undefined) continue;
    Object.assign(found, trackingOf(input));
    order.updatedMs = shop.nowMs();
    announceOrder(shop, 'ORDERS_UPDATED', order);
    return { fulfillment: fulfillmentView(found, order), userErrors: [] };
  }
  return { fulfillment: null, userErrors: [{ field: ['fulfillmentId'], message: 'Fulfillment does not exist.' }] };
}

function finish(shop: Shop, job: JobRecord): void {
  job.done = true;
  const order = shop.orders.get(job.orderId);
  if (order !== undefined) markCancelled(shop, order, { ...job, cause: 'api' });
}

function refundAll(shop: Shop, order: OrderRecord): void {
  const paid = order.transactions.filter(({ kind }) => kind === 'SALE');
  order.transactions.push(...paid.map((one) => ({ ...one, id: shop.newId(), kind: 'REFUND', parentId: one.id })));
}

function trackingOf({ company, number, numbers, url, urls }: TrackingInput) {
  return {
    company: company ?? null,
    numbers: numbers ?? (number ? [number] : []),
    urls: urls ?? (url ? [url] : []),
  };
}

function refusal(message: string) {
  return { fulfillment: null, userErrors: [{ field: ['fulfillment'], message }] };
}
