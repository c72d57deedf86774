/**
 * What remains of a cluster for the search: things with numbers, sums that may not be exceeded, pairs that may not meet,
 * and what a set of them costs. Orders and rate cards are not known here; things are 0 … size − 1.
 */
export interface Packing {
  readonly size: number;
  /** A row per limited sum (weight first), a number per thing. Whole numbers, not negative. */
  readonly demands: readonly Int32Array[];
  readonly capacities: readonly number[];
  /** size × size; 1 where two things may not be in one set. */
  readonly conflicts: Uint8Array;
  /** How many others each thing cannot meet. */
  readonly degrees: Int32Array;
  /** Cost of a set within the sums and without forbidden pairs (ascending); null where another rule forbids it. */
  cost(things: readonly number[]): number | null;
  /** Every set costs the same: then only their number counts. */
  readonly isConstant: boolean;
}

/** Sets that hold every thing once, and what they cost together. */
export interface Partition {
  readonly sets: readonly (readonly number[])[];
  readonly cost: number;
}

export interface PackingParts {
  readonly demands: readonly Int32Array[];
  readonly capacities: readonly number[];
  readonly conflicts: Uint8Array;
  readonly cost: ((things: readonly number[]) => number | null) | 'constant';
}

/** A packing with its degrees, and with costs that are asked for once. */
export function makePacking({ demands, capacities, conflicts, cost }: PackingParts): Packing {
  const size = demands[0]?.length ?? 0;
  const degrees = new Int32Array(size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) degrees[i] = (degrees[i] ?? 0) + (conflicts[i * size + j] ?? 0);
  }
  const known = new Map<string, number | null>();
  return {
    size,
    demands,
    capacities,
    conflicts,
    degrees,
    isConstant: cost === 'constant',
    cost(things) {
      if (cost === 'constant') return 1;
      const key = things.join();
      const before = known.get(key);
      if (before !== undefined) return before;
      const value = cost(things);
      known.set(key, value);
      return value;
    },
  };
}

export function areInConflict({ conflicts, size }: Packing, a: number, b: number): boolean {
  return conflicts[a * size + b] === 1;
}

/** Whether a thing can be added to a set without exceeding a sum or meeting what it may not meet. */
export function canJoin(packing: Packing, set: readonly number[], thing: number): boolean {
  for (const other of set) if (areInConflict(packing, other, thing)) return false;
  return withinSums(packing, set, thing);
}

function withinSums({ demands, capacities }: Packing, set: readonly number[], thing: number): boolean {
  for (const [d, row] of demands.entries()) {
    let sum = row[thing] ?? 0;
    for (const other of set) sum += row[other] ?? 0;
    if (sum > (capacities[d] ?? 0)) return false;
  }
  return true;
}

/** Whether a set keeps all sums and holds no forbidden pair; rules that only its cost knows are not asked. */
export function isWithinLimits(packing: Packing, set: readonly number[]): boolean {
  return set.every((thing, index) => canJoin(packing, set.slice(0, index), thing));
}

/** Cost of a set whatever its order; null where it is not allowed. */
export function costOf(packing: Packing, set: readonly number[]): number | null {
  return isWithinLimits(packing, set) ? packing.cost([...set].sort((a, b) => a - b)) : null;
}

/** Sorted by their smallest things: equal partitions look equal. */
export function partitionOf(packing: Packing, sets: readonly (readonly number[])[]): Partition {
  const sorted = sets
    .filter((set) => set.length > 0)
    .map((set) => [...set].sort((a, b) => a - b))
    .sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  const cost = sorted.reduce((total, set) => {
    const one = packing.cost(set);
    if (one === null) throw new Error('a set of the partition is not allowed');
    return total + one;
  }, 0);
  return { sets: sorted, cost };
}

/** Every thing alone: always a plan. */
export const alone = (packing: Packing): Partition =>
  partitionOf(
    packing,
    Array.from({ length: packing.size }, (_, thing) => [thing]),
  );

export const better = (one: Partition, other: Partition): Partition => (other.cost < one.cost ? other : one);

/** The same with some of the things only, in the given order. */
export function restrict(packing: Packing, things: readonly number[]): Packing {
  const { size, demands, capacities, conflicts, isConstant } = packing;
  const kept = new Uint8Array(things.length * things.length);
  for (const [a, thing] of things.entries()) {
    for (const [b, other] of things.entries()) kept[a * things.length + b] = conflicts[thing * size + other] ?? 0;
  }
  return makePacking({
    demands: demands.map((row) => Int32Array.from(things, (thing) => row[thing] ?? 0)),
    capacities,
    conflicts: kept,
    cost: isConstant ? 'constant' : (set) => packing.cost(set.map((at) => things[at] ?? 0).sort((a, b) => a - b)),
  });
}
