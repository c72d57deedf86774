import type { Tx } from './database.ts';

/** Finished hand-overs are kept so long, to explain what happened; they hold no secrets. */
const keptMs = 30 * 24 * 60 * 60 * 1000;

/** Secrets of hand-overs that nobody finished in time go, and old hand-overs altogether. Returns how many held secrets. */
export async function forgetHandOvers(trx: Tx, now: Date): Promise<number> {
  await trx('hand_overs')
    .where('created_at', '<', new Date(now.getTime() - keptMs))
    .delete();
  return trx('hand_overs').whereNotNull('sealed').where('expires_at', '<', now).update({ sealed: null });
}
