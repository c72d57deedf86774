import { type TrackingTag, trackingTags } from '../contract/carrier.ts';
import { scanRow as row, type ScanRow } from '../contract/scan-row.ts';

/** Statuses → tag. Capitals and blanks do not count. */
export const scanStatuses: readonly ScanRow[] = [
  row('Staging', 'LABEL_CREATED', 'booked, not yet released'),
  row('Pending Pickup', 'LABEL_CREATED', 'booked, to be fetched or brought'),
  row('Van En-route to Pickup', 'LABEL_CREATED', 'the courier is on the way to the sender'),
  row('Pickup Fail', 'PICKUP_FAILED', 'not fetched', { warn: true }),
  row('Pickup Exception', 'PICKUP_FAILED', 'not fetched, with the reason', { warn: true }),
  row('Successful Pickup', 'PICKED_UP', 'fetched'),
  row('En-route to Sorting Hub', 'PICKED_UP', 'fetched, on the way to the hub'),
  row('Arrived at Origin Hub', 'IN_TRANSIT', 'in the first hub'),
  row('Arrived at Sorting Hub', 'IN_TRANSIT', 'in a hub'),
  row('Transferred to 3PL', 'IN_TRANSIT', 'given to another carrier'),
  row('Cross Border Transit', 'IN_TRANSIT', 'on the way between countries'),
  row('Customs Cleared', 'IN_CUSTOMS', 'cleared'),
  row('Customs Held', 'CUSTOMS_HELD', 'held by customs', { warn: true }),
  row('On Vehicle for Delivery', 'OUT_FOR_DELIVERY', 'with the delivering courier'),
  row('Arrived at Distribution Point', 'READY_FOR_COLLECTION', 'at a collection point'),
  row('Pending Pickup at Distribution Point', 'READY_FOR_COLLECTION', 'waits to be collected'),
  row('First Attempt Delivery Fail', 'DELIVERY_FAILED', 'first attempt failed'),
  row('Pending Reschedule', 'DELIVERY_FAILED', 'failed, a new day is to be set', { warn: true }),
  row('Successful Delivery', 'DELIVERED', 'delivered'),
  row('Completed', 'DELIVERED', 'the order is complete'),
  row('Return to Sender Triggered', 'RETURNING', 'turns back', { warn: true }),
  row('On Vehicle for Delivery (RTS)', 'RETURNING', 'with the courier who brings it back', { warn: true }),
  row('Returned to Sender', 'RETURNED', 'back at the sender', { warn: true }),
  row('Cancelled', 'CANCELLED', 'cancelled before the pick-up'),
  row('Parcel Measurements Update', 'FACT', 'weighed and measured in the hub: what will be billed'),
  row('Parcel Weight', 'FACT', 'weighed in the hub'),
  row('Parcel Size', 'FACT', 'measured in the hub'),
];

/** Tags without a status, with the reason. */
export const scanTagsWithoutNative: Readonly<Partial<Record<TrackingTag, string>>> = {
  ON_HOLD: 'no status in the published lists',
  LOST: 'no status in the published lists: a claim by mail',
};

const key = (native: string): string => native.trim().replace(/\s+/g, ' ').toLowerCase();
const byStatus = new Map(scanStatuses.map((entry) => [key(entry.native), entry]));

/** States that nothing is changed about by the way back: cancelled is cancelled, a measure is a measure. */
const unmoved: readonly TrackingTag[] = ['FACT', 'CANCELLED', 'RETURNED'];

/**
 * Null = a status that nobody has translated: kept as a raw event with a warning, also on the way back. On the leg back to
 * the sender (`is_parcel_on_rts_leg`) "delivered" means returned, and every other known state means returning.
 */
export function scanTag(native: string, isOnReturnLeg = false): TrackingTag | null {
  const tag = byStatus.get(key(native))?.tag ?? null;
  if (tag === null || !isOnReturnLeg || unmoved.includes(tag)) return tag;
  return tag === 'DELIVERED' ? 'RETURNED' : 'RETURNING';
}

/** The statuses of a tag; empty where `scanTagsWithoutNative` says why. */
export function nativeScanStatuses(tag: TrackingTag): readonly string[] {
  return scanStatuses.filter((entry) => entry.tag === tag).map((entry) => entry.native);
}

/** The table as Markdown, for the documentation. */
export function renderTagTable(): string {
  const rows = scanStatuses.map((entry) => {
    const marks = [entry.warn ? 'warn' : '', entry.confirmed ? '' : 'UNCONFIRMED'].filter((mark) => mark !== '');
    return `| ${entry.native} | ${entry.tag} | ${entry.meaning} | ${marks.join(', ')} |`;
  });
  const missing = trackingTags
    .filter((tag) => nativeScanStatuses(tag).length === 0)
    .map((tag) => `| – | ${tag} | ${scanTagsWithoutNative[tag] ?? 'no status'} | |`);
  return [
    '| `status` | tag | meaning | marks |',
    '| --- | --- | --- | --- |',
    ...rows,
    '| delivered or completed, on the way back | RETURNED | `is_parcel_on_rts_leg` is true | warn |',
    '| any other of these but facts, on the way back | RETURNING | `is_parcel_on_rts_leg` is true | warn |',
    ...missing,
    '| any other | – | kept as a raw event | warn |',
    '',
  ].join('\n');
}
