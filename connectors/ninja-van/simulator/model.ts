import type { SimulatorTools } from '../../simulator-kit/index.ts';

/** Countries with a network of their own; the path of every call begins with one of them in lower case. */
export const COUNTRIES = ['SG', 'MY', 'TH', 'ID', 'VN', 'PH', 'MM'] as const;

/** An account of one country: each country has credentials, and so a webhook secret, of its own. */
export interface Account {
  /** ISO 3166-1 alpha-2. */
  country: string;
  clientId: string;
  /** What the dashboard calls the client key; webhooks are signed with it. */
  clientSecret: string;
  /** Stands before every tracking number of the account; may be empty. */
  trackingPrefix: string;
}

/** Options of the Ninja Van simulator beside the kit's. */
export interface NinjaVanOptions {
  accounts: readonly Account[];
  /** How long an access token lives, seconds of the simulator's clock; the carrier promises at least 300. Default 3600. */
  tokenLifetimeSeconds?: number;
  /** How long after its booking an order has no waybill, milliseconds of the simulator's clock; default 0. */
  waybillLateMs?: number;
  /** How long after its booking an order cannot be tracked; default 0. */
  trackingVisibleAfterMs?: number;
  /** Days on which nothing is delivered, `2026-12-25`. */
  blockedDays?: readonly string[];
  /** The service International is agreed; default false. */
  international?: boolean;
  /** Heaviest parcel in kg; the real limits per country are UNCONFIRMED. Default 30. */
  maxWeightKg?: number;
  /** Webhooks go out by themselves, soon after what they tell of; default true. */
  autoDeliver?: boolean;
}

/** Dials that `POST /__control/dials` turns. */
export interface Dials {
  tokenLifetimeSeconds: number;
  waybillLateMs: number;
  trackingVisibleAfterMs: number;
  blockedDays: readonly string[];
  /** Prices as the tariff has them = 100. */
  pricePercent: number;
  /** Why every call is refused with 403 (`waybill`: only the label); `revoked`: no token is given out or good any more. */
  refusal: '' | 'audit' | 'frozen' | 'waybill' | 'revoked';
  /** Every scan is shown twice. */
  doubleEvents: boolean;
  /** Scans are shown in random order. */
  shuffleEvents: boolean;
  /** Times are local and do not say where. */
  withoutOffsets: boolean;
  autoDeliver: boolean;
  doubleWebhooks: boolean;
  reverseWebhooks: boolean;
  /** The webhook of a booking is delivered before its answer leaves. */
  webhookBeforeAnswer: boolean;
  /** Webhooks are signed with the secret of this country; empty = their own. */
  signWithCountry: string;
}

export interface Address {
  address1: string;
  address2?: string;
  country: string;
  postcode?: string;
  city?: string;
}

export interface Party {
  name: string;
  phone_number?: string;
  email?: string;
  address: Address;
}

export interface Timeslot {
  start_time: string;
  end_time: string;
  timezone: string;
}

/** A booking that passed the rules. Weight in kg, sides in cm. */
export interface OrderRequest {
  service_type: string;
  service_level: string;
  requested_tracking_number?: string;
  reference?: { merchant_order_number?: string };
  from: Party;
  to: Party;
  parcel_job: {
    is_pickup_required: boolean;
    pickup_date?: string;
    pickup_address?: Party;
    pickup_address_id?: string;
    delivery_start_date: string;
    delivery_timeslot: Timeslot;
    allow_weekend_delivery?: boolean;
    dimensions?: { weight?: number; length?: number; width?: number; height?: number; size?: string };
    items?: Array<{ item_description: string; quantity?: number }>;
  };
}

/** What was measured in the hub; it is what will be billed. */
export interface Measured {
  weightKg: number;
  lengthCm: number;
  widthCm: number;
  heightCm: number;
}

/** A scan. */
export interface Scan {
  status: string;
  /** The instant, ISO 8601. */
  at: string;
  isOnReturnLeg: boolean;
  description: string;
  measured?: Measured;
}

/** A booked order: one parcel. */
export interface Shipment {
  /** Tracking number: prefix, padding and what was asked for. */
  number: string;
  country: string;
  /** Simulator time, ISO 8601. */
  bookedAt: string;
  /** `merchant_order_number`, or an empty text. */
  reference: string;
  pieces: Array<{ number: number; trackingNumber: string }>;
  events: Scan[];
  reservationId: number | null;
  cancelledAt: string | null;
  request: OrderRequest;
}

/** One courier's visit: all orders of one day and address share it. */
export interface Reservation {
  id: number;
  country: string;
  date: string;
  address: string;
  trackingNumbers: string[];
}

/** A webhook that waits for its delivery. */
export interface Delivery {
  country: string;
  body: string;
}

/** All the simulator remembers; plain JSON. */
export interface State {
  nextNumber: number;
  nextReservation: number;
  /** Access token → whose it is and until when, epoch milliseconds. */
  tokens: Record<string, { country: string; expiresAtMs: number }>;
  shipments: Record<string, Shipment>;
  reservations: Reservation[];
  /** Where each country's webhooks go. */
  webhookUrls: Record<string, string>;
  queue: Delivery[];
  dials: Dials;
}

/** What the parts of the simulator share. */
export interface World {
  tools: SimulatorTools;
  options: NinjaVanOptions;
  state: State;
  /** Sends what waits, soon; set once deliveries run. */
  wake: () => void;
}

/** The state at first start. */
export function initialState(options: NinjaVanOptions): State {
  return {
    nextNumber: 1,
    nextReservation: 1,
    tokens: {},
    shipments: {},
    reservations: [],
    webhookUrls: {},
    queue: [],
    dials: {
      tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
      waybillLateMs: options.waybillLateMs ?? 0,
      trackingVisibleAfterMs: options.trackingVisibleAfterMs ?? 0,
      blockedDays: options.blockedDays ?? [],
      pricePercent: 100,
      refusal: '',
      doubleEvents: false,
      shuffleEvents: false,
      withoutOffsets: false,
      autoDeliver: options.autoDeliver ?? true,
      doubleWebhooks: false,
      reverseWebhooks: false,
      webhookBeforeAnswer: false,
      signWithCountry: '',
    },
  };
}

/** The account of a country, or undefined. */
export function accountOf(world: World, country: string): Account | undefined {
  return world.options.accounts.find((account) => account.country === country);
}
