import type { TrackingEvent, TrackingTag } from '../connectors/contract/carrier.ts';
import type { Tx } from '../db/database.ts';
import { noteScan } from '../db/freight-audit.ts';
import { expectReturn } from '../db/orders.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { type Command, type Row, step } from '../db/steps.ts';
import { decide } from '../state-machines/kit.ts';
import { type ParcelEventType, parcel as parcelMachine } from '../state-machines/parcel.ts';
import { inOrder, isBelievable, parcelEventOf } from '../tracking/advance.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

const batchSize = 100;
const followed = ['BOOKED', 'HANDED_OVER', 'IN_TRANSIT', 'DELIVERY_FAILED'];
/** Carriers correct themselves, and voided labels get used: what is at its end is still read for a week after its last scan. */
const corrected = ['DELIVERED', 'RETURNED', 'LOST', 'VOIDED'];
const correctionMs = 7 * 24 * 60 * 60 * 1000;

interface TrackedParcel {
  readonly id: string;
  readonly tracking_number: string;
  /** The consignment's number. */
  readonly waybill: string | null;
}

export function trackingActivities(deps: ActivityDeps) {
  return {
    /** Reads the scans of one batch of parcels that are under way or may be corrected, and moves the parcels by them. */
    async readTracking(connectionId: string, after: string | null): Promise<{ next: string | null; moved: number }> {
      const lastCorrectionAt = new Date((await deps.clock.now()).getTime() - correctionMs);
      const parcels: TrackedParcel[] = await deps.db.tx('staff', (trx) =>
        trx('parcels')
          .join('consignments', 'consignments.id', 'parcels.consignment_id')
          .where({ carrier_connection_id: connectionId })
          .where((either) =>
            either
              .whereIn('parcels.state', followed)
              .orWhere((late) =>
                late
                  .whereIn('parcels.state', corrected)
                  .whereRaw('coalesce(parcels.native_seen_at, parcels.created_at) > ?', [lastCorrectionAt]),
              ),
          )
          .whereNotNull('parcels.tracking_number')
          .modify((query) => {
            if (after) query.where('parcels.id', '>', after);
          })
          .orderBy('parcels.id')
          .limit(batchSize)
          .select('parcels.id', 'parcels.tracking_number', 'consignments.tracking_number as waybill'),
      );
      if (parcels.length === 0) return { next: null, moved: 0 };
      const moved = await readScans(deps, connectionId, parcels);
      return { next: parcels.length < batchSize ? null : (parcels.at(-1)?.id ?? null), moved };
    },

    /** Reads the scans of one number now, because the carrier pushed one of it. A number that is none of ours moves nothing. */
    async readShipment(connectionId: string, trackingNumber: string): Promise<{ moved: number }> {
      const parcels: TrackedParcel[] = await deps.db.tx('staff', (trx) =>
        trx('parcels')
          .join('consignments', 'consignments.id', 'parcels.consignment_id')
          .where({ carrier_connection_id: connectionId })
          .where((any) =>
            any
              .where('parcels.tracking_number', trackingNumber)
              .orWhere('consignments.tracking_number', trackingNumber),
          )
          .whereNotNull('parcels.tracking_number')
          .orderBy('parcels.id')
          .select('parcels.id', 'parcels.tracking_number', 'consignments.tracking_number as waybill'),
      );
      return { moved: parcels.length === 0 ? 0 : await readScans(deps, connectionId, parcels) };
    },
  };
}

/** Asks the carrier for the scans of some parcels and takes them over. Returns the steps made. */
async function readScans(deps: ActivityDeps, connectionId: string, parcels: readonly TrackedParcel[]): Promise<number> {
  const { connector } = await deps.open.carrier(connectionId);
  // Until a late label is there its consignment has a number already; one that was booked anew has a newer one.
  const numbers = [...new Set(parcels.map(({ waybill, tracking_number }) => waybill ?? tracking_number))];
  const events = await connector.track(numbers);
  let moved = 0;
  for (const { id, waybill, tracking_number } of parcels) {
    const own = events.filter(({ trackingNumber }) => trackingNumber === waybill || trackingNumber === tracking_number);
    if (own.length === 0) continue;
    const command = await commandOf(deps, `tracking/${id}`);
    moved += await deps.db.tx('staff', (trx) => takeScans(trx, id, own, { ...command, role: 'connector' }));
  }
  const at = await deps.clock.now();
  await deps.db.tx('staff', (trx) => trx('connections').where({ id: connectionId }).update({ last_success_at: at }));
  return moved;
}

/** Stores new scans and moves the parcel by all of them in the order of their own time. Returns the steps made. */
async function takeScans(
  trx: Tx,
  parcelId: string,
  events: readonly TrackingEvent[],
  command: Command,
): Promise<number> {
  const parcel = (await trx('parcels').where({ id: parcelId }).forNoKeyUpdate().first()) as Row;
  let steps = 0;
  for (const event of inOrder(events, command.at)) {
    const inserted = await trx.raw(
      `insert into tracking_events (brand_id, parcel_id, native_code, tag, at, place, description, seen_at, measured)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning id`,
      [
        parcel.brand_id as string,
        parcelId,
        event.nativeCode,
        event.tag,
        event.at,
        event.place,
        event.description,
        command.at,
        event.measured ? JSON.stringify(event.measured) : null,
      ],
    );
    if (inserted.rows.length === 0) continue;
    await noteScan(trx, parcel, event, command);
    if (event.tag === null) await noteUnknownScan(trx, parcel, event, command);
    const name = await eventOf(trx, parcelId, event, command.at);
    if (!name) continue;
    const result = await step(
      trx,
      {
        machine: 'parcel',
        id: parcelId,
        event: name,
        changes: { native_status: event.nativeCode, native_seen_at: command.at },
      },
      {
        ...command,
        commandId: `${command.commandId}/${event.nativeCode}/${event.at?.getTime() ?? 'untimed'}/${inserted.rows[0].id}`,
        why: event.description,
      },
    );
    if (!result.ok) continue;
    steps += 1;
    await followParcel(trx, parcel, result.state, command);
  }
  return steps;
}

/**
 * What a new scan means for the parcel. One that is older than scans which are known already, means what all of them
 * together mean in the order of their own time: whatever came first, the parcel ends where it is.
 */
async function eventOf(trx: Tx, parcelId: string, event: TrackingEvent, seenAt: Date): Promise<ParcelEventType | null> {
  const name = event.tag ? parcelEventOf[event.tag] : null;
  // A scan from the future says what happened, not when.
  if (!name || !isBelievable(event.at, seenAt)) return name;
  const known: { tag: TrackingTag | null; at: Date; seen_at: Date }[] = await trx('tracking_events')
    .where({ parcel_id: parcelId })
    .whereNotNull('at')
    .orderBy(['at', 'id'])
    .select('tag', 'at', 'seen_at');
  const events = known.flatMap(({ tag, at, seen_at }) => {
    const type = tag && isBelievable(at, seen_at) ? parcelEventOf[tag] : null;
    return type ? [{ type, at }] : [];
  });
  const eventAt = event.at;
  if (!events.some(({ at }) => at > eventAt)) return name;
  const { state } = await trx('parcels').where({ id: parcelId }).first('state');
  let end = 'BOOKED';
  let last: ParcelEventType | null = null;
  for (const { type } of events) {
    const decision = decide(parcelMachine, end, { hasTrackingNumber: true }, { type }, 'connector');
    if (!decision.ok) continue;
    end = decision.to;
    last = type;
  }
  return end === state ? null : last;
}

/** What a parcel's way means for its order and consignment, in the same transaction. */
async function followParcel(trx: Tx, parcel: Row, state: string, command: Command): Promise<void> {
  const orderId = String(parcel.order_id);
  const updated = await trx('orders')
    .where({ id: orderId, handed_over_at: null })
    .update({ handed_over_at: command.at, goods_outside: true });
  if (updated > 0) {
    await trx('order_lines')
      .where({ order_id: orderId })
      .update({ quantity_shipped: trx.raw('quantity_ordered - quantity_cancelled') });
  }
  await step(
    trx,
    { machine: 'consignment', id: String(parcel.consignment_id), event: 'HAND_OVER' },
    { ...command, commandId: `consignment/${parcel.consignment_id}/handed-over` },
  );
  if (parcel.state === 'VOIDED') await noteVoidedLeft(trx, parcel, command);
  if (state === 'RETURNED' || state === 'LOST') await noteNotArrived(trx, parcel, state, command);
  else await resolveProblem(trx, notArrivedCause(parcel), command);
}

const notArrivedCause = (parcel: Row): string => `parcel/${parcel.id}/not-arrived`;

/** Nobody else waits for a parcel that comes back or is lost: it is for a person, and goods that return are expected. */
async function noteNotArrived(trx: Tx, parcel: Row, state: 'RETURNED' | 'LOST', command: Command): Promise<void> {
  const order = (await trx('orders')
    .where({ id: parcel.order_id as string })
    .first()) as Row;
  await reportProblem(
    trx,
    {
      causeKey: notArrivedCause(parcel),
      kind: 'parcel-not-arrived',
      severity: 'error',
      title: `${order.number}: its parcel ${state === 'LOST' ? 'is lost' : 'comes back'} (${parcel.tracking_number})`,
      detail: `The carrier says so. The order stays ${order.state} until somebody settles it.`,
      remedy:
        state === 'LOST'
          ? 'Claim it from the carrier, tell the buyer, and cancel the order on the marketplace or send it again.'
          : 'A return is open: scan the parcel in when it is back, then cancel the order on the marketplace or send it again.',
      brandId: String(parcel.brand_id),
      entityKind: 'order',
      entityId: order.id,
    },
    command,
  );
  const open = await trx('returns')
    .where({ order_id: order.id })
    .whereIn('state', ['EXPECTED', 'RECEIVED'])
    .first('id');
  if (state === 'RETURNED' && !open) await expectReturn(trx, order, 'returned by the carrier', command);
}

async function noteVoidedLeft(trx: Tx, parcel: Row, command: Command): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `parcel/${parcel.id}/left-although-voided`,
      kind: 'voided-label-used',
      severity: 'error',
      title: `A parcel left although its label was voided (${parcel.tracking_number})`,
      detail: 'The brand was told not to ship it. The order was cancelled or changed.',
      remedy: 'Ask the carrier to stop or return the parcel, and settle the order with the brand.',
      brandId: String(parcel.brand_id),
      entityKind: 'order',
      entityId: String(parcel.order_id),
    },
    command,
  );
}

async function noteUnknownScan(trx: Tx, parcel: Row, event: TrackingEvent, command: Command): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `tracking-code/${event.nativeCode}`,
      kind: 'unknown-tracking-code',
      severity: 'info',
      title: `Unknown tracking code "${event.nativeCode}"`,
      detail: `${event.description} (parcel ${parcel.tracking_number}). It is kept as it is; the parcel was not moved by it.`,
      remedy: 'Add the code to the carrier connector’s tag table.',
      entityKind: 'parcel',
      entityId: parcel.id,
    },
    command,
  );
}
