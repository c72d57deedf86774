import { better, canJoin, type Packing, type Partition, partitionOf } from './packing.ts';
import type { Random } from './random.ts';

/** Into which of the sets that have room a thing goes. */
export type Fit = 'first' | 'fullest' | 'cheapest';

/** Shares of weight against conflicts in the sort key: 1 is by weight alone, 0 by the number of conflicts alone. */
export const mixes = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0] as const;

/** Things, the most awkward first: a mix of how heavy they are and how many others they cannot meet, with noise. */
export function sortedBy(packing: Packing, mix: number, noise = 0, random?: Random): number[] {
  const { size, demands, capacities, degrees } = packing;
  const weights = demands[0] ?? new Int32Array(size);
  const capacity = Math.max(1, capacities[0] ?? 1);
  const keys = Array.from({ length: size }, (_, thing) => {
    const weight = (weights[thing] ?? 0) / capacity;
    const degree = (degrees[thing] ?? 0) / Math.max(1, size - 1);
    const shaken = random ? 1 + noise * (random.next() - 0.5) : 1;
    return (mix * weight + (1 - mix) * degree) * shaken;
  });
  return keys.map((_, thing) => thing).sort((a, b) => (keys[b] ?? 0) - (keys[a] ?? 0) || a - b);
}

/** Puts one thing after the other into a set with room, or alone where that is not dearer. */
export function greedy(packing: Packing, order: readonly number[], fit: Fit): Partition {
  const sets: number[][] = [];
  const costs: number[] = [];
  const loads: number[] = [];
  const weights = packing.demands[0];
  const capacity = packing.capacities[0] ?? 0;
  for (const thing of order) {
    const apart = packing.cost([thing]) ?? 0;
    const weight = weights?.[thing] ?? 0;
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, set] of sets.entries()) {
      if ((loads[index] ?? 0) + weight > capacity || !canJoin(packing, set, thing)) continue;
      const added = packing.isConstant ? 0 : addedCost(packing, set, thing, costs[index] ?? 0);
      if (added > apart) continue;
      const rank = fit === 'cheapest' ? added : fit === 'fullest' ? -(loads[index] ?? 0) : 0;
      if (rank >= least) continue;
      chosen = index;
      least = rank;
      if (fit === 'first') break;
    }
    if (chosen < 0) {
      sets.push([thing]);
      costs.push(apart);
      loads.push(weight);
      continue;
    }
    const set = sets[chosen] ?? [];
    costs[chosen] =
      (costs[chosen] ?? 0) + (packing.isConstant ? 0 : addedCost(packing, set, thing, costs[chosen] ?? 0));
    set.push(thing);
    loads[chosen] = (loads[chosen] ?? 0) + weight;
  }
  return partitionOf(packing, sets);
}

function addedCost(packing: Packing, set: readonly number[], thing: number, before: number): number {
  const together = packing.cost([...set, thing].sort((a, b) => a - b));
  return together === null ? Number.POSITIVE_INFINITY : together - before;
}

const fitsOf = (packing: Packing): readonly Fit[] =>
  packing.isConstant ? ['first', 'fullest'] : ['cheapest', 'fullest'];

/** First fit by decreasing weight: the plain way, to compare with. */
export const firstFitDecreasing = (packing: Packing): Partition => greedy(packing, sortedBy(packing, 1), 'first');

/** The best of all mixes and ways to fit; every plan that was found goes to `seen`. */
export function bestOfMixes(packing: Packing, seen: (partition: Partition) => void = () => undefined): Partition {
  let best = firstFitDecreasing(packing);
  seen(best);
  for (const mix of mixes) {
    for (const fit of fitsOf(packing)) {
      const found = greedy(packing, sortedBy(packing, mix), fit);
      seen(found);
      best = better(best, found);
    }
  }
  return best;
}

/** One run by a key of its own with noise. */
export function randomGreedy(packing: Packing, random: Random): Partition {
  const mix = random.next();
  const noise = 0.1 + random.next() * 0.9;
  const fits = fitsOf(packing);
  return greedy(packing, sortedBy(packing, mix, noise, random), fits[random.below(fits.length)] ?? 'fullest');
}
