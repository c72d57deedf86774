import { ask, ended, longestSleepMs, throttled } from './decide.ts';
import { type BudgetState, emptyBudget, type Limits, type Priority, type Want, wholeAccount } from './types.ts';

/** Numbers in [0, 1) that a seed decides. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export interface Work {
  readonly atMs: number;
  readonly worker: string;
  readonly priority: Priority;
  readonly brand?: string;
  readonly group?: string;
  readonly cost?: number;
}

export interface Call {
  readonly id: string;
  readonly atMs: number;
  readonly priority: Priority;
  readonly brand: string;
  readonly group: string;
  readonly cost: number;
}

export interface Played {
  readonly calls: readonly Call[];
  /** Calls that nobody was allowed to make before the end. */
  readonly left: number;
  readonly state: BudgetState;
}

export interface PlayOptions {
  readonly limits: Limits;
  readonly work: readonly Work[];
  readonly untilMs: number;
  /** How long an answer takes; default 0. */
  readonly latencyMs?: number;
  /** What the other side says to a call: null = answered, else throttled. */
  readonly answer?: (call: Call) => { readonly announcedMs: number | null } | null;
  /** A worker that is killed at this time: it asks no more, and tells no end. */
  readonly killed?: { readonly worker: string; readonly atMs: number };
}

interface Player {
  readonly name: string;
  wants: Want[];
  nextAskMs: number;
}

/** Workers that share a budget, in virtual time: each asks when work comes, when it was told to, or when a call has ended. */
export function play({ limits, work, untilMs, latencyMs = 0, answer = () => null, killed }: PlayOptions): Played {
  let state = emptyBudget;
  const calls: Call[] = [];
  const coming = work.map((one, index) => ({ ...one, id: `c${index}` })).sort((a, b) => a.atMs - b.atMs);
  const costs = new Map(coming.map(({ id, cost }) => [id, cost ?? 1]));
  const players = new Map<string, Player>();
  let ends: { atMs: number; call: Call; tracked: boolean; worker: string }[] = [];
  const playerOf = (name: string): Player => {
    const known = players.get(name) ?? { name, wants: [], nextAskMs: Number.POSITIVE_INFINITY };
    players.set(name, known);
    return known;
  };
  const isDead = (name: string, nowMs: number): boolean => killed?.worker === name && nowMs >= killed.atMs;
  let begun = 0;
  for (let nowMs = 0; nowMs <= untilMs; ) {
    for (let item = coming[begun]; item && item.atMs <= nowMs; item = coming[begun]) {
      const { id, worker, priority, brand = '', group = wholeAccount, cost = 1, atMs } = item;
      begun += 1;
      const player = playerOf(worker);
      player.wants.push({ id, priority, brand, group, cost, sinceMs: atMs });
      player.nextAskMs = nowMs;
    }
    const over = ends.filter(({ atMs }) => atMs <= nowMs);
    ends = ends.filter(({ atMs }) => atMs > nowMs);
    for (const { call, tracked, worker } of over) {
      if (isDead(worker, nowMs)) continue;
      const said = answer(call);
      if (said) state = throttled(state, limits, nowMs, { id: call.id, group: call.group, ...said });
      else if (tracked) state = ended(state, limits, nowMs, { id: call.id, answered: true });
      if (said || tracked) playerOf(worker).nextAskMs = nowMs;
    }
    for (const player of players.values()) {
      if (player.nextAskMs > nowMs || isDead(player.name, nowMs)) continue;
      const decision = ask(state, limits, nowMs, { worker: player.name, wants: player.wants });
      state = decision.state;
      for (const { id, tracked } of decision.granted) {
        const want = player.wants.find((one) => one.id === id);
        if (!want) throw new Error(`${id} was granted to ${player.name}, who does not wait for it`);
        const { priority, brand, group } = want;
        const call = { id, atMs: nowMs, priority, brand, group, cost: costs.get(id) ?? 1 };
        calls.push(call);
        ends.push({ atMs: nowMs + latencyMs, call, tracked, worker: player.name });
      }
      const granted = new Set(decision.granted.map(({ id }) => id));
      if (granted.size > 0) player.wants = player.wants.filter(({ id }) => !granted.has(id));
      player.nextAskMs =
        player.wants.length === 0 ? Number.POSITIVE_INFINITY : nowMs + Math.min(decision.waitMs, longestSleepMs);
    }
    const alive = [...players.values()].filter(({ name }) => !isDead(name, nowMs));
    const next = Math.min(
      coming[begun]?.atMs ?? Number.POSITIVE_INFINITY,
      ...ends.map(({ atMs }) => atMs),
      ...alive.map(({ nextAskMs }) => nextAskMs),
    );
    if (next === Number.POSITIVE_INFINITY) break;
    nowMs = Math.max(nowMs, next);
  }
  const left = coming.length - begun + [...players.values()].reduce((sum, { wants }) => sum + wants.length, 0);
  return { calls, left, state };
}

/** The largest excess over `burst + rate × window` of any window, in units; ≤ 0: never above the budget. */
export function excess(
  calls: readonly { readonly atMs: number; readonly cost: number }[],
  limit: { readonly callsPerSecond: number; readonly burst: number },
): number {
  let worst = Number.NEGATIVE_INFINITY;
  // A bucket that starts full overflows exactly where the worst window ends.
  let level = limit.burst;
  let lastMs = calls[0]?.atMs ?? 0;
  for (const { atMs, cost } of calls) {
    level = Math.min(limit.burst, level + ((atMs - lastMs) / 1000) * limit.callsPerSecond) - cost;
    lastMs = atMs;
    worst = Math.max(worst, -level);
  }
  return worst;
}
