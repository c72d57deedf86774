import { randomUUID } from 'node:crypto';
import { ask, ended, longestSleepMs, returned, throttled } from '../budget/decide.ts';
import { type BudgetState, type Limits, type Want, wholeAccount } from '../budget/types.ts';
import { ConnectorError } from '../connectors/errors.ts';
import type { Budget, Permit, Urgency } from '../connectors/transport/budget.ts';
import { BudgetBook } from './budget-book.ts';
import type { Database } from './database.ts';

export interface BudgetOptions {
  /** Longer waits are given back to the scheduler of the work instead of holding an activity slot. Default 15,000. */
  readonly longestWaitMs?: number;
}

/** The place of a call that was given back is kept for so long after the time at which it is to come again. */
const placeKeptMs = 3_000;
/** More than these of one kind need not be told at once: no round grants more. */
const toldAtMost = 100;
const usual: Urgency = { priority: 'tracking', brandId: null };

/** The account's budget in PostgreSQL: all workers share it, and nobody gets a call that somebody more urgent waits for. */
export function databaseBudget(db: Database, connectionId: string, options: BudgetOptions = {}): Budget {
  return new AccountGate(new BudgetBook(db, connectionId), options.longestWaitMs ?? 15_000);
}

interface Waiter {
  readonly want: Want;
  readonly operation: string;
  readonly deadlineMs: number;
  readonly settle: (permit: Permit) => void;
  readonly fail: (error: unknown) => void;
}

type Report = (state: BudgetState, limits: Limits, nowMs: number) => BudgetState;

class IssuedPermit implements Permit {
  readonly want: Want;
  readonly #tell: (report: Report) => void;
  readonly #tracked: boolean;
  #isOver = false;

  constructor(want: Want, tracked: boolean, tell: (report: Report) => void) {
    this.want = want;
    this.#tell = tell;
    this.#tracked = tracked;
  }

  end(answered: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#tracked) return;
    this.#tell((state, limits, nowMs) => ended(state, limits, nowMs, { id: this.want.id, answered }));
  }

  giveBack(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tell((state, limits, nowMs) => returned(state, limits, nowMs, this.want));
  }
}

/** All calls of one process to one account. They are asked for together: whoever comes while one asks is in the next round. */
class AccountGate implements Budget {
  readonly #book: BudgetBook;
  readonly #worker = randomUUID();
  readonly #longestWaitMs: number;
  readonly #waiters = new Set<Waiter>();
  #reports: Report[] = [];
  #parked: { want: Want; untilMs: number }[] = [];
  #pumping = false;
  #nudge: () => void = () => undefined;

  constructor(book: BudgetBook, longestWaitMs: number) {
    this.#book = book;
    this.#longestWaitMs = longestWaitMs;
  }

  async take(operation: string, cost: number, urgency: Urgency = usual, signal?: AbortSignal): Promise<Permit> {
    const { groupOf } = await this.#book.budget();
    const { promise, resolve, reject } = Promise.withResolvers<Permit>();
    const nowMs = this.#book.nowMs();
    const { priority, brandId } = urgency;
    const want = { id: randomUUID(), priority, group: groupOf(operation), brand: brandId ?? '', cost, sinceMs: nowMs };
    const waiter: Waiter = {
      want,
      operation,
      deadlineMs: nowMs + this.#longestWaitMs,
      settle: resolve,
      fail: reject,
    };
    const abort = (): void => {
      if (this.#waiters.delete(waiter)) reject(givenUp(operation));
    };
    if (signal?.aborted) throw givenUp(operation);
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiters.add(waiter);
    this.#wake();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async penalise(operation: string, retryAfterMs: number | null, permit?: Permit): Promise<number> {
    const id = permit instanceof IssuedPermit ? permit.want.id : '';
    const silentMs = await this.#book.change((state, { limits, groupOf }, nowMs) => {
      const group = groupOf(operation);
      const after = throttled(state, limits, nowMs, { id, group, announcedMs: retryAfterMs });
      const silentUntilMs = (after.buckets[group] ?? after.buckets[wholeAccount])?.silentUntilMs ?? nowMs;
      return { state: after, took: 0, throttles: 1, result: Math.max(1, Math.ceil(silentUntilMs - nowMs)) };
    });
    // Whoever was turned away comes again: nobody less urgent takes the place meanwhile.
    if (permit instanceof IssuedPermit) {
      this.#parked.push({ want: permit.want, untilMs: this.#book.nowMs() + silentMs + placeKeptMs });
      this.#wake();
    }
    return silentMs;
  }

  #wake(): void {
    this.#nudge();
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#pump();
  }

  readonly #tell = (report: Report): void => {
    this.#reports.push(report);
    this.#wake();
  };

  /** Asks as long as anybody waits; between the rounds it sleeps for as long as it was told, or until somebody comes. */
  async #pump(): Promise<void> {
    while (this.#waiters.size > 0 || this.#reports.length > 0 || this.#parked.length > 0) {
      const nudged = new Promise<void>((resolve) => {
        this.#nudge = resolve;
      });
      let waitMs = 0;
      try {
        waitMs = await this.#round();
      } catch (error) {
        // Calls whose end could not be told end by their lease.
        for (const waiter of this.#waiters) waiter.fail(error);
        this.#waiters.clear();
        break;
      }
      if (waitMs > 0 && this.#waiters.size > 0 && this.#parked.length === 0)
        await this.#sleep(Math.min(waitMs, longestSleepMs), nudged);
    }
    this.#pumping = false;
    // Whoever came between the last look and here.
    if (this.#waiters.size > 0 || this.#reports.length > 0) this.#wake();
  }

  async #sleep(ms: number, nudged: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, nudged]);
    clearTimeout(timer);
  }

  async #round(): Promise<number> {
    const reports = this.#reports;
    const parked = this.#parked;
    this.#reports = [];
    this.#parked = [];
    const asked = this.#mostUrgent();
    const { granted, waitMs } = await this.#book.change((before, { limits }, nowMs) => {
      const told = reports.reduce((state, report) => report(state, limits, nowMs), before);
      const wants = asked.map(({ want }) => want);
      const decision = ask(told, limits, nowMs, { worker: this.#worker, wants, parked });
      return { state: decision.state, took: decision.granted.length, throttles: 0, result: decision };
    });
    const byId = new Map(asked.map((waiter) => [waiter.want.id, waiter]));
    for (const { id, tracked } of granted) {
      const waiter = byId.get(id);
      if (!waiter) continue;
      const permit = new IssuedPermit(waiter.want, tracked, this.#tell);
      // Given up while we asked: the call is not made.
      if (this.#waiters.delete(waiter)) waiter.settle(permit);
      else permit.giveBack();
    }
    this.#sendAway(waitMs);
    return waitMs;
  }

  /** Everybody who waits, of each kind no more than can be granted at once. */
  #mostUrgent(): Waiter[] {
    const counts = new Map<string, number>();
    return [...this.#waiters].filter(({ want: { priority, group, brand } }) => {
      const key = `${priority}|${group}|${brand}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= toldAtMost;
    });
  }

  /** Whoever would wait too long comes back later; the place is kept. */
  #sendAway(waitMs: number): void {
    const nowMs = this.#book.nowMs();
    for (const waiter of this.#waiters) {
      if (nowMs + waitMs <= waiter.deadlineMs) continue;
      this.#waiters.delete(waiter);
      const retryAfterMs = Math.max(1, Math.ceil(waitMs));
      this.#parked.push({ want: waiter.want, untilMs: nowMs + retryAfterMs + placeKeptMs });
      waiter.fail(
        new ConnectorError(
          'RateLimited',
          `${waiter.operation}: the account's budget is used up for ${retryAfterMs} ms.`,
          { code: budgetCode, retryAfterMs },
        ),
      );
    }
  }
}

/** Nothing was sent: our own budget had no room. */
export const budgetCode = 'BUDGET';

const givenUp = (operation: string): ConnectorError =>
  new ConnectorError('Unavailable', `${operation}: the call was given up before it went out`, { code: 'aborted' });
