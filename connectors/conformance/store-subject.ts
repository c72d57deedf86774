import type { Money, PostalAddress } from '../contract/common.ts';
import type { StoreConnector, StoreOrderStatus } from '../contract/store.ts';
import type { HttpClient } from '../transport/index.ts';
import type { Skip } from './case.ts';

/**
 * What a store's `conformance.ts` tells the kit: how to start its own simulator, how to reach any server of its kind,
 * and a test-bed of raw calls that make, look at and remove test data. Everything else (the cases, data, cleaning up,
 * faults) is the kit's.
 */
export interface StoreSubject {
  readonly kind: 'store';
  /** The connector's name in the registry. */
  readonly name: string;
  /** Told apart in the report where one connector has several subjects: "OAuth 1.0a over http". */
  readonly variant?: string;
  /** Made-up credentials and settings that fit the schemas, for looking at the connector without a server. */
  readonly example: { readonly credentials: unknown; readonly settings: Readonly<Record<string, unknown>> };
  /** Starts the own simulator, empty of goods. */
  simulate(): Promise<SimulatedStore>;
  /** The settings for a server at `url`; `more` is what the person gave beside it, and goes before what is guessed. */
  settingsFor(
    url: string,
    more: Readonly<Record<string, unknown>>,
    credentials: unknown,
  ): Readonly<Record<string, unknown>>;
  /** Credentials of the same shape that this shop refuses: wrong secret, not wrong format. */
  wrongCredentials(credentials: unknown): unknown;
  /** Raw access to the shop with the same credentials. Made once per run. */
  testBed(access: TestBedAccess): StoreTestBed;
  /** Which calls are which, for fault rules (regular expressions, as the simulator kit takes them). */
  readonly calls: StoreCalls;
  /** How the platform says "slow down"; a form that it never uses is skipped. */
  readonly throttles: Readonly<Record<'seconds' | 'date' | 'absent' | 'in-200', true | Skip>>;
  /** Why the connector lacks a capability of the contract: method, or `compareAndSetStock` → reason. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** Cases that the platform rules out: case id → reason. An id that no case has fails the run. */
  readonly exceptions?: Readonly<Record<string, string>>;
  /** Where orders go, if the kit's address (Jakarta) does not suit the platform. */
  readonly shipTo?: PostalAddress;
  /** The connector to test, if not the registry's own; for deliberately broken ones. */
  readonly wrap?: (connector: StoreConnector) => StoreConnector;
}

/** Which calls a fault is meant for; all given parts must match. */
export interface CallMatch {
  readonly method?: string;
  readonly path?: string;
  readonly operation?: string;
}

/** The connector's own calls, matched so narrowly that the test-bed's calls are rarely among them. */
export interface StoreCalls {
  /** `readProducts`. */
  readonly readProducts: CallMatch;
  /** The call by which `createOrder` makes the order. */
  readonly createOrder: CallMatch;
  /** The call by which each of these has its effect; left out where the connector has no such method. */
  readonly writeStock?: CallMatch;
  readonly writePrices?: CallMatch;
  readonly refundOrder?: CallMatch;
  readonly addOrderNote?: CallMatch;
  readonly fulfilOrder?: CallMatch;
  readonly cancelOrder?: CallMatch;
}

/** The subject's simulator, running. */
export interface SimulatedStore {
  /** Its own address; controls lie below `/__control`. */
  readonly url: string;
  /** What the connector is told instead, where it must believe in another address (https). */
  readonly publicUrl?: string;
  readonly credentials: unknown;
  /** More settings beside those of `settingsFor`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A key that can read but not write; null where the platform has no such thing. */
  readonly readOnly: unknown;
  close(): Promise<void>;
}

export interface TestBedAccess {
  readonly credentials: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The shared transport. Slows down and repeats throttled calls by itself: a real server may be busy. */
  readonly http: HttpClient;
  readonly renewCredentials: (refresh: (latest: unknown) => Promise<unknown>) => Promise<unknown>;
  /** Marks everything that is made: stands in SKUs, titles and references. Letters, digits, hyphens. */
  readonly mark: string;
}

/** One thing to sell, as the kit wants it made. */
export interface TestVariant {
  readonly sku: string;
  /** The value of the option "Size"; null for a product without options. */
  readonly option: string | null;
  readonly price: Money;
  /** `from` and `to` are instants; null = open. */
  readonly sale?: { readonly price: Money; readonly from: Date | null; readonly to: Date | null };
  /** On hand; the shop manages it. */
  readonly stock: number;
  readonly weightGrams?: number;
}

/** One with `option: null` is a simple product, else all have an option. */
export interface TestProductWish {
  readonly title: string;
  readonly descriptionHtml?: string;
  readonly variants: readonly TestVariant[];
}

/** What was made, named as `readProducts` and `readStock` name it. */
export interface TestProduct {
  readonly externalId: string;
  readonly variants: readonly {
    readonly sku: string;
    readonly externalProductId: string;
    readonly externalVariantId: string | null;
  }[];
}

export type TestVariantKey = TestProduct['variants'][number];

/** An order by the shop's own books, read by raw calls. */
export interface OrderBook {
  readonly externalId: string;
  readonly status: StoreOrderStatus;
  readonly total: Money;
  readonly lines: readonly { readonly sku: string | null; readonly quantity: number }[];
  /** The staff's notes or comments, as plain text. */
  readonly notes: readonly string[];
  readonly refunds: readonly { readonly amountMinor: number }[];
  readonly trackingNumbers: readonly string[];
}

/**
 * Makes, looks at and removes test data by raw calls, never by a simulator's controls: the same one serves real
 * servers. Every thing made bears the mark. Throws on any answer that is not the wished one.
 */
export interface StoreTestBed {
  /** ISO 4217, the shop's own. */
  currency(): Promise<string>;
  /** What the connector has to be told of this shop and was not: where test goods lie, if there are several places. */
  settings?(): Promise<Readonly<Record<string, unknown>>>;
  /** The smallest amount that the shop keeps in an order, in minor units; left out: 1. */
  moneyStepMinor?(): Promise<number>;
  createProduct(wish: TestProductWish): Promise<TestProduct>;
  /** Changes the title or the (regular) price of the first variant, as the shop's staff would. */
  changeProduct(product: TestProduct, change: { readonly title?: string; readonly price?: Money }): Promise<void>;
  /** For good, variants included. One that is gone already is no error. */
  deleteProduct(product: TestProduct): Promise<void>;
  /** In the sense of the connector's `capabilities.stockCount`, and what can be sold. */
  readStock(variant: TestVariantKey): Promise<{ readonly counted: number; readonly salable: number }>;
  readPrice(variant: TestVariantKey): Promise<{ readonly regular: Money | null; readonly sale: Money | null }>;
  /** Every order of the shop that bears our reference, cancelled ones included; wherever the platform keeps it. */
  orderBooks(reference: string): Promise<readonly OrderBook[]>;
  /**
   * Only where a shop may show a new product's stock later than it is saved (indexes that a schedule fills).
   * @param stocks what each variant was made with
   */
  isSettled?(product: TestProduct, stocks: readonly number[]): Promise<boolean>;
  /** The title as the shop keeps it, where its database may keep other characters than it was given. */
  readTitle?(product: TestProduct): Promise<string>;
  /**
   * Removes an order, or cancels it where the platform keeps orders for ever; `kept`: it can neither be removed nor
   * cancelled any more. Gone already is no error.
   */
  removeOrder(externalId: string): Promise<'removed' | 'cancelled' | 'kept'>;
  /**
   * Only where the connector reads the shop's own orders: one that a buyer placed. Total is that of the lines; no
   * shipping. Removed like the others.
   */
  placeOrder?(lines: readonly { readonly variant: TestVariantKey; readonly quantity: number }[]): Promise<string>;
  /** What is left to be removed besides products and orders (categories, attributes, options), at the very end. */
  close?(): Promise<void>;
}
