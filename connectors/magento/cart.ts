import type { OrderForStore } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoCall, MagentoClient } from './client.ts';
import type { MagentoSettings } from './credentials.ts';
import { amountOf } from './money.ts';
import { addressOf, mailOf, type OrderContent } from './order-mapping.ts';
import { cartItemSchema, cartTotalsSchema, scalarSchema, shippingMethodsSchema } from './schema.ts';

type Step = Pick<MagentoCall, 'path' | 'body' | 'effect'>;

/** A cart that could become the order. */
interface Cart {
  readonly path: string;
  /** Each line, shipping and the total are the shop's own to the cent. */
  readonly isSame: boolean;
}

export interface PlacedByCart {
  readonly id: number;
  /** The shop's own amounts stand in it: ours have to be set. */
  readonly isRepriced: boolean;
}

/**
 * Places the order through a guest's cart, so that the shop checks and reserves. A cart that is left alone changes
 * nothing.
 *
 * @param mayReprice also where amounts are not the shop's own; the order is marked so by its address
 * @returns null when the shop would make another order of it
 */
export async function placeByCart(
  client: MagentoClient,
  settings: MagentoSettings,
  order: OrderForStore,
  content: OrderContent,
  mayReprice: boolean,
): Promise<PlacedByCart | null> {
  if (settings.orderMailbox === undefined) return null;
  let cart: Cart | null;
  try {
    cart = await prepare(client, settings, order, content);
  } catch (error) {
    // Nothing was placed yet. What the cart refuses (price, stock, address rules) is decided by the direct way.
    if (error instanceof ConnectorError && ['Rejected', 'NotFound', 'Duplicate'].includes(error.kind)) return null;
    throw error;
  }
  if (cart === null || (!cart.isSame && !mayReprice)) return null;
  const email = mailOf(order.reference, settings, !cart.isSame);
  const body = { email, paymentMethod: { method: settings.paymentMethod ?? 'checkmo' } };
  const call = step('orders.place', { path: `${cart.path}/payment-information`, body, effect: true });
  return { id: Number(await client.ask(call, scalarSchema)), isRepriced: !cart.isSame };
}

async function prepare(
  client: MagentoClient,
  settings: MagentoSettings,
  order: OrderForStore,
  content: OrderContent,
): Promise<Cart | null> {
  const cartId = String(await client.ask(step('carts.create', { path: 'guest-carts' }), scalarSchema));
  const path = `guest-carts/${encodeURIComponent(cartId)}`;
  const expected = new Map<number, number>();
  for (const [sku, { quantity, totalMinor }] of content.lines) {
    const body = { cartItem: { sku, qty: quantity, quote_id: cartId } };
    const item = await client.ask(step('carts.add', { path: `${path}/items`, body }), cartItemSchema);
    if (item.sku !== sku || item.qty !== quantity) return null;
    expected.set(item.item_id, totalMinor);
  }
  const address = addressOf(order.shipTo);
  const methods = await client.ask(
    step('carts.methods', { path: `${path}/estimate-shipping-methods`, body: { address } }),
    shippingMethodsSchema,
  );
  const wanted = settings.shippingMethod ?? 'flatrate_flatrate';
  const method = methods.find((one) => `${one.carrier_code}_${one.method_code ?? ''}` === wanted);
  if (method === undefined) return null;
  const addressInformation = {
    shipping_address: address,
    billing_address: address,
    shipping_carrier_code: method.carrier_code,
    shipping_method_code: method.method_code,
  };
  const { totals, payment_methods: payments } = await client.ask(
    step('carts.shipping', { path: `${path}/shipping-information`, body: { addressInformation } }),
    cartTotalsSchema,
  );
  const isPayable = payments.some(({ code }) => code === (settings.paymentMethod ?? 'checkmo'));
  if (totals.quote_currency_code !== content.currency || !isPayable) return null;
  const isSame =
    amountOf(method.amount, content.currency) === content.shippingMinor &&
    amountOf(totals.grand_total, content.currency) === content.totalMinor &&
    totals.items.every((item) => amountOf(item.row_total, content.currency) === expected.get(item.item_id));
  return { path, isSame };
}

/** Carts belong to a store view. */
function step(operation: string, more: Step): MagentoCall {
  return { method: 'POST', scope: 'view', operation, ...more };
}
