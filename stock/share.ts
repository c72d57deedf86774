/** One marketplace listing that wants a share of a SKU. */
export interface Claimant {
  readonly id: string;
  /** Only what can be bought over there takes a share. */
  readonly live: boolean;
  /** Its part in proportion to the others', ≥ 0; 1 where nobody said otherwise. */
  readonly weight?: number;
  /** Most units that it may get; null = as many as there are. */
  readonly cap?: number | null;
  /** What it shows now: of equal claims to a unit, the one that has it keeps it, so that nothing is moved for nothing. */
  readonly holding?: number;
}

interface Part {
  readonly id: string;
  readonly weight: number;
  readonly cap: number;
  readonly holding: number;
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Whole units by weight: the whole parts first, then what is left to the largest remainders. */
function divide(units: number, parts: readonly Part[]): Map<string, number> {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const exact = parts.map((part) => {
    const numerator = units * part.weight;
    return { ...part, whole: Math.floor(numerator / total), remainder: numerator % total };
  });
  const shares = new Map(exact.map(({ id, whole }) => [id, whole]));
  let left = units - exact.reduce((sum, { whole }) => sum + whole, 0);
  const inOrder = [...exact].sort(
    (a, b) => b.remainder - a.remainder || b.holding - b.whole - (a.holding - a.whole) || byId(a, b),
  );
  for (const { id } of inOrder) {
    if (left <= 0) break;
    shares.set(id, (shares.get(id) ?? 0) + 1);
    left -= 1;
  }
  return shares;
}

/**
 * Shares out what is available so that the sum never exceeds it: by weight, in whole units, the largest remainders first;
 * equal ones go to who holds the unit already, then by id. What a cap leaves over goes to the others.
 */
export function shareOut(available: number, claimants: readonly Claimant[]): Map<string, number> {
  const shares = new Map(claimants.map(({ id }) => [id, 0]));
  let units = Math.max(0, Math.trunc(available));
  let open: Part[] = claimants
    .filter(({ live, weight = 1 }) => live && weight > 0)
    .map(({ id, weight = 1, cap, holding = 0 }) => ({ id, weight, cap: Math.max(0, cap ?? units), holding }));
  while (open.length > 0) {
    const divided = divide(units, open);
    const over = open.filter(({ id, cap }) => (divided.get(id) ?? 0) > cap);
    if (over.length === 0) {
      for (const [id, share] of divided) shares.set(id, share);
      return shares;
    }
    for (const { id, cap } of over) {
      shares.set(id, cap);
      units -= cap;
    }
    open = open.filter((part) => !over.includes(part));
  }
  return shares;
}

/** What marketplaces may be offered: on hand − reserved − safety, never negative. */
export function availableUnits(input: { onHand: number; reserved: number; safetyStock: number }): number {
  return Math.max(0, input.onHand - input.reserved - input.safetyStock);
}
