import { WpError } from './errors.ts';
import { savedImages } from './images.ts';
import { booleanOf, isObject, type JsonObject, numberOf, numbersOf, objectsOf, textOf } from './json.ts';
import { mergeMeta } from './meta.ts';
import type { AttributeChoice, AttributeUse, ProductRecord, ProductType } from './model.ts';
import { cleanPrice, toUnits } from './money.ts';
import { effectivePrice, slugOf, stockStatus } from './product-rules.ts';
import { DEFAULT_CATEGORY_ID, type Shop } from './shop.ts';
import { notePrice, noteStock } from './stock.ts';
import { ensureTerm } from './terms.ts';
import { parseDate } from './time.ts';

/** Fields that the shop only keeps, with what they are at first. */
const PLAIN_DEFAULTS: JsonObject = {
  featured: false,
  catalog_visibility: 'visible',
  description: '',
  short_description: '',
  virtual: false,
  downloadable: false,
  downloads: [],
  download_limit: -1,
  download_expiry: -1,
  external_url: '',
  button_text: '',
  tax_status: 'taxable',
  tax_class: '',
  sold_individually: false,
  shipping_class: '',
  reviews_allowed: true,
  post_password: '',
  upsell_ids: [],
  cross_sell_ids: [],
  purchase_note: '',
  default_attributes: [],
  grouped_products: [],
  menu_order: 0,
};

/** A product or variation as it is before its first save. */
export function newProduct(shop: Shop, type: ProductType, parentId: number): ProductRecord {
  const nowMs = shop.nowMs();
  return {
    ...{ id: 0, parentId, type, createdMs: nowMs, modifiedMs: nowMs, name: '', slug: '', status: 'publish' },
    ...{ sku: '', globalUniqueId: '', regularPrice: '', salePrice: '', saleFromMs: null, saleToMs: null },
    ...{ manageStock: false, stockQuantity: null, stockStatus: 'instock', backorders: 'no', lowStockAmount: null },
    ...{ weight: '', dimensions: { length: '', width: '', height: '' } },
    ...{ categories: [], tags: [], brands: [], images: [], attributes: [], choices: [], meta: [], totalSales: 0 },
    plain: structuredClone(PLAIN_DEFAULTS),
  };
}

/**
 * Applies a body to a product and stores it. Nothing is stored when it throws.
 * @param cause who changes it, for the facts
 * @throws WpError 400 for a SKU or GTIN that another product has, or an image that can't be fetched
 */
export async function saveProduct(
  shop: Shop,
  product: ProductRecord,
  body: JsonObject,
  cause: string,
): Promise<ProductRecord> {
  const isNew = product.id === 0;
  checkUnique(shop, product, body);
  const images = await savedImages(shop, product, body, cause);
  // Downloading takes time: somebody else may have taken the SKU meanwhile.
  checkUnique(shop, product, body);
  const saved: ProductRecord = { ...product, images };
  applyTexts(shop, saved, body);
  applyPrices(shop, saved, body);
  applyStock(saved, body);
  applyStructure(shop, saved, body);
  saved.meta = mergeMeta(shop, 'postMeta', saved.meta, body.meta_data);
  if (isNew) saved.id = shop.nextId('post');
  else {
    shop.aboutToChange(product);
    saved.modifiedMs = shop.nowMs();
  }
  const priceBefore = isNew ? '' : effectivePrice(shop, product);
  Object.assign(product, saved);
  shop.putProduct(product);
  noteChanges(shop, product, body, cause, priceBefore);
  if (isNew) shop.announce('product.created', product.id);
  shop.announce('product.updated', product.id);
  return product;
}

function noteChanges(shop: Shop, product: ProductRecord, body: JsonObject, cause: string, priceBefore: string): void {
  const touchesStock = ['stock_quantity', 'inventory_delta', 'manage_stock'].some((name) => body[name] !== undefined);
  if (touchesStock && product.manageStock) noteStock(shop, product, cause);
  if (effectivePrice(shop, product) !== priceBefore) notePrice(shop, product);
}

function checkUnique(shop: Shop, product: ProductRecord, body: JsonObject): void {
  const sku = textOf(body.sku);
  const owner = shop.bySku(sku);
  if (owner !== undefined && owner.id !== product.id) {
    const data = { resource_id: owner.id, unique_sku: `${sku}-1` };
    throw new WpError(400, 'product_invalid_sku', 'Invalid or duplicated SKU.', data);
  }
}

function applyTexts(shop: Shop, product: ProductRecord, body: JsonObject): void {
  const text = (name: string, current: string) => (body[name] === undefined ? current : textOf(body[name]));
  product.name = text('name', product.name);
  product.sku = text('sku', product.sku);
  product.status = text('status', product.status);
  product.globalUniqueId = text('global_unique_id', product.globalUniqueId);
  product.weight = text('weight', product.weight);
  if (body.slug !== undefined || product.slug === '') {
    product.slug = freeSlug(shop, product.id, slugOf(textOf(body.slug) || product.name));
  }
  if (isObject(body.dimensions)) {
    const { length, width, height } = { ...product.dimensions, ...body.dimensions };
    product.dimensions = { length: textOf(length), width: textOf(width), height: textOf(height) };
  }
  product.plain = { ...product.plain };
  for (const name of Object.keys(PLAIN_DEFAULTS)) {
    if (body[name] !== undefined) product.plain[name] = body[name];
  }
}

/** A sale price that is no lower than the regular one is dropped (UNCONFIRMED through REST). */
function applyPrices(shop: Shop, product: ProductRecord, body: JsonObject): void {
  if (body.regular_price !== undefined) product.regularPrice = cleanPrice(body.regular_price);
  if (body.sale_price !== undefined) product.salePrice = cleanPrice(body.sale_price);
  if (product.salePrice !== '' && toUnits(product.salePrice) >= toUnits(product.regularPrice)) product.salePrice = '';
  const date = (name: string, current: number | null) => {
    const local = body[name];
    const gmt = body[`${name}_gmt`];
    if (gmt !== undefined) return parseDate(textOf(gmt), 'UTC');
    return local === undefined ? current : parseDate(textOf(local), shop.zone);
  };
  product.saleFromMs = date('date_on_sale_from', product.saleFromMs);
  product.saleToMs = date('date_on_sale_to', product.saleToMs);
}

/** A quantity is kept only where stock is managed; otherwise it is dropped without a word. */
function applyStock(product: ProductRecord, body: JsonObject): void {
  if (body.manage_stock !== undefined) {
    product.manageStock = body.manage_stock !== 'parent' && booleanOf(body.manage_stock);
  }
  if (body.backorders !== undefined) product.backorders = textOf(body.backorders);
  if (body.low_stock_amount !== undefined) {
    product.lowStockAmount = body.low_stock_amount === null ? null : numberOf(body.low_stock_amount);
  }
  if (body.stock_status !== undefined) product.stockStatus = textOf(body.stock_status);
  if (!product.manageStock) {
    product.stockQuantity = null;
    return;
  }
  product.stockQuantity ??= 0;
  if (body.stock_quantity !== undefined) product.stockQuantity = Math.trunc(numberOf(body.stock_quantity));
  else if (body.inventory_delta !== undefined) product.stockQuantity += Math.trunc(numberOf(body.inventory_delta));
}

function applyStructure(shop: Shop, product: ProductRecord, body: JsonObject): void {
  if (product.type === 'variation') {
    if (body.attributes !== undefined) product.choices = objectsOf(body.attributes).map((row) => choice(shop, row));
    return;
  }
  if (body.type !== undefined) product.type = productType(body.type);
  if (body.attributes !== undefined) {
    product.attributes = objectsOf(body.attributes).map((row) => attributeUse(shop, row));
  }
  const terms = (name: string, kind: string, current: number[]) =>
    body[name] === undefined
      ? current
      : numbersOf(objectsOf(body[name]).map((row) => row.id)).filter((id) => shop.terms.get(id)?.kind === kind);
  product.categories = terms('categories', 'category', product.categories);
  product.tags = terms('tags', 'tag', product.tags);
  product.brands = terms('brands', 'brand', product.brands);
  if (product.categories.length === 0) product.categories = [DEFAULT_CATEGORY_ID];
  if (!product.manageStock) product.stockStatus = stockStatus(shop, { ...product, type: 'simple' });
}

function productType(value: unknown): ProductType {
  const types: ProductType[] = ['simple', 'grouped', 'external', 'variable'];
  return types.find((type) => type === value) ?? 'simple';
}

function attributeUse(shop: Shop, row: JsonObject): AttributeUse {
  const id = numberOf(row.id);
  const global = shop.attributes.get(id);
  const options = Array.isArray(row.options) ? row.options.map(textOf) : [];
  if (global !== undefined) for (const option of options) ensureTerm(shop, global.slug, option);
  return {
    id: global?.id ?? 0,
    name: textOf(row.name),
    position: numberOf(row.position),
    visible: booleanOf(row.visible),
    variation: booleanOf(row.variation),
    options,
  };
}

/** A choice names a global attribute by id or by name; the option is the term's name. */
function choice(shop: Shop, row: JsonObject): AttributeChoice {
  const id = numberOf(row.id);
  return { id: shop.attributes.has(id) ? id : 0, name: textOf(row.name), option: textOf(row.option) };
}

function freeSlug(shop: Shop, ownId: number, wanted: string): string {
  const base = wanted === '' ? 'product' : wanted;
  let slug = base;
  for (let number = 2; shop.slugTaken(slug, ownId); number += 1) slug = `${base}-${number}`;
  return slug;
}
