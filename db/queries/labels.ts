import type { Database } from '../database.ts';

export interface Ref {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

export interface ChannelLabel {
  readonly externalId: string;
  readonly nativeState: string | null;
}

export interface Labels {
  connection(id: string | null): Ref | null;
  channelOrder(id: string): ChannelLabel | null;
}

/**
 * Names of accounts and the marketplace's own order numbers. Both lie behind the staff's wall, but whoever may see an
 * order may see on which marketplace it was sold and under which number: so they are read with the staff's eyes for ids
 * that stood in rows which the caller could read. Nothing else of those rows leaves this function.
 */
export async function readLabels(
  db: Database,
  ids: { connections?: readonly (string | null)[]; channelOrders?: readonly string[] },
): Promise<Labels> {
  const connectionIds = [...new Set(ids.connections ?? [])].filter((id) => id !== null);
  const channelOrderIds = [...new Set(ids.channelOrders ?? [])];
  if (connectionIds.length + channelOrderIds.length === 0) return { connection: () => null, channelOrder: () => null };
  return db.tx('staff', async (trx) => {
    const connections: Ref[] = await trx('connections').whereIn('id', connectionIds).select('id', 'code', 'name');
    const orders = await trx('channel_orders')
      .whereIn('id', channelOrderIds)
      .select('id', 'external_id as externalId', 'native_state as nativeState');
    const refs = new Map(connections.map((ref) => [ref.id, ref]));
    const labels = new Map<string, ChannelLabel>(
      orders.map(({ id, externalId, nativeState }) => [id, { externalId, nativeState }]),
    );
    return {
      connection: (id) => (id === null ? null : (refs.get(id) ?? null)),
      channelOrder: (id) => labels.get(id) ?? null,
    };
  });
}
