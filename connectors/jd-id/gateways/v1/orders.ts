import { idListSchema, labelV1Schema, ordersSchema } from '../../answers.ts';
import { idValue } from '../../json.ts';
import { text } from '../../mapping.ts';
import type { JdIdSettings } from '../../schema.ts';
import { calling, type GatewayCalls, telling } from '../gateway.ts';
import { orNull } from '../readers.ts';
import { innermost } from './envelope.ts';

const DAY_MS = 86_400_000;
/** Ids of orders come in pages of so many; there is no other size. */
const ORDER_PAGE = 20;
const json = JSON.stringify;

export function orders(settings: JdIdSettings): Pick<GatewayCalls, 'orderIds' | 'orders' | 'label' | 'ship'> {
  const lookBackMs = (settings.orderLookBackDays ?? 9) * DAY_MS;
  const window = settings.orderWindow ?? 'bookTime';
  return {
    // No window goes by changes, and a state that changed later shows only in its new state's list: so every state is
    // asked for, from well before `since` on.
    orderIds: ({ since, until, page, state }) =>
      calling({
        method: 'epi.popOrder.getOrderIdListByCondition',
        operation: 'orders.list',
        business: json({
          orderStatus: idValue(state ?? '1'),
          startRow: (page - 1) * ORDER_PAGE,
          [`${window}Begin`]: Math.max(0, since.getTime() - lookBackMs),
          [`${window}End`]: until.getTime(),
        }),
        schema: orNull(idListSchema),
        take: (ids) => ids ?? [],
      }),
    orders: (externalIds) => {
      const call = {
        method: 'epi.popOrder.getOrderInfoListForBatch',
        operation: 'orders.read',
        business: json(externalIds.map(idValue)),
      };
      const { read, ...rest } = calling({ ...call, schema: orNull(ordersSchema), take: (found) => found ?? [] });
      return { ...rest, read: (model) => read(innermost(call, model)) };
    },
    label: (externalId) =>
      calling({
        method: 'epi.pop.order.print.uat1',
        operation: 'labels.print',
        business: `${idValue(externalId)},1,1,"PDF"`,
        schema: labelV1Schema,
        take: ({ data }) => {
          const label = data.find(({ orderId }) => String(orderId) === externalId) ?? data[0];
          return {
            trackingNumber: text(label?.deliveryId) ?? text(label?.preDeliveryId),
            pdfBase64: text(label?.PDF) ?? text(label?.pdf),
          };
        },
      }),
    ship: ({ externalId, trackingNumber }) =>
      telling({
        method: 'epi.popOrder.sendGoods.uat',
        operation: 'orders.ship',
        business: json({ orderId: idValue(externalId), expressNo: trackingNumber }),
        effect: true,
      }),
  };
}
