import { askAccounts, type OpenCarrier, orderToShip } from '../db/carrier-candidates.ts';
import type { PlanningAdvice } from '../db/carrier-choices.ts';
import type { ActivityDeps } from './deps.ts';

/** Opens accounts for the choice among them. */
export const openCarrierOf =
  ({ open }: Pick<ActivityDeps, 'open'>): OpenCarrier =>
  async (connectionId) =>
    (await open.carrier(connectionId)).connector;

/**
 * Which account an order is to travel with, and why: asked of all accounts when it is planned, so that nobody learns when the
 * label is due that no carrier serves the address, that the parcel is over its limits or that customs lack an HS code.
 * @returns null where what planning itself looks for is missing (an address to ship from, a weight)
 */
export async function carrierAdvice(deps: ActivityDeps, orderId: string): Promise<PlanningAdvice | null> {
  const now = await deps.clock.now();
  const found = await deps.db.tx('staff', (trx) => orderToShip(trx, deps.sealer, orderId, now));
  if (!found) return null;
  const { away, ...advice } = await askAccounts(found, openCarrierOf(deps));
  // The only account that might take it does not answer at present: that is no fault of the order.
  if (!advice.choice.ok && away !== null && found.undeclared.length === 0) throw away;
  return advice;
}
