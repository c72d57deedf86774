import { Type } from '@sinclair/typebox';
import {
  Allowed,
  anything,
  count,
  Edited,
  Finding,
  line,
  maybe,
  maybeInstant,
  maybeNumber,
  maybeText,
  page,
  Ref,
  record,
  Stepped,
  strict,
  TimelineEntry,
  text,
  Uuid,
  Version,
  Why,
} from './common.ts';

const sku = {
  id: text,
  sku: text,
  options: anything,
  priceMinor: maybeNumber,
  salePriceMinor: maybeNumber,
  currency: text,
  onHand: count,
  reserved: count,
  available: count,
  stockManaged: Type.Boolean(),
  stockSeenAt: maybeInstant,
  weightGrams: maybeNumber,
  lengthMm: maybeNumber,
  widthMm: maybeNumber,
  heightMm: maybeNumber,
  barcode: maybeText,
  hsCode: maybeText,
  originCountryCode: maybeText,
  customsMissing: Type.Array(text, { description: 'what it lacks for crossing a border; empty = customs-ready' }),
};

const product = {
  id: text,
  title: text,
  brand: Ref,
  state: text,
  version: count,
  category: maybeText,
  imageUrl: maybeText,
  published: Type.Boolean(),
  blockingFindings: count,
  findings: Type.Array(Finding),
  skus: Type.Array(Type.Object(sku)),
  listings: Type.Array(Type.Object({ id: text, connection: maybe(Ref), state: text, version: count, remote: text })),
  problems: count,
  lastEditedAt: maybeInstant,
  allowed: Type.Array(Allowed),
};
export const ProductRow = Type.Object(product);
export const ProductPage = page(ProductRow);
export const ProductDetail = Type.Object({
  ...product,
  descriptionHtml: text,
  attributes: record,
  images: anything,
  fieldOwners: record,
  externalId: maybeText,
  store: maybe(Ref),
  createdAt: text,
  goneAt: maybeInstant,
  openProblems: Type.Array(anything),
  timeline: Type.Array(TimelineEntry),
});

const listing = {
  id: text,
  title: text,
  product: Type.Object({ id: text, title: text }),
  brand: Ref,
  connection: maybe(Ref),
  state: text,
  version: count,
  remote: text,
  standing: Type.Unsafe<'FIRST_REVIEW' | 'UPDATE_IN_REVIEW' | null>({
    enum: ['FIRST_REVIEW', 'UPDATE_IN_REVIEW', null],
    description: 'the review that runs; UPDATE_IN_REVIEW: buyers see the content before it',
  }),
  externalId: maybeText,
  nativeStatus: maybeText,
  nativeSeenAt: maybeInstant,
  contentChanged: Type.Boolean(),
  blockingFindings: count,
  findings: Type.Array(Finding),
  rejectionReasons: Type.Array(anything),
  reviewDueAt: maybeInstant,
  skus: Type.Array(
    Type.Object({
      ...sku,
      listingSkuId: text,
      skuId: text,
      sellerSku: text,
      externalSkuId: maybeText,
      listingCurrency: text,
      priceDesiredMinor: maybeNumber,
      priceAcknowledgedMinor: maybeNumber,
      priceAcknowledgedAt: maybeInstant,
      priceSeenMinor: maybeNumber,
      priceSeenAt: maybeInstant,
      stockDesired: maybeNumber,
      stockAcknowledged: maybeNumber,
      stockAcknowledgedAt: maybeInstant,
      stockSeen: maybeNumber,
      stockSeenAtMarketplace: maybeInstant,
      priceTrace: anything,
      lastError: maybeText,
    }),
  ),
  problems: count,
  lastEditedAt: maybeInstant,
  allowed: Type.Array(Allowed),
};
export const ListingRow = Type.Object(listing);
export const ListingPage = page(ListingRow);
export const ListingDetail = Type.Object({
  ...listing,
  unknownCall: maybe(
    Type.Object(
      { id: text, version: count },
      { description: 'its upload, where the answer was lost: a person says what became of it' },
    ),
  ),
  descriptionHtml: text,
  categoryId: maybeText,
  attributes: record,
  contentHash: text,
  approvedHash: maybeText,
  approvedBy: maybeText,
  submittedHash: maybeText,
  liveHash: maybeText,
  submittedAt: maybeInstant,
  createdAt: text,
  openProblems: Type.Array(anything),
  timeline: Type.Array(TimelineEntry),
});

const dimension = Type.Union([Type.Integer({ minimum: 1, maximum: 10_000_000 }), Type.Null()]);
const code = Type.Union([Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9 ._-]+$' }), Type.Null()]);
export const SkuPatch = strict({
  skuId: Uuid,
  weightGrams: Type.Optional(dimension),
  lengthMm: Type.Optional(dimension),
  widthMm: Type.Optional(dimension),
  heightMm: Type.Optional(dimension),
  barcode: Type.Optional(code),
  hsCode: Type.Optional(code),
  originCountryCode: Type.Optional(Type.Union([Type.String({ pattern: '^[A-Z]{2}$' }), Type.Null()])),
});

const html = Type.String({ maxLength: 100_000 });
const attributeName = '^[^\\u0000-\\u001f]{1,100}$';
export const ProductPatch = strict({
  version: Version,
  title: Type.Optional(line(500)),
  descriptionHtml: Type.Optional(html),
  category: Type.Optional(Type.Union([line(300), Type.Null()])),
  attributes: Type.Optional(
    Type.Record(
      Type.String({ pattern: attributeName }),
      Type.Union([Type.String({ maxLength: 2000 }), Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 100 })]),
      { maxProperties: 200, additionalProperties: false },
    ),
  ),
  images: Type.Optional(
    Type.Array(
      strict({
        url: Type.String({ maxLength: 2000, pattern: '^https?://[^\\s]+$' }),
        alt: Type.Optional(Type.Union([Type.String({ maxLength: 500 }), Type.Null()])),
      }),
      { maxItems: 50 },
    ),
  ),
  skus: Type.Optional(Type.Array(SkuPatch, { maxItems: 200 })),
  why: Type.Optional(Why),
});

export const ListingPatch = strict({
  version: Version,
  title: Type.Optional(line(500)),
  descriptionHtml: Type.Optional(html),
  categoryId: Type.Optional(Type.Union([line(100), Type.Null()])),
  attributes: Type.Optional(
    Type.Record(Type.String({ pattern: attributeName }), Type.String({ maxLength: 2000 }), {
      maxProperties: 200,
      additionalProperties: false,
    }),
  ),
  skus: Type.Optional(Type.Array(SkuPatch, { maxItems: 200 })),
  why: Type.Optional(Why),
});

export const ListingOutcome = Type.Object({
  id: text,
  ok: Type.Boolean(),
  state: maybeText,
  version: maybeNumber,
  code: Type.Optional(text),
  why: Type.Optional(text),
});
export const ProductStepped = Type.Object({ ...Stepped.properties, listings: Type.Array(ListingOutcome) });
export const ProductEdited = Type.Object({ ...Edited.properties, listings: Type.Array(ListingOutcome) });
