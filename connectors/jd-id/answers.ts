import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

/** Ids and numbers come as numbers or as text, depending on method and mood. */
const scalar = Type.Union([Type.Number(), Type.String()]);
const maybe = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
const flag = Type.Union([Type.Boolean(), Type.String(), Type.Number()]);

/** The innermost layer of an answer. `getWareInfoListByVendorId` says `isSuccess`, everything else `success`. */
export const serviceResultSchema = Type.Object({
  code: maybe(scalar),
  success: maybe(flag),
  isSuccess: maybe(flag),
  message: maybe(scalar),
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

/** Shape UNCONFIRMED for v2: one of both ids must be there. */
export const brandsSchema = Type.Array(
  Type.Object({
    id: maybe(scalar),
    brandId: maybe(scalar),
    brandName: maybe(scalar),
    nameEn: maybe(scalar),
    nameInd: maybe(scalar),
    name: maybe(scalar),
  }),
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
    skuName: maybe(scalar),
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
export const stockOutcomeSchema = Type.Object({ code: maybe(scalar), message: maybe(scalar), success: flag });
export const stockMapSchema = Type.Record(Type.String(), stockOutcomeSchema);

const orderLineSchema = Type.Object({
  skuId: scalar,
  popSkuId: maybe(scalar),
  skuName: maybe(scalar),
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
  customerName: maybe(scalar),
  phone: maybe(scalar),
  mobile: maybe(scalar),
  email: maybe(scalar),
  address: maybe(scalar),
  deliveryAddr: maybe(scalar),
  area: maybe(scalar),
  city: maybe(scalar),
  state: maybe(scalar),
  postCode: maybe(scalar),
  buyerMessage: maybe(scalar),
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
