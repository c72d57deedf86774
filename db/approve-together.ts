import type { Tx } from './database.ts';
import type { Row } from './steps.ts';

/** States in which one click on the product approves its listings with it. */
const approvable = ['NEW', 'EDITED', 'UPDATE', 'REJECTED'];

/**
 * The listings that are approved together with these products, locked in the order of their ids: all that wait for an
 * approval, except on marketplaces whose listing defaults say `approveApart`.
 */
export async function sharedOf(trx: Tx, productIds: readonly string[]): Promise<Row[]> {
  return trx('listings as l')
    .join('connections as c', 'c.id', 'l.connection_id')
    .whereIn('l.product_id', [...productIds])
    .whereIn('l.state', approvable)
    .whereRaw(`coalesce(c.listing_defaults ->> 'approveApart', 'false') <> 'true'`)
    .orderBy('l.id')
    .forNoKeyUpdate('l')
    .select('l.*');
}
