import type { World } from './model.ts';
import { ORDER_METHODS } from './order-methods.ts';
import { type MethodResult, type MethodV1, ok, refused, type UploadContext } from './result.ts';
import { jakartaTime } from './times.ts';
import { listOf, objectOf, wholeNumber } from './values.ts';

/** Below this a time is in seconds, as an earlier client sent it. */
const SECONDS_BELOW = 1e11;
const WINDOWS = ['bookTimeBegin', 'bookTimeEnd', 'createdTimeBegin', 'createdTimeEnd'];

/** Order methods of the v1 gateway, on the same orders as v2's. */
export const ORDER_METHODS_V1: Readonly<Record<string, MethodV1>> = {
  'epi.popOrder.getOrderIdListByCondition': { run: orderIds },
  'epi.popOrder.getOrderInfoListForBatch': {
    model: 'text',
    run: async (world, sent, context) =>
      inOldWords(await service(world, 'batchGetOrderInfoList', { orderId: listOf(sent) }, context)),
  },
  'epi.popOrder.getOrderInfoByOrderId': {
    run: async (world, sent, context) =>
      inOldWords(await service(world, 'getOrderInfoByOrderId', { orderId: sent }, context)),
  },
  'epi.pop.order.print.uat1': { run: print },
  'epi.popOrder.sendGoods.uat': { run: sendGoods },
};

async function service(
  world: World,
  name: string,
  sent: Record<string, unknown>,
  context: UploadContext,
): Promise<MethodResult> {
  const method = ORDER_METHODS[`jingdong.seller.order.${name}`];
  if (method === undefined) throw new Error(`no service ${name}`);
  return method.run(world, sent, context);
}

/** By state, with windows in epoch milliseconds; 20 ids a page, by `startRow` only. Changes have no window here. */
async function orderIds(world: World, sent: unknown, context: UploadContext): Promise<MethodResult> {
  const { orderStatus, startRow, ...condition } = objectOf(sent);
  if (wholeNumber(orderStatus) === undefined) return refused('orderStatus is required');
  const windows: Record<string, string> = {};
  for (const name of WINDOWS) {
    if (condition[name] === undefined) continue;
    const time = wholeNumber(condition[name]);
    if (time === undefined) return refused(`${name} must be epoch milliseconds`);
    const epochMs = time < SECONDS_BELOW ? time * 1000 : time;
    // Seconds are enough for v2's words; the end is rounded up, so that nothing is cut off.
    windows[name] = jakartaTime(name.endsWith('End') ? Math.ceil(epochMs / 1000) * 1000 : epochMs);
  }
  return service(world, 'getOrderIdListByCondition', { orderStatus, startRow: startRow ?? 0, ...windows }, context);
}

/** `carrierCode` is text in v1's code. */
function inOldWords(result: MethodResult): MethodResult {
  if (!result.success) return result;
  const old = (order: unknown) => {
    const vo = objectOf(order);
    return vo.carrierCode === undefined ? vo : { ...vo, carrierCode: String(vo.carrierCode) };
  };
  return ok(Array.isArray(result.model) ? result.model.map(old) : old(result.model));
}

/** `orderId,printType,packageNum,imageType`; money stands in the answer as text with thousands commas, empty or null. */
async function print(world: World, sent: unknown, context: UploadContext): Promise<MethodResult> {
  const [orderId, printType, packageNum, imageType] = listOf(sent);
  if (wholeNumber(printType) === undefined || wholeNumber(packageNum) === undefined || imageType !== 'PDF') {
    return refused('param_json must be orderId,printType,packageNum,"PDF"');
  }
  const result = await service(world, 'printOrder', { orderId }, context);
  if (!result.success) return result;
  const { orderId: id, expressNo, content } = objectOf(result.model);
  const total = Number(
    objectOf(world.state.orders[String(wholeNumber(orderId))]?.snapshots.at(-1)?.vo).totalPrice ?? 0,
  );
  const money = { totalAmount: total.toLocaleString('en-US'), codAmount: '', insuredAmount: null };
  return ok({
    templateId: 1,
    data: [{ PDF: content, orderId: id, preDeliveryId: expressNo, deliveryId: expressNo, ...money }],
  });
}

/** Answers in its message; the model says nothing. */
async function sendGoods(world: World, sent: unknown, context: UploadContext): Promise<MethodResult> {
  const { orderId, expressNo } = objectOf(sent);
  if (expressNo === undefined || expressNo === '') return refused('expressNo is required');
  const result = await service(world, 'sendGoodsOpenApi', { orderId, expressNo }, context);
  return result.success ? { ...ok(null), message: 'send goods success' } : result;
}
