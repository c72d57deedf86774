import type { ConnectionReport, Money, PostalAddress, WebhookDelivery, WebhookVerdict } from './common.ts';

/** Problems beside results: a carrier's answer may hold both. */
export interface CarrierMessage {
  readonly code: string;
  readonly message: string;
  readonly level: 'info' | 'warning' | 'error';
  /** The field that it is about, as the carrier names it. */
  readonly field: string | null;
}

export interface Answer<Details> {
  readonly details: Details | null;
  readonly messages: readonly CarrierMessage[];
}

export interface ShipmentPiece {
  readonly pieceId: string;
  readonly weightGrams: number;
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly description: string;
}

export interface CustomsLine {
  readonly description: string;
  readonly quantity: number;
  readonly unitValue: Money;
  /** Of one unit, without packaging. */
  readonly netWeightGrams: number;
  /** Harmonised System code, at least 6 digits. */
  readonly hsCode: string;
  readonly originCountryCode: string;
}

export interface ShipmentRequest {
  /** Our own reference: the same for every attempt, and what `findBooking` looks for. At most 35 characters. */
  readonly reference: string;
  readonly shipFrom: PostalAddress;
  readonly shipTo: PostalAddress;
  readonly pieces: readonly ShipmentPiece[];
  readonly incoterm: 'DDP' | 'DAP';
  readonly declaredValue: Money;
  /** Empty when origin and destination country are the same. */
  readonly customs: readonly CustomsLine[];
  readonly invoiceNumber: string;
  readonly plannedAt: Date;
  /** IANA zone of the place where it is picked up. */
  readonly originTimeZone: string;
  readonly description: string;
  /** Default PDF. One of the carrier's `capabilities.labelFormats`. */
  readonly labelFormat?: 'PDF' | 'ZPL';
  /** Delivery or shop number that the receiver's side knows the order by; printed and sent back where the carrier can. */
  readonly orderReference?: string;
  /** A number from `reserveNumber`: kept for this reference, so that a repetition carries the same one. */
  readonly reservedNumber?: string;
}

/** When a courier is to come, and for what. */
export interface PickupRequest {
  /** Our own reference, at most 35 characters: the same for every attempt. */
  readonly reference: string;
  readonly at: PostalAddress;
  /** From when the goods are ready. */
  readonly readyAt: Date;
  /** Until when somebody is there. */
  readonly closesAt: Date;
  readonly timeZone: string;
  readonly pieces: readonly ShipmentPiece[];
  readonly shipmentIdentifiers: readonly string[];
}

export interface Pickup {
  /** What cancelling needs. */
  readonly pickupIdentifier: string;
  readonly readyAt: Date | null;
}

/**
 * What a carrier takes, as data: asked when parcels are planned, so that nobody learns it when the label is due. Null =
 * no limit is known. Millimetres and grams.
 */
export interface CarrierLimits {
  /** ISO 3166-1 alpha-2; null = everywhere. */
  readonly pickupCountries: readonly string[] | null;
  readonly deliveryCountries: readonly string[] | null;
  /** Goods may cross a border. */
  readonly crossBorder: boolean;
  readonly maxPieceGrams: number | null;
  readonly maxLongestSideMm: number | null;
  /** Longest side + 2 × the two others. */
  readonly maxGirthMm: number | null;
  readonly maxPieces: number;
  readonly maxShipmentGrams: number | null;
  /** Where the figures come from, and which of them are UNCONFIRMED. */
  readonly source: string;
}

export type ChargeType = 'base' | 'surcharge' | 'addon' | 'tax';

export interface Charge {
  readonly type: ChargeType;
  readonly code: string;
  readonly name: string;
  readonly amount: Money;
}

export interface CarrierDocument {
  readonly kind: 'label' | 'waybill' | 'invoice';
  readonly format: 'PDF' | 'ZPL' | 'PNG';
  readonly bytes: Buffer;
}

export interface Booking {
  /** What cancel and manifest need. */
  readonly shipmentIdentifier: string;
  /** What people see. */
  readonly trackingNumber: string;
  readonly trackingUrl: string | null;
  readonly pieces: readonly { readonly pieceId: string; readonly trackingNumber: string }[];
  /** Empty when a booking was found again: carriers do not hand the label out twice. */
  readonly documents: readonly CarrierDocument[];
  readonly charges: readonly Charge[];
}

export interface Quote {
  readonly service: string;
  readonly serviceName: string;
  readonly total: Money;
  readonly charges: readonly Charge[];
  readonly estimatedDeliveryAt: Date | null;
}

/** What the buyer's side costs beyond freight: duties, taxes, fees; an estimate. */
export interface LandedCost {
  readonly total: Money;
  /** Duties and taxes only; in the total besides goods and freight. */
  readonly dutiesAndTaxes: Money;
  readonly lines: readonly { readonly code: string; readonly customsLine: number | null; readonly amount: Money }[];
}

/** The words into which every carrier's scans are translated (names after the parcel's events). */
export const trackingTags = [
  'LABEL_CREATED',
  'PICKUP_FAILED',
  'PICKED_UP',
  'IN_TRANSIT',
  'IN_CUSTOMS',
  'CUSTOMS_HELD',
  'OUT_FOR_DELIVERY',
  'READY_FOR_COLLECTION',
  'DELIVERY_FAILED',
  'ON_HOLD',
  'DELIVERED',
  'RETURNING',
  'RETURNED',
  'LOST',
  'CANCELLED',
  'FACT',
] as const;
export type TrackingTag = (typeof trackingTags)[number];

export interface TrackingEvent {
  readonly trackingNumber: string;
  readonly nativeCode: string;
  /** Null: a code that nobody has translated: kept as a raw event with a warning. */
  readonly tag: TrackingTag | null;
  /** The scan's own time; null where the carrier gave none that can be placed. */
  readonly at: Date | null;
  readonly place: string | null;
  readonly description: string;
  /** What the carrier measured, and will bill; absent where the scan says nothing of it. */
  readonly measured?: {
    readonly weightGrams: number | null;
    readonly lengthMm: number | null;
    readonly widthMm: number | null;
    readonly heightMm: number | null;
  };
}

export interface CarrierCapabilities {
  readonly rates: boolean;
  readonly multiPiece: boolean;
  /** `none`: an unused label is never billed, only the pick-up can be cancelled. */
  readonly void: 'call' | 'none';
  readonly pickup: boolean;
  readonly manifest: boolean;
  readonly paperlessCustoms: boolean;
  readonly labelFormats: readonly ('PDF' | 'ZPL' | 'PNG')[];
  readonly maxPieces: number;
  readonly trackingPush: boolean;
  readonly breakBulk: boolean;
  readonly bookingLookup: boolean;
  /** Labels can be fetched again after the booking. */
  readonly labelRefetch: boolean;
  /** A number can be reserved before the booking (`reserveNumber`). */
  readonly reservesNumbers?: boolean;
}

/** A carrier account. All methods throw only the errors of `../errors.ts`; refusals by rule come as messages. */
export interface CarrierConnector {
  readonly kind: 'carrier';
  readonly carrierName: string;
  readonly capabilities: CarrierCapabilities;
  /** Absent: nothing is known beyond the capabilities. */
  readonly limits?: CarrierLimits;
  testConnection(): Promise<ConnectionReport>;
  rates(request: ShipmentRequest): Promise<Answer<readonly Quote[]>>;
  /** What would be refused of a request before it is even sent; asks nobody. */
  check?(request: ShipmentRequest): readonly CarrierMessage[];
  /** The carrier's own check of a booking; books nothing. Empty: it would be taken. */
  dryRun?(request: ShipmentRequest): Promise<readonly CarrierMessage[]>;
  /** Duties, taxes and fees at the destination, by the customs lines. */
  landedCost?(request: ShipmentRequest): Promise<Answer<LandedCost>>;
  /**
   * A number for one shipment to come, to be stored before it is booked with it. Present only where the account may
   * reserve numbers; one that is never used costs nothing.
   */
  reserveNumber?(): Promise<Answer<string>>;
  /** Not idempotent by itself: call it only through the effects ledger. */
  book(request: ShipmentRequest): Promise<Answer<Booking>>;
  /** Our booking by our reference; null = not shown (yet). */
  findBooking(reference: string, notBefore: Date): Promise<Booking | null>;
  voidBooking?(booking: {
    shipmentIdentifier: string;
    trackingNumber: string;
  }): Promise<{ voided: boolean; reason: string | null }>;
  /** The label of a booking where `capabilities.labelRefetch`; null = not ready yet, ask again later. */
  fetchLabel?(booking: { shipmentIdentifier: string; trackingNumber: string }): Promise<CarrierDocument | null>;
  /** Calls a courier. Not idempotent by itself: call it only through the effects ledger. */
  bookPickup?(request: PickupRequest): Promise<Answer<Pickup>>;
  /** Repeated after success: treated as done. */
  cancelPickup?(pickup: { pickupIdentifier: string; reason: string }): Promise<void>;
  /** What the carrier signs its pushes with, where that is part of the credentials: it goes before one agreed upon apart. */
  webhookSecret?(): string;
  /** A scan that the carrier pushed: a hint to read tracking again (`resource: 'shipment'`), or refused. */
  verifyWebhook?(delivery: WebhookDelivery, secret: string): WebhookVerdict;
  /** Events of the given numbers, unsorted, repeats possible; numbers without data are missing. */
  track(trackingNumbers: readonly string[]): Promise<readonly TrackingEvent[]>;
}
