import { MagentoError } from './errors.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, round, textOf } from './json.ts';
import type { OrderRecord } from './model.ts';
import { dateText, type Shop } from './shop.ts';

const items = (order: OrderRecord): JsonObject[] => objectsOf(order.fields.items);
const open = (item: JsonObject, done: string): number =>
  numberOf(item.qty_ordered) - numberOf(item.qty_canceled) - numberOf(item[done]);

function touch(shop: Shop, order: OrderRecord): void {
  order.updatedMs = shop.nowMs();
  shop.changed();
}

/** `POST /orders/{id}/cancel`: true or false, both with 200. */
export function cancelOrder(shop: Shop, order: OrderRecord, cause: string): boolean {
  const state = textOf(order.fields.state);
  if (!['new', 'pending_payment', 'processing'].includes(state)) return false;
  if (items(order).every((item) => open(item, 'qty_invoiced') <= 0)) return false;
  if (items(order).some((item) => numberOf(item.product_id) === 0)) {
    throw new MagentoError(400, "We can't rebuild the index for an undefined product.");
  }
  for (const item of items(order)) {
    const back = open(item, 'qty_shipped');
    item.qty_canceled = numberOf(item.qty_canceled) + back;
    if (back > 0) shop.reserve(textOf(item.sku), back, 'order cancelled');
  }
  shop.setState(order, 'canceled', cause);
  touch(shop, order);
  return true;
}

export function holdOrder(shop: Shop, order: OrderRecord): true {
  if (!['new', 'processing'].includes(textOf(order.fields.state)))
    throw new MagentoError(400, 'A hold action is not available.');
  order.fields.hold_before_state = order.fields.state;
  order.fields.hold_before_status = order.fields.status;
  shop.setState(order, 'holded', 'api');
  touch(shop, order);
  return true;
}

export function unholdOrder(shop: Shop, order: OrderRecord): true {
  if (order.fields.state !== 'holded') throw new MagentoError(400, 'You cannot remove the hold.');
  shop.setState(order, textOf(order.fields.hold_before_state), 'api');
  delete order.fields.hold_before_state;
  delete order.fields.hold_before_status;
  touch(shop, order);
  return true;
}

export function commentOrder(shop: Shop, order: OrderRecord, body: unknown): true {
  const input = objectOf(objectOf(body).statusHistory);
  const status = textOf(input.status);
  if (status !== '' && status !== order.fields.status) {
    throw new MagentoError(400, 'Unable to add comment: The status "%1" is not part of the order status history.', [
      status,
    ]);
  }
  // By its source the shop takes over the comment's status, also where it has none.
  order.fields.status = status === '' ? null : status;
  order.fields.status_histories = [
    {
      comment: textOf(input.comment),
      created_at: dateText(shop.nowMs()),
      entity_id: shop.next('history'),
      is_customer_notified: numberOf(input.is_customer_notified),
      is_visible_on_front: numberOf(input.is_visible_on_front),
      parent_id: order.id,
      status: order.fields.status,
    },
    ...objectsOf(order.fields.status_histories),
  ];
  touch(shop, order);
  return true;
}

/** `POST /order/{id}/invoice`: everything that is not invoiced yet. */
export function invoiceOrder(shop: Shop, order: OrderRecord): string {
  const due = items(order).filter((item) => open(item, 'qty_invoiced') > 0);
  const state = textOf(order.fields.state);
  if (due.length === 0 || !['new', 'processing'].includes(state)) {
    throw new MagentoError(
      400,
      "Invoice Document Validation Error(s):\nThe order does not allow an invoice to be created.\nThe invoice can't be created without products. Add products and try again.",
    );
  }
  const both = (name: string, value: number): JsonObject => ({ [name]: value, [`base_${name}`]: value });
  for (const item of due) {
    item.qty_invoiced = numberOf(item.qty_invoiced) + open(item, 'qty_invoiced');
    Object.assign(item, both('row_invoiced', numberOf(item.row_total)), both('discount_tax_compensation_invoiced', 0));
    item.weee_tax_applied = '[]';
  }
  const { fields } = order;
  const [grand, shipping] = [numberOf(fields.grand_total), numberOf(fields.shipping_amount)];
  Object.assign(fields, both('total_invoiced', grand), both('total_paid', grand), both('total_due', 0));
  Object.assign(fields, both('subtotal_invoiced', numberOf(fields.subtotal)), both('shipping_invoiced', shipping));
  Object.assign(
    fields,
    both('discount_invoiced', 0),
    both('tax_invoiced', 0),
    both('discount_tax_compensation_invoiced', 0),
  );
  fields.base_total_invoiced_cost = 0;
  const [assignment] = objectsOf(objectOf(fields.extension_attributes).shipping_assignments);
  const total = objectOf(objectOf(assignment?.shipping).total);
  Object.assign(total, both('shipping_invoiced', shipping));
  Object.assign(objectOf(fields.payment), both('amount_paid', grand), both('shipping_captured', shipping));
  shop.setState(order, 'processing', 'invoice');
  settle(shop, order);
  const id = shop.next('invoice');
  order.invoices.push(id);
  touch(shop, order);
  return String(id);
}

/** `POST /order/{id}/ship`: takes the goods from the source and the reservation back. */
export function shipOrder(shop: Shop, order: OrderRecord, body: unknown): string {
  const input = objectOf(body);
  const wished = new Map(objectsOf(input.items).map((one) => [numberOf(one.order_item_id), numberOf(one.qty)]));
  const due = items(order).flatMap((item) => {
    const left = open(item, 'qty_shipped');
    const quantity = wished.size === 0 ? left : Math.min(left, wished.get(numberOf(item.item_id)) ?? 0);
    return quantity > 0 ? [{ item, quantity }] : [];
  });
  if (due.length === 0 || !['new', 'processing'].includes(textOf(order.fields.state))) {
    throw new MagentoError(
      400,
      "Shipment Document Validation Error(s):\nThe order does not allow a shipment to be created.\nYou can't create a shipment without products.",
    );
  }
  const given = textOf(objectOf(objectOf(input.arguments).extension_attributes).source_code);
  // With several sources the shop chooses none: its program breaks.
  if (given === '' && shop.sources.size > 1 && !shop.dials.legacyStock) {
    throw new MagentoError(500, 'Internal Error. Details are available in Magento log file. Report ID: webapi-0');
  }
  const source = given === '' ? 'default' : given;
  if (!shop.dials.legacyStock) {
    for (const { item, quantity } of due) {
      const held = shop.sourceItem(textOf(item.sku), source)?.quantity ?? 0;
      if (held < quantity) {
        throw new MagentoError(400, 'Not all of your products are available in the requested quantity.');
      }
    }
  }
  for (const { item, quantity } of due) {
    const sku = textOf(item.sku);
    const held = shop.sourceItem(sku, source);
    item.qty_shipped = numberOf(item.qty_shipped) + quantity;
    if (shop.dials.legacyStock || held === undefined) continue;
    shop.reservations.set(sku, (shop.reservations.get(sku) ?? 0) + quantity);
    const left = round(held.quantity - quantity);
    // An emptied source is out of stock by the shop's own doing.
    shop.setSource(sku, source, left, left === 0 ? 0 : held.status, 'shipment');
  }
  const id = shop.next('shipment');
  const tracks = objectsOf(input.tracks).map((track) => trackOf(shop, order, id, track));
  order.shipments.push({ id, createdMs: shop.nowMs(), source, tracks });
  shop.setState(order, 'processing', 'shipment');
  settle(shop, order);
  touch(shop, order);
  return String(id);
}

function trackOf(shop: Shop, order: OrderRecord, shipmentId: number, track: JsonObject): JsonObject {
  return {
    order_id: order.id,
    created_at: dateText(shop.nowMs()),
    entity_id: shop.next('track'),
    parent_id: shipmentId,
    updated_at: dateText(shop.nowMs()),
    track_number: textOf(track.track_number),
    title: textOf(track.title),
    carrier_code: textOf(track.carrier_code),
  };
}

/** `POST /shipment/track`. */
export function addTrack(shop: Shop, body: unknown): JsonObject {
  const input = objectOf(objectOf(body).entity);
  const order = shop.order(numberOf(input.order_id));
  const shipment = order.shipments.find(({ id }) => id === numberOf(input.parent_id));
  if (shipment === undefined) throw new MagentoError(400, 'Could not save the shipment tracking.');
  const track = trackOf(shop, order, shipment.id, input);
  shipment.tracks.push(track);
  touch(shop, order);
  return track;
}

/** Rows of `GET /shipments`. */
export function shipmentRows(shop: Shop): JsonObject[] {
  return [...shop.orders.values()].flatMap((order) =>
    order.shipments.map(({ id, createdMs, tracks }) => ({
      entity_id: id,
      order_id: order.id,
      created_at: dateText(createdMs),
      increment_id: String(id).padStart(9, '0'),
      tracks,
      items: [],
      comments: [],
    })),
  );
}

/** Nothing left to invoice and to ship: complete. */
function settle(shop: Shop, order: OrderRecord): void {
  if (order.fields.state !== 'processing') return;
  const isDone = items(order).every((item) => open(item, 'qty_invoiced') <= 0 && open(item, 'qty_shipped') <= 0);
  if (isDone) shop.setState(order, 'complete', 'nothing left to do');
}

/** What a list of orders can be filtered and sorted by. */
export function orderField(order: OrderRecord, field: string): unknown {
  return field === 'updated_at' ? dateText(order.updatedMs) : order.fields[field];
}
