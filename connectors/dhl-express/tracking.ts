import type { Booking, TrackingEvent } from '../contract/carrier.ts';
import type { ScanVo, TrackedShipment } from './schema.ts';
import { scanTag } from './tags.ts';
import { instantOf, placeOffset } from './times.ts';

/** Ours: DHL tells measures beside the checkpoints, without a code. */
export const MEASURED_CODE = 'MEASURED';
const GRAMS_PER_POUND = 453.592_37;

/** DHL's licence plates of single parcels; everything else is a waybill number. */
export function isPieceNumber(trackingNumber: string): boolean {
  return /^J[A-Z]\d/i.test(trackingNumber);
}

/** A scan as an event. Without a zone, and at a place with several, its time is null. */
export function toEvent(scan: ScanVo, trackingNumber: string): TrackingEvent {
  const place = scan.serviceArea?.[0]?.description ?? scan.serviceArea?.[0]?.code ?? null;
  const offset = scan.GMTOffset ?? placeOffset(place);
  return {
    trackingNumber,
    nativeCode: scan.typeCode,
    tag: scanTag(scan.typeCode),
    at: instantOf(scan.date ?? '', scan.time ?? '', offset),
    place,
    description: scan.description ?? scan.typeCode,
  };
}

type TrackedPiece = NonNullable<TrackedShipment['pieces']>[number];

const numberOf = ({ trackingNumber }: TrackedPiece): string => String(trackingNumber ?? '');

/**
 * What DHL weighed and measured of a parcel, as a fact; null where it says nothing. It stands beside the checkpoints, has
 * no time of its own, and is what will be billed. UNCONFIRMED that it is filled for every account.
 */
export function toMeasurement(piece: TrackedPiece, pieces: number, waybill: string): TrackingEvent | null {
  const isImperial = piece.unitOfMeasurements === 'imperial';
  const grams = (weight: number) => Math.round(weight * (isImperial ? GRAMS_PER_POUND : 1000));
  const mm = (side: string | number | null | undefined): number | null =>
    Number(side ?? 0) <= 0 ? null : Math.round(Number(side) * (isImperial ? 25.4 : 10));
  const weight = Number(piece.actualWeight ?? 0);
  const weightGrams = weight > 0 ? grams(weight) : null;
  const { length, width, height } = piece.actualDimensions ?? {};
  const [lengthMm, widthMm, heightMm] = [mm(length), mm(width), mm(height)];
  if ([weightGrams, lengthMm, widthMm, heightMm].every((value) => value === null)) return null;
  const trackingNumber = numberOf(piece) || (pieces === 1 ? waybill : '');
  if (trackingNumber === '') return null;
  const sides = lengthMm === null ? '' : `, ${lengthMm} × ${widthMm ?? '?'} × ${heightMm ?? '?'} mm`;
  return {
    trackingNumber,
    nativeCode: MEASURED_CODE,
    tag: 'FACT',
    at: null,
    place: null,
    description: `Measured by DHL: ${weightGrams === null ? 'no weight' : `${weightGrams} g`}${sides}`,
    measured: { weightGrams, lengthMm, widthMm, heightMm },
  };
}

/**
 * Events of the numbers that were asked for: a waybill's own, a parcel's own. A parcel that is alone in its shipment
 * and has none of its own takes the waybill's. What was measured of a waybill's parcels comes under the parcels' numbers.
 */
export function toEvents(shipments: readonly TrackedShipment[], wanted: ReadonlySet<string>): TrackingEvent[] {
  return shipments.flatMap((shipment) => {
    const waybill = String(shipment.shipmentTrackingNumber);
    const shared = shipment.events ?? [];
    const pieces = shipment.pieces ?? [];
    const own = wanted.has(waybill) ? shared.map((scan) => toEvent(scan, waybill)) : [];
    const ofPieces = pieces.flatMap((piece) => {
      const number = numberOf(piece);
      if (!wanted.has(number)) return [];
      const scans = piece.events ?? [];
      const used = scans.length === 0 && pieces.length === 1 ? shared : scans;
      return used.map((scan) => toEvent(scan, number));
    });
    const measured = pieces.flatMap((piece) =>
      wanted.has(waybill) || wanted.has(numberOf(piece)) ? (toMeasurement(piece, pieces.length, waybill) ?? []) : [],
    );
    return [...own, ...ofPieces, ...measured];
  });
}

/** True when a shipment, or one of its parcels, carries exactly this reference; also when it tells no references. */
export function carriesReference(shipment: TrackedShipment, reference: string): boolean {
  const told = [
    ...(shipment.shipperReferences ?? []),
    ...(shipment.pieces ?? []).flatMap((piece) => piece.shipperReferences ?? []),
  ].map((entry) => String(entry.value ?? ''));
  return told.length === 0 || told.includes(reference);
}

/**
 * A booking found again: numbers only, no label. The parcels' ids are their numbers from 1 on, in the order they were
 * booked in.
 */
export function toFoundBooking(shipment: TrackedShipment): Booking {
  const number = String(shipment.shipmentTrackingNumber);
  return {
    shipmentIdentifier: number,
    trackingNumber: number,
    trackingUrl: null,
    pieces: (shipment.pieces ?? []).flatMap((piece, index) => {
      const trackingNumber = numberOf(piece);
      return trackingNumber !== '' ? [{ pieceId: String(piece.number ?? index + 1), trackingNumber }] : [];
    }),
    documents: [],
    charges: [],
  };
}
