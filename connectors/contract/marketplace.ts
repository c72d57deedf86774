import type {
  ConnectionReport,
  Money,
  Page,
  PostalAddress,
  RowOutcome,
  WebhookDelivery,
  WebhookVerdict,
} from './common.ts';

/** What a listing shows over there. Composed and checked before it is sent; `contentHash` is what the approver saw. */
export interface ListingDraft {
  readonly listingId: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly categoryId: string;
  readonly brandId: string;
  /** Marketplace attribute id → value id. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly { readonly url: string }[];
  readonly weightGrams: number;
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly skus: readonly ListingDraftSku[];
}

export interface ListingDraftSku {
  readonly sellerSku: string;
  readonly title: string;
  readonly price: Money;
  readonly quantity: number;
  readonly barcode: string | null;
  /** Marketplace variant attribute id → value id. */
  readonly variantAttributes: Readonly<Record<string, string>>;
}

export interface ListingRef {
  readonly externalId: string;
  /** `externalSkuId` is empty where the platform gives it only with the approval. */
  readonly skus: readonly { readonly sellerSku: string; readonly externalSkuId: string }[];
}

export type ReviewVerdict =
  | { readonly status: 'in_review'; readonly native: string }
  | {
      readonly status: 'passed';
      readonly native: string;
      /** The ids, where the platform gives them only with the approval. */
      readonly ref?: ListingRef;
    }
  | { readonly status: 'rejected'; readonly native: string; readonly reasons: readonly ReviewReason[] };

/** Why a marketplace refused a listing. `field` is null while nobody has mapped the reason; the raw text is always kept. */
export interface ReviewReason {
  readonly field: string | null;
  readonly raw: string;
}

export type RemoteListingStatus = 'ABSENT' | 'LIVE' | 'DELISTED' | 'LOCKED';

/** What is true over there now, for one seller SKU. */
export interface SeenListing {
  readonly externalId: string;
  readonly externalSkuId: string;
  readonly sellerSku: string;
  readonly remote: RemoteListingStatus;
  readonly nativeStatus: string;
  readonly price: Money | null;
  /** Null where the platform has no way of reading it. */
  readonly quantity: number | null;
  /** Why the platform took a live listing down or locked it; absent or empty where it did not, or does not say. */
  readonly reasons?: readonly ReviewReason[];
  /** A change of the content is under review; what buyers see is the content before it. Absent: not known. */
  readonly changeInReview?: boolean;
}

/** The words into which every platform's order states are translated. */
export const channelOrderTags = [
  'OPEN',
  'READY_TO_SHIP',
  'CANCEL_REQUESTED',
  'RETURN_REQUESTED',
  'CANCELLED',
  'SHIPPED',
  'COMPLETED',
  'AWAITING_PAYMENT',
] as const;
export type ChannelOrderTag = (typeof channelOrderTags)[number];

export interface ChannelOrderLine {
  /** Stable within the order; made from position and SKU where the platform gives none. */
  readonly externalLineId: string;
  readonly sellerSku: string | null;
  readonly externalSkuId: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly discount: Money;
  readonly tax: Money;
}

/** One reading of an order over there. Newer `modifiedAt` wins; older readings are kept as "older, ignored". */
export interface ChannelOrderSnapshot {
  readonly externalId: string;
  readonly nativeState: string;
  /** Null: a state that nobody has translated. It becomes a problem, never a guess. */
  readonly tag: ChannelOrderTag | null;
  readonly orderedAt: Date;
  readonly modifiedAt: Date;
  readonly shipBy: Date | null;
  readonly currency: string;
  readonly total: Money;
  readonly shippingCharge: Money;
  readonly shipTo: PostalAddress;
  readonly lines: readonly ChannelOrderLine[];
  readonly buyerNote: string | null;
  readonly trackingNumber: string | null;
  /** It waits over there until the seller accepts it. Absent: false. */
  readonly awaitsAcceptance?: boolean;
  /** Parcels that the platform made of the order, with states of their own; absent where an order ships as one. */
  readonly units?: readonly ShippableUnit[];
  readonly raw: unknown;
}

/** A part of an order that ships by itself. The order's own tag is that of its least advanced unit. */
export interface ShippableUnit {
  readonly externalId: string;
  readonly nativeState: string;
  readonly tag: ChannelOrderTag | null;
  readonly externalLineIds: readonly string[];
}

/** An order as lists show it: often only the number and a state. */
export interface ChannelOrderRef {
  readonly externalId: string;
  readonly nativeState: string | null;
  readonly tag: ChannelOrderTag | null;
}

export interface MarketplaceCapabilities {
  /** We can cancel by call; otherwise it is a task for a person in the seller portal. */
  readonly sellerCancel: boolean;
  readonly answerCancelRequest: boolean;
  readonly webhooks: boolean;
  /** `absolute` may be repeated blindly, `delta` never. */
  readonly stockWrites: 'absolute' | 'delta';
  readonly stockBatchSize: number;
  readonly priceBatchSize: number;
  readonly orderDetailBatchSize: number;
  readonly readsStock: boolean;
  /** The platform makes its own label: `printLabel` is there. */
  readonly platformLabel: boolean;
  /** `before`: the label can be had before the shipment is confirmed (JD.id, Lazada); `after`: only then (Shopee, TikTok). */
  readonly labelTiming?: 'before' | 'after';
  /** Orders must be taken by a call before they may be shipped: `acceptOrder` is there. Absent: false. */
  readonly acceptsOrders?: boolean;
  /** Its courier is called by us: `arrangePickup` is there. Absent: false. */
  readonly arrangesPickup?: boolean;
  /** Content can be changed by call once it was sent. Absent: true; else a refused listing is created anew. */
  readonly updatesContent?: boolean;
  /** A listing that was created can be found by our SKU. Absent: true; else a lost answer is for a person to look up. */
  readonly findsListings?: boolean;
  /** The platform fetches images by their addresses, which go with the draft. Absent: false. */
  readonly imagesByUrl?: boolean;
  /** A shipment can be confirmed by a call. Absent: true; else `confirmShipment` refuses, and a person does it over there. */
  readonly confirmsShipments?: boolean;
  /** A listing can be taken off the shelf by a call of its own. Absent: true; else its stock goes to 0. */
  readonly delists?: boolean;
  /** Own carrier and tracking number may be named when confirming a shipment. */
  readonly ownCarrier: boolean;
  /** Changes of orders that were placed longer ago are not listed: open ones are asked for by number. Absent: all are listed. */
  readonly changesListedDays?: number;
  /** What the platform does with the offered quantity when a buyer's order is cancelled. */
  readonly cancelReturnsOffer: boolean;
  readonly priceNeedsReview: boolean;
}

export type MarketplaceCancelOutcome =
  | { readonly outcome: 'cancelled' }
  | { readonly outcome: 'refused'; readonly reason: string };

export interface StockWrite {
  readonly sellerSku: string;
  readonly externalId: string;
  readonly externalSkuId: string;
  /** Absolute level to show, ≥ 0. */
  readonly quantity: number;
}

/** A change of the offered quantity, for platforms that take no level. Repeated, it happens twice. */
export interface StockDelta {
  readonly sellerSku: string;
  readonly externalId: string;
  readonly externalSkuId: string;
  /** Units more (> 0) or less (< 0). */
  readonly delta: number;
}

/** A label that the platform makes for its own courier. */
export interface PlatformLabel {
  readonly trackingNumber: string;
  readonly carrier: string | null;
  /** Null: not ready yet; asking again costs nothing. */
  readonly document: { readonly format: 'PDF' | 'ZPL' | 'PNG'; readonly bytes: Buffer } | null;
}

export interface PriceWrite {
  readonly sellerSku: string;
  readonly externalId: string;
  readonly externalSkuId: string;
  readonly price: Money;
}

/** An attribute that listings of a category have over there. */
export interface MarketplaceAttribute {
  readonly id: string;
  readonly name: string;
  /** It tells the SKUs of one product apart; null where the platform does not say. */
  readonly forVariants: boolean | null;
  /** Null where the platform does not say. */
  readonly required: boolean | null;
  /** Empty: free text, or none are known. */
  readonly choices: readonly { readonly id: string; readonly name: string }[];
}

/** A marketplace account. All methods throw only the errors of `../errors.ts`. */
export interface MarketplaceConnector {
  readonly kind: 'marketplace';
  readonly capabilities: MarketplaceCapabilities;
  testConnection(): Promise<ConnectionReport>;
  listCategories(): Promise<
    readonly { readonly id: string; readonly name: string; readonly parentId: string | null; readonly leaf: boolean }[]
  >;
  /** The attributes of one category with their values; missing where the platform has no such list. */
  listAttributes?(categoryId: string): Promise<readonly MarketplaceAttribute[]>;
  /** The brands that the shop may sell; missing where the platform has no such list. */
  listBrands?(): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** Not idempotent by itself: call it only through the effects ledger. */
  createListing(draft: ListingDraft): Promise<ListingRef>;
  /** Our listing by one of its seller SKUs; null = not there (yet). */
  findListing(sellerSku: string): Promise<ListingRef | null>;
  /** Replaces the content of an existing listing. Absolute: may be repeated. */
  updateListing(ref: ListingRef, draft: ListingDraft): Promise<void>;
  /** Uploads the images in order; repeated, it overwrites by position. */
  uploadImages(
    ref: ListingRef,
    images: readonly { readonly bytes: Buffer; readonly fileName: string }[],
  ): Promise<void>;
  submitForReview(ref: ListingRef): Promise<void>;
  readReview(ref: ListingRef): Promise<ReviewVerdict>;
  putOnShelf(ref: ListingRef): Promise<void>;
  takeOffShelf(ref: ListingRef): Promise<void>;
  /**
   * Shows the given levels. Where `capabilities.stockWrites` is `delta` it reads, works out the changes and sends them:
   * then it is no absolute write, and the engine uses `readStock` and `changeStock` through the effects ledger instead.
   */
  writeStock(rows: readonly StockWrite[]): Promise<readonly RowOutcome[]>;
  /** The offered quantity of each SKU, key = seller SKU; there with `stockWrites: 'delta'`. */
  readStock?(rows: readonly Omit<StockDelta, 'delta'>[]): Promise<readonly RowOutcome<number>[]>;
  /** Not idempotent: call it only through the effects ledger, never again after `OutcomeUnknown` without reading. */
  changeStock?(rows: readonly StockDelta[]): Promise<readonly RowOutcome[]>;
  writePrices(rows: readonly PriceWrite[]): Promise<readonly RowOutcome[]>;
  readLive(refs: readonly ListingRef[]): Promise<readonly SeenListing[]>;
  /** Orders changed in [since, until); pages by cursor; one order may appear more than once. */
  listOrders(input: { since: Date; until: Date; cursor: string | null }): Promise<Page<ChannelOrderRef>>;
  /** Details; an id that the platform does not show (yet) is missing from the answer. */
  readOrders(externalIds: readonly string[]): Promise<readonly ChannelOrderSnapshot[]>;
  /** Takes an order that waits for our word. Repeated after success: treated as done. */
  acceptOrder?(externalId: string): Promise<void>;
  /** Calls the platform's courier. Repeated after success: treated as done. */
  arrangePickup?(input: { externalId: string; readyAt: Date }): Promise<void>;
  /** The platform's own label; the first call may allocate the tracking number, repetitions answer the same one. */
  printLabel?(externalId: string): Promise<PlatformLabel>;
  /** Tells the marketplace that the parcel is on its way. Repeated after success: treated as done. */
  confirmShipment(input: { externalId: string; carrier: string; trackingNumber: string }): Promise<void>;
  cancelOrder?(input: {
    externalId: string;
    reason: 'out_of_stock' | 'customer_request' | 'undeliverable';
  }): Promise<MarketplaceCancelOutcome>;
  verifyWebhook?(delivery: WebhookDelivery, secret: string): WebhookVerdict;
}
