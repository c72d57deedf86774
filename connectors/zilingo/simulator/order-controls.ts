import { ControlError, type ControlHandler, type ControlRequest, type Router } from '../../simulator-kit/index.ts';
import { checked, skuBySellerSku } from './controls.ts';
import { type Buyer, nextId, type Order, PRODUCT_STATUS, type Unit, type World } from './model.ts';
import { isGone, moveUnits, orderState, placeOrder, type Wanted } from './orders.ts';
import { isWhole, listOf, objectOf } from './values.ts';

const BEFORE_THE_COURIER = [
  ...['awaitingConfirmation', 'awaitingPickupRequest', 'awaitingPickupSchedule', 'pickupScheduled'],
];

/** What buyers and couriers do, under `/__control/orders`. Without `unit` an action is about all units that it fits. */
export function addOrderControls(router: Router<ControlHandler>, world: World): void {
  const move = (action: string, from: readonly string[], to: string) =>
    router.on('POST', `/orders/:id/${action}`, `order ${action}`, (request) => {
      const order = orderOf(world, request);
      const units = unitsOf(order, request.body).filter(({ status }) => from.includes(status));
      if (units.length === 0) throw new ControlError(409, `${action} is not possible in state ${orderState(order)}`);
      moveUnits(world, order, units, to, action);
      return summaryOf(order);
    });
  router.on('GET', '/orders', 'orders', () => Object.values(world.state.orders).map(summaryOf));
  router.on('GET', '/orders/:id', 'order', (request) => orderOf(world, request));
  router.on('POST', '/orders', 'new order', ({ body }) => summaryOf(newOrder(world, body)));
  router.on('POST', '/orders/:id/visible', 'order visible', (request) => {
    const order = orderOf(world, request);
    order.visible = objectOf(request.body).visible !== false;
    world.tools.changed();
    return summaryOf(order);
  });
  router.on('POST', '/orders/:id/damage', 'order damage', (request) => {
    const order = orderOf(world, request);
    order.damaged = objectOf(request.body).damaged !== false;
    world.tools.changed();
    return summaryOf(order);
  });
  router.on('POST', '/labels', 'labels', ({ body }) => {
    world.state.labelsLate = checked(body, { late: 'boolean' }).late === true;
    world.tools.changed();
    return { late: world.state.labelsLate };
  });
  router.on('POST', '/orders/:id/state', 'order state', (request) => {
    const order = orderOf(world, request);
    const { state, unit } = checked(request.body, { state: 'string', unit: 'string?' });
    moveUnits(world, order, unit === undefined ? order.units : unitsOf(order, request.body), String(state), 'forced');
    return summaryOf(order);
  });
  // The stock isn't given back: whoever sells offers it again.
  move('cancel', BEFORE_THE_COURIER, 'cancelled');
  move('reject', ['awaitingConfirmation'], 'rejected');
  move('accept', ['awaitingConfirmation'], 'awaitingPickupRequest');
  move('schedule', ['awaitingPickupRequest', 'awaitingPickupSchedule'], 'pickupScheduled');
  move('pickup', ['pickupScheduled'], 'inTransit');
  move('complete', ['inTransit'], 'successfullyProcessed');
}

function unitsOf(order: Order, body: unknown): Unit[] {
  const { unit } = objectOf(body);
  const units = order.units.filter((one) => unit === undefined || one.shippableUnitId === unit);
  if (units.length === 0) throw new ControlError(404, `the order has no unit ${unit}`);
  return units.filter((one) => unit !== undefined || !isGone(one));
}

function newOrder(world: World, body: unknown): Order {
  const { externalId, lines, units, buyer, visible, freight, state } = checked(body, {
    ...{ externalId: 'string?', lines: 'array', units: 'array?', buyer: 'object?', visible: 'boolean?' },
    ...{ freight: 'number?', state: 'string?' },
  });
  const wanted = listOf(lines).map((line) => wantedLine(world, line));
  if (wanted.length === 0) throw new ControlError(400, 'lines must not be empty');
  checkBuyable(wanted);
  const orderId = typeof externalId === 'string' ? externalId : `ZO${String(nextId(world, 'order')).padStart(9, '0')}`;
  if (world.state.orders[orderId] !== undefined) throw new ControlError(409, `order ${orderId} exists already`);
  return placeOrder(world, {
    orderId,
    units: split(wanted, units),
    buyer: texts(buyer),
    visible: visible !== false,
    shippingCharge: typeof freight === 'number' ? freight : 0,
    state: typeof state === 'string' ? state : world.options.firstUnitState,
  });
}

/** `units` names the lines of each shippable unit by their places, every line once; without it there is one unit. */
function split(wanted: readonly Wanted[], units: unknown): Wanted[][] {
  if (units === undefined) return [[...wanted]];
  const places = listOf(units).map((unit) => listOf(unit).map(Number));
  const said = places.flat().toSorted((a, b) => a - b);
  if (said.length !== wanted.length || said.some((place, index) => place !== index)) {
    throw new ControlError(400, 'units must name every line once, like [[0], [1, 2]]');
  }
  return places.map((unit) => wanted.filter((_line, index) => unit.includes(index)));
}

function wantedLine(world: World, line: unknown): Wanted {
  const { sellerSku, quantity } = objectOf(line);
  if (!isWhole(quantity) || quantity < 1) throw new ControlError(400, 'quantity must be 1 or more');
  return { ...skuBySellerSku(world, String(sellerSku)), quantity };
}

function checkBuyable(wanted: readonly Wanted[]): void {
  for (const { sku, product } of wanted) {
    const quantity = wanted.filter((one) => one.sku === sku).reduce((sum, one) => sum + one.quantity, 0);
    const why = `a buyer there cannot buy ${quantity} of ${sku.sellerSKUId}`;
    if (product.status !== PRODUCT_STATUS.approved) throw new ControlError(409, `${why}: it is not on shelf`);
    if (sku.quantity < quantity) throw new ControlError(409, `${why}: ${sku.quantity} offered`);
  }
}

function texts(buyer: unknown): Buyer {
  return Object.fromEntries(Object.entries(objectOf(buyer)).map(([name, value]) => [name, String(value)]));
}

function orderOf(world: World, { params }: ControlRequest): Order {
  const order = world.state.orders[params.id ?? ''];
  if (order === undefined) throw new ControlError(404, `no order ${params.id}`);
  return order;
}

function summaryOf(order: Order) {
  return { externalId: order.orderId, state: orderState(order), visible: order.visible, units: order.units, order };
}
