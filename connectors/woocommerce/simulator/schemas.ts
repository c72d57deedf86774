import type { ParamSpec, ParamSpecs } from './params.ts';

const text: ParamSpec = { type: 'string' };
const integer: ParamSpec = { type: 'integer' };
const bool: ParamSpec = { type: 'boolean' };
const date: ParamSpec = { type: 'string', format: 'date-time' };
const nullableDate: ParamSpec = { type: ['null', 'string'] };
const integers: ParamSpec = { type: 'array', items: integer };
const texts: ParamSpec = { type: 'array', items: text };
const objects: ParamSpec = { type: 'array', items: { type: 'object' } };
const oneOf = (...values: string[]): ParamSpec => ({ type: 'string', enum: values });

const context: ParamSpec = { ...oneOf('view', 'edit'), default: 'view' };

/** Arguments of every paged list. */
const paging = {
  context,
  page: { type: 'integer', default: 1, minimum: 1 },
  per_page: { type: 'integer', default: 10, minimum: 1, maximum: 100 },
  search: text,
  exclude: { ...integers, default: [] },
  include: { ...integers, default: [] },
  offset: integer,
} satisfies ParamSpecs;

/** Arguments of lists of posts: by dates, by parent, without some meta data. */
const posts = {
  ...paging,
  after: date,
  before: date,
  modified_after: date,
  modified_before: date,
  dates_are_gmt: { type: 'boolean', default: false },
  order: { ...oneOf('asc', 'desc'), default: 'desc' },
  parent: { ...integers, default: [] },
  parent_exclude: { ...integers, default: [] },
  include_meta: { ...texts, default: [] },
  exclude_meta: { ...texts, default: [] },
} satisfies ParamSpecs;

const PRODUCT_ORDER = [
  ...['date', 'id', 'include', 'title', 'slug', 'modified', 'popularity', 'rating', 'post__in', 'price', 'sales'],
  ...['menu_order', 'random'],
];
const PRODUCT_STATUSES = ['any', 'future', 'trash', 'draft', 'pending', 'private', 'publish'];
const PRODUCT_TYPES = ['simple', 'grouped', 'external', 'variable'];
const STOCK_STATUSES = ['instock', 'outofstock', 'onbackorder'];

/** `GET /products`. */
export const productListParams: ParamSpecs = {
  ...posts,
  orderby: { ...oneOf(...PRODUCT_ORDER), default: 'date' },
  slug: text,
  status: { ...oneOf(...PRODUCT_STATUSES), default: 'any' },
  type: oneOf(...PRODUCT_TYPES),
  sku: text,
  featured: bool,
  category: text,
  tag: text,
  on_sale: bool,
  min_price: text,
  max_price: text,
  stock_status: oneOf(...STOCK_STATUSES),
  search_sku: text,
  include_status: { type: 'array', items: oneOf(...PRODUCT_STATUSES) },
  exclude_status: { type: 'array', items: oneOf(...PRODUCT_STATUSES.filter((status) => status !== 'any')) },
  include_types: { type: 'array', items: oneOf(...PRODUCT_TYPES) },
  exclude_types: { type: 'array', items: oneOf(...PRODUCT_TYPES) },
};

/** `GET /products/{id}/variations` and `GET /variations`. */
export const variationListParams: ParamSpecs = {
  ...posts,
  orderby: { ...oneOf('date', 'id', 'include', 'title', 'slug', 'modified', 'menu_order'), default: 'date' },
  slug: text,
  status: { ...oneOf(...PRODUCT_STATUSES), default: 'any' },
  sku: text,
  on_sale: bool,
  min_price: text,
  max_price: text,
  stock_status: oneOf(...STOCK_STATUSES),
};

const dimensions: ParamSpec = { type: 'object', properties: { length: text, width: text, height: text } };
const meta: ParamSpec = { type: 'array', items: { type: 'object', properties: { key: text } } };

/** Fields that products and variations share. */
const sellable = {
  description: text,
  sku: text,
  global_unique_id: text,
  regular_price: text,
  sale_price: text,
  date_on_sale_from: nullableDate,
  date_on_sale_from_gmt: nullableDate,
  date_on_sale_to: nullableDate,
  date_on_sale_to_gmt: nullableDate,
  virtual: bool,
  downloadable: bool,
  download_limit: integer,
  download_expiry: integer,
  tax_status: oneOf('taxable', 'shipping', 'none'),
  tax_class: text,
  stock_quantity: integer,
  stock_status: oneOf(...STOCK_STATUSES),
  backorders: oneOf('no', 'notify', 'yes'),
  low_stock_amount: { type: ['integer', 'null'] },
  weight: text,
  dimensions,
  shipping_class: text,
  attributes: objects,
  menu_order: integer,
  meta_data: meta,
} satisfies ParamSpecs;

/** The body of a product. */
export const productParams: ParamSpecs = {
  name: text,
  slug: text,
  type: oneOf('simple', 'grouped', 'external', 'variable'),
  status: oneOf('draft', 'pending', 'private', 'publish', 'future', 'auto-draft', 'trash'),
  featured: bool,
  catalog_visibility: oneOf('visible', 'catalog', 'search', 'hidden'),
  short_description: text,
  external_url: { type: 'string', format: 'uri' },
  button_text: text,
  manage_stock: bool,
  ...sellable,
  sold_individually: bool,
  reviews_allowed: bool,
  post_password: text,
  upsell_ids: integers,
  cross_sell_ids: integers,
  parent_id: integer,
  purchase_note: text,
  categories: objects,
  brands: objects,
  tags: objects,
  images: objects,
  default_attributes: objects,
};

/** The body of a variation; `manage_stock` may be the text "parent", as the shop itself answers it. */
export const variationParams: ParamSpecs = {
  ...sellable,
  status: oneOf('draft', 'pending', 'private', 'publish'),
  manage_stock: { type: ['boolean', 'string'] },
  image: { type: 'object' },
};

const ORDER_STATUSES = ['pending', 'processing', 'on-hold', 'completed', 'cancelled', 'refunded', 'failed'];

/** `GET /orders`; plugins may add statuses. */
export const orderListParams = (extraStatuses: readonly string[]): ParamSpecs => ({
  ...posts,
  orderby: { ...oneOf('date', 'id', 'include', 'title', 'slug', 'modified'), default: 'date' },
  status: {
    type: 'array',
    items: oneOf('any', 'trash', 'auto-draft', ...ORDER_STATUSES, 'checkout-draft', ...extraStatuses),
    default: ['any'],
  },
  customer: integer,
  product: integer,
  dp: { type: 'integer' },
  created_via: texts,
});

const address: ParamSpecs = Object.fromEntries(
  [
    ...['first_name', 'last_name', 'company', 'address_1', 'address_2', 'city', 'state', 'postcode', 'country'],
    'phone',
  ].map((name) => [name, text]),
);

/** The currencies that the shop knows: ISO 4217 as of some years ago, and a few codes of its own. */
const UNKNOWN_CURRENCIES = ['SLE', 'SVC', 'XCG', 'XDR', 'XSU', 'ZWG', 'ZWL'];
const OWN_CURRENCIES = ['BTC', 'BYR', 'GGP', 'IMP', 'IRT', 'JEP', 'PRB', 'VEF'];
const CURRENCIES = [
  ...Intl.supportedValuesOf('currency').filter((code) => !UNKNOWN_CURRENCIES.includes(code)),
  ...OWN_CURRENCIES,
];

/** The body of an order. */
export const orderParams = (extraStatuses: readonly string[]): ParamSpecs => ({
  parent_id: integer,
  created_via: text,
  status: oneOf('auto-draft', ...ORDER_STATUSES, 'checkout-draft', ...extraStatuses),
  currency: oneOf(...CURRENCIES),
  customer_id: integer,
  customer_note: text,
  billing: { type: 'object', properties: { ...address, email: { type: 'string', format: 'email' } } },
  shipping: { type: 'object', properties: address },
  payment_method: text,
  payment_method_title: text,
  transaction_id: text,
  meta_data: meta,
  line_items: objects,
  shipping_lines: objects,
  fee_lines: objects,
  coupon_lines: objects,
  set_paid: bool,
  manual_update: bool,
});

/** `GET /orders/{id}` and other single reads. */
export const readParams: ParamSpecs = { context, dp: { type: 'integer' } };
export const deleteParams: ParamSpecs = { force: { type: 'boolean', default: false } };

export const noteListParams: ParamSpecs = {
  context,
  type: { ...oneOf('any', 'customer', 'internal'), default: 'any' },
};
export const noteParams: ParamSpecs = {
  note: { type: 'string', required: true },
  customer_note: { type: 'boolean', default: false },
  added_by_user: { type: 'boolean', default: false },
};

export const refundListParams: ParamSpecs = { ...posts, dp: { type: 'integer' } };
export const refundParams: ParamSpecs = {
  amount: text,
  reason: text,
  refunded_by: integer,
  meta_data: meta,
  api_refund: { type: 'boolean', default: true },
  api_restock: { type: 'boolean', default: true },
};

export const webhookListParams: ParamSpecs = {
  ...paging,
  after: date,
  before: date,
  order: { ...oneOf('asc', 'desc'), default: 'desc' },
  orderby: { ...oneOf('date', 'id', 'title'), default: 'date' },
  status: { ...oneOf('all', 'active', 'paused', 'disabled'), default: 'all' },
};
/** The body of a webhook's change. */
export const webhookParams: ParamSpecs = {
  name: text,
  status: oneOf('active', 'paused', 'disabled'),
  topic: text,
  secret: text,
  delivery_url: text,
};
/** The body of a new webhook. */
export const newWebhookParams: ParamSpecs = {
  ...webhookParams,
  topic: { type: 'string', required: true },
  delivery_url: { type: 'string', required: true },
};

export const termListParams: ParamSpecs = {
  ...paging,
  order: { ...oneOf('asc', 'desc'), default: 'asc' },
  orderby: {
    ...oneOf('id', 'include', 'name', 'slug', 'term_group', 'description', 'count'),
    default: 'name',
  },
  hide_empty: { type: 'boolean', default: false },
  parent: integer,
  product: integer,
  slug: { type: ['string', 'array'] },
};
const requiredText: ParamSpec = { type: 'string', required: true };
export const categoryParams: ParamSpecs = {
  name: requiredText,
  slug: text,
  parent: integer,
  description: text,
  display: oneOf('default', 'products', 'subcategories', 'both'),
};
export const termParams: ParamSpecs = { name: requiredText, slug: text, description: text, menu_order: integer };
export const attributeListParams: ParamSpecs = { context };
export const attributeParams: ParamSpecs = {
  name: requiredText,
  slug: text,
  type: oneOf('select'),
  order_by: oneOf('menu_order', 'name', 'name_num', 'id'),
  has_archives: bool,
};
