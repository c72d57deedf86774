import { iso, locationView, productView, variantView } from './catalogue.ts';
import type {
  FulfillmentRecord,
  HoldRecord,
  OrderLineRecord,
  OrderRecord,
  RefundRecord,
  TaxRecord,
  TransactionRecord,
} from './model.ts';
import { moneyBag, toUnits } from './money.ts';
import { fitsNumber, type PageArguments, pageOf, readSearch } from './paging.ts';
import type { Shop } from './shop.ts';

type Search = PageArguments & { query?: string | null; sortKey?: string | null };

/** `orders`: only a search lags, the bare list shows everything. */
export function orderList(shop: Shop, args: Search, lagMs: number) {
  const conditions = readSearch(args.query ?? '');
  const indexedMs = shop.tools.clock.now().getTime() - lagMs;
  const records = [...shop.orders.values()].filter((order) => {
    if (lagMs > 0 && conditions.length > 0 && order.createdMs > indexedMs) return false;
    return conditions.every((one) => {
      if (one.field === 'updated_at' && lagMs > 0 && order.updatedMs > indexedMs) return false;
      const wanted = one.value.toLowerCase();
      if (one.field === 'source_identifier') return order.sourceIdentifier?.toLowerCase() === wanted;
      if (one.field === 'tag') return order.tags.some((tag) => tag.toLowerCase() === wanted);
      return one.field === 'updated_at' ? fitsNumber(order.updatedMs, one, Date.parse) : true;
    });
  });
  const rankOf = (one: OrderRecord) => (args.sortKey === 'UPDATED_AT' ? one.updatedMs : one.createdMs);
  return pageOf(records, args, rankOf, (one) => orderView(shop, one));
}

/** Lines less discounts, shipping and taxes in ten-thousandths; what was cancelled still counts. */
export function totalUnits(order: OrderRecord): number {
  const lines = order.lines.reduce((sum, line) => sum + toUnits(line.unitPrice) * line.quantity - line.discount, 0);
  const shipping = order.shipping.reduce((sum, { units }) => sum + units, 0);
  return lines + shipping + (order.taxesIncluded ? 0 : taxUnits(order));
}

/** All tax of an order in ten-thousandths. */
export function taxUnits({ lines, shipping, taxes }: OrderRecord): number {
  const all = [...taxes, ...lines.flatMap((line) => line.taxes), ...shipping.flatMap((line) => line.taxes)];
  return all.reduce((sum, { units }) => sum + units, 0);
}

/** What transactions gave back, in ten-thousandths. */
export function refundedUnits(order: OrderRecord): number {
  return transactionUnits(order, ['REFUND']);
}

/** What transactions took in, in ten-thousandths. */
export function receivedUnits(order: OrderRecord): number {
  return transactionUnits(order, ['SALE', 'CAPTURE']);
}

function transactionUnits({ transactions }: OrderRecord, kinds: readonly string[]): number {
  return transactions
    .filter(({ kind, status }) => status === 'SUCCESS' && kinds.includes(kind))
    .reduce((sum, { amount }) => sum + toUnits(amount), 0);
}

export function fulfillmentStatus(order: OrderRecord): string {
  const shipped = shippedStatus(order);
  return shipped === 'UNFULFILLED' && order.holds.length > 0 ? 'ON_HOLD' : shipped;
}

function shippedStatus(order: OrderRecord): 'UNFULFILLED' | 'PARTIALLY_FULFILLED' | 'FULFILLED' {
  const [sent, all] = [order.lines.map((one) => one.fulfilled), order.lines.map((one) => one.quantity)];
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  if (sum(sent) === 0) return 'UNFULFILLED';
  return sum(sent) >= sum(all) ? 'FULFILLED' : 'PARTIALLY_FULFILLED';
}

/** Null where nothing says that money moved, as the shop itself shows it. */
function financialStatus(order: OrderRecord): string | null {
  if (order.financialStatus !== null && refundedUnits(order) === 0) return order.financialStatus;
  const [paid, refunded] = [receivedUnits(order), refundedUnits(order)];
  if (paid === 0) return transactionUnits(order, ['AUTHORIZATION']) > 0 ? 'AUTHORIZED' : null;
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
    phone: order.phone,
    poNumber: order.poNumber,
    createdAt: iso(order.createdMs),
    processedAt: iso(order.processedMs),
    updatedAt: iso(order.updatedMs),
    taxesIncluded: order.taxesIncluded,
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
    totalTaxSet: moneyBag(taxUnits(order), currency),
    totalRefundedSet: moneyBag(refundedUnits(order), currency),
    customAttributes: order.customAttributes,
    transactions: order.transactions.map((one) => transactionView(one, currency)),
    refunds: ({ first }: PageArguments) =>
      order.refunds.slice(0, first ?? undefined).map((one) => refundView(shop, order, one)),
    shippingLines: (args: PageArguments) =>
      pageOf(
        order.shipping.map((line, index) => ({ ...line, id: index })),
        args,
        (one) => one.id,
        ({ title, code, source, units, taxes }) => ({
          title,
          code,
          source,
          originalPriceSet: moneyBag(units, currency),
          discountedPriceSet: moneyBag(units, currency),
          taxLines: taxes.map((one) => taxView(one, currency)),
        }),
      ),
    shippingAddress:
      order.shippingAddress === null
        ? null
        : {
            provinceCode: null,
            ...order.shippingAddress,
            countryCodeV2: order.shippingAddress.countryCode,
          },
    lineItems: (args: PageArguments) =>
      pageOf(
        order.lines,
        args,
        (one) => one.id,
        (one) => lineView(shop, order, one),
      ),
    fulfillments: order.fulfillments.map((one) => fulfillmentView(one, order)),
    fulfillmentOrders: (args: PageArguments) =>
      pageOf(
        [{ id: order.workId }],
        args,
        (one) => one.id,
        () => workView(shop, order),
      ),
  };
}

export function fulfillmentView(
  { id, status, company, numbers, urls, createdMs }: FulfillmentRecord,
  order: OrderRecord,
) {
  const place = order.fulfillments.findIndex((one) => one.id === id) + 1;
  return {
    id: `gid://shopify/Fulfillment/${id}`,
    name: `#${order.number}-F${place || order.fulfillments.length + 1}`,
    status,
    displayStatus: status === 'SUCCESS' ? 'FULFILLED' : 'CANCELED',
    createdAt: iso(createdMs),
    trackingInfo: numbers.map((number, index) => ({ company, number, url: urls[index] ?? null })),
  };
}

export function refundView(shop: Shop, order: OrderRecord, refund: RefundRecord) {
  const { currency } = order;
  const own = order.transactions.filter(({ id }) => refund.transactionIds.includes(id));
  const total = own.reduce((sum, { amount }) => sum + toUnits(amount), 0);
  return {
    id: `gid://shopify/Refund/${refund.id}`,
    note: refund.note,
    createdAt: iso(refund.createdMs),
    updatedAt: iso(refund.createdMs),
    totalRefundedSet: moneyBag(total, currency),
    order: () => orderView(shop, order),
    refundLineItems: (args: PageArguments) =>
      pageOf(
        refund.lines,
        args,
        (one) => one.id,
        ({ id, lineId, quantity, restockType, subtotal }) => {
          const line = order.lines.find((one) => one.id === lineId);
          return {
            id: `gid://shopify/RefundLineItem/${id}`,
            quantity,
            restockType,
            restocked: restockType !== 'NO_RESTOCK',
            lineItem: line === undefined ? null : lineView(shop, order, line),
            subtotalSet: moneyBag(subtotal, currency),
          };
        },
      ),
    transactions: (args: PageArguments) =>
      pageOf(
        own,
        args,
        (one) => one.id,
        (one) => transactionView(one, currency),
      ),
  };
}

function transactionView({ id, kind, status, gateway, amount }: TransactionRecord, currency: string) {
  const amountSet = moneyBag(toUnits(amount), currency);
  return { id: `gid://shopify/OrderTransaction/${id}`, kind, status, gateway, amountSet };
}

function taxView({ title, rate, units }: TaxRecord, currency: string) {
  return { title, rate, priceSet: moneyBag(units, currency) };
}

export function holdView({ id, handle, reason, notes, isOurs }: HoldRecord) {
  return {
    id: `gid://shopify/FulfillmentHold/${id}`,
    handle,
    reason,
    reasonNotes: notes,
    displayReason: reason,
    heldByRequestingApp: isOurs,
  };
}

/** Whether the order's work is still to be done. */
export function workStatus(order: OrderRecord): 'OPEN' | 'IN_PROGRESS' | 'CLOSED' | 'ON_HOLD' {
  if (order.cancelledMs !== null || shippedStatus(order) === 'FULFILLED') return 'CLOSED';
  if (order.holds.length > 0) return 'ON_HOLD';
  return shippedStatus(order) === 'UNFULFILLED' ? 'OPEN' : 'IN_PROGRESS';
}

export function workView(shop: Shop, order: OrderRecord) {
  const location = shop.locations.find(({ id }) => id === order.locationId);
  const isCancelled = order.cancelledMs !== null;
  return {
    id: `gid://shopify/FulfillmentOrder/${order.workId}`,
    status: workStatus(order),
    requestStatus: 'UNSUBMITTED',
    fulfillmentHolds: order.holds.map(holdView),
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

export function lineView(shop: Shop, order: OrderRecord, line: OrderLineRecord) {
  const variant = shop.variants.get(line.variantId ?? 0);
  const product = shop.products.get(line.productId ?? 0);
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
    originalTotalSet: moneyBag(toUnits(line.unitPrice) * line.quantity, order.currency),
    discountAllocations: line.discount === 0 ? [] : [{ allocatedAmountSet: moneyBag(line.discount, order.currency) }],
    taxLines: line.taxes.map((one) => taxView(one, order.currency)),
  };
}
