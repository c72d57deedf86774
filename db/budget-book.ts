import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountBudget, accountBudget } from '../budget/limits.ts';
import { type BudgetState, emptyBudget } from '../budget/types.ts';
import type { Database } from './database.ts';

/** One change of an account's book: a pure function of what it is, and what it adds to the counters. */
export interface Change<Result> {
  readonly state: BudgetState;
  /** Calls that were permitted. */
  readonly took: number;
  /** Throttles that were heard of. */
  readonly throttles: number;
  readonly result: Result;
}

interface Answer {
  readonly swapped: boolean;
  readonly rev: number;
  readonly book: Partial<BudgetState>;
  readonly calls_per_second: number;
  readonly call_burst: number;
  readonly budget: unknown;
  readonly present: number;
}

/** Attempts at one change while other workers change the same book. */
const attemptsAtMost = 200;
/** The clocks are compared anew when they seem to have drifted apart by more. */
const driftMs = 2_000;

/** One account's book in PostgreSQL as this process knows it: usually one round trip for a change. */
export class BudgetBook {
  readonly #db: Database;
  readonly #connectionId: string;
  #rev = -1;
  #state: BudgetState = emptyBudget;
  #budget: AccountBudget | null = null;
  #settings = '';
  #offsetMs: number | null = null;

  constructor(db: Database, connectionId: string) {
    this.#db = db;
    this.#connectionId = connectionId;
  }

  /** The database's time in milliseconds, never later than it is there. */
  nowMs(): number {
    return performance.now() + (this.#offsetMs ?? 0);
  }

  /** The account's limits as they were last seen; read now if they never were. */
  async budget(): Promise<AccountBudget> {
    if (this.#budget === null) await this.#swap(null, 0, 0);
    if (this.#budget === null) throw new Error(`there is no account ${this.#connectionId}`);
    return this.#budget;
  }

  /** Changes the book; `change` is asked again when somebody else was faster. */
  async change<Result>(
    change: (state: BudgetState, budget: AccountBudget, nowMs: number) => Change<Result>,
  ): Promise<Result> {
    for (let attempt = 1; attempt <= attemptsAtMost; attempt += 1) {
      const budget = await this.budget();
      const { state, took, throttles, result } = change(this.#state, budget, this.nowMs());
      if (await this.#swap(state, took, throttles)) return result;
      // Others change it at this moment: not all of them at the same time again.
      await sleep(Math.random() * Math.min(attempt, 10));
    }
    throw new Error(`the budget of ${this.#connectionId} is changed by too many at once`);
  }

  async #swap(next: BudgetState | null, took: number, throttles: number): Promise<boolean> {
    const { rows } = (await this.#db.knex.raw('select * from swap_budget(?, ?, ?::jsonb, ?, ?)', [
      this.#connectionId,
      this.#rev,
      next === null ? null : JSON.stringify(next),
      took,
      throttles,
    ])) as { rows: Answer[] };
    const [answer] = rows;
    if (!answer) throw new Error(`there is no account ${this.#connectionId}`);
    this.#learnTime(answer.present);
    this.#rev = answer.rev;
    this.#state = { ...emptyBudget, ...answer.book };
    const settings = JSON.stringify([answer.calls_per_second, answer.call_burst, answer.budget]);
    if (settings !== this.#settings) {
      this.#budget = accountBudget(answer.calls_per_second, answer.call_burst, answer.budget);
      this.#settings = settings;
    }
    return answer.swapped;
  }

  /** What the database said when it answered is past when we read it: the difference is never too large. */
  #learnTime(presentMs: number): void {
    const offsetMs = presentMs - performance.now();
    if (this.#offsetMs === null || offsetMs > this.#offsetMs || this.#offsetMs - offsetMs > driftMs) {
      this.#offsetMs = offsetMs;
    }
  }
}
