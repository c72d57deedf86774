import { iso, locationView, productView, variantView } from './catalogue.ts';
import type { FulfillmentRecord, OrderLineRecord, OrderRecord } from './model.ts';
import { moneyBag, toUnits } from './money.ts';
import { fitsNumber, type PageArguments, pageOf, readSearch } from './paging.ts';
import type { Shop } from './shop.ts';

type Search = PageArguments & { query?: string | null; sortKey?: string | null };

/** `orders`: only a search lags, the bare list shows everything. */
export function orderList(shop: Shop, args: Search) {
  const conditions = readSearch(args.query ?? '');
  const nowMs = shop.tools.clock.now().getTime();
  const records = [...shop.orders.values()].filter((order) => {
    if (conditions.length > 0 && nowMs - order.createdMs < shop.dials.searchLagMs) return false;
    return conditions.every((one) => {
      const wanted = one.value.toLowerCase();
      if (one.field === 'source_identifier') return order.sourceIdentifier?.toLowerCase() === wanted;
      if (one.field === 'tag') return order.tags.some((tag) => tag.toLowerCase() === wanted);
      return one.field === 'updated_at' ? fitsNumber(order.updatedMs, one, Date.parse) : true;
    });
  });
  const rankOf = (one: OrderRecord) => (args.sortKey === 'UPDATED_AT' ? one.updatedMs : one.createdMs);
  return pageOf(records, args, rankOf, (one) => orderView(shop, one));
}

/** Lines, shipping and taxes in ten-thousandths; what was cancelled still counts. */
export function totalUnits(order: OrderRecord): number {
  const lines = order.lines.reduce((sum, { unitPrice, quantity }) => sum + toUnits(unitPrice) * quantity, 0);
  return lines + Number(order.shippingTotal) + Number(order.taxTotal);
}

export function fulfillmentStatus(order: OrderRecord): string {
  const [sent, all] = [order.lines.map((one) => one.fulfilled), order.lines.map((one) => one.quantity)];
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  if (sum(sent) === 0) return 'UNFULFILLED';
  return sum(sent) >= sum(all) ? 'FULFILLED' : 'PARTIALLY_FULFILLED';
}

/** Null where nothing says that money moved, as the shop itself shows it. */
function financialStatus(order: OrderRecord): string | null {
  if (order.financialStatus !== null) return order.financialStatus;
  const paid = order.transactions
    .filter(({ kind, status }) => status === 'SUCCESS' && (kind === 'SALE' || kind === 'CAPTURE'))
    .reduce((sum, { amount }) => sum + toUnits(amount), 0);
  const refunded = order.transactions
    .filter(({ kind }) => kind === 'REFUND')
    .reduce((sum, { amount }) => sum + toUnits(amount), 0);
  if (paid === 0) return null;
  if (refunded >= paid) return 'REFUNDED';
  if (refunded > 0) return 'PARTIALLY_REFUNDED';
  return paid >= totalUnits(order) ? 'PAID' : 'PARTIALLY_PAID';
}

export function orderView(shop: Shop, order: OrderRecord) {
  const { currency } = order;
  const isCancelled = order.cancelledMs !== null;
  return {
    __typename: 'Order',
    id: `gid://shopify/Order/${order.id}`,
    name: `#${order.number}`,
    tags: order.tags,
    note: order.note,
    email: order.email,
    sourceIdentifier: order.sourceIdentifier,
    createdAt: iso(order.createdMs),
    updatedAt: iso(order.updatedMs),
    cancelledAt: order.cancelledMs === null ? null : iso(order.cancelledMs),
    cancelReason: order.cancelReason,
    cancellation: isCancelled ? { staffNote: order.staffNote } : null,
    closed: order.closedMs !== null,
    closedAt: order.closedMs === null ? null : iso(order.closedMs),
    currencyCode: currency,
    displayFinancialStatus: financialStatus(order),
    displayFulfillmentStatus: fulfillmentStatus(order),
    totalPriceSet: moneyBag(totalUnits(order), currency),
    currentTotalPriceSet: moneyBag(isCancelled ? 0 : totalUnits(order), currency),
    totalTaxSet: moneyBag(Number(order.taxTotal), currency),
    customAttributes: order.customAttributes,
    transactions: order.transactions.map(({ amount, ...one }) => ({
      ...one,
      amountSet: moneyBag(toUnits(amount), currency),
    })),
    shippingAddress:
      order.shippingAddress === null
        ? null
        : { ...order.shippingAddress, countryCodeV2: order.shippingAddress.countryCode },
    lineItems: (args: PageArguments) =>
      pageOf(
        order.lines,
        args,
        (one) => one.id,
        (one) => lineView(shop, order, one),
      ),
    fulfillments: order.fulfillments.map(fulfillmentView),
    fulfillmentOrders: (args: PageArguments) =>
      pageOf(
        [{ id: order.workId }],
        args,
        (one) => one.id,
        () => workView(shop, order),
      ),
  };
}

export function fulfillmentView({ id, status, company, numbers, urls }: FulfillmentRecord) {
  return {
    id: `gid://shopify/Fulfillment/${id}`,
    status,
    displayStatus: status === 'SUCCESS' ? 'FULFILLED' : 'CANCELED',
    trackingInfo: numbers.map((number, index) => ({ company, number, url: urls[index] ?? null })),
  };
}

/** Whether the order's work is still to be done. */
export function workStatus(order: OrderRecord): 'OPEN' | 'IN_PROGRESS' | 'CLOSED' {
  if (order.cancelledMs !== null || fulfillmentStatus(order) === 'FULFILLED') return 'CLOSED';
  return fulfillmentStatus(order) === 'UNFULFILLED' ? 'OPEN' : 'IN_PROGRESS';
}

function workView(shop: Shop, order: OrderRecord) {
  const location = shop.locations.find(({ id }) => id === order.locationId);
  const isCancelled = order.cancelledMs !== null;
  return {
    id: `gid://shopify/FulfillmentOrder/${order.workId}`,
    status: workStatus(order),
    requestStatus: 'UNSUBMITTED',
    assignedLocation: {
      name: location?.name ?? '',
      location: location === undefined ? null : locationView(location),
    },
    lineItems: (args: PageArguments) =>
      pageOf(
        order.lines,
        args,
        (one) => one.id,
        (one) => ({
          id: `gid://shopify/FulfillmentOrderLineItem/${one.workId}`,
          totalQuantity: isCancelled ? 0 : one.quantity,
          remainingQuantity: isCancelled ? 0 : one.quantity - one.fulfilled,
          lineItem: lineView(shop, order, one),
        }),
      ),
  };
}

function lineView(shop: Shop, order: OrderRecord, line: OrderLineRecord) {
  const variant = shop.variants.get(line.variantId ?? 0);
  const product = shop.products.get(variant?.productId ?? 0);
  return {
    id: `gid://shopify/LineItem/${line.id}`,
    title: line.title,
    sku: line.sku,
    quantity: line.quantity,
    currentQuantity: order.cancelledMs === null ? line.quantity : 0,
    unfulfilledQuantity: line.quantity - line.fulfilled,
    requiresShipping: line.requiresShipping,
    product: product === undefined ? null : productView(shop, product),
    variant: variant === undefined ? null : variantView(shop, variant),
    originalUnitPriceSet: moneyBag(toUnits(line.unitPrice), order.currency),
  };
}
