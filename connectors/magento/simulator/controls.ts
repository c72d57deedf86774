import { ControlError, type ControlHandler, Router, shapeError } from '../../simulator-kit/index.ts';
import type { Access } from './auth.ts';
import { runConsumer } from './bulk.ts';
import { MagentoError } from './errors.ts';
import { effectivePrice } from './inventory.ts';
import { isObject, type JsonObject, numberOf, objectsOf, textOf } from './json.ts';
import type { OrderRecord } from './model.ts';
import type { Dials } from './options.ts';
import * as orders from './orders.ts';
import { deleteProduct, saveProduct } from './products.ts';
import { refundOrder } from './refunds.ts';
import { bulkHandlers } from './routes.ts';
import { dateText, type Shop } from './shop.ts';
import { createAttribute, createCategory } from './site.ts';

/** Where the staff ships from. */
const FROM_DEFAULT = { arguments: { extension_attributes: { source_code: 'default' } } };

/** What the shop's own people and machinery do: `/__control/…` beyond the common controls. */
export function shopControls(shop: Shop, access: Access): Router<ControlHandler> {
  return new Router<ControlHandler>()
    .on('POST', '/products', 'add products', ({ body }) => refusals(() => addProducts(shop, body, 'control')))
    .on('POST', '/products/:id/delete', 'delete product', ({ params }) =>
      refusals(() => removeProduct(shop, params.id)),
    )
    .on('POST', '/stock', 'set stock', ({ body }) => changeStock(shop, body))
    .on('POST', '/price', 'set price', ({ body }) => refusals(() => changePrice(shop, body)))
    .on('POST', '/sources', 'add source', ({ body }) => addSource(shop, body))
    .on('GET', '/shelf', 'shelf', () => shelf(shop))
    .on('GET', '/orders', 'orders', () => [...shop.orders.values()].map((order) => orderTruth(order)))
    .on('POST', '/orders/:id/status', 'order status', ({ params, body }) =>
      refusals(() => staffStatus(shop, params.id, body)),
    )
    .on('POST', '/orders/:id/ship', 'ship', ({ params }) => refusals(() => staffShips(shop, params.id)))
    .on('POST', '/orders/:id/cancel', 'cancel', ({ params }) =>
      refusals(() => ({ cancelled: orders.cancelOrder(shop, shop.order(params.id ?? ''), 'staff') })),
    )
    .on('POST', '/run-cron', 'run cron', () => ({ operations: runConsumer(shop, bulkHandlers(shop)) }))
    .on('POST', '/expire-tokens', 'expire tokens', () => ({ expired: access.expire() }))
    .on('GET', '/dials', 'dials', () => shop.dials)
    .on('POST', '/dials', 'set dials', ({ body }) => setDials(shop, body));
}

/**
 * Creates products without a key: what stands in `product` of `POST /products`, one or a list. A configurable one may
 * hold `variants: [{…product, option: 'S'}]` and `option_name`; categories may be given as `category_names`, pieces of
 * further sources as `source_quantities: {code: pieces}`.
 */
export function addProducts(shop: Shop, body: unknown, cause: string): JsonObject {
  const bodies = objectsOf(Array.isArray(body) ? body : [body]);
  if (bodies.length === 0) throw new ControlError(400, 'body must be a product or a list of products');
  return { products: bodies.map((one) => addProduct(shop, one, cause)) };
}

/** The shop's staff throws a product away, by the number that the API shows. */
function removeProduct(shop: Shop, id: string | undefined): JsonObject {
  const product = [...shop.products.values()].find((one) => String(one.id) === id);
  if (product === undefined) throw new ControlError(404, `no product ${id}`);
  return { deleted: deleteProduct(shop, product.sku) };
}

function addProduct(shop: Shop, body: JsonObject, cause: string): JsonObject {
  const { variants, option_name: optionName, category_names: names, ...product } = body;
  const links = (Array.isArray(names) ? names : []).map((name) => ({
    position: 0,
    category_id: categoryId(shop, textOf(name)),
  }));
  const children = objectsOf(variants);
  const withSlug = (one: JsonObject) => ({
    attribute_set_id: 4,
    ...one,
    custom_attributes: [
      { attribute_code: 'url_key', value: textOf(one.sku).toLowerCase() },
      ...objectsOf(one.custom_attributes),
    ],
    extension_attributes: {
      ...(isObject(one.extension_attributes) ? one.extension_attributes : {}),
      ...(links.length > 0 ? { category_links: links } : {}),
    },
  });
  if (children.length === 0) {
    const record = saveSold(shop, withSlug(product), cause);
    return { id: record.id, sku: record.sku, variants: [] };
  }
  const attribute = attributeFor(
    shop,
    textOf(optionName) || 'Size',
    children.map((child) => textOf(child.option)),
  );
  const made = children.map(({ option, ...child }) => {
    const value = attribute.options.find(({ label }) => label === textOf(option))?.value;
    const custom_attributes = [...objectsOf(child.custom_attributes), { attribute_code: attribute.code, value }];
    return saveSold(shop, withSlug({ visibility: 1, ...child, custom_attributes }), cause);
  });
  const parent = saveProduct(shop, { product: { ...withSlug(product), type_id: 'configurable' } }, cause);
  const values = attribute.options.map(({ value }) => Number(value));
  parent.options = [
    { id: shop.next('productOption'), attributeId: String(attribute.id), label: attribute.label, values },
  ];
  parent.children = made.map(({ id }) => id);
  return { id: parent.id, sku: parent.sku, variants: parent.children };
}

/** Something with stock of its own: simple, or a variant. Sources that are not there are made. */
function saveSold(shop: Shop, { source_quantities: sources, ...product }: JsonObject, cause: string) {
  const record = saveProduct(shop, { product }, cause);
  for (const [code, pieces] of Object.entries(isObject(sources) ? sources : {})) {
    if (!shop.sources.has(code)) addSource(shop, { code });
    shop.setSource(record.sku, code, numberOf(pieces), numberOf(pieces) > 0 ? 1 : 0, cause);
  }
  return record;
}

/** What can be sold of each SKU with stock of its own. */
function shelf(shop: Shop): JsonObject[] {
  return [...shop.products.values()]
    .filter(({ children }) => children.length === 0)
    .map(({ sku }) => ({ sku, quantity: shop.salable(sku) }));
}

function attributeFor(shop: Shop, label: string, options: readonly string[]) {
  const code = label.toLowerCase().replace(/\W+/g, '_');
  if (!shop.attributes.has(code)) {
    createAttribute(shop, {
      attribute: { attribute_code: code, default_frontend_label: label, frontend_input: 'select' },
    });
  }
  const attribute = shop.attributes.get(code);
  if (attribute === undefined) throw new ControlError(500, `no attribute ${code}`);
  for (const option of options) {
    if (attribute.options.some((one) => one.label === option)) continue;
    attribute.options.push({ label: option, value: String(shop.next('option')) });
  }
  return attribute;
}

function categoryId(shop: Shop, name: string): string {
  for (const category of shop.categories.values()) if (category.name === name) return String(category.id);
  return textOf(createCategory(shop, { category: { name } }).id);
}

/** A sale over the counter, a count, a delivery: sets or changes what a source holds. */
function changeStock(shop: Shop, body: unknown): JsonObject {
  const problem = shapeError('body', body, {
    ...({ sku: 'string', quantity: 'number?', delta: 'number?', cause: 'string?', source: 'string?' } as const),
  });
  if (problem !== null || !isObject(body)) throw new ControlError(400, problem ?? 'body must be an object');
  const source = textOf(body.source) || 'default';
  const product = shop.products.get(textOf(body.sku).toLowerCase());
  if (product === undefined) throw new ControlError(404, `no product with SKU ${textOf(body.sku)}`);
  const held = shop.sourceItem(product.sku, source)?.quantity ?? 0;
  const quantity = body.quantity === undefined ? held + numberOf(body.delta) : numberOf(body.quantity);
  shop.setSource(product.sku, source, quantity, quantity > 0 ? 1 : 0, textOf(body.cause) || 'control');
  product.updatedMs = shop.nowMs();
  return { id: product.id, sku: product.sku, quantity: shop.salable(product.sku) };
}

function changePrice(shop: Shop, body: unknown): JsonObject {
  if (!isObject(body)) throw new ControlError(400, 'body must be an object');
  const product = shop.products.get(textOf(body.sku).toLowerCase());
  if (product === undefined) throw new ControlError(404, `no product with SKU ${textOf(body.sku)}`);
  saveProduct(shop, { product: { sku: product.sku, price: body.price ?? body.regular_price } }, 'control');
  return { id: product.id, sku: product.sku, price: effectivePrice(shop, product) };
}

function addSource(shop: Shop, body: unknown): JsonObject {
  if (!isObject(body)) throw new ControlError(400, 'body must be an object');
  const code = textOf(body.code);
  shop.sources.set(code, { code, name: textOf(body.name) || code, enabled: body.enabled !== false });
  shop.changed();
  return { sources: [...shop.sources.keys()] };
}

function staffShips(shop: Shop, id = ''): JsonObject {
  const order = shop.order(id);
  orders.invoiceOrder(shop, order);
  return { shipment: orders.shipOrder(shop, order, FROM_DEFAULT) };
}

/**
 * What the shop's staff does with an order, in the words of every simulated shop: `cancelled`, `completed` = sent,
 * `refunded` = the goods came back, and the money went.
 */
function staffStatus(shop: Shop, id: string | undefined, body: unknown): JsonObject {
  const problem = shapeError('body', body, { status: ['cancelled', 'completed', 'refunded'] });
  if (problem !== null) throw new ControlError(400, problem);
  const order = shop.order(id ?? '');
  const { status } = body as { status: string };
  if (status === 'completed') staffShips(shop, id);
  else if (status === 'refunded') {
    const back = objectsOf(order.fields.items).map(({ item_id }) => item_id);
    refundOrder(shop, order, { arguments: { extension_attributes: { return_to_stock_items: back } } });
  } else if (!orders.cancelOrder(shop, order, 'staff')) throw new ControlError(409, 'the shop does not cancel it');
  return orderTruth(order);
}

function setDials(shop: Shop, body: unknown): Dials {
  if (!isObject(body)) throw new ControlError(400, 'body must be an object of dials');
  for (const [name, value] of Object.entries(body)) {
    const current = Object.entries(shop.dials).find(([dial]) => dial === name)?.[1];
    if (typeof current !== typeof value)
      throw new ControlError(400, `dial ${name} must be like ${JSON.stringify(current)}`);
  }
  shop.dials = { ...shop.dials, ...body };
  return shop.dials;
}

/** An order as the ground truth shows it: nothing about the buyer. */
function orderTruth(order: OrderRecord): JsonObject {
  const { fields } = order;
  const comments = objectsOf(fields.status_histories).map(({ comment }) => textOf(comment));
  return {
    id: order.id,
    number: fields.increment_id,
    state: fields.state,
    status: fields.status,
    isDirect: order.isDirect,
    reference: textOf(fields.ext_order_id),
    mailbox: textOf(fields.customer_email),
    currency: fields.order_currency_code,
    total: fields.grand_total,
    lines: objectsOf(fields.items).map((item) => ({
      sku: item.sku,
      quantity: item.qty_ordered,
      total: item.row_total,
    })),
    tracks: order.shipments.flatMap(({ tracks }) => tracks.map(({ track_number: number }) => number)),
    comments,
  };
}

/** The full ground truth: stock, prices, orders, bulks. */
export function shopTruth(shop: Shop): JsonObject {
  return {
    products: [...shop.products.values()].map((product) => ({
      id: product.id,
      sku: product.sku,
      type: product.typeId,
      name: product.name,
      price: effectivePrice(shop, product),
      salable: shop.salable(product.sku),
      physical: product.qty,
      children: product.children,
      modifiedAt: `${dateText(product.updatedMs)}Z`,
    })),
    sourceItems: [...shop.sourceItems.values()],
    reservations: Object.fromEntries(shop.reservations),
    orders: [...shop.orders.values()].map((order) => orderTruth(order)),
    bulks: [...shop.bulks.values()].map(({ uuid, operations }) => ({
      uuid,
      statuses: operations.map(({ status }) => status),
    })),
    dials: shop.dials,
  };
}

function refusals<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof MagentoError) throw new ControlError(error.status, error.filled);
    throw error;
  }
}
