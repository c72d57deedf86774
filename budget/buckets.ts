import { type Bucket, type BudgetState, type Limit, type Limits, wholeAccount } from './types.ts';

/** A trying call is taken for lost after this, so that a dead worker holds nothing. */
export const probeLeaseMs = 45_000;
/** The first silence that is kept when a throttle names none; it doubles until an answer comes. */
export const firstPauseMs = 1_000;
export const longestPauseMs = 60_000;
const shortestAnnouncedMs = 200;
/** From nothing to the full rate again. */
const recoveryMs = 60_000;
const leastFactor = 1 / 32;

const fresh = (limit: Limit, nowMs: number): Bucket => ({
  calls: limit.burst,
  points: limit.points?.capacity ?? 0,
  atMs: nowMs,
  silentUntilMs: 0,
  pauses: 0,
  pauseMs: 0,
  factor: 1,
  factorAtMs: nowMs,
  probeUntilMs: 0,
});

/** The limit of a bucket by its name; undefined where settings no longer have such a group. */
export const limitOf = (limits: Limits, name: string): Limit | undefined =>
  name === wholeAccount ? limits.account : limits.groups[name];

/** The buckets that a call of a group is taken from. */
export const bucketsFor = (limits: Limits, group: string): string[] =>
  group !== wholeAccount && limits.groups[group] ? [wholeAccount, group] : [wholeAccount];

/** Share of the permitted rate at `nowMs`. */
export const factorAt = (bucket: Bucket, nowMs: number): number =>
  Math.min(1, bucket.factor + Math.max(0, nowMs - bucket.factorAtMs) / recoveryMs);

/** The bucket by its name with everything that flowed in until `nowMs`. */
export function refilled(state: BudgetState, limits: Limits, name: string, nowMs: number): Bucket {
  const limit = limitOf(limits, name) ?? limits.account;
  const known = state.buckets[name];
  const bucket = known ?? fresh(limit, nowMs);
  state.buckets[name] = bucket;
  if (nowMs <= bucket.atMs) return cut(bucket, limit);
  const seconds = (nowMs - bucket.atMs) / 1000;
  // The share at the beginning of the time: never more than what was permitted all the while. The one call that tries whether
  // a silence is over is saved up at the full rate.
  const share = bucket.pauses > 0 ? 1 : factorAt(bucket, bucket.atMs);
  bucket.calls += seconds * limit.callsPerSecond * share;
  bucket.points += seconds * (limit.points?.perSecond ?? 0) * share;
  bucket.atMs = nowMs;
  return cut(bucket, limit);
}

function cut(bucket: Bucket, limit: Limit): Bucket {
  bucket.calls = Math.min(bucket.calls, bucket.pauses > 0 ? 1 : limit.burst);
  bucket.points = Math.min(bucket.points, limit.points?.capacity ?? 0);
  return bucket;
}

/** What a call takes from a bucket. More than ever fits into it counts as all of it. */
export function needOf(limit: Limit, cost: number): { calls: number; points: number } {
  if (limit.points === null) return { calls: Math.min(Math.max(1, cost), limit.burst), points: 0 };
  return { calls: 1, points: Math.min(cost, limit.points.capacity) };
}

/**
 * Milliseconds until a bucket has room for a call; 0: now. `ahead` calls come before it;
 * `pollMs` where only the end of another call can tell.
 */
export function waitFor(input: {
  bucket: Bucket;
  limit: Limit;
  cost: number;
  running: number;
  ahead: number;
  nowMs: number;
}): number {
  const { bucket, limit, cost, running, ahead, nowMs } = input;
  if (bucket.silentUntilMs > nowMs) return bucket.silentUntilMs - nowMs;
  const isTrying = bucket.pauses > 0;
  if (isTrying && bucket.probeUntilMs > nowMs) return Math.min(pollMs, bucket.probeUntilMs - nowMs);
  if (isTrying && ahead > 0) return pollMs;
  if (limit.concurrent !== null && running + ahead >= limit.concurrent) return pollMs;
  const whole = needOf(limit, cost);
  // A cheap and a dear call try alike: a silence leaves room for one.
  const need = isTrying ? { ...whole, calls: 1 } : whole;
  const share = isTrying ? 1 : factorAt(bucket, nowMs);
  const lackingCalls = need.calls + ahead - bucket.calls;
  const lackingPoints = need.points - bucket.points;
  const callsMs = lackingCalls > tiny ? (lackingCalls / (limit.callsPerSecond * share)) * 1000 : 0;
  const pointsMs = lackingPoints > tiny ? (lackingPoints / ((limit.points?.perSecond ?? 1) * share)) * 1000 : 0;
  return Math.ceil(Math.max(callsMs, pointsMs));
}

/** Rounding of binary fractions, not a permission. */
const tiny = 1e-9;
/** How often to look where the end of another call is waited for. */
export const pollMs = 50;

/** A throttle: silence for as long as was announced, else for a time that doubles; and less of the rate from then on. */
export function silence(bucket: Bucket, announcedMs: number | null, nowMs: number): void {
  // Calls that were under way when the first throttle came are no further ones.
  if (bucket.silentUntilMs > nowMs) {
    if (announcedMs !== null) bucket.silentUntilMs = Math.max(bucket.silentUntilMs, nowMs + announcedMs);
    return;
  }
  const share = factorAt(bucket, nowMs);
  bucket.pauses += 1;
  bucket.calls = Math.min(bucket.calls, 1);
  let quietMs: number;
  if (announcedMs === null) {
    bucket.pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, bucket.pauseMs * 2));
    quietMs = bucket.pauseMs;
    bucket.factor = Math.max(leastFactor, share / 2);
  } else {
    quietMs = Math.max(shortestAnnouncedMs, announcedMs);
    bucket.factor = Math.max(leastFactor, share * 0.8);
  }
  bucket.silentUntilMs = nowMs + quietMs;
  bucket.factorAtMs = bucket.silentUntilMs;
  bucket.probeUntilMs = 0;
}

/** The trying call was answered: the way is open again, and the next silence that must be guessed is half as long. */
export function reopen(bucket: Bucket): void {
  bucket.pauses = 0;
  bucket.pauseMs = bucket.pauseMs <= firstPauseMs ? 0 : bucket.pauseMs / 4;
  bucket.probeUntilMs = 0;
}
