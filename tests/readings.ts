import type { PostalAddress } from '../connectors/contract/common.ts';
import type { ChannelOrderLine, ChannelOrderSnapshot, ChannelOrderTag } from '../connectors/contract/marketplace.ts';
import type { StoreProduct, StoreVariant } from '../connectors/contract/store.ts';
import type { Reading } from '../db/channel-orders.ts';

/** The instant at which test worlds begin: a Friday, 14:00 in Sydney. */
export const startAt = new Date('2026-11-20T03:00:00Z');

/** `minutes` after the beginning. */
export const later = (minutes: number): Date => new Date(startAt.getTime() + minutes * 60_000);

export const buyerAddress: PostalAddress = {
  name: 'Budi Santoso',
  company: null,
  lines: ['Jalan Melati 5'],
  city: 'Jakarta',
  region: 'DKI Jakarta',
  postcode: '10110',
  countryCode: 'ID',
  phone: '+62 21 555 0101',
  email: null,
};

/** The names that a marketplace has for a SKU in these tests. */
export const sellerSkuFor = (skuId: string): string => `seller-${skuId}`;
export const externalSkuFor = (skuId: string): string => `external-${skuId}`;

const idr = (amountMinor: number) => ({ amountMinor, currency: 'IDR' });

/** One line of a channel order: 100,000 IDR a piece. */
export function lineOf(skuId: string, quantity: number, overrides: Partial<ChannelOrderLine> = {}): ChannelOrderLine {
  return {
    externalLineId: `line-${skuId}`,
    sellerSku: sellerSkuFor(skuId),
    externalSkuId: externalSkuFor(skuId),
    title: 'Wool jumper',
    quantity,
    unitPrice: idr(100_000),
    discount: idr(0),
    tax: idr(0),
    ...overrides,
  };
}

/** A whole reading of a channel order, modified `minute` minutes after the beginning. */
export function snapshotOf(
  externalId: string,
  minute: number,
  tag: ChannelOrderTag | null,
  lines: readonly ChannelOrderLine[],
  overrides: Partial<ChannelOrderSnapshot> = {},
): ChannelOrderSnapshot {
  const total = lines.reduce((sum, line) => sum + line.quantity * line.unitPrice.amountMinor, 0);
  return {
    externalId,
    nativeState: tag ?? 'WEIRD',
    tag,
    orderedAt: startAt,
    modifiedAt: later(minute),
    shipBy: later(3 * 24 * 60),
    currency: 'IDR',
    total: idr(total + 20_000),
    shippingCharge: idr(20_000),
    shipTo: buyerAddress,
    lines,
    buyerNote: null,
    trackingNumber: null,
    raw: { secret: 'as the marketplace sent it' },
    ...overrides,
  };
}

export const readingOf = (snapshot: ChannelOrderSnapshot): Reading => ({
  externalId: snapshot.externalId,
  nativeState: snapshot.nativeState,
  tag: snapshot.tag,
  snapshot,
});

/** Only the number and a state, as lists and webhooks show it. */
export const tombstoneOf = (externalId: string, tag: ChannelOrderTag): Reading => ({
  externalId,
  nativeState: tag,
  tag,
  snapshot: null,
});

/** One variant as a shop shows it: 99 AUD, 400 g, 7 units. */
export const variantOf = (sku: string | null, overrides: Partial<StoreVariant> = {}): StoreVariant => ({
  externalId: `variant-${sku}`,
  sku,
  options: [],
  price: { amountMinor: 9_900, currency: 'AUD' },
  salePrice: null,
  saleFrom: null,
  saleTo: null,
  weightGrams: 400,
  lengthMm: null,
  widthMm: null,
  heightMm: null,
  barcode: null,
  hsCode: null,
  originCountryCode: null,
  taxClass: null,
  stock: { managed: true, quantity: 7, inStock: true },
  ...overrides,
});

/** One product as a shop shows it, without findings. */
export const productOf = (
  externalId: string,
  variants: readonly StoreVariant[],
  overrides: Partial<StoreProduct> = {},
): StoreProduct => ({
  externalId,
  title: 'Wool jumper',
  descriptionHtml: '<p>Warm</p>',
  published: true,
  categories: [{ externalId: '1', name: 'Jumpers' }],
  attributes: [{ name: 'Colour', values: ['Grey'] }],
  images: [{ url: 'https://shop.example.com/a.jpg', alt: null }],
  variants,
  modifiedAt: startAt,
  findings: [],
  raw: { id: externalId },
  ...overrides,
});
