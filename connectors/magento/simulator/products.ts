import { MagentoError, noProduct, required } from './errors.ts';
import { isObject, type JsonObject, numberOf, objectOf, objectsOf, textOf } from './json.ts';
import type { ProductRecord } from './model.ts';
import { productView } from './product-view.ts';
import { dateText, type Shop } from './shop.ts';

/** `POST /products` and `PUT /products/{sku}`: insert or update by SKU. */
export function saveProduct(shop: Shop, body: unknown, cause: string, sku?: string): ProductRecord {
  const input = objectOf(objectOf(body).product);
  if (Object.keys(input).length === 0) throw required('product');
  const wanted = sku ?? textOf(input.sku);
  if (wanted === '') throw new MagentoError(400, 'Invalid product data: %1', ['The "SKU" attribute value is empty.']);
  if (wanted.length > 64) throw new MagentoError(400, 'SKU length should be %1 characters maximum.', [64]);
  checkTypes(input);
  const existing = shop.products.get(wanted.toLowerCase());
  const setId = input.attribute_set_id;
  if (setId !== undefined && setId !== 4) {
    throw new MagentoError(400, 'Invalid product data: %1', ['Invalid attribute set entity type']);
  }
  const record = existing ?? fresh(shop, wanted, input);
  shop.versions.note(`product ${record.sku}`, productView(record, 'full'));
  applyPlain(record, input);
  applyAttributes(shop, record, input.custom_attributes);
  applyExtensions(shop, record, objectOf(input.extension_attributes), existing === undefined, cause);
  record.updatedMs = shop.nowMs();
  shop.putProduct(record);
  if (input.price !== undefined) notePrice(shop, record);
  shop.changed();
  return record;
}

function checkTypes(input: JsonObject): void {
  const types: readonly (readonly [string, string, string])[] = [
    ['price', 'number', 'float'],
    ['weight', 'number', 'float'],
    ['status', 'number', 'int'],
    ['visibility', 'number', 'int'],
    ['attribute_set_id', 'number', 'int'],
  ];
  for (const [field, , expected] of types) {
    const value = input[field];
    if (value === undefined || value === null || !Number.isNaN(Number(value))) continue;
    const text = `Error occurred during "${field}" processing. The "${textOf(value)}" value's type is invalid. The "${expected}" type was expected. Verify and try again.`;
    throw new MagentoError(400, text);
  }
}

function fresh(shop: Shop, sku: string, input: JsonObject): ProductRecord {
  const id = shop.next('product');
  const given = attributeInput(input.custom_attributes).get('url_key');
  const urlKey = textOf(given) || slug(textOf(input.name));
  if (shop.isUrlKeyTaken(urlKey)) throw new MagentoError(400, 'URL key for specified store already exists.');
  const now = shop.nowMs();
  return {
    id,
    sku,
    name: textOf(input.name),
    attributeSetId: 4,
    price: textOf(input.type_id) === 'configurable' ? 0 : null,
    status: 1,
    visibility: 4,
    typeId: 'simple',
    createdMs: now,
    updatedMs: now,
    weight: null,
    websiteIds: [1],
    categoryIds: [],
    images: [],
    attributes: {
      options_container: 'container2',
      msrp_display_actual_price_type: '0',
      url_key: urlKey,
      required_options: '0',
      has_options: '0',
      tax_class_id: '2',
    },
    qty: null,
    isInStock: false,
    manageStock: true,
    options: [],
    children: [],
    specialRows: [],
  };
}

function applyPlain(record: ProductRecord, input: JsonObject): void {
  if (input.name !== undefined) record.name = textOf(input.name);
  if (input.price !== undefined && record.typeId !== 'configurable') record.price = numberOf(input.price);
  if (input.status !== undefined) record.status = numberOf(input.status);
  if (input.visibility !== undefined) record.visibility = numberOf(input.visibility);
  if (input.type_id !== undefined) record.typeId = textOf(input.type_id);
  if (input.weight !== undefined) record.weight = numberOf(input.weight);
  if (Array.isArray(input.media_gallery_entries)) record.images = objectsOf(input.media_gallery_entries);
}

function attributeInput(list: unknown): Map<string, unknown> {
  return new Map(objectsOf(list).map((one) => [textOf(one.attribute_code), one.value]));
}

function applyAttributes(shop: Shop, record: ProductRecord, list: unknown): void {
  for (const [code, value] of attributeInput(list)) {
    if (code === 'category_ids') record.categoryIds = Array.isArray(value) ? value.map(textOf) : [];
    else if (value === '' || value === null) delete record.attributes[code];
    else if (code === 'special_price') {
      record.attributes[code] = Number(value).toFixed(6);
      record.attributes.special_from_date ??= `${dateText(shop.nowMs()).slice(0, 10)} 00:00:00`;
    } else record.attributes[code] = value;
  }
  if (record.attributes.special_price !== undefined && record.specialRows.length === 0) {
    const from = textOf(record.attributes.special_from_date);
    record.specialRows = [
      { price: numberOf(record.attributes.special_price), from, to: textOf(record.attributes.special_to_date) },
    ];
  }
}

function applyExtensions(shop: Shop, record: ProductRecord, input: JsonObject, isNew: boolean, cause: string): void {
  if (Array.isArray(input.website_ids)) record.websiteIds = input.website_ids.map(numberOf);
  if (Array.isArray(input.category_links)) {
    record.categoryIds = objectsOf(input.category_links).map((link) => textOf(link.category_id));
  }
  const stock = input.stock_item;
  if (record.typeId === 'configurable') {
    if (isObject(stock)) record.isInStock = stock.is_in_stock === true;
    record.qty = 0;
  } else if (isObject(stock)) {
    if (stock.manage_stock !== undefined) record.manageStock = stock.manage_stock === true;
    const inStock = stock.is_in_stock === undefined ? record.isInStock : stock.is_in_stock === true;
    shop.setSource(record.sku, 'default', numberOf(stock.qty), inStock ? 1 : 0, cause);
    record.qty = numberOf(stock.qty);
    record.isInStock = inStock;
  } else if (isNew) {
    shop.sourceItems.set(`${record.sku}\ndefault`, { sku: record.sku, source: 'default', quantity: 0, status: 1 });
  }
  if (Array.isArray(input.configurable_product_options)) {
    record.options = objectsOf(input.configurable_product_options).map((option, position) =>
      optionOf(shop, option, position),
    );
  }
  if (Array.isArray(input.configurable_product_links)) record.children = input.configurable_product_links.map(numberOf);
}

function optionOf(shop: Shop, option: JsonObject, _position: number): ProductRecord['options'][number] {
  const values = objectsOf(option.values).map((value) => numberOf(value.value_index));
  return {
    id: shop.next('productOption'),
    attributeId: textOf(option.attribute_id),
    label: textOf(option.label),
    values,
  };
}

export function notePrice(shop: Shop, record: ProductRecord): void {
  shop.tools.log.fact({
    fact: 'price.set',
    sku: record.sku,
    externalId: String(record.id),
    amountMinor: Math.round((record.price ?? 0) * 100),
    currency: shop.currency,
  });
}

/** `POST /configurable-products/{sku}/options`. */
export function addOption(shop: Shop, sku: string, body: unknown): string {
  const product = shop.product(sku);
  const option = optionOf(shop, objectOf(objectOf(body).option), product.options.length);
  product.options.push(option);
  product.updatedMs = shop.nowMs();
  shop.changed();
  return String(option.id);
}

/** `POST /configurable-products/{sku}/child`. */
export function addChild(shop: Shop, sku: string, body: unknown): true {
  const parent = shop.product(sku);
  const child = shop.product(textOf(objectOf(body).childSku));
  if (parent.children.includes(child.id)) throw new MagentoError(400, 'The product is already attached.');
  if (parent.options.length === 0) {
    throw new MagentoError(400, "The parent product doesn't have configurable product options.");
  }
  parent.children.push(child.id);
  for (const code of ['image', 'small_image', 'thumbnail']) parent.attributes[code] ??= 'no_selection';
  parent.updatedMs = shop.nowMs();
  shop.changed();
  return true;
}

/** `DELETE /products/{sku}`. What sources hold of it stays there for ever. */
export function deleteProduct(shop: Shop, sku: string): true {
  if (!shop.products.delete(sku.toLowerCase())) throw noProduct();
  shop.changed();
  return true;
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
