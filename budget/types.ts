/** What a call is for, the most urgent first. A price may be late; a cancellation or a cut of stock costs money every second. */
export const priorities = [
  'cancel',
  'stock-decrease',
  'order-acknowledge',
  'label',
  'tracking',
  'stock-increase',
  'price',
  'content',
] as const;
export type Priority = (typeof priorities)[number];

/** What one account, or one group of its endpoints, permits. */
export interface Limit {
  /** Calls a second in the long run, > 0. */
  readonly callsPerSecond: number;
  /** Calls at once after a rest, ≥ 1. */
  readonly burst: number;
  /** Calls under way at the same time, ≥ 1; null: no limit. */
  readonly concurrent: number | null;
  /** Cost points beside the calls, where the platform counts them; null: a call's cost is taken from the calls. */
  readonly points: { readonly perSecond: number; readonly capacity: number } | null;
}

/** An account's limits. A call of a group needs room in the account and in its group. */
export interface Limits {
  readonly account: Limit;
  readonly groups: Readonly<Record<string, Limit>>;
}

/** The name under which the account's own bucket stands among the groups. */
export const wholeAccount = '*';

/** A bucket as it stood at `atMs`. All times are epoch milliseconds of the database's clock. */
export interface Bucket {
  calls: number;
  points: number;
  atMs: number;
  /** Nothing is sent before. */
  silentUntilMs: number;
  /** Throttles since the last answer; while it is above 0 one call at a time tries whether it is over. */
  pauses: number;
  /** The last silence that was learned because none was announced, milliseconds; 0: none. */
  pauseMs: number;
  /** Share of the permitted rate that is used, 0 < factor ≤ 1: lowered by throttles, growing back with time. */
  factor: number;
  factorAtMs: number;
  /** The trying call is under way until then at the latest. */
  probeUntilMs: number;
}

/** Calls of one kind that a worker waits for. */
export interface Waiting {
  /** Empty: nobody just now; whoever wants the same kind of call next inherits it. */
  worker: string;
  /** Index in `priorities`. */
  rank: number;
  group: string;
  brand: string;
  cost: number;
  count: number;
  sinceMs: number;
  /** Not heard of until then: gone. */
  untilMs: number;
}

/** A call under way whose end must be told; after `untilMs` its worker is taken for dead. */
export interface Running {
  id: string;
  group: string;
  untilMs: number;
  probing: boolean;
}

/** Everything that is remembered of an account's budget; one JSON value, shared by all workers. */
export interface BudgetState {
  buckets: Record<string, Bucket>;
  waiting: Waiting[];
  running: Running[];
  /** Cost served to each brand that waits, so that the one served least is next. */
  served: Record<string, number>;
  grants: number;
}

export const emptyBudget: BudgetState = { buckets: {}, waiting: [], running: [], served: {}, grants: 0 };

/** One call that somebody wants to make. */
export interface Want {
  readonly id: string;
  readonly priority: Priority;
  /** `wholeAccount`, or a group of the limits. */
  readonly group: string;
  /** Whose work it is; empty where it is everybody's. */
  readonly brand: string;
  /** ≥ 0 in the account's own units. */
  readonly cost: number;
  readonly sinceMs: number;
}

export interface Asking {
  readonly worker: string;
  /** Everything that this worker waits for now; what it waited for before and is missing here is given up. */
  readonly wants: readonly Want[];
  /** Calls whose makers come back later: their place is kept until then. */
  readonly parked?: readonly { readonly want: Want; readonly untilMs: number }[];
}

export interface Grant {
  readonly id: string;
  /** Its end must be told with `ended`. */
  readonly tracked: boolean;
}

export interface Decision {
  readonly state: BudgetState;
  readonly granted: readonly Grant[];
  /** Milliseconds until it is worth asking again for the rest; 0 when nothing is left. */
  readonly waitMs: number;
}
