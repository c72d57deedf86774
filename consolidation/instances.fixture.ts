import type { Random } from './random.ts';

/** A bin packing instance with conflicts, and how many bins are known to be enough. */
export interface Instance {
  readonly capacity: number;
  readonly weights: readonly number[];
  readonly conflicts: readonly (readonly [number, number])[];
  /** Bins of the packing that was there before its items were mixed; null where none was planted. */
  readonly planted: number | null;
}

/** Each item has a number from 0 to 1; two are in conflict when their mean is at most `threshold`. */
function thresholdConflicts(
  count: number,
  threshold: number,
  random: Random,
  mayMeet: (a: number, b: number) => boolean,
) {
  const marks = Array.from({ length: count }, () => random.next());
  const pairs: [number, number][] = [];
  for (let a = 0; a < count; a += 1) {
    for (let b = a + 1; b < count; b += 1) {
      if (((marks[a] ?? 0) + (marks[b] ?? 0)) / 2 <= threshold && mayMeet(a, b)) pairs.push([a, b]);
    }
  }
  return pairs;
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const mixed = [...items];
  for (let index = mixed.length - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    [mixed[index], mixed[other]] = [mixed[other] as Item, mixed[index] as Item];
  }
  return mixed;
}

/** Weights from 20 to 100 in bins of 150. */
export function uniformInstance(count: number, threshold: number, random: Random): Instance {
  const weights = Array.from({ length: count }, () => 20 + random.below(81));
  return { capacity: 150, weights, conflicts: thresholdConflicts(count, threshold, random, () => true), planted: null };
}

/** Three items fill each bin of 1000 exactly; conflicts never part such a three, so that count / 3 bins are enough. */
export function tripletInstance(count: number, threshold: number, random: Random): Instance {
  const threes = Array.from({ length: count / 3 }, () => {
    const first = 380 + random.below(111);
    const second = 250 + random.below(Math.floor((1_000 - first) / 2) - 250);
    return [first, second, 1_000 - first - second];
  });
  const items = shuffled(
    threes.flatMap((three, bin) => three.map((weight) => ({ weight, bin }))),
    random,
  );
  const conflicts = thresholdConflicts(count, threshold, random, (a, b) => items[a]?.bin !== items[b]?.bin);
  return { capacity: 1_000, weights: items.map(({ weight }) => weight), conflicts, planted: count / 3 };
}

/** Bins of 150 that are filled up to `slack` and cut into pieces: their number is enough. */
export function plantedInstance(bins: number, slack: number, threshold: number, random: Random): Instance {
  const cut = Array.from({ length: bins }, (_, bin) => {
    const pieces: { weight: number; bin: number }[] = [];
    let room = 150 - random.below(slack + 1);
    while (room >= 40 && pieces.length < 4) {
      const weight = 20 + random.below(Math.min(81, room - 39));
      pieces.push({ weight, bin });
      room -= weight;
    }
    if (room > 0) pieces.push({ weight: room, bin });
    return pieces;
  });
  const items = shuffled(cut.flat(), random);
  const conflicts = thresholdConflicts(items.length, threshold, random, (a, b) => items[a]?.bin !== items[b]?.bin);
  return { capacity: 150, weights: items.map(({ weight }) => weight), conflicts, planted: bins };
}

/** The text form: `items capacity`, then a line per item: index, weight and the conflicting indices, each conflict once. */
export function writeInstance({ capacity, weights, conflicts }: Instance): string {
  const lines = weights.map((weight, item) => {
    const others = conflicts.filter(([a]) => a === item).map(([, b]) => b + 1);
    return [item + 1, weight, ...others].join(' ');
  });
  return `${weights.length} ${capacity}\n${lines.join('\n')}\n`;
}
