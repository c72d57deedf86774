import { flatRate } from './carts.ts';
import { required } from './errors.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, round, textOf } from './json.ts';
import type { CartRecord, OrderRecord } from './model.ts';
import { both, emptyTaxes, zeros } from './order-view.ts';
import { dateText, type Shop } from './shop.ts';

const STORE_NAME = 'Main Website\nMain Website Store\nDefault Store View';

function head(shop: Shop, id: number): JsonObject {
  const at = dateText(shop.nowMs());
  return {
    created_at: at,
    updated_at: at,
    entity_id: id,
    increment_id: String(id).padStart(9, '0'),
    protect_code: String(id).padStart(32, 'c'),
    store_id: 1,
    store_name: STORE_NAME,
    state: 'new',
    status: 'pending',
  };
}

function address(shop: Shop, input: JsonObject, type: string, orderId: number, email: string): JsonObject {
  const region = textOf(input.region);
  return {
    address_type: type,
    city: textOf(input.city),
    ...(input.company === undefined ? {} : { company: textOf(input.company) }),
    country_id: textOf(input.country_id),
    email: textOf(input.email) || email,
    entity_id: shop.next('address'),
    firstname: textOf(input.firstname),
    lastname: textOf(input.lastname),
    parent_id: orderId,
    postcode: textOf(input.postcode),
    ...(region === '' ? {} : { region, region_code: region }),
    street: Array.isArray(input.street) ? input.street : [textOf(input.street)],
    telephone: textOf(input.telephone),
  };
}

/** An order that went through the cart: the shop's own prices, everything filled in. */
export function placeCartOrder(shop: Shop, cart: CartRecord, email: string, method: string): OrderRecord {
  const id = shop.next('order');
  const shippingAddress = address(shop, cart.shippingAddress ?? {}, 'shipping', id, email);
  const billingAddress = address(shop, cart.billingAddress ?? {}, 'billing', id, email);
  const items = cart.items.map((item) => cartOrderItem(shop, item, id));
  const subtotal = round(cart.items.reduce((sum, { price, qty }) => sum + price * qty, 0));
  const shipping = flatRate(cart);
  const grand = round(subtotal + shipping);
  const shippingTotal = {
    ...both('shipping_amount', shipping),
    ...both('shipping_discount_amount', 0),
    shipping_discount_tax_compensation_amount: 0,
    base_shipping_discount_tax_compensation_amnt: 0,
    ...both('shipping_incl_tax', shipping),
    ...both('shipping_tax_amount', 0),
  };
  const currency = shop.currency;
  const methodTitle = 'Check / Money order';
  const fields: JsonObject = {
    ...head(shop, id),
    ...shippingTotal,
    ...both('discount_amount', 0),
    ...both('grand_total', grand),
    ...both('discount_tax_compensation_amount', 0),
    ...both('subtotal', subtotal),
    ...both('subtotal_incl_tax', subtotal),
    ...both('tax_amount', 0),
    ...both('total_due', grand),
    base_currency_code: currency,
    global_currency_code: currency,
    order_currency_code: currency,
    store_currency_code: currency,
    base_to_global_rate: 1,
    base_to_order_rate: 1,
    store_to_base_rate: 0,
    store_to_order_rate: 0,
    billing_address_id: billingAddress.entity_id,
    customer_email: email,
    customer_firstname: textOf(billingAddress.firstname),
    customer_lastname: textOf(billingAddress.lastname),
    customer_group_id: 0,
    customer_is_guest: 1,
    customer_note_notify: 1,
    is_virtual: 0,
    quote_id: cart.id,
    remote_ip: '127.0.0.1',
    shipping_description: 'Flat Rate - Fixed',
    total_item_count: items.length,
    total_qty_ordered: cart.items.reduce((sum, { qty }) => sum + qty, 0),
    weight: round(items.reduce((sum, item) => sum + numberOf(item.row_weight), 0)),
    items,
    billing_address: billingAddress,
    payment: {
      account_status: null,
      additional_information: [methodTitle],
      ...both('amount_ordered', grand),
      ...both('shipping_amount', shipping),
      cc_last4: null,
      entity_id: id,
      method,
      parent_id: id,
    },
    status_histories: [],
    extension_attributes: {
      shipping_assignments: [
        { shipping: { address: shippingAddress, method: 'flatrate_flatrate', total: shippingTotal } },
      ],
      payment_additional_info: [{ key: 'method_title', value: methodTitle }],
      ...emptyTaxes(),
    },
  };
  return keep(shop, id, fields, false, email);
}

function cartOrderItem(
  shop: Shop,
  { itemId, sku, qty, price }: CartRecord['items'][number],
  orderId: number,
): JsonObject {
  const product = shop.product(sku);
  const at = dateText(shop.nowMs());
  const row = round(price * qty);
  return {
    ...zeros(),
    ...both('discount_tax_compensation_amount', 0),
    ...both('original_price', product.price ?? 0),
    ...both('price', price),
    ...both('price_incl_tax', price),
    ...both('row_total', row),
    ...both('row_total_incl_tax', row),
    created_at: at,
    updated_at: at,
    is_qty_decimal: 0,
    is_virtual: 0,
    item_id: shop.next('orderItem'),
    name: product.name,
    order_id: orderId,
    product_id: product.id,
    product_type: product.typeId,
    qty_ordered: qty,
    quote_item_id: itemId,
    row_weight: round((product.weight ?? 0) * qty),
    weight: product.weight ?? 0,
    sku,
    store_id: 1,
    extension_attributes: { itemized_taxes: [] },
  };
}

const KEPT = [
  'base_currency_code',
  'order_currency_code',
  'global_currency_code',
  'store_currency_code',
  'customer_email',
  'customer_firstname',
  'customer_lastname',
  'customer_is_guest',
  'grand_total',
  'base_grand_total',
  'subtotal',
  'base_subtotal',
  'tax_amount',
  'base_tax_amount',
  'shipping_amount',
  'base_shipping_amount',
  'shipping_incl_tax',
  'base_shipping_incl_tax',
  'shipping_tax_amount',
  'base_shipping_tax_amount',
  'subtotal_incl_tax',
  'base_subtotal_incl_tax',
  'base_to_order_rate',
  'base_to_global_rate',
  'shipping_description',
  'discount_amount',
  'base_discount_amount',
  'total_qty_ordered',
  'ext_order_id',
  'is_virtual',
];

/** `POST /orders`: kept as it was sent; nothing is checked, nothing is reserved. */
export function placeDirectOrder(shop: Shop, body: unknown): OrderRecord {
  const input = objectOf(objectOf(body).entity);
  if (Object.keys(input).length === 0) throw required('entity');
  if (numberOf(input.entity_id) > 0) return updateOrder(shop, shop.order(numberOf(input.entity_id)), input);
  const id = shop.next('order');
  const email = textOf(input.customer_email);
  const billing = address(shop, objectOf(input.billing_address), 'billing', id, email);
  const assignment = objectsOf(objectOf(input.extension_attributes).shipping_assignments)[0];
  const shipping = objectOf(objectOf(assignment).shipping);
  const shippingAddress = address(shop, objectOf(shipping.address), 'shipping', id, email);
  const items = objectsOf(input.items).map((item) => directItem(shop, item, id));
  const fields: JsonObject = {
    ...head(shop, id),
    ...Object.fromEntries(KEPT.filter((name) => input[name] !== undefined).map((name) => [name, input[name]])),
    state: textOf(input.state) || 'new',
    status: textOf(input.status) || 'pending',
    ...both('grand_total', numberOf(input.grand_total) + shop.dials.surcharge),
    ...both('total_due', numberOf(input.grand_total) + shop.dials.surcharge),
    billing_address_id: billing.entity_id,
    total_item_count: items.length,
    items,
    billing_address: billing,
    payment: {
      account_status: null,
      additional_information: [],
      cc_last4: null,
      entity_id: id,
      method: textOf(objectOf(input.payment).method),
      parent_id: id,
    },
    status_histories: objectsOf(input.status_histories).map((history) => ({
      comment: textOf(history.comment),
      created_at: dateText(shop.nowMs()),
      entity_id: shop.next('history'),
      is_customer_notified: numberOf(history.is_customer_notified),
      is_visible_on_front: numberOf(history.is_visible_on_front),
      parent_id: id,
      status: textOf(history.status),
    })),
    extension_attributes: {
      shipping_assignments: [{ shipping: { address: shippingAddress, method: textOf(shipping.method) } }],
    },
  };
  return keep(shop, id, fields, true, textOf(input.ext_order_id));
}

/** With an id the fields sent are saved in that order, and in its items by theirs (UNCONFIRMED). */
function updateOrder(shop: Shop, order: OrderRecord, input: JsonObject): OrderRecord {
  if (shop.dials.orderUpdatesIgnored) return order;
  const { items, entity_id: _id, increment_id: number, ...fields } = input;
  // Without its number the order gets another one.
  order.fields.increment_id = number ?? String(shop.next('order')).padStart(9, '0');
  Object.assign(order.fields, fields);
  const changes = new Map(objectsOf(items).map((item) => [item.item_id, item]));
  order.fields.items = objectsOf(order.fields.items).map((item) => ({ ...item, ...changes.get(item.item_id) }));
  order.updatedMs = shop.nowMs();
  shop.changed();
  return order;
}

function directItem(shop: Shop, item: JsonObject, orderId: number): JsonObject {
  const at = dateText(shop.nowMs());
  const names = ['sku', 'name', 'product_id', 'product_type', 'qty_ordered', 'store_id', 'weight', 'is_virtual'];
  const money = [
    'price',
    'base_price',
    'row_total',
    'base_row_total',
    'price_incl_tax',
    'base_price_incl_tax',
    'base_original_price',
    'tax_amount',
    'base_tax_amount',
    'tax_percent',
    'discount_amount',
    'base_discount_amount',
  ];
  return {
    ...Object.fromEntries(
      [...names, ...money].filter((name) => item[name] !== undefined).map((name) => [name, item[name]]),
    ),
    original_price: numberOf(item.original_price ?? item.price),
    row_total_incl_tax: numberOf(item.row_total_incl_tax ?? item.row_total),
    base_row_total_incl_tax: numberOf(item.base_row_total_incl_tax ?? item.base_row_total),
    created_at: at,
    updated_at: at,
    item_id: shop.next('orderItem'),
    order_id: orderId,
  };
}

function keep(shop: Shop, id: number, fields: JsonObject, isDirect: boolean, reference: string): OrderRecord {
  const now = shop.nowMs();
  const order = { id, isDirect, fields, createdMs: now, updatedMs: now, shipments: [], creditmemos: [], invoices: [] };
  shop.orders.set(id, order);
  shop.tools.log.fact({
    fact: 'shop-order.created',
    externalId: String(id),
    reference,
    lines: objectsOf(fields.items).map((item) => ({ sku: textOf(item.sku), quantity: numberOf(item.qty_ordered) })),
    totalMinor: Math.round(numberOf(fields.grand_total) * 100),
    currency: shop.currency,
    status: textOf(fields.status),
  });
  shop.changed();
  return order;
}
