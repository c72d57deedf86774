import type { Money, Page, RowOutcome } from './common.ts';
import type { StoreOrder } from './store.ts';

/** A place where a shop keeps stock: a source (Magento), a location (Shopify), the shop itself (WooCommerce). */
export interface StoreLocation {
  readonly externalId: string;
  readonly name: string;
  /** False: nothing is sold from there at present. */
  readonly active: boolean;
}

/** Which unit of a shop a row of a batch is about, as the import stored it. SKUs alone are not unique everywhere. */
export interface VariantKey {
  readonly sku: string;
  readonly externalProductId: string;
  readonly externalVariantId: string | null;
}

export interface StockWrite extends VariantKey {
  /** Names the row in the outcome; unique within a batch. */
  readonly key: string;
  /** The source or location; null = the connection's own, refused where that is not clear. */
  readonly locationId: string | null;
  /** Whole pieces, 0 to 2,147,483,647, in the sense of `StoreCapabilities.stockCount`. */
  readonly quantity: number;
  /**
   * What was last seen there, in the same sense. The row is refused (`stale`) when it is something else now. Null = write
   * whatever is there.
   */
  readonly expected: number | null;
}

export interface StockWritten {
  /** What was there just before, where it is known. */
  readonly before: number | null;
  /** What the shop shows after the write: read back or from its answer. */
  readonly after: number;
}

export interface PriceWrite extends VariantKey {
  readonly key: string;
  /** The regular price, in the shop's currency, in the shop's own sense of with or without tax. */
  readonly price: Money;
  /** Undefined = leave as it is; null = end any sale. */
  readonly sale?: { readonly price: Money; readonly from: Date | null; readonly to: Date | null } | null;
}

export interface PriceWritten {
  readonly price: Money;
  readonly salePrice: Money | null;
}

export interface StoreOrderLine {
  readonly externalId: string;
  readonly sku: string | null;
  readonly title: string;
  readonly externalProductId: string | null;
  readonly externalVariantId: string | null;
  readonly quantity: number;
  /** Of the whole line, after discounts, without tax. */
  readonly net: Money;
  readonly tax: Money;
  /** What was taken off the line, without tax. */
  readonly discount: Money;
}

export interface StoreRefund {
  readonly externalId: string;
  /** Our reference, where the refund is one of ours. */
  readonly reference: string | null;
  readonly at: Date;
  readonly amount: Money;
  readonly reason: string | null;
  readonly lines: readonly { readonly externalLineId: string; readonly quantity: number }[];
}

export interface StoreFulfilment {
  readonly externalId: string;
  readonly at: Date;
  readonly carrier: string | null;
  readonly trackingNumbers: readonly string[];
}

/**
 * An order as the shop has it, its own ones included. Buyers' names and addresses are left where they are: nothing here
 * needs them.
 */
export interface StoreOrderDetail extends Omit<StoreOrder, 'lines'> {
  readonly placedAt: Date;
  readonly lines: readonly StoreOrderLine[];
  /** Charged for shipping, without tax. */
  readonly shipping: Money;
  /** All tax, that on shipping included. */
  readonly tax: Money;
  readonly discount: Money;
  readonly refunds: readonly StoreRefund[];
  readonly fulfilments: readonly StoreFulfilment[];
}

export interface RefundForStore {
  /** Our own reference: a refund that bears it is not made twice. At most 60 characters. */
  readonly reference: string;
  readonly amount: Money;
  readonly reason: string;
  /** Pieces that come back on the shelf; empty = money only. */
  readonly restock: readonly { readonly externalLineId: string; readonly quantity: number }[];
}

/**
 * What goes beyond reading a shop and passing orders on. A connector without one of these methods does not have the
 * ability; callers look for the method, and the support matrix shows it.
 */
export interface StoreWriting {
  readLocations(): Promise<readonly StoreLocation[]>;
  /**
   * Sets stock, row by row or batched as the platform has it. Harmless when repeated with the same key: a row that
   * already shows the target is a success.
   *
   * @param idempotencyKey the same for every attempt of one batch
   */
  writeStock(rows: readonly StockWrite[], idempotencyKey: string): Promise<readonly RowOutcome<StockWritten>[]>;
  /** Sets prices; each row's answer is compared with what was sent. Harmless when repeated. */
  writePrices(rows: readonly PriceWrite[]): Promise<readonly RowOutcome<PriceWritten>[]>;
  /** All orders of the shop, or those changed since, in a stable order; the cursor survives a restart. */
  readOrders(input: {
    cursor: string | null;
    changedSince: Date | null;
    pageSize?: number;
  }): Promise<Page<StoreOrderDetail>>;
  /** A note for the shop's staff, never mailed to the buyer. Made once per reference. */
  addOrderNote(externalId: string, note: { readonly reference: string; readonly text: string }): Promise<void>;
  /** Nobody packs a held order. Harmless when repeated. */
  holdOrder(externalId: string, reason: string): Promise<StoreOrder>;
  releaseOrder(externalId: string): Promise<StoreOrder>;
  /**
   * Writes down a refund that the marketplace made. It never moves money at a payment provider. Made once per reference.
   *
   * @throws ConnectorError Rejected when it is more than is left to refund
   */
  refundOrder(externalId: string, refund: RefundForStore): Promise<StoreRefund>;
}
