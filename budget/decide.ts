import { bucketsFor, limitOf, needOf, probeLeaseMs, refilled, reopen, silence, waitFor } from './buckets.ts';
import {
  type Asking,
  type Bucket,
  type BudgetState,
  type Decision,
  type Grant,
  type Limit,
  type Limits,
  priorities,
  type Waiting,
  type Want,
  wholeAccount,
} from './types.ts';

/** A worker that waits asks again at least so often. */
export const longestSleepMs = 1_000;
/** A worker that was not heard of for so long beyond that waits no more. */
const graceMs = 2_000;
/** Whoever has waited longer than this gets every twentieth call, whatever it is for. */
const patienceMs = 5 * 60_000;
const shareOfPatient = 20;
/** Cancellations and cuts of stock give way to nobody. */
const neverLater = priorities.indexOf('stock-decrease');

interface Candidate {
  readonly waiting: Waiting;
  /** The caller's own calls of this kind, oldest first; null: another worker's. */
  readonly own: Want[] | null;
  left: number;
}

/** Where calls that were decided on in this round, also other workers', leave the buckets. */
class Room {
  readonly #state: BudgetState;
  readonly #limits: Limits;
  readonly #nowMs: number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #running = new Map<string, number>();

  constructor(state: BudgetState, limits: Limits, nowMs: number) {
    this.#state = state;
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  #of(name: string): Bucket {
    const known = this.#buckets.get(name);
    if (known) return known;
    const copy = { ...refilled(this.#state, this.#limits, name, this.#nowMs) };
    this.#buckets.set(name, copy);
    return copy;
  }

  #runningIn(name: string): number {
    const own = this.#state.running.filter(({ group }) => name === wholeAccount || group === name).length;
    return own + (this.#running.get(name) ?? 0);
  }

  /** Milliseconds until a call of the group has room, and whether the account is what it waits for. */
  wait(group: string, cost: number, ahead = 0): { ms: number; byAccount: boolean } {
    let ms = 0;
    let byAccount = false;
    for (const name of bucketsFor(this.#limits, group)) {
      const limit = limitOf(this.#limits, name) as Limit;
      const here = waitFor({
        bucket: this.#of(name),
        limit,
        cost,
        running: this.#runningIn(name),
        ahead,
        nowMs: this.#nowMs,
      });
      if (here > 0 && name === wholeAccount) byAccount = true;
      ms = Math.max(ms, here);
    }
    return { ms, byAccount };
  }

  /** Takes a call; `real` also from what is remembered. True when its end must be told. */
  take(group: string, cost: number, real: boolean): { tracked: boolean; probing: boolean } {
    let tracked = false;
    let probing = false;
    for (const name of bucketsFor(this.#limits, group)) {
      const limit = limitOf(this.#limits, name) as Limit;
      const bucket = this.#of(name);
      const need = needOf(limit, cost);
      if (bucket.pauses > 0) {
        bucket.probeUntilMs = this.#nowMs + probeLeaseMs;
        probing = true;
      }
      if (limit.concurrent !== null) tracked = true;
      bucket.calls = Math.max(0, bucket.calls - need.calls);
      bucket.points = Math.max(0, bucket.points - need.points);
      if (!real) this.#running.set(name, (this.#running.get(name) ?? 0) + 1);
      else {
        const kept = this.#state.buckets[name];
        if (kept) {
          kept.calls = Math.max(0, kept.calls - need.calls);
          kept.points = Math.max(0, kept.points - need.points);
          kept.probeUntilMs = bucket.probeUntilMs;
        }
      }
    }
    return { tracked: tracked || probing, probing };
  }
}

/**
 * Decides which of a worker's calls may go out now. Pure: the same state, limits, time and wishes give the same answer.
 *
 * More urgent first, whoever waits for it: room that another worker's more urgent call needs is left to it. Within one
 * priority the brand that was served least is next, then who waits longest. A group that has no room holds up nobody
 * outside of it; an account that has none holds up everybody.
 */
export function ask(before: BudgetState, limits: Limits, nowMs: number, asking: Asking): Decision {
  const state = tidied(before, nowMs, asking.worker);
  const candidates = register(state, limits, nowMs, asking);
  const room = new Room(state, limits, nowMs);
  const granted: Grant[] = [];
  const closed = new Set<string>();
  let waitMs = 0;
  for (;;) {
    const open = candidates.filter(({ left, waiting }) => left > 0 && !closed.has(waiting.group));
    const next = chosen(open, state, nowMs);
    if (!next) break;
    const { group, cost, brand } = next.waiting;
    const own = next.own?.[next.own.length - next.left];
    const costOfIt = own?.cost ?? cost;
    const { ms, byAccount } = room.wait(group, costOfIt);
    if (ms > 0) {
      closed.add(group);
      if (byAccount) break;
      continue;
    }
    const { tracked, probing } = room.take(group, costOfIt, own !== undefined);
    next.left -= 1;
    if (own === undefined) continue;
    state.grants += 1;
    state.served[brand] = (state.served[brand] ?? 0) + Math.max(1, costOfIt);
    if (tracked) state.running.push({ id: own.id, group, untilMs: nowMs + probeLeaseMs, probing });
    granted.push({ id: own.id, tracked });
  }
  for (const mine of candidates.filter(({ own, left }) => own !== null && left > 0)) {
    const ahead = candidates
      .filter((other) => other.own === null && other.left > 0 && byUrgency(state)(other, mine) < 0)
      // Among equals the turns alternate.
      .reduce((sum, { left, waiting }) => sum + (waiting.rank < mine.waiting.rank ? left : 1), 0);
    const { ms } = room.wait(mine.waiting.group, mine.waiting.cost, Math.min(ahead, 20));
    waitMs = waitMs === 0 ? Math.max(1, ms) : Math.min(waitMs, Math.max(1, ms));
  }
  remember(state, candidates, nowMs, waitMs);
  return { state, granted, waitMs };
}

const byUrgency = ({ served }: BudgetState) => {
  const servedTo = ({ waiting }: Candidate): number => served[waiting.brand] ?? 0;
  return (a: Candidate, b: Candidate): number =>
    a.waiting.rank - b.waiting.rank || servedTo(a) - servedTo(b) || a.waiting.sinceMs - b.waiting.sinceMs;
};

/** The most urgent; now and then the one that has waited longest of all. */
function chosen(open: readonly Candidate[], state: BudgetState, nowMs: number): Candidate | null {
  const [first, ...rest] = [...open].sort(byUrgency(state));
  if (!first) return null;
  if (first.waiting.rank <= neverLater || state.grants % shareOfPatient !== shareOfPatient - 1) return first;
  const [oldest] = [first, ...rest].sort((a, b) => a.waiting.sinceMs - b.waiting.sinceMs);
  return oldest && nowMs - oldest.waiting.sinceMs > patienceMs ? oldest : first;
}

/** A copy without what is over: workers that are not heard of any more, calls whose end nobody told. */
function tidied(before: BudgetState, nowMs: number, worker: string): BudgetState {
  const state = structuredClone(before);
  state.waiting = state.waiting.filter((one) => one.untilMs > nowMs && one.worker !== worker);
  state.running = state.running.filter(({ untilMs }) => untilMs > nowMs);
  return state;
}

const keyOf = ({ rank, group, brand }: Pick<Waiting, 'rank' | 'group' | 'brand'>): string =>
  `${rank}|${group}|${brand}`;

/** Everybody who waits, this worker's wants among them; who comes back takes the place that was kept. */
function register(state: BudgetState, limits: Limits, nowMs: number, asking: Asking): Candidate[] {
  const mine = new Map<string, Want[]>();
  for (const want of asking.wants) {
    const group = limits.groups[want.group] ? want.group : wholeAccount;
    const key = keyOf({ rank: priorities.indexOf(want.priority), group, brand: want.brand });
    const same = mine.get(key);
    if (same) same.push(want);
    else mine.set(key, [want]);
  }
  const candidates: Candidate[] = [];
  for (const wants of mine.values()) {
    const own = wants.sort((a, b) => a.sinceMs - b.sinceMs);
    const [first] = own;
    if (!first) continue;
    const rank = priorities.indexOf(first.priority);
    const { brand, cost } = first;
    const group = limits.groups[first.group] ? first.group : wholeAccount;
    const kept = state.waiting.find((one) => one.worker === '' && keyOf(one) === keyOf({ rank, group, brand }));
    const sinceMs = Math.min(first.sinceMs, kept?.sinceMs ?? first.sinceMs);
    if (kept) kept.count -= own.length;
    const waiting = { worker: asking.worker, rank, group, brand, cost, count: own.length, sinceMs, untilMs: nowMs };
    candidates.push({ waiting, own, left: own.length });
  }
  state.waiting = state.waiting.filter(({ count }) => count > 0);
  for (const { want, untilMs } of asking.parked ?? []) {
    const group = limits.groups[want.group] ? want.group : wholeAccount;
    const { brand, cost, sinceMs } = want;
    const rank = priorities.indexOf(want.priority);
    const same = state.waiting.find((one) => one.worker === '' && keyOf(one) === keyOf({ rank, group, brand }));
    if (same) {
      same.count += 1;
      same.untilMs = Math.max(same.untilMs, untilMs);
      same.sinceMs = Math.min(same.sinceMs, sinceMs);
    } else state.waiting.push({ worker: '', rank, group, brand, cost, count: 1, sinceMs, untilMs });
  }
  candidates.push(...state.waiting.map((waiting) => ({ waiting, own: null, left: waiting.count })));
  // A brand that comes anew begins where the others stand: it has no claim to what it did not wait for.
  const brands = new Set(candidates.map(({ waiting }) => waiting.brand));
  const standing = [...brands].flatMap((brand) => state.served[brand] ?? []);
  const least = standing.length === 0 ? 0 : Math.min(...standing);
  state.served = Object.fromEntries([...brands].map((brand) => [brand, (state.served[brand] ?? least) - least]));
  return candidates;
}

/** What this worker still waits for is known to the others until it asks again. */
function remember(state: BudgetState, candidates: readonly Candidate[], nowMs: number, waitMs: number): void {
  const untilMs = nowMs + Math.min(waitMs, longestSleepMs) + graceMs;
  for (const { own, waiting, left } of candidates) {
    if (own !== null && left > 0) state.waiting.push({ ...waiting, count: left, untilMs });
  }
}

/** The other side throttled a call of `group`. `announcedMs`: how long it asked to wait; null: it did not say. */
export function throttled(
  before: BudgetState,
  limits: Limits,
  nowMs: number,
  { id, group, announcedMs }: { id: string; group: string; announcedMs: number | null },
): BudgetState {
  const state = structuredClone(before);
  state.running = state.running.filter((one) => one.id !== id);
  const name = bucketsFor(limits, group).at(-1) ?? wholeAccount;
  // The account answered, if with a throttle of one group: only that group goes on being silent.
  silence(refilled(state, limits, name, nowMs), announcedMs, nowMs);
  if (name !== wholeAccount) {
    const account = refilled(state, limits, wholeAccount, nowMs);
    if (account.pauses > 0) reopen(account);
  }
  return state;
}

/** A tracked call has ended. `answered`: the other side answered it without a throttle. */
export function ended(
  before: BudgetState,
  limits: Limits,
  nowMs: number,
  { id, answered }: { id: string; answered: boolean },
): BudgetState {
  const state = structuredClone(before);
  const call = state.running.find((one) => one.id === id);
  state.running = state.running.filter((one) => one.id !== id);
  if (!call?.probing) return state;
  for (const name of bucketsFor(limits, call.group)) {
    const bucket = refilled(state, limits, name, nowMs);
    if (bucket.pauses === 0 || bucket.silentUntilMs > nowMs) continue;
    if (answered) reopen(bucket);
    else bucket.probeUntilMs = 0;
  }
  return state;
}

/** A call that was permitted and not made: its room is there again. */
export function returned(
  before: BudgetState,
  limits: Limits,
  nowMs: number,
  { id, group, cost }: { id: string; group: string; cost: number },
): BudgetState {
  const state = ended(before, limits, nowMs, { id, answered: false });
  for (const name of bucketsFor(limits, group)) {
    const bucket = refilled(state, limits, name, nowMs);
    const limit = limitOf(limits, name) ?? limits.account;
    const need = needOf(limit, cost);
    bucket.calls = Math.min(limit.burst, bucket.calls + need.calls);
    bucket.points = Math.min(limit.points?.capacity ?? 0, bucket.points + need.points);
  }
  return state;
}
