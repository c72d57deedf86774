import type {
  ListingDraft,
  ListingDraftSku,
  ListingRef,
  MarketplaceAttribute,
  ReviewReason,
  ReviewVerdict,
} from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import { text, toPrice } from './mapping.ts';
import type { ProductVo, SkuVo, SubCategory } from './schema.ts';
import { fieldOfReason, productState, reasonKeys } from './tags.ts';

/** Columns of the portal's upload sheet. */
export const IMAGES_MAX = 10;

/** What tells the SKUs of a product apart, under our names for them: → field of the upload, list of the sub-category. */
export const variantFields = {
  color: { field: 'colorId', list: 'colors', name: 'Colour' },
  size: { field: 'sizeId', list: 'sizes', name: 'Size' },
  capacity: { field: 'capacityId', list: 'capacities', name: 'Capacity' },
} as const;
type Variant = keyof typeof variantFields;
const variants = Object.keys(variantFields) as Variant[];

const wrong = (field: string, message: string, remedy: string): ConnectorError =>
  new ConnectorError('Rejected', message, { code: 'bad_draft', field, remedy });

/** Attributes of a sub-category; colour, size and capacity among them, because they have ids of their own in each. */
export function toAttributes(category: SubCategory): MarketplaceAttribute[] {
  const named = (choices: readonly { id: string | number; name?: string | null }[] | null | undefined) =>
    (choices ?? []).map(({ id, name }) => ({ id: String(id), name: name ?? String(id) }));
  const described = (category.attributes ?? []).map((attribute) => ({
    id: String(attribute.id),
    name: attribute.name ?? String(attribute.id),
    forVariants: false,
    required: attribute.isOptional === undefined || attribute.isOptional === null ? null : !attribute.isOptional,
    choices: named(attribute.attributeChoices),
  }));
  const telling = variants
    .map((id) => ({ id, ...variantFields[id] }))
    .filter(({ list }) => (category[list] ?? []).length > 0)
    .map(({ id, name, list }) => ({ id, name, forVariants: true, required: null, choices: named(category[list]) }));
  return [...described, ...telling];
}

/** Refuses before sending what the sub-category, the currency or the form of the upload rule out. @throws Rejected */
export function checkDraft(draft: ListingDraft, category: SubCategory, currency: string): void {
  if (draft.images.length === 0) throw wrong('images', 'It has no image.', 'Give the product an image in the shop.');
  for (const attribute of toAttributes(category)) {
    const { id, name, choices, forVariants, required } = attribute;
    if (forVariants) {
      for (const sku of draft.skus)
        checkChoice('skus.variantAttributes', `${sku.sellerSku}: ${name}`, sku.variantAttributes[id], choices);
      continue;
    }
    const value = draft.attributes[id];
    if (value === undefined && required) {
      throw wrong('attributes', `The attribute ${name} is missing.`, 'Map the attribute for this sub-category.');
    }
    checkChoice('attributes', name, value, choices);
  }
  for (const sku of draft.skus) checkPrice(sku, currency);
}

function checkChoice(
  field: string,
  what: string,
  value: string | undefined,
  choices: MarketplaceAttribute['choices'],
): void {
  if (value === undefined || choices.some(({ id }) => id === value)) return;
  throw wrong(field, `${what}: the sub-category has no value ${value}.`, 'Correct the mapping of values.');
}

function checkPrice({ sellerSku, price }: ListingDraftSku, currency: string): void {
  const isAmount = Number.isSafeInteger(price.amountMinor) && price.amountMinor > 0;
  if (price.currency === currency && isAmount) return;
  throw wrong(
    'skus.price',
    `${sellerSku}: the price must be a positive amount of ${currency}.`,
    'Set currency and price of the connection.',
  );
}

/** The body of the upload. Nothing is offered with it: how many there are is said after the quality check. */
export function toUpload(draft: ListingDraft): Record<string, unknown> {
  const imageUrls = draft.images.slice(0, IMAGES_MAX).map(({ url }) => url);
  return {
    name: draft.title,
    description: draft.descriptionHtml,
    primaryImageUrl: imageUrls[0],
    subCategory: { subCategoryIdType: 'ZILINGO_SUBCAT', id: draft.categoryId },
    attributeChoiceIds: Object.values(draft.attributes),
    skus: draft.skus.map((sku) => toSku(sku, imageUrls)),
  };
}

/** `sellerSKUId` goes in both places: whether inside `price` is right or one client's slip is UNCONFIRMED. */
function toSku(sku: ListingDraftSku, imageUrls: readonly string[]): Record<string, unknown> {
  const chosen = variants.flatMap((id) => {
    const value = sku.variantAttributes[id];
    return value === undefined ? [] : [[variantFields[id].field, value]];
  });
  const sellerSKUId = sku.sellerSku;
  return {
    ...Object.fromEntries(chosen),
    sellerSKUId,
    quantity: 0,
    imageUrls,
    price: { ...toPrice(sku.price), sellerSKUId },
  };
}

/** The SKUs of an answer, under whichever name. */
export const skusOf = (product: ProductVo): readonly SkuVo[] => product.SKUs ?? product.skus ?? [];

/** The seller's own number of a SKU, from both places. */
export function sellerSkuOf({ sellerSKUId, price }: SkuVo): string | null {
  const inside = typeof price === 'object' && price !== null && 'sellerSKUId' in price ? price.sellerSKUId : null;
  return text(sellerSKUId) ?? text(inside);
}

/**
 * Which of its SKUs is which of ours: by the seller's number; where the answer names none and there is one on each side,
 * that one.
 * @throws ConnectorError Rejected where they cannot be told apart
 */
export function matchedSkus(product: ProductVo, wanted: readonly string[]): ListingRef['skus'] {
  const there = skusOf(product).map((sku) => ({
    sellerSku: sellerSkuOf(sku),
    externalSkuId: String(sku.zilingoSKUId),
  }));
  const named = there.flatMap(({ sellerSku, externalSkuId }) =>
    sellerSku === null ? [] : [{ sellerSku, externalSkuId }],
  );
  const missing = wanted.filter((sellerSku) => !named.some((sku) => sku.sellerSku === sellerSku));
  if (missing.length === 0) return named;
  const [only] = there;
  const [sellerSku] = wanted;
  if (there.length === 1 && wanted.length === 1 && only?.sellerSku === null && sellerSku !== undefined) {
    return [{ sellerSku, externalSkuId: only.externalSkuId }];
  }
  throw new ConnectorError('Rejected', `Zilingo does not say which of its SKUs are ${missing.join(', ')}`, {
    code: 'unknown_skus',
    remedy: 'Compare the product in the seller portal; list each SKU as a product of its own.',
  });
}

/** Native words of a product, kept beside every translation. */
export const nativeStatus = (product: ProductVo): string => text(product.status) ?? 'no status';

/** What the reviewers said, under whichever name; texts and lists of texts. */
export function reasonsOf(product: ProductVo): ReviewReason[] {
  const isReason = (key: string): boolean => reasonKeys.some((name) => name.toLowerCase() === key.toLowerCase());
  return Object.entries(product)
    .filter(([key]) => isReason(key))
    .flatMap(([, value]): unknown[] => (Array.isArray(value) ? value : [value]))
    .flatMap((value) => {
      const raw = text(value);
      return raw === null ? [] : [{ field: fieldOfReason(raw), raw }];
    });
}

/** What the quality check says. Approved without ids of its SKUs is not done yet. */
export function toReview(product: ProductVo, ref: ListingRef): ReviewVerdict {
  const native = nativeStatus(product);
  const review = productState(native)?.review ?? 'in_review';
  if (review === 'rejected') return { status: 'rejected', native, reasons: reasonsOf(product) };
  if (review === 'in_review' || skusOf(product).length === 0) return { status: 'in_review', native };
  const skus = matchedSkus(
    product,
    ref.skus.map(({ sellerSku }) => sellerSku),
  );
  return { status: 'passed', native, ref: { externalId: ref.externalId, skus } };
}
