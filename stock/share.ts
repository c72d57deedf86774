/** One marketplace listing that wants a share of a SKU. */
export interface Claimant {
  readonly id: string;
  /** Only what can be bought over there takes a share. */
  readonly live: boolean;
}

/**
 * Shares out what is available so that the sum offered never exceeds it: equal parts, the remainder one by one in the
 * order of ids. Quantities are whole units ≥ 0.
 */
export function shareOut(available: number, claimants: readonly Claimant[]): Map<string, number> {
  const shares = new Map(claimants.map(({ id }) => [id, 0]));
  const live = claimants.filter((claimant) => claimant.live).sort((a, b) => (a.id < b.id ? -1 : 1));
  const units = Math.max(0, Math.trunc(available));
  if (live.length === 0) return shares;
  const part = Math.floor(units / live.length);
  const remainder = units - part * live.length;
  live.forEach(({ id }, index) => {
    shares.set(id, part + (index < remainder ? 1 : 0));
  });
  return shares;
}

/** What marketplaces may be offered: on hand − reserved − safety, never negative. */
export function availableUnits(input: { onHand: number; reserved: number; safetyStock: number }): number {
  return Math.max(0, input.onHand - input.reserved - input.safetyStock);
}
