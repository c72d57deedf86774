import { AUDIT_STATUS, type Spu, WARE_STATUS, type World } from './model.ts';
import { PRODUCT_READS } from './product-reads.ts';
import { PRODUCT_WRITES, putImage, skuOf, spuOf } from './product-writes.ts';
import { type MethodResult, type MethodV1, ok, refused, type UploadContext } from './result.ts';
import { STOCK_METHODS } from './stock-methods.ts';
import { filledText, listOf, objectOf, structured, wholeNumber } from './values.ts';

const CLIENT = 'com.jd.eptid.warecenter.api.ware.WarePlusClient';

/** Product methods of the v1 gateway: the services of v2 in other words. */
export const PRODUCT_METHODS_V1: Readonly<Record<string, MethodV1>> = {
  [`${CLIENT}.getWareTinyInfoListByVenderId`]: { run: productList },
  [`${CLIENT}.getSkuInfoBySpuId`]: {
    run: (world, sent) => service(world, 'getSkuInfoBySpuIdAndVenderId', { spuId: listOf(sent)[0] }),
  },
  'epi.ware.openapi.SkuApi.getSkuBySkuIds': {
    run: (world, sent) => service(world, 'getSkuBySkuIds', { skuId: objectOf(sent).skuIds }),
  },
  'epi.ware.openapi.SpuApi.publishWare': { run: publish },
  'epi.ware.openapi.SpuApi.updateSpuInfo': {
    run: (world, sent) => service(world, 'updateProduct', objectOf(structured(objectOf(sent).spuInfo))),
  },
  'epi.ware.openapi.SkuApi.addSkuInfo': { run: addSkus },
  'epi.ware.openapi.SkuApi.updateSkuInfo': {
    run: (world, sent) => service(world, 'updateSkuInfo', objectOf(structured(objectOf(sent).skuInfo))),
  },
  'epi.ware.openapi.warestock.updateWareStock': {
    run: (world, sent) => service(world, 'updateEpiMerchantWareStock', { wareStockUpdateListStr: jsonStr(sent) }),
  },
  // Shape of this answer: UNCONFIRMED. Here: as v2's.
  'epi.ware.openapi.warestock.queryWareStockList': {
    run: (world, sent) => service(world, 'queryEpiMerchantWareStock', { wareStockQueryListStr: jsonStr(sent) }),
  },
  'epi.ware.openapi.SkuApi.saveSkuMainPic': {
    upload: true,
    run: (world, sent, call) => savePicture(world, sent, call, 1),
  },
  'epi.ware.openapi.SkuApi.saveSkuDetailPic': { upload: true, run: saveDetailPicture },
  'epi.ware.openapi.SpuApi.saveSpuMainPic': { upload: true, run: saveProductPicture },
  'epi.ware.openapi.WareOperation.doAudit': { run: doAudit },
};

const SERVICES = { ...PRODUCT_READS, ...PRODUCT_WRITES, ...STOCK_METHODS };

/** The service that v2 reaches by a method of this name. */
async function service(world: World, name: string, sent: Record<string, unknown>): Promise<MethodResult> {
  const method = Object.entries(SERVICES).find(([full]) => full.endsWith(`.${name}`))?.[1];
  if (method === undefined) throw new Error(`no service ${name}`);
  return method.run(world, sent, { stale: false });
}

function jsonStr(sent: unknown): unknown {
  return objectOf(sent).jsonStr;
}

/** `1,10` = page and size, or an object that names them. */
async function productList(world: World, sent: unknown): Promise<MethodResult> {
  const { page, pageSize } = objectOf(sent);
  const [first, second] = Array.isArray(sent) ? sent : [page, pageSize];
  const result = await service(world, 'getWareInfoListByVendorId', { page: first, size: second });
  if (!result.success) return result;
  const { totalNum, pageNum, spuInfoVoList } = objectOf(result.model);
  const list = listOf(spuInfoVoList).map((one) => {
    const { imgUris: _imgUris, commonAttributeIds: _attributes, productArea: _area, ...tiny } = objectOf(one);
    const spu = spuOf(world, tiny.spuId);
    const extra = {
      shopId: world.options.venderId,
      transportId: 0,
      warrantyPeriod: spu?.content.fields.warrantyPeriod,
    };
    return { ...tiny, ...extra, ...(spu === undefined ? {} : { wareStatus: wareStatusV1(spu) }) };
  });
  return ok({ totalNum, pageNum, spuInfoVoList: list });
}

/** v1 has no `auditStatus`: that `wareStatus` 5 and 6 tell of a first review refused and running is our own choice, UNCONFIRMED. */
export function wareStatusV1({ wareStatus, auditStatus }: Spu): number {
  if (wareStatus !== WARE_STATUS.neverApproved) return wareStatus;
  if (auditStatus === AUDIT_STATUS.refused) return 5;
  return auditStatus === AUDIT_STATUS.firstReview ? 6 : wareStatus;
}

/** The answer names the SKUs, unlike v2's, but not the seller's own numbers. */
async function publish(world: World, sent: unknown): Promise<MethodResult> {
  const result = await service(world, 'addProduct', objectOf(sent));
  if (!result.success) return result;
  const { spuId, skuIdList } = objectOf(result.model);
  const skus = listOf(skuIdList).flatMap((one) => skuOf(world, objectOf(one).skuId) ?? []);
  return ok({
    spuId,
    venderId: world.options.venderId,
    skuIdList: skus.map(({ skuId, skuName, status, stock }) => ({ skuId, skuName, status, stock })),
  });
}

async function addSkus(world: World, sent: unknown): Promise<MethodResult> {
  const { spuId, skuList } = objectOf(sent);
  const added: unknown[] = [];
  for (const sku of listOf(structured(skuList))) {
    const result = await service(world, 'addSkuInfo', { ...objectOf(sku), spuId });
    if (!result.success) return result;
    added.push(...listOf(result.model).map((one) => ({ skuId: objectOf(one).skuId })));
  }
  return added.length === 0 ? refused('skuList is required') : ok(added);
}

/** Pictures of a SKU; the product's own are those of its first SKU. */
function savePicture(world: World, sent: unknown, { file }: UploadContext, order: number): MethodResult {
  const { skuId, fileName } = objectOf(sent);
  const sku = skuOf(world, skuId);
  if (filledText(fileName) === undefined) return refused('fileName is required');
  if (sku === undefined || file === null) return refused('The SKU does not exist');
  return putImage(world, spuOf(world, sku.spuId), { bytes: file, colorId: `sku-${sku.skuId}`, order });
}

function saveDetailPicture(world: World, sent: unknown, context: UploadContext): MethodResult {
  const order = wholeNumber(objectOf(sent).order);
  return order === undefined || order < 1
    ? refused('order must be 1 or more')
    : savePicture(world, sent, context, order + 1);
}

function saveProductPicture(world: World, sent: unknown, { file }: UploadContext): MethodResult {
  const { spuId, fileName } = objectOf(sent);
  if (filledText(fileName) === undefined) return refused('fileName is required');
  if (file === null) return refused('The product does not exist');
  return putImage(world, spuOf(world, spuId), { bytes: file, colorId: '0000000000', order: 1 });
}

/** This gateway has no way onto the shelf: what it submitted goes there once it is approved (UNCONFIRMED). */
async function doAudit(world: World, sent: unknown): Promise<MethodResult> {
  const { spuIds } = objectOf(sent);
  const result = await service(world, 'submitAudit', { spuId: spuIds });
  if (!result.success) return result;
  for (const id of listOf(spuIds)) {
    const spu = spuOf(world, id);
    if (spu !== undefined) spu.shelvesItself = true;
  }
  return ok(null);
}
