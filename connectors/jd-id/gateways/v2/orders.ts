import { idListSchema, labelSchema, ordersSchema } from '../../answers.ts';
import { idValue } from '../../json.ts';
import { text } from '../../mapping.ts';
import type { JdIdSettings } from '../../schema.ts';
import { jakartaWallTime } from '../../times.ts';
import { calling, type GatewayCalls, telling } from '../gateway.ts';
import { orNull } from '../readers.ts';

const MINUTE_MS = 60_000;
const json = JSON.stringify;

export function orders(settings: JdIdSettings): Pick<GatewayCalls, 'orderIds' | 'orders' | 'label' | 'ship'> {
  // One source reads the windows as China's time, an hour ahead of Jakarta's: an hour more at the end loses nothing.
  const slackMs = (settings.windowSlackMinutes ?? 60) * MINUTE_MS;
  return {
    orderIds: ({ since, until, page, state }) =>
      calling({
        method: 'jingdong.seller.order.getOrderIdListByCondition',
        operation: 'orders.list',
        business: json({
          updateTimeBegin: jakartaWallTime(since, 'down'),
          updateTimeEnd: jakartaWallTime(new Date(until.getTime() + slackMs), 'up'),
          pageNo: page,
          pageSize: settings.orderPageSize ?? 100,
          ...(state === null ? {} : { orderStatus: idValue(state) }),
        }),
        schema: orNull(idListSchema),
        take: (ids) => ids ?? [],
      }),
    orders: (externalIds) =>
      calling({
        method: 'jingdong.seller.order.batchGetOrderInfoList',
        operation: 'orders.read',
        business: json({ orderId: externalIds.join(',') }),
        schema: orNull(ordersSchema),
        take: (found) => found ?? [],
      }),
    label: (externalId) =>
      calling({
        method: 'jingdong.seller.order.printOrder',
        operation: 'labels.print',
        business: json({ orderId: idValue(externalId), printType: 1, printNum: 1 }),
        schema: labelSchema,
        take: ({ expressNo, preExpressNo, content }) => ({
          trackingNumber: text(expressNo) ?? text(preExpressNo),
          pdfBase64: text(content),
        }),
      }),
    ship: ({ externalId, trackingNumber, expressCompany }) =>
      telling({
        method: 'jingdong.seller.order.sendGoodsOpenApi',
        operation: 'orders.ship',
        business: json({
          orderId: idValue(externalId),
          ...(expressCompany === null ? {} : { expressNo: trackingNumber, expressCompany }),
        }),
        effect: true,
      }),
  };
}
