import type { Packing } from './packing.ts';
import type { Random } from './random.ts';

/** Whether the search should stop; asked now and then, so that no clock is needed here. */
export type IsOver = () => boolean;

/**
 * Tries to put everything into a fixed number of sets when all sets cost the same. Works on a plan that is always allowed
 * and leaves some things outside; a thing that comes in may push others out, which may not return to that set for a while
 * (a tabu search). Things that stay outside for long become more urgent.
 */
export class FixedSets {
  readonly #packing: Packing;
  readonly #count: number;
  readonly #random: Random;
  readonly #neighbours: readonly Int32Array[];
  readonly #sets: number[][];
  readonly #loads: Int32Array;
  /** For each set and thing: how many in the set it cannot meet. */
  readonly #clashes: Int16Array;
  readonly #tabuUntil: Int32Array;
  readonly #urgency: Float64Array;
  readonly #outside: number[] = [];
  #round = 0;

  /** @param start sets to begin with; what is beyond `count` begins outside */
  constructor(packing: Packing, count: number, start: readonly (readonly number[])[], random: Random) {
    const { size, degrees, capacities } = packing;
    this.#packing = packing;
    this.#count = count;
    this.#random = random;
    this.#neighbours = Array.from({ length: size }, (_, thing) => neighboursOf(packing, thing));
    this.#sets = Array.from({ length: count }, () => []);
    this.#loads = new Int32Array(count);
    this.#clashes = new Int16Array(count * size);
    this.#tabuUntil = new Int32Array(count * size);
    const weights = this.#weights();
    this.#urgency = Float64Array.from(
      { length: size },
      (_, thing) => (weights[thing] ?? 0) / (capacities[0] ?? 1) + (degrees[thing] ?? 0) / size,
    );
    const kept = [...start].sort((a, b) => this.#sum(b) - this.#sum(a));
    for (const [index, set] of kept.entries()) {
      for (const thing of set) {
        if (index < count) this.#enter(thing, index);
        else this.#outside.push(thing);
      }
    }
  }

  get sets(): readonly (readonly number[])[] {
    return this.#sets;
  }

  get left(): number {
    return this.#outside.length;
  }

  /** @returns true when nothing is outside any more */
  run(rounds: number, isOver: IsOver): boolean {
    for (let index = 0; index < rounds; index += 1) {
      if (this.#outside.length === 0) return true;
      if (index % 64 === 0 && isOver()) return false;
      this.#step();
    }
    return this.#outside.length === 0;
  }

  #weights(): Int32Array {
    return this.#packing.demands[0] ?? new Int32Array(this.#packing.size);
  }

  #sum(set: readonly number[]): number {
    const weights = this.#weights();
    return set.reduce((total, thing) => total + (weights[thing] ?? 0), 0);
  }

  #step(): void {
    this.#round += 1;
    let best = Number.POSITIVE_INFINITY;
    let ties = 0;
    let chosen: { thing: number; at: number; set: number; out: number[] } | null = null;
    const { size } = this.#packing;
    for (const [at, thing] of this.#outside.entries()) {
      for (let set = 0; set < this.#count; set += 1) {
        if ((this.#tabuUntil[set * size + thing] ?? 0) > this.#round) continue;
        const out = this.#pushedOut(thing, set, best + (this.#urgency[thing] ?? 0));
        if (out === null) continue;
        const change = out.reduce((sum, other) => sum + (this.#urgency[other] ?? 0), 0) - (this.#urgency[thing] ?? 0);
        if (change > best + 1e-12) continue;
        ties = change < best - 1e-12 ? 1 : ties + 1;
        if (ties > 1 && this.#random.below(ties) > 0) continue;
        best = Math.min(best, change);
        chosen = { thing, at, set, out };
      }
    }
    if (!chosen) return;
    this.#outside.splice(chosen.at, 1);
    const wait = 5 + this.#random.below(10) + Math.floor(this.#outside.length * 0.6);
    for (const other of chosen.out) {
      this.#leave(other, chosen.set);
      this.#outside.push(other);
      this.#tabuUntil[chosen.set * size + other] = this.#round + wait;
    }
    this.#enter(chosen.thing, chosen.set);
    for (const thing of this.#outside) this.#urgency[thing] = (this.#urgency[thing] ?? 0) * 1.0005 + 0.0005;
  }

  /** What would have to leave a set for a thing, as little urgent as possible; null where it costs more than `most`. */
  #pushedOut(thing: number, set: number, most: number): number[] | null {
    const { size, capacities, conflicts } = this.#packing;
    const weights = this.#weights();
    const members = this.#sets[set] ?? [];
    const clashing = this.#clashes[set * size + thing] ?? 0;
    let over = (this.#loads[set] ?? 0) + (weights[thing] ?? 0) - (capacities[0] ?? 0);
    const out: number[] = [];
    let cost = 0;
    if (clashing > 0) {
      for (const other of members) {
        if (conflicts[thing * size + other] !== 1) continue;
        out.push(other);
        over -= weights[other] ?? 0;
        cost += this.#urgency[other] ?? 0;
        if (cost > most) return null;
      }
    }
    if (over <= 0) return out;
    const more = this.#leastUrgent(members, out, over, most - cost);
    return more === null ? null : [...out, ...more];
  }

  /** One or two members that weigh enough together, the least urgent such choice. */
  #leastUrgent(members: readonly number[], without: readonly number[], over: number, most: number): number[] | null {
    const weights = this.#weights();
    let best = most + 1e-12;
    let choice: number[] | null = null;
    for (const [index, a] of members.entries()) {
      if (without.includes(a)) continue;
      const urgencyA = this.#urgency[a] ?? 0;
      if (urgencyA >= best) continue;
      if ((weights[a] ?? 0) >= over) {
        best = urgencyA;
        choice = [a];
        continue;
      }
      for (let other = index + 1; other < members.length; other += 1) {
        const b = members[other] ?? 0;
        const both = urgencyA + (this.#urgency[b] ?? 0);
        if (both >= best || without.includes(b) || (weights[a] ?? 0) + (weights[b] ?? 0) < over) continue;
        best = both;
        choice = [a, b];
      }
    }
    return choice;
  }

  #enter(thing: number, set: number): void {
    this.#sets[set]?.push(thing);
    this.#loads[set] = (this.#loads[set] ?? 0) + (this.#weights()[thing] ?? 0);
    this.#noteNeighbours(thing, set, 1);
  }

  #leave(thing: number, set: number): void {
    const members = this.#sets[set] ?? [];
    members.splice(members.indexOf(thing), 1);
    this.#loads[set] = (this.#loads[set] ?? 0) - (this.#weights()[thing] ?? 0);
    this.#noteNeighbours(thing, set, -1);
  }

  #noteNeighbours(thing: number, set: number, change: 1 | -1): void {
    const offset = set * this.#packing.size;
    for (const other of this.#neighbours[thing] ?? []) {
      this.#clashes[offset + other] = (this.#clashes[offset + other] ?? 0) + change;
    }
  }
}

function neighboursOf({ size, conflicts }: Packing, thing: number): Int32Array {
  return Int32Array.from({ length: size }, (_, other) => other).filter(
    (other) => conflicts[thing * size + other] === 1,
  );
}
