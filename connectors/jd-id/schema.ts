import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

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
    accessTokenExpiresAt: Type.Optional(Type.String({ title: 'Access token valid until, ISO 8601 (v2)' })),
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

/** Ids and numbers come as numbers or as text, depending on method and mood. */
const scalar = Type.Union([Type.Number(), Type.String()]);
const maybe = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
const flag = Type.Union([Type.Boolean(), Type.String(), Type.Number()]);

/** The innermost layer of an answer. `getWareInfoListByVendorId` says `isSuccess`, everything else `success`. */
export const serviceResultSchema = Type.Object({
  code: maybe(scalar),
  success: maybe(flag),
  isSuccess: maybe(flag),
  message: maybe(Type.String()),
  model: Type.Optional(Type.Unknown()),
});

export const gatewayErrorSchema = Type.Object({
  code: maybe(scalar),
  zh_desc: maybe(Type.String()),
  en_desc: maybe(Type.String()),
});

export const tokenAnswerSchema = Type.Object({
  code: maybe(scalar),
  access_token: maybe(Type.String()),
  refresh_token: maybe(Type.String()),
  expires_in: maybe(scalar),
  time: maybe(scalar),
});

/** The outermost layer of v1. `openapi_data` is a JSON text. */
export const outerV1Schema = Type.Object({
  openapi_code: scalar,
  openapi_msg: maybe(Type.String()),
  openapi_data: Type.Optional(Type.Unknown()),
});

/** Shape UNCONFIRMED for v2. */
export const brandsSchema = Type.Array(
  Type.Object({ id: scalar, brandId: maybe(scalar), brandName: maybe(Type.String()), nameEn: maybe(Type.String()) }),
);

export const categoriesSchema = Type.Array(
  Type.Object({ id: scalar, name: maybe(Type.String()), nameEn: maybe(Type.String()), parentId: maybe(scalar) }),
);

export const attributesSchema = Type.Array(
  Type.Object({ propertyId: scalar, type: maybe(scalar), name: maybe(Type.String()), nameEn: maybe(Type.String()) }),
);

export const attributeValuesSchema = Type.Object({
  totalCount: maybe(scalar),
  result: maybe(
    Type.Array(Type.Object({ attributeValueId: scalar, name: maybe(Type.String()), nameEn: maybe(Type.String()) })),
  ),
});

/** v1's attribute values stand under another name. */
export const valuesV1Schema = Type.Object({
  totalCount: maybe(scalar),
  data: maybe(
    Type.Array(Type.Object({ attributeValueId: scalar, name: maybe(Type.String()), nameEn: maybe(Type.String()) })),
  ),
});

/** A product. Where the refusal's reason stands is UNCONFIRMED: every name in `reasonKeys` (tags.ts) is looked at. */
export const waresSchema = Type.Array(
  Type.Object({ spuId: scalar, wareStatus: maybe(scalar), auditStatus: maybe(scalar) }),
);
export type Ware = Static<typeof waresSchema>[number];

export const wareListSchema = Type.Object({ totalNum: maybe(scalar), spuInfoVoList: maybe(waresSchema) });

export const skusSchema = Type.Array(
  Type.Object({
    skuId: scalar,
    sellerSkuId: maybe(scalar),
    skuName: maybe(Type.String()),
    jdPrice: maybe(scalar),
    status: maybe(scalar),
  }),
);
export type Sku = Static<typeof skusSchema>[number];

export const createdSchema = Type.Object({ spuId: scalar });
export const idListSchema = Type.Array(scalar);

export const labelSchema = Type.Object({
  expressNo: maybe(scalar),
  preExpressNo: maybe(scalar),
  content: maybe(Type.String()),
});

/** Some of v1's clients read the document as `pdf`. */
export const labelV1Schema = Type.Object({
  data: Type.Array(
    Type.Object({
      orderId: maybe(scalar),
      deliveryId: maybe(scalar),
      preDeliveryId: maybe(scalar),
      PDF: maybe(Type.String()),
      pdf: maybe(Type.String()),
    }),
  ),
});

/** One SKU of a stock write. */
export const stockOutcomeSchema = Type.Object({ code: maybe(scalar), message: maybe(Type.String()), success: flag });
export const stockMapSchema = Type.Record(Type.String(), stockOutcomeSchema);

const orderLineSchema = Type.Object({
  skuId: scalar,
  popSkuId: maybe(scalar),
  skuName: maybe(Type.String()),
  skuNumber: scalar,
  jdPrice: scalar,
  couponAmount: maybe(scalar),
  promotionAmount: maybe(scalar),
  fullCutAmount: maybe(scalar),
  taxationAmount: maybe(scalar),
  orderSkuUuidId: maybe(scalar),
});
export type OrderLineVo = Static<typeof orderLineSchema>;

export const orderSchema = Type.Object({
  orderId: scalar,
  orderState: scalar,
  bookTime: maybe(scalar),
  createTime: maybe(scalar),
  payTime: maybe(scalar),
  modifyTime: maybe(scalar),
  orderCompleteTime: maybe(scalar),
  totalPrice: maybe(scalar),
  freightAmount: maybe(scalar),
  expressNo: maybe(scalar),
  customerName: maybe(Type.String()),
  phone: maybe(scalar),
  mobile: maybe(scalar),
  email: maybe(Type.String()),
  address: maybe(Type.String()),
  deliveryAddr: maybe(Type.String()),
  area: maybe(Type.String()),
  city: maybe(Type.String()),
  state: maybe(Type.String()),
  postCode: maybe(scalar),
  buyerMessage: maybe(Type.String()),
  orderSkuinfos: Type.Array(orderLineSchema),
});
export type OrderVo = Static<typeof orderSchema>;
export const orderIdSchema = Type.Object({ orderId: scalar });
export const ordersSchema = Type.Array(Type.Unknown());

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
