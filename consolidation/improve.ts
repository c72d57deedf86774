import { costOf, type Packing, type Partition, partitionOf } from './packing.ts';

interface Priced {
  things: number[];
  cost: number;
}

/** Above this many things pairs are not exchanged any more: there are too many of them. */
const mostForSwaps = 150;
const mostPasses = 60;

/**
 * Local search: merges two sets, moves a thing, exchanges two, takes one out, empties a set, as long as something gets
 * cheaper. Every move is tried in a fixed order, so that the same start leads to the same end.
 */
export function improve(packing: Packing, start: Partition): Partition {
  let sets: Priced[] = start.sets.map((things) => ({ things: [...things], cost: packing.cost(things) ?? 0 }));
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const before = total(sets);
    for (const move of [merge, relocate, takeOut, empty, ...(packing.size <= mostForSwaps ? [exchange] : [])]) {
      move(packing, sets);
      sets = sets.filter(({ things }) => things.length > 0);
    }
    if (total(sets) >= before) break;
  }
  const found = partitionOf(
    packing,
    sets.map(({ things }) => things),
  );
  return found.cost < start.cost ? found : start;
}

const total = (sets: readonly Priced[]): number => sets.reduce((sum, { cost }) => sum + cost, 0);
const without = (things: readonly number[], thing: number): number[] => things.filter((other) => other !== thing);

/** Costs of sets; null where one of them is not allowed. Empty sets cost nothing. */
function costs(packing: Packing, wanted: readonly (readonly number[])[]): number[] | null {
  const found: number[] = [];
  for (const things of wanted) {
    const cost = things.length === 0 ? 0 : costOf(packing, things);
    if (cost === null) return null;
    found.push(cost);
  }
  return found;
}

/** Puts new contents into sets if together they cost less. */
function replace(packing: Packing, sets: readonly Priced[], contents: readonly (readonly number[])[]): boolean {
  const found = costs(packing, contents);
  if (found === null) return false;
  if (found.reduce((sum, cost) => sum + cost, 0) >= total(sets)) return false;
  for (const [index, set] of sets.entries()) {
    set.things = [...(contents[index] ?? [])];
    set.cost = found[index] ?? 0;
  }
  return true;
}

function merge(packing: Packing, sets: Priced[]): void {
  for (const [index, a] of sets.entries()) {
    for (const b of sets.slice(index + 1)) {
      if (a.things.length > 0 && b.things.length > 0) replace(packing, [a, b], [[...a.things, ...b.things], []]);
    }
  }
}

function relocate(packing: Packing, sets: Priced[]): void {
  for (const a of sets) {
    for (const thing of [...a.things]) {
      for (const b of sets) {
        if (a === b || b.things.length === 0) continue;
        if (replace(packing, [a, b], [without(a.things, thing), [...b.things, thing]])) break;
      }
    }
  }
}

function takeOut(packing: Packing, sets: Priced[]): void {
  for (const a of [...sets]) {
    for (const thing of [...a.things]) {
      if (a.things.length < 2) break;
      const apart: Priced = { things: [], cost: 0 };
      if (replace(packing, [a, apart], [without(a.things, thing), [thing]])) sets.push(apart);
    }
  }
}

/** Spreads the things of a set over the others, each to where it adds least; kept if the whole gets cheaper. */
function empty(packing: Packing, sets: Priced[]): void {
  const byCount = [...sets].sort((a, b) => a.things.length - b.things.length);
  for (const giving of byCount) {
    if (giving.things.length === 0) continue;
    const trial = new Map(sets.filter((set) => set !== giving).map((set) => [set, [...set.things]]));
    let fits = true;
    for (const thing of giving.things) {
      const target = leastAdded(packing, trial, thing);
      if (!target) fits = false;
      else target.push(thing);
    }
    if (!fits) continue;
    const changed = [...trial].filter(([set, things]) => things.length !== set.things.length);
    replace(packing, [giving, ...changed.map(([set]) => set)], [[], ...changed.map(([, things]) => things)]);
  }
}

function leastAdded(packing: Packing, trial: ReadonlyMap<Priced, number[]>, thing: number): number[] | null {
  let best: number[] | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const things of trial.values()) {
    if (things.length === 0) continue;
    const found = costs(packing, [things, [...things, thing]]);
    if (found === null) continue;
    const added = (found[1] ?? 0) - (found[0] ?? 0);
    if (added < least) {
      least = added;
      best = things;
    }
  }
  return best;
}

function exchange(packing: Packing, sets: Priced[]): void {
  for (const [index, a] of sets.entries()) {
    for (const b of sets.slice(index + 1)) {
      for (const x of [...a.things]) {
        for (const y of [...b.things]) {
          if (
            replace(
              packing,
              [a, b],
              [
                [...without(a.things, x), y],
                [...without(b.things, y), x],
              ],
            )
          )
            break;
        }
      }
    }
  }
}
