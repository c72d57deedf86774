import type { CoverSolver } from './cover.ts';
import { firstFitDecreasing } from './greedy.ts';
import { isWithinLimits, makePacking, type Packing } from './packing.ts';
import { type Effort, solve } from './solve.ts';

/** A fault of an instance's file, with its line and what is right. */
export class InstanceFault extends Error {
  readonly line: number;
  readonly remedy: string;

  constructor(line: number, message: string, remedy: string) {
    super(`Line ${line}: ${message}`);
    this.name = 'InstanceFault';
    this.line = line;
    this.remedy = remedy;
  }
}

/**
 * Reads a bin packing instance with conflicts: first line `items capacity`, then a line per item: its index (from 1), its
 * weight and the indices that it cannot meet; each conflict may be written once or on both sides.
 * @throws InstanceFault with the line
 */
export function readBppc(text: string): Packing {
  const rows = text
    .split(/\r?\n/)
    .map((line, index) => ({ line: index + 1, words: line.trim().split(/\s+/).filter(Boolean) }))
    .filter(({ words }) => words.length > 0);
  const [head, ...items] = rows;
  const numbers = (words: readonly string[], line: number): number[] =>
    words.map((word) => {
      const value = Number(word);
      if (!/^\d+$/.test(word) || !Number.isSafeInteger(value)) {
        throw new InstanceFault(line, `"${word}" is no whole number.`, 'Only whole numbers with spaces between them.');
      }
      return value;
    });
  const [size, capacity] = numbers(head?.words ?? [], head?.line ?? 1);
  if (size === undefined || capacity === undefined || capacity < 1) {
    throw new InstanceFault(head?.line ?? 1, 'It does not say items and capacity.', 'Begin with `items capacity`.');
  }
  if (items.length !== size) {
    const remedy = 'Write a line for each item.';
    throw new InstanceFault(rows.at(-1)?.line ?? 1, `There are ${items.length} items, ${size} were announced.`, remedy);
  }
  const weights = new Int32Array(size);
  const conflicts = new Uint8Array(size * size);
  const seen = new Set<number>();
  for (const { line, words } of items) {
    const [index = 0, weight = -1, ...others] = numbers(words, line);
    const isKnown = (item: number) => item >= 1 && item <= size;
    if (!isKnown(index) || seen.has(index)) {
      throw new InstanceFault(line, `Item ${index} is unknown or comes twice.`, `Indices run from 1 to ${size}.`);
    }
    if (weight < 0 || weight > capacity) {
      throw new InstanceFault(line, `Weight ${weight} fits into no bin of ${capacity}.`, 'Correct the weight.');
    }
    seen.add(index);
    weights[index - 1] = weight;
    for (const other of others) {
      if (!isKnown(other) || other === index) {
        throw new InstanceFault(line, `Conflict with ${other} cannot be.`, `Another item from 1 to ${size}.`);
      }
      conflicts[(index - 1) * size + other - 1] = 1;
      conflicts[(other - 1) * size + index - 1] = 1;
    }
  }
  return makePacking({ demands: [weights], capacities: [capacity], conflicts, cost: 'constant' });
}

export interface BppcPlan {
  readonly items: number;
  readonly capacity: number;
  readonly bins: number;
  readonly lowerBound: number;
  /** What first-fit decreasing needs, for comparison. */
  readonly firstFitDecreasing: number;
  readonly method: string;
  /** Item indices (from 1) of each bin. */
  readonly packing: readonly (readonly number[])[];
}

/** Plans an instance with the planner of consignments, each costing 1; the result is checked before it is told. */
export function planBppc(packing: Packing, solver: CoverSolver, effort: Effort, seed = 'bppc'): BppcPlan {
  const found = solve(packing, { seed, floors: [], solver, effort });
  const placed = found.sets.flat();
  if (placed.length !== packing.size || new Set(placed).size !== packing.size) throw new Error('an item is lost');
  if (!found.sets.every((set) => isWithinLimits(packing, set))) throw new Error('a bin is not allowed');
  return {
    items: packing.size,
    capacity: packing.capacities[0] ?? 0,
    bins: found.sets.length,
    lowerBound: found.lowerBound,
    firstFitDecreasing: firstFitDecreasing(packing).cost,
    method: found.method,
    packing: found.sets.map((set) => set.map((item) => item + 1)),
  };
}
