import type { AuditFact, AuditLine } from './facts.ts';
import { type Interval, SkuLedger } from './l3-ledger.ts';
import { type AuditedSku, type Offer, Shelf } from './l3-shelf.ts';
import type { Source } from './types.ts';
import { isBuyable, isSettledOrder, orderNumberOf } from './vocabulary.ts';

/** How the outside systems' names hang together with our SKUs. */
export interface OfferMap {
  readonly skus: readonly AuditedSku[];
  readonly offers: readonly {
    readonly skuId: string;
    readonly connectionCode: string;
    readonly sellerSku: string;
    readonly externalListingId: string | null;
  }[];
  /** SKUs as the brand's shop names them. */
  readonly storeSkus: readonly { readonly skuId: string; readonly connectionCode: string; readonly sku: string }[];
  /** Our orders: which part of which marketplace order they are. */
  readonly orders: readonly {
    readonly number: string;
    readonly connectionCode: string;
    readonly externalId: string;
    readonly brandId: string;
  }[];
}

export interface Replay {
  readonly ledgers: readonly { readonly sku: AuditedSku; readonly ledger: SkuLedger }[];
  readonly breaches: readonly Interval[];
  readonly outside: readonly Interval[];
  /** Facts about SKUs that nobody here knows. */
  readonly unmapped: number;
}

/** Facts of one system that belong together: one buyer's order is a sale and an announcement. */
interface Burst {
  readonly source: Source;
  readonly atMs: number;
  readonly lines: AuditLine[];
  /** A vendor call of ours caused it: its log line follows at once. */
  byCall: boolean;
}

const togetherMs = 5;
const callFollowsMs = 50;
const separator = '\u0000';
const keyOf = (code: string | null, id: string): string => `${code ?? ''}${separator}${id}`;

/** All facts in the order of wall time, those of one instant together. */
export function burstsOf(sources: readonly Source[]): Burst[] {
  const bursts = sources.flatMap((source) => {
    const own: Burst[] = [];
    let open: { burst: Burst; lastSeq: number; lastMs: number } | null = null;
    for (const line of source.lines) {
      if (line.kind === 'call') {
        if (open && line.wall - open.lastMs <= callFollowsMs) open.burst.byCall = true;
        open = null;
        continue;
      }
      if (open && line.seq === open.lastSeq + 1 && line.wall - open.lastMs <= togetherMs) {
        open.burst.lines.push(line);
      } else {
        const burst: Burst = { source, atMs: line.wall, lines: [line], byCall: false };
        own.push(burst);
        open = { burst, lastSeq: line.seq, lastMs: line.wall };
      }
      open.lastSeq = line.seq;
      open.lastMs = line.wall;
    }
    return own;
  });
  return bursts.toSorted((a, b) => a.atMs - b.atMs);
}

interface Change {
  readonly skuIds: readonly string[];
  readonly isOurs: boolean;
  readonly isCut?: boolean;
  apply(): void;
}

/** Plays the logs of shops and marketplaces again and weighs every instant. */
export class OfferReplay {
  readonly #map: OfferMap;
  readonly #shelf: Shelf;
  readonly #skus: ReadonlyMap<string, AuditedSku>;
  readonly #ledgers: ReadonlyMap<string, SkuLedger>;
  readonly #offerSku: ReadonlyMap<string, string>;
  readonly #storeSku: ReadonlyMap<string, string>;
  readonly #skusOfListing: ReadonlyMap<string, string[]>;
  readonly #orders: ReadonlyMap<string, OfferMap['orders'][number]>;
  readonly #ownShopOrders = new Set<string>();
  #unmapped = 0;

  constructor(map: OfferMap, quietMs: number) {
    this.#map = map;
    const offers = new Map<string, Offer[]>();
    const listings = new Map<string, string[]>();
    for (const { skuId, connectionCode, sellerSku, externalListingId } of map.offers) {
      const listingKey = keyOf(connectionCode, externalListingId ?? sellerSku);
      offers.set(skuId, [...(offers.get(skuId) ?? []), { key: keyOf(connectionCode, sellerSku), listingKey }]);
      listings.set(listingKey, [...(listings.get(listingKey) ?? []), skuId]);
    }
    this.#skusOfListing = listings;
    this.#shelf = new Shelf(offers);
    this.#skus = new Map(map.skus.map((sku) => [sku.skuId, sku]));
    this.#ledgers = new Map(map.skus.map((sku) => [sku.skuId, new SkuLedger(sku, quietMs)]));
    this.#offerSku = new Map(map.offers.map((o) => [keyOf(o.connectionCode, o.sellerSku), o.skuId]));
    this.#storeSku = new Map(map.storeSkus.map((s) => [keyOf(s.connectionCode, s.sku), s.skuId]));
    this.#orders = new Map(map.orders.map((order) => [order.number, order]));
  }

  run(bursts: readonly Burst[]): Replay {
    for (const burst of bursts) this.#play(burst);
    const ledgers = this.#map.skus.flatMap((sku) => {
      const ledger = this.#ledgers.get(sku.skuId);
      ledger?.end();
      return ledger ? [{ sku, ledger }] : [];
    });
    return {
      ledgers,
      breaches: ledgers.flatMap(({ ledger }) => ledger.breaches),
      outside: ledgers.flatMap(({ ledger }) => ledger.outside),
      unmapped: this.#unmapped,
    };
  }

  /** SKUs of which a shop said how much there is: those that could be weighed. */
  get weighed(): number {
    return this.#map.skus.filter(({ skuId }) => this.#shelf.onHand(skuId) !== null).length;
  }

  #play(burst: Burst): void {
    const touched = new Map<string, { outsideDelta: number; isCut: boolean }>();
    for (const line of burst.lines) {
      if (line.kind !== 'fact') continue;
      const change = this.#changeOf(line, line.sim, burst);
      if (!change) continue;
      const before = change.skuIds.map((skuId) => this.#excessOf(skuId));
      change.apply();
      change.skuIds.forEach((skuId, index) => {
        const entry = touched.get(skuId) ?? { outsideDelta: 0, isCut: false };
        if (!change.isOurs) entry.outsideDelta += this.#excessOf(skuId) - (before[index] ?? 0);
        if (change.isCut) entry.isCut = true;
        touched.set(skuId, entry);
      });
    }
    for (const [skuId, { outsideDelta, isCut }] of touched) {
      const sku = this.#skus.get(skuId);
      if (!sku) continue;
      const detail = this.#shelf.describe(sku);
      const excess = this.#shelf.excess(sku);
      this.#ledgers.get(skuId)?.note(burst.atMs, { excess, outsideDelta, isCut, detail });
    }
  }

  #excessOf(skuId: string): number {
    const sku = this.#skus.get(skuId);
    return sku ? this.#shelf.excess(sku) : 0;
  }

  #changeOf(fact: AuditFact, simulator: string, burst: Burst): Change | null {
    const code = burst.source.connectionCode;
    const shelf = this.#shelf;
    switch (fact.fact) {
      case 'stock.set': {
        const skuId = this.#known(this.#storeSku.get(keyOf(code, fact.sku)));
        if (skuId === null) return null;
        const isOurs = this.#isFromOurOrder(burst);
        return { skuIds: [skuId], isOurs, apply: () => shelf.setOnHand(skuId, fact.quantity) };
      }
      case 'offer.set': {
        const key = keyOf(code, fact.sku);
        const skuId = this.#known(this.#offerSku.get(key));
        if (skuId === null) return null;
        const isOurs = fact.cause === 'api';
        const isCut = isOurs && fact.quantity < shelf.offerOf(key);
        return { skuIds: [skuId], isOurs, isCut, apply: () => shelf.setOffer(key, fact.quantity) };
      }
      case 'listing.state':
        return this.#listingChange(fact, burst);
      case 'order.announced':
        return this.#announcement(fact, keyOf(code, fact.externalId), code);
      case 'order.state': {
        const key = keyOf(code, fact.externalId);
        const settled = isSettledOrder(simulator, fact.to);
        return { skuIds: shelf.skusOfOrder(key), isOurs: false, apply: () => shelf.settle(key, settled) };
      }
      case 'shop-order.created':
        return this.#shopOrder(fact);
      default:
        return null;
    }
  }

  #known(skuId: string | undefined): string | null {
    if (skuId !== undefined) return skuId;
    this.#unmapped += 1;
    return null;
  }

  /** A listing that goes on sale by a call of ours is our doing; in the seller portal it is somebody else's. */
  #listingChange(fact: Extract<AuditFact, { fact: 'listing.state' }>, burst: Burst): Change {
    const key = keyOf(burst.source.connectionCode, fact.externalId);
    const skuIds = this.#skusOfListing.get(key) ?? [];
    const isCut = burst.byCall && !isBuyable(fact.to);
    return { skuIds, isOurs: burst.byCall, isCut, apply: () => this.#shelf.setListing(key, fact.to) };
  }

  #announcement(fact: Extract<AuditFact, { fact: 'order.announced' }>, orderKey: string, code: string | null): Change {
    const units = new Map<string, number>();
    for (const { sku, quantity } of fact.lines) {
      const skuId = this.#known(this.#offerSku.get(keyOf(code, sku)));
      if (skuId !== null) units.set(skuId, (units.get(skuId) ?? 0) + quantity);
    }
    const skuIds = [...new Set([...units.keys(), ...this.#shelf.skusOfOrder(orderKey)])];
    return { skuIds, isOurs: false, apply: () => this.#shelf.announce(orderKey, units) };
  }

  /** Our order in a shop: what it takes from the shelf is no longer to be counted as sold and waiting. */
  #shopOrder(fact: Extract<AuditFact, { fact: 'shop-order.created' }>): Change | null {
    const number = orderNumberOf(fact.reference);
    if (number === null) return null;
    this.#ownShopOrders.add(fact.externalId);
    const order = this.#orders.get(number);
    if (!order) return null;
    const orderKey = keyOf(order.connectionCode, order.externalId);
    const skuIds = this.#shelf
      .skusOfOrder(orderKey)
      .filter((skuId) => this.#skus.get(skuId)?.brandId === order.brandId);
    return { skuIds, isOurs: true, apply: () => this.#shelf.take(orderKey, skuIds) };
  }

  /** Stock that a shop takes in the same instant as it gets an order of ours. */
  #isFromOurOrder(burst: Burst): boolean {
    return burst.lines.some(
      (line) =>
        line.kind === 'fact' &&
        ((line.fact === 'shop-order.created' && orderNumberOf(line.reference) !== null) ||
          (line.fact === 'shop-order.status' && line.cause === 'api' && this.#ownShopOrders.has(line.externalId))),
    );
  }
}
