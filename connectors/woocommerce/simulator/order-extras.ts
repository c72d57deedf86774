import { type Call, type Reply, viewPage } from './call.ts';
import { WpError } from './errors.ts';
import { booleanOf, type JsonObject, numberOf, objectsOf, textOf } from './json.ts';
import { datePair } from './lists.ts';
import { mergeMeta } from './meta.ts';
import type { NoteRecord, OrderRecord, RefundRecord } from './model.ts';
import { toUnits } from './money.ts';
import { addNote, returnPieces, setStatus } from './order-status.ts';
import { refundView } from './order-view.ts';
import { orderOf } from './orders.ts';
import type { Shop } from './shop.ts';
import { orderSums } from './taxes.ts';

function noteView(shop: Shop, note: NoteRecord): JsonObject {
  const { id, author, createdMs } = note;
  const dates = datePair('date_created', createdMs, shop.zone);
  return { id, author, ...dates, note: note.note, customer_note: note.customerNote };
}

/** `GET /orders/{id}/notes`, newest first. */
export function listNotes({ shop, params, query }: Call): Reply {
  const { notes } = orderOf(shop, params.id);
  const wanted = notes.filter((note) => query.type === 'any' || note.customerNote === (query.type === 'customer'));
  return { body: wanted.map((note) => noteView(shop, note)).reverse() };
}

export function createNote({ shop, params, body, path }: Call): Reply {
  const order = orderOf(shop, params.id);
  const author = booleanOf(body.added_by_user) ? 'admin' : 'WooCommerce';
  const note = addNote(shop, order, textOf(body.note), author, booleanOf(body.customer_note));
  shop.putOrder(order);
  return { status: 201, body: noteView(shop, note), location: `${path}/${note.id}` };
}

export function listRefunds(call: Call): Reply {
  const order = orderOf(call.shop, call.params.id);
  return viewPage(call, [...order.refunds].reverse(), (refund) => refundView(call.shop, order, refund));
}

/** Refund errors are 500 with the bare number as `data`; they are final all the same. */
const refused = (message: string) => new WpError(500, 'woocommerce_rest_cannot_create_order_refund', message, 500);

/**
 * `POST /orders/{id}/refunds`. Refunding the whole total moves the order to `refunded`; the pieces of its lines go back
 * to the stock with `api_restock` (the default). With `api_refund` (the default) the payment gateway is asked, which the
 * shop doesn't have.
 */
export function createRefund({ shop, params, body }: Call): Reply {
  const order = orderOf(shop, params.id);
  const amountUnits = toUnits(textOf(body.amount));
  const leftUnits = orderSums(shop, order).total - refundedUnits(order);
  if (amountUnits < 0 || amountUnits > leftUnits) throw refused('Invalid refund amount.');
  if (body.api_refund !== false) throw refused('The payment gateway for this order does not exist.');
  const isWhole = amountUnits === leftUnits;
  const refund: RefundRecord = {
    id: shop.nextId('post'),
    createdMs: shop.nowMs(),
    amountUnits,
    reason: textOf(body.reason),
    lines: refundLines(shop, order, body.line_items),
    meta: [shop.newMeta('postMeta', '_refund_type', isWhole ? 'full' : 'partial')],
  };
  refund.meta = mergeMeta(shop, 'postMeta', refund.meta, body.meta_data);
  shop.aboutToChange(order);
  order.refunds = [...order.refunds, refund];
  order.modifiedMs = shop.nowMs();
  if (body.api_restock !== false) restock(shop, order, refund);
  if (isWhole) setStatus(shop, order, 'refunded', 'api');
  shop.putOrder(order);
  shop.announce('order.updated', order.id);
  // The shop forgets to fill in the order's id here.
  const location = `/wp-json/wc/v3/orders/(?P<order_id>[\\d]+)/refunds/${refund.id}`;
  return { status: 201, body: refundView(shop, order, refund), location };
}

/** The lines of a refund: those that the order has, with pieces or an amount. */
function refundLines(shop: Shop, order: OrderRecord, sent: unknown): RefundRecord['lines'] {
  return objectsOf(sent).flatMap((row) => {
    const orderLineId = numberOf(row.id);
    const quantity = numberOf(row.quantity ?? row.qty);
    const units = toUnits(textOf(row.refund_total));
    const isKnown = order.lines.some(({ id }) => id === orderLineId);
    if (!isKnown || (quantity === 0 && units === 0)) return [];
    const meta = [shop.newMeta('itemMeta', '_refunded_item_id', String(orderLineId))];
    return [{ id: shop.nextId('item'), orderLineId, quantity, totalUnits: units, meta }];
  });
}

function restock(shop: Shop, order: OrderRecord, { lines }: RefundRecord): void {
  for (const { orderLineId, quantity } of lines) {
    const line = order.lines.find(({ id }) => id === orderLineId);
    if (line !== undefined && quantity > 0) returnPieces(shop, order, line, quantity);
  }
}

function refundedUnits(order: OrderRecord): number {
  return order.refunds.reduce((sum, refund) => sum + refund.amountUnits, 0);
}
