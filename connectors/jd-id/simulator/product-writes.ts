import { createHash } from 'node:crypto';
import {
  AUDIT_STATUS,
  type Content,
  nowMs,
  type Sku,
  type Spu,
  setOffer,
  setPrice,
  skusOf,
  WARE_STATUS,
  type World,
} from './model.ts';
import { missingAttribute, type NewSku, readNewSku, spuFieldError, spuFields, variantError } from './product-fields.ts';
import { type Method, type MethodResult, ok, refused } from './result.ts';
import { changeListing, isUnderReview, startReview } from './review.ts';
import { filledText, listOf, objectOf, structured, wholeNumber } from './values.ts';

const NOT_REVIEWABLE = 'The product is under review, please wait until the review has ended';
const LOCKED = 'The product is locked by the platform';
const TAKEN_DOWN = 'The product was taken down by the platform: change it and submit it for review';
const NO_PRODUCT = 'The product does not exist';

/** Methods that change products. All answer under `returnType`. */
export const PRODUCT_WRITES: Readonly<Record<string, Method>> = {
  'jingdong.seller.product.api.write.addProduct': { wrapper: 'returnType', run: addProduct },
  'jingdong.seller.product.api.write.updateProduct': { wrapper: 'returnType', run: updateProduct },
  'jingdong.seller.product.sku.write.addSkuInfo': { wrapper: 'returnType', run: addSkuInfo },
  'jingdong.seller.product.sku.write.updateSkuInfo': { wrapper: 'returnType', run: updateSkus },
  'jingdong.seller.product.sku.write.updateSkuList': { wrapper: 'returnType', run: updateSkus },
  'jingdong.seller.price.updatePriceBySkuIds': { wrapper: 'returnType', run: updatePrices },
  'jingdong.seller.product.sku.write.updateProductImages': { wrapper: 'returnType', run: updateImages },
  'jingdong.seller.product.api.write.submitAudit': { wrapper: 'returnType', run: submitAudit },
  'jingdong.seller.product.api.write.delSpu': { wrapper: 'returnType', run: deleteProduct },
  'jingdong.seller.product.api.write.onShelf': {
    wrapper: 'returnType',
    run: (world, sent) => toShelf(world, sent, true),
  },
  'jingdong.seller.product.api.write.offShelf': {
    wrapper: 'returnType',
    run: (world, sent) => toShelf(world, sent, false),
  },
};

function addProduct(world: World, sent: Record<string, unknown>): MethodResult {
  const fields = spuFields(objectOf(structured(sent.spuInfo)));
  const error = spuFieldError(fields, world.options, true);
  if (error !== null) return refused(error);
  const read = listOf(structured(sent.skuList)).map((sku) => readNewSku(objectOf(sku)));
  const wrong = read.find((sku) => typeof sku === 'string');
  if (wrong !== undefined) return refused(String(wrong));
  const newSkus = read.filter((sku) => typeof sku !== 'string');
  if (newSkus.length === 0) return refused('skuList is required');
  const { nextId, spus, refuseSkus, requiredAttributes } = world.state;
  const refusedSku = newSkus.find(({ sellerSkuId }) => Object.hasOwn(refuseSkus, sellerSkuId));
  if (refusedSku !== undefined) return refused(refuseSkus[refusedSku.sellerSkuId] ?? 'refused');
  const clash = variantError(newSkus) ?? missingAttribute(requiredAttributes, fields, newSkus);
  if (clash !== null) return refused(clash);
  const spu: Spu = {
    spuId: nextId.spu,
    content: { fields, images: [] },
    draft: null,
    wareStatus: WARE_STATUS.neverApproved,
    auditStatus: AUDIT_STATUS.notSubmitted,
    auditReason: null,
    reviewDueAt: null,
    modified: nowMs(world),
  };
  nextId.spu += 1;
  spus[spu.spuId] = spu;
  const added = newSkus.map((sku) => putSku(world, spu.spuId, sku));
  world.tools.log.fact({ fact: 'listing.state', externalId: String(spu.spuId), from: 'ABSENT', to: 'DRAFT' });
  // The answer doesn't name the seller's SKUs: callers must read back to match them.
  return ok({ spuId: spu.spuId, skuIdList: added.map(({ skuId }) => ({ skuId })) });
}

/** Only the method's name and parameter are known; that it takes live products and needs no review is UNCONFIRMED. */
function deleteProduct(world: World, sent: Record<string, unknown>): MethodResult {
  const spu = world.state.spus[wholeNumber(sent.spuId) ?? 0];
  if (spu === undefined) return refused(NO_PRODUCT);
  for (const { skuId } of skusOf(world, spu.spuId)) delete world.state.skus[skuId];
  delete world.state.spus[spu.spuId];
  world.tools.log.fact({ fact: 'listing.state', externalId: String(spu.spuId), from: 'OFF_SHELF', to: 'ABSENT' });
  return ok(true);
}

function putSku(world: World, spuId: number, from: NewSku): Sku {
  const { nextId, skus } = world.state;
  const sku: Sku = { ...from, skuId: nextId.sku, spuId, status: 1 };
  nextId.sku += 1;
  skus[sku.skuId] = sku;
  setPrice(world, sku, from.jdPrice);
  setOffer(world, sku, from.stock, 'api');
  return sku;
}

function updateProduct(world: World, sent: Record<string, unknown>): MethodResult {
  const spu = spuOf(world, sent.spuId);
  if (spu === undefined) return refused(NO_PRODUCT);
  const closed = closedFor(spu);
  if (closed !== null) return refused(closed);
  const fields = spuFields(sent);
  const now = { ...(spu.draft ?? spu.content).fields, ...fields };
  const error =
    spuFieldError(fields, world.options, false) ??
    missingAttribute(world.state.requiredAttributes, now, skusOf(world, spu.spuId));
  if (error !== null) return refused(error);
  const target = editable(spu);
  changeListing(world, spu, () => Object.assign(target.fields, fields));
  return ok(true);
}

function addSkuInfo(world: World, sent: Record<string, unknown>): MethodResult {
  const spu = spuOf(world, sent.spuId);
  if (spu === undefined) return refused(NO_PRODUCT);
  const closed = closedFor(spu);
  if (closed !== null) return refused(closed);
  const sku = readNewSku(sent);
  if (typeof sku === 'string') return refused(sku);
  const clash = variantError([...skusOf(world, spu.spuId), sku]);
  if (clash !== null) return refused(clash);
  const added = putSku(world, spu.spuId, sku);
  return ok([
    { skuId: added.skuId, spuId: spu.spuId, skuName: added.skuName, jdPrice: added.jdPrice, status: added.status },
  ]);
}

/** Several SKUs may come as parallel lists or as one flat SKU. Needs no review. */
function updateSkus(world: World, sent: Record<string, unknown>): MethodResult {
  const ids = listOf(sent.skuId);
  const changes = ids.map((id, index) => {
    const at = (name: string) => (ids.length === 1 ? sent[name] : listOf(sent[name])[index]);
    return {
      sku: skuOf(world, id),
      jdPrice: at('jdPrice'),
      costPrice: at('costPrice'),
      skuName: at('skuName'),
      sellerSkuId: at('sellerSkuId'),
    };
  });
  const error = changes.length === 0 ? 'skuId is required' : firstError(changes, sent.spuId);
  if (error !== null) return refused(error);
  for (const { sku, jdPrice, costPrice, skuName, sellerSkuId } of changes) {
    if (sku === undefined) continue;
    sku.skuName = filledText(skuName) ?? sku.skuName;
    sku.sellerSkuId = filledText(sellerSkuId) ?? sku.sellerSkuId;
    sku.costPrice = wholeNumber(costPrice) ?? sku.costPrice;
    const price = wholeNumber(jdPrice);
    if (price !== undefined) setPrice(world, sku, price);
  }
  return ok(changes.map(({ sku }) => sku?.skuId));
}

function firstError(changes: Array<{ sku: Sku | undefined; jdPrice: unknown }>, spuId: unknown): string | null {
  for (const { sku, jdPrice } of changes) {
    if (sku === undefined) return 'The SKU does not exist';
    if (spuId !== undefined && wholeNumber(spuId) !== sku.spuId)
      return `SKU ${sku.skuId} does not belong to the product`;
    if (jdPrice !== undefined && (wholeNumber(jdPrice) ?? 0) <= 0) return 'jdPrice must be a whole number above 0';
  }
  return null;
}

function updatePrices(world: World, sent: Record<string, unknown>): MethodResult {
  return updateSkus(world, { skuId: sent.skuId, jdPrice: sent.salePrice ?? '' });
}

function updateImages(world: World, sent: Record<string, unknown>): MethodResult {
  const image = objectOf(structured(sent.imageApiVo));
  const spu = spuOf(world, image.productId);
  const order = wholeNumber(image.order);
  if (order === undefined || order < 1) return refused('order must be 1 or more');
  // Line breaks every 76 characters are taken, as one client sends them.
  const bytes = Buffer.from(String(image.imageByteBase64 ?? '').replace(/\s/g, ''), 'base64');
  return putImage(world, spu, { bytes, order, colorId: String(image.colorId ?? '0000000000') });
}

/** Puts a picture at its place, over the one that was there. */
export function putImage(
  world: World,
  spu: Spu | undefined,
  { bytes, order, colorId }: { bytes: Buffer; order: number; colorId: string },
): MethodResult {
  if (spu === undefined) return refused(NO_PRODUCT);
  const closed = closedFor(spu);
  if (closed !== null) return refused(closed);
  if (!isPicture(bytes)) return refused('image is not a JPEG or PNG picture');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const uri = `jfs/sim/${sha256.slice(0, 16)}.${bytes[0] === 0x89 ? 'png' : 'jpg'}`;
  const target = editable(spu);
  changeListing(world, spu, () => {
    target.images = target.images.filter((old) => old.order !== order || old.colorId !== colorId);
    target.images.push({ colorId, order, sha256, bytes: bytes.length, uri });
    target.images.sort((left, right) => left.order - right.order);
  });
  return ok(uri);
}

function submitAudit(world: World, sent: Record<string, unknown>): MethodResult {
  const spus = listOf(sent.spuId).map((id) => spuOf(world, id));
  if (spus.length === 0) return refused('spuId is required');
  for (const spu of spus) {
    if (spu === undefined) return refused(NO_PRODUCT);
    const closed = closedFor(spu);
    if (closed !== null) return refused(closed);
  }
  for (const spu of spus) if (spu !== undefined) startReview(world, spu);
  return ok('success');
}

function toShelf(world: World, sent: Record<string, unknown>, isOn: boolean): MethodResult {
  const spu = spuOf(world, sent.spuId);
  if (spu === undefined) return refused(NO_PRODUCT);
  if (spu.wareStatus === WARE_STATUS.neverApproved) return refused('The product has not passed the review');
  if (spu.wareStatus === WARE_STATUS.locked) return refused(LOCKED);
  if (spu.wareStatus === WARE_STATUS.takenDown) return refused(TAKEN_DOWN);
  changeListing(world, spu, () => {
    spu.wareStatus = isOn ? WARE_STATUS.onShelf : WARE_STATUS.offShelf;
  });
  return ok(true);
}

/** Why a product can't be edited or submitted now, or `null`. */
function closedFor(spu: Spu): string | null {
  if (spu.wareStatus === WARE_STATUS.locked) return LOCKED;
  return isUnderReview(spu) ? NOT_REVIEWABLE : null;
}

/** What an edit changes: the product itself before its first approval, later a copy that waits for the next review. */
function editable(spu: Spu): Content {
  if (spu.wareStatus === WARE_STATUS.neverApproved) return spu.content;
  spu.draft ??= structuredClone(spu.content);
  return spu.draft;
}

/** The product with this id (a number, digits, or a list of one). */
export function spuOf(world: World, id: unknown): Spu | undefined {
  return world.state.spus[String(wholeNumber(listOf(id)[0]))];
}

/** The SKU with this id. */
export function skuOf(world: World, id: unknown): Sku | undefined {
  return world.state.skus[String(wholeNumber(id))];
}

function isPicture(bytes: Buffer): boolean {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
  return isJpeg || bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
}
