import type { Money } from '../contract/common.ts';
import type { ChannelOrderTag, ListingDraft, ListingRef, MarketplaceConnector } from '../contract/marketplace.ts';
import type { TransportTimeouts } from '../transport/index.ts';
import type { Act, Skip, Start } from './case.ts';
import type { Example } from './offline.ts';
import type { CallMatch } from './store-subject.ts';

/** A listing with a SKU, as the simulator's own books have it. */
export interface BookedListing {
  readonly externalId: string;
  /** Buyers see it. */
  readonly onShelf: boolean;
  /** What buyers see. */
  readonly title: string;
  /** Of the SKU that was asked for. */
  readonly price: Money | null;
  readonly quantity: number;
}

/** An order as the simulator's own books have it. */
export interface BookedOrder {
  readonly nativeState: string;
  readonly orderedAt: Date;
  readonly changedAt: Date;
  readonly total: Money;
  readonly trackingNumber: string | null;
  readonly lines: readonly { readonly sellerSku: string; readonly quantity: number; readonly unitPrice: Money }[];
}

/** What an order of several parcels is put through; each answers the order's id. */
export interface UnitsBed<Bench> {
  /** One order in two parcels, the first in the state `ahead`, the second in the state `behind`. */
  make(bench: Bench, states: { readonly ahead: string; readonly behind: string }): Promise<string>;
  readonly ahead: string;
  readonly behind: string;
}

/** Orders from the far side. */
export interface OrdersBed<Bench> {
  /** A buyer buys. Answers the order's id as `listOrders` shows it. */
  buy(bench: Bench, lines: readonly { readonly sellerSku: string; readonly quantity: number }[]): Promise<string>;
  /** Puts an order into a native state, whatever it is in. */
  force(bench: Bench, externalId: string, native: string): Promise<void>;
  book(bench: Bench, externalId: string): Promise<BookedOrder>;
  /** Every native state that the tag table knows, from `tags.ts`. */
  readonly states: readonly { readonly native: string; readonly tag: ChannelOrderTag }[];
  /** A state that no table knows. */
  readonly strangeState: string;
  /** The order's detail is answered in a shape that cannot be read. */
  readonly damage: Act<Bench, [externalId: string]> | Skip;
  /** The order is listed, but its detail is not shown yet. */
  readonly hide: Act<Bench, [externalId: string]> | Skip;
  /** Numbers come as strings and the reverse, from the start. */
  readonly loose: Start<Bench, { readonly timeouts?: Partial<TransportTimeouts> }> | Skip;
  /** Orders of several parcels with states of their own. */
  readonly units: UnitsBed<Bench> | Skip;
  /** The far side's clock shows this; null = the real one again. */
  clock(bench: Bench, now: Date | null): Promise<void>;
}

/** A marketplace's own label, where `platformLabel`. */
export interface PrintBed<Bench> {
  /** From now on (`true`) labels are not ready yet. */
  readonly late: Act<Bench, [on: boolean]> | Skip;
}

/**
 * The far side of a marketplace: what its staff and its buyers do, and its books, over the simulator's controls. The
 * families `listing` and `order`, and `label` where it prints its own, are made of it.
 */
export interface MarketplaceBed<Bench> {
  readonly example: Example;
  /** Left out: the subject's own. Here a review lasts until `endReview`. */
  start?(options: { readonly timeouts?: Partial<TransportTimeouts> }): Promise<Bench>;
  connector(bench: Bench): MarketplaceConnector;
  /** A draft that is accepted as it is; `more` goes before what is made up. */
  draft(bench: Bench, skus: readonly string[], more?: Partial<ListingDraft>): Promise<ListingDraft>;
  /** Good enough for the platform. Left out: a PNG of one pixel. */
  readonly images?: readonly { readonly bytes: Buffer; readonly fileName: string }[];
  /** The platform's staff ends a review; a reason refuses it. */
  endReview(bench: Bench, ref: ListingRef, refusal: string | null): Promise<void>;
  /** On a server that was given: throws NotProvoked once it is known that nobody there ends a review. */
  assertReviewed?(): void;
  /** A reason as the platform words it, and the field of our draft that it is about. */
  readonly refusal: { readonly reason: string; readonly field: string };
  /** The listing as it is named after its review, where the platform names it anew then. */
  settled?(bench: Bench, ref: ListingRef): Promise<ListingRef>;
  /** Every listing that has this seller SKU. */
  listings(bench: Bench, sellerSku: string): Promise<readonly BookedListing[]>;
  /** The calls by which each has its effect, for fault rules. */
  readonly calls: {
    readonly create: CallMatch;
    readonly stock: CallMatch;
    readonly prices: CallMatch;
    readonly confirm: CallMatch | Skip;
    /** The call by which `createListing` learns the ids of its SKUs after it created; left out where it needs none. */
    readonly readBack?: CallMatch;
  };
  /** Seller SKUs that the platform rules out, by the kit's name for them → reason. */
  readonly skusRuledOut?: Readonly<Record<string, string>>;
  readonly orders: OrdersBed<Bench>;
  readonly print: PrintBed<Bench> | Skip;
}
