import { type CostFloor, leastCost } from './bounds.ts';
import type { CoverSolver } from './cover.ts';
import { allSets, mostSets } from './enumerate.ts';
import { fewestSets } from './fewest.ts';
import type { IsOver } from './fixed-sets.ts';
import { bestOfMixes, randomGreedy } from './greedy.ts';
import { improve } from './improve.ts';
import { alone, better, type Packing, type Partition } from './packing.ts';
import { seeded } from './random.ts';

/** How a plan was found: proven cheapest, from a pool of good sets, by local search, or there was nothing to decide. */
export type Method = 'alone' | 'exact' | 'pool' | 'search';

export interface Solution extends Partition {
  /** No partition costs less than this. */
  readonly lowerBound: number;
  readonly method: Method;
}

export interface Effort {
  /** Asked between rounds; where only rounds limit the search, `() => false`. */
  readonly isOver: IsOver;
  /** Seconds that are left for one call of the solver. */
  readonly secondsLeft: () => number;
  /** Random greedy runs for the pool. */
  readonly runs: number;
}

const mostPooled = 12_000;
/** Branches of the solver: enough to prove small clusters; a pool is a heuristic, and its proof is worth little. */
const exactNodes = 5_000;
const poolNodes = 60;
/** Above this many things only greedy and local search are worth their time. */
const mostForPool = 200;

/** The cheapest partition that can be found with the given effort; never dearer than all alone or than the greedy. */
export function solve(
  packing: Packing,
  { seed, floors, solver, effort }: { seed: string; floors: readonly CostFloor[]; solver: CoverSolver; effort: Effort },
): Solution {
  if (packing.size <= 1) {
    const partition = alone(packing);
    return { ...partition, lowerBound: partition.cost, method: 'alone' };
  }
  return packing.isConstant
    ? fewestSets(packing, seed, solver, effort)
    : cheapestSets(packing, seed, floors, solver, effort);
}

function cheapestSets(
  packing: Packing,
  seed: string,
  floors: readonly CostFloor[],
  solver: CoverSolver,
  { secondsLeft, runs, isOver }: Effort,
): Solution {
  const start = better(alone(packing), bestOfMixes(packing));
  let best = improve(packing, start);
  const all = allSets(packing, mostSets);
  if (all) {
    const { partition, isProven } = solver.cover(packing, all, {
      incumbent: best.cost,
      seconds: secondsLeft(),
      nodes: exactNodes,
    });
    best = partition ?? best;
    if (isProven) return { ...best, lowerBound: best.cost, method: 'exact' };
  }
  const bound = Math.min(best.cost, leastCost(packing, floors));
  if (best.cost === bound || packing.size > mostForPool) return { ...best, lowerBound: bound, method: 'search' };
  const pool = new Pool(packing);
  pool.add(best);
  const random = seeded(seed);
  for (let run = 0; run < runs && !isOver(); run += 1) {
    const found = improve(packing, randomGreedy(packing, random));
    pool.add(found);
    best = better(best, found);
  }
  const { partition } = solver.cover(packing, pool.sets, {
    incumbent: best.cost,
    seconds: secondsLeft(),
    nodes: poolNodes,
  });
  const polished = improve(packing, partition ?? best);
  return { ...better(best, polished), lowerBound: Math.min(polished.cost, bound), method: 'pool' };
}

/** Sets that occurred in good plans, each once. */
class Pool {
  readonly #sets = new Map<string, readonly number[]>();

  constructor(packing: Packing) {
    for (let thing = 0; thing < packing.size; thing += 1) this.#sets.set(String(thing), [thing]);
  }

  get sets(): readonly (readonly number[])[] {
    return [...this.#sets.values()];
  }

  add({ sets }: Pick<Partition, 'sets'>): void {
    for (const set of sets) {
      if (this.#sets.size >= mostPooled) return;
      const sorted = [...set].sort((a, b) => a - b);
      if (sorted.length > 0) this.#sets.set(sorted.join(), sorted);
    }
  }
}
