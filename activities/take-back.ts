import type { CancelOutcome } from '../connectors/contract/store.ts';
import { type EffectSpec, performEffect, settleUnwanted } from '../db/effects.ts';
import { restockOrder, stepOrder } from '../db/orders.ts';
import type { Row } from '../db/steps.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { pushLookup, pushSpec, recordPush } from './push.ts';

type ShopAnswer = {
  outcome: CancelOutcome['outcome'];
  nativeStatus: string | null;
  reason: string | null;
  stockReturned: boolean;
};

const cancelSpec = (order: Row): EffectSpec => ({
  // The version makes a person's "try again" a new call; a repeated activity is the same one.
  key: `order/${order.id}/cancel-in-shop/${(order.cancel_due_at as Date).getTime()}`,
  kind: 'cancel-in-shop',
  connectionId: String(order.store_connection_id),
  brandId: String(order.brand_id),
  entityKind: 'order',
  entityId: order.id,
  request: { shopOrderId: order.shop_order_id },
});

export function takeBackActivities(deps: ActivityDeps) {
  const read = async (orderId: string): Promise<Row> =>
    (await deps.db.tx('staff', (trx) => trx('orders').where({ id: orderId }).first())) as Row;

  return {
    /**
     * First half of a cancellation: finds out what became of a push that was under way, by our reference. Found: it is in
     * the shop and will be cancelled there. Not found after settling: it is given up and never made.
     */
    async settlePush(orderId: string): Promise<{ inShop: boolean }> {
      const order = await read(orderId);
      if (order.shop_order_id !== null) return { inShop: true };
      if (order.store_connection_id === null) return { inShop: false };
      const known = await deps.db.tx('staff', (trx) =>
        trx('effects')
          .where({ key: pushSpec(order).key })
          .first('id'),
      );
      if (!known) return { inShop: false };
      const command = await commandOf(deps, `order/${orderId}/settle-push`);
      const answer = await settleUnwanted(
        deps,
        pushSpec(order),
        {
          lookup: pushLookup(deps, order),
          onDone: (trx, found) => recordPush(trx, order, found, command),
          ...deps.waits,
        },
        'cancelled on the marketplace before it reached the shop',
        command,
      );
      return { inShop: answer !== null };
    },

    /** Second half: cancels the order in the shop, reads it back, and says what the shop answered. */
    async cancelInShop(orderId: string): Promise<ShopAnswer> {
      const order = await read(orderId);
      const command = await commandOf(deps, `order/${orderId}/cancel-in-shop`);
      const result = await performEffect<ShopAnswer>(
        deps,
        cancelSpec(order),
        {
          stillWanted: async (trx) => {
            const now = await trx('orders').where({ id: orderId }).first('state');
            return now.state === 'CANCEL_PENDING' ? null : `the order is ${now.state}`;
          },
          call: () => askShop(deps, order),
          // Cancelling is absolute: what it answers now is the truth, whatever became of the lost call.
          lookup: () => askShop(deps, order),
          onDone: async (trx, answer) => {
            await trx('orders').where({ id: orderId }).update({
              cancel_shop_outcome: answer.outcome,
              shop_status: answer.nativeStatus,
              shop_seen_at: command.at,
            });
          },
          onRefused: async (trx) => {
            await trx('orders').where({ id: orderId }).update({ cancel_shop_outcome: 'refused' });
          },
          ...deps.waits,
        },
        command,
      );
      if (result.outcome === 'done') return result.answer;
      return { outcome: 'refused', nativeStatus: null, reason: result.reason, stockReturned: false };
    },

    /** Ends a cancellation: everything is undone, or it is a conflict for a person with both sides' facts. */
    async endCancellation(orderId: string, shop: ShopAnswer | null): Promise<void> {
      const command = await commandOf(deps, `order/${orderId}/end-cancellation`);
      await deps.db.tx('staff', async (trx) => {
        const order = (await trx('orders').where({ id: orderId }).forNoKeyUpdate().first()) as Row;
        if (order.state !== 'CANCEL_PENDING') return;
        const under = (what: string, why: string) => ({
          ...command,
          commandId: `${command.commandId}/${what}/${order.version}`,
          why,
        });
        if (shop?.outcome === 'shipped') {
          await trx('orders')
            .where({ id: orderId })
            .update({ handed_over_at: order.handed_over_at ?? command.at, goods_outside: true });
          await trx('order_lines')
            .where({ order_id: orderId })
            .update({ quantity_shipped: trx.ref('quantity_ordered') });
          await stepOrder(
            trx,
            { id: orderId, event: 'CANCEL_IMPOSSIBLE' },
            under('shipped', 'The shop has already sent the goods.'),
          );
          return;
        }
        if (shop?.outcome === 'refused') {
          await stepOrder(
            trx,
            { id: orderId, event: 'CANCEL_IMPOSSIBLE' },
            under('refused', `The shop refused: ${shop.reason ?? 'no reason given'}.`),
          );
          return;
        }
        const brand = await trx('brands')
          .where({ id: order.brand_id as string })
          .first('cancel_restock');
        if (shop?.stockReturned && brand.cancel_restock)
          await restockOrder(trx, orderId, 'the shop cancelled it', command);
        await stepOrder(
          trx,
          { id: orderId, event: 'CANCEL_DONE' },
          under('done', shop ? 'Cancelled in the shop and read back.' : 'It never reached the shop.'),
        );
      });
    },
  };
}

async function askShop(deps: ActivityDeps, order: Row): Promise<ShopAnswer> {
  const { connector } = await deps.open.store(String(order.store_connection_id));
  const outcome = await connector.cancelOrder(String(order.shop_order_id), `Cancelled by the buyer (${order.number})`);
  return {
    outcome: outcome.outcome,
    nativeStatus: outcome.order?.nativeStatus ?? null,
    reason: outcome.outcome === 'refused' ? outcome.reason : null,
    stockReturned: outcome.outcome === 'cancelled' && outcome.stockReturned,
  };
}
