import type { ChannelOrderRef, ChannelOrderSnapshot } from '../connectors/contract/marketplace.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { contentHashOf, observe, openOrdersBefore, type Reading } from '../db/channel-orders.ts';
import { releaseCuts, takeMark } from '../db/stock-writes.ts';
import { followAcceptance } from './acceptance.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

/** Changes that a marketplace shows late, and equal times, are read again: the next window begins this much earlier. */
const overlapMs = 3 * 60 * 60 * 1000;
/** So many old open orders are asked for with every window, where changes of them are not listed. */
const OLD_ORDERS_AT_ONCE = 50;
const dayMs = 24 * 60 * 60 * 1000;
/** How far back the first reading of an account goes. */
const firstWindowMs = 9 * 24 * 60 * 60 * 1000;

const readingOf = (ref: ChannelOrderRef, snapshot: ChannelOrderSnapshot | undefined): Reading => ({
  externalId: ref.externalId,
  nativeState: snapshot?.nativeState ?? ref.nativeState,
  tag: snapshot ? snapshot.tag : ref.tag,
  snapshot: snapshot ?? null,
});

export function channelOrderActivities(deps: ActivityDeps) {
  const take = async (
    connectionId: string,
    refs: readonly ChannelOrderRef[],
    source: 'poll' | 'webhook' | 'fetch' | 'again' | 'old',
  ): Promise<Record<string, number>> => {
    const { connector } = await deps.open.marketplace(connectionId);
    const unsure: string[] = [];
    const size = connector.capabilities.orderDetailBatchSize;
    const counts: Record<string, number> = {};
    const ids = [...new Set(refs.map(({ externalId }) => externalId))];
    for (let start = 0; start < ids.length; start += size) {
      const batch = ids.slice(start, start + size);
      const snapshots = await connector.readOrders(batch);
      for (const externalId of batch) {
        const ref = refs.findLast((candidate) => candidate.externalId === externalId);
        const snapshot = snapshots.find((candidate) => candidate.externalId === externalId);
        // An old order that is not shown says nothing.
        if (!ref || (source === 'old' && !snapshot)) continue;
        // Two contents may have one time: they are two commands.
        const version = snapshot ? `${snapshot.modifiedAt.getTime()}-${contentHashOf(snapshot).slice(0, 8)}` : 'none';
        const command = await commandOf(
          deps,
          `observe/${connectionId}/${externalId}/${version}/${snapshot?.nativeState ?? ref.nativeState}`,
        );
        const { verdict, channelOrderId } = await deps.db.tx('staff', (trx) =>
          observe(
            trx,
            {
              connectionId,
              reading: readingOf(ref, snapshot),
              source: source === 'again' || source === 'old' ? 'fetch' : source,
              sealer: deps.sealer,
            },
            { ...command, role: 'connector' },
          ),
        );
        if (snapshot) await followAcceptance(deps, { connectionId, channelOrderId, connector, snapshot }, command);
        counts[verdict] = (counts[verdict] ?? 0) + 1;
        if (verdict === 'same-time' && source !== 'again') unsure.push(externalId);
      }
      await deps.checkpoint('orders:between-batches');
    }
    // Two contents of one time: which is the later one is not said, so what stands there now is read and taken.
    if (unsure.length > 0) {
      const again = await take(
        connectionId,
        unsure.map((externalId) => ({ externalId, nativeState: null, tag: null })),
        'again',
      );
      for (const [verdict, count] of Object.entries(again)) counts[verdict] = (counts[verdict] ?? 0) + count;
    }
    return counts;
  };

  /** Open orders that the platform does not list any more when they change, a few with each window. */
  const takeUnlisted = async (connectionId: string, since: Date): Promise<Record<string, number>> => {
    const { connector } = await deps.open.marketplace(connectionId);
    const days = connector.capabilities.changesListedDays;
    if (days === undefined) return {};
    const input = { connectionId, before: new Date(since.getTime() - days * dayMs), limit: OLD_ORDERS_AT_ONCE };
    const ids = await deps.db.tx('staff', (trx) => openOrdersBefore(trx, input));
    const refs = ids.map((externalId) => ({ externalId, nativeState: null, tag: null }));
    try {
      return await take(connectionId, refs, 'old');
    } catch (error) {
      // One that cannot be read must not keep new orders from coming: the others have their turn with the next window.
      if (!(error instanceof ConnectorError) || error.details.code !== 'unreadable_answer') throw error;
      deps.log.warn({ connectionId, reason: error.message }, 'an old order could not be read');
      return {};
    }
  };

  return {
    /** The window that is to be read now: from the last one's end, with overlap, to the present. */
    async ordersWindow(connectionId: string): Promise<{ since: string; until: string; mark: number }> {
      const at = await deps.clock.now();
      const { row, mark } = await deps.db.tx('staff', async (trx) => ({
        row: await trx('sync_cursors').where({ connection_id: connectionId, stream: 'orders' }).first('cursor'),
        mark: await takeMark(trx),
      }));
      const since = row ? Date.parse(row.cursor.until) - overlapMs : at.getTime() - firstWindowMs;
      // A minute beyond the present: the marketplace's clock may run ahead of ours.
      return { since: new Date(since).toISOString(), until: new Date(at.getTime() + 60_000).toISOString(), mark };
    },

    /** Reads one page of changed orders with their details and takes them over. */
    async readOrdersPage(input: {
      connectionId: string;
      since: string;
      until: string;
      cursor: string | null;
    }): Promise<{ next: string | null; counts: Record<string, number> }> {
      const { connector } = await deps.open.marketplace(input.connectionId);
      const page = await connector.listOrders({
        since: new Date(input.since),
        until: new Date(input.until),
        cursor: input.cursor,
      });
      const counts = await take(input.connectionId, page.items, 'poll');
      const old = page.next === null ? await takeUnlisted(input.connectionId, new Date(input.since)) : {};
      for (const [verdict, count] of Object.entries(old)) counts[verdict] = (counts[verdict] ?? 0) + count;
      return { next: page.next, counts };
    },

    /**
     * The window was read to its end: the next one begins there. What was cut on this marketplace before `mark` is free now;
     * a reading that began under an older version has no mark and frees nothing.
     */
    async ordersWindowDone(connectionId: string, until: string, mark?: number): Promise<void> {
      const command = await commandOf(deps, `orders/${connectionId}/${mark ?? until}`);
      const { at } = command;
      await deps.db.tx('staff', async (trx) => {
        await trx('sync_cursors')
          .insert({ connection_id: connectionId, stream: 'orders', cursor: JSON.stringify({ until }), updated_at: at })
          .onConflict(['connection_id', 'stream'])
          .merge(['cursor', 'updated_at']);
        await trx('connections').where({ id: connectionId }).update({ last_success_at: at });
        if (mark !== undefined) await releaseCuts(trx, connectionId, mark, command);
      });
    },

    /** Fetches one order, because a person or a webhook asked: the truth is always read there. */
    async fetchOrder(connectionId: string, externalId: string): Promise<Record<string, number>> {
      const hints = await deps.db.tx('staff', (trx) =>
        trx('webhook_inbox')
          .where({ connection_id: connectionId, resource: 'order', external_id: externalId, handled_at: null })
          .pluck('id'),
      );
      const source = hints.length > 0 ? 'webhook' : 'fetch';
      const counts = await take(connectionId, [{ externalId, nativeState: null, tag: null }], source);
      const at = await deps.clock.now();
      await deps.db.tx('staff', (trx) => trx('webhook_inbox').whereIn('id', hints).update({ handled_at: at }));
      return counts;
    },
  };
}
