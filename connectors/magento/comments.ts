import { ConnectorError } from '../errors.ts';
import type { MagentoClient } from './client.ts';
import { okSchema, orderCommentsSchema, orderStatusSchema } from './schema.ts';
import { hasRareCharacters, withoutRareCharacters } from './text.ts';

/** The order that a comment is for. */
export interface Commented {
  readonly entity_id: number;
  /** As it was shown a moment ago; left out: it is asked for. */
  readonly status?: string | null;
}

/**
 * A comment for the shop's people alone. The order's own status goes with it: without one the shop empties the status of
 * the order, which then vanishes from its lists (by its source; later versions refuse another status than the present).
 */
export async function addComment(client: MagentoClient, order: Commented, comment: string): Promise<void> {
  const { entity_id: id } = order;
  const status = order.status === undefined ? await statusOf(client, id) : order.status;
  try {
    await send(client, id, comment, status);
  } catch (error) {
    const isOther = error instanceof ConnectorError && (error.details.code ?? '').startsWith('Unable to add comment');
    if (!isOther) throw error;
    await send(client, id, comment, await statusOf(client, id));
  }
  if (hasRareCharacters(comment)) await repair(client, id, comment);
}

async function send(client: MagentoClient, id: number, comment: string, status: string | null): Promise<void> {
  const statusHistory = {
    comment,
    is_customer_notified: 0,
    is_visible_on_front: 0,
    ...(status === null ? {} : { status }),
  };
  const path = `orders/${id}/comments`;
  await client.ask({ method: 'POST', path, body: { statusHistory }, operation: 'orders.comment' }, okSchema);
}

/** With the id: an answer of which nothing is left comes as a list. */
async function statusOf(client: MagentoClient, id: number): Promise<string | null> {
  const call = {
    method: 'GET',
    path: `orders/${id}`,
    query: { fields: 'entity_id,status' },
    operation: 'orders.status',
  } as const;
  return (await client.ask(call, orderStatusSchema)).status ?? null;
}

/** Databases of shops before 2.4.8 cut a text at its first rare character: then the rest is written once more. */
async function repair(client: MagentoClient, id: number, comment: string): Promise<void> {
  const query = { fields: 'entity_id,status,status_histories[comment]' };
  const call = { method: 'GET', path: `orders/${id}`, query, operation: 'orders.status' } as const;
  const { status, status_histories: histories } = await client.ask(call, orderCommentsSchema);
  const readable = withoutRareCharacters(comment);
  const isKept = (histories ?? []).some(({ comment: text }) => text === comment || text === readable);
  if (!isKept) await send(client, id, readable, status ?? null);
}
