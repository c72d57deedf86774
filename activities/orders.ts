import { ConnectorError } from '../connectors/errors.ts';
import { confirmKey, hasPartsToLeave, noteTold, partsOf } from '../db/baskets.ts';
import { planOrder } from '../db/consignments.ts';
import { performEffect } from '../db/effects.ts';
import { noteWaiting } from '../db/incident-steps.ts';
import { stepOrder } from '../db/orders.ts';
import { reportProblem } from '../db/problems.ts';
import { lock, type Row } from '../db/steps.ts';
import { nextOrderStep, type OrderView } from '../orders/next-step.ts';
import { carrierAdvice } from './carrier-choice.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { answerOf, orderForStore, pushLookup, pushRefused, pushSpec, recordPush, stillToBePushed } from './push.ts';

async function readView(deps: ActivityDeps, orderId: string): Promise<OrderView> {
  const at = await deps.clock.now();
  return deps.db.tx('staff', async (trx) => {
    const order = await trx('orders').where({ id: orderId }).first();
    // No retry brings it: the process of an order that is not there ends as failed.
    if (!order) throw new ConnectorError('NotFound', `There is no order ${orderId}.`);
    const parcels = await trx('parcels').where({ order_id: orderId }).select('state', 'tracking_number');
    const brand = await trx('brands').where({ id: order.brand_id }).first('code');
    const marketplace = await trx('connections').where({ id: order.connection_id }).first('code');
    const channelOrder = await trx('channel_orders').where({ id: order.channel_order_id }).first('state');
    const storeOutage = order.store_connection_id === null ? null : await noteWaiting(trx, order, at);
    const restOfBasketWaits = await hasPartsToLeave(trx, order);
    return {
      number: order.number,
      brand: brand.code,
      marketplace: marketplace.code,
      marketplaceConnectionId: order.connection_id,
      storeConnectionId: order.store_connection_id,
      state: order.state,
      version: order.version,
      inShop: order.in_shop_at !== null,
      handedOver: order.handed_over_at !== null,
      marketplaceTold: order.marketplace_told_at !== null,
      shopTold: order.shop_told_at !== null,
      channelOrderState: channelOrder.state,
      storeOutage,
      restOfBasketWaits,
      parcelStates: parcels.map(({ state }: { state: string }) => state),
      hasTrackingNumber: parcels.some(
        ({ tracking_number }: { tracking_number: string | null }) => tracking_number !== null,
      ),
    };
  });
}

export function orderActivities(deps: ActivityDeps) {
  return {
    /** The order as its row says it, and the next thing to do. */
    async readOrder(orderId: string): Promise<{ view: OrderView; next: ReturnType<typeof nextOrderStep> }> {
      const view = await readView(deps, orderId);
      return { view, next: nextOrderStep(view) };
    },

    /** Gives an approved order its consignment; what is missing becomes a problem. */
    async planOrder(orderId: string): Promise<{ planned: boolean; why: string | null }> {
      const advice = await carrierAdvice(deps, orderId);
      return deps.db.tx('staff', async (trx) => {
        const order = await lock(trx, 'order', orderId);
        const command = await commandOf(deps, `order/${orderId}/plan/${order?.version}`);
        const outcome = await planOrder(trx, orderId, command, advice);
        return outcome.planned ? { planned: true, why: null } : { planned: false, why: outcome.why };
      });
    },

    /** Creates the order in the brand's shop, once by our reference, and verifies it. */
    async pushOrder(orderId: string): Promise<{ outcome: string }> {
      const order = (await deps.db.tx('staff', (trx) => trx('orders').where({ id: orderId }).first())) as Row;
      const command = await commandOf(deps, `order/${orderId}/push`);
      const result = await performEffect(
        deps,
        pushSpec(order),
        {
          stillWanted: (trx) => stillToBePushed(trx, orderId, command),
          call: async () => {
            const { connector } = await deps.open.store(String(order.store_connection_id));
            return answerOf(await connector.createOrder(await orderForStore(deps, order)));
          },
          lookup: pushLookup(deps, order),
          onDone: (trx, answer) => recordPush(trx, order, answer, command),
          onRefused: (trx, reason) => pushRefused(trx, order, reason, command),
          ...deps.waits,
        },
        command,
      );
      return { outcome: result.outcome };
    },

    /**
     * Tells the marketplace that the goods are on their way: of a basket once, with the number of the part that left last,
     * for it takes one number for an order.
     */
    async confirmShipment(orderId: string): Promise<void> {
      const { order, parcel, carrier, channelOrder, basket } = await deps.db.tx('staff', async (trx) => {
        const row = (await trx('orders').where({ id: orderId }).first()) as Row;
        const sent = await trx('parcels')
          .where({ order_id: orderId })
          .whereNotNull('tracking_number')
          .whereNot({ state: 'VOIDED' })
          .orderBy('created_at', 'desc')
          .first();
        const consignment = sent
          ? await trx('consignments').where({ id: sent.consignment_id }).first('carrier_connection_id')
          : null;
        return {
          order: row,
          parcel: sent,
          carrier: consignment
            ? await trx('connections').where({ id: consignment.carrier_connection_id }).first('name')
            : null,
          channelOrder: await trx('channel_orders')
            .where({ id: row.channel_order_id as string })
            .first('external_id'),
          basket: await partsOf(trx, row),
        };
      });
      if (!parcel || !carrier) return;
      const command = await commandOf(deps, `order/${orderId}/confirm-shipment`);
      await performEffect<{ trackingNumber: string }>(
        deps,
        {
          key: confirmKey(order, basket),
          kind: 'confirm-shipment',
          connectionId: String(order.connection_id),
          brandId: String(order.brand_id),
          entityKind: 'order',
          entityId: orderId,
          request: { trackingNumber: parcel.tracking_number },
        },
        {
          stillWanted: async () => null,
          call: async () => {
            const { connector } = await deps.open.marketplace(String(order.connection_id));
            await connector.confirmShipment({
              externalId: channelOrder.external_id,
              carrier: carrier.name,
              trackingNumber: parcel.tracking_number,
            });
            return { trackingNumber: parcel.tracking_number };
          },
          lookup: async () => {
            const { connector } = await deps.open.marketplace(String(order.connection_id));
            const [seen] = await connector.readOrders([channelOrder.external_id]);
            return seen &&
              (seen.trackingNumber === parcel.tracking_number ||
                ['READY_TO_SHIP', 'SHIPPED', 'COMPLETED'].includes(seen.tag ?? ''))
              ? { trackingNumber: parcel.tracking_number }
              : null;
          },
          onDone: (trx) => noteTold(trx, orderId, basket, command),
          onRefused: async (trx, reason) => {
            await noteTold(trx, orderId, basket, command);
            await reportProblem(
              trx,
              {
                causeKey: `order/${orderId}/confirm-refused`,
                kind: 'confirm-refused',
                severity: 'warning',
                title: `${order.number}: the marketplace would not take the shipment`,
                detail: reason,
                remedy: 'Enter the tracking number in the seller portal by hand.',
                brandId: String(order.brand_id),
                entityKind: 'order',
                entityId: orderId,
                connectionId: String(order.connection_id),
              },
              command,
            );
          },
          ...deps.waits,
        },
        command,
      );
    },

    /** Tells the shop that the goods left, with the tracking number; absolute, so it may be repeated. */
    async fulfilInShop(orderId: string): Promise<void> {
      const order = (await deps.db.tx('staff', (trx) => trx('orders').where({ id: orderId }).first())) as Row;
      const parcels = await deps.db.tx('staff', (trx) =>
        trx('parcels')
          .where({ order_id: orderId })
          .whereNotNull('tracking_number')
          .whereNot({ state: 'VOIDED' })
          .select('tracking_number'),
      );
      const { connector } = await deps.open.store(String(order.store_connection_id));
      const seen = await connector.fulfilOrder(
        String(order.shop_order_id),
        parcels.map(({ tracking_number }: { tracking_number: string }) => ({
          carrier: 'Tradelane',
          trackingNumber: tracking_number,
        })),
      );
      const at = await deps.clock.now();
      await deps.db.tx('staff', (trx) =>
        trx('orders')
          .where({ id: orderId })
          .update({ shop_status: seen.nativeStatus, shop_seen_at: at, shop_told_at: at }),
      );
    },

    /** Closes an order whose parcels all arrived, or that the marketplace completed. */
    async completeOrder(orderId: string): Promise<void> {
      const command = await commandOf(deps, `order/${orderId}/complete`);
      await deps.db.tx('staff', (trx) => stepOrder(trx, { id: orderId, event: 'COMPLETE' }, command));
    },
  };
}
