import type { VendorAnswer } from '../../simulator-kit/index.ts';
import { nothing, refused, success } from './answers.ts';
import { type SubCategory, subCategoryOf } from './catalogue.ts';
import {
  isExact,
  nextId,
  nowMs,
  PRODUCT_STATUS,
  type Price,
  type Product,
  type Sku,
  setOffer,
  setPrice,
  skuById,
  type World,
} from './model.ts';
import { filledText, isWhole, listOf, objectOf } from './values.ts';

/** Reads a price, or says what is wrong with it. */
function readPrice(world: World, value: unknown): Price | string {
  const { amount, currency } = objectOf(value);
  if (typeof amount !== 'number' || !(amount > 0)) return 'price amount must be a positive number';
  if (currency !== world.options.currency) return `price currency must be ${world.options.currency}`;
  const price = { amount, currency };
  return isExact(price) ? price : `price amount has too many decimals for ${currency}`;
}

const chosen = (value: unknown, among: readonly { id: string }[]): string | null | undefined => {
  if (value === undefined || value === null) return null;
  return among.find(({ id }) => id === value)?.id;
};

function readSku(world: World, category: SubCategory, value: unknown): Sku | string {
  const sent = objectOf(value);
  const price = readPrice(world, sent.price);
  if (typeof price === 'string') return price;
  // One client puts it inside the price; which place is right is not known, both are taken.
  const sellerSKUId = filledText(sent.sellerSKUId) ?? filledText(objectOf(sent.price).sellerSKUId);
  if (sellerSKUId === undefined) return 'sellerSKUId is missing';
  const colorId = chosen(sent.colorId, category.colors);
  const sizeId = chosen(sent.sizeId, category.sizes);
  const capacityId = chosen(sent.capacityId, category.capacities);
  if (colorId === undefined) return 'colorId is none of the sub-category';
  if (sizeId === undefined) return 'sizeId is none of the sub-category';
  if (capacityId === undefined) return 'capacityId is none of the sub-category';
  if (!isWhole(sent.quantity) || sent.quantity < 0) return 'quantity must be a whole number from 0 on';
  const imageUrls = listOf(sent.imageUrls).map(String);
  if (imageUrls.length === 0 || !imageUrls.every(isAddress)) return 'imageUrls must name images';
  return { zilingoSKUId: null, sellerSKUId, colorId, sizeId, capacityId, imageUrls, price, quantity: sent.quantity };
}

const isAddress = (text: string): boolean => /^https?:\/\/\S+$/.test(text);

function attributesProblem(category: SubCategory, ids: readonly string[]): string | null {
  const known = category.attributes.flatMap(({ attributeChoices }) => attributeChoices.map(({ id }) => id));
  const stranger = ids.find((id) => !known.includes(id));
  if (stranger !== undefined) return `attribute choice ${stranger} is none of the sub-category`;
  for (const { name, isOptional, isMultiSelectable, attributeChoices } of category.attributes) {
    const count = attributeChoices.filter(({ id }) => ids.includes(id)).length;
    if (count === 0 && !isOptional) return `Mandatory attribute is missing: ${name}`;
    if (count > 1 && !isMultiSelectable) return `Only one choice of attribute ${name} is allowed`;
  }
  return null;
}

/** Queues a product for the quality check; uploaded twice, there are two. */
export function upload(world: World, sent: Record<string, unknown>): VendorAnswer {
  const category = subCategoryOf(objectOf(sent.subCategory).id);
  if (category === undefined) return refused(world, 'subCategory is unknown');
  const [name, description] = [filledText(sent.name), typeof sent.description === 'string' ? sent.description : ''];
  if (name === undefined) return refused(world, 'name is missing');
  const primaryImageUrl = filledText(sent.primaryImageUrl);
  if (primaryImageUrl === undefined || !isAddress(primaryImageUrl)) return refused(world, 'primaryImageUrl is missing');
  const attributeChoiceIds = listOf(sent.attributeChoiceIds).map(String);
  const problem = attributesProblem(category, attributeChoiceIds);
  if (problem !== null) return refused(world, problem);
  const read = listOf(sent.skus).map((sku) => readSku(world, category, sku));
  const wrong = read.find((sku) => typeof sku === 'string');
  if (typeof wrong === 'string') return refused(world, wrong);
  const skus = read.filter((sku) => typeof sku !== 'string');
  if (skus.length === 0) return refused(world, 'skus are missing');
  const variants = skus.map(({ colorId, sizeId, capacityId }) => `${colorId} ${sizeId} ${capacityId}`);
  if (new Set(variants).size < variants.length) return refused(world, 'two skus have the same colour, size, capacity');
  const productClientId = `PCL${String(nextId(world, 'product')).padStart(8, '0')}`;
  const product: Product = {
    ...{ productClientId, productId: null, name, description, primaryImageUrl, subCategoryId: category.id },
    ...{ attributeChoiceIds, status: PRODUCT_STATUS.inReview, reason: null, skus },
    reviewDueAt: nowMs(world) + world.options.reviewDelayMs,
  };
  world.state.products[productClientId] = product;
  world.tools.log.fact({ fact: 'listing.state', externalId: productClientId, from: 'ABSENT', to: 'IN_REVIEW' });
  world.tools.changed();
  return success(world, { productClientId });
}

/** A product as the API shows it: `skus` went in, `SKUs` come out. */
export function productAnswer(product: Product) {
  const { productClientId, productId, name, description, status, subCategoryId, attributeChoiceIds, reason } = product;
  const skus = product.skus.filter(({ zilingoSKUId }) => zilingoSKUId !== null);
  return {
    ...(productId === null ? {} : { productId }),
    ...{ productClientId, name, description, status, subCategory: { id: subCategoryId }, attributeChoiceIds },
    ...(reason === null ? {} : { REASON: reason }),
    SKUs: skus.map(({ zilingoSKUId, sellerSKUId, colorId, sizeId, capacityId, price }, index) => ({
      zilingoSKUId,
      ...{ colorId, sizeId, capacityId },
      // In both places, as it is taken in both.
      ...(index % 2 === 0
        ? { sellerSKUId, pricePerUnit: price }
        : { pricePerUnit: price, price: { ...price, sellerSKUId } }),
    })),
  };
}

export function byClientId(world: World, id: string | undefined): VendorAnswer {
  const product = world.state.products[id ?? ''];
  return product === undefined ? nothing() : { status: 200, body: productAnswer(product) };
}

export function subCategory(id: string | undefined): VendorAnswer {
  const found = subCategoryOf(id);
  return found === undefined ? nothing() : { status: 200, body: found };
}

/** Quantities of the SKUs that there are; strangers are left out without a word. */
export function quantities(world: World, sent: Record<string, unknown>): VendorAnswer {
  const zilingoSKUQuantities = listOf(sent.zilingoSKUIds).flatMap((id) => {
    const found = skuById(world, id);
    return found === undefined ? [] : [{ zilingoSKUId: String(id), quantity: found.sku.quantity }];
  });
  return { status: 200, body: { zilingoSKUQuantities } };
}

/** Deltas, all or none; below 0 it stops at 0 (UNCONFIRMED, as one client's "sold out" suggests). */
export function updateQuantities(world: World, sent: Record<string, unknown>): VendorAnswer {
  const rows = listOf(sent.skuDeltaQuantities).map(objectOf);
  if (rows.length === 0) return refused(world, 'skuDeltaQuantities are missing');
  for (const { zilingoSKUId, deltaQuantity } of rows) {
    if (skuById(world, zilingoSKUId) === undefined) return refused(world, `SKU ${zilingoSKUId} does not exist`);
    if (!isWhole(deltaQuantity)) return refused(world, 'deltaQuantity must be a whole number');
  }
  for (const { zilingoSKUId, deltaQuantity } of rows) {
    const sku = skuById(world, zilingoSKUId)?.sku;
    if (sku !== undefined) setOffer(world, sku, Math.max(0, sku.quantity + Number(deltaQuantity)), 'api');
  }
  world.tools.changed();
  return success(world);
}

export function priceOfProduct(world: World, sent: Record<string, unknown>): VendorAnswer {
  const product = Object.values(world.state.products).find((one) => one.productId === sent.productId);
  if (product === undefined || sent.productId === undefined) return refused(world, 'product does not exist');
  const price = readPrice(world, sent.pricePerUnit);
  if (typeof price === 'string') return refused(world, price);
  for (const sku of product.skus) setPrice(world, sku, price);
  world.tools.changed();
  return success(world);
}

/** The answer says `status`, as the one client that knows this call reads it. */
export function priceOfSkus(world: World, sent: Record<string, unknown>): VendorAnswer {
  const failed = (reason: string): VendorAnswer => ({ status: 200, body: { status: 'FAILED', REASON: reason } });
  const rows = listOf(sent.skuPrices).map(objectOf);
  if (rows.length === 0) return failed('skuPrices are missing');
  const changes: [Sku, Price][] = [];
  for (const { zilingoSKUId, pricePerUnit } of rows) {
    const found = skuById(world, zilingoSKUId);
    if (found === undefined || found.product.productId !== sent.productId) {
      return failed(`SKU ${zilingoSKUId} does not exist in this product`);
    }
    const price = readPrice(world, pricePerUnit);
    if (typeof price === 'string') return failed(price);
    changes.push([found.sku, price]);
  }
  for (const [sku, price] of changes) setPrice(world, sku, price);
  world.tools.changed();
  return { status: 200, body: { status: 'SUCCESS' } };
}
