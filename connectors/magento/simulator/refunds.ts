import { MagentoError } from './errors.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, round, textOf } from './json.ts';
import type { OrderRecord } from './model.ts';
import { both } from './order-view.ts';
import { dateText, type Shop } from './shop.ts';

const refused = (...messages: string[]): MagentoError =>
  new MagentoError(400, `Creditmemo Document Validation Error(s):\n${messages.join('\n')}`);

const items = (order: OrderRecord): JsonObject[] => objectsOf(order.fields.items);
const refundable = (item: JsonObject): number => numberOf(item.qty_invoiced) - numberOf(item.qty_refunded);

/**
 * `POST /order/{id}/refund`, offline: no payment provider is asked. Without items all that is left is refunded; items of
 * quantity 0 refund nothing of theirs. Texts UNCONFIRMED.
 */
export function refundOrder(shop: Shop, order: OrderRecord, body: unknown): string {
  const input = objectOf(body);
  const { fields } = order;
  const paid = numberOf(fields.total_paid);
  const before = numberOf(fields.total_refunded);
  if (!['processing', 'complete'].includes(textOf(fields.state)) || paid - before < 0.005) {
    throw refused('The order does not allow a creditmemo to be created.');
  }
  const rows = wishedRows(order, objectsOf(input.items));
  const money = amountsOf(order, objectOf(input.arguments), rows);
  const isWithout = rows.every(({ quantity }) => quantity <= 0);
  if (money.total <= 0) throw refused("The credit memo's total must be positive.");
  if (isWithout && (money.shippingLeft <= 0 || shop.dials.refundsNeedPieces)) {
    throw refused("You can't create a creditmemo without products.");
  }
  if (money.total - (paid - before) > 0.005) {
    throw refused(`The most money available to refund is $${(paid - before).toFixed(2)}.`);
  }
  const returned = objectOf(objectOf(input.arguments).extension_attributes).return_to_stock_items;
  const back = new Set<unknown>(Array.isArray(returned) ? returned : []);
  for (const { item, quantity } of rows) {
    item.qty_refunded = numberOf(item.qty_refunded) + quantity;
    Object.assign(item, both('amount_refunded', round(numberOf(item.amount_refunded) + worth(item, quantity))));
    if (back.has(item.item_id) && quantity > 0) returnToStock(shop, order, item, quantity);
  }
  const refunded = round(before + money.total);
  Object.assign(fields, both('total_refunded', refunded), both('total_offline_refunded', refunded));
  Object.assign(fields, both('shipping_refunded', round(numberOf(fields.shipping_refunded) + money.shipping)));
  const id = keepMemo(shop, order, rows, money, textOf(objectOf(input.comment).comment));
  if (Math.abs(paid - refunded) < 0.005) shop.setState(order, 'closed', 'refund');
  order.updatedMs = shop.nowMs();
  shop.changed();
  return String(id);
}

interface Row {
  item: JsonObject;
  quantity: number;
}

function wishedRows(order: OrderRecord, wishes: readonly JsonObject[]): Row[] {
  const wished = new Map(wishes.map((one) => [numberOf(one.order_item_id), numberOf(one.qty)]));
  return items(order).flatMap((item) => {
    const quantity = wishes.length === 0 ? refundable(item) : (wished.get(numberOf(item.item_id)) ?? 0);
    if (quantity > refundable(item)) {
      throw refused('The quantity to refund must not be greater than the unrefunded quantity.');
    }
    return wishes.length === 0 || wished.has(numberOf(item.item_id)) ? [{ item, quantity }] : [];
  });
}

function amountsOf({ fields }: OrderRecord, given: JsonObject, rows: readonly Row[]) {
  const shippingLeft = round(numberOf(fields.shipping_amount) - numberOf(fields.shipping_refunded));
  const shipping = given.shipping_amount === undefined ? shippingLeft : numberOf(given.shipping_amount);
  const goods = round(rows.reduce((sum, { item, quantity }) => sum + worth(item, quantity), 0));
  // Given in the base currency: an order without a rate makes nothing of them.
  const rate = numberOf(fields.base_to_order_rate);
  const [plus, minus] = [numberOf(given.adjustment_positive) * rate, numberOf(given.adjustment_negative) * rate];
  return { shippingLeft, shipping, goods, plus, minus, total: round(goods + shipping + plus - minus) };
}

function keepMemo(
  shop: Shop,
  order: OrderRecord,
  rows: readonly Row[],
  { total, plus, minus, shipping, goods }: ReturnType<typeof amountsOf>,
  comment: string,
): number {
  const id = shop.next('creditmemo');
  const created_at = dateText(shop.nowMs());
  const said = { comment, created_at, is_customer_notified: 0, is_visible_on_front: 0, parent_id: id };
  const fields = {
    ...both('grand_total', total),
    ...both('adjustment_positive', plus),
    ...both('adjustment_negative', minus),
    ...both('shipping_amount', shipping),
    ...both('subtotal', goods),
    order_currency_code: order.fields.order_currency_code,
    state: 2,
    items: rows.map(({ item, quantity }) => ({
      entity_id: shop.next('creditmemoItem'),
      parent_id: id,
      order_item_id: item.item_id,
      product_id: item.product_id,
      sku: item.sku,
      name: item.name,
      qty: quantity,
      row_total: worth(item, quantity),
    })),
    comments: comment === '' ? [] : [said],
  };
  order.creditmemos.push({ id, createdMs: shop.nowMs(), fields });
  return id;
}

/** What so many pieces of a line were sold for. */
function worth(item: JsonObject, quantity: number): number {
  const ordered = numberOf(item.qty_ordered);
  const sum = numberOf(item.row_total) - numberOf(item.discount_amount) + numberOf(item.tax_amount);
  return ordered === 0 ? 0 : round(Math.round(((sum * quantity) / ordered) * 100) / 100);
}

/** Shipped pieces come back to their source; of others only the reservation is given up. */
function returnToStock(shop: Shop, order: OrderRecord, item: JsonObject, quantity: number): void {
  const sku = textOf(item.sku);
  const isShipped = numberOf(item.qty_shipped) > 0;
  if (!isShipped || shop.dials.legacyStock) {
    shop.reserve(sku, quantity, 'refund');
    return;
  }
  const source = order.shipments[0]?.source ?? 'default';
  const held = shop.sourceItem(sku, source);
  shop.setSource(sku, source, round((held?.quantity ?? 0) + quantity), held?.status ?? 1, 'refund');
}

/** Rows of `GET /creditmemos`. */
export function creditmemoRows(shop: Shop): JsonObject[] {
  return [...shop.orders.values()].flatMap((order) =>
    order.creditmemos.map(({ id, createdMs, fields }) => ({
      entity_id: id,
      order_id: order.id,
      increment_id: String(id).padStart(9, '0'),
      created_at: dateText(createdMs),
      updated_at: dateText(createdMs),
      ...fields,
      ...(shop.dials.listsWithoutComments ? { comments: undefined } : {}),
    })),
  );
}

/** `GET /creditmemo/{id}/comments`. */
export function creditmemoComments(shop: Shop, id: number): JsonObject {
  const all = [...shop.orders.values()].flatMap(({ creditmemos }) => creditmemos);
  const comments = objectsOf(all.find((one) => one.id === id)?.fields.comments);
  return { items: comments, search_criteria: { filter_groups: [] }, total_count: comments.length };
}
