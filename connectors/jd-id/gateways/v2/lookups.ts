import { attributesSchema, attributeValuesSchema, brandsSchema, categoriesSchema } from '../../answers.ts';
import { idValue } from '../../json.ts';
import { text } from '../../mapping.ts';
import type { JdIdSettings } from '../../schema.ts';
import { calling, type GatewayCalls } from '../gateway.ts';
import { brandsOf, count, named } from '../readers.ts';

const VALUES_PAGE_SIZE = 20;
const json = JSON.stringify;

/** Look-ups. */
export function lookUps({
  venderId,
}: JdIdSettings): Pick<GatewayCalls, 'categories' | 'attributes' | 'attributeValues' | 'brands'> {
  return {
    categories: () =>
      calling({
        method: 'jingdong.seller.category.api.read.getAllCategory',
        operation: 'categories.list',
        business: json(venderId === undefined ? {} : { venderId: idValue(venderId) }),
        schema: categoriesSchema,
        take: (rows) =>
          rows.map((row) => {
            const parentId = text(row.parentId);
            return { ...named(row.id, row.nameEn, row.name), parentId: parentId === '0' ? null : parentId };
          }),
      }),
    attributes: (categoryId) =>
      calling({
        method: 'jingdong.category.api.read.getAttributesByCatId',
        operation: 'attributes.list',
        business: json({ catId: idValue(categoryId) }),
        schema: attributesSchema,
        take: (rows) => rows.map((row) => named(row.propertyId, row.nameEn, row.name)),
      }),
    attributeValues: (categoryId, attributeId, currentPage) =>
      calling({
        method: 'jingdong.category.api.read.getAttrValuesByCatIdAndAttrId',
        operation: 'attributes.values',
        business: json({
          catId: idValue(categoryId),
          attrId: idValue(attributeId),
          currentPage,
          pageSize: VALUES_PAGE_SIZE,
        }),
        schema: attributeValuesSchema,
        take: ({ result, totalCount }) => ({
          items: (result ?? []).map((row) => named(row.attributeValueId, row.nameEn, row.name)),
          total: count(totalCount),
        }),
      }),
    // Shape UNCONFIRMED.
    brands: () =>
      calling({
        method: 'jingdong.epi.shop.center.sdk.service.outer.BrandSdk.getAllOpenBrands',
        operation: 'brands.list',
        business: '{}',
        schema: brandsSchema,
        take: brandsOf,
      }),
  };
}
