import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError } from '../connectors/errors.ts';
import type { Budget } from '../connectors/transport/budget.ts';
import type { Database } from './database.ts';

/** Longer waits are given back to the scheduler of the work instead of holding an activity slot. */
const longestWaitMs = 15_000;

/** The account's token bucket in PostgreSQL: all workers share it, one token per HTTP call. */
export function databaseBudget(db: Database, connectionId: string): Budget {
  return {
    async take(operation, cost) {
      let waitedMs = 0;
      for (;;) {
        const waitMs = await db.tx('staff', async (trx) => {
          const { rows } = await trx.raw('select take_budget(?, ?) as wait', [connectionId, cost]);
          return Number(rows[0].wait);
        });
        if (waitMs === 0) return;
        if (waitedMs + waitMs > longestWaitMs) {
          throw new ConnectorError('RateLimited', `${operation}: the account's budget is used up for ${waitMs} ms.`, {
            retryAfterMs: waitMs,
          });
        }
        await sleep(waitMs);
        waitedMs += waitMs;
      }
    },
    async penalise(_operation, retryAfterMs) {
      await db.tx('staff', async (trx) => {
        await trx.raw(
          `insert into budgets (connection_id, tokens, refilled_at, silent_until, taken, throttled)
             values (?, 0, clock_timestamp(), clock_timestamp() + ? * interval '1 millisecond', 0, 1)
           on conflict (connection_id) do update set
             silent_until = greatest(budgets.silent_until, excluded.silent_until), throttled = budgets.throttled + 1`,
          [connectionId, retryAfterMs],
        );
      });
    },
  };
}
