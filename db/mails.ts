import { randomUUID } from 'node:crypto';
import { composeDoNotShipMail, composeLabelMail, type LabelMailInput } from '../mail/compose.ts';
import type { Tx } from './database.ts';
import type { Command, Row } from './steps.ts';

const linesOf = async (trx: Tx, orderId: string) => {
  const lines = await trx('order_lines')
    .where({ order_id: orderId })
    .whereRaw('quantity_ordered > quantity_cancelled')
    .orderBy('external_line_id');
  return lines.map((line) => ({
    sku: line.seller_sku ?? '?',
    title: line.title,
    quantity: line.quantity_ordered - line.quantity_cancelled,
  }));
};

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
    lines: await linesOf(trx, order.id),
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

export type LabelMailState =
  /** Labels of the slot are still being booked: ask again when one of them is. */
  | { readonly kind: 'waiting'; readonly unbooked: number }
  /** Nothing (more) to send for this slot. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'ready';
      readonly input: LabelMailInput;
      readonly consignmentIds: readonly string[];
      readonly key: string;
    };

/** What the label mail of one brand and slot would hold now: every booked consignment that is in no mail yet. */
export async function labelMailOf(
  trx: Tx,
  slot: { brandId: string; date: string; time: string },
): Promise<LabelMailState> {
  const all = await trx('consignments')
    .where({ brand_id: slot.brandId, slot_date: slot.date, slot_time: slot.time })
    .orderBy('number');
  const unbooked = all.filter(({ state }) => state === 'CLOSED').length;
  if (unbooked > 0) return { kind: 'waiting', unbooked };
  const mailed = await trx('mail_consignments')
    .join('mails', 'mails.id', 'mail_consignments.mail_id')
    .where('mails.kind', 'labels')
    .whereIn(
      'consignment_id',
      all.map(({ id }) => id),
    )
    .select('consignment_id', 'consignment_revision');
  const isMailed = (row: Row) =>
    mailed.some((m) => m.consignment_id === row.id && m.consignment_revision === row.revision);
  const fresh = all.filter((row) => row.state === 'BOOKED' && !isMailed(row));
  if (fresh.length === 0) return { kind: 'nothing' };
  const brand = await trx('brands').where({ id: slot.brandId }).first();
  const sent = await trx('mails')
    .where({ brand_id: slot.brandId, kind: 'labels', slot_date: slot.date, slot_time: slot.time })
    .count({ n: '*' })
    .first();
  const revision = Number(sent?.n ?? 0) + 1;
  const key = `labels:${brand.code}:${slot.date}:${slot.time.replace(':', '')}:${revision}`;
  const consignments: LabelMailInput['consignments'][number][] = [];
  for (const row of fresh) consignments.push(await consignmentForMail(trx, row));
  return {
    kind: 'ready',
    key,
    consignmentIds: fresh.map(({ id }) => id),
    input: {
      brandName: brand.name,
      timeZone: brand.time_zone,
      slotDate: slot.date,
      slotTime: slot.time,
      revision,
      batchId: key,
      publicUrl: null,
      consignments,
      heldBack: await heldBack(trx, slot.brandId),
      doNotUse: [],
    },
  };
}

async function consignmentForMail(trx: Tx, row: Row): Promise<LabelMailInput['consignments'][number]> {
  const orders = await trx('consignment_orders')
    .join('orders', 'orders.id', 'consignment_orders.order_id')
    .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
    .where({ consignment_id: row.id, left_at: null })
    .orderBy('orders.number')
    .select('orders.id', 'orders.number', 'channel_orders.external_id');
  const parcels = await trx('parcels').where({ consignment_id: row.id }).whereNot({ state: 'VOIDED' });
  const carrier = await trx('connections')
    .where({ id: row.carrier_connection_id as string })
    .first('name');
  const lines = [];
  for (const { id } of orders) lines.push(...(await linesOf(trx, id)));
  return {
    number: String(row.number),
    orderNumbers: orders.map(({ number }) => number),
    channelOrderNumbers: orders.map(({ external_id }) => external_id),
    lines,
    consigneeName: '',
    destination: String(row.destination_country_code),
    pieces: parcels.length,
    weightGrams: parcels.reduce((sum, parcel) => sum + parcel.weight_grams, 0),
    carrier: carrier?.name ?? '',
    trackingNumber: String(row.tracking_number ?? ''),
  };
}

/** Orders of the brand that are not in any mail although they wait for one, and why. */
async function heldBack(trx: Tx, brandId: string): Promise<LabelMailInput['heldBack'][number][]> {
  const rows = await trx('problems')
    .join('orders', 'orders.id', 'problems.entity_id')
    .where({ 'problems.brand_id': brandId, 'problems.state': 'OPEN', 'problems.entity_kind': 'order' })
    .whereIn('problems.kind', ['cannot-plan', 'booking-refused', 'cancel-conflict'])
    .orderBy('orders.number')
    .select('orders.number', 'problems.title');
  return rows.map(({ number, title }) => ({ orderNumber: number, reason: title }));
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

/** Writes the composed label mail with its document; the rows are the order to send it. */
export async function storeLabelMail(
  trx: Tx,
  slot: { brandId: string; date: string; time: string },
  ready: Extract<LabelMailState, { kind: 'ready' }>,
  documentId: string,
  command: Command,
): Promise<string> {
  const brand = await trx('brands').where({ id: slot.brandId }).first('mail_to');
  const composed = composeLabelMail(ready.input);
  const id = randomUUID();
  await trx('mails').insert({
    id,
    brand_id: slot.brandId,
    key: ready.key,
    kind: 'labels',
    slot_date: slot.date,
    slot_time: slot.time,
    revision: ready.input.revision,
    message_id: messageIdOf(ready.key),
    recipients: brand.mail_to,
    subject: composed.subject,
    body_text: composed.text,
    body_html: composed.html,
    document_id: documentId,
    created_at: command.at,
  });
  for (const consignmentId of ready.consignmentIds) {
    const { revision } = await trx('consignments').where({ id: consignmentId }).first('revision');
    await trx('mail_consignments').insert({
      mail_id: id,
      consignment_id: consignmentId,
      consignment_revision: revision,
      brand_id: slot.brandId,
    });
  }
  return id;
}
