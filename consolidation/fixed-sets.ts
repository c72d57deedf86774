import type { Packing } from './packing.ts';
import type { Random } from './random.ts';

/** Whether the search should stop; asked now and then, so that no clock is needed here. */
export type IsOver = () => boolean;

/** Pairs of things that are outside are tried together while there are no more than this. */
const mostInPairs = 6;

/** By how much a thing gets more urgent in each round that it stays outside; measured: less is slower, more no quicker. */
const impatience = 0.03;

interface Move {
  /** Urgency outside after it, less that before. */
  change: number;
  ties: number;
  into: readonly number[];
  set: number;
  out: readonly number[];
}

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
    const found: Move = { change: Number.POSITIVE_INFINITY, ties: 0, into: [], set: -1, out: [] };
    for (const [at, thing] of this.#outside.entries()) {
      this.#tryAll([thing], found);
      if (this.#outside.length > mostInPairs) continue;
      for (const other of this.#outside.slice(at + 1)) this.#tryAll([thing, other], found);
    }
    if (found.set < 0) return;
    for (const thing of found.into) this.#outside.splice(this.#outside.indexOf(thing), 1);
    const { size } = this.#packing;
    const wait = 5 + this.#random.below(10) + Math.floor(this.#outside.length * 0.6);
    for (const other of found.out) {
      this.#leave(other, found.set);
      this.#outside.push(other);
      this.#tabuUntil[found.set * size + other] = this.#round + wait;
    }
    for (const thing of found.into) this.#enter(thing, found.set);
    for (const thing of this.#outside) this.#urgency[thing] = (this.#urgency[thing] ?? 0) + impatience;
  }

  /** Tries the things in every set; the move that leaves the least urgency outside is kept in `found`, ties by lot. */
  #tryAll(into: readonly number[], found: Move): void {
    const { size, conflicts } = this.#packing;
    const [a = 0, b = a] = into;
    if (a !== b && conflicts[a * size + b] === 1) return;
    const gained = (this.#urgency[a] ?? 0) + (a === b ? 0 : (this.#urgency[b] ?? 0));
    for (let set = 0; set < this.#count; set += 1) {
      const offset = set * size;
      if ((this.#tabuUntil[offset + a] ?? 0) > this.#round || (this.#tabuUntil[offset + b] ?? 0) > this.#round)
        continue;
      const out = this.#pushedOut(a, b, set, found.change + gained);
      if (out === null) continue;
      let change = -gained;
      for (const other of out) change += this.#urgency[other] ?? 0;
      if (change > found.change + 1e-12) continue;
      found.ties = change < found.change - 1e-12 ? 1 : found.ties + 1;
      if (found.ties > 1 && this.#random.below(found.ties) > 0) continue;
      found.change = Math.min(found.change, change);
      found.into = into;
      found.set = set;
      found.out = out;
    }
  }

  /** What would have to leave a set for one or two things, as little urgent as possible; null where it costs too much. */
  #pushedOut(a: number, b: number, set: number, most: number): number[] | null {
    const { size, capacities, conflicts } = this.#packing;
    const weights = this.#weights();
    const members = this.#sets[set] ?? [];
    const coming = (weights[a] ?? 0) + (a === b ? 0 : (weights[b] ?? 0));
    let over = (this.#loads[set] ?? 0) + coming - (capacities[0] ?? 0);
    const out: number[] = [];
    let cost = 0;
    if ((this.#clashes[set * size + a] ?? 0) + (this.#clashes[set * size + b] ?? 0) > 0) {
      for (const other of members) {
        if (conflicts[a * size + other] !== 1 && conflicts[b * size + other] !== 1) continue;
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
