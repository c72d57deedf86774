import { MagentoError, required } from './errors.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from './json.ts';
import type { ProductRecord } from './model.ts';
import { notePrice } from './products.ts';
import type { Shop } from './shop.ts';

/** `PUT /products/{sku}/stockItems/{id}`: the id in the path is not looked at. */
export function saveStockItem(shop: Shop, sku: string, body: unknown): number {
  const product = shop.product(sku);
  const item = objectOf(objectOf(body).stockItem);
  const qty = item.qty === undefined ? (product.qty ?? 0) : numberOf(item.qty);
  const inStock = item.is_in_stock === undefined ? product.isInStock : item.is_in_stock === true;
  shop.setSource(product.sku, 'default', qty, inStock ? 1 : 0, 'api');
  return product.id;
}

/** `POST /inventory/source-items`: all rows or none. */
export function saveSourceItems(shop: Shop, body: unknown): [] {
  const rows = objectsOf(objectOf(body).sourceItems);
  if (objectOf(body).sourceItems === undefined) throw required('sourceItems');
  if (rows.length === 0) throw new MagentoError(400, 'Input data is empty');
  limitInput(shop, rows.length, 'Magento\\InventoryApi\\Api\\Data\\SourceItemInterface');
  for (const row of rows) {
    if (!shop.sources.has(textOf(row.source_code))) throw new MagentoError(400, 'Could not save Source Item');
    if (textOf(row.sku) === '') throw new MagentoError(400, 'Validation Failed');
  }
  for (const row of rows) {
    shop.setSource(textOf(row.sku), textOf(row.source_code), numberOf(row.quantity), numberOf(row.status), 'api');
  }
  return [];
}

/** `POST /inventory/source-items-delete`: rows that are not there are no error. */
export function deleteSourceItems(shop: Shop, body: unknown): [] {
  const rows = objectsOf(objectOf(body).sourceItems);
  if (objectOf(body).sourceItems === undefined) throw required('sourceItems');
  if (rows.length === 0) throw new MagentoError(400, 'Input data is empty');
  for (const row of rows) shop.sourceItems.delete(`${textOf(row.sku)}\n${textOf(row.source_code)}`);
  shop.changed();
  return [];
}

export function limitInput(shop: Shop, count: number, type: string): void {
  if (shop.dials.inputLimits && count > 20) {
    throw new MagentoError(400, 'Maximum items of type "%type" is %max', { type, max: 20 });
  }
}

/** `GET /inventory/get-product-salable-quantity/{sku}/{stockId}`. */
export function salableQuantity(shop: Shop, sku: string): number {
  const product = shop.products.get(sku.toLowerCase());
  if (product === undefined) {
    throw new MagentoError(404, "The product that was requested doesn't exist. Verify the product and try again.");
  }
  if (product.typeId === 'configurable') {
    throw new MagentoError(400, "Can't check requested quantity for products without Source Items support.");
  }
  return shop.salable(product.sku);
}

/** A row of `GET /inventory/export-stock-salable-qty/…` (its shape is UNCONFIRMED). */
export function exportRow(shop: Shop, product: ProductRecord): JsonObject {
  const qty = shop.salable(product.sku);
  return { sku: product.sku, qty: product.manageStock ? qty : null, is_salable: qty > 0 || !product.manageStock };
}

/** `POST /products/base-prices`: answers the failures only. */
export function saveBasePrices(shop: Shop, body: unknown): JsonObject[] {
  if (objectOf(body).prices === undefined) throw required('prices');
  const rows = objectsOf(objectOf(body).prices);
  limitInput(shop, rows.length, 'Magento\\Catalog\\Api\\Data\\BasePriceInterface');
  const failures: JsonObject[] = [];
  for (const row of rows) {
    const product = shop.products.get(textOf(row.sku).toLowerCase());
    if (product === undefined) {
      failures.push({ message: 'Invalid attribute %fieldName = %fieldValue.', parameters: ['SKU', textOf(row.sku)] });
      continue;
    }
    const storeId = numberOf(row.store_id);
    if (storeId !== 0 && !shop.dials.pricesPerWebsite) {
      const message =
        'Could not change non global Price when price scope is global. Row ID: SKU = %SKU, Store ID: %storeId';
      failures.push({ message, parameters: [textOf(row.sku), storeId] });
      continue;
    }
    if (storeId !== 0) product.storePrices = { ...product.storePrices, [storeId]: numberOf(row.price) };
    else product.price = numberOf(row.price);
    product.updatedMs = shop.nowMs();
    notePrice(shop, product);
  }
  shop.changed();
  return failures;
}

export function basePrices(shop: Shop, body: unknown): JsonObject[] {
  const skus = objectOf(body).skus;
  return (Array.isArray(skus) ? skus : []).flatMap((sku) => {
    const product = shop.product(textOf(sku));
    const own = Object.entries(product.storePrices ?? {}).map(([id, price]) => ({
      price,
      store_id: Number(id),
      sku: product.sku,
    }));
    // A price that was never set has no row.
    return [...(product.price === null ? [] : [{ price: product.price, store_id: 0, sku: product.sku }]), ...own];
  });
}

/** `POST /products/special-price`: answers the failures only. */
export function saveSpecialPrices(shop: Shop, body: unknown): JsonObject[] {
  if (objectOf(body).prices === undefined) throw required('prices');
  const failures: JsonObject[] = [];
  for (const row of objectsOf(objectOf(body).prices)) {
    const product = shop.products.get(textOf(row.sku).toLowerCase());
    const [price, from, to] = [numberOf(row.price), textOf(row.price_from), textOf(row.price_to)];
    const isDate = [from, to].every((text) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text));
    if (product === undefined || !isDate) {
      const parameters = product === undefined ? ['SKU', textOf(row.sku)] : ['Price From', from];
      failures.push({ message: 'Invalid attribute %fieldName = %fieldValue.', parameters });
      continue;
    }
    const others = product.specialRows.filter((one) => one.from !== from).map((one) => ({ ...one, price, to }));
    product.specialRows = [{ price, from, to }, ...others];
    Object.assign(product.attributes, {
      special_price: price.toFixed(6),
      special_from_date: from,
      special_to_date: to,
    });
    product.updatedMs = shop.nowMs();
  }
  shop.changed();
  return failures;
}

export function specialPrices(shop: Shop, body: unknown): JsonObject[] {
  const skus = objectOf(body).skus;
  return (Array.isArray(skus) ? skus : []).flatMap((sku) => {
    const product = shop.product(textOf(sku));
    return product.specialRows.map(({ price, from, to }) => ({
      price,
      store_id: 0,
      sku: product.sku,
      price_from: from,
      price_to: to,
    }));
  });
}

/** `POST /products/special-price-delete`: the same full rows. */
export function deleteSpecialPrices(shop: Shop, body: unknown): [] {
  for (const row of objectsOf(objectOf(body).prices)) {
    const product = shop.product(textOf(row.sku));
    product.specialRows = product.specialRows.filter((one) => one.from !== textOf(row.price_from));
    if (product.specialRows.length > 0) continue;
    for (const code of ['special_price', 'special_from_date', 'special_to_date']) delete product.attributes[code];
  }
  shop.changed();
  return [];
}

/** What the shop itself sells one for now. */
export function effectivePrice(shop: Shop, product: ProductRecord): number {
  const now = new Date(shop.nowMs()).toISOString().slice(0, 19).replace('T', ' ');
  const base = product.price ?? 0;
  const special = product.specialRows
    .filter(({ from, to }) => from <= now && (to === '' || now <= to))
    .map(({ price }) => price);
  return Math.min(base, ...special);
}
