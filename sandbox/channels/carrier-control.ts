import { type Control, controlOf } from '../control.ts';
import type { CarrierKind } from './kinds.ts';

/** A carrier of the demo world as its drivers see it. */
export interface CarrierControl extends Control {
  readonly kind: CarrierKind;
  /** Of its account here. */
  readonly code: string;
  scan(trackingNumber: string, what: 'picked-up' | 'delivered'): Promise<void>;
}

/** What the drivers' scanners send, per carrier. */
const scans: Readonly<Record<CarrierKind, Readonly<Record<'picked-up' | 'delivered', object>>>> = {
  'dhl-express': { 'picked-up': { typeCode: 'PU' }, delivered: { typeCode: 'OK' } },
  'ninja-van': { 'picked-up': { status: 'Successful Pickup' }, delivered: { status: 'Successful Delivery' } },
};

export function carrierControl(kind: CarrierKind, url: string): CarrierControl {
  const control = controlOf(url);
  return {
    ...control,
    kind,
    code: kind,
    async scan(trackingNumber, what) {
      await control.post(`shipments/${trackingNumber}/events`, scans[kind][what]);
    },
  };
}
