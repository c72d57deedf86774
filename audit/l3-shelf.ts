import { isBuyable } from './vocabulary.ts';

/** A SKU of a brand, where it is on sale, and the units that are never offered. */
export interface AuditedSku {
  readonly skuId: string;
  /** For people: the brand's code and the SKU. */
  readonly label: string;
  readonly brandId: string;
  readonly safetyStock: number;
  /** Set by a person; null or absent = quota below the switch point, shared from it on. */
  readonly policy?: 'shared' | 'quota' | null;
  /** Absent = every level is shared out by quota. */
  readonly quotaThreshold?: number;
}

/** One SKU on one marketplace. */
export interface Offer {
  /** Account and seller SKU. */
  readonly key: string;
  /** Account and the listing's id over there. */
  readonly listingKey: string;
}

interface Claim {
  /** Units per SKU that the buyer was promised. */
  units: ReadonlyMap<string, number>;
  settled: boolean;
  /** SKUs that the shop has taken over with its own order. */
  readonly taken: Set<string>;
}

/**
 * What the outside systems hold at one instant: on-hand stock of shops, offers of marketplaces, and units that were sold
 * there and that no shop has taken yet.
 */
export class Shelf {
  readonly #onHand = new Map<string, number>();
  readonly #offered = new Map<string, number>();
  readonly #listingStates = new Map<string, string>();
  readonly #offersBySku: ReadonlyMap<string, readonly Offer[]>;
  readonly #claims = new Map<string, Claim>();
  readonly #claimsBySku = new Map<string, Set<Claim>>();

  constructor(offersBySku: ReadonlyMap<string, readonly Offer[]>) {
    this.#offersBySku = offersBySku;
  }

  setOnHand(skuId: string, quantity: number): void {
    this.#onHand.set(skuId, quantity);
  }

  setOffer(key: string, quantity: number): void {
    this.#offered.set(key, quantity);
  }

  offerOf(key: string): number {
    return this.#offered.get(key) ?? 0;
  }

  setListing(listingKey: string, state: string): void {
    this.#listingStates.set(listingKey, state);
  }

  /** SKUs whose present claims change with this order; call it before and after a change. */
  skusOfOrder(orderKey: string): string[] {
    return [...(this.#claims.get(orderKey)?.units.keys() ?? [])];
  }

  announce(orderKey: string, units: ReadonlyMap<string, number>): void {
    const claim = this.#claimOf(orderKey);
    claim.units = units;
    for (const skuId of units.keys()) {
      const claims = this.#claimsBySku.get(skuId) ?? new Set();
      this.#claimsBySku.set(skuId, claims.add(claim));
    }
  }

  settle(orderKey: string, settled: boolean): void {
    this.#claimOf(orderKey).settled = settled;
  }

  take(orderKey: string, skuIds: readonly string[]): void {
    const claim = this.#claimOf(orderKey);
    for (const skuId of skuIds) claim.taken.add(skuId);
  }

  #claimOf(orderKey: string): Claim {
    const claim = this.#claims.get(orderKey) ?? { units: new Map(), settled: false, taken: new Set() };
    this.#claims.set(orderKey, claim);
    return claim;
  }

  /** Null until the shop has said how much there is. */
  onHand(skuId: string): number | null {
    return this.#onHand.get(skuId) ?? null;
  }

  /** Units that buyers were promised and that the shop's on-hand stock still contains. */
  soldNotTaken(skuId: string): number {
    let sum = 0;
    for (const claim of this.#claimsBySku.get(skuId) ?? []) {
      if (!claim.settled && !claim.taken.has(skuId)) sum += claim.units.get(skuId) ?? 0;
    }
    return sum;
  }

  /** What each marketplace shows to buyers now. */
  #offers(skuId: string): number[] {
    return (this.#offersBySku.get(skuId) ?? []).map(({ key, listingKey }) => {
      const state = this.#listingStates.get(listingKey);
      return state === undefined || isBuyable(state) ? this.offerOf(key) : 0;
    });
  }

  /** Σ of what buyers can buy now. */
  offered(skuId: string): number {
    return this.#offers(skuId).reduce((sum, units) => sum + units, 0);
  }

  /**
   * Units offered beyond what may be: 0 or less is right. Under quota the sum counts, under shared every single offer. 0 while
   * the shop has not said anything.
   */
  excess(sku: AuditedSku): number {
    const available = this.#available(sku);
    if (available === null) return 0;
    const offers = this.#offers(sku.skuId);
    return this.policyOf(sku) === 'quota'
      ? offers.reduce((sum, units) => sum + units, 0) - available
      : Math.max(0, ...offers) - available;
  }
  /** The policy that holds for what is available now. */
  policyOf(sku: AuditedSku): 'shared' | 'quota' {
    const available = this.#available(sku) ?? 0;
    return sku.policy ?? (available < (sku.quotaThreshold ?? Number.POSITIVE_INFINITY) ? 'quota' : 'shared');
  }
  #available(sku: AuditedSku): number | null {
    const onHand = this.onHand(sku.skuId);
    return onHand === null ? null : Math.max(0, onHand - this.soldNotTaken(sku.skuId) - sku.safetyStock);
  }

  describe(sku: AuditedSku): string {
    return (
      `${this.policyOf(sku)}: offered ${this.#offers(sku.skuId).join(' + ') || 0}, on hand ${this.onHand(sku.skuId)}, ` +
      `sold and not yet taken ${this.soldNotTaken(sku.skuId)}, safety ${sku.safetyStock}`
    );
  }
}
