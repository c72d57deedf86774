import { type Static, type TSchema, Type } from '@sinclair/typebox';

export { credentialsSchema, type MagentoCredentials, type MagentoSettings, settingsSchema } from './credentials.ts';

const id = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const maybe = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
const text = Type.String();
/** Amounts are JSON numbers, in some versions and in custom attributes texts. */
const decimal = Type.Union([Type.Number(), text]);

/** A list: `items` may be null (older versions). */
export const listSchema = <S extends TSchema>(row: S) =>
  Type.Object({ items: maybe(Type.Array(row)), total_count: maybe(Type.Number()) });

export const storeConfigsSchema = Type.Array(
  Type.Object({
    id,
    code: text,
    website_id: id,
    base_currency_code: Type.String({ pattern: '^[A-Z]{3}$' }),
    timezone: maybe(text),
    weight_unit: maybe(text),
    base_url: maybe(text),
    secure_base_media_url: maybe(text),
    base_media_url: maybe(text),
  }),
);
export const websitesSchema = Type.Array(Type.Object({ id, code: text, name: maybe(text) }));
export const modulesSchema = Type.Array(text);
export const stockResolverSchema = Type.Object({ stock_id: id });

export const productSchema = Type.Object({
  id,
  sku: text,
  name: maybe(text),
  price: maybe(decimal),
  status: maybe(Type.Number()),
  visibility: maybe(Type.Number()),
  type_id: text,
  updated_at: maybe(text),
  weight: maybe(decimal),
  /** Members are guarded one by one: PHP's empty object comes as a list. */
  extension_attributes: Type.Optional(Type.Unknown()),
  media_gallery_entries: maybe(
    Type.Array(
      Type.Object({
        file: maybe(text),
        label: maybe(text),
        media_type: maybe(text),
        disabled: maybe(Type.Unknown()),
        position: maybe(Type.Number()),
      }),
    ),
  ),
  custom_attributes: maybe(Type.Array(Type.Object({ attribute_code: text, value: Type.Unknown() }))),
});
export type MagentoProduct = Static<typeof productSchema>;

/** The least that a row must have to be spoken of. */
export const rowSchema = Type.Object({ id });

/** Of lists that were asked for SKUs alone. */
export const skuRowSchema = Type.Object({ sku: text });

export const extensionSchema = Type.Object({
  website_ids: maybe(Type.Array(decimal)),
  category_links: maybe(Type.Array(Type.Object({ category_id: decimal }))),
  configurable_product_options: maybe(
    Type.Array(
      Type.Object({
        attribute_id: decimal,
        label: maybe(text),
        values: maybe(Type.Array(Type.Object({ value_index: decimal }))),
      }),
    ),
  ),
  configurable_product_links: maybe(Type.Array(decimal)),
});
export type MagentoExtension = Static<typeof extensionSchema>;

export const attributeRowSchema = Type.Object({
  attribute_id: decimal,
  attribute_code: text,
  default_frontend_label: maybe(text),
  options: maybe(Type.Array(Type.Object({ label: maybe(decimal), value: maybe(decimal) }))),
});
export const categoryRowSchema = Type.Object({ id, name: maybe(text) });

export const stockItemSchema = Type.Object({
  item_id: maybe(id),
  qty: maybe(Type.Number()),
  is_in_stock: maybe(Type.Boolean()),
  manage_stock: maybe(Type.Boolean()),
  min_qty: maybe(Type.Number()),
});
/** UNCONFIRMED: a row of the bulk export of salable quantities. */
export const exportRowSchema = Type.Object({
  sku: text,
  qty: Type.Union([Type.Number(), Type.Null()]),
  is_salable: Type.Boolean(),
});
export const anyRowSchema = Type.Unknown();
export const sourceItemSchema = Type.Object({
  sku: text,
  source_code: text,
  quantity: Type.Number(),
  status: Type.Number(),
});
export type SourceItem = Static<typeof sourceItemSchema>;
export const stockLinkSchema = Type.Object({ source_code: text });
export const sourceSchema = Type.Object({ source_code: text, name: maybe(text), enabled: maybe(Type.Boolean()) });
export const numberSchema = Type.Number();
export const scalarSchema = Type.Union([Type.Number(), text, Type.Boolean()]);
export const okSchema = Type.Unknown();

const orderItemFields = {
  item_id: id,
  parent_item_id: maybe(id),
  product_id: maybe(id),
  product_type: maybe(text),
  sku: text,
  qty_ordered: Type.Number(),
  qty_invoiced: maybe(Type.Number()),
  qty_shipped: maybe(Type.Number()),
  qty_canceled: maybe(Type.Number()),
  qty_refunded: maybe(Type.Number()),
  row_total: maybe(decimal),
};
const orderItemSchema = Type.Object(orderItemFields);

const orderFields = {
  entity_id: id,
  increment_id: text,
  state: text,
  status: maybe(text),
  ext_order_id: maybe(text),
  customer_email: maybe(text),
  order_currency_code: text,
  grand_total: decimal,
  tax_amount: maybe(decimal),
  total_paid: maybe(decimal),
  total_refunded: maybe(decimal),
  shipping_amount: maybe(decimal),
  shipping_refunded: maybe(decimal),
  created_at: maybe(text),
  updated_at: maybe(text),
  items: maybe(Type.Array(orderItemSchema)),
  status_histories: maybe(Type.Array(Type.Object({ comment: maybe(text), entity_id: maybe(id) }))),
};
export const orderSchema = Type.Object(orderFields);
export type MagentoOrder = Static<typeof orderSchema>;
/** Of an order that was asked for these alone. */
export const orderStatusSchema = Type.Object({ status: maybe(text) });
export const orderCommentsSchema = Type.Object({
  status: maybe(text),
  status_histories: maybe(Type.Array(Type.Object({ comment: maybe(text) }))),
});

/** An order with its money in detail. */
export const orderDetailSchema = Type.Object({
  ...orderFields,
  discount_amount: maybe(decimal),
  discount_tax_compensation_amount: maybe(decimal),
  shipping_discount_amount: maybe(decimal),
  shipping_discount_tax_compensation_amount: maybe(decimal),
  items: maybe(
    Type.Array(
      Type.Object({
        ...orderItemFields,
        name: maybe(text),
        tax_amount: maybe(decimal),
        discount_amount: maybe(decimal),
        discount_tax_compensation_amount: maybe(decimal),
      }),
    ),
  ),
});
export type OrderDetail = Static<typeof orderDetailSchema>;

/** Inner parts may be left out of lists: they are looked at one by one then. */
export const creditMemoSchema = Type.Object({
  entity_id: id,
  order_id: id,
  created_at: maybe(text),
  grand_total: maybe(decimal),
  order_currency_code: maybe(text),
  items: maybe(Type.Array(Type.Object({ order_item_id: id, qty: maybe(Type.Number()) }))),
  comments: maybe(Type.Array(Type.Object({ comment: maybe(text) }))),
});
export type CreditMemo = Static<typeof creditMemoSchema>;

export const shipmentDetailSchema = Type.Object({
  entity_id: id,
  order_id: id,
  created_at: maybe(text),
  tracks: maybe(Type.Array(Type.Object({ track_number: maybe(text), title: maybe(text), carrier_code: maybe(text) }))),
});
export type ShipmentDetail = Static<typeof shipmentDetailSchema>;

export const shipmentSchema = Type.Object({
  entity_id: id,
  order_id: id,
  tracks: maybe(Type.Array(Type.Object({ track_number: maybe(text) }))),
});

export const cartItemSchema = Type.Object({ item_id: id, sku: text, qty: Type.Number(), price: decimal });
export const cartTotalsSchema = Type.Object({
  totals: Type.Object({
    grand_total: decimal,
    quote_currency_code: maybe(text),
    items: Type.Array(
      Type.Object({ item_id: id, qty: Type.Number(), row_total: decimal, discount_amount: maybe(decimal) }),
    ),
  }),
  payment_methods: Type.Array(Type.Object({ code: text })),
});
export const shippingMethodsSchema = Type.Array(
  Type.Object({
    carrier_code: text,
    method_code: maybe(text),
    amount: maybe(decimal),
    available: maybe(Type.Boolean()),
  }),
);

export const basePriceSchema = Type.Object({ sku: text, store_id: Type.Number(), price: decimal });
export const specialPriceSchema = Type.Object({
  sku: text,
  store_id: Type.Number(),
  price: decimal,
  price_from: maybe(text),
  price_to: maybe(text),
});
export type SpecialPrice = Static<typeof specialPriceSchema>;
export const scopedAttributeSchema = Type.Object({ scope: maybe(text) });

export const failuresSchema = Type.Array(Type.Object({ message: text, parameters: Type.Optional(Type.Unknown()) }));
export const bulkAcceptedSchema = Type.Object({
  bulk_uuid: text,
  request_items: Type.Array(Type.Object({ id, status: text, error_message: maybe(text) })),
});
export const bulkStatusSchema = Type.Object({
  operations_list: Type.Array(
    Type.Object({ id, status: Type.Integer(), result_message: maybe(text), error_code: maybe(Type.Number()) }),
  ),
});

export const errorSchema = Type.Object({
  message: text,
  parameters: Type.Optional(Type.Unknown()),
  errors: Type.Optional(Type.Unknown()),
  code: Type.Optional(Type.Unknown()),
});
/** How PHP's fatal errors come. */
export const fatalSchema = Type.Object({
  messages: Type.Object({ error: Type.Array(Type.Object({ message: text }), { minItems: 1 }) }),
});

export { check } from '../contract/check.ts';
