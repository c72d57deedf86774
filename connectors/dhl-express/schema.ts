import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

export const credentialsSchema = Type.Object(
  {
    username: Type.String({ minLength: 1, title: 'API user name' }),
    password: Type.String({ minLength: 1, title: 'API password' }),
  },
  { additionalProperties: false },
);
export type DhlExpressCredentials = Static<typeof credentialsSchema>;

/** What stands in for fields that a brand's own address leaves empty. */
const shipperDefaultsSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    company: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    phone: Type.Optional(Type.String({ minLength: 1, maxLength: 70 })),
    email: Type.Optional(Type.String({ minLength: 1, maxLength: 70 })),
  },
  { additionalProperties: false },
);

/** Limits that stand in the contract; in place of what is commonly said. */
const contractLimitsSchema = Type.Object(
  {
    maxPieceGrams: Type.Optional(Type.Integer({ minimum: 1 })),
    maxLongestSideMm: Type.Optional(Type.Integer({ minimum: 1 })),
    maxShipmentGrams: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);

export const settingsSchema = Type.Object(
  {
    /** `https://express.api.dhl.com/mydhlapi`, for tests `…/mydhlapi/test`. */
    baseUrl: Type.String({ minLength: 1, title: 'API address' }),
    accountNumber: Type.String({ minLength: 1, maxLength: 12, title: 'Shipper account' }),
    /** Who is billed for duties and taxes with DDP; default: the shipper account. */
    dutiesAccountNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 12 })),
    /** `P` = Express Worldwide with customs. */
    productCode: Type.Optional(Type.String({ minLength: 1, maxLength: 6, default: 'P' })),
    apiVersion: Type.Optional(Type.String({ minLength: 1, default: '3.1.0' })),
    shipper: Type.Optional(shipperDefaultsSchema),
    /** Paperless trade (service `WY`), where it is agreed with DHL. */
    paperlessTrade: Type.Optional(Type.Boolean({ default: false })),
    /** Dots per inch of label printers, for ZPL. */
    printerDpi: Type.Optional(Type.Union([Type.Literal(200), Type.Literal(300)], { default: 200 })),
    /** Waybill numbers are reserved and stored before a booking, where DHL lets the account (else error 3501). */
    reserveNumbers: Type.Optional(Type.Boolean({ default: false })),
    limits: Type.Optional(contractLimitsSchema),
  },
  { additionalProperties: false },
);
export type DhlExpressSettings = Static<typeof settingsSchema>;

const maybe = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
const scalar = Type.Union([Type.Number(), Type.String()]);

/** `application/problem+json`; a 500 says `code` in place of `status`. */
export const problemSchema = Type.Object({
  title: maybe(Type.String()),
  message: maybe(Type.String()),
  detail: maybe(Type.String()),
  additionalDetails: maybe(Type.Array(Type.Unknown())),
  status: maybe(scalar),
  code: maybe(scalar),
});
export type Problem = Static<typeof problemSchema>;

/** A number, also where it came as text. */
const amount = Type.Union([Type.Number(), Type.String({ pattern: '^\\s*-?\\d+(\\.\\d+)?\\s*$' })]);

const priceLineSchema = Type.Object({
  name: maybe(Type.String()),
  serviceCode: maybe(Type.String()),
  serviceTypeCode: maybe(Type.String()),
  typeCode: maybe(Type.String()),
  price: maybe(amount),
  priceBreakdown: maybe(Type.Array(Type.Object({ priceType: maybe(Type.String()), price: maybe(amount) }))),
});
export type PriceLine = Static<typeof priceLineSchema>;

export const ratesSchema = Type.Object({
  products: Type.Array(
    Type.Object({
      productName: maybe(Type.String()),
      productCode: Type.String(),
      totalPrice: maybe(
        Type.Array(
          Type.Object({
            currencyType: maybe(Type.String()),
            priceCurrency: maybe(Type.String()),
            price: maybe(amount),
          }),
        ),
      ),
      detailedPriceBreakdown: maybe(
        Type.Array(
          Type.Object({
            currencyType: maybe(Type.String()),
            priceCurrency: maybe(Type.String()),
            breakdown: maybe(Type.Array(priceLineSchema)),
          }),
        ),
      ),
      deliveryCapabilities: maybe(Type.Object({ estimatedDeliveryDateAndTime: maybe(Type.String()) })),
    }),
  ),
});
export type RatedProduct = Static<typeof ratesSchema>['products'][number];

/** Of a booking only the number must be there; the parts are checked one by one, because it exists whatever they say. */
export const bookedSchema = Type.Object({ shipmentTrackingNumber: scalar });
export const bookedPackagesSchema = Type.Array(Type.Object({ referenceNumber: maybe(scalar), trackingNumber: scalar }));
export const bookedDocumentsSchema = Type.Array(
  Type.Object({
    imageFormat: maybe(Type.String()),
    content: Type.String({ minLength: 1 }),
    typeCode: Type.String(),
    packageReferenceNumber: maybe(scalar),
  }),
);
export const bookedChargesSchema = Type.Array(
  Type.Object({
    currencyType: maybe(Type.String()),
    priceCurrency: maybe(Type.String()),
    price: maybe(amount),
    serviceBreakdown: maybe(Type.Array(priceLineSchema)),
  }),
);
/** An answer to a pick-up; the number is all that must be there. */
export const pickupSchema = Type.Object({
  dispatchConfirmationNumbers: maybe(Type.Array(scalar)),
  /** The same, as bookings with a pick-up name it. */
  dispatchConfirmationNumber: maybe(scalar),
  readyByTime: maybe(Type.String()),
  nextPickupDate: maybe(Type.String()),
  warnings: maybe(Type.Array(Type.String())),
});
/** Reserved numbers; the shape is UNCONFIRMED. */
export const identifiersSchema = Type.Object({
  identifiers: Type.Array(
    Type.Object({ typeCode: maybe(Type.String()), list: maybe(Type.Array(scalar)), value: maybe(scalar) }),
    { minItems: 1 },
  ),
});
/** A dry run; that a number means a booking after all is checked. */
export const dryRunSchema = Type.Object({
  shipmentTrackingNumber: maybe(scalar),
  warnings: maybe(Type.Array(Type.String())),
});
export const warningsSchema = Type.Array(Type.String());

const sidesSchema = Type.Object({
  length: maybe(amount),
  width: maybe(amount),
  height: maybe(amount),
});
const referenceSchema = Type.Object({ value: maybe(scalar) });
const eventSchema = Type.Object({
  date: maybe(Type.String()),
  time: maybe(Type.String()),
  GMTOffset: maybe(Type.String()),
  typeCode: Type.String(),
  description: maybe(Type.String()),
  serviceArea: maybe(Type.Array(Type.Object({ code: maybe(Type.String()), description: maybe(Type.String()) }))),
});
export type ScanVo = Static<typeof eventSchema>;

export const trackingSchema = Type.Object({
  shipments: Type.Array(
    Type.Object({
      shipmentTrackingNumber: scalar,
      shipperReferences: maybe(Type.Array(referenceSchema)),
      events: maybe(Type.Array(eventSchema)),
      pieces: maybe(
        Type.Array(
          Type.Object({
            number: maybe(scalar),
            trackingNumber: maybe(scalar),
            shipperReferences: maybe(Type.Array(referenceSchema)),
            events: maybe(Type.Array(eventSchema)),
            actualWeight: maybe(amount),
            actualDimensions: maybe(sidesSchema),
            unitOfMeasurements: maybe(Type.String()),
          }),
        ),
      ),
    }),
  ),
});
export type TrackedShipment = Static<typeof trackingSchema>['shipments'][number];

const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

/** The first place where a value does not fit its schema, as `/path: what was expected`; null when it fits. */
export function misfit(schema: TSchema, value: unknown): string | null {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = TypeCompiler.Compile(schema);
    compiled.set(schema, check);
  }
  if (check.Check(value)) return null;
  const first = check.Errors(value).First();
  return first === undefined ? '/: unexpected shape' : `${first.path === '' ? '/' : first.path}: ${first.message}`;
}

/** True when the value fits; narrows its type. */
export function fits<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return misfit(schema, value) === null;
}
