import knexModule from 'knex';
import type { Clock } from '../connectors/contract/common.ts';
import type { Database, Tx } from './database.ts';

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

/** The present instant as a transaction sees it: simulated where a simulation runs. */
export async function clockNow(trx: Tx): Promise<Date> {
  const row = await trx('clock').first('virtual_now');
  return row ? row.virtual_now : new Date();
}

/** Starts a simulated clock where there is none yet. Only the owner may: the application never moves time. */
export async function setFirstClock(ownerUrl: string, at: Date): Promise<void> {
  const knex = knexModule({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 1 } });
  try {
    await knex('clock').insert({ virtual_now: at }).onConflict('only_row').ignore();
  } finally {
    await knex.destroy();
  }
}

/** Moves a simulated clock. */
export async function moveClock(ownerUrl: string, at: Date): Promise<void> {
  const knex = knexModule({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 1 } });
  try {
    await knex('clock').update({ virtual_now: at });
  } finally {
    await knex.destroy();
  }
}
