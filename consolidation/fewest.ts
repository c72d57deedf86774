import { leastSets } from './bounds.ts';
import type { CoverSolver } from './cover.ts';
import { allSets, mostSets, tightSets } from './enumerate.ts';
import { FixedSets, type IsOver } from './fixed-sets.ts';
import { bestOfMixes, randomGreedy } from './greedy.ts';
import { type Packing, type Partition, partitionOf, restrict } from './packing.ts';
import { type Random, seeded } from './random.ts';
import type { Effort, Solution } from './solve.ts';

/** Rounds of one attempt at a number of sets before the search begins anew from somewhere else. */
const roundsPerStart = 40_000;
/** Sets that leave hardly any room: up to so many the solver gets, up to so many starts are drawn from. */
const mostTightForSolver = 2_500;
const mostTight = 30_000;
/** Branches of the solver; here it is the clock that ends it. */
const mostNodes = 1_000_000;
/** Things that are left to the search when the others lie in tight sets already. */
const leftToSearch = 100;

/**
 * As few sets as possible where all cost the same (bin packing with conflicts). Small ones exactly, then a tabu search for
 * one set less than the best, from many starts, until the bound is met or the time is over.
 */
export function fewestSets(packing: Packing, seed: string, solver: CoverSolver, effort: Effort): Solution {
  const lowerBound = leastSets(packing);
  const greedy = bestOfMixes(packing);
  const all = greedy.cost > lowerBound ? allSets(packing, mostSets) : null;
  if (all) {
    const { partition, isProven } = solver.cover(packing, all, {
      incumbent: greedy.cost,
      seconds: effort.secondsLeft() / 2,
      nodes: mostNodes,
    });
    const best = partition ?? greedy;
    if (isProven) return { ...best, lowerBound: best.cost, method: 'exact' };
  }
  const tight = greedy.cost > lowerBound ? tightSets(packing, lowerBound, mostTight) : null;
  const random = seeded(seed);
  let best = search(packing, greedy, lowerBound, random, { isOver: effort.isOver, starts: 1, tight: null });
  if (tight && tight.length <= mostTightForSolver && best.cost > lowerBound && !effort.isOver()) {
    const seconds = effort.secondsLeft() / 2;
    const { partition } = solver.cover(packing, tight, { incumbent: lowerBound + 1, seconds, nodes: mostNodes });
    best = partition ?? best;
  }
  best = search(packing, best, lowerBound, random, { isOver: effort.isOver, starts: Number.POSITIVE_INFINITY, tight });
  return { ...best, lowerBound, method: 'search' };
}

interface SearchOptions {
  readonly isOver: IsOver;
  /** Attempts that may fail. */
  readonly starts: number;
  readonly tight: readonly (readonly number[])[] | null;
}

function search(
  packing: Packing,
  from: Partition,
  lowerBound: number,
  random: Random,
  { isOver, starts, tight }: SearchOptions,
): Partition {
  let best = from;
  let start = from;
  let failed = 0;
  while (best.cost > lowerBound && failed < starts && !isOver()) {
    const isFromTight = tight !== null && tight.length > 0 && packing.size > leftToSearch && random.below(3) > 0;
    const found = isFromTight
      ? fromTightSets(packing, best.cost - 1, tight, random, isOver)
      : intoFewer(packing, best.cost - 1, start, random, isOver);
    if (!found) failed += 1;
    best = found ?? best;
    start = found ?? randomGreedy(packing, random);
  }
  return best;
}

function intoFewer(
  packing: Packing,
  count: number,
  start: Partition,
  random: Random,
  isOver: IsOver,
): Partition | null {
  const attempt = new FixedSets(packing, count, start.sets, random);
  return attempt.run(roundsPerStart, isOver) ? partitionOf(packing, attempt.sets) : null;
}

/** Takes disjoint sets that are all but full until few things are left, and searches for the rest of them only. */
function fromTightSets(
  packing: Packing,
  count: number,
  tight: readonly (readonly number[])[],
  random: Random,
  isOver: IsOver,
): Partition | null {
  const free = new Set(Array.from({ length: packing.size }, (_, thing) => thing));
  const chosen: (readonly number[])[] = [];
  let usable = tight;
  while (free.size > leftToSearch) {
    usable = usable.filter((set) => set.every((thing) => free.has(thing)));
    const set = rarest(usable, random);
    if (!set || chosen.length >= count) break;
    chosen.push(set);
    for (const thing of set) free.delete(thing);
  }
  const rest = [...free];
  const part = restrict(packing, rest);
  const found = intoFewer(part, count - chosen.length, randomGreedy(part, random), random, isOver);
  if (!found) return null;
  return partitionOf(packing, [...chosen, ...found.sets.map((set) => set.map((at) => rest[at] ?? 0))]);
}

/** One of the sets with the thing that occurs in fewest: it is the hardest to place later. */
function rarest(sets: readonly (readonly number[])[], random: Random): readonly number[] | undefined {
  const uses = new Map<number, number>();
  for (const set of sets) for (const thing of set) uses.set(thing, (uses.get(thing) ?? 0) + 1);
  let hardest = -1;
  let fewest = Number.POSITIVE_INFINITY;
  for (const [thing, count] of uses) {
    const shaken = count * (1 + random.next());
    if (shaken >= fewest) continue;
    fewest = shaken;
    hardest = thing;
  }
  const candidates = sets.filter((set) => set.includes(hardest));
  return candidates[random.below(candidates.length)];
}
