import type { SimulatorTools } from '../../simulator-kit/index.ts';

/** Options of the DHL Express simulator beside the kit's. */
export interface DhlExpressOptions {
  username: string;
  password: string;
  /** The shipper account that may book, at most 12 characters. */
  accountNumber: string;
  /** How long after its booking a shipment can be tracked, milliseconds of the simulator's clock; default 0. */
  trackingVisibleAfterMs?: number;
  /** Fuel surcharge on the base price, percent; default 20. */
  fuelPercent?: number;
  /** Currency of the account's bills, ISO 4217; default USD. */
  billingCurrency?: string;
  /** The account may reserve waybill numbers (`GET /identifiers`); default: no, error 3501. */
  mayReserve?: boolean;
}

/** Dials that `POST /__control/dials` turns. */
export interface Dials {
  trackingVisibleAfterMs: number;
  fuelPercent: number;
  /** What a booking's charges are of the quoted price, percent; 100 = as quoted. */
  billedPercent: number;
  /** Every event is shown twice. */
  doubleEvents: boolean;
  /** Events are shown in random order. */
  shuffleEvents: boolean;
  /** Events have no zone even when it is asked for. */
  withoutOffsets: boolean;
  /** Beginnings of postcodes that cost extra to reach, with commas between them; empty = none. */
  remotePostcodes: string;
  /** Local time (HH:MM) after which no courier comes on the same day; empty = any time. */
  pickupCutoff: string;
  /** The account may reserve waybill numbers. */
  mayReserve: boolean;
}

/** A reference as the sender gave it; `CU` is the default type. */
export interface Reference {
  value: string;
  typeCode?: string;
}

/** Sizes in cm or inches, weight in kg or lb, as `unitOfMeasurement` says. */
export interface Package {
  weight: number;
  dimensions?: { length: number; width: number; height: number };
  customerReferences?: Reference[];
  description?: string;
  referenceNumber?: number;
}

/** A party's address and contact. */
export interface Party {
  postalAddress: {
    postalCode: string;
    cityName: string;
    countryCode: string;
    addressLine1: string;
    addressLine2?: string;
    addressLine3?: string;
    provinceCode?: string;
  };
  contactInformation: { phone: string; companyName: string; fullName: string };
}

/** An item of the customs invoice; `price` is per unit. */
export interface LineItem {
  number: number;
  description: string;
  price: number;
  quantity: { value: number; unitOfMeasurement: string };
  manufacturerCountry: string;
  commodityCodes?: Array<{ typeCode: string; value: string }>;
}

/** A booking that passed the schema. */
export interface ShipmentRequest {
  plannedShippingDateAndTime: string;
  pickup: { isRequested: boolean };
  productCode: string;
  getRateEstimates?: boolean;
  accounts: Array<{ typeCode: string; number: string }>;
  valueAddedServices?: Array<{ serviceCode: string; value?: number; currency?: string }>;
  outputImageProperties?: {
    encodingFormat?: 'pdf' | 'zpl' | 'lp2' | 'epl';
    imageOptions?: Array<{ typeCode: string; templateName?: string; isRequested?: boolean }>;
    splitDocumentsByPages?: boolean;
  };
  customerReferences?: Reference[];
  identifiers?: Array<{ typeCode: string; value: string }>;
  customerDetails: { shipperDetails: Party; receiverDetails: Party };
  content: {
    packages: Package[];
    isCustomsDeclarable: boolean;
    declaredValue?: number;
    declaredValueCurrency?: string;
    description: string;
    incoterm: string;
    unitOfMeasurement: 'metric' | 'imperial';
    exportDeclaration?: { lineItems: LineItem[]; invoice?: { number: string; date: string } };
  };
}

/** What the carrier weighed and measured: kg and cm. */
export interface Measured {
  weight: number;
  length?: number;
  width?: number;
  height?: number;
}

/** A checkpoint. */
export interface TrackingEvent {
  typeCode: string;
  /** The instant, ISO 8601. */
  at: string;
  /** Offset of the place, e.g. `+07:00`. */
  gmtOffset: string;
  description: string;
  place: 'origin' | 'destination';
}

/** A booked shipment. */
export interface Shipment {
  /** Waybill number, 10 digits. */
  number: string;
  /** Simulator time, ISO 8601. */
  bookedAt: string;
  /** Our sender's first reference of type CU, or an empty text. */
  reference: string;
  pieces: Array<{ number: number; trackingNumber: string; measured?: Measured }>;
  events: TrackingEvent[];
  /** Number of the pickup booked along with it. */
  pickupNumber: string | null;
  request: ShipmentRequest;
}

/** A booked pickup. */
export interface Pickup {
  number: string;
  accountNumber: string;
  plannedAt: string;
  cancelledAt: string | null;
}

/** All the simulator remembers; plain JSON. */
export interface State {
  nextWaybill: number;
  nextPiece: number;
  nextPickup: number;
  shipments: Record<string, Shipment>;
  pickups: Record<string, Pickup>;
  /** Waybill numbers that were given out and are not booked yet. */
  reserved: string[];
  dials: Dials;
}

/** What the parts of the simulator share. */
export interface World {
  tools: SimulatorTools;
  options: DhlExpressOptions;
  state: State;
}

/** A state that was saved, possibly by a version that knew less. */
export function restoredState(saved: Partial<State>, options: DhlExpressOptions): State {
  const fresh = initialState(options);
  return { ...fresh, ...saved, dials: { ...fresh.dials, ...saved.dials } };
}

/** The next waybill number: nine digits and their remainder by seven. */
export function newWaybillNumber(state: State): string {
  const number = `${state.nextWaybill}${state.nextWaybill % 7}`;
  state.nextWaybill += 1;
  return number;
}

/** The state at first start. */
export function initialState(options: DhlExpressOptions): State {
  return {
    nextWaybill: 537_453_001,
    nextPiece: 4_617_230_001,
    nextPickup: 1,
    shipments: {},
    pickups: {},
    reserved: [],
    dials: {
      trackingVisibleAfterMs: options.trackingVisibleAfterMs ?? 0,
      fuelPercent: options.fuelPercent ?? 20,
      billedPercent: 100,
      doubleEvents: false,
      shuffleEvents: false,
      withoutOffsets: false,
      remotePostcodes: '',
      pickupCutoff: '',
      mayReserve: options.mayReserve ?? false,
    },
  };
}

const OFFSETS: Readonly<Record<string, string>> = {
  ...{ AU: '+10:00', NZ: '+12:00', ID: '+07:00', TH: '+07:00', VN: '+07:00', SG: '+08:00', MY: '+08:00', PH: '+08:00' },
  ...{ HK: '+08:00', CN: '+08:00', JP: '+09:00', GB: '+00:00', DE: '+01:00', FR: '+01:00', IT: '+01:00', NL: '+01:00' },
  ...{ US: '-05:00', CA: '-05:00' },
};

/** A country's usual offset, without summer time; UTC where this table doesn't know it. */
export function offsetOf(countryCode: string): string {
  return OFFSETS[countryCode] ?? '+00:00';
}
