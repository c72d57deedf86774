import {
  ControlError,
  type ControlHandler,
  type ControlRequest,
  type Router,
  shapeError,
} from '../../simulator-kit/index.ts';
import {
  ORDER_STATE,
  type Order,
  type OrderLine,
  type OrderVo,
  type Sku,
  setOffer,
  WARE_STATUS,
  type World,
} from './model.ts';
import { announce, BUYER_FIELDS, type Buyer, changeOrder, newest, placeOrder, totals } from './orders.ts';
import { listOf, objectOf, wholeNumber } from './values.ts';

type OrderControl = (order: Order, body: Record<string, unknown>) => unknown;

const { paid, shipped, cancelRequested, waitingRefuse, cancelled, completed, readyToShip } = ORDER_STATE;

/** What buyers, couriers and the marketplace do, under `/__control/orders`. */
export function addOrderControls(router: Router<ControlHandler>, world: World): void {
  const on = (action: string, run: OrderControl) =>
    router.on('POST', `/orders/:id/${action}`, `order ${action}`, (request) => {
      const order = orderOf(world, request);
      const result = run(order, objectOf(request.body)) ?? summaryOf(order);
      world.tools.changed();
      return result;
    });
  const move = (action: string, from: readonly number[], to: number) =>
    on(action, (order) => {
      const { orderState } = newest(order).vo;
      if (!from.includes(orderState)) throw new ControlError(409, `${action} is not possible in state ${orderState}`);
      if (to === cancelRequested) order.stateBeforeCancel = orderState;
      changeOrder(world, order, action, { orderState: to });
    });
  router.on('GET', '/orders', 'orders', () => Object.values(world.state.orders).map(summaryOf));
  router.on('GET', '/orders/:id', 'order', (request) => orderOf(world, request));
  router.on('POST', '/orders', 'new order', ({ body }) => summaryOf(newOrder(world, body)));
  move('cancel-request', [paid, readyToShip], cancelRequested);
  // The stock isn't given back: whoever sells offers it again.
  move('cancel', [paid, cancelRequested, waitingRefuse, readyToShip], cancelled);
  move('pickup', [readyToShip], shipped);
  move('complete', [shipped], completed);
  on('withdraw-cancel', (order) => {
    if (newest(order).vo.orderState !== cancelRequested) throw new ControlError(409, 'no cancel request is open');
    changeOrder(world, order, 'withdraw-cancel', { orderState: order.stateBeforeCancel ?? paid });
  });
  on('visible', (order, body) => {
    order.visible = body.visible !== false;
  });
  on('damage', (order) => {
    const lines = newest(order).vo.orderSkuinfos.map((line) => ({ ...line, skuNumber: Number.NaN }));
    changeOrder(world, order, 'damaged', { orderSkuinfos: lines });
  });
  on('state', (order, body) => {
    const state = wholeNumber(body.state);
    if (state === undefined) throw new ControlError(400, 'state must be a whole number');
    changeOrder(world, order, 'forced', { orderState: state }, readTime(body.modifyTime));
  });
  on('serve', (order, body) => {
    const version = body.version === null ? null : wholeNumber(body.version);
    const isKnown = version === null || order.snapshots.some((snapshot) => snapshot.version === version);
    if (version === undefined || !isKnown)
      throw new ControlError(400, `version must be 1 to ${newest(order).version}, or null`);
    order.servedVersion = version;
  });
  on('update', (order, body) => updateOrder(world, order, objectOf(body.fields ?? body), readTime(body.modifyTime)));
}

function newOrder(world: World, body: unknown): Order {
  const problem = shapeError('body', body, {
    externalId: 'any?',
    lines: 'array',
    buyer: 'object?',
    visible: 'boolean?',
    freight: 'number?',
  });
  if (problem !== null) throw new ControlError(400, problem);
  const { externalId, lines, buyer, visible, freight } = objectOf(body);
  const wanted = listOf(lines).map((line) => wantedLine(world, line));
  if (wanted.length === 0) throw new ControlError(400, 'lines must not be empty');
  for (const { sku, quantity } of merged(wanted)) checkBuyable(world, sku, quantity);
  const orderId = externalId === undefined ? nextOrderId(world) : wholeNumber(externalId);
  if (orderId === undefined || orderId <= 0) throw new ControlError(400, 'externalId must be a positive whole number');
  if (world.state.orders[orderId] !== undefined) throw new ControlError(409, `order ${orderId} exists already`);
  return placeOrder(world, {
    orderId,
    lines: wanted,
    buyer: readBuyer(objectOf(buyer)),
    visible: visible !== false,
    freight: wholeNumber(freight) ?? 0,
  });
}

function wantedLine(world: World, line: unknown): { sku: Sku; quantity: number } {
  const problem = shapeError('line', line, { sellerSku: 'string', quantity: 'number' });
  if (problem !== null) throw new ControlError(400, problem);
  const { sellerSku, quantity } = objectOf(line);
  const count = wholeNumber(quantity);
  if (count === undefined || count < 1) throw new ControlError(400, 'quantity must be 1 or more');
  return { sku: skuBySellerSku(world, String(sellerSku)), quantity: count };
}

/** The SKU a buyer would find: one on shelf rather than one that isn't. */
export function skuBySellerSku(world: World, sellerSku: string): Sku {
  const all = Object.values(world.state.skus).filter(({ sellerSkuId }) => sellerSkuId === sellerSku);
  const sku = all.find((candidate) => isOnShelf(world, candidate)) ?? all[0];
  if (sku === undefined) throw new ControlError(409, `a buyer there cannot buy ${sellerSku}: it is not listed`);
  return sku;
}

function isOnShelf(world: World, sku: Sku): boolean {
  return sku.status === 1 && world.state.spus[sku.spuId]?.wareStatus === WARE_STATUS.onShelf;
}

function checkBuyable(world: World, sku: Sku, quantity: number): void {
  const why = `a buyer there cannot buy ${quantity} of ${sku.sellerSkuId}`;
  if (!isOnShelf(world, sku)) throw new ControlError(409, `${why}: it is not on shelf`);
  if (sku.stock < quantity) throw new ControlError(409, `${why}: ${sku.stock} offered`);
}

function merged(lines: ReadonlyArray<{ sku: Sku; quantity: number }>): Array<{ sku: Sku; quantity: number }> {
  const bySku = new Map<number, { sku: Sku; quantity: number }>();
  for (const { sku, quantity } of lines) {
    bySku.set(sku.skuId, { sku, quantity: quantity + (bySku.get(sku.skuId)?.quantity ?? 0) });
  }
  return [...bySku.values()];
}

function nextOrderId(world: World): number {
  while (world.state.orders[world.state.nextId.order] !== undefined) world.state.nextId.order += 1;
  world.state.nextId.order += 1;
  return world.state.nextId.order - 1;
}

function readBuyer(fields: Record<string, unknown>): Buyer {
  const buyer: Buyer = {};
  for (const [name, value] of Object.entries(fields)) {
    const known = BUYER_FIELDS.find((field) => field === name);
    if (known === undefined) throw new ControlError(400, `${name} is unknown (known: ${BUYER_FIELDS.join(', ')})`);
    if (typeof value !== 'string') throw new ControlError(400, `${name} must be of type string`);
    buyer[known] = value;
  }
  return buyer;
}

/** Changes content: buyer fields, and with `lines` quantities. More needs offered stock; less gives none back. */
function updateOrder(world: World, order: Order, fields: Record<string, unknown>, modifyTime?: number): void {
  const { lines, ...rest } = fields;
  const changes: Partial<OrderVo> = readBuyer(rest);
  if (lines !== undefined) {
    const orderSkuinfos = changedLines(world, newest(order).vo.orderSkuinfos, listOf(lines));
    Object.assign(changes, { orderSkuinfos, ...totals(orderSkuinfos) });
  }
  changeOrder(world, order, 'update', changes, modifyTime);
  if (lines !== undefined) announce(world, order);
}

function changedLines(world: World, old: readonly OrderLine[], wanted: readonly unknown[]): OrderLine[] {
  const changed = structuredClone([...old]);
  const more: Array<{ sku: Sku; quantity: number }> = [];
  for (const item of wanted) {
    const { sku, quantity } = wantedLine(world, item);
    const line = changed.find(({ popSkuId }) => popSkuId === sku.sellerSkuId);
    if (line === undefined) throw new ControlError(400, `the order has no line of ${sku.sellerSkuId}`);
    if (quantity > line.skuNumber) more.push({ sku, quantity: quantity - line.skuNumber });
    line.skuNumber = quantity;
    line.costPrice = line.jdPrice * quantity;
  }
  for (const { sku, quantity } of more) checkBuyable(world, sku, quantity);
  for (const { sku, quantity } of more) setOffer(world, sku, sku.stock - quantity, 'sale');
  return changed;
}

function readTime(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'string' && !/^\d+$/.test(value) ? Date.parse(value) : wholeNumber(value);
  if (time === undefined || Number.isNaN(time))
    throw new ControlError(400, 'modifyTime must be ISO 8601 or epoch milliseconds');
  return time;
}

function orderOf(world: World, { params }: ControlRequest): Order {
  const order = world.state.orders[params.id ?? ''];
  if (order === undefined) throw new ControlError(404, `no order ${params.id}`);
  return order;
}

function summaryOf(order: Order) {
  const { version, vo } = newest(order);
  const { visible, servedVersion } = order;
  return { externalId: String(order.orderId), state: vo.orderState, version, visible, servedVersion, order: vo };
}
