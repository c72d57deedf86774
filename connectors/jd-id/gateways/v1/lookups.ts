import { attributesSchema, brandsSchema, valuesV1Schema } from '../../answers.ts';
import { calling, type GatewayCalls } from '../gateway.ts';
import { brandsOf, count, named } from '../readers.ts';
import { categoriesV1, categoryTreeSchema } from './categories.ts';

const VALUES_PAGE_SIZE = 20;
const json = JSON.stringify;

export const lookUps: Pick<GatewayCalls, 'categories' | 'attributes' | 'attributeValues' | 'brands'> = {
  categories: () =>
    calling({
      method: 'epi.ware.openapi.CategoryApi.getAllCategoryTree',
      operation: 'categories.list',
      business: '{}',
      schema: categoryTreeSchema,
      take: categoriesV1,
    }),
  attributes: (catId) =>
    calling({
      method: 'epi.ware.openapi.WareAttributeApi.getAttributesByCatId',
      operation: 'attributes.list',
      business: json({ catId }),
      schema: attributesSchema,
      take: (rows) => rows.map((row) => named(row.propertyId, row.nameEn, row.name)),
    }),
  attributeValues: (catId, attrId, currentPage) =>
    calling({
      method: 'epi.ware.openapi.WareAttributeApi.getAttrValuesByCatIdAndAttrId',
      operation: 'attributes.values',
      business: json({ catId, attrId, currentPage, pageSize: VALUES_PAGE_SIZE }),
      schema: valuesV1Schema,
      take: ({ data, totalCount }) => ({
        items: (data ?? []).map((row) => named(row.attributeValueId, row.nameEn, row.name)),
        total: count(totalCount),
      }),
    }),
  brands: () =>
    calling({
      method: 'epi.popShop.getShopBrandList',
      operation: 'brands.list',
      business: '{}',
      schema: brandsSchema,
      take: brandsOf,
    }),
};
