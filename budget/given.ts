import type { BudgetSettings } from './limits.ts';

/** The unit in which people and platforms state a rate. */
export type RateUnit = 'second' | 'minute' | 'day';

export const secondsOf: Readonly<Record<RateUnit, number>> = { second: 1, minute: 60, day: 86_400 };

/** A limit as people state it: so many calls in a second, a minute or a day. */
export interface GivenLimit {
  /** > 0 */
  readonly calls: number;
  readonly per: RateUnit;
  /** Calls at once after a rest, ≥ 1; absent: those of a second, at least one. */
  readonly burst?: number;
  /** Calls under way at the same time, ≥ 1; absent: no limit. */
  readonly concurrent?: number;
  /** Cost points beside the calls; absent: a call's cost is taken from the calls. */
  readonly points?: { readonly perSecond: number; readonly capacity: number };
}

export interface GivenGroup extends GivenLimit {
  /** Names of operations as connectors give them; one `*` at the end stands for anything. */
  readonly operations: string[];
}

/** All limits of an account. */
export interface GivenBudget {
  readonly account: GivenLimit;
  readonly groups: Readonly<Record<string, GivenGroup>>;
}

/** An account's limits as its row keeps them. */
export interface StoredBudget {
  readonly callsPerSecond: number;
  readonly burst: number;
  readonly settings: BudgetSettings;
}

/** Why a budget is refused: `field` as the input names it. */
export interface BudgetFault {
  readonly field: string;
  readonly message: string;
}

/** No platform permits more, and a mistyped rate must not become a storm. Calls a second. */
const mostPerSecond = 1_000;

export const perSecond = ({ calls, per }: Pick<GivenLimit, 'calls' | 'per'>): number => calls / secondsOf[per];
const burstOf = (limit: GivenLimit): number => limit.burst ?? Math.max(1, Math.ceil(perSecond(limit)));

/** Everything that is wrong with a budget whose values are each within their own bounds. */
export function faultsOf({ account, groups }: GivenBudget): BudgetFault[] {
  const faults: BudgetFault[] = [];
  const most = perSecond(account);
  if (most > mostPerSecond)
    faults.push({ field: 'account', message: `More than ${mostPerSecond} calls a second are not permitted.` });
  for (const [name, group] of Object.entries(groups)) {
    const field = `groups.${name}`;
    if (perSecond(group) > most) {
      const message = `${name} permits ${shownRate(group)}, the whole account only ${shownRate(account)}.`;
      faults.push({ field, message });
    }
    if (burstOf(group) > burstOf(account)) {
      const message = `${name} permits ${burstOf(group)} calls at once, the whole account only ${burstOf(account)}.`;
      faults.push({ field, message });
    }
    if (group.concurrent !== undefined && account.concurrent !== undefined && group.concurrent > account.concurrent) {
      const message = `${name} permits ${group.concurrent} calls under way, the whole account only ${account.concurrent}.`;
      faults.push({ field, message });
    }
  }
  return [...faults, ...overlaps(groups)];
}

/** An operation belongs to one group: of two that claim it nobody could say which counts. */
function overlaps(groups: GivenBudget['groups']): BudgetFault[] {
  const claims = Object.entries(groups).flatMap(([name, { operations }]) =>
    operations.map((pattern) => ({ name, pattern })),
  );
  return claims.flatMap((one, index) =>
    claims
      .slice(index + 1)
      .filter((other) => other.name !== one.name && meet(one.pattern, other.pattern))
      .map((other) => ({
        field: `groups.${other.name}`,
        message: `${other.pattern} of ${other.name} and ${one.pattern} of ${one.name} mean the same calls.`,
      })),
  );
}

function meet(one: string, other: string): boolean {
  const [a, b] = [one.replace(/\*$/, ''), other.replace(/\*$/, '')];
  if (one.endsWith('*') && b.startsWith(a)) return true;
  if (other.endsWith('*') && a.startsWith(b)) return true;
  return one === other;
}

const withoutAbsent = <Values extends object>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** What the account's row keeps. */
export function storedBudget({ account, groups }: GivenBudget): StoredBudget {
  const { concurrent, points } = account;
  const kept = Object.entries(groups).map(([name, group]) => [
    name,
    {
      operations: [...group.operations],
      callsPerSecond: perSecond(group),
      burst: burstOf(group),
      ...withoutAbsent({ concurrent: group.concurrent, points: group.points }),
    },
  ]);
  return {
    callsPerSecond: perSecond(account),
    burst: burstOf(account),
    settings: {
      ...withoutAbsent({ concurrent, points }),
      ...(kept.length === 0 ? {} : { groups: Object.fromEntries(kept) }),
    },
  };
}

/** The row's limits as people read them, in the unit in which the rate is a whole number. */
export function givenBudget({ callsPerSecond, burst, settings }: StoredBudget): GivenBudget {
  const { concurrent, points, groups = {} } = settings;
  const limitOf = (rate: number, rest: object): GivenLimit => ({
    ...rateOf(rate),
    ...withoutAbsent(rest),
  });
  return {
    account: limitOf(callsPerSecond, { burst, concurrent, points }),
    groups: Object.fromEntries(
      Object.entries(groups).map(([name, { operations, callsPerSecond: rate, ...rest }]) => [
        name,
        { ...limitOf(rate, rest), operations: [...operations] },
      ]),
    ),
  };
}

/** Binary fractions of a rate that was given per minute or day are no other rate. */
const tiny = 1e-6;

function rateOf(callsPerSecond: number): { calls: number; per: RateUnit } {
  for (const per of ['second', 'minute', 'day'] as const) {
    const calls = callsPerSecond * secondsOf[per];
    if (calls >= 1 - tiny && Math.abs(calls - Math.round(calls)) < tiny) return { calls: Math.round(calls), per };
  }
  return { calls: callsPerSecond, per: 'second' };
}

/** `20 a minute` */
export const shownRate = ({ calls, per }: Pick<GivenLimit, 'calls' | 'per'>): string => `${calls} a ${per}`;
