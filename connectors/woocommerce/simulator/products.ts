import { type Call, type Reply, viewPage } from './call.ts';
import { WpError } from './errors.ts';
import { type JsonObject, listOf, numberOf, numbersOf, textOf } from './json.ts';
import { postFilter, sortPosts } from './lists.ts';
import type { ProductRecord } from './model.ts';
import { toUnits } from './money.ts';
import { effectivePrice, isOnSale, stockStatus } from './product-rules.ts';
import { newProduct, saveProduct } from './product-save.ts';
import { productView } from './product-view.ts';
import type { Shop } from './shop.ts';

const invalidId = (status: number) => new WpError(status, 'woocommerce_rest_product_invalid_id', 'Invalid ID.');

/** `GET /products`: variations only when asked for by SKU. */
export function listProducts(call: Call): Reply {
  const { shop, query } = call;
  const rows = call.lists.get(shop, 'products', query, () => {
    const filter = productFilter(shop, query);
    const bySku = textOf(query.sku) !== '';
    const fitting = [...shop.products.values()].filter(
      (product) => (bySku || product.type !== 'variation') && filter(product),
    );
    return sortProducts(shop, fitting, query);
  });
  const hidden = new Set(shop.dials.hiddenIds);
  return viewPage(call, rows, (product) =>
    hidden.has(product.id) ? null : productView(shop, shown(call, product), 'view'),
  );
}

/** The version of a product that this call sees: the previous one while a `stale` fault fires. */
export function shown(call: Call, product: ProductRecord): ProductRecord {
  return call.request.stale ? call.shop.before(product) : product;
}

export function sortProducts(shop: Shop, rows: ProductRecord[], query: JsonObject): ProductRecord[] {
  const direction = query.order === 'asc' ? 1 : -1;
  if (query.orderby === 'random') return shop.tools.random.shuffle(rows);
  if (query.orderby === 'price') {
    const units = new Map(rows.map((row) => [row.id, toUnits(effectivePrice(shop, row))]));
    return rows.sort((one, other) => direction * ((units.get(one.id) ?? 0) - (units.get(other.id) ?? 0)));
  }
  return sortPosts(shop, rows, query, ({ name }) => name);
}

/** The filters that lists of products and of variations share, and those of products alone. */
export function productFilter(shop: Shop, query: JsonObject): (product: ProductRecord) => boolean {
  const isWanted = postFilter(shop, query);
  const skus = new Set(listOf(query.sku));
  const search = textOf(query.search).toLowerCase();
  const searchSku = textOf(query.search_sku).toLowerCase();
  const status = statusFilter(query);
  const type = typeFilter(query);
  const terms = [...numbersOf(query.category), ...numbersOf(query.tag)];
  const parents = numbersOf(query.parent);
  return (product) =>
    isWanted(product) &&
    status(product.status) &&
    type(product.type) &&
    (skus.size === 0 || skus.has(product.sku)) &&
    (searchSku === '' || product.sku.toLowerCase().includes(searchSku)) &&
    (search === '' || `${product.name} ${textOf(product.plain.description)}`.toLowerCase().includes(search)) &&
    (query.slug === undefined || product.slug === query.slug) &&
    (query.featured === undefined || product.plain.featured === query.featured) &&
    terms.every((id) => product.categories.includes(id) || product.tags.includes(id)) &&
    (parents.length === 0 || parents.includes(product.parentId)) &&
    (query.on_sale === undefined || isOnSale(shop, product) === query.on_sale) &&
    (query.stock_status === undefined || stockStatus(shop, product) === query.stock_status) &&
    priceFits(shop, product, query);
}

function statusFilter(query: JsonObject): (status: string) => boolean {
  const included = listOf(query.include_status ?? query.status);
  const excluded = listOf(query.exclude_status);
  const any = included.length === 0 || included.includes('any');
  return (status) => !excluded.includes(status) && (any ? status !== 'trash' : included.includes(status));
}

function typeFilter(query: JsonObject): (type: string) => boolean {
  const included = listOf(query.include_types ?? query.type);
  const excluded = listOf(query.exclude_types);
  return (type) => !excluded.includes(type) && (included.length === 0 || included.includes(type));
}

function priceFits(shop: Shop, product: ProductRecord, query: JsonObject): boolean {
  if (query.min_price === undefined && query.max_price === undefined) return true;
  const units = toUnits(effectivePrice(shop, product));
  const [min, max] = [textOf(query.min_price), textOf(query.max_price)];
  return (min === '' || units >= toUnits(min)) && (max === '' || units <= toUnits(max));
}

/** `GET /products/{id}`; a variation can be read here too. */
export function readProduct(call: Call): Reply {
  const product = call.shop.products.get(Number(call.params.id));
  if (product === undefined) throw invalidId(404);
  return { body: productView(call.shop, shown(call, product), call.query.context === 'edit' ? 'edit' : 'view') };
}

export async function createProduct({ shop, body, path }: Call): Promise<Reply> {
  const product = await addProduct(shop, body, 'api');
  return { status: 201, body: productView(shop, product, 'edit'), location: `${path}/${product.id}` };
}

/** Creates a product from a body. */
export function addProduct(shop: Shop, body: JsonObject, cause: string): Promise<ProductRecord> {
  return saveProduct(shop, newProduct(shop, 'simple', 0), body, cause);
}

export async function updateProduct({ shop, body, params }: Call): Promise<Reply> {
  return { body: await changeProduct(shop, Number(params.id), body) };
}

/** Changes a product; a missing one is 400 here, 404 when it is to be deleted. */
export async function changeProduct(shop: Shop, id: number, body: JsonObject): Promise<JsonObject> {
  const product = writable(shop, id, 400);
  return productView(shop, await saveProduct(shop, product, body, 'api'), 'edit');
}

export function deleteProduct({ shop, params, query }: Call): Reply {
  return { body: dropProduct(shop, Number(params.id), query.force === true) };
}

/** Moves to the trash, or removes for good together with the variations; answers the state before. */
export function dropProduct(shop: Shop, id: number, force: boolean): JsonObject {
  const product = writable(shop, id, 404);
  const view = productView(shop, product, 'edit');
  if (!force && product.status === 'trash') {
    throw new WpError(410, 'woocommerce_rest_already_trashed', 'The product has already been deleted.');
  }
  shop.aboutToChange(product);
  if (force) {
    for (const variation of shop.variationsOf(id)) shop.removeProduct(variation);
    shop.removeProduct(product);
  } else {
    product.status = 'trash';
    product.modifiedMs = shop.nowMs();
    shop.putProduct(product);
  }
  shop.announce('product.deleted', id);
  return view;
}

function writable(shop: Shop, id: number, missingStatus: number): ProductRecord {
  const product = shop.products.get(numberOf(id));
  if (product === undefined) throw invalidId(missingStatus);
  if (product.type !== 'variation') return product;
  const message =
    'To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint.';
  throw new WpError(404, 'woocommerce_rest_invalid_product_id', message);
}
