import { type Static, type TSchema, Type } from '@sinclair/typebox';

/** What a person connects with: static, given by Zilingo's staff on request. */
export const credentialsSchema = Type.Object(
  {
    sellerId: Type.String({ pattern: '^SEL', title: 'Seller id (begins with SEL)' }),
    apiKey: Type.String({ pattern: '^SAK-', title: 'API key (begins with SAK-)' }),
  },
  { additionalProperties: false },
);
export type ZilingoCredentials = Static<typeof credentialsSchema>;

/** Calls that no public code knows. All off: then a person does it in the seller portal and polling shows it. */
const unconfirmedSchema = Type.Object(
  {
    accept: Type.Optional(Type.Boolean({ default: false, title: 'Orders are accepted by call' })),
    pickup: Type.Optional(Type.Boolean({ default: false, title: 'The courier is called by call' })),
    label: Type.Optional(Type.Boolean({ default: false, title: 'Labels are fetched by call' })),
    ship: Type.Optional(
      Type.Boolean({ default: false, title: 'Shipments with our own carrier are confirmed by call' }),
    ),
    products: Type.Optional(Type.Boolean({ default: false, title: 'Own products can be listed' })),
    /** Where these calls lie, below the address. */
    prefix: Type.Optional(Type.String({ default: '/__unconfirmed' })),
  },
  { additionalProperties: false },
);

export const settingsSchema = Type.Object(
  {
    /** `https://api.sellers.zilingo.com` */
    baseUrl: Type.String({ minLength: 1, title: 'Address' }),
    locale: Type.Optional(Type.String({ default: 'en', title: 'Locale (en, id)' })),
    region: Type.Optional(Type.String({ default: 'SG', title: 'Country of delivery (ISO 3166-1 alpha-2)' })),
    /** The seller's, whatever the site shows to buyers. */
    currency: Type.Optional(Type.String({ default: 'SGD', title: 'Currency of the seller (ISO 4217)' })),
    /** No call lists them: they stand in the portal's upload sheets. */
    subCategoryIds: Type.Optional(Type.Array(Type.String(), { title: 'Ids of the sub-categories in use' })),
    /** Hours from the order until it must be handed over, by the seller's contract; no call names a deadline. */
    shipWithinHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720, title: 'Hours to ship an order' })),
    /** Ended orders are read again for so long after they were placed; open ones always. */
    endedOrderDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 45 })),
    orderPageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
    /** States that are asked for beside the known ones; orders in them become problems. */
    moreOrderStates: Type.Optional(Type.Array(Type.String())),
    unconfirmed: Type.Optional(unconfirmedSchema),
  },
  { additionalProperties: false },
);
export type ZilingoSettings = Static<typeof settingsSchema>;

/** Numbers and ids come as numbers or as text. */
const scalar = Type.Union([Type.Number(), Type.String()]);
const maybe = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));

const moneySchema = Type.Object({ amount: scalar, currency: Type.String() });
export type MoneyVo = Static<typeof moneySchema>;

const choicesSchema = Type.Array(Type.Object({ id: scalar, name: maybe(Type.String()) }));

export const subCategorySchema = Type.Object({
  id: scalar,
  name: maybe(Type.String()),
  attributes: maybe(
    Type.Array(
      Type.Object({
        id: scalar,
        name: maybe(Type.String()),
        isOptional: maybe(Type.Boolean()),
        isMultiSelectable: maybe(Type.Boolean()),
        attributeChoices: maybe(choicesSchema),
      }),
    ),
  ),
  colors: maybe(choicesSchema),
  sizes: maybe(choicesSchema),
  capacities: maybe(choicesSchema),
});
export type SubCategory = Static<typeof subCategorySchema>;

const skuSchema = Type.Object({
  zilingoSKUId: scalar,
  sellerSKUId: maybe(scalar),
  /** Where prices stand in answers is UNCONFIRMED: an amount, or one with its currency. */
  price: Type.Optional(Type.Unknown()),
  pricePerUnit: Type.Optional(Type.Unknown()),
});
export type SkuVo = Static<typeof skuSchema>;

/** A product. The request says `skus`, the answer `SKUs`; both are read. */
export const productSchema = Type.Object({
  productClientId: maybe(scalar),
  productId: maybe(scalar),
  status: maybe(Type.String()),
  SKUs: maybe(Type.Array(skuSchema)),
  skus: maybe(Type.Array(skuSchema)),
});
export type ProductVo = Static<typeof productSchema>;

export const productListSchema = Type.Object({
  approvedProducts: maybe(Type.Array(productSchema)),
  delistedProducts: maybe(Type.Array(productSchema)),
});

export const uploadedSchema = Type.Object({ productClientId: scalar });

export const quantitiesSchema = Type.Object({
  zilingoSKUQuantities: Type.Array(Type.Object({ zilingoSKUId: maybe(scalar), quantity: scalar })),
});

/** Rows of `byStatus`: beside the first two everything is UNCONFIRMED. */
export const unitRowsSchema = Type.Object({
  totalCount: maybe(scalar),
  results: maybe(
    Type.Array(
      Type.Object({
        shippableUnitId: scalar,
        createdAt: scalar,
        orderId: maybe(scalar),
        status: maybe(Type.String()),
      }),
    ),
  ),
});

const addressSchema = Type.Record(Type.String(), Type.Unknown());

/** The names inside items and addresses are UNCONFIRMED. */
export const invoiceSchema = Type.Object({
  shippableUnitId: scalar,
  subOrderId: maybe(scalar),
  orderId: scalar,
  orderedAt: maybe(scalar),
  orderItems: Type.Array(
    Type.Object({
      orderItemId: maybe(scalar),
      zilingoSKUId: scalar,
      sellerSKUId: maybe(scalar),
      productName: maybe(scalar),
      quantity: scalar,
      pricePerUnit: moneySchema,
    }),
  ),
  subOrderAmount: maybe(moneySchema),
  appliedCoupon: maybe(Type.Union([moneySchema, Type.Object({ discount: moneySchema })])),
  shippingCharge: maybe(moneySchema),
  userAddress: maybe(addressSchema),
  deliveryAddress: maybe(addressSchema),
  paymentMode: Type.Optional(Type.Unknown()),
  buyerNote: maybe(scalar),
  trackingNumber: maybe(scalar),
});
export type InvoiceVo = Static<typeof invoiceSchema>;

export const labelSchema = Type.Object({
  trackingNumber: scalar,
  carrier: maybe(Type.String()),
  label: maybe(Type.String()),
});
