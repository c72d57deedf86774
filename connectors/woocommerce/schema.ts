import { type Static, type TSchema, Type } from '@sinclair/typebox';

export {
  credentialsSchema,
  settingsSchema,
  type WooCommerceCredentials,
  type WooCommerceSettings,
} from './credentials.ts';

/** Ids are JSON numbers; beyond 2^53 they would have lost digits already. */
const id = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const maybe = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
/** Prices, weights and lengths are strings; some plugins turn them into numbers. */
const decimal = Type.Union([Type.String(), Type.Number()]);
const text = Type.String();
const metaData = maybe(Type.Array(Type.Object({ key: maybe(text), value: Type.Unknown() })));

const sellable = {
  id,
  status: maybe(text),
  sku: maybe(text),
  global_unique_id: maybe(text),
  price: maybe(decimal),
  regular_price: maybe(decimal),
  sale_price: maybe(decimal),
  date_on_sale_from_gmt: maybe(text),
  date_on_sale_to_gmt: maybe(text),
  date_modified_gmt: maybe(text),
  tax_class: maybe(text),
  /** Variations may say `"parent"`. */
  manage_stock: maybe(Type.Union([Type.Boolean(), Type.Literal('parent')])),
  stock_quantity: maybe(Type.Number()),
  stock_status: maybe(text),
  weight: maybe(decimal),
  dimensions: maybe(Type.Object({ length: maybe(decimal), width: maybe(decimal), height: maybe(decimal) })),
  parent_id: maybe(id),
  meta_data: metaData,
};

export const variationSchema = Type.Object({
  ...sellable,
  attributes: maybe(Type.Array(Type.Object({ name: text, option: maybe(text) }))),
});
export type WooVariation = Static<typeof variationSchema>;

export const productSchema = Type.Object({
  ...sellable,
  name: text,
  type: text,
  description: maybe(text),
  categories: maybe(Type.Array(Type.Object({ id, name: text }))),
  images: maybe(Type.Array(Type.Object({ src: maybe(text), alt: maybe(text) }))),
  attributes: maybe(
    Type.Array(Type.Object({ name: text, variation: maybe(Type.Boolean()), options: maybe(Type.Array(text)) })),
  ),
  variations: maybe(Type.Array(id)),
});
export type WooProduct = Static<typeof productSchema>;

/** What a unit's row must tell before its price is changed. */
export const priceSchema = Type.Object({
  id,
  type: maybe(text),
  sku: sellable.sku,
  regular_price: sellable.regular_price,
  sale_price: sellable.sale_price,
  date_on_sale_from_gmt: sellable.date_on_sale_from_gmt,
  date_on_sale_to_gmt: sellable.date_on_sale_to_gmt,
});
export type WooPrice = Static<typeof priceSchema>;

/** The least that a row must have to be spoken of. */
export const rowSchema = Type.Object({ id });
export const rowsSchema = Type.Array(rowSchema);

export const stockSchema = Type.Object({
  id,
  sku: sellable.sku,
  manage_stock: sellable.manage_stock,
  stock_quantity: sellable.stock_quantity,
  stock_status: sellable.stock_status,
});
export type WooStock = Static<typeof stockSchema>;

/** What one rate makes of a line, unrounded. */
const lineTaxes = maybe(Type.Array(Type.Object({ id, total: maybe(decimal) })));

const lineSchema = Type.Object({
  id,
  name: maybe(text),
  product_id: id,
  variation_id: maybe(id),
  quantity: Type.Number(),
  sku: maybe(text),
  subtotal: maybe(text),
  total: text,
  total_tax: maybe(text),
  taxes: lineTaxes,
  meta_data: metaData,
});

export const orderSchema = Type.Object({
  id,
  number: maybe(Type.Union([text, Type.Number()])),
  status: text,
  currency: text,
  total: text,
  total_tax: maybe(text),
  shipping_total: maybe(text),
  discount_total: maybe(text),
  prices_include_tax: maybe(Type.Boolean()),
  transaction_id: maybe(text),
  created_via: maybe(text),
  date_created_gmt: maybe(text),
  date_modified_gmt: maybe(text),
  date_completed_gmt: maybe(text),
  line_items: Type.Array(lineSchema),
  shipping_lines: maybe(Type.Array(Type.Object({ id, taxes: lineTaxes }))),
  tax_lines: maybe(
    Type.Array(Type.Object({ rate_id: id, rate_percent: maybe(decimal), compound: maybe(Type.Boolean()) })),
  ),
  refunds: maybe(Type.Array(Type.Object({ id }))),
  meta_data: metaData,
});
export type WooOrder = Static<typeof orderSchema>;
export const ordersSchema = Type.Array(orderSchema);

/** A refund's lines have negative quantities; `_refunded_item_id` in their meta data names the line of the order. */
export const refundSchema = Type.Object({
  id,
  amount: text,
  reason: maybe(text),
  date_created_gmt: maybe(text),
  line_items: maybe(Type.Array(Type.Object({ id, quantity: Type.Number(), meta_data: metaData }))),
  meta_data: metaData,
});
export type WooRefund = Static<typeof refundSchema>;
export const refundsSchema = Type.Array(refundSchema);

export const notesSchema = Type.Array(Type.Object({ id, note: text }));
export const noteSchema = Type.Object({ id });

export const webhookSchema = Type.Object({
  id,
  name: maybe(text),
  status: text,
  topic: text,
  delivery_url: text,
});
export type WooWebhook = Static<typeof webhookSchema>;
export const webhooksSchema = Type.Array(webhookSchema);

export const indexSchema = Type.Object({
  name: maybe(text),
  url: maybe(text),
  home: maybe(text),
  namespaces: Type.Array(text),
});
export const settingSchema = Type.Object({ id: text, value: Type.Unknown() });
export const settingsListSchema = Type.Array(Type.Object({ id: text, value: Type.Optional(Type.Unknown()) }));
export const currencySchema = Type.Object({ code: Type.String({ pattern: '^[A-Z]{3}$' }) });
/** A batch without rows answers with an empty list or object. */
export const emptyBatchSchema = Type.Unknown();

export const errorSchema = Type.Object({
  code: Type.Union([text, Type.Number()]),
  message: maybe(text),
  /** An object with `status`, except refund errors, which have a bare number. */
  data: Type.Optional(Type.Unknown()),
});
/** The answer to a batch: rows in the order of the request, each the resource or `{id, error}`. */
export const batchSchema = Type.Object({ update: Type.Optional(Type.Array(Type.Unknown())) });
export const batchErrorSchema = Type.Object({ error: errorSchema });

/** A webhook delivery's body: the whole resource, or only the id when it was deleted. */
export const deliverySchema = Type.Object({ id, type: maybe(text), parent_id: maybe(id) });

export { check } from '../contract/check.ts';
