/** What became of a case. `notProvoked`: it needs something that this server cannot be made to do. */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'notProvoked';

/**
 * One law that a connector keeps. Cases know no runner: vitest and the command line run the same ones, and each says
 * what is wrong by throwing (node:assert, or whatever the connector threw).
 */
export interface ConformanceCase<Context> {
  /** `skus`, `throttling`, …: the row of the table. */
  readonly family: string;
  /** The contract's method, or the ability, that the case is about. */
  readonly capability: string;
  /** Short, unique within the suite, stable: subjects name it in `exceptions`. */
  readonly id: string;
  /** A sentence, as a reader of the report wants it. */
  readonly name: string;
  /** The connector cannot do it, and why. */
  readonly skip?: string | null;
  /** It needs faults or a clock that only the own simulator has: not even begun elsewhere. */
  readonly needsDials?: boolean;
  run(context: Context): Promise<void>;
}

export interface CaseResult {
  readonly family: string;
  readonly capability: string;
  readonly id: string;
  readonly name: string;
  readonly outcome: Outcome;
  /** Why it failed, was skipped or could not be provoked. */
  readonly reason?: string;
  readonly ms: number;
}

/** Thrown by a case that the server at hand cannot be brought to. */
export class NotProvoked extends Error {
  override readonly name = 'NotProvoked';
}

/** Thrown by a case that finds, while running, that the connector or the platform does not have it. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** A case that a connector cannot pass, with the reason in words. */
export interface Skip {
  readonly skip: string;
}

export function isSkip(one: unknown): one is Skip {
  return typeof one === 'object' && one !== null && 'skip' in one;
}

/**
 * Something done to a subject's own bench. Compared like a method: a bed of one bench is handled as a bed of any, because
 * its own bench is the only one that it is ever given.
 */
export type Act<Bench, More extends readonly unknown[], Value = void> = {
  act(bench: Bench, ...more: More): Promise<Value>;
}['act'];

/** Starts a bench in a certain way. */
export type Start<Bench, Options> = { start(options: Options): Promise<Bench> }['start'];
