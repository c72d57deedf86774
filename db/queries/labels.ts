import type { Tx } from '../database.ts';

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
 * order may see on which marketplace it was sold and under which number: call it after `riseToStaff`, for ids that stood
 * in rows which the caller could read. Nothing else of those rows leaves this function.
 */
export async function readLabels(
  trx: Tx,
  ids: { connections?: readonly (string | null)[]; channelOrders?: readonly string[] },
): Promise<Labels> {
  const connectionIds = [...new Set(ids.connections ?? [])].filter((id) => id !== null);
  const channelOrderIds = [...new Set(ids.channelOrders ?? [])];
  const connections: Ref[] =
    connectionIds.length === 0
      ? []
      : await trx('connections').whereIn('id', connectionIds).select('id', 'code', 'name');
  const orders: (ChannelLabel & { id: string })[] =
    channelOrderIds.length === 0
      ? []
      : await trx('channel_orders')
          .whereIn('id', channelOrderIds)
          .select('id', 'external_id as externalId', 'native_state as nativeState');
  const refs = new Map(connections.map((ref) => [ref.id, ref]));
  const labels = new Map(orders.map(({ id, ...label }) => [id, label]));
  return {
    connection: (id) => (id === null ? null : (refs.get(id) ?? null)),
    channelOrder: (id) => labels.get(id) ?? null,
  };
}
