import { type Call, type Reply, viewPage } from './call.ts';
import { WpError } from './errors.ts';
import { type JsonObject, listOf, numberOf, numbersOf, textOf } from './json.ts';
import { postFilter, sortPosts } from './lists.ts';
import type { OrderRecord } from './model.ts';
import { changeOrder, createOrder } from './order-save.ts';
import { orderView } from './order-view.ts';
import type { Shop } from './shop.ts';

const NOT_IN_ANY = ['trash', 'auto-draft'];

/** The order of this id. @throws WpError 404, or 400 for updates in a batch */
export function orderOf(shop: Shop, id: unknown, missingStatus = 404): OrderRecord {
  const order = shop.orders.get(Number(id));
  if (order !== undefined) return order;
  throw new WpError(missingStatus, 'woocommerce_rest_shop_order_invalid_id', 'Invalid ID.');
}

/** `GET /orders`. */
export function listOrders(call: Call): Reply {
  const { shop, query } = call;
  const rows = call.lists.get(shop, 'orders', query, () => {
    const filter = orderFilter(shop, query);
    return sortPosts(shop, [...shop.orders.values()].filter(filter), query, ({ id }) => `Order ${id}`);
  });
  return viewPage(call, rows, (order) => orderView(shop, seen(call, order), decimalsOf(call)));
}

/** The decimals that the caller asked for (`dp`), else the shop's. */
function decimalsOf({ shop, query }: Call): number {
  return query.dp === undefined ? shop.priceDecimals : numberOf(query.dp);
}

function orderFilter(shop: Shop, query: JsonObject): (order: OrderRecord) => boolean {
  const isWanted = postFilter(shop, query);
  const statuses = listOf(query.status);
  const any = statuses.length === 0 || statuses.includes('any');
  const createdVia = listOf(query.created_via);
  const parents = numbersOf(query.parent);
  const search = textOf(query.search).toLowerCase();
  const product = query.product === undefined ? null : numberOf(query.product);
  const hasProduct = (order: OrderRecord) =>
    order.lines.some(({ productId, variationId }) => productId === product || variationId === product);
  return (order) =>
    isWanted(order) &&
    (any ? !NOT_IN_ANY.includes(order.status) : statuses.includes(order.status)) &&
    (createdVia.length === 0 || createdVia.includes(order.createdVia)) &&
    (parents.length === 0 || parents.includes(order.parentId)) &&
    (query.customer === undefined || numberOf(query.customer) === 0) &&
    (product === null || hasProduct(order)) &&
    (search === '' || isFound(shop, order, search));
}

/** Searches id, transaction id (not in post storage), addresses and names of lines; never meta data. */
function isFound(shop: Shop, order: OrderRecord, search: string): boolean {
  if (String(order.id) === search) return true;
  const texts = [
    ...Object.values(order.billing),
    ...Object.values(order.shipping),
    ...order.lines.map(({ name }) => name),
  ];
  if (!shop.dials.postStorage) texts.push(order.transactionId);
  return texts.some((text) => text.toLowerCase().includes(search));
}

function seen(call: Call, order: OrderRecord): OrderRecord {
  return call.request.stale ? call.shop.before(order) : order;
}

export function readOrder(call: Call): Reply {
  const order = seen(call, orderOf(call.shop, call.params.id));
  return { body: orderView(call.shop, order, decimalsOf(call)) };
}

export function createOrderCall({ shop, body, path }: Call): Reply {
  const order = createOrder(shop, body, 'rest-api', 'api');
  return { status: 201, body: orderView(shop, order), location: `${path}/${order.id}`, summary: `order ${order.id}` };
}

export function updateOrder({ shop, body, params }: Call): Reply {
  const order = orderOf(shop, params.id);
  changeOrder(shop, order, body, 'api');
  return { body: orderView(shop, order), summary: `order ${order.id} ${order.status}` };
}

export function deleteOrder({ shop, params, query }: Call): Reply {
  return { body: dropOrder(shop, orderOf(shop, params.id), query.force === true) };
}

/** Moves to the trash (stock isn't given back), or removes for good; answers the state before. */
export function dropOrder(shop: Shop, order: OrderRecord, force: boolean): JsonObject {
  const view = orderView(shop, order);
  const externalId = String(order.id);
  if (force) {
    shop.orders.delete(order.id);
    shop.changed();
    shop.tools.log.fact({ fact: 'shop-order.status', externalId, from: order.status, to: 'deleted', cause: 'api' });
    // An order in the trash was announced when it went there.
    if (order.status !== 'trash') shop.announce('order.deleted', order.id);
    return view;
  }
  if (order.status === 'trash') {
    throw new WpError(410, 'woocommerce_rest_already_trashed', 'The order has already been deleted.');
  }
  shop.aboutToChange(order);
  shop.tools.log.fact({ fact: 'shop-order.status', externalId, from: order.status, to: 'trash', cause: 'api' });
  order.meta = [...order.meta, ...trashMeta(shop, order)];
  order.status = 'trash';
  order.modifiedMs = shop.nowMs();
  order.refunds = [];
  shop.putOrder(order);
  shop.announce('order.deleted', order.id);
  return view;
}

/** What WordPress notes on a post in the trash, for bringing it back. */
function trashMeta(shop: Shop, order: OrderRecord) {
  const comments = Object.fromEntries(order.notes.map(({ id }) => [String(id), '1']));
  return [
    shop.newMeta('postMeta', '_wp_trash_meta_status', `wc-${order.status}`),
    shop.newMeta('postMeta', '_wp_trash_meta_time', String(shop.nowMs() / 1000)),
    shop.newMeta('postMeta', '_wp_desired_post_slug', `order-${order.id}`),
    shop.newMeta('postMeta', '_wp_trash_meta_comments_status', comments),
  ];
}
