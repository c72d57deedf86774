import { ControlError, type ControlHandler, Router, shapeError } from '../../simulator-kit/index.ts';
import { type BuyerOrder, placeOrder } from './buyers.ts';
import { idNumber, iso } from './catalogue.ts';
import type { PointBucket } from './cost.ts';
import { holdWork } from './holds.ts';
import type { OrderRecord, VariantRecord } from './model.ts';
import { toAmount } from './money.ts';
import type { Dials, ProductSeed } from './options.ts';
import { createFulfillment, markCancelled } from './order-changes.ts';
import { fulfillmentStatus, receivedUnits, refundedUnits, totalUnits } from './order-view.ts';
import { referenceOf } from './orders.ts';
import { createRefund } from './refunds.ts';
import type { Shop } from './shop.ts';
import type { Deliveries } from './webhooks.ts';

/** What the shop's own people and machinery do: `/__control/…` beyond the common controls. */
export function shopControls(shop: Shop, deliveries: Deliveries, bucket: PointBucket): Router<ControlHandler> {
  return new Router<ControlHandler>()
    .on('POST', '/products', 'add products', ({ body }) => addProducts(shop, body))
    .on('POST', '/products/:id/delete', 'delete product', ({ params }) => deleteProduct(shop, params.id))
    .on('POST', '/stock', 'set stock', ({ body }) => changeStock(shop, body))
    .on('POST', '/price', 'set price', ({ body }) => changePrice(shop, body))
    .on('GET', '/shelf', 'shelf', () => shelf(shop))
    .on('GET', '/orders', 'orders', () => [...shop.orders.values()].map(orderTruth))
    .on('POST', '/orders', 'a buyer orders', ({ body }) => buyerOrders(shop, body))
    .on('POST', '/orders/:id/hold', 'staff holds', ({ params, body }) => staffHolds(shop, params.id, body))
    .on('POST', '/orders/:id/status', 'order status', ({ params, body }) => staffStatus(shop, params.id, body))
    .on('POST', '/orders/:id/cancel', 'staff cancels', ({ params, body }) => staffCancels(shop, params.id, body))
    .on('POST', '/orders/:id/fulfil', 'staff fulfils', ({ params, body }) => staffFulfils(shop, params.id, body))
    .on('POST', '/run-webhooks', 'run webhooks', async () => ({ deliveries: await deliveries.run() }))
    .on('POST', '/revoke-tokens', 'revoke tokens', () => revoke(shop))
    .on('GET', '/dials', 'dials', () => shop.dials)
    .on('POST', '/dials', 'set dials', ({ body }) => setDials(shop, deliveries, bucket, body));
}

/** The full ground truth; secrets and buyers are left out. */
export function shopTruth(shop: Shop) {
  return {
    products: [...shop.products.values()].map((product) => ({
      id: product.id,
      title: product.title,
      status: product.status,
      updatedAt: iso(product.updatedMs),
      variants: shop
        .variantsOf(product.id)
        .map(({ id, itemId, sku, price, levels }) => ({ id, itemId, sku, price, levels })),
    })),
    locations: shop.locations,
    orders: [...shop.orders.values()].map(orderTruth),
    webhooks: [...shop.webhooks.values()],
    queue: shop.queue.length,
    dials: shop.dials,
  };
}

function addProducts(shop: Shop, body: unknown) {
  const seeds: unknown[] = Array.isArray(body) ? body : [body];
  const isSeed = (one: unknown): one is ProductSeed =>
    typeof one === 'object' && one !== null && 'title' in one && typeof one.title === 'string';
  if (seeds.length === 0 || !seeds.every(isSeed)) throw new ControlError(400, 'body must be products with a title');
  return {
    products: seeds.map((seed) => {
      const { id } = shop.addProduct(seed);
      return { id, variants: shop.variantsOf(id).map((one) => ({ id: one.id, itemId: one.itemId, sku: one.sku })) };
    }),
  };
}

function deleteProduct(shop: Shop, id: string | undefined) {
  const product = shop.products.get(Number(id));
  if (product === undefined) throw new ControlError(404, `no product ${id}`);
  shop.removeProduct(product);
  return { deleted: product.id };
}

function changeStock(shop: Shop, body: unknown) {
  const problem = shapeError('body', body, {
    sku: 'string',
    quantity: 'number?',
    delta: 'number?',
    location: 'string?',
    cause: 'string?',
  });
  if (problem !== null) throw new ControlError(400, problem);
  const { sku, quantity, delta, location, cause } = body as {
    sku: string;
    quantity?: number;
    delta?: number;
    location?: string;
    cause?: string;
  };
  if ((quantity === undefined) === (delta === undefined)) throw new ControlError(400, 'give either quantity or delta');
  const variant = bySku(shop, sku);
  const place = location === undefined ? shop.locations[0] : shop.locations.find(({ name }) => name === location);
  if (place === undefined) throw new ControlError(404, `no location ${location}`);
  const present = variant.levels[place.id]?.available ?? 0;
  shop.setAvailable(variant, place.id, quantity ?? present + (delta ?? 0), cause ?? 'control');
  shop.touch(shop.products.get(variant.productId));
  return { id: variant.productId, variantId: variant.id, available: shop.available(variant) };
}

function changePrice(shop: Shop, body: unknown) {
  const problem = shapeError('body', body, { sku: 'string', price: 'string?', regular_price: 'string?' });
  if (problem !== null) throw new ControlError(400, problem);
  const { sku, price: own, regular_price: regular } = body as { sku: string; price?: string; regular_price?: string };
  const price = own ?? regular;
  if (price === undefined) throw new ControlError(400, 'give price or regular_price');
  const variant = bySku(shop, sku);
  variant.price = price;
  variant.updatedMs = shop.nowMs();
  shop.touch(shop.products.get(variant.productId));
  return { id: variant.productId, price };
}

/** What can be sold of each variant, over all locations. */
function shelf(shop: Shop) {
  return [...shop.variants.values()].map((variant) => ({ sku: variant.sku, quantity: shop.available(variant) }));
}

/**
 * What the shop's staff does with an order, in the words of every simulated shop: `cancelled`, `completed` = sent,
 * `refunded` = the goods came back, and the money went.
 */
function staffStatus(shop: Shop, id: string | undefined, body: unknown) {
  const problem = shapeError('body', body, { status: ['cancelled', 'completed', 'refunded'] });
  if (problem !== null) throw new ControlError(400, problem);
  const { status } = body as { status: string };
  if (status === 'completed') return staffFulfils(shop, id, {});
  if (status === 'refunded') return staffRefunds(shop, orderOf(shop, id));
  const order = orderOf(shop, id);
  if (!['UNFULFILLED', 'ON_HOLD'].includes(fulfillmentStatus(order)))
    throw new ControlError(409, 'the shop cancels nothing that was sent');
  return staffCancels(shop, id, { restock: true });
}

function staffRefunds(shop: Shop, order: OrderRecord) {
  const gid = (type: string, id: number) => `gid://shopify/${type}/${id}`;
  const [sale] = order.transactions.filter(({ kind }) => kind === 'SALE');
  if (sale === undefined) throw new ControlError(409, 'nothing was paid');
  const from = fulfillmentStatus(order);
  const { userErrors } = createRefund(
    shop,
    {
      orderId: gid('Order', order.id),
      refundLineItems: order.lines.map(({ id, quantity }) => {
        return { lineItemId: gid('LineItem', id), quantity, restockType: 'RETURN' };
      }),
      transactions: [
        { kind: 'REFUND', gateway: sale.gateway, amount: sale.amount, parentId: gid('OrderTransaction', sale.id) },
      ],
    },
    `staff-${order.id}`,
  );
  if (userErrors.length > 0) throw new ControlError(409, JSON.stringify(userErrors));
  const externalId = gid('Order', order.id);
  shop.tools.log.fact({ fact: 'shop-order.status', externalId, from, to: 'REFUNDED', cause: 'staff' });
  return orderTruth(order);
}

function staffCancels(shop: Shop, id: string | undefined, body: unknown) {
  const order = orderOf(shop, id);
  const problem = shapeError('body', body, { restock: 'boolean' });
  if (problem !== null) throw new ControlError(400, problem);
  const { restock } = body as { restock: boolean };
  markCancelled(shop, order, { restock, reason: 'STAFF', staffNote: null, cause: 'staff' });
  return orderTruth(order);
}

function staffFulfils(shop: Shop, id: string | undefined, body: unknown) {
  const order = orderOf(shop, id);
  const problem = shapeError('body', body, { number: 'string?', quantity: 'number?' });
  if (problem !== null) throw new ControlError(400, problem);
  const { number, quantity } = body as { number?: string; quantity?: number };
  const [line] = order.lines;
  const work = { fulfillmentOrderId: `gid://shopify/FulfillmentOrder/${order.workId}` };
  const part =
    quantity === undefined || line === undefined
      ? {}
      : { fulfillmentOrderLineItems: [{ id: `gid://shopify/FulfillmentOrderLineItem/${line.workId}`, quantity }] };
  const trackingInfo = number === undefined ? null : { company: 'Other', number };
  const { userErrors } = createFulfillment(
    shop,
    { lineItemsByFulfillmentOrder: [{ ...work, ...part }], trackingInfo },
    'staff',
  );
  if (userErrors.length > 0) throw new ControlError(409, JSON.stringify(userErrors));
  return orderTruth(order);
}

function revoke(shop: Shop) {
  const revoked = shop.tokens.length;
  // Refresh tokens stay good: only what they were exchanged for is dead.
  shop.tokens = shop.tokens.map((one) => ({ ...one, accessToken: `revoked-${shop.newId()}` }));
  shop.changed();
  return { revoked };
}

function setDials(shop: Shop, deliveries: Deliveries, bucket: PointBucket, body: unknown): Dials {
  if (typeof body !== 'object' || body === null) throw new ControlError(400, 'body must be an object of dials');
  for (const [name, value] of Object.entries(body)) {
    const current = Object.entries(shop.dials).find(([dial]) => dial === name)?.[1];
    if (current === undefined) throw new ControlError(400, `no dial ${name}`);
    if (typeof value !== typeof current) throw new ControlError(400, `dial ${name} must be a ${typeof current}`);
  }
  shop.dials = { ...shop.dials, ...body };
  if ('bucketPoints' in body) bucket.reset();
  shop.changed();
  deliveries.wake();
  return shop.dials;
}

function bySku(shop: Shop, sku: string): VariantRecord {
  const variant = shop.variantBySku(sku);
  if (variant === undefined) throw new ControlError(404, `no variant with SKU ${sku}`);
  return variant;
}

function buyerOrders(shop: Shop, body: unknown) {
  const problem = shapeError('body', body, {
    lines: 'array',
    taxesIncluded: 'boolean?',
    shipping: 'string?',
    shippingTaxRate: 'number?',
  });
  if (problem !== null) throw new ControlError(400, problem);
  return orderTruth(placeOrder(shop, body as BuyerOrder));
}

function staffHolds(shop: Shop, id: string | undefined, body: unknown) {
  const order = orderOf(shop, id);
  const problem = shapeError('body', body, { handle: 'string' });
  if (problem !== null) throw new ControlError(400, problem);
  const { handle } = body as { handle: string };
  const { userErrors } = holdWork(
    shop,
    `gid://shopify/FulfillmentOrder/${order.workId}`,
    { handle, reason: 'OTHER' },
    false,
  );
  if (userErrors.length > 0) throw new ControlError(409, JSON.stringify(userErrors));
  return orderTruth(order);
}

function orderOf(shop: Shop, id: string | undefined): OrderRecord {
  const order = shop.orders.get(Number(id)) ?? shop.orders.get(idNumber('Order', id ?? ''));
  if (order === undefined) throw new ControlError(404, `no order ${id}`);
  return order;
}

const isPaidBack = (order: OrderRecord): boolean => {
  const refunded = refundedUnits(order);
  return refunded > 0 && refunded >= receivedUnits(order);
};

function orderTruth(order: OrderRecord) {
  return {
    id: order.id,
    number: `#${order.number}`,
    name: `#${order.number}`,
    reference: referenceOf(order),
    currency: order.currency,
    total: toAmount(totalUnits(order)),
    status: order.cancelledMs !== null ? 'CANCELLED' : isPaidBack(order) ? 'REFUNDED' : fulfillmentStatus(order),
    staffNote: order.staffNote,
    note: order.note,
    holds: order.holds,
    isRefunded: order.transactions.some(({ kind }) => kind === 'REFUND'),
    tags: order.tags,
    lines: order.lines.map(({ sku, quantity, unitPrice, fulfilled, isClaimed }) => ({
      sku,
      quantity,
      unitPrice,
      fulfilled,
      isClaimed,
    })),
    numbers: order.fulfillments.flatMap(({ numbers }) => numbers),
    companies: order.fulfillments.map(({ company }) => company),
  };
}
