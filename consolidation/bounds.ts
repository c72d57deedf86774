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

/** From how many things a clique is grown. */
const cliqueStarts = 60;

/**
 * Things of which no two can be in one set: a set each. Grown greedily from the best connected things. Pairs that are too
 * heavy together count as well.
 */
export function cliqueOf(packing: Packing): number[] {
  const [byConflicts, byAll] = [grownClique(packing, false), grownClique(packing, true)];
  return byAll.length > byConflicts.length ? byAll : byConflicts;
}

function grownClique(packing: Packing, withWeights: boolean): number[] {
  const { size } = packing;
  const words = Math.ceil(size / 32);
  const near = meetings(packing, words, withWeights);
  const degree = near.map((row) => row.reduce((sum, word) => sum + bitsIn(word), 0));
  const order = near.map((_, thing) => thing).sort((a, b) => (degree[b] ?? 0) - (degree[a] ?? 0) || a - b);
  let best: number[] = [];
  for (const start of order.slice(0, cliqueStarts)) {
    const clique = [start];
    let candidates = near[start] ?? new Uint32Array(words);
    for (;;) {
      const chosen = bestCandidate(candidates, near, order);
      if (chosen < 0) break;
      clique.push(chosen);
      const row = near[chosen];
      candidates = candidates.map((word, index) => word & (row?.[index] ?? 0));
    }
    if (clique.length > best.length) best = clique;
  }
  return best.sort((a, b) => a - b);
}

/** For each thing the others that it cannot meet, as bits. */
function meetings(packing: Packing, words: number, withWeights: boolean): Uint32Array[] {
  const { size, demands, capacities } = packing;
  const cannotMeet = (a: number, b: number): boolean =>
    areInConflict(packing, a, b) ||
    (withWeights && demands.some((row, d) => (row[a] ?? 0) + (row[b] ?? 0) > (capacities[d] ?? 0)));
  return Array.from({ length: size }, (_, a) => {
    const row = new Uint32Array(words);
    for (let b = 0; b < size; b += 1) {
      if (a !== b && cannotMeet(a, b)) row[b >> 5] = (row[b >> 5] ?? 0) | (1 << (b & 31));
    }
    return row;
  });
}

/** The candidate that leaves most others; -1 where there is none. */
function bestCandidate(candidates: Uint32Array, near: readonly Uint32Array[], order: readonly number[]): number {
  let best = -1;
  let most = -1;
  for (const one of order) {
    if ((((candidates[one >> 5] ?? 0) >>> (one & 31)) & 1) === 0) continue;
    const row = near[one];
    let left = 0;
    for (const [index, word] of candidates.entries()) left += bitsIn(word & (row?.[index] ?? 0));
    if (left > most) {
      most = left;
      best = one;
    }
  }
  return best;
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
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
