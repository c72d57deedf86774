import type { Tx } from './database.ts';
import { openIncident } from './incidents.ts';
import { outagePolicyOf, type ShrinkStage, stageAt } from './outage-policy.ts';
import type { Command, Row } from './steps.ts';
import { offerAgain } from './stock-offers.ts';

/** SKUs in one transaction: each is locked until its end. */
const skusAtOnce = 200;

/** Columns that make all of a shop's quotas be reckoned from its first SKU on; a slice under way does not count any more. */
export const offersAnew = (trx: Tx) => ({ offers_after: null, offers_round: trx.raw('offers_round + 1') });

/** Quotas are still to be reckoned by the stage that holds now. */
export const offersAreDue = (incident: Row): boolean => incident.shrink_stage !== incident.offered_stage;

/** Moves shops that have been silent for long to the stage that is due. Returns the accounts whose offers are to be reckoned anew. */
export async function shrinkDue(trx: Tx, at: Date): Promise<string[]> {
  const rows: Row[] = await trx('incidents')
    .join('connections', 'connections.id', 'incidents.connection_id')
    .where({ kind: 'store' })
    .whereNot({ 'incidents.state': 'CLOSED' })
    .orderBy('incidents.id')
    .forNoKeyUpdate('incidents')
    .select('incidents.*');
  const due: string[] = [];
  for (const row of rows) {
    const stage = row.shrink_stage === 'lifted' ? 'lifted' : stageAt(outagePolicyOf(row.policy), row.since as Date, at);
    if (stage !== row.shrink_stage) {
      await trx('incidents')
        .where({ id: row.id })
        .update({ shrink_stage: stage, ...offersAnew(trx) });
    }
    if (stage !== row.offered_stage) due.push(String(row.connection_id));
  }
  return due;
}

/**
 * Reckons the next SKUs of a shop by the stage that holds now; the incident's row says where the next slice goes on. Two at
 * the same time do the same. Where the stage or the policy changed meanwhile, what was done does not count.
 *
 * @param limit SKUs, at least 1
 * @returns true when more are left
 */
export async function offerSlice(
  trx: Tx,
  connectionId: string,
  command: Command,
  limit: number = skusAtOnce,
): Promise<boolean> {
  const incident = await openIncident(trx, connectionId);
  if (!incident || !offersAreDue(incident)) return false;
  const stage = incident.shrink_stage as ShrinkStage;
  const after = incident.offers_after as string | null;
  const ids: string[] = await trx('skus')
    .join('products', 'products.id', 'skus.product_id')
    .where({ store_connection_id: connectionId, 'skus.gone_at': null })
    .modify((query) => {
      if (after) query.where('skus.id', '>', after);
    })
    .orderBy('skus.id')
    .limit(limit)
    .pluck('skus.id');
  await offerAgain(trx, ids, command);
  const last = ids.length === limit ? (ids.at(-1) ?? null) : null;
  await trx('incidents')
    .where({ id: incident.id, offers_round: incident.offers_round })
    .whereNot({ state: 'CLOSED' })
    .whereRaw('offers_after is not distinct from ?::uuid', [after])
    .update(last === null ? { offered_stage: stage, offers_after: null } : { offers_after: last });
  return true;
}
