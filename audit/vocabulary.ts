/**
 * The native words of outside systems that the audit must understand by itself. Kept apart from the connectors' tag
 * tables on purpose: a mistake there must not hide itself here.
 */

/** States of a marketplace's order in which it claims no stock any more: cancelled, or gone out without us. */
const settledOrderStates: Readonly<Record<string, readonly string[]>> = {
  // 2 shipped, 5 cancelled, 6 completed
  'jd-id': ['2', '5', '6'],
  zilingo: ['inTransit', 'successfullyProcessed', 'cancelled', 'rejected'],
};
const settledWord = /^(cancell?ed|shipped|delivered|completed|closed|refunded)$/i;

/** True when a marketplace's order in this state holds no units that the shop has still to give. */
export function isSettledOrder(simulator: string, state: string): boolean {
  return settledOrderStates[simulator]?.includes(state) ?? settledWord.test(state);
}

/** True when buyers can buy a listing in this state. What was never said counts as buyable. */
export function isBuyable(state: string): boolean {
  return /^(ON_SHELF|LIVE|ACTIVE|PUBLISHED|ONLINE)\b/i.test(state.replaceAll('+', ' '));
}

/** What a shop's own status means for "does our order exist there". */
export type ShopOrderLife = 'alive' | 'cancelled' | 'refunded';

export function shopOrderLife(status: string): ShopOrderLife {
  if (/^(cancell?ed|trash|deleted|failed|void(ed)?|expired)$/i.test(status)) return 'cancelled';
  return /^(refunded|closed)$/i.test(status) ? 'refunded' : 'alive';
}

/** Our references in shops: an order's number, with the round behind a point where the push was begun anew. */
export const ourReference = /^(TL-\d+)(?:\.\d+)?$/;

/** The order number inside a reference of ours; null where the order is not ours. */
export function orderNumberOf(reference: string): string | null {
  return ourReference.exec(reference)?.[1] ?? null;
}
