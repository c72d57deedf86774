import type { Static, TSchema } from '@sinclair/typebox';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient } from './client.ts';
import { type MagentoOrder, okSchema, orderSchema } from './schema.ts';

/** An order by its entity id, in the shape wanted; null when the shop has none. */
export async function readOrderAs<S extends TSchema>(
  client: MagentoClient,
  externalId: string,
  schema: S,
): Promise<Static<S> | null> {
  if (!/^\d+$/.test(externalId)) return null;
  try {
    return await client.ask({ method: 'GET', path: `orders/${externalId}`, operation: 'orders.get' }, schema);
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === 'NotFound') return null;
    throw error;
  }
}

export function readOrder(client: MagentoClient, externalId: string): Promise<MagentoOrder | null> {
  return readOrderAs(client, externalId, orderSchema);
}

/** An invoice for all that has none yet. It captures nothing: no payment provider is called. */
export async function invoiceOffline(client: MagentoClient, order: MagentoOrder): Promise<void> {
  const isOpen = (order.items ?? []).some(
    (item) => item.qty_ordered - (item.qty_canceled ?? 0) - (item.qty_invoiced ?? 0) > 0,
  );
  if (!isOpen || ['complete', 'closed', 'canceled'].includes(order.state)) return;
  const path = `order/${order.entity_id}/invoice`;
  const body = { capture: false, notify: false };
  await client.ask({ method: 'POST', path, body, operation: 'orders.invoice' }, okSchema);
}

export function missingOrder(externalId: string): ConnectorError {
  return new ConnectorError('NotFound', `The shop has no order ${externalId}.`);
}

/** @throws ConnectorError Rejected, code `state` */
export function wrongState(externalId: string, what: string, remedy: string): never {
  throw new ConnectorError('Rejected', `The shop's order ${externalId} ${what}.`, { remedy, code: 'state' });
}
