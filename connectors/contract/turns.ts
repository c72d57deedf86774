import { ConnectorError } from '../errors.ts';

/** Runs work one after the other for each key. @throws ConnectorError Unavailable `busy` when the turn does not come */
export type Exclusively = <Value>(what: string, work: () => Promise<Value>) => Promise<Value>;

/** Longest wait for a turn: far below the lease of an attempt, which has sent nothing by then and is tried again. */
export const TURN_WAIT_MS = 15_000;

/** Nothing was done: others are at it for longer than anybody waits. */
export function busy(what: string, waitedMs: number, cause?: unknown): ConnectorError {
  return new ConnectorError('Unavailable', `Others have been busy with ${what} for ${waitedMs} ms.`, {
    code: 'busy',
    retryAfterMs: 2_000,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Turns within this process, first come first served. Work must not wait for a turn of its own key. */
export function createTurns(): <Value>(what: string, work: () => Promise<Value>, waitMs?: number) => Promise<Value> {
  const last = new Map<string, Promise<unknown>>();
  return async (what, work, waitMs = TURN_WAIT_MS) => {
    const before = last.get(what) ?? Promise.resolve();
    const { promise: done, resolve: end } = Promise.withResolvers<void>();
    // Whoever gives up waiting leaves the line, but nobody behind overtakes those before.
    const mine = before.then(() => done);
    last.set(what, mine);
    try {
      await within(before, what, waitMs);
      return await work();
    } finally {
      end();
      if (last.get(what) === mine) void mine.then(() => last.get(what) === mine && last.delete(what));
    }
  };
}

async function within(before: Promise<unknown>, what: string, waitMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(busy(what, waitMs)), waitMs);
  try {
    await Promise.race([before, late]);
  } finally {
    clearTimeout(timer);
  }
}
