import type {
  ConnectionReport,
  Money,
  Page,
  PostalAddress,
  RowOutcome,
  WebhookDelivery,
  WebhookVerdict,
} from './common.ts';
import type { StoreWriting } from './store-writing.ts';

export interface StoreImage {
  readonly url: string;
  readonly alt: string | null;
}

export interface StoreStock {
  /** False: the shop does not count this variant, only "in stock" or not. */
  readonly managed: boolean;
  /** What can be sold (Magento: salable; WooCommerce: stock_quantity; Shopify: available). Null when not managed. */
  readonly quantity: number | null;
  readonly inStock: boolean;
  /** Per source or location, where the shop has several; they add up to `quantity` unless orders are open (Magento). */
  readonly locations?: readonly { readonly externalId: string; readonly quantity: number }[];
}

/** One sellable unit of a product; a simple product has exactly one. */
export interface StoreVariant {
  readonly externalId: string;
  /** As the brand wrote it; null or empty is a finding, not an error. */
  readonly sku: string | null;
  readonly options: readonly { readonly name: string; readonly value: string }[];
  readonly price: Money | null;
  readonly salePrice: Money | null;
  readonly saleFrom: Date | null;
  readonly saleTo: Date | null;
  /** Prices that differ from the above somewhere: per website, store view or market, named as the shop names them. */
  readonly scopedPrices?: readonly {
    readonly scope: string;
    readonly price: Money;
    readonly salePrice: Money | null;
  }[];
  readonly weightGrams: number | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly barcode: string | null;
  readonly hsCode: string | null;
  readonly originCountryCode: string | null;
  readonly taxClass: string | null;
  readonly stock: StoreStock;
}

/** An oddity of a row with what to do about it; `blocking` ones forbid selling it. */
export interface RowFinding {
  readonly field: string;
  readonly value: string | null;
  readonly reason: string;
  readonly remedy: string;
  readonly blocking: boolean;
  /** The rule of a marketplace that found it, by its id; absent: none did. */
  readonly rule?: string;
  /** Where that rule is from. */
  readonly source?: string;
}

export interface StoreProduct {
  readonly externalId: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly published: boolean;
  readonly categories: readonly { readonly externalId: string; readonly name: string }[];
  readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly images: readonly StoreImage[];
  readonly variants: readonly StoreVariant[];
  readonly modifiedAt: Date;
  readonly findings: readonly RowFinding[];
  /** The record as the shop sent it; kept so that every later decision can be explained. */
  readonly raw: unknown;
}

export interface OrderLineForStore {
  readonly sku: string;
  readonly title: string;
  readonly externalProductId: string;
  readonly externalVariantId: string | null;
  readonly quantity: number;
  /** What the marketplace sold one for, in the shop's currency: final. What the shop counts as tax is part of it. */
  readonly unitPrice: Money;
}

export interface OrderForStore {
  /** Our own reference: the same for every attempt, and what `findOrder` looks for. At most 60 characters. */
  readonly reference: string;
  readonly channelName: string;
  readonly channelOrderNumber: string;
  readonly currency: string;
  readonly lines: readonly OrderLineForStore[];
  readonly shippingCharge: Money;
  readonly shipTo: PostalAddress;
  readonly orderedAt: Date;
  /** The rate used from the marketplace's currency, for the note in the shop; null when none was needed. */
  readonly exchangeRate: {
    readonly from: string;
    readonly to: string;
    readonly rate: string;
    readonly date: string;
  } | null;
}

export type StoreOrderStatus = 'open' | 'shipped' | 'cancelled' | 'refunded' | 'failed' | 'deleted' | 'unknown';

export interface StoreOrder {
  readonly externalId: string;
  readonly number: string;
  readonly reference: string | null;
  readonly status: StoreOrderStatus;
  /** The shop's own word, kept beside the translation. */
  readonly nativeStatus: string;
  readonly total: Money;
  readonly lines: readonly {
    readonly sku: string | null;
    readonly externalProductId: string;
    readonly quantity: number;
  }[];
  readonly modifiedAt: Date;
}

export type CancelOutcome =
  | { readonly outcome: 'cancelled'; readonly order: StoreOrder; readonly stockReturned: boolean }
  | { readonly outcome: 'shipped'; readonly order: StoreOrder }
  | { readonly outcome: 'refused'; readonly order: StoreOrder | null; readonly reason: string };

/** What a store connector can do; callers ask this, never the connector's name. */
export interface StoreCapabilities {
  readonly webhooks: boolean;
  readonly batchSize: number;
  /** How an order of ours is found again after a lost answer. */
  readonly orderLookup: 'reference-search' | 'recent-list' | 'filter';
  readonly compareAndSetStock: boolean;
  /**
   * What `writeStock` sets: what can be sold (WooCommerce, Shopify: open orders are taken off already), or the physical
   * count of a source (Magento takes open orders off it by itself).
   */
  readonly stockCount: 'salable' | 'physical';
  /** The shop gives the units back by itself when an order is cancelled. */
  readonly cancelReturnsStock: boolean;
}

/** A brand's own shop. All methods throw only the errors of `../errors.ts`. */
export interface StoreConnector extends Partial<StoreWriting> {
  readonly kind: 'store';
  readonly capabilities: StoreCapabilities;
  testConnection(): Promise<ConnectionReport>;
  /** Products in a stable order. `changedSince` null = all. The cursor survives a restart. */
  readProducts(input: {
    cursor: string | null;
    changedSince: Date | null;
    pageSize?: number;
  }): Promise<Page<StoreProduct>>;
  /** One product by its id in the shop; null when it is gone. */
  readProduct(externalId: string): Promise<StoreProduct | null>;
  /** Present stock of the given variants, for the moment before it is decided upon. */
  readStock(
    variants: readonly {
      readonly sku: string;
      readonly externalProductId: string;
      readonly externalVariantId: string | null;
    }[],
  ): Promise<readonly RowOutcome<StoreStock>[]>;
  /** Not idempotent by itself: call it only through the effects ledger. The answer was compared with what was sent. */
  createOrder(order: OrderForStore): Promise<StoreOrder>;
  /** Our order by our reference, created not before `notBefore`; null = the shop does not show it (yet). */
  findOrder(reference: string, notBefore: Date): Promise<StoreOrder | null>;
  readOrder(externalId: string): Promise<StoreOrder | null>;
  /** Cancels and reads back. Harmless when repeated. */
  cancelOrder(externalId: string, reason: string): Promise<CancelOutcome>;
  /** Tells the shop that the goods left, with the tracking numbers. Harmless when repeated. */
  fulfilOrder(
    externalId: string,
    parcels: readonly { readonly carrier: string; readonly trackingNumber: string }[],
  ): Promise<StoreOrder>;
  /** Makes the shop's webhooks be exactly ours; returns what was changed. */
  reconcileWebhooks?(input: {
    deliveryUrl: string;
    secret: string;
  }): Promise<{ created: number; revived: number; removed: number }>;
  /** Constant-time check of the signature over the raw body. */
  verifyWebhook?(delivery: WebhookDelivery, secret: string): WebhookVerdict;
}
