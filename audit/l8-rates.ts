import { type CallLine, callsOf } from './facts.ts';
import type { Finding, Limits, Source, Verdict } from './types.ts';

const windowMs = 1000;
/** Calls are stamped when they are decided, not when they were sent: so much of a window's length is uncertain. */
const jitterMs = 50;
/** Calls that were under way when a throttle was answered arrive within this time. */
export const inFlightMs = 250;
const retriesPerFirst = 1.5;
/** Fewer than this are no storm, whatever the ratio: one call that an outage met is tried several times. */
export const fewestRetries = 10;

/** The busiest second of a log: how many calls, and when it ended. Latency that we injected bunches calls: left out. */
export function busiestSecond(calls: readonly CallLine[]): { count: number; endMs: number } {
  const walls = calls
    .filter(({ fault }) => !fault?.includes('latency'))
    .map(({ wall }) => wall)
    .toSorted((a, b) => a - b);
  let best = { count: 0, endMs: 0 };
  let first = 0;
  walls.forEach((wall, index) => {
    while ((walls[first] ?? wall) <= wall - windowMs) first += 1;
    const count = index - first + 1;
    if (count > best.count) best = { count, endMs: wall };
  });
  return best;
}

/** How long the throttled caller was told to be silent; null where the log doesn't say. */
function silenceMs(call: CallLine): number | null {
  if (call.retryAfterSeconds !== undefined) return call.retryAfterSeconds * 1000;
  // The simulators' own limit always names at least one second; an injected throttle may name anything or nothing.
  return call.fault === undefined ? 1000 : null;
}

/** Calls that came although the answer to an earlier one had asked for silence; those already under way excepted. */
export function callsInSilence(calls: readonly CallLine[]): { intruders: CallLine[]; unjudged: number } {
  const sorted = calls.toSorted((a, b) => a.wall - b.wall);
  const intruders = new Set<CallLine>();
  let unjudged = 0;
  sorted.forEach((throttled, index) => {
    if (throttled.outcome !== 'throttled') return;
    const length = silenceMs(throttled);
    if (length === null) unjudged += 1;
    const end = throttled.wall + (length ?? 0) - jitterMs;
    for (let next = index + 1; next < sorted.length; next += 1) {
      const call = sorted[next];
      if (!call || call.wall >= end) break;
      if (call.wall > throttled.wall + inFlightMs) intruders.add(call);
    }
  });
  return { intruders: [...intruders], unjudged };
}

/** A throttled call was asked to come again: when it may is judged by the silence, not here. */
const failed = ({ outcome, status }: CallLine): boolean =>
  outcome === 'dropped' || outcome === 'lost' || outcome === 'cut' || status >= 500;

/** Retries and first attempts of the calls that carry a correlation id; a call after a failed equal one is a retry. */
export function attemptsOf(calls: readonly CallLine[]): { firsts: number; retries: number } {
  const last = new Map<string, CallLine>();
  let firsts = 0;
  let retries = 0;
  for (const call of calls) {
    if (call.correlation === undefined) continue;
    const key = [call.correlation, call.method, call.operation, call.path].join(' ');
    const before = last.get(key);
    if (before && failed(before)) retries += 1;
    else firsts += 1;
    last.set(key, call);
  }
  return { firsts, retries };
}

/**
 * L8: no more calls in any second than the account permits, silence after a throttle for as long as it asked, and no storm of
 * retries.
 */
export function checkRates(input: {
  sources: readonly Source[];
  permitted?: Readonly<Record<string, Limits>> | undefined;
}): Verdict {
  const findings: Finding[] = [];
  const figures: Record<string, number> = {};
  const notes: string[] = [];
  let checked = 0;
  for (const source of input.sources.filter(({ kind }) => kind !== 'mail')) {
    const { name } = source;
    const calls = callsOf(source.lines);
    checked += calls.length;
    const limits = input.permitted?.[name] ?? source.limits;
    const busiest = busiestSecond(calls);
    figures[`L8.${name}.calls`] = calls.length;
    figures[`L8.${name}.busiestSecond`] = busiest.count;
    figures[`L8.${name}.throttled`] = calls.filter(({ outcome }) => outcome === 'throttled').length;
    if (limits === null || limits.perSecond === null || limits.burst === null) notes.push(`${name} permits any rate`);
    else findings.push(...tooMany(name, busiest, limits.perSecond, limits.burst));
    const { intruders, unjudged } = callsInSilence(calls);
    if (unjudged > 0) notes.push(`${name}: ${unjudged} throttles do not say for how long`);
    const [first] = intruders;
    if (first)
      findings.push({
        what: 'calls in a silence that was asked for',
        ids: [name],
        detail: `${intruders.length} calls, the first ${first.operation} at ${new Date(first.wall).toISOString()}`,
      });
    const { firsts, retries } = attemptsOf(calls);
    if (firsts > 0) figures[`L8.${name}.retriesPerFirst`] = Math.round((retries / firsts) * 1000) / 1000;
    if (retries >= fewestRetries && retries > firsts * retriesPerFirst)
      findings.push({
        what: 'a storm of retries',
        ids: [name],
        detail: `${retries} retries of ${firsts} first attempts, permitted ${retriesPerFirst} each`,
      });
  }
  if (checked === 0) notes.push('no calls were logged');
  return { checked, findings, figures, ...(notes.length > 0 ? { note: notes.join('; ') } : {}) };
}

function tooMany(name: string, busiest: { count: number; endMs: number }, perSecond: number, burst: number): Finding[] {
  const permitted = burst + perSecond + Math.ceil((perSecond * jitterMs) / 1000);
  if (busiest.count <= permitted) return [];
  return [
    {
      what: 'more calls in a second than permitted',
      ids: [name],
      detail: `${busiest.count} up to ${new Date(busiest.endMs).toISOString()}, permitted ${burst} + ${perSecond}`,
    },
  ];
}
