import { type Control, controlOf } from '../control.ts';
import type { CarrierKind } from './kinds.ts';

/** A carrier of the demo world as its drivers see it. */
export interface CarrierControl extends Control {
  readonly kind: CarrierKind;
  /** Of its account here. */
  readonly code: string;
  scan(trackingNumber: string, what: 'picked-up' | 'delivered'): Promise<void>;
}

function dhlExpressControl(url: string): CarrierControl {
  const control = controlOf(url);
  return {
    ...control,
    kind: 'dhl-express',
    code: 'dhl-express',
    async scan(trackingNumber, what) {
      await control.post(`shipments/${trackingNumber}/events`, { typeCode: what === 'picked-up' ? 'PU' : 'OK' });
    },
  };
}

const controls: Readonly<Partial<Record<CarrierKind, (url: string) => CarrierControl>>> = {
  'dhl-express': dhlExpressControl,
};

/** @throws Error for a kind that nobody can speak to */
export function carrierControl(kind: CarrierKind, url: string): CarrierControl {
  const make = controls[kind];
  if (make === undefined) throw new Error(`nobody knows the controls of ${kind}`);
  return make(url);
}
