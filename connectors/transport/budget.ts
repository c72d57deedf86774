/**
 * The permitted rate of one outside account, shared by all workers. Taken once per HTTP call, also for each hop of a
 * redirect.
 */
export interface Budget {
  /**
   * Waits until `cost` units are free.
   * @throws ConnectorError RateLimited with `retryAfterMs` when the wait would be longer than the budget allows
   */
  take(operation: string, cost: number): Promise<void>;
  /** The account asked for silence: no call for at least `retryAfterMs` from now. */
  penalise(operation: string, retryAfterMs: number): Promise<void>;
}

/** For accounts without a limit of their own and for tests. */
export const unlimitedBudget: Budget = {
  take: async () => undefined,
  penalise: async () => undefined,
};
