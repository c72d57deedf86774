import { createHash } from 'node:crypto';
import { wordKey } from '../../cleaning/text.ts';
import type { RuledListing, RuledSku } from './types.ts';

/** One value of a field; `sku` names the unit that it is of, where it is not the listing's. */
export interface FieldValue {
  readonly sku: string | null;
  readonly value: string | number | null;
}

const skuFields: Readonly<Record<string, (sku: RuledSku) => string | number | null>> = {
  price: ({ price }) => (price === null ? null : `${price.amountMinor} ${price.currency}`),
  barcode: ({ barcode }) => barcode,
  weightGrams: ({ weightGrams }) => weightGrams,
  lengthMm: ({ lengthMm }) => lengthMm,
  widthMm: ({ widthMm }) => widthMm,
  heightMm: ({ heightMm }) => heightMm,
  hsCode: ({ hsCode }) => hsCode ?? null,
  originCountryCode: ({ originCountryCode }) => originCountryCode ?? null,
  sellerSku: ({ sellerSku }) => sellerSku,
};

const listingFields: Readonly<Record<string, (listing: RuledListing) => string | null>> = {
  title: ({ title }) => title,
  descriptionHtml: ({ descriptionHtml }) => descriptionHtml,
  categoryId: ({ categoryId }) => categoryId,
  brandId: ({ brandId }) => brandId,
  images: ({ images }) => (images.length === 0 ? null : images.map(({ url }) => url).join(' ')),
  skus: ({ skus }) => (skus.length === 0 ? null : skus.map(({ sellerSku }) => sellerSku).join(' ')),
  attributes: ({ attributes }) => {
    const all = Object.entries(attributes).sort();
    return all.length === 0 ? null : JSON.stringify(all);
  },
};

/** Every field of which a rule may speak, besides `attributes.<name or id>`. */
export const ruledFields: readonly string[] = [...Object.keys(listingFields), ...Object.keys(skuFields)];

export const isRuledField = (field: string): boolean => ruledFields.includes(field) || /^attributes\.\S/.test(field);

/** The values of a field, one of each unit where units have it; an unknown field has none. */
export function valuesOf(listing: RuledListing, field: string): readonly FieldValue[] {
  const ofListing = Object.hasOwn(listingFields, field) ? listingFields[field] : undefined;
  if (ofListing) return [{ sku: null, value: ofListing(listing) }];
  const ofSku = Object.hasOwn(skuFields, field) ? skuFields[field] : undefined;
  if (ofSku) return listing.skus.map((sku) => ({ sku: sku.sellerSku, value: ofSku(sku) }));
  if (!field.startsWith('attributes.')) return [];
  const id = attributeId(listing, field.slice('attributes.'.length));
  const given =
    listing.attributes[id] ??
    listing.skus.find(({ variantAttributes }) => variantAttributes?.[id])?.variantAttributes?.[id];
  return [{ sku: null, value: given ?? null }];
}

/** An attribute by its name over there, or by its id. */
function attributeId(listing: RuledListing, named: string): string {
  const known = Object.entries(listing.attributeIds).find(([name]) => wordKey(name) === wordKey(named));
  return known?.[1] ?? named;
}

/** What stands for the present value of a field, to know it again. */
export const valueHashOf = (listing: RuledListing, field: string): string =>
  createHash('sha256')
    .update(JSON.stringify(valuesOf(listing, field)))
    .digest('hex')
    .slice(0, 32);

/** What people read of a description: without its tags, blanks as one. */
export const plainText = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
