import { areInConflict, type Packing } from './packing.ts';

/** How many sets there must be at least: by the sums, by things of which no two fit, and by things that cannot meet. */
export function leastSets(packing: Packing): number {
  const bySums = packing.demands.map((row, d) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    const capacity = packing.capacities[d] ?? 0;
    return capacity > 0 ? Math.ceil(total / capacity) : 0;
  });
  const weights = packing.demands[0] ?? new Int32Array(0);
  return Math.max(
    packing.size > 0 ? 1 : 0,
    ...bySums,
    byLargeThings(weights, packing.capacities[0] ?? 0),
    cliqueOf(packing).length,
  );
}

/**
 * The bound of Martello and Toth (L2): things above capacity − a need a set each, those above half of it as well, and what
 * the smaller ones (at least a) weigh more than the room beside the latter needs further sets; the best a counts.
 */
export function byLargeThings(weights: Int32Array, capacity: number): number {
  let best = 0;
  for (const limit of new Set([0, ...weights.filter((weight) => weight * 2 <= capacity)])) {
    let alone = 0;
    let halves = 0;
    let room = 0;
    let small = 0;
    for (const weight of weights) {
      if (weight > capacity - limit) alone += 1;
      else if (weight * 2 > capacity) {
        halves += 1;
        room += capacity - weight;
      } else if (weight >= limit) small += weight;
    }
    best = Math.max(best, alone + halves + Math.max(0, Math.ceil((small - room) / Math.max(1, capacity))));
  }
  return best;
}

/**
 * Things of which no two can be in one set, found greedily from every start: a set each. Pairs that are too heavy together
 * count as well.
 */
export function cliqueOf(packing: Packing): number[] {
  const { size, demands, capacities } = packing;
  const cannotMeet = (a: number, b: number): boolean =>
    areInConflict(packing, a, b) || demands.some((row, d) => (row[a] ?? 0) + (row[b] ?? 0) > (capacities[d] ?? 0));
  const near = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size }, (_, b) => b).filter((b) => b !== a && cannotMeet(a, b)),
  );
  const sets = near.map((others) => new Set(others));
  const order = near.map((_, thing) => thing).sort((a, b) => (near[b]?.length ?? 0) - (near[a]?.length ?? 0) || a - b);
  let best: number[] = [];
  for (const start of order.slice(0, 300)) {
    if ((near[start]?.length ?? 0) < best.length) continue;
    const clique = [start];
    let candidates = near[start] ?? [];
    while (candidates.length > 0) {
      const chosen = bestCandidate(candidates, sets);
      clique.push(chosen);
      candidates = candidates.filter((other) => other !== chosen && sets[chosen]?.has(other) === true);
    }
    if (clique.length > best.length) best = clique;
  }
  return best.sort((a, b) => a - b);
}

/** The candidate that leaves most others; counted among at most 60 of them, the first ones being the best connected. */
function bestCandidate(candidates: readonly number[], sets: readonly Set<number>[]): number {
  let best = candidates[0] ?? 0;
  let most = -1;
  const ranked = candidates.length <= 60 ? candidates : [...candidates].sort((a, b) => (sets[b]?.size ?? 0) - (sets[a]?.size ?? 0)).slice(0, 20);
  for (const one of ranked) {
    let left = 0;
    for (const other of candidates) if (sets[one]?.has(other) === true) left += 1;
    if (left > most) {
      most = left;
      best = one;
    }
  }
  return best;
}

/** What a set of up to a weight costs at least; ascending weights. */
export interface CostFloor {
  readonly upToWeight: number;
  readonly costMinor: number;
}

/**
 * A cost below which no partition can be: a straight line under the price curve (a + b · weight for every set) makes
 * a · sets + b · total weight. The best of the lines that touch the curve counts.
 * @param floors price curve by weight, not decreasing
 */
export function leastCost(packing: Packing, floors: readonly CostFloor[]): number {
  const total = (packing.demands[0] ?? new Int32Array(0)).reduce((sum, weight) => sum + weight, 0);
  const sets = leastSets(packing);
  const slopes = [0, ...floors.flatMap((one, i) => floors.slice(i + 1).map((other) => slope(one, other)))];
  let best = 0;
  for (const perGram of slopes) {
    if (perGram < 0 || !Number.isFinite(perGram)) continue;
    const base = Math.min(...floors.map(({ upToWeight, costMinor }) => costMinor - perGram * upToWeight));
    // Without a base of its own a line would reward many sets.
    if (base < 0) continue;
    best = Math.max(best, base * sets + perGram * total);
  }
  // A hair less, so that rounding of the slope never lifts the bound above the truth.
  return Math.max(0, Math.ceil(best - 1e-6));
}

const slope = (one: CostFloor, other: CostFloor): number =>
  (other.costMinor - one.costMinor) / (other.upToWeight - one.upToWeight);
