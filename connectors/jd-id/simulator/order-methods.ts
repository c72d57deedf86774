import { waybillPdf } from './label.ts';
import { nowMs, ORDER_STATE, type Order, type World } from './model.ts';
import { allocateAirwayBill, changeOrder, newest, shown } from './orders.ts';
import { type CallContext, type Method, type MethodResult, ok, refused } from './result.ts';
import { readWallTime } from './times.ts';
import { filledText, listOf, wholeNumber } from './values.ts';

/** Ids in one answer where the caller pages by `startRow`. */
const START_ROW_PAGE = 20;
const PAGE_SIZE_MAX = 100;
/** Orders in one batch: 10 are used everywhere; whether more are refused is UNCONFIRMED. */
const BATCH_MAX = 10;
const NO_ORDER = 'Order does not exist';
const WINDOWS = ['bookTime', 'createdTime', 'updateTime'] as const;
const WINDOW_FIELDS = { bookTime: 'bookTime', createdTime: 'createTime', updateTime: 'modifyTime' } as const;

/** Order methods. All answer under `result`. */
export const ORDER_METHODS: Readonly<Record<string, Method>> = {
  'jingdong.seller.order.getOrderIdListByCondition': { wrapper: 'result', run: orderIds },
  'jingdong.seller.order.batchGetOrderInfoList': { wrapper: 'result', run: orderBatch },
  'jingdong.seller.order.getOrderInfoByOrderId': { wrapper: 'result', run: orderDetail },
  'jingdong.seller.order.printOrder': { wrapper: 'result', run: printOrder },
  'jingdong.seller.order.sendGoodsOpenApi': { wrapper: 'result', run: sendGoods },
};

/** Newest orders first (by `bookTime`); the real order of the ids is UNCONFIRMED. */
function orderIds(world: World, sent: Record<string, unknown>, { stale }: CallContext): MethodResult {
  const orderStatus = wholeNumber(sent.orderStatus);
  const zone = world.options.queryZoneHours;
  const windows: Array<{ field: 'bookTime' | 'createTime' | 'modifyTime'; from: number; to: number }> = [];
  for (const name of WINDOWS) {
    const [begin, end] = [sent[`${name}Begin`], sent[`${name}End`]];
    if (begin === undefined && end === undefined) continue;
    const from = begin === undefined ? 0 : readWallTime(String(begin), zone);
    const to = end === undefined ? Number.MAX_SAFE_INTEGER : readWallTime(String(end), zone);
    if (from === null || to === null) return refused(`${name} must be like 2022-06-23 11:46:12 in Jakarta time`);
    windows.push({ field: WINDOW_FIELDS[name], from, to });
  }
  const page = readPage(sent);
  if (typeof page === 'string') return refused(page);
  const found = Object.values(world.state.orders)
    .map((order) => shown(order, stale))
    .filter((vo) => orderStatus === undefined || vo.orderState === orderStatus)
    // Both ends belong to the window.
    .filter((vo) => windows.every(({ field, from, to }) => Number(vo[field]) >= from && Number(vo[field]) <= to))
    .sort((left, right) => right.bookTime - left.bookTime || right.orderId - left.orderId);
  return ok(found.slice(page.from, page.from + page.size).map(({ orderId }) => orderId));
}

function readPage(sent: Record<string, unknown>): { from: number; size: number } | string {
  if (sent.pageNo === undefined && sent.pageSize === undefined) {
    const from = wholeNumber(sent.startRow ?? 0);
    return from === undefined || from < 0 ? 'startRow must be 0 or more' : { from, size: START_ROW_PAGE };
  }
  const number = wholeNumber(sent.pageNo ?? 1);
  const size = wholeNumber(sent.pageSize ?? START_ROW_PAGE);
  if (number === undefined || number < 1) return 'pageNo starts at 1';
  if (size === undefined || size < 1 || size > PAGE_SIZE_MAX) return `pageSize must be 1 to ${PAGE_SIZE_MAX}`;
  return { from: (number - 1) * size, size };
}

/** Orders that can't be read (unknown, or not visible yet) are left out without a word. */
function orderBatch(world: World, sent: Record<string, unknown>, { stale }: CallContext): MethodResult {
  const ids = listOf(sent.orderId);
  if (ids.length === 0) return refused('orderId is required');
  if (ids.length > BATCH_MAX) return refused(`at most ${BATCH_MAX} orders at once`);
  return ok(ids.flatMap((id) => readable(world, id) ?? []).map((order) => told(world, order, stale)));
}

/** An order as it is told: times in the unit that was chosen. */
function told(world: World, order: Order, isStale: boolean): Record<string, unknown> {
  const vo: Record<string, unknown> = { ...shown(order, isStale) };
  if (world.options.answerTimes === 'ms') return vo;
  for (const name of ['bookTime', 'createTime', 'payTime', 'modifyTime', 'orderCompleteTime']) {
    if (typeof vo[name] === 'number') vo[name] = Math.floor(vo[name] / 1000);
  }
  return vo;
}

function orderDetail(world: World, sent: Record<string, unknown>, { stale }: CallContext): MethodResult {
  const order = readable(world, sent.orderId);
  return order === undefined ? refused(NO_ORDER) : ok(told(world, order, stale));
}

/** Allocates the airway bill at first print; printing again gives the same label. */
async function printOrder(world: World, sent: Record<string, unknown>): Promise<MethodResult> {
  const order = readable(world, sent.orderId);
  if (order === undefined) return refused(NO_ORDER);
  const state = newest(order).vo.orderState;
  if (state !== ORDER_STATE.paid && state !== ORDER_STATE.readyToShip) {
    return refused('The order status does not allow printing');
  }
  const expressNo = String(allocateAirwayBill(world, order).expressNo);
  order.printedAt ??= nowMs(world);
  const isReady = nowMs(world) >= order.printedAt + world.state.labelDelayMs;
  // A label that isn't drawn yet has its number, but no document; how the platform says so is UNCONFIRMED.
  const content = isReady ? await drawn(expressNo, order) : '';
  return ok({ orderId: order.orderId, expressNo, preExpressNo: expressNo, content });
}

async function drawn(expressNo: string, { orderId, printedAt = 0 }: Order): Promise<string> {
  return (await waybillPdf(expressNo, orderId, new Date(printedAt))).toString('base64');
}

/** 1 → 7. That this call is what moves the order there is likely, but UNCONFIRMED. */
function sendGoods(world: World, sent: Record<string, unknown>): MethodResult {
  const order = readable(world, sent.orderId);
  if (order === undefined) return refused(NO_ORDER);
  const { orderState } = newest(order).vo;
  if (orderState !== ORDER_STATE.paid) {
    return refused(
      orderState === ORDER_STATE.readyToShip
        ? 'The order has been shipped already'
        : 'The order status does not allow shipping',
    );
  }
  const ownNumber = filledText(sent.expressNo === undefined ? undefined : String(sent.expressNo));
  const ownCompany = filledText(sent.expressCompany);
  if (ownCompany !== undefined && ownNumber === undefined) return refused('expressNo is required for your own carrier');
  const own =
    ownNumber === undefined
      ? {}
      : { expressNo: ownNumber, ...(ownCompany === undefined ? {} : { carrierCompany: ownCompany }) };
  if (ownNumber === undefined) allocateAirwayBill(world, order);
  const vo = changeOrder(world, order, 'sendGoodsOpenApi', { ...own, orderState: ORDER_STATE.readyToShip });
  return ok({
    orderId: order.orderId,
    expressNo: vo.expressNo,
    expressCompany: vo.carrierCompany ?? '',
    expressId: vo.carrierCode ?? 0,
  });
}

function readable(world: World, id: unknown): Order | undefined {
  const order = world.state.orders[String(wholeNumber(id))];
  return order?.visible === true ? order : undefined;
}
