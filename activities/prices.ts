import { repriceNext } from '../db/prices-due.ts';
import type { ActivityDeps } from './deps.ts';

export function priceActivities(deps: ActivityDeps) {
  return {
    /** Reckons one batch of prices anew after a rate or a rule changed. Repeated, it goes on where the books stand. */
    async repriceBatch(repricingId: string): Promise<{ done: boolean; changed: number }> {
      const at = await deps.clock.now();
      return deps.db.tx('staff', (trx) => repriceNext(trx, repricingId, at));
    },
  };
}
