import { eraseConsignee } from './consignees.ts';
import type { Tx } from './database.ts';
import { reportProblem } from './problems.ts';
import type { Command } from './steps.ts';

/** What is demanded by law, of a shop's account. */
export interface PrivacyDemand {
  readonly connection: { readonly id: string; readonly code: string; readonly brand_id: string | null };
  readonly request: 'data' | 'erase-buyer' | 'erase-shop';
  /** The shop's own ids of orders; empty for a whole shop. */
  readonly shopOrderIds: readonly string[];
}

/** Orders that need their address no more. */
const CLOSED = ['CANCELLED', 'SUCCESSFULLY_PROCESSED'];
const REMEDIES = {
  data: 'Give the shop’s owner what is kept of this buyer within 30 days, then resolve this.',
  unnamed: 'Look for the buyer by hand: what the shop sent names no order that could be erased. Then resolve this.',
  erase: 'Finish or cancel these orders; their addresses are needed until then. Then ask the shop to send it again.',
} as const;

/**
 * Acts on a demand: erases the buyers of orders that are closed. An address that an open order still needs stays, and a
 * person is told, as of every demand to see data, and of one to erase a buyer that names no order.
 *
 * @returns how many buyers were erased, and how many open orders keep theirs
 */
export async function actOnPrivacy(
  trx: Tx,
  { connection, request, shopOrderIds }: PrivacyDemand,
  command: Command,
): Promise<{ readonly erased: number; readonly kept: number }> {
  const inScope = () => {
    const orders = trx('orders').where({ store_connection_id: connection.id });
    return request === 'erase-shop' ? orders : orders.whereIn('shop_order_id', [...shopOrderIds]);
  };
  if (request === 'data') {
    await tell(trx, connection, 'A buyer demands to see what is kept', REMEDIES.data, shopOrderIds, command);
    return { erased: 0, kept: 0 };
  }
  if (request === 'erase-buyer' && shopOrderIds.length === 0) {
    await tell(trx, connection, 'A buyer is to be erased', REMEDIES.unnamed, shopOrderIds, command);
    return { erased: 0, kept: 0 };
  }
  const closed: { consignee_id: string; channel_order_id: string }[] = await inScope()
    .whereIn('state', CLOSED)
    .select('consignee_id', 'channel_order_id');
  const open: { number: string }[] = await inScope().whereNotIn('state', CLOSED).select('number');
  const channelIds = [...new Set(closed.map((one) => one.channel_order_id))];
  const announced: { consignee_id: string | null }[] = await trx('channel_orders')
    .whereIn('id', channelIds)
    .whereNotExists(
      trx('orders').whereRaw('orders.channel_order_id = channel_orders.id').whereNotIn('orders.state', CLOSED),
    )
    .select('consignee_id');
  const candidates = [...closed, ...announced].flatMap(({ consignee_id: id }) => (id === null ? [] : [id]));
  const needed: string[] = await trx('orders')
    .whereIn('consignee_id', candidates)
    .whereNotIn('state', CLOSED)
    .pluck('consignee_id');
  const erased = [...new Set(candidates)].filter((id) => !needed.includes(id));
  for (const id of erased) await eraseConsignee(trx, id, command.at);
  if (open.length > 0) {
    const numbers = open.map(({ number }) => number);
    await tell(trx, connection, 'Buyers of open orders are to be erased', REMEDIES.erase, numbers, command);
  }
  return { erased: erased.length, kept: open.length };
}

async function tell(
  trx: Tx,
  connection: PrivacyDemand['connection'],
  title: string,
  remedy: string,
  orders: readonly string[],
  command: Command,
): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `privacy/${connection.id}/${title}/${orders.toSorted().join(',')}`.slice(0, 300),
      kind: 'privacy-demand',
      severity: 'warning',
      title: `${title} (${connection.code})`,
      detail: `Orders: ${orders.length === 0 ? 'none are named' : orders.join(', ')}.`,
      remedy,
      entityKind: 'connection',
      entityId: connection.id,
      connectionId: connection.id,
    },
    { ...command, role: 'system' },
  );
}
