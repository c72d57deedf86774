import { MagentoError, noProduct } from './errors.ts';
import { effectivePrice } from './inventory.ts';
import { type JsonObject, numberOf, objectOf, round, textOf } from './json.ts';
import type { CartRecord } from './model.ts';
import { placeCartOrder } from './order-place.ts';
import type { Shop } from './shop.ts';

const FLAT_RATE = 5;

export function createCart(shop: Shop): string {
  const maskedId = shop.tools.random.text(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
  const id = shop.next('cart');
  shop.carts.set(maskedId, { id, maskedId, items: [], shippingAddress: null, billingAddress: null, isOrdered: false });
  shop.changed();
  return maskedId;
}

function cartOf(shop: Shop, maskedId: string): CartRecord {
  const cart = shop.carts.get(maskedId);
  if (cart !== undefined && !cart.isOrdered) return cart;
  throw new MagentoError(404, 'No such entity with %fieldName = %fieldValue', {
    fieldName: 'cartId',
    fieldValue: maskedId,
  });
}

export function readCart(shop: Shop, maskedId: string): JsonObject {
  const cart = cartOf(shop, maskedId);
  return { id: cart.id, is_active: true, is_virtual: false, items_count: cart.items.length };
}

export function addCartItem(shop: Shop, maskedId: string, body: unknown): JsonObject {
  const cart = cartOf(shop, maskedId);
  const input = objectOf(objectOf(body).cartItem);
  const product = shop.products.get(textOf(input.sku).toLowerCase());
  if (product === undefined || product.status !== 1) throw noProduct();
  const qty = numberOf(input.qty);
  const known = cart.items.find(({ sku }) => sku === product.sku);
  const wanted = qty + (known?.qty ?? 0);
  if (product.manageStock && shop.salable(product.sku) === 0)
    throw new MagentoError(400, 'This product is out of stock.');
  if (product.manageStock && wanted > shop.salable(product.sku)) {
    throw new MagentoError(400, 'The requested qty is not available');
  }
  const item = known ?? {
    itemId: shop.next('cartItem'),
    sku: product.sku,
    qty: 0,
    price: effectivePrice(shop, product),
  };
  item.qty = wanted;
  if (known === undefined) cart.items.push(item);
  shop.changed();
  const { itemId: item_id, price } = item;
  return {
    item_id,
    sku: product.sku,
    qty: wanted,
    name: product.name,
    price,
    product_type: product.typeId,
    quote_id: String(cart.id),
  };
}

export function shippingMethods(shop: Shop, maskedId: string): JsonObject[] {
  const amount = flatRate(cartOf(shop, maskedId));
  return [
    {
      carrier_code: 'flatrate',
      method_code: 'flatrate',
      carrier_title: 'Flat Rate',
      method_title: 'Fixed',
      amount,
      base_amount: amount,
      available: true,
      error_message: '',
      price_excl_tax: amount,
      price_incl_tax: amount,
    },
  ];
}

/** The fresh shop's flat rate counts by piece. */
export function flatRate(cart: CartRecord): number {
  return cart.items.reduce((sum, { qty }) => sum + qty, 0) * FLAT_RATE;
}

export function setShipping(shop: Shop, maskedId: string, body: unknown): JsonObject {
  const cart = cartOf(shop, maskedId);
  const input = objectOf(objectOf(body).addressInformation);
  if (textOf(input.shipping_method_code) !== 'flatrate') {
    throw new MagentoError(404, 'Carrier with such method not found: %1, %2', [
      textOf(input.shipping_carrier_code),
      textOf(input.shipping_method_code),
    ]);
  }
  cart.shippingAddress = objectOf(input.shipping_address);
  cart.billingAddress = objectOf(input.billing_address);
  shop.changed();
  return { payment_methods: [{ code: 'checkmo', title: 'Check / Money order' }], totals: totals(shop, cart) };
}

function totals(shop: Shop, cart: CartRecord): JsonObject {
  const subtotal = round(cart.items.reduce((sum, { price, qty }) => sum + price * qty, 0));
  const shipping = flatRate(cart);
  const grand = round(subtotal + shipping);
  const both = (name: string, value: number) => ({ [name]: value, [`base_${name}`]: value });
  return {
    ...both('grand_total', grand),
    ...both('subtotal', subtotal),
    ...both('discount_amount', 0),
    ...both('subtotal_with_discount', subtotal),
    ...both('shipping_amount', shipping),
    ...both('shipping_discount_amount', 0),
    ...both('tax_amount', 0),
    weee_tax_applied_amount: null,
    ...both('shipping_tax_amount', 0),
    subtotal_incl_tax: subtotal,
    ...both('shipping_incl_tax', shipping),
    base_currency_code: shop.currency,
    quote_currency_code: shop.currency,
    items_qty: cart.items.reduce((sum, { qty }) => sum + qty, 0),
    items: cart.items.map((item) => totalsItem(shop, item)),
    total_segments: [
      { code: 'subtotal', title: 'Subtotal', value: subtotal },
      { code: 'shipping', title: 'Shipping & Handling (Flat Rate - Fixed)', value: shipping },
      { code: 'tax', title: 'Tax', value: 0, extension_attributes: { tax_grandtotal_details: [] } },
      { code: 'grand_total', title: 'Grand Total', value: grand, area: 'footer' },
    ],
  };
}

function totalsItem(shop: Shop, { itemId, sku, qty, price }: CartRecord['items'][number]): JsonObject {
  const row = round(price * qty);
  const both = (name: string, value: number) => ({ [name]: value, [`base_${name}`]: value });
  return {
    item_id: itemId,
    ...both('price', price),
    qty,
    ...both('row_total', row),
    row_total_with_discount: 0,
    ...both('tax_amount', 0),
    tax_percent: 0,
    ...both('discount_amount', 0),
    discount_percent: 0,
    ...both('price_incl_tax', price),
    ...both('row_total_incl_tax', row),
    options: '[]',
    weee_tax_applied_amount: null,
    weee_tax_applied: null,
    name: shop.product(sku).name,
  };
}

/** `POST /guest-carts/{id}/payment-information`: places the order, reserves, answers its id. */
export function payCart(shop: Shop, maskedId: string, body: unknown): number {
  const cart = cartOf(shop, maskedId);
  const input = objectOf(body);
  if (cart.shippingAddress === null) {
    throw new MagentoError(400, 'The shipping address is missing. Set the address and try again.');
  }
  for (const { sku, qty } of cart.items) {
    const product = shop.product(sku);
    if (product.manageStock && qty > shop.salable(sku))
      throw new MagentoError(400, 'The requested qty is not available');
  }
  const order = placeCartOrder(shop, cart, textOf(input.email), textOf(objectOf(input.paymentMethod).method));
  cart.isOrdered = true;
  for (const { sku, qty } of cart.items) shop.reserve(sku, -qty, 'order');
  shop.changed();
  return order.id;
}
