import { randomUUID } from 'node:crypto';
import type { Paper } from '../labels/papers.ts';
import { composeLabelMail, type LabelMailInput } from '../mail/compose.ts';
import type { Tx } from './database.ts';
import { labelsKey } from './follow-ups.ts';
import { doNotUse, heldBack } from './label-mail-rest.ts';
import { messageIdOf } from './mails.ts';
import { openLinesOf } from './order-lines.ts';
import type { Command, Row } from './steps.ts';
import { wake } from './stock.ts';

export interface SlotKey {
  readonly brandId: string;
  readonly date: string;
  readonly time: string;
}

/** What of a brand's settings a label mail depends on. */
export interface MailSettings {
  readonly papers: readonly Paper[];
  readonly ownLabels: 'consolidated' | 'always' | 'never';
  readonly packingSlips: boolean;
}

export type LabelMailState =
  /** Labels of the slot are still being booked, within the brand's patience: ask again when one of them is. */
  | { readonly kind: 'waiting'; readonly unbooked: number }
  /** Nothing (more) to send for this slot. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'ready';
      readonly input: Omit<LabelMailInput, 'documents'>;
      readonly consignmentIds: readonly string[];
      /** Voided parcels that this mail tells about. */
      readonly doNotUseParcelIds: readonly string[];
      readonly key: string;
      readonly settings: MailSettings;
    };

const minuteMs = 60_000;

/**
 * What the label mail of one brand and slot would hold now: every booked consignment that is in no mail yet. A label that
 * is still being booked is waited for, but not longer than the brand's patience: then the mail goes without it.
 */
export async function labelMailOf(trx: Tx, slot: SlotKey, at: Date): Promise<LabelMailState> {
  const all: Row[] = await trx('consignments')
    .where({ brand_id: slot.brandId, slot_date: slot.date, slot_time: slot.time })
    .orderBy('number');
  const brand = await trx('brands').where({ id: slot.brandId }).first();
  const unbooked = all.filter(({ state }) => state === 'CLOSED');
  const patienceMs = Number(brand.mail_patience_minutes) * minuteMs;
  const awaited = unbooked.filter((row) => (row.closed_at as Date).getTime() + patienceMs > at.getTime());
  if (awaited.length > 0) return { kind: 'waiting', unbooked: awaited.length };
  const fresh = await unmailed(trx, all);
  if (fresh.length === 0) return { kind: 'nothing' };
  const sent = await trx('mails')
    .where({ brand_id: slot.brandId, kind: 'labels', slot_date: slot.date, slot_time: slot.time })
    .count({ n: '*' })
    .first();
  const revision = Number(sent?.n ?? 0) + 1;
  const key = `labels:${brand.code}:${slot.date}:${slot.time.replace(':', '')}:${revision}`;
  const consignments: LabelMailInput['consignments'][number][] = [];
  for (const row of fresh) consignments.push(await consignmentForMail(trx, row));
  const consignmentIds = fresh.map(({ id }) => id);
  const stopped = await doNotUse(trx, slot.brandId, consignmentIds);
  return {
    kind: 'ready',
    key,
    consignmentIds,
    doNotUseParcelIds: stopped.map(({ parcelId }) => parcelId),
    settings: {
      papers: brand.label_papers,
      ownLabels: brand.own_labels,
      packingSlips: brand.packing_slips,
    },
    input: {
      brandName: brand.name,
      timeZone: brand.time_zone,
      slotDate: slot.date,
      slotTime: slot.time,
      revision,
      batchId: key,
      publicUrl: null,
      consignments,
      ...(await heldBack(trx, slot, unbooked, brand.time_zone)),
      doNotUse: stopped.map(({ parcelId: _, ...told }) => told),
    },
  };
}

/** Booked consignments that are in no label mail at their present revision. */
async function unmailed(trx: Tx, rows: readonly Row[]): Promise<Row[]> {
  const mailed = await trx('mail_consignments')
    .join('mails', 'mails.id', 'mail_consignments.mail_id')
    .where('mails.kind', 'labels')
    .whereIn(
      'consignment_id',
      rows.map(({ id }) => id),
    )
    .select('consignment_id', 'consignment_revision');
  const isMailed = (row: Row) =>
    mailed.some((m) => m.consignment_id === row.id && m.consignment_revision === row.revision);
  return rows.filter((row) => row.state === 'BOOKED' && !isMailed(row));
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
  for (const { id } of orders) lines.push(...(await openLinesOf(trx, id)));
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

/** What goes out with a label mail beside its words. */
export interface LabelMailFiles {
  readonly documentId: string;
  readonly tableDocumentId: string;
  /** Labels in the printers' own language; null where there are none. */
  readonly zplDocumentId: string | null;
  readonly linksExpireAt: Date | null;
}

/** Writes the composed label mail with its documents; the rows are the order to send it. */
export async function storeLabelMail(
  trx: Tx,
  slot: SlotKey,
  ready: Extract<LabelMailState, { kind: 'ready' }>,
  mail: { input: LabelMailInput; files: LabelMailFiles },
  command: Command,
): Promise<string> {
  const brand = await trx('brands').where({ id: slot.brandId }).first('mail_to');
  const composed = composeLabelMail(mail.input);
  const id = randomUUID();
  await trx('mails').insert({
    id,
    brand_id: slot.brandId,
    key: ready.key,
    kind: 'labels',
    slot_date: slot.date,
    slot_time: slot.time,
    revision: mail.input.revision,
    message_id: messageIdOf(ready.key),
    recipients: brand.mail_to,
    subject: composed.subject,
    body_text: composed.text,
    body_html: composed.html,
    document_id: mail.files.documentId,
    table_document_id: mail.files.tableDocumentId,
    zpl_document_id: mail.files.zplDocumentId,
    papers: [...ready.settings.papers],
    links_expire_at: mail.files.linksExpireAt,
    created_at: command.at,
  });
  const revisions = await trx('consignments')
    .whereIn('id', [...ready.consignmentIds])
    .orderBy('id')
    .select('id', 'revision');
  await trx('mail_consignments').insert(
    revisions.map((row) => ({
      mail_id: id,
      consignment_id: row.id,
      consignment_revision: row.revision,
      brand_id: slot.brandId,
    })),
  );
  if (ready.doNotUseParcelIds.length > 0) {
    await trx('mail_do_not_use').insert(
      ready.doNotUseParcelIds.map((parcelId) => ({ mail_id: id, parcel_id: parcelId, brand_id: slot.brandId })),
    );
  }
  return id;
}

/**
 * Wakes the mails of slots whose patience with a label that is still being booked is over, as long as booked ones wait
 * beside it.
 */
export async function wakeImpatientSlots(trx: Tx, command: Command): Promise<number> {
  const slots = await trx('consignments as c')
    .join('brands as b', 'b.id', 'c.brand_id')
    .where('c.state', 'CLOSED')
    .whereRaw('c.closed_at + make_interval(mins => b.mail_patience_minutes) <= ?', [command.at])
    .whereExists((other) =>
      other
        .from('consignments as booked')
        .whereRaw('booked.brand_id = c.brand_id and booked.slot_date = c.slot_date and booked.slot_time = c.slot_time')
        .where('booked.state', 'BOOKED')
        .whereNotExists((mailed) =>
          mailed
            .from('mail_consignments as mc')
            .join('mails as m', 'm.id', 'mc.mail_id')
            .where('m.kind', 'labels')
            .whereRaw('mc.consignment_id = booked.id and mc.consignment_revision = booked.revision'),
        ),
    )
    .distinct('c.brand_id', 'c.slot_date', 'c.slot_time');
  await wake(
    trx,
    slots.map((row) => ({
      topic: 'labels' as const,
      key: labelsKey(row.brand_id, row.slot_date, row.slot_time),
      payload: { id: row.brand_id },
    })),
    command,
  );
  return slots.length;
}
