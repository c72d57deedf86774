import { isObject, type JsonObject, objectOf, objectsOf } from './json.ts';
import type { OrderRecord } from './model.ts';
import { dateText } from './shop.ts';

export const both = (name: string, value: number): JsonObject => ({ [name]: value, [`base_${name}`]: value });

/** No taxes, in all the ways in which an order says so. */
export function emptyTaxes(): JsonObject {
  return {
    applied_taxes: [],
    item_applied_taxes: [],
    converting_from_quote: false,
    taxes: [],
    additional_itemized_taxes: [],
  };
}

/** What nothing has happened to yet, of an item. */
export function zeros(): JsonObject {
  return {
    ...both('amount_refunded', 0),
    ...both('discount_amount', 0),
    ...both('discount_invoiced', 0),
    discount_percent: 0,
    free_shipping: 0,
    no_discount: 0,
    qty_canceled: 0,
    qty_invoiced: 0,
    qty_refunded: 0,
    qty_shipped: 0,
    row_invoiced: 0,
    base_row_invoiced: 0,
    ...both('tax_amount', 0),
    ...both('tax_invoiced', 0),
    tax_percent: 0,
  };
}

/** What the database's defaults add to a direct order's items once they are read again. */
export function loadDirectItems(order: OrderRecord): void {
  order.fields.items = objectsOf(order.fields.items).map((item) => ({
    ...zeros(),
    base_cost: 0,
    qty_backordered: 0,
    row_weight: 0,
    weight: 0,
    extension_attributes: { itemized_taxes: [] },
    ...item,
  }));
  const extension = objectOf(order.fields.extension_attributes);
  const assignment = objectOf(objectsOf(extension.shipping_assignments)[0]);
  order.fields.extension_attributes = {
    shipping_assignments: [{ shipping: { ...objectOf(assignment.shipping), total: [] } }],
    payment_additional_info: [],
    ...emptyTaxes(),
  };
}

/** An order as `GET /orders/{id}` shows it. */
export function orderView(order: OrderRecord): JsonObject {
  const fields = { ...order.fields, updated_at: dateText(order.updatedMs) };
  const extension = objectOf(order.fields.extension_attributes);
  const assignments = objectsOf(extension.shipping_assignments).map((one) => ({
    shipping: isObject(one.shipping) ? one.shipping : {},
    items: order.fields.items,
  }));
  return { ...fields, extension_attributes: { ...extension, shipping_assignments: assignments } };
}

/** The answer to `POST /orders`: items of the assignment are null. */
export function postedView(order: OrderRecord): JsonObject {
  const extension = objectOf(order.fields.extension_attributes);
  const assignments = objectsOf(extension.shipping_assignments).map((one) => ({ ...one, items: null }));
  return { ...order.fields, extension_attributes: { ...extension, shipping_assignments: assignments } };
}
