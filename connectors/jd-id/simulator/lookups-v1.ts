import { CATEGORIES, type Category } from './catalogue.ts';
import type { World } from './model.ts';
import { PRODUCT_READS } from './product-reads.ts';
import { type MethodResult, type MethodV1, ok } from './result.ts';
import { listOf, objectOf, wholeNumber } from './values.ts';

/** Look-ups of the v1 gateway. */
export const LOOK_UPS_V1: Readonly<Record<string, MethodV1>> = {
  'epi.ware.openapi.CategoryApi.getAllCategoryTree': { run: (world) => ok(leaves().map((one) => treeVo(world, one))) },
  'epi.ware.openapi.CategoryApi.getAuthenCategory': { run: () => ok(CATEGORIES) },
  'epi.ware.openapi.CategoryApi.getCategoryByCatIds': { run: categoriesById },
  'epi.ware.openapi.WareAttributeApi.getAttributesByCatId': {
    run: (world, sent) => asV2(world, 'jingdong.category.api.read.getAttributesByCatId', sent),
  },
  'epi.ware.openapi.WareAttributeApi.getAttrValuesByCatIdAndAttrId': { run: attributeValues },
  'epi.popShop.getShopBrandList': { run: shopBrands },
  'epi.shop.center.sdk.service.outer.ShopSdk.getBrandByShopId': { run: brandsInLongForm },
};

/** The same service as v2 has it. */
async function asV2(world: World, name: string, sent: unknown): Promise<MethodResult> {
  const method = PRODUCT_READS[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return method.run(world, objectOf(sent), { stale: false });
}

function leaves(): Category[] {
  return CATEGORIES.filter(({ level }) => level === 3);
}

/** A category with its parent nested in it. `id` is the row of the shop's own list, `cateId` the category. */
function treeVo(world: World, category: Category): Record<string, unknown> {
  const chain = chainOf(category);
  const parent = chain.at(-2);
  return {
    id: 80_000 + category.id,
    cateId: category.id,
    cateName: category.name,
    cateNameEn: category.nameEn,
    cate1Id: chain[0]?.id ?? 0,
    cate2Id: chain[1]?.id ?? 0,
    cate3Id: chain[2]?.id ?? 0,
    cateState: 1,
    state: 1,
    type: 1,
    shopId: world.options.venderId,
    parentCateVo: parent === undefined ? null : treeVo(world, parent),
  };
}

/** From the top category down to this one. */
function chainOf(category: Category): Category[] {
  const parent = CATEGORIES.find(({ id }) => id === category.parentId);
  return parent === undefined ? [category] : [...chainOf(parent), category];
}

function categoriesById(_world: World, sent: unknown): MethodResult {
  const ids = listOf(objectOf(sent).catIds).map(wholeNumber);
  return ok(CATEGORIES.filter(({ id }) => ids.includes(id)));
}

/** v1 names the values `data`. */
async function attributeValues(world: World, sent: unknown): Promise<MethodResult> {
  const result = await asV2(world, 'jingdong.category.api.read.getAttrValuesByCatIdAndAttrId', sent);
  if (!result.success) return result;
  const { result: data, pageSize, totalCount } = objectOf(result.model);
  return ok({ pageSize, totalCount, data });
}

function shopBrands(world: World): MethodResult {
  const shopId = world.options.venderId;
  return ok(
    world.options.brands.map(({ brandId, brandName }) => {
      return { id: 70_000 + brandId, brandId, brandName, logo: '', shopId, state: 1, brandState: 1, isForever: 1 };
    }),
  );
}

function brandsInLongForm(world: World): MethodResult {
  const shopId = world.options.venderId;
  return ok(
    world.options.brands.map(({ brandId, brandName }) => {
      const brandDto = { id: brandId, nameInd: brandName, nameEn: brandName, nameCn: '', logoImg: '', status: 1 };
      return { id: 70_000 + brandId, brandId, shopId, status: 1, isForever: 1, brandDto };
    }),
  );
}
