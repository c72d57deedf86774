import { ATTRIBUTES, CATEGORIES, readAttributeIds } from './catalogue.ts';
import type { ResolvedOptions, State } from './model.ts';
import { decimalNumber, filledText, wholeNumber } from './values.ts';

/** Fields of a product that are kept; whatever else is sent is ignored. */
const SPU_FIELDS = [
  ...['spuName', 'catId', 'brandId', 'description', 'appDescription', 'packageInfo', 'commonAttributeIds', 'keywords'],
  ...['productArea', 'countryId', 'crossProductType', 'clearanceType', 'taxesType', 'isQuality', 'qualityDays'],
  ...['warrantyPeriod', 'afterSale', 'whetherCod', 'subtitle', 'subtitleHref', 'subtitleHrefM', 'weight', 'packLong'],
  ...['packWide', 'packHeight', 'piece', 'minQuantity', 'maxQuantity'],
];
const SKU_FIELDS = [
  'upc',
  'saleAttributeIds',
  'saleAttrValueAlias',
  'weight',
  'packLong',
  'packWide',
  'packHeight',
  'piece',
  'maxQuantity',
];
const MEASURES = ['weight', 'packLong', 'packWide', 'packHeight'];
const AFTER_SALE = [1, 2, 3, 4];
const WARRANTY = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 21, 22, 30, 31, 32, 33, 35, 40, 41, 42, 43, 45, 50, 51, 52];

/** A SKU as it may be created. */
export interface NewSku {
  sellerSkuId: string;
  skuName: string;
  jdPrice: number;
  costPrice: number | null;
  stock: number;
  fields: Record<string, string | number>;
}

/** Takes the known fields of a product out of what was sent. */
export function spuFields(sent: Record<string, unknown>): Record<string, string | number> {
  return kept(sent, SPU_FIELDS);
}

/** Says what is wrong with a product's fields, or `null`. `isWhole`: all required ones must be there. */
export function spuFieldError(
  fields: Record<string, string | number>,
  options: ResolvedOptions,
  isWhole: boolean,
): string | null {
  const has = (name: string) => fields[name] !== undefined;
  if ((isWhole || has('spuName')) && filledText(fields.spuName) === undefined) return 'spuName is required';
  if (isWhole || has('catId')) {
    const category = CATEGORIES.find(({ id }) => id === wholeNumber(fields.catId));
    if (category?.level !== 3) return `catId ${fields.catId ?? ''} is not a third-level category`;
  }
  if (isWhole || has('brandId')) {
    const brandId = wholeNumber(fields.brandId);
    if (!options.brands.some((brand) => brand.brandId === brandId))
      return `brandId ${fields.brandId ?? ''} is not authorised for the shop`;
  }
  if (has('packageInfo') && filledText(String(fields.packageInfo)) === undefined)
    return 'packageInfo must not be empty';
  if (has('afterSale') && !AFTER_SALE.includes(wholeNumber(fields.afterSale) ?? 0)) return 'afterSale is unknown';
  if (has('warrantyPeriod') && !WARRANTY.includes(wholeNumber(fields.warrantyPeriod) ?? 0))
    return 'warrantyPeriod is unknown';
  const attributes = readAttributeIds(String(fields.commonAttributeIds ?? ''));
  return typeof attributes === 'string' ? attributes : measureError(fields);
}

/** Names a required attribute that neither product nor SKUs have, or `null`; which ones are required is set by control. */
export function missingAttribute(
  required: State['requiredAttributes'],
  fields: Record<string, string | number>,
  skus: ReadonlyArray<{ fields: Record<string, string | number> }>,
): string | null {
  const wanted = [...(required['*'] ?? []), ...(required[String(fields.catId)] ?? [])];
  const given = [fields.commonAttributeIds, ...skus.map((sku) => sku.fields.saleAttributeIds)].join(';');
  const ids = given.split(';').map((pair) => Number(pair.split(':')[0]));
  const missing = wanted.find((id) => !ids.includes(id));
  if (missing === undefined) return null;
  const name = ATTRIBUTES.find(({ propertyId }) => propertyId === missing)?.nameEn ?? 'unknown';
  return `Required attribute ${name} (${missing}) is missing`;
}

/** Reads one SKU of `skuList` (or of `addSkuInfo`); says what is wrong with it as a text. */
export function readNewSku(sent: Record<string, unknown>): NewSku | string {
  const skuName = filledText(sent.skuName);
  const jdPrice = wholeNumber(sent.jdPrice);
  const stock = sent.stock === undefined ? 0 : wholeNumber(sent.stock);
  const costPrice = sent.costPrice === undefined ? null : wholeNumber(sent.costPrice);
  const sellerSkuId = sent.sellerSkuId === undefined ? '' : String(sent.sellerSkuId);
  if (skuName === undefined) return 'skuName is required';
  if (jdPrice === undefined || jdPrice <= 0) return 'jdPrice must be a whole number above 0';
  if (stock === undefined || stock < 0) return 'stock must be a whole number, 0 or more';
  if (costPrice === undefined || (costPrice !== null && costPrice < 0)) return 'costPrice must be a whole number';
  const fields = kept(sent, SKU_FIELDS);
  const error = skuFieldError(fields);
  return error ?? { sellerSkuId, skuName, jdPrice, costPrice, stock, fields };
}

/** Says what is wrong with the SKUs of one product taken together, or `null`: variants must differ in what tells them apart. */
export function variantError(all: ReadonlyArray<{ fields: Record<string, string | number> }>): string | null {
  if (all.length < 2) return null;
  const keys = all.map(({ fields }) =>
    String(fields.saleAttributeIds ?? '')
      .split(';')
      .sort()
      .join(';'),
  );
  if (keys.includes('')) return 'saleAttributeIds is required when a product has several SKUs';
  return new Set(keys).size === keys.length ? null : 'two SKUs have the same saleAttributeIds';
}

function skuFieldError(fields: Record<string, string | number>): string | null {
  const attributes = readAttributeIds(String(fields.saleAttributeIds ?? ''));
  if (typeof attributes === 'string') return attributes;
  if (attributes.some(([attribute]) => attribute.type !== 2)) return 'saleAttributeIds may only hold sale attributes';
  if (fields.piece !== undefined && ![0, 1].includes(wholeNumber(fields.piece) ?? -1)) return 'piece must be 0 or 1';
  return measureError(fields);
}

function measureError(fields: Record<string, string | number>): string | null {
  const wrong = MEASURES.find(
    (name) => fields[name] !== undefined && fields[name] !== '' && (decimalNumber(fields[name]) ?? -1) < 0,
  );
  return wrong === undefined ? null : `${wrong} must be a number`;
}

function kept(sent: Record<string, unknown>, names: readonly string[]): Record<string, string | number> {
  const fields: Record<string, string | number> = {};
  for (const name of names) {
    const value = sent[name];
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
    else if (typeof value === 'boolean') fields[name] = String(value);
    else if (Array.isArray(value)) fields[name] = value.join(',');
  }
  return fields;
}
