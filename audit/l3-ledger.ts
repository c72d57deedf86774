import type { AuditedSku } from './l3-shelf.ts';

/** A time during which more was offered than there was. Wall times in epoch milliseconds; null = still open. */
export interface Interval {
  readonly sku: AuditedSku;
  readonly fromMs: number;
  readonly toMs: number | null;
  /** Largest number of units offered beyond what may be. */
  readonly excess: number;
  /** The state of things when it began or was worst. */
  readonly detail: string;
}

interface Open {
  fromMs: number;
  excess: number;
  detail: string;
}

/**
 * Follows one SKU through time. What outsiders did (a sale in the shop itself, a count, somebody in the seller portal) may
 * be exceeded by as much as they changed, until the cut that it causes is acknowledged; what we did may not.
 */
export class SkuLedger {
  readonly #sku: AuditedSku;
  readonly #quietMs: number;
  /** Units of excess that outsiders have caused and that no cut of ours has answered yet. */
  #allowance = 0;
  #allowedSinceMs = 0;
  #excess = 0;
  #caused: Open | null = null;
  #breach: Open | null = null;
  readonly breaches: Interval[] = [];
  readonly outside: Interval[] = [];

  constructor(sku: AuditedSku, quietMs: number) {
    this.#sku = sku;
    this.#quietMs = quietMs;
  }

  /**
   * One instant at which something changed.
   * @param outsideDelta by how much outsiders raised the excess
   * @param isCut we lowered an offer of this SKU
   */
  note(atMs: number, change: { excess: number; outsideDelta: number; isCut: boolean; detail: string }): void {
    const { excess, outsideDelta, isCut, detail } = change;
    const isQuiet = this.#excess <= 0 && atMs - this.#allowedSinceMs >= this.#quietMs;
    if (isQuiet) this.#allowance = 0;
    this.#allowance = Math.max(0, this.#allowance + outsideDelta);
    if (outsideDelta > 0) this.#allowedSinceMs = atMs;
    // The acknowledged cut is the answer to what outsiders did up to here; from now on only what is left of it counts.
    if (isCut) this.#allowance = Math.min(this.#allowance, Math.max(0, excess));
    this.#excess = excess;
    this.#breach = follow(this.#breach, excess > this.#allowance, atMs, { excess, detail }, (open) => {
      this.breaches.push(this.#interval(open, atMs));
    });
    const isCaused = excess > 0 && excess <= this.#allowance;
    this.#caused = follow(this.#caused, isCaused, atMs, { excess, detail }, (open) => {
      this.outside.push(this.#interval(open, atMs));
    });
  }

  /** Closes the books: what is open now is reported as open. */
  end(): void {
    if (this.#breach) this.breaches.push(this.#interval(this.#breach, null));
    if (this.#caused) this.outside.push(this.#interval(this.#caused, null));
    this.#breach = null;
    this.#caused = null;
  }

  #interval(open: Open, toMs: number | null): Interval {
    return { sku: this.#sku, toMs, ...open };
  }
}

function follow(
  open: Open | null,
  holds: boolean,
  atMs: number,
  now: { excess: number; detail: string },
  close: (open: Open) => void,
): Open | null {
  if (!holds) {
    if (open) close(open);
    return null;
  }
  if (!open) return { fromMs: atMs, ...now };
  return now.excess > open.excess ? { ...open, ...now } : open;
}
