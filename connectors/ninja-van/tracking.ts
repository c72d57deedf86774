import type { Booking, TrackingEvent } from '../contract/carrier.ts';
import { factsOf } from './countries.ts';
import type { Scan, TrackedOrder } from './schema.ts';
import { scanTag } from './tags.ts';

/**
 * The instant of a scan. Without a zone it is placed only where a country has one zone all year; else null: no time is
 * better than a wrong one.
 */
export function scanTime(timestamp: string | number | null | undefined, country: string): Date | null {
  const written = String(timestamp ?? '').trim();
  if (/^\d{10}(\d{3})?$/.test(written)) return new Date(Number(written.padEnd(13, '0')));
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(written);
  if (parts === null) return null;
  const zone = parts[3] ?? factsOf(country).offset;
  if (zone === null || zone === undefined) return null;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const at = new Date(`${parts[1]}T${parts[2]}${offset}`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** What was measured, and will be billed. That figures are kg and cm, as in bookings, is UNCONFIRMED. */
function measuredOf(scan: Scan): Pick<TrackingEvent, 'measured'> {
  const told = scan.parcel_measurements_information;
  if (!told) return {};
  const scaled = (value: string | number | null | undefined, factor: number): number | null =>
    Number(value ?? 0) > 0 ? Math.round(Number(value) * factor) : null;
  return {
    measured: {
      weightGrams: scaled(told.weight, 1000),
      lengthMm: scaled(told.dimensions?.length, 10),
      widthMm: scaled(told.dimensions?.width, 10),
      heightMm: scaled(told.dimensions?.height, 10),
    },
  };
}

/** Its status, else its kind; a scan without both is shown as what it is. */
const statusOf = ({ status, event }: Scan): string => status || event || 'no status';

/** A scan as an event. */
export function toEvent(scan: Scan, trackingNumber: string, country: string): TrackingEvent {
  const isOnReturnLeg = /^(true|1)$/i.test(String(scan.is_parcel_on_rts_leg ?? ''));
  const status = statusOf(scan);
  return {
    trackingNumber,
    nativeCode: status,
    tag: scanTag(status, isOnReturnLeg),
    at: scanTime(scan.timestamp, country),
    place: null,
    description: isOnReturnLeg ? `${status} (on the way back to the sender)` : status,
    ...measuredOf(scan),
  };
}

/** True when an order carries exactly this reference; also when none of its scans tells one. */
export function carriesReference({ events }: TrackedOrder, reference: string): boolean {
  const told = (events ?? []).flatMap(({ shipper_order_ref_no: one }) => (one ? [String(one)] : []));
  return told.length === 0 || told.includes(reference);
}

/** Cancelled is the end of an order: no scan comes after it. */
export function isCancelled({ events }: TrackedOrder): boolean {
  return (events ?? []).some((scan) => scanTag(statusOf(scan)) === 'CANCELLED');
}

/** A booking by its number: its label is fetched by a call of its own. */
export function bookingOf(trackingNumber: string, pieceId: string): Booking {
  return {
    shipmentIdentifier: trackingNumber,
    trackingNumber,
    trackingUrl: null,
    pieces: [{ pieceId, trackingNumber }],
    documents: [],
    charges: [],
  };
}
