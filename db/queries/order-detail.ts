import type { Tx } from '../database.ts';
import type { Row } from '../steps.ts';
import { grouped, iso, isoOf } from './paging.ts';

/** The newest ones; an order that is polled for weeks has thousands. */
const mostSightings = 500;

/** Everything that hangs on an order, as rows of the caller's own wall. */
export async function readOrderParts(trx: Tx, order: Row) {
  const lines = await trx('order_lines').where({ order_id: order.id }).orderBy('external_line_id');
  const consignments: Row[] = await trx('consignments')
    .join('consignment_orders as co', 'co.consignment_id', 'consignments.id')
    .where('co.order_id', order.id)
    .orderBy('consignments.created_at')
    .select('consignments.*', 'co.left_at');
  const parcels: Row[] = await trx('parcels').where({ order_id: order.id }).orderBy('piece_number');
  const consignmentIds = consignments.map(({ id }) => id);
  const effects: Row[] = await trx('effects')
    .whereIn('entity_id', [order.id, ...consignmentIds])
    .orderBy('created_at');
  const returns: Row[] = await trx('returns').where({ order_id: order.id }).orderBy('created_at');
  const mails: Row[] = await trx('mails')
    .whereIn('id', trx('mail_consignments').whereIn('consignment_id', consignmentIds).select('mail_id'))
    .orderBy('created_at');
  const tracking = await trx('tracking_events')
    .whereIn(
      'parcel_id',
      parcels.map(({ id }) => id),
    )
    .orderBy('id');
  const channelOrder = await trx('channel_orders')
    .where({ id: order.channel_order_id as string })
    .first();
  const sightings = channelOrder
    ? await trx('sightings')
        .where({ connection_id: channelOrder.connection_id, external_id: channelOrder.external_id })
        .orderBy('id', 'desc')
        .limit(mostSightings)
    : [];
  sightings.reverse();
  return { lines, consignments, parcels, effects, returns, mails, tracking, sightings, channelOrder };
}

export type OrderParts = Awaited<ReturnType<typeof readOrderParts>>;

export function linesView(parts: OrderParts, currency: string) {
  return parts.lines.map((line) => ({
    id: line.id as string,
    sku: (line.seller_sku as string | null) ?? null,
    skuId: (line.sku_id as string | null) ?? null,
    title: line.title as string,
    ordered: line.quantity_ordered as number,
    cancelled: line.quantity_cancelled as number,
    shipped: line.quantity_shipped as number,
    returned: line.quantity_returned as number,
    reserved: line.reserved_quantity as number,
    unitPriceMinor: Number(line.unit_price_minor),
    discountMinor: Number(line.discount_minor),
    taxMinor: Number(line.tax_minor),
    currency,
  }));
}

function parcelView(parcel: Row, events: OrderParts['tracking']) {
  return {
    id: parcel.id,
    state: parcel.state,
    version: parcel.version,
    nativeStatus: (parcel.native_status as string | null) ?? null,
    trackingNumber: (parcel.tracking_number as string | null) ?? null,
    weightGrams: Number(parcel.weight_grams),
    events: events.map((event) => ({
      at: iso(event.at),
      seenAt: isoOf(event.seen_at),
      code: event.native_code as string,
      tag: (event.tag as string | null) ?? null,
      place: (event.place as string | null) ?? null,
      description: event.description as string,
    })),
  };
}

export function consignmentsView({ consignments, parcels, tracking }: OrderParts) {
  const events = grouped(tracking, (event) => event.parcel_id);
  const pieces = grouped(parcels, (parcel) => String(parcel.consignment_id));
  return consignments.map((row) => ({
    id: row.id,
    number: String(row.number),
    state: row.state,
    slotDate: String(row.slot_date),
    slotTime: String(row.slot_time),
    trackingNumber: (row.tracking_number as string | null) ?? null,
    labelDocumentId: (row.label_document_id as string | null) ?? null,
    leftAt: iso(row.left_at as Date | null),
    parcels: (pieces.get(row.id) ?? []).map((parcel) => parcelView(parcel, events.get(parcel.id) ?? [])),
  }));
}

export function effectsView({ effects }: OrderParts) {
  return effects.map((row) => ({
    id: row.id,
    key: String(row.key),
    kind: String(row.kind),
    state: row.state,
    attempts: Number(row.attempts),
    reason: (row.reason as string | null) ?? null,
    updatedAt: isoOf(row.updated_at as Date),
  }));
}

export function mailsView({ mails }: OrderParts) {
  return mails.map((row) => ({
    id: row.id,
    subject: String(row.subject),
    kind: String(row.kind),
    sentAt: iso(row.sent_at as Date | null),
  }));
}

export function returnsView({ returns }: OrderParts) {
  return returns.map((row) => ({
    id: row.id,
    state: row.state,
    version: row.version,
    reason: String(row.reason),
    trackingNumber: (row.tracking_number as string | null) ?? null,
    scannedInAt: iso(row.scanned_in_at as Date | null),
  }));
}

export function sightingsView({ sightings }: OrderParts) {
  return sightings.map((row) => ({
    seenAt: isoOf(row.seen_at),
    source: row.source as string,
    nativeState: (row.native_state as string | null) ?? null,
    modifiedAt: iso(row.modified_at),
    verdict: row.verdict as string,
  }));
}
