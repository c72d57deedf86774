import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { carrierCountries } from './countries.ts';

export const credentialsSchema = Type.Object(
  {
    clientId: Type.String({ minLength: 1, title: 'Client id' }),
    /** What the dashboard calls the client key; webhooks of this country are signed with it. */
    clientSecret: Type.String({ minLength: 1, title: 'Client key' }),
    /** The access token in use; fetched and renewed by the connector. */
    accessToken: Type.Optional(Type.String()),
    /** Epoch milliseconds: from when on a new one is fetched, and until when this one is good. */
    accessTokenRenewAtMs: Type.Optional(Type.Number()),
    accessTokenExpiresAtMs: Type.Optional(Type.Number()),
  },
  { additionalProperties: false },
);
export type NinjaVanCredentials = Static<typeof credentialsSchema>;

const timeslots = ['09:00-12:00', '09:00-18:00', '09:00-22:00', '12:00-15:00', '15:00-18:00', '18:00-22:00'] as const;
const timeslotSchema = Type.Union(timeslots.map((slot) => Type.Literal(slot)));
const countrySchema = Type.Union(carrierCountries.map((code) => Type.Literal(code)));

/** What stands in for fields that a brand's own address leaves empty. */
const shipperDefaultsSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 3, maxLength: 255 })),
    phone: Type.Optional(Type.String({ minLength: 6, maxLength: 32 })),
    email: Type.Optional(Type.String({ minLength: 3, maxLength: 255 })),
  },
  { additionalProperties: false },
);

/** Region codes of the price call. Nobody publishes the list: the carrier's sales people hand it out. */
const priceTierSchema = Type.Object(
  {
    /** A city, `region/city`, or `*` for everywhere else. */
    place: Type.String({ minLength: 1 }),
    l1: Type.String({ minLength: 1 }),
    l2: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);

export const settingsSchema = Type.Object(
  {
    /** `https://api.ninjavan.co`; for tests `https://api-sandbox.ninjavan.co`, Singapore only. */
    baseUrl: Type.String({ minLength: 1, title: 'API address' }),
    /** The account's country; each has credentials of its own. */
    country: countrySchema,
    /** Stands before every tracking number of the account; empty where it has none. Bookings are found again by it. */
    trackingPrefix: Type.String({ maxLength: 9, pattern: '^[A-Za-z0-9]*$', title: 'Tracking number prefix' }),
    serviceType: Type.Optional(
      Type.Union(['Parcel', 'Document', 'Corporate', 'Bulky'].map((one) => Type.Literal(one))),
    ),
    serviceLevel: Type.Optional(
      Type.Union(['Standard', 'Express', 'Sameday', 'Nextday'].map((one) => Type.Literal(one))),
    ),
    /** A courier is called with every order; default: parcels are brought, or fetched by standing agreement. */
    requestPickup: Type.Optional(Type.Boolean({ default: false })),
    pickupTimeslot: Type.Optional(timeslotSchema),
    deliveryTimeslot: Type.Optional(timeslotSchema),
    shipper: Type.Optional(shipperDefaultsSchema),
    /** Books as `Marketplace`: one brand = one seller of the account. */
    seller: Type.Optional(
      Type.Object({ id: Type.String({ minLength: 1 }), companyName: Type.String({ minLength: 1 }) }),
    ),
    /** The service International is agreed. Its customs fields are UNCONFIRMED: off unless tried with the carrier. */
    international: Type.Optional(Type.Boolean({ default: false })),
    /** Agreed limits; what holds without an agreement is UNCONFIRMED. */
    maxPieceGrams: Type.Optional(Type.Integer({ minimum: 1, default: 30_000 })),
    maxLongestSideMm: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Prices are asked for where this is filled. */
    priceTiers: Type.Optional(Type.Array(priceTierSchema)),
  },
  { additionalProperties: false },
);
export type NinjaVanSettings = Static<typeof settingsSchema>;

const maybe = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
const scalar = Type.Union([Type.Number(), Type.String()]);
/** A number, also where it came as text. */
const amount = Type.Union([Type.Number(), Type.String({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*$' })]);

export const tokenSchema = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  expires: maybe(amount),
  expires_in: maybe(amount),
});

export const errorSchema = Type.Object({
  error: Type.Object({
    code: maybe(scalar),
    request_id: maybe(Type.String()),
    title: maybe(Type.String()),
    message: maybe(Type.String()),
    details: maybe(
      Type.Array(
        Type.Object({ reason: maybe(Type.String()), field: maybe(Type.String()), message: maybe(Type.String()) }),
      ),
    ),
  }),
});
export type ErrorBody = Static<typeof errorSchema>['error'];

/** Of a booking only the number must be there: it exists whatever the rest says. */
export const orderedSchema = Type.Object({
  tracking_number: Type.String({ minLength: 1 }),
  parcel_job: Type.Optional(Type.Unknown()),
});
export const storedJobSchema = Type.Object({ delivery_start_date: Type.String() });

export const priceSchema = Type.Object({ data: Type.Object({ total_fee: amount }) });

const measurementsSchema = Type.Object({
  weight: maybe(amount),
  dimensions: maybe(Type.Object({ length: maybe(amount), width: maybe(amount), height: maybe(amount) })),
});

const scanFields = {
  shipper_order_ref_no: maybe(scalar),
  /** ISO 8601 with offset; epoch seconds or milliseconds are read too. */
  timestamp: maybe(scalar),
  is_parcel_on_rts_leg: maybe(Type.Union([Type.Boolean(), Type.String(), Type.Number()])),
  parcel_measurements_information: maybe(measurementsSchema),
};
const scanSchema = Type.Object({ ...scanFields, status: maybe(Type.String()), event: maybe(Type.String()) });
export type Scan = Static<typeof scanSchema>;

export const trackingSchema = Type.Object({
  data: Type.Array(
    Type.Object({ tracking_number: Type.String({ minLength: 1 }), events: maybe(Type.Array(scanSchema)) }),
  ),
});
export type TrackedOrder = Static<typeof trackingSchema>['data'][number];

export const webhookSchema = Type.Object({
  ...scanFields,
  tracking_id: Type.String({ minLength: 1 }),
  status: Type.String({ minLength: 1 }),
  event: maybe(Type.String()),
});
