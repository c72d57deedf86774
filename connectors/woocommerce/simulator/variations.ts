import { type Call, type Reply, viewPage } from './call.ts';
import { WpError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { ProductRecord } from './model.ts';
import { newProduct, saveProduct } from './product-save.ts';
import { variationView } from './product-view.ts';
import { productFilter, shown, sortProducts } from './products.ts';
import type { Shop } from './shop.ts';

const invalidId = (status: number) =>
  new WpError(status, 'woocommerce_rest_product_variation_invalid_id', 'Invalid ID.');

/** `GET /products/{id}/variations`, and `GET /variations` across all products. */
export function listVariations(call: Call): Reply {
  const { shop, query, params } = call;
  const parentId = params.id === undefined ? null : Number(params.id);
  const rows = call.lists.get(shop, `variations ${parentId ?? 'all'}`, query, () => {
    const filter = productFilter(shop, query);
    const candidates = parentId === null ? [...shop.products.values()] : shop.variationsOf(parentId);
    const fitting = candidates.filter((product) => product.type === 'variation' && filter(product));
    return sortProducts(shop, fitting, query);
  });
  return viewPage(call, rows, (variation) => variationView(shop, shown(call, variation), 'view'));
}

export function readVariation(call: Call): Reply {
  const { shop, params } = call;
  const variation = variationOf(shop, Number(params.id), Number(params.variationId), 404);
  return { body: variationView(shop, shown(call, variation), 'view') };
}

export async function createVariation({ shop, params, body, path }: Call): Promise<Reply> {
  const variation = await addVariation(shop, Number(params.id), body, 'api');
  return { status: 201, body: variationView(shop, variation, 'edit'), location: `${path}/${variation.id}` };
}

/**
 * Creates a variation of a product.
 * @throws WpError 404 when there is no such product (its code is UNCONFIRMED)
 */
export async function addVariation(
  shop: Shop,
  parentId: number,
  body: JsonObject,
  cause: string,
): Promise<ProductRecord> {
  const parent = shop.products.get(parentId);
  if (parent === undefined || parent.type === 'variation') {
    const message = 'Cannot set attributes due to invalid parent product.';
    throw new WpError(404, 'woocommerce_rest_product_variation_invalid_parent', message);
  }
  return saveProduct(shop, newProduct(shop, 'variation', parentId), body, cause);
}

export async function updateVariation({ shop, params, body }: Call): Promise<Reply> {
  return { body: await changeVariation(shop, Number(params.id), Number(params.variationId), body) };
}

export async function changeVariation(shop: Shop, parentId: number, id: number, body: JsonObject): Promise<JsonObject> {
  const variation = variationOf(shop, parentId, id, 400);
  return variationView(shop, await saveProduct(shop, variation, body, 'api'), 'edit');
}

export function deleteVariation({ shop, params }: Call): Reply {
  return { body: dropVariation(shop, Number(params.id), Number(params.variationId)) };
}

/** Removes a variation for good; answers the state before. */
export function dropVariation(shop: Shop, parentId: number, id: number): JsonObject {
  const variation = variationOf(shop, parentId, id, 404);
  const view = variationView(shop, variation, 'edit');
  shop.aboutToChange(variation);
  shop.removeProduct(variation);
  shop.announce('product.deleted', id);
  return view;
}

function variationOf(shop: Shop, parentId: number, id: number, missingStatus: number): ProductRecord {
  const variation = shop.products.get(id);
  if (variation?.type !== 'variation' || variation.parentId !== parentId) throw invalidId(missingStatus);
  return variation;
}
