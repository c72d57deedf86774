import type { VendorAnswer } from '../../simulator-kit/index.ts';
import { nothing, refused } from './answers.ts';
import {
  type Buyer,
  minorOf,
  nextId,
  nowMs,
  type Order,
  type OrderItem,
  type Product,
  type Sku,
  setOffer,
  UNIT_STATES,
  type Unit,
  type World,
} from './model.ts';

const NAMES = ['Nattaya Suwan', 'Priya Raman', 'Tan Wei Ling', 'Maria Santos', 'Budi Hartono'];

/** What a buyer wants of one SKU. */
export interface Wanted {
  sku: Sku;
  product: Product;
  quantity: number;
}

/** True for a unit that is given up. */
export const isGone = ({ status }: Unit): boolean => status === 'cancelled' || status === 'rejected';

/** The state of the whole order for the facts: that of its least advanced unit, given up ones aside. */
export function orderState({ units }: Order): string {
  const left = units.filter((unit) => !isGone(unit));
  if (left.length === 0) return units[0]?.status ?? 'cancelled';
  const states = left.map(({ status }) => status);
  const known: readonly string[] = UNIT_STATES;
  return states.toSorted((a, b) => known.indexOf(a) - known.indexOf(b))[0] ?? '';
}

/** A buyer buys: stock goes down, the order is there. Whoever calls has made sure that the stock suffices. */
export function placeOrder(
  world: World,
  wanted: {
    orderId: string;
    /** What each shippable unit holds. */
    units: readonly (readonly Wanted[])[];
    buyer: Buyer;
    visible: boolean;
    shippingCharge: number;
    state: string;
  },
): Order {
  const { orderId, visible, shippingCharge } = wanted;
  const units = wanted.units.map((lines, index): Unit => {
    const shippableUnitId = `SU${String(nextId(world, 'unit')).padStart(9, '0')}`;
    const items = lines.map((line, place) => itemOf(line, `${shippableUnitId}-${place + 1}`));
    const subOrderId = `${orderId}-${index + 1}`;
    const empty = { earlierStatus: null, trackingNumber: null, carrier: null, pickupAt: null };
    return { shippableUnitId, subOrderId, status: wanted.state, items, ...empty };
  });
  const { currency } = world.options;
  const buyer = { ...madeUpBuyer(world), ...wanted.buyer };
  const head = { orderId, createdAt: nowMs(world), buyer, shippingCharge, currency };
  const order: Order = { ...head, visible, damaged: false, units };
  world.state.orders[orderId] = order;
  for (const { sku, quantity } of wanted.units.flat()) setOffer(world, sku, sku.quantity - quantity, 'sale');
  announce(world, order);
  world.tools.changed();
  return order;
}

function itemOf({ sku, product, quantity }: Wanted, orderItemId: string): OrderItem {
  const { zilingoSKUId, sellerSKUId, price } = sku;
  const ids = { orderItemId, zilingoSKUId: zilingoSKUId ?? '', sellerSKUId };
  return { ...ids, productName: product.name, quantity, pricePerUnit: { ...price } };
}

/** Writes down what the order says now, without what was given up. Repeated after changes: the newest line holds. */
export function announce(world: World, order: Order): void {
  const left = order.units.filter((unit) => !isGone(unit));
  const lines = (left.length === 0 ? order.units : left)
    .flatMap(({ items }) => items)
    .map(({ sellerSKUId, quantity, pricePerUnit }) => {
      return { sku: sellerSKUId, quantity, unitPriceMinor: minorOf(pricePerUnit) };
    });
  world.tools.log.fact({
    fact: 'order.announced',
    externalId: order.orderId,
    lines,
    totalMinor: lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0),
    currency: order.currency,
  });
}

/** Moves units of an order; what that does to the order as a whole is written down. */
export function moveUnits(world: World, order: Order, units: readonly Unit[], to: string, cause: string): void {
  const from = orderState(order);
  const before = order.units.filter(isGone).length;
  for (const unit of units) {
    unit.earlierStatus = unit.status;
    unit.status = to;
  }
  const now = orderState(order);
  const gone = order.units.filter(isGone).length;
  if (gone !== before && gone < order.units.length) announce(world, order);
  if (from !== now) {
    world.tools.log.fact({ fact: 'order.state', externalId: order.orderId, from, to: now, cause });
  }
  world.tools.changed();
}

/** The unit with this number and its order. */
export function unitById(world: World, id: string | undefined): { unit: Unit; order: Order } | undefined {
  for (const order of Object.values(world.state.orders)) {
    const unit = order.units.find(({ shippableUnitId }) => shippableUnitId === id);
    if (unit !== undefined) return { unit, order };
  }
  return undefined;
}

/** All units in a state, oldest first, whatever their age: no paging is known. */
export function byStatus(world: World, status: string | undefined, isStale: boolean): VendorAnswer {
  const known: readonly string[] = UNIT_STATES;
  if (status === undefined || !known.includes(status)) return refused(world, `unknown status ${status}`);
  const results = Object.values(world.state.orders).flatMap((order) =>
    order.units
      .map((unit) => ({ unit, shown: isStale ? (unit.earlierStatus ?? unit.status) : unit.status }))
      .filter(({ shown }) => shown === status)
      .map(({ unit, shown }) => ({
        shippableUnitId: unit.shippableUnitId,
        createdAt: order.createdAt,
        ...(world.options.rowsNameOrders ? { orderId: order.orderId, status: shown } : {}),
      })),
  );
  return { status: 200, body: { totalCount: results.length, results } };
}

/** What a unit holds and where it goes. The names inside items and addresses are this simulator's own, UNCONFIRMED. */
export function invoice(world: World, id: string | undefined): VendorAnswer {
  const found = unitById(world, id);
  if (found === undefined || !found.order.visible) return nothing();
  const { unit, order } = found;
  if (order.damaged) return { status: 200, body: { shippableUnitId: id, orderId: order.orderId, orderItems: 'none' } };
  const { orderId, currency, buyer } = order;
  const { shippableUnitId, subOrderId, items, trackingNumber } = unit;
  const address = {
    ...{ name: buyer.customerName, phone: buyer.mobile ?? buyer.phone, email: buyer.email },
    ...{ addressLine1: buyer.address, addressLine2: buyer.area, city: buyer.city, state: buyer.state },
    ...{ zipCode: buyer.postCode, country: buyer.country },
  };
  const amount = items.reduce((sum, item) => sum + item.pricePerUnit.amount * item.quantity, 0);
  const isFirst = order.units[0] === unit;
  return {
    status: 200,
    body: {
      ...{ subOrderId, shippableUnitId, orderId, sellerId: world.options.sellerId },
      ...{ userAddress: address, deliveryAddress: address, orderedAt: order.createdAt, orderItems: items },
      subOrderAmount: { amount: Number(amount.toFixed(2)), currency },
      appliedCoupon: null,
      shippingCharge: { amount: isFirst ? order.shippingCharge : 0, currency },
      paymentMode: 'PREPAID',
      ...(buyer.buyerMessage ? { buyerNote: buyer.buyerMessage } : {}),
      ...(trackingNumber === null ? {} : { trackingNumber }),
    },
  };
}

function madeUpBuyer({ tools: { random }, options }: World): Buyer {
  const customerName = NAMES[random.int(NAMES.length)] ?? 'A Buyer';
  return {
    ...{ customerName, mobile: `+65${random.text(8, '0123456789')}`, email: `${random.text(8)}@example.test` },
    ...{ address: `${1 + random.int(300)} Orchard Road`, area: 'Tower 2', city: 'Singapore', state: '' },
    ...{ postCode: `2${random.text(5, '0123456789')}`, country: options.countryCode, buyerMessage: '' },
  };
}
