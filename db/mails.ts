import { randomUUID } from 'node:crypto';
import { composeDoNotShipMail } from '../mail/compose.ts';
import type { Tx } from './database.ts';
import { openLinesOf } from './order-lines.ts';
import type { Command, Row } from './steps.ts';

/** A Message-ID that never changes: the same batch sent twice is recognisable as a twin by systems and people. */
export const messageIdOf = (key: string): string => `<${key.replaceAll(/[^A-Za-z0-9.-]+/g, '.')}@tradelane.invalid>`;

/** Writes the "do not ship" mail of a consignment that the brand already has labels for; it goes out at once. */
export async function composeDoNotShip(
  trx: Tx,
  input: { order: Row; consignment: Row; why: string },
  command: Command,
): Promise<string> {
  const { order, consignment } = input;
  const key = `do-not-ship:${consignment.number}:${consignment.revision}:${order.number}`;
  const known = await trx('mails').where({ key }).first('id');
  if (known) return known.id;
  const brand = await trx('brands')
    .where({ id: order.brand_id as string })
    .first();
  const channelOrder = await trx('channel_orders')
    .where({ id: order.channel_order_id as string })
    .first('external_id');
  const composed = composeDoNotShipMail({
    brandName: brand.name,
    orderNumber: String(order.number),
    channelOrderNumber: channelOrder?.external_id ?? '',
    consignmentNumber: String(consignment.number),
    trackingNumber: (consignment.tracking_number as string | null) ?? null,
    reason: input.why,
    lines: await openLinesOf(trx, order.id),
  });
  const id = randomUUID();
  await trx('mails').insert({
    id,
    brand_id: order.brand_id,
    key,
    kind: 'do-not-ship',
    message_id: messageIdOf(key),
    recipients: brand.mail_to,
    subject: composed.subject,
    body_text: composed.text,
    body_html: composed.html,
    created_at: command.at,
  });
  await trx('mail_consignments').insert({
    mail_id: id,
    consignment_id: consignment.id,
    consignment_revision: consignment.revision,
    brand_id: order.brand_id,
  });
  return id;
}

/** Orders of a label mail whose brand has no shop and that it does not know of yet, in the order in which they are locked. */
export async function ordersWithoutShopIn(trx: Tx, mailId: string): Promise<string[]> {
  return trx('mail_consignments')
    .join('consignment_orders', 'consignment_orders.consignment_id', 'mail_consignments.consignment_id')
    .join('orders', 'orders.id', 'consignment_orders.order_id')
    .where({ mail_id: mailId, 'orders.store_connection_id': null, 'orders.in_shop_at': null, left_at: null })
    .whereIn('orders.state', ['QUEUE', 'CANCEL_REQUESTED', 'CANCEL_PENDING'])
    .orderBy('orders.id')
    .pluck('orders.id');
}
