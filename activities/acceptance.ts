import type { ChannelOrderSnapshot, MarketplaceConnector } from '../connectors/contract/marketplace.ts';
import { EffectPending, performEffect } from '../db/effects.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import type { Command, Row } from '../db/steps.ts';
import type { ActivityDeps } from './deps.ts';

/** The brand's part is settled: it is in the shop, or it will never be. */
const over = ['CANCELLED', 'SUCCESSFULLY_PROCESSED'];

interface Seen {
  readonly connectionId: string;
  readonly channelOrderId: string;
  readonly connector: MarketplaceConnector;
  readonly snapshot: ChannelOrderSnapshot;
}

/**
 * An order that waits over there for our word: it is taken by a call once every brand's part is in its shop, so that nothing is
 * promised that nobody can give. Where there is no such call, a person is asked to do it in the portal.
 */
export async function followAcceptance(deps: ActivityDeps, seen: Seen, command: Command): Promise<void> {
  const { connectionId, channelOrderId, connector, snapshot } = seen;
  const causeKey = `channel-order/${channelOrderId}/accept`;
  if (connector.capabilities.acceptsOrders === undefined) return;
  if (snapshot.awaitsAcceptance !== true) {
    await deps.db.tx('staff', (trx) => resolveProblem(trx, causeKey, command));
    return;
  }
  const ask = (detail: string) =>
    deps.db.tx('staff', (trx) =>
      reportProblem(
        trx,
        {
          ...{ causeKey, kind: 'accept-there', severity: 'warning', connectionId },
          title: `${snapshot.externalId} waits to be accepted on the marketplace`,
          detail,
          remedy: 'Accept it (or refuse it) in the seller portal; the next reading of orders shows it.',
          entityKind: 'channel_order',
          entityId: channelOrderId,
        },
        command,
      ),
    );
  const { acceptOrder } = connector;
  if (!connector.capabilities.acceptsOrders || acceptOrder === undefined) {
    await ask('No call for it is known, or it is switched off in the settings of the account.');
    return;
  }
  const orders: Row[] = await deps.db.tx('staff', (trx) => trx('orders').where({ channel_order_id: channelOrderId }));
  if (orders.length === 0 || !orders.every((order) => order.in_shop_at !== null || over.includes(order.state))) return;
  try {
    const result = await performEffect<{ accepted: true }>(
      deps,
      {
        ...{ key: causeKey, kind: 'accept-order', connectionId, brandId: null },
        ...{ entityKind: 'channel_order', entityId: channelOrderId, request: { externalId: snapshot.externalId } },
      },
      {
        stillWanted: async () =>
          orders.every((order) => order.state === 'CANCELLED') ? 'all of it is cancelled' : null,
        call: async () => {
          await acceptOrder.call(connector, snapshot.externalId);
          return { accepted: true };
        },
        lookup: async () => {
          const [now] = await connector.readOrders([snapshot.externalId]);
          return now && now.awaitsAcceptance !== true ? { accepted: true } : null;
        },
        onDone: (trx) => resolveProblem(trx, causeKey, command),
        ...deps.waits,
      },
      command,
    );
    if (result.outcome === 'refused') await ask(result.reason);
  } catch (error) {
    // The next reading of orders goes on with it; the others of this page are not held up.
    if (!(error instanceof EffectPending)) throw error;
    deps.log.info({ channelOrderId, reason: error.message }, 'it is not known yet whether the order was accepted');
  }
}
