import { type Static, Type } from '@sinclair/typebox';

/**
 * What a person connects with. v2: the tokens rotate, each refresh answers new ones and the old refresh token is dead. v1:
 * one long-lived access token from the developer console, without the refresh token and the time of its end.
 */
export const credentialsSchema = Type.Object(
  {
    appKey: Type.String({ minLength: 1, title: 'App key' }),
    appSecret: Type.String({ minLength: 1, title: 'App secret' }),
    accessToken: Type.String({ minLength: 1, title: 'Access token' }),
    refreshToken: Type.Optional(Type.String({ minLength: 1, title: 'Refresh token (v2)' })),
    accessTokenExpiresAt: Type.Optional(
      Type.String({ title: 'Access token valid until, ISO 8601 (v2; without it, it is renewed once it is refused)' }),
    ),
    /** Set by renewals: a token that lives shorter than the early margin must not be renewed before every call. */
    accessTokenIssuedAt: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type JdIdCredentials = Static<typeof credentialsSchema>;

/** Values that every product carries and that are no business of the single listing. Defaults in `productDefaults`. */
const productConstantsSchema = Type.Object(
  {
    packageInfo: Type.String({ minLength: 1 }),
    productArea: Type.String(),
    /** 10000000 = Indonesia, 156 = China (one source). */
    countryId: Type.Integer(),
    /** 1 = local, 2 = cross-border (one source). */
    crossProductType: Type.Integer(),
    clearanceType: Type.Integer(),
    taxesType: Type.Integer(),
    /** 1 = none; more in the README. */
    warrantyPeriod: Type.Integer(),
    /** 1 = refund within 7 days, 3 = that and exchange within 15 days. */
    afterSale: Type.Integer(),
    whetherCod: Type.Integer(),
    minQuantity: Type.Integer({ minimum: 1 }),
    maxQuantity: Type.Integer({ minimum: 1 }),
    /** Freight template, v1 only. */
    transportId: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type JdIdProductConstants = Static<typeof productConstantsSchema>;

export const productDefaults: JdIdProductConstants = {
  packageInfo: '1 x product',
  productArea: 'Indonesia',
  countryId: 10_000_000,
  crossProductType: 2,
  clearanceType: 2,
  taxesType: 2,
  warrantyPeriod: 1,
  afterSale: 1,
  whetherCod: 0,
  minQuantity: 1,
  maxQuantity: 1_000_000,
};

const reviewStatus = Type.Union([Type.Literal('in_review'), Type.Literal('passed'), Type.Literal('rejected')]);

export const settingsSchema = Type.Object(
  {
    /** Which of the two gateways `gatewayUrl` is: v1 until about 2021, v2 from then on. */
    gateway: Type.Optional(Type.Union([Type.Literal('v1'), Type.Literal('v2')], { title: 'Gateway', default: 'v2' })),
    /** With path: `https://open-api.jd.id/routerjson` (v2), `https://open.jd.id/api` (v1). */
    gatewayUrl: Type.String({ minLength: 1, title: 'Gateway address' }),
    /** v1's address for uploads; without it `gatewayUrl` with `_bigdata` behind. */
    uploadUrl: Type.Optional(Type.String({ minLength: 1, title: 'Upload address (v1)' })),
    /** The folder of v2's token calls: `https://oauth.jd.id/oauth2`. */
    oauthUrl: Type.Optional(Type.String({ minLength: 1, title: 'OAuth address (v2)' })),
    venderId: Type.Optional(Type.String({ title: 'Vendor id' })),
    region: Type.Optional(Type.String({ title: 'Country of delivery (ISO 3166-1 alpha-2)', default: 'ID' })),
    currency: Type.Optional(Type.String({ title: 'Currency', default: 'IDR' })),
    /** Tokens are renewed so long before they end. */
    refreshEarlyMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 600, default: 60 })),
    /** Hours from the order until it must be handed over, by the seller's contract; no method of JD.id's names a deadline. */
    shipWithinHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720, title: 'Hours to ship an order' })),
    orderPageSize: Type.Optional(Type.Integer({ minimum: 20, maximum: 100, default: 100 })),
    /** Ask per state instead of without a filter, should the gateway insist on `orderStatus` (UNCONFIRMED). */
    listOrdersByState: Type.Optional(Type.Boolean({ default: false })),
    /** v2's windows are asked for so much longer: one source reads them as China's time, an hour ahead of Jakarta's. */
    windowSlackMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 120, default: 60 })),
    /** v1 has no window by changes: orders are asked for from so many days before the window on. */
    orderLookBackDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 90, default: 9 })),
    /** Which time v1's windows go by. */
    orderWindow: Type.Optional(
      Type.Union([Type.Literal('bookTime'), Type.Literal('createdTime')], { default: 'bookTime' }),
    ),
    /** Categories, attributes and brands are remembered so long; 0 = not at all. */
    lookUpMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_080, default: 720 })),
    /** How many of the newest products are searched for a seller SKU. */
    findListingMaxProducts: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, default: 300 })),
    /** Our carrier names → JD.id's `expressCompany`; names that are not in it are sent as they are. */
    expressCompanies: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** Meaning of review values (v2: `auditStatus`, v1: `wareStatus`), over and above the tag table. */
    reviewStates: Type.Optional(Type.Record(Type.String(), reviewStatus)),
    product: Type.Optional(Type.Partial(productConstantsSchema)),
  },
  { additionalProperties: false },
);
export type JdIdSettings = Static<typeof settingsSchema>;
