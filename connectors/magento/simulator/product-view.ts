import type { JsonObject } from './json.ts';
import type { ProductRecord } from './model.ts';
import { dateText, type Shop } from './shop.ts';

/** `save`: the answer to a save; `full`: one product; `row`: in lists; `child`: of a configurable product. */
export type ViewKind = 'save' | 'full' | 'row' | 'child';

export function productView(product: ProductRecord, kind: ViewKind): JsonObject {
  const isChild = kind === 'child';
  const attributes = Object.entries({ ...product.attributes, category_ids: product.categoryIds })
    .filter(([code]) => !(isChild && code === 'options_container'))
    .map(([attribute_code, value]) => ({ attribute_code, value }));
  return {
    id: product.id,
    sku: product.sku,
    name: product.name,
    attribute_set_id: product.attributeSetId,
    ...(product.price === null ? {} : { price: product.price }),
    status: product.status,
    visibility: product.visibility,
    type_id: product.typeId,
    created_at: dateText(product.createdMs),
    updated_at: dateText(product.updatedMs),
    ...(product.weight === null ? {} : { weight: product.weight }),
    ...(isChild ? {} : { extension_attributes: extensions(product, kind) }),
    ...(kind === 'save' ? {} : { product_links: [] }),
    ...(isChild ? {} : { options: [] }),
    media_gallery_entries: product.images.map((image, index) => ({ id: index + 1, ...image })),
    ...(kind === 'save' ? {} : { tier_prices: [] }),
    custom_attributes: attributes,
  };
}

function extensions(product: ProductRecord, kind: ViewKind): JsonObject {
  const links = product.categoryIds.map((category_id) => ({ position: 0, category_id }));
  const configurable = {
    configurable_product_options: product.options.map((option, position) => ({
      id: option.id,
      attribute_id: option.attributeId,
      label: option.label,
      position,
      values: option.values.map((value_index) => ({ value_index })),
      product_id: product.id,
    })),
    configurable_product_links: product.children,
  };
  return {
    website_ids: product.websiteIds,
    ...(links.length === 0 ? {} : { category_links: links }),
    ...(kind === 'row' ? {} : { stock_item: stockItemView(product) }),
    ...(product.typeId === 'configurable' ? configurable : {}),
  };
}

/** `GET /stockItems/{sku}`. */
export function stockItemView(product: ProductRecord): JsonObject {
  return {
    item_id: product.id,
    product_id: product.id,
    stock_id: 1,
    qty: product.qty,
    is_in_stock: product.isInStock,
    is_qty_decimal: false,
    show_default_notification_message: false,
    use_config_min_qty: true,
    min_qty: 0,
    use_config_min_sale_qty: 1,
    min_sale_qty: 1,
    use_config_max_sale_qty: true,
    max_sale_qty: 10000,
    use_config_backorders: true,
    backorders: 0,
    use_config_notify_stock_qty: true,
    notify_stock_qty: 1,
    use_config_qty_increments: true,
    qty_increments: 0,
    use_config_enable_qty_inc: true,
    enable_qty_increments: false,
    use_config_manage_stock: product.manageStock,
    manage_stock: product.manageStock,
    low_stock_date: null,
    is_decimal_divided: false,
    stock_status_changed_auto: 0,
  };
}

const OWN_FIELDS = new Set([
  'entity_id',
  'sku',
  'name',
  'price',
  'status',
  'visibility',
  'type_id',
  'created_at',
  'updated_at',
]);

/** What a list of products can be filtered and sorted by. */
export function productField(product: ProductRecord, field: string): unknown {
  switch (field) {
    case 'entity_id':
      return product.id;
    case 'sku':
      return product.sku;
    case 'name':
      return product.name;
    case 'price':
      return product.price;
    case 'status':
      return product.status;
    case 'visibility':
      return product.visibility;
    case 'type_id':
      return product.typeId;
    case 'created_at':
      return dateText(product.createdMs);
    case 'updated_at':
      return dateText(product.updatedMs);
    default:
      return product.attributes[field];
  }
}

export function isProductField(shop: Shop, field: string): boolean {
  const known = ['description', 'special_price', 'url_key', 'tax_class_id', 'category_id'];
  return OWN_FIELDS.has(field) || known.includes(field) || shop.attributes.has(field);
}
