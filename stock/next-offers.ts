import type { StockPolicy } from './policy.ts';

/**
 * One marketplace's offer of one SKU as far as we can know it. A buyer may have bought, a write may have been lost: what is
 * shown over there lies between `low` and `high`.
 */
export interface OfferedChannel {
  readonly id: string;
  /** What the rules want it to show, whole units ≥ 0. */
  readonly desired: number;
  readonly low: number;
  /**
   * Counts as offered: the highest value that may be shown there, now or as soon as a lost write takes effect; after a cut,
   * the value before it until the cut is acknowledged and orders were read again.
   */
  readonly high: number;
  /** A write is under way: nothing else is sent until it was answered or its lease is over. */
  readonly inFlight: boolean;
  /** The last write was acknowledged and no sale was read since: `low` is what we wrote. */
  readonly confirmed: boolean;
}

export interface OfferState {
  readonly policy: StockPolicy;
  /** Units that all marketplaces together may show. */
  readonly available: number;
  readonly channels: readonly OfferedChannel[];
}

export interface OfferWrite {
  readonly id: string;
  readonly quantity: number;
  readonly kind: 'decrease' | 'settle' | 'increase';
}

export interface NextOffers {
  /** Allowed now, all of them together; decreases first. */
  readonly writes: readonly OfferWrite[];
  /** What is wanted and not allowed yet. */
  readonly waiting: readonly { readonly id: string; readonly wants: number; readonly why: string }[];
  readonly trace: readonly string[];
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

/**
 * What may be written now, so that the sum offered never exceeds what is available by our doing.
 *
 * A quota counts until its cut is acknowledged: a value above the lowest that a channel may show is sent only if it fits
 * beside the highest values that all others may show. A value that is no higher than the lowest possible one can always be
 * sent. Under the policy `shared` every channel shows its number, and nothing waits for anything.
 */
export function nextOffers({ policy, available, channels }: OfferState): NextOffers {
  const trace: string[] = [];
  const writes: OfferWrite[] = [];
  const waiting: { id: string; wants: number; why: string }[] = [];
  const reach = new Map(channels.map(({ id, high }) => [id, high]));
  const inOrder = [...channels].sort((a, b) => Number(a.desired > a.low) - Number(b.desired > b.low) || byId(a, b));
  for (const channel of inOrder) {
    const { id, desired, low, high, inFlight, confirmed } = channel;
    if (desired === low && confirmed) continue;
    if (inFlight) {
      trace.push(`${id}: ${desired} wanted, a write is under way`);
      waiting.push({ id, wants: desired, why: 'a write is under way' });
      continue;
    }
    const others = sumOf([...reach].filter(([other]) => other !== id).map(([, units]) => units));
    const room = policy === 'shared' ? desired : Math.max(0, available - others);
    const quantity = Math.min(desired, Math.max(low, room));
    if (quantity < desired) {
      const why = `${others} of ${available} units still count elsewhere until their cuts are acknowledged`;
      waiting.push({ id, wants: desired, why });
      trace.push(`${id}: ${desired} wanted, ${quantity} allowed: ${why}`);
    }
    if (quantity === low && confirmed) continue;
    const kind = quantity < high ? 'decrease' : quantity > low ? 'increase' : 'settle';
    writes.push({ id, quantity, kind });
    reach.set(id, Math.max(high, quantity));
    trace.push(`${id}: ${kind} to ${quantity} (may show ${low === high ? low : `${low} to ${high}`} now)`);
  }
  const rank = { decrease: 0, settle: 1, increase: 2 } as const;
  writes.sort((a, b) => rank[a.kind] - rank[b.kind] || byId(a, b));
  return { writes, waiting, trace };
}
