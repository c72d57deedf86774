import { ATTRIBUTES, CATEGORIES, type Category, categoryPath } from './catalogue.ts';
import type { Sku, Spu, World } from './model.ts';
import { skusOf } from './model.ts';
import { skuOf, spuOf } from './product-writes.ts';
import { type Method, type MethodResult, ok, refused } from './result.ts';
import { listOf, wholeNumber } from './values.ts';

const PAGE_MAX = 100;

/** Methods that read products and look-ups. */
export const PRODUCT_READS: Readonly<Record<string, Method>> = {
  'jingdong.seller.category.api.read.getAllCategory': { wrapper: 'returnType', run: () => ok(CATEGORIES) },
  'jingdong.seller.category.api.read.getCategoryByCatIds': { wrapper: 'returnType', run: categoriesById },
  'jingdong.category.api.read.getAttributesByCatId': { wrapper: 'returnType', run: attributes },
  'jingdong.category.api.read.getAttrValuesByCatIdAndAttrId': { wrapper: 'returnType', run: attributeValues },
  // Shape of this answer: UNCONFIRMED.
  'jingdong.epi.shop.center.sdk.service.outer.BrandSdk.getAllOpenBrands': { wrapper: 'returnType', run: brands },
  'jingdong.seller.product.getWareInfoListByVendorId': { wrapper: 'returnType', flag: 'isSuccess', run: productList },
  'jingdong.seller.product.getWareBySpuIds': { wrapper: 'returnType', run: productDetail },
  'jingdong.seller.product.getSkuInfoBySpuIdAndVenderId': { wrapper: 'returnType', run: skusOfProduct },
  // Shape of this answer: UNCONFIRMED; one client reads it under this wrapper.
  'jingdong.seller.product.api.read.getSkuImgsBySpuId': {
    wrapper: 'com.jd.eptid.common.domain.EptRemoteResult',
    run: imagesOfProduct,
  },
  'jingdong.seller.product.sku.read.getSkuBySkuIds': { wrapper: 'returnType', run: skusById },
};

function categoriesById(_world: World, sent: Record<string, unknown>): MethodResult {
  const ids = listOf(sent.catId).map(wholeNumber);
  return ok(CATEGORIES.filter(({ id }) => ids.includes(id)));
}

function attributes(_world: World, sent: Record<string, unknown>): MethodResult {
  if (leaf(sent.catId) === undefined) return refused('The category does not exist');
  return ok(ATTRIBUTES.map(({ propertyId, type, name, nameEn }) => ({ propertyId, type, name, nameEn })));
}

function attributeValues(_world: World, sent: Record<string, unknown>): MethodResult {
  const attribute = ATTRIBUTES.find(({ propertyId }) => propertyId === wholeNumber(sent.attrId));
  if (leaf(sent.catId) === undefined || attribute === undefined) return refused('The attribute does not exist');
  const currentPage = Math.max(1, wholeNumber(sent.currentPage) ?? 1);
  const pageSize = Math.min(PAGE_MAX, Math.max(1, wholeNumber(sent.pageSize) ?? 20));
  const result = attribute.values.slice((currentPage - 1) * pageSize, currentPage * pageSize).map((value, index) => {
    return { ...value, attributeId: attribute.propertyId, sort: (currentPage - 1) * pageSize + index + 1 };
  });
  return ok({ result, pageSize, totalCount: attribute.values.length, currentPage });
}

function leaf(catId: unknown): Category | undefined {
  return CATEGORIES.find(({ id, level }) => level === 3 && id === wholeNumber(catId));
}

function brands(world: World): MethodResult {
  return ok(world.options.brands.map(({ brandId, brandName }) => ({ id: brandId, brandId, brandName, state: 1 })));
}

function productList(world: World, sent: Record<string, unknown>): MethodResult {
  const page = wholeNumber(sent.page) ?? 1;
  const size = wholeNumber(sent.size) ?? 10;
  if (page < 1 || size < 1 || size > PAGE_MAX) return refused(`page starts at 1, size is at most ${PAGE_MAX}`);
  const all = Object.values(world.state.spus);
  const shown = all.slice((page - 1) * size, page * size).map((spu) => {
    const { spuId, spuName, wareStatus, brandId, fullCategoryId, mainImgUri, imgUris, ...rest } = spuVo(world, spu);
    const { description, appDescription, productArea, afterSale, commonAttributeIds } = rest;
    const fullCategoryName = categoryPath(Number(spu.content.fields.catId), 'nameEn');
    const texts = { description, appDescription, productArea, afterSale, commonAttributeIds };
    return { spuId, spuName, wareStatus, brandId, fullCategoryId, fullCategoryName, mainImgUri, imgUris, ...texts };
  });
  return ok({ totalNum: all.length, pageNum: page, spuInfoVoList: shown });
}

/** Parts of the answer are left out unless their flag is `"1"`. */
function productDetail(world: World, sent: Record<string, unknown>): MethodResult {
  const isWanted = (flag: string) => String(sent[flag] ?? '0') === '1';
  const found = listOf(sent.spuId).flatMap((id) => spuOf(world, id) ?? []);
  return ok(
    found.map((spu) => {
      const { description, appDescription, imgUris, mainImgUri, productArea, commonAttributeIds, ...rest } = spuVo(
        world,
        spu,
      );
      const brand = world.options.brands.find(({ brandId }) => brandId === wholeNumber(spu.content.fields.brandId));
      return {
        ...rest,
        // The field names of a refusal's reason are UNCONFIRMED; `auditReason` is this simulator's own.
        auditStatus: spu.auditStatus,
        ...(spu.auditReason === null ? {} : { auditReason: spu.auditReason }),
        shopId: world.options.venderId,
        transportId: 0,
        modified: spu.modified,
        mainImgUri,
        ...(isWanted('spuDescription') ? { description, appDescription } : {}),
        ...(isWanted('spuImgs') ? { imgUris } : {}),
        ...(isWanted('brandInfo') ? { brandName: brand?.brandName, brandLogo: '' } : {}),
        ...(isWanted('skuIds') ? { skuIds: skusOf(world, spu.spuId).map(({ skuId }) => skuId) } : {}),
      };
    }),
  );
}

function skusOfProduct(world: World, sent: Record<string, unknown>): MethodResult {
  const spu = spuOf(world, sent.spuId);
  return spu === undefined
    ? refused('The product does not exist')
    : ok(skusOf(world, spu.spuId).map((sku) => skuVo(sku, spu)));
}

function imagesOfProduct(world: World, sent: Record<string, unknown>): MethodResult {
  const spu = spuOf(world, sent.spuId);
  if (spu === undefined) return refused('The product does not exist');
  return ok(spu.content.images.map(({ colorId, order, uri }) => ({ colorId, order, imgUri: uri })));
}

function skusById(world: World, sent: Record<string, unknown>): MethodResult {
  const found = listOf(sent.skuId).flatMap((id) => skuOf(world, id) ?? []);
  return ok(found.map((sku) => skuVo(sku, spuOf(world, sku.spuId))));
}

function spuVo(world: World, spu: Spu) {
  const { fields, images } = spu.content;
  const keywords = String(fields.keywords ?? '')
    .split(',')
    .filter((word) => word !== '');
  return {
    spuId: spu.spuId,
    spuName: fields.spuName,
    wareStatus: spu.wareStatus,
    brandId: wholeNumber(fields.brandId),
    keywords,
    fullCategoryId: categoryPath(Number(fields.catId), 'id'),
    minQuantity: wholeNumber(fields.minQuantity) ?? 1,
    maxQuantity: wholeNumber(fields.maxQuantity) ?? 1_000_000,
    whetherCod: fields.whetherCod,
    warrantyPeriod: fields.warrantyPeriod,
    afterSale: fields.afterSale,
    crossProductType: fields.crossProductType,
    subtitle: fields.subtitle,
    subtitleHref: fields.subtitleHref,
    productArea: fields.productArea,
    commonAttributeIds: fields.commonAttributeIds,
    venderId: world.options.venderId,
    mainImgUri: images[0]?.uri,
    imgUris: images.map(({ uri }) => uri),
    description: fields.description,
    appDescription: fields.appDescription,
  };
}

/** Measures are strings; whatever is unknown is missing. */
function skuVo(sku: Sku, spu: Spu | undefined) {
  const measure = (name: string) => {
    const value = sku.fields[name] ?? spu?.content.fields[name];
    return value === undefined || value === '' ? undefined : String(value);
  };
  return {
    skuId: sku.skuId,
    spuId: sku.spuId,
    skuName: sku.skuName,
    sellerSkuId: sku.sellerSkuId === '' ? undefined : sku.sellerSkuId,
    upc: sku.fields.upc,
    jdPrice: sku.jdPrice,
    costPrice: sku.costPrice ?? undefined,
    status: sku.status,
    saleAttributeIds: sku.fields.saleAttributeIds,
    saleAttributeNameMap: attributeNames(String(sku.fields.saleAttributeIds ?? '')),
    weight: measure('weight'),
    netWeight: measure('weight'),
    packLong: measure('packLong'),
    packWide: measure('packWide'),
    packHeight: measure('packHeight'),
    piece: wholeNumber(sku.fields.piece) ?? 0,
    mainImgUri: spu?.content.images[0]?.uri,
    maxQuantity: wholeNumber(sku.fields.maxQuantity),
  };
}

function attributeNames(ids: string): Record<string, string> {
  const names: Record<string, string> = {};
  for (const part of ids.split(';')) {
    const [attributeId, valueId] = part.split(':').map(Number);
    const attribute = ATTRIBUTES.find(({ propertyId }) => propertyId === attributeId);
    const value = attribute?.values.find(({ attributeValueId }) => attributeValueId === valueId);
    if (attribute !== undefined && value !== undefined) names[attribute.nameEn] = value.nameEn;
  }
  return names;
}
