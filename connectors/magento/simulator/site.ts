import { MagentoError } from './errors.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from './json.ts';
import type { AttributeRecord } from './model.ts';
import { dateText, type Shop } from './shop.ts';

const MODULES = [
  'Magento_Store',
  'Magento_Config',
  'Magento_Directory',
  'Magento_Eav',
  'Magento_Catalog',
  'Magento_Sales',
];
const MSI = ['Magento_Inventory', 'Magento_InventoryApi', 'Magento_InventorySalesApi', 'Magento_InventoryReservations'];
const EXPORT = ['Magento_InventoryExportStock', 'Magento_InventoryExportStockApi'];

export function storeConfigs(shop: Shop): JsonObject[] {
  const base = `${shop.tools.url()}/`;
  const addresses = (prefix: string) => ({
    [`${prefix}_url`]: base,
    [`${prefix}_link_url`]: base,
    [`${prefix}_static_url`]: `${base}static/version1/`,
    [`${prefix}_media_url`]: shop.options.mediaUrl ?? `${base}media/`,
  });
  return [
    {
      id: 1,
      code: 'default',
      website_id: 1,
      locale: 'en_US',
      base_currency_code: shop.currency,
      default_display_currency_code: shop.currency,
      timezone: shop.options.timezone ?? 'UTC',
      weight_unit: shop.options.weightUnit ?? 'lbs',
      ...addresses('base'),
      ...addresses('secure_base'),
    },
  ];
}

export const websites = (): JsonObject[] => [
  { id: 0, code: 'admin', name: 'Admin', default_group_id: 0 },
  { id: 1, code: 'base', name: 'Main Website', default_group_id: 1 },
];

export function currency(shop: Shop): JsonObject {
  const code = shop.currency;
  const base_currency_symbol = code === 'AUD' ? '$' : code;
  return {
    base_currency_code: code,
    base_currency_symbol,
    default_display_currency_code: code,
    default_display_currency_symbol: base_currency_symbol,
    available_currency_codes: [code],
    exchange_rates: [{ currency_to: code, rate: 1 }],
  };
}

export function modules({ dials }: Shop): string[] {
  if (dials.legacyStock) return MODULES;
  return [...MODULES, ...MSI, ...(dials.withoutStockExport ? [] : EXPORT)];
}

export const attributeSets = (): JsonObject[] => [
  { attribute_set_id: 4, attribute_set_name: 'Default', sort_order: 1, entity_type_id: 4 },
];

export function createAttribute(shop: Shop, body: unknown): JsonObject {
  const input = objectOf(objectOf(body).attribute);
  const code = textOf(input.attribute_code);
  if (code === '') throw new MagentoError(400, 'The attribute code is missing.');
  const attribute: AttributeRecord = {
    id: shop.next('attribute'),
    code,
    label: textOf(input.default_frontend_label) || code,
    input: textOf(input.frontend_input) || 'text',
    options: objectsOf(input.options).map((option) => ({
      label: textOf(option.label),
      value: String(shop.next('option')),
    })),
  };
  shop.attributes.set(code, attribute);
  shop.changed();
  return attributeView(attribute);
}

export const optionsOf = ({ options }: AttributeRecord): JsonObject[] => [{ label: ' ', value: '' }, ...options];

export function attributeView(attribute: AttributeRecord): JsonObject {
  const no = [
    'is_wysiwyg_enabled',
    'is_html_allowed_on_front',
    'used_for_sort_by',
    'is_filterable',
    'is_filterable_in_search',
  ];
  const grid = ['is_used_in_grid', 'is_visible_in_grid', 'is_filterable_in_grid'];
  const zero = ['is_searchable', 'is_visible_in_advanced_search', 'is_comparable', 'is_used_for_promo_rules'];
  const more = ['is_visible_on_front', 'used_in_product_listing', 'is_unique'];
  return {
    extension_attributes: { is_pagebuilder_enabled: false },
    ...Object.fromEntries([...no, ...grid].map((name) => [name, false])),
    ...Object.fromEntries([...zero, ...more].map((name) => [name, '0'])),
    position: 0,
    apply_to: [],
    is_visible: true,
    scope: 'global',
    attribute_id: attribute.id,
    attribute_code: attribute.code,
    frontend_input: attribute.input,
    entity_type_id: '4',
    is_required: false,
    options: optionsOf(attribute),
    is_user_defined: true,
    default_frontend_label: attribute.label,
    frontend_labels: [],
    backend_type: attribute.input === 'select' ? 'int' : 'varchar',
    source_model: 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Table',
    default_value: '',
    validation_rules: [],
  };
}

/** The price's own attribute is there from the beginning; its scope is the configuration's. */
export function attributeByCode(shop: Shop, code: string): JsonObject {
  if (code === 'price') {
    const price: AttributeRecord = { id: 77, code, label: 'Price', input: 'price', options: [] };
    return {
      ...attributeView(price),
      backend_type: 'decimal',
      scope: shop.dials.pricesPerWebsite ? 'website' : 'global',
    };
  }
  const attribute = shop.attributes.get(code);
  if (attribute !== undefined) return attributeView(attribute);
  const text = 'The attribute with a "%1" attributeCode doesn\'t exist. Verify the attribute and try again.';
  throw new MagentoError(404, text, [code]);
}

/** `POST /products/attributes/{code}/options`: the answer is the option's id with a prefix. */
export function addOption(shop: Shop, code: string, body: unknown): string {
  const attribute = shop.attributes.get(code);
  if (attribute === undefined) return String(attributeByCode(shop, code).attribute_id);
  const value = String(shop.next('option'));
  attribute.options.push({ label: textOf(objectOf(objectOf(body).option).label), value });
  shop.changed();
  return `id_${value}`;
}

export function deleteAttribute(shop: Shop, code: string): true {
  attributeByCode(shop, code);
  shop.attributes.delete(code);
  shop.changed();
  return true;
}

export const attributeGroups = (): JsonObject[] => [
  { attribute_group_id: '7', attribute_group_name: 'Product Details', attribute_set_id: 4 },
];

export function createCategory(shop: Shop, body: unknown): JsonObject {
  const input = objectOf(objectOf(body).category);
  const id = shop.next('category');
  const name = textOf(input.name);
  const parentId = numberOf(input.parent_id) || 2;
  shop.categories.set(id, { id, name, parentId });
  shop.changed();
  const at = dateText(shop.nowMs());
  const path = `1/${parentId}/${id}`;
  const key = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const custom = { is_anchor: '1', path, children_count: '0', url_key: key, url_path: key };
  return {
    ...categoryView({ id, name, parentId }),
    position: 1,
    level: 2,
    children: '',
    created_at: at,
    updated_at: at,
    path,
    include_in_menu: true,
    custom_attributes: Object.entries(custom).map(([attribute_code, value]) => ({ attribute_code, value })),
  };
}

export function categoryView({ id, name, parentId }: { id: number; name: string; parentId: number }): JsonObject {
  return { id, parent_id: parentId, name, is_active: true };
}

export function sourceRows(shop: Shop): JsonObject[] {
  return [...shop.sources.values()].map(({ code, name, enabled }) => ({
    source_code: code,
    name,
    enabled,
    description: name,
    latitude: 0,
    longitude: 0,
    country_id: 'US',
    postcode: '00000',
    use_default_carrier_config: true,
    carrier_links: [],
    extension_attributes: { is_pickup_location_active: false, frontend_name: '' },
  }));
}
