import type {
  ListingDraft,
  ListingDraftSku,
  ListingRef,
  ReviewReason,
  ReviewVerdict,
  SeenListing,
} from '../contract/marketplace.ts';
import type { Sku, Ware } from './answers.ts';
import type { GatewayVersion } from './gateways/gateway.ts';
import { idValue } from './json.ts';
import { rupiah, text, wholeNumber } from './mapping.ts';
import {
  fieldOfReason,
  type ReviewStatus,
  reasonKeys,
  reviews,
  reviewTag,
  takenDownByPlatform,
  wareTag,
} from './tags.ts';

/** Up to this weight a product is "small" (`piece` 0). */
const SMALL_UP_TO_GRAMS = 20_000;

/** `attribute:value` pairs as the gateway wants them, in a stable order. */
export function attributePairs(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([attribute, value]) => `${attribute}:${value}`)
    .join(';');
}

/** An integer of a smaller unit as decimal text of the unit that is `10^digits` as big, exactly. */
function scaled(value: number, digits: number): string {
  const padded = String(value).padStart(digits + 1, '0');
  const fraction = padded.slice(-digits).replace(/0+$/, '');
  return padded.slice(0, -digits) + (fraction === '' ? '' : `.${fraction}`);
}

/** Kilograms and centimetres as text. */
export function measures(draft: ListingDraft): Record<string, unknown> {
  return {
    weight: scaled(draft.weightGrams, 3),
    packLong: scaled(draft.lengthMm, 1),
    packWide: scaled(draft.widthMm, 1),
    packHeight: scaled(draft.heightMm, 1),
    piece: draft.weightGrams <= SMALL_UP_TO_GRAMS ? 0 : 1,
  };
}

/** The product's own fields, the same for creating and updating; `constants` are what the gateway wants of every product. */
export function toSpuInfo(draft: ListingDraft, constants: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    ...constants,
    spuName: draft.title,
    catId: idValue(draft.categoryId),
    brandId: idValue(draft.brandId),
    description: draft.descriptionHtml,
    appDescription: draft.descriptionHtml,
    commonAttributeIds: attributePairs(draft.attributes),
    ...measures(draft),
  };
}

/** One SKU. */
export function toSkuInfo(sku: ListingDraftSku): Record<string, unknown> {
  return {
    skuName: sku.title,
    sellerSkuId: sku.sellerSku,
    saleAttributeIds: attributePairs(sku.variantAttributes),
    jdPrice: sku.price.amountMinor,
    costPrice: sku.price.amountMinor,
    stock: sku.quantity,
    ...(sku.barcode === null ? {} : { upc: sku.barcode }),
  };
}

/** The SKUs of a product as a reference; SKUs without a seller SKU are not ours. */
export function toListingRef(externalId: string, skus: readonly Sku[]): ListingRef {
  const ours = skus.flatMap((sku) => {
    const sellerSku = text(sku.sellerSkuId);
    return sellerSku === null ? [] : [{ sellerSku, externalSkuId: String(sku.skuId) }];
  });
  return { externalId, skus: ours };
}

/** Native words of a product and one of its SKUs, kept beside every translation. */
export function nativeWareStatus(ware: Ware, sku?: Sku): string {
  const parts = [
    ['wareStatus', text(ware.wareStatus)],
    ['auditStatus', text(ware.auditStatus)],
    ['skuStatus', text(sku?.status)],
  ];
  return parts.flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])).join(' ') || 'none';
}

function reasonsOf(ware: Ware): ReviewReason[] {
  const found = Object.entries(ware).filter(([key]) => reasonKeys.some((name) => name === key));
  const texts = found.flatMap(([, value]) => (Array.isArray(value) ? value : [value]));
  return texts.flatMap((value) => {
    const raw = typeof value === 'string' ? text(value) : null;
    return raw === null ? [] : [{ field: fieldOfReason(raw), raw }];
  });
}

/** Shown where a refusal comes without its reason; v1 has no field for one. */
export const noReasonGiven = 'JD.id named no reason here; the seller portal shows it';

/**
 * What the review says. An untranslated value counts as still in review; without any, a product on the shelf has passed.
 */
export function toReview(
  ware: Ware,
  version: GatewayVersion,
  extra: Readonly<Record<string, ReviewStatus>> = {},
): ReviewVerdict {
  const native = nativeWareStatus(ware);
  const value = text(ware[reviews[version].field]);
  const onShelf = wareTag(version, text(ware.wareStatus)) === 'LIVE';
  const status = value === null && onShelf ? 'passed' : reviewTag(version, value, extra);
  if (status !== 'rejected') return { status: status ?? 'in_review', native };
  const reasons = reasonsOf(ware);
  return { status, native, reasons: reasons.length > 0 ? reasons : [{ field: null, raw: noReasonGiven }] };
}

/** One SKU as it is seen. `quantity` is filled in by the stock query, where that could be read. */
export function toSeen(input: {
  readonly ref: { readonly externalId: string; readonly sellerSku: string; readonly externalSkuId: string };
  readonly ware: Ware | null;
  readonly sku: Sku | null;
  readonly quantity: number | null;
  readonly currency: string;
  readonly version: GatewayVersion;
}): SeenListing {
  const { ref, ware, sku, version } = input;
  if (ware === null || sku === null) {
    const nativeStatus = ware === null ? 'no such product' : `no such SKU; ${nativeWareStatus(ware)}`;
    return { ...ref, remote: 'ABSENT', nativeStatus, price: null, quantity: null };
  }
  const wareStatus = text(ware.wareStatus);
  const { changeUnderReview } = reviews[version];
  const auditStatus = text(ware.auditStatus);
  const remote = wareTag(version, wareStatus) ?? 'DELISTED';
  const active = wholeNumber(sku.status, '/status', 'products.skus') ?? 1;
  return {
    ...ref,
    remote: active === 1 || remote === 'LOCKED' ? remote : 'DELISTED',
    nativeStatus: nativeWareStatus(ware, sku),
    price: rupiah(sku.jdPrice, input.currency, '/jdPrice', 'products.skus'),
    quantity: input.quantity,
    ...(takenDownByPlatform.includes(wareStatus ?? '') ? { reasons: reasonsOf(ware) } : {}),
    ...(auditStatus === null || changeUnderReview === null
      ? {}
      : { changeInReview: auditStatus === changeUnderReview }),
  };
}
