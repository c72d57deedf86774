import { idNumber } from './catalogue.ts';
import { orderView } from './order-view.ts';
import { announceOrder } from './orders.ts';
import type { Shop } from './shop.ts';

export interface UpdateInput {
  id: string;
  note?: string | null;
  tags?: string[] | null;
  email?: string | null;
  phone?: string | null;
  poNumber?: string | null;
  customAttributes?: Array<{ key: string; value: string }> | null;
  shippingAddress?: Record<string, unknown> | null;
  metafields?: object[] | null;
}

/** Zip codes and states of the few countries that recordings speak of. */
const STATES: Readonly<Record<string, { readonly name: string; readonly codes: readonly string[] }>> = {
  US: { name: 'United States', codes: ['CA', 'IL', 'NY', 'TX', 'WA'] },
};

/** `orderUpdate`: what is given replaces; several things wrong are told together. */
export function updateOrder(shop: Shop, input: UpdateInput) {
  const order = shop.orders.get(idNumber('Order', input.id));
  if (order === undefined) {
    return { order: null, userErrors: [{ field: ['id'], message: 'Order does not exist' }] };
  }
  const view = () => orderView(shop, order);
  const { id: _id, ...given } = input;
  if (Object.keys(given).length === 0) {
    return { order: view(), userErrors: [{ field: null, message: 'No valid update parameters have been provided' }] };
  }
  if (input.phone != null && !/^\+?[\d\s().-]{6,}$/.test(input.phone)) {
    return { order: view(), userErrors: [{ field: ['phone'], message: 'Phone is invalid' }] };
  }
  const wrong = input.shippingAddress == null ? [] : addressProblems(input.shippingAddress);
  if (wrong.length > 0) return { order: view(), userErrors: wrong };
  const { tags, metafields: _metafields, ...plain } = given;
  Object.assign(order, plain, tags == null ? {} : { tags: [...tags].sort() });
  order.updatedMs = shop.nowMs();
  announceOrder(shop, 'ORDERS_UPDATED', order);
  return { order: view(), userErrors: [] };
}

function addressProblems(address: Record<string, unknown>) {
  const problems: Array<{ field: string[]; message: string }> = [];
  const say = (part: string, message: string) => problems.push({ field: ['shippingAddress', part], message });
  if (!address.lastName) say('lastName', 'Enter a last name');
  if (!address.zip) say('zip', 'Enter a ZIP code');
  const country = STATES[String(address.countryCode)];
  const province = address.provinceCode;
  if (country !== undefined && typeof province === 'string' && !country.codes.includes(province)) {
    say('province', `State is not a valid state in ${country.name}`);
  }
  return problems;
}

/** `orderDelete`: also of an order that was sent. */
export function deleteOrder(shop: Shop, orderId: string) {
  const order = shop.orders.get(idNumber('Order', orderId));
  if (order === undefined) {
    const userErrors = [{ field: ['orderId'], message: 'Order does not exist', code: 'NOT_FOUND' }];
    return { deletedId: null, userErrors };
  }
  shop.orders.delete(order.id);
  shop.announce('ORDERS_DELETE', { id: order.id });
  return { deletedId: orderId, userErrors: [] };
}
