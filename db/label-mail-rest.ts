import type { LabelMailInput } from '../mail/compose.ts';
import type { Tx } from './database.ts';
import type { Row } from './steps.ts';

/** Problems of orders that a brand reads of in its label mail. */
const telling = ['cannot-plan', 'cannot-ship', 'booking-refused', 'cancel-conflict', 'out-of-stock', 'unknown-sku'];

/** Longer lists are cut and say how many more there are. */
const mostHeldBack = 200;

type Held = { orderNumber: string; reason: string };

/** Orders of the brand that are not in this mail although somebody may look for them, and why: the most telling reason of each. */
export async function heldBack(
  trx: Tx,
  slot: { brandId: string; date: string; time: string },
  unbooked: readonly Row[],
  timeZone: string,
): Promise<Pick<LabelMailInput, 'heldBack'> & { heldBackMore: number }> {
  const reasons = [
    ...(await withoutLabel(trx, unbooked)),
    ...(await withProblems(trx, slot.brandId)),
    ...(await gone(trx, slot)),
    ...(await undecided(trx, slot.brandId, timeZone)),
  ];
  const byOrder = new Map<string, string>();
  for (const { orderNumber, reason } of reasons) {
    if (!byOrder.has(orderNumber)) byOrder.set(orderNumber, reason);
  }
  const all = [...byOrder].map(([orderNumber, reason]) => ({ orderNumber, reason }));
  all.sort((a, b) => (a.orderNumber < b.orderNumber ? -1 : 1));
  return { heldBack: all.slice(0, mostHeldBack), heldBackMore: Math.max(0, all.length - mostHeldBack) };
}

/** Closed and not booked within the patience. */
async function withoutLabel(trx: Tx, unbooked: readonly Row[]): Promise<Held[]> {
  const rows = await trx('consignment_orders as co')
    .join('orders as o', 'o.id', 'co.order_id')
    .join('consignments as c', 'c.id', 'co.consignment_id')
    .whereIn(
      'co.consignment_id',
      unbooked.map(({ id }) => id),
    )
    .whereNull('co.left_at')
    .select('o.number', 'c.number as consignment', 'c.label_due_at');
  return rows.map(({ number, consignment, label_due_at }) => ({
    orderNumber: number,
    reason: `${label_due_at === null ? '' : 'it is booked, but '}the carrier has not given the label of ${consignment} yet; it follows in a supplementary mail`,
  }));
}

async function withProblems(trx: Tx, brandId: string): Promise<Held[]> {
  const rows = await trx('problems')
    .join('orders', 'orders.id', 'problems.entity_id')
    .where({ 'problems.brand_id': brandId, 'problems.entity_kind': 'order' })
    .whereIn('problems.state', ['OPEN', 'SNOOZED'])
    .whereIn('problems.kind', [...telling])
    .whereNotIn('orders.state', ['CANCELLED', 'SUCCESSFULLY_PROCESSED'])
    .orderBy('problems.first_seen_at')
    .select('orders.number', 'problems.title');
  return rows.map(({ number, title }) => ({ orderNumber: number, reason: title }));
}

/** Orders that were planned for this slot and left it. */
async function gone(trx: Tx, slot: { brandId: string; date: string; time: string }): Promise<Held[]> {
  const rows = await trx('consignment_orders as co')
    .join('consignments as c', 'c.id', 'co.consignment_id')
    .join('orders as o', 'o.id', 'co.order_id')
    .where({ 'c.brand_id': slot.brandId, 'c.slot_date': slot.date, 'c.slot_time': slot.time })
    .whereNotNull('co.left_at')
    // In another consignment of this slot by now: it is in this mail, or in one before.
    .whereNotExists((again) =>
      again
        .from('consignment_orders as now')
        .join('consignments as nc', 'nc.id', 'now.consignment_id')
        .whereRaw('now.order_id = o.id and now.left_at is null')
        .where({ 'nc.slot_date': slot.date, 'nc.slot_time': slot.time }),
    )
    .distinct('o.number', 'o.state');
  return rows.map(({ number, state }) => ({ orderNumber: number, reason: reasonGone(state) }));
}

function reasonGone(state: string): string {
  if (state === 'CANCELLED' || state === 'CANCEL_PENDING') return 'cancelled: do not ship it';
  if (state === 'NEW' || state === 'EDITED' || state === 'AWAITING_CONFIRMATION') {
    return 'changed after it was planned; it follows once it is approved again';
  }
  return 'planned anew; it follows in a later batch';
}

const undecidedReasons: Readonly<Record<string, string>> = {
  NEW: 'not approved yet',
  EDITED: 'changed and not approved yet',
  CANCEL_REQUESTED: 'its cancellation was asked for; it waits until that is decided',
  CANCEL_CONFLICT: 'its cancellation is in dispute',
};

async function undecided(trx: Tx, brandId: string, timeZone: string): Promise<Held[]> {
  const rows = await trx('orders as o')
    .leftJoin('confirmations as c', (on) => on.on('c.order_id', 'o.id').onNull('c.outcome'))
    .where({ 'o.brand_id': brandId })
    .whereIn('o.state', [...Object.keys(undecidedReasons), 'AWAITING_CONFIRMATION'])
    .orderBy('o.number')
    .limit(mostHeldBack * 2)
    .select('o.number', 'o.state', 'c.due_at');
  return rows.map(({ number, state, due_at }) => ({
    orderNumber: number,
    reason:
      undecidedReasons[state] ??
      `waits for your confirmation${due_at ? ` until ${dateAndTime(due_at, timeZone)}` : ''}`,
  }));
}

/** `2026-11-21 16:00 (Australia/Sydney)`. */
export function dateAndTime(at: Date, timeZone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
  return `${text} (${timeZone})`;
}

/**
 * Labels that the brand has, or gets with this mail, of parcels that were taken out after their label was made. Each is
 * told once.
 */
export async function doNotUse(
  trx: Tx,
  brandId: string,
  consignmentIds: readonly string[],
): Promise<(LabelMailInput['doNotUse'][number] & { parcelId: string })[]> {
  const rows = await trx('parcels as p')
    .join('consignments as c', 'c.id', 'p.consignment_id')
    .join('transitions as t', (on) =>
      on.on('t.entity_id', 'p.id').onVal('t.machine', 'parcel').onVal('t.to_state', 'VOIDED'),
    )
    .where({ 'p.brand_id': brandId, 'p.state': 'VOIDED' })
    .whereNotNull('p.tracking_number')
    // A parcel without a label leaves nothing behind.
    .whereNot('t.from_state', 'PLANNED')
    .where((known) =>
      known
        .whereIn('c.id', [...consignmentIds])
        .orWhereExists((mailed) =>
          mailed
            .from('mail_consignments as mc')
            .join('mails as m', 'm.id', 'mc.mail_id')
            .where('m.kind', 'labels')
            .whereRaw('mc.consignment_id = c.id'),
        ),
    )
    .whereNotExists((told) => told.from('mail_do_not_use as d').whereRaw('d.parcel_id = p.id'))
    .orderBy(['c.number', 'p.piece_number'])
    .select('p.id', 'p.tracking_number', 'c.number', 't.why');
  return rows.map(({ id, tracking_number, number, why }) => ({
    parcelId: id,
    consignmentNumber: number,
    trackingNumber: tracking_number,
    reason: why ?? 'taken out',
  }));
}
