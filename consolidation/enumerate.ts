import { canJoin, type Packing } from './packing.ts';

/** All sets are tried up to this many; measured: HiGHS needs less than a second for 2,000. */
export const mostSets = 5_000;

/**
 * All allowed sets, grown from their smallest thing, with everything above a limit pruned at once. A set that is refused
 * is not grown: adding things never makes a set allowed.
 * @returns null when there are more than `most`
 */
export function allSets(packing: Packing, most: number): number[][] | null {
  const found: number[][] = [];
  const grow = (set: readonly number[], from: number): boolean => {
    for (let thing = from; thing < packing.size; thing += 1) {
      if (!canJoin(packing, set, thing)) continue;
      const next = [...set, thing];
      if (packing.cost(next) === null) continue;
      found.push(next);
      if (found.length > most || !grow(next, thing + 1)) return false;
    }
    return true;
  };
  return grow([], 0) ? found : null;
}

/** Branches that are looked at before tight sets are given up. */
const mostBranches = 6_000_000;

/**
 * All sets that a plan with `count` sets of equal cost can hold: whatever room all of them leave together, one of them
 * leaves no more. Where the room is small, these are few, whatever the number of all sets.
 * @returns null when there are more than `most`, or too many branches to look at
 */
export function tightSets(packing: Packing, count: number, most: number): number[][] | null {
  const weights = packing.demands[0] ?? new Int32Array(0);
  const capacity = packing.capacities[0] ?? 0;
  const least = capacity - (count * capacity - weights.reduce((sum, weight) => sum + weight, 0));
  if (least > capacity) return [];
  const order = Array.from(weights.keys()).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  const found: number[][] = [];
  let branches = 0;
  const grow = (set: readonly number[], load: number, from: number): boolean => {
    if (load >= least && set.length > 0) {
      found.push([...set].sort((a, b) => a - b));
      if (found.length > most) return false;
    }
    for (let at = from; at < order.length; at += 1) {
      const thing = order[at] ?? 0;
      const next = load + (weights[thing] ?? 0);
      if (next > capacity) continue;
      branches += 1;
      if (branches > mostBranches) return false;
      if (canJoin(packing, set, thing) && !grow([...set, thing], next, at + 1)) return false;
    }
    return true;
  };
  return grow([], 0, 0) ? found : null;
}
