import { ControlError, type ControlHandler, Router, shapeError } from '../../simulator-kit/index.ts';
import type { Deliveries } from './deliveries.ts';
import { WpError } from './errors.ts';
import { isObject, type JsonObject, numberOf, objectsOf, textOf } from './json.ts';
import type { OrderRecord } from './model.ts';
import { fromUnits } from './money.ts';
import type { Dials } from './options.ts';
import { createOrder, referenceOf } from './order-save.ts';
import { setStatus } from './order-status.ts';
import { lineProduct } from './order-view.ts';
import { effectivePrice, stockHolder } from './product-rules.ts';
import { newProduct, saveProduct } from './product-save.ts';
import { addProduct, dropProduct } from './products.ts';
import type { Shop } from './shop.ts';
import { setStock } from './stock.ts';
import { completeRates, orderSums, type TaxSetup, taxSetupProblem } from './taxes.ts';
import { ensureTerm } from './terms.ts';
import { gmtDate } from './time.ts';
import { addVariation } from './variations.ts';
import { webhookView } from './webhooks.ts';

/** What the shop's own people and machinery do: `/__control/…` beyond the common controls. */
export function shopControls(shop: Shop, deliveries: Deliveries): Router<ControlHandler> {
  return new Router<ControlHandler>()
    .on('POST', '/products', 'add products', ({ body }) => addProducts(shop, body, 'control'))
    .on('POST', '/products/:id/delete', 'delete product', ({ params }) =>
      vendorErrors(async () => dropProduct(shop, Number(params.id), true)),
    )
    .on('POST', '/orphans', 'add orphan', ({ body }) => addOrphan(shop, body))
    .on('POST', '/stock', 'set stock', ({ body }) => changeStock(shop, body))
    .on('POST', '/price', 'set price', ({ body }) => changePrice(shop, body))
    .on('GET', '/shelf', 'shelf', () => shelf(shop))
    .on('GET', '/orders', 'orders', () => [...shop.orders.values()].map((order) => orderTruth(shop, order)))
    .on('POST', '/orders', 'shop order', ({ body }) => shopOrder(shop, body))
    .on('POST', '/orders/:id/status', 'order status', ({ params, body }) => staffStatus(shop, params.id, body))
    .on('POST', '/run-cron', 'run cron', async () => ({ deliveries: await deliveries.run() }))
    .on('POST', '/revoke-keys', 'revoke keys', () => ({ revoked: shop.removeKeys(() => true) }))
    .on('POST', '/webhooks/disable', 'disable webhooks', () => disableWebhooks(shop))
    .on('GET', '/queue', 'queue', () => shop.queue)
    .on('GET', '/taxes', 'taxes', () => shop.taxes)
    .on('POST', '/taxes', 'set taxes', ({ body }) => setTaxes(shop, body))
    .on('GET', '/dials', 'dials', () => shop.dials)
    .on('POST', '/dials', 'set dials', ({ body }) => setDials(shop, deliveries, body));
}

/**
 * Creates products without a key: bodies like `POST /products`, one or a list; a variable product may hold its
 * variations as `variations: [bodies]`, and categories may be given by name as `category_names`. `damage: {sku, image}` is
 * what work on the database left behind: a SKU that another product has, a picture with an address that is none.
 */
export async function addProducts(shop: Shop, body: unknown, cause: string): Promise<JsonObject> {
  const bodies = objectsOf(Array.isArray(body) ? body : [body]);
  if (bodies.length === 0) throw new ControlError(400, 'body must be a product or a list of products');
  const products: JsonObject[] = [];
  for (const { variations, category_names: names, damage, ...product } of bodies) {
    const named = (Array.isArray(names) ? names : []).map((name) => ({
      id: ensureTerm(shop, 'category', textOf(name)).id,
    }));
    const categories = named.length === 0 ? {} : { categories: named };
    const { id } = await vendorErrors(() => addProduct(shop, { ...categories, ...product }, cause));
    breakProduct(shop, id, damage);
    const children: number[] = [];
    for (const { damage: ofVariation, ...variation } of objectsOf(variations)) {
      const made = await vendorErrors(() => addVariation(shop, id, variation, cause));
      breakProduct(shop, made.id, ofVariation);
      children.push(made.id);
    }
    products.push({ id, sku: textOf(product.sku), variations: children });
  }
  return { products };
}

function breakProduct(shop: Shop, id: number, damage: unknown): void {
  const product = shop.products.get(id);
  if (product === undefined || !isObject(damage)) return;
  const src = textOf(damage.image);
  const image = { id: shop.nextId('post'), createdMs: product.createdMs, src, name: 'lost', alt: '' };
  shop.putProduct({
    ...product,
    sku: textOf(damage.sku) || product.sku,
    images: damage.image === undefined ? product.images : [...product.images, image],
  });
}

/** A variation whose product is gone, as broken imports and database work leave them behind. */
async function addOrphan(shop: Shop, body: unknown): Promise<JsonObject> {
  if (!isObject(body)) throw new ControlError(400, 'body must be a variation');
  const gone = shop.nextId('post');
  const { id } = await vendorErrors(() => saveProduct(shop, newProduct(shop, 'variation', gone), body, 'control'));
  return { id, parentId: gone };
}

/** A sale over the counter, a count, a delivery: sets or changes the on-hand stock of a SKU. */
function changeStock(shop: Shop, body: unknown): JsonObject {
  const problem = shapeError('body', body, { sku: 'string', quantity: 'number?', delta: 'number?', cause: 'string?' });
  if (problem !== null) throw new ControlError(400, problem);
  const { sku, quantity, delta, cause } = body as { sku: string; quantity?: number; delta?: number; cause?: string };
  if ((quantity === undefined) === (delta === undefined)) throw new ControlError(400, 'give either quantity or delta');
  const product = shop.bySku(sku);
  if (product === undefined) throw new ControlError(404, `no product with SKU ${sku}`);
  const holder = stockHolder(shop, product);
  if (holder === undefined) throw new ControlError(409, `the shop does not manage the stock of ${sku}`);
  setStock(shop, product, quantity ?? (holder.stockQuantity ?? 0) + (delta ?? 0), cause ?? 'control');
  return { id: holder.id, sku, quantity: holder.stockQuantity };
}

/** What can be sold of each SKU with a count of its own or its parent's. */
function shelf(shop: Shop): JsonObject[] {
  return [...shop.products.values()].flatMap((product) => {
    const quantity = stockHolder(shop, product)?.stockQuantity ?? null;
    return product.type === 'variable' || quantity === null ? [] : [{ sku: product.sku, quantity }];
  });
}

/** The shop's staff changes prices and sale dates of a SKU: fields as in `PUT /products/{id}`. */
async function changePrice(shop: Shop, body: unknown): Promise<JsonObject> {
  if (!isObject(body)) throw new ControlError(400, 'body must be an object');
  const { sku, ...fields } = body;
  const product = shop.bySku(textOf(sku));
  if (product === undefined) throw new ControlError(404, `no product with SKU ${textOf(sku)}`);
  const known = ['regular_price', 'sale_price', 'date_on_sale_from_gmt', 'date_on_sale_to_gmt'];
  const stray = Object.keys(fields).find((name) => !known.includes(name));
  if (stray !== undefined) throw new ControlError(400, `no price field ${stray}: there are ${known.join(', ')}`);
  await vendorErrors(() => saveProduct(shop, product, fields, 'control'));
  return { id: product.id, sku: product.sku, price: effectivePrice(shop, product) };
}

/** An order that a buyer places in the shop itself: bodies like `POST /orders`. */
function shopOrder(shop: Shop, body: unknown): Promise<JsonObject> {
  if (!isObject(body)) throw new ControlError(400, 'body must be an order');
  return vendorErrors(async () => orderTruth(shop, createOrder(shop, body, 'checkout', 'shop')));
}

/** What the shop's staff does with an order, e.g. `completed` = sent. */
function staffStatus(shop: Shop, id: string | undefined, body: unknown): JsonObject {
  const problem = shapeError('body', body, { status: 'string' });
  if (problem !== null) throw new ControlError(400, problem);
  const order = shop.orders.get(Number(id));
  if (order === undefined) throw new ControlError(404, `no order ${id}`);
  shop.aboutToChange(order);
  setStatus(shop, order, (body as { status: string }).status, 'staff');
  shop.putOrder(order);
  shop.announce('order.updated', order.id);
  return orderTruth(shop, order);
}

/** As after failures in a row: the shop switches its webhooks off, and tells nobody. */
function disableWebhooks(shop: Shop): JsonObject {
  for (const webhook of shop.webhooks.values()) Object.assign(webhook, { status: 'disabled', failureCount: 6 });
  shop.changed();
  return { disabled: shop.webhooks.size };
}

/** The shop's owner changes tax settings or replaces the rates; what is left out stays. */
function setTaxes(shop: Shop, body: unknown): TaxSetup {
  if (!isObject(body)) throw new ControlError(400, 'body must be an object of tax settings');
  const problem = taxSetupProblem(body);
  if (problem !== null) throw new ControlError(400, problem);
  const rates = body.rates === undefined ? {} : { rates: completeRates(objectsOf(body.rates)) };
  shop.taxes = { ...shop.taxes, ...body, ...rates };
  shop.changed();
  return shop.taxes;
}

function setDials(shop: Shop, deliveries: Deliveries, body: unknown): Dials {
  if (!isObject(body)) throw new ControlError(400, 'body must be an object of dials');
  for (const [name, value] of Object.entries(body)) {
    const current = Object.entries(shop.dials).find(([dial]) => dial === name)?.[1];
    if (current === undefined) throw new ControlError(400, `no dial ${name}`);
    const isRight = Array.isArray(current) ? Array.isArray(value) : typeof value === typeof current;
    if (!isRight) throw new ControlError(400, `dial ${name} must be like ${JSON.stringify(current)}`);
  }
  shop.dials = { ...shop.dials, ...body };
  shop.changed();
  deliveries.wake();
  return shop.dials;
}

/** An order as the ground truth shows it: nothing about the buyer. */
function orderTruth(shop: Shop, order: OrderRecord): JsonObject {
  return {
    id: order.id,
    number: String(order.id),
    status: order.status,
    reference: referenceOf(order),
    createdVia: order.createdVia,
    currency: order.currency,
    total: fromUnits(orderSums(shop, order).total),
    createdAt: `${gmtDate(order.createdMs)}Z`,
    modifiedAt: `${gmtDate(order.modifiedMs)}Z`,
    isStockReduced: order.isStockReduced,
    lines: order.lines.map((line) => ({
      sku: lineProduct(shop, line)?.sku ?? '',
      quantity: line.quantity,
      total: fromUnits(line.totalUnits),
    })),
    refunded: fromUnits(order.refunds.reduce((sum, { amountUnits }) => sum + amountUnits, 0)),
    notes: order.notes.map(({ note, customerNote }) => ({ note, customerNote })),
  };
}

/** The full ground truth: stock, prices, orders, webhooks; secrets and buyers are left out. */
export function shopTruth(shop: Shop): JsonObject {
  return {
    products: [...shop.products.values()].map((product) => ({
      id: product.id,
      parentId: product.parentId,
      type: product.type,
      sku: product.sku,
      name: product.name,
      status: product.status,
      price: effectivePrice(shop, product),
      stockQuantity: stockHolder(shop, product)?.stockQuantity ?? null,
      modifiedAt: `${gmtDate(product.modifiedMs)}Z`,
    })),
    orders: [...shop.orders.values()].map((order) => orderTruth(shop, order)),
    webhooks: [...shop.webhooks.values()].map((webhook) => ({
      ...webhookView(shop, webhook),
      failureCount: numberOf(webhook.failureCount),
    })),
    queue: shop.queue,
    dials: shop.dials,
  };
}

/** Turns the shop's own refusal into one of the control surface. */
async function vendorErrors<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof WpError) throw new ControlError(error.status, `${error.code}: ${error.message}`);
    throw error;
  }
}
