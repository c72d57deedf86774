import type { TrackingEvent, TrackingTag } from '../connectors/contract/carrier.ts';
import type { ParcelEventType } from '../state-machines/parcel.ts';

/** What a scan means for the parcel; facts without meaning for its state are null. */
export const parcelEventOf: Record<TrackingTag, ParcelEventType | null> = {
  LABEL_CREATED: null,
  PICKUP_FAILED: null,
  PICKED_UP: 'HAND_OVER',
  IN_TRANSIT: 'MOVE',
  IN_CUSTOMS: 'MOVE',
  CUSTOMS_HELD: 'MOVE',
  OUT_FOR_DELIVERY: 'MOVE',
  READY_FOR_COLLECTION: 'MOVE',
  DELIVERY_FAILED: 'FAIL_DELIVERY',
  ON_HOLD: 'MOVE',
  DELIVERED: 'DELIVER',
  RETURNING: 'RETURN',
  RETURNED: 'RETURN',
  LOST: 'LOSE',
  CANCELLED: null,
  FACT: null,
};

/** How far a scan may lie in the future before its time is not believed: carriers' zones get confused. */
const futureToleranceMs = 24 * 60 * 60 * 1000;

/** Whether a scan's own time may be believed, by the time at which it was seen. */
export const isBelievable = (at: Date | null, seenAt: Date): at is Date =>
  at !== null && at.getTime() <= seenAt.getTime() + futureToleranceMs;

/**
 * The scans in the order in which they happened. Scans without a time that can be placed come after those with one, in the
 * order given; scans from the far future count as without time.
 */
export function inOrder(events: readonly TrackingEvent[], now: Date): TrackingEvent[] {
  const believable = ({ at }: TrackingEvent): boolean => isBelievable(at, now);
  const timed = events.filter(believable).sort((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0));
  return [...timed, ...events.filter((event) => !believable(event))];
}
