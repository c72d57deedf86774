/** One order's claim to units of one SKU. */
export interface Claim {
  readonly orderId: string;
  /** When the buyer ordered, by the marketplace's clock. */
  readonly orderedAt: Date;
  /** The marketplace's number. */
  readonly externalId: string;
  /** Units that the order still needs from us. */
  readonly units: number;
  /** People approved it, or its push has begun: what it holds is not taken away any more. */
  readonly firm: boolean;
}

/** First by the marketplace's order time, then by its number, then by our id: the same for whoever asks. */
export function byClaim(a: Claim, b: Claim): number {
  return (
    a.orderedAt.getTime() - b.orderedAt.getTime() ||
    (a.externalId < b.externalId ? -1 : a.externalId > b.externalId ? 1 : 0) ||
    (a.orderId < b.orderId ? -1 : 1)
  );
}

/**
 * Which orders get their units when there are not enough for all: firm ones keep theirs, then the earliest order first. An
 * order gets all of its units or none; a later one may get what is too little for an earlier one.
 * @param units on hand, ≥ 0; what firm orders hold is counted in it
 */
export function allocate(units: number, claims: readonly Claim[]): { served: string[]; short: string[] } {
  const served: string[] = [];
  const short: string[] = [];
  let left = units;
  const inOrder = [...claims].sort((a, b) => Number(b.firm) - Number(a.firm) || byClaim(a, b));
  for (const claim of inOrder) {
    const fits = claim.firm || claim.units <= left;
    (fits ? served : short).push(claim.orderId);
    if (fits) left -= claim.units;
  }
  return { served, short };
}
