import type { Priority } from '../../budget/types.ts';

/** What a call is for; decides who goes first where calls wait. */
export interface Urgency {
  readonly priority: Priority;
  /** Whose work it is; null where it is everybody's. */
  readonly brandId: string | null;
}

/** A call that may be made now. */
export interface Permit {
  /** The call has ended; `answered`: by the other side, and not with a throttle. */
  end(answered: boolean): void;
  /** The call is not made after all. */
  giveBack(): void;
}

/**
 * The permitted rate of one outside account, shared by all workers. Taken once per HTTP call, also for each hop of a
 * redirect.
 */
export interface Budget {
  /**
   * Waits until `cost` units are free and nobody more urgent wants them.
   * @throws ConnectorError RateLimited with `retryAfterMs` when the wait would be longer than the budget allows: then its
   * place is kept for as long
   */
  take(operation: string, cost: number, urgency?: Urgency, signal?: AbortSignal): Promise<Permit | undefined>;
  /**
   * The account asked for silence: no call for at least `retryAfterMs` from now; null: it did not say for how long, and the
   * budget learns it. Answers for how many milliseconds silence is kept.
   */
  penalise(operation: string, retryAfterMs: number | null, permit?: Permit): Promise<number | undefined>;
}

/** For accounts without a limit of their own and for tests. */
export const unlimitedBudget: Budget = {
  take: async () => undefined,
  penalise: async () => undefined,
};
