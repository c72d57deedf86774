import type { Clock } from '../connectors/contract/common.ts';
import type { Database } from './database.ts';

/** Real time. */
export const systemClock: Clock = { now: async () => new Date() };

/** Simulated time: the row that a simulation moves. Every process sees the same instant. */
export function databaseClock(db: Database): Clock {
  return {
    async now() {
      const row = await db.knex('clock').first('virtual_now');
      return row ? row.virtual_now : new Date();
    },
  };
}
