import type { Tx } from '../db/database.ts';
import { noteRemote, standOf } from '../db/listing-remote.ts';
import { noteSeen } from '../db/stock-drift.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { priceOfferActivities } from './price-offers.ts';
import { stockOfferActivities } from './stock-offers.ts';

export function offerActivities(deps: ActivityDeps) {
  return {
    ...stockOfferActivities(deps),

    ...priceOfferActivities(deps),

    /**
     * Reads back what is true over there and corrects what we believe: a value that differs from the acknowledged one is
     * drift and is sent again.
     */
    async readBackOffers(connectionId: string, after: string | null): Promise<{ next: string | null; drift: number }> {
      const { connector } = await deps.open.marketplace(connectionId);
      const size = 25;
      const listings: { id: string; external_id: string }[] = await deps.db.tx('staff', (trx) =>
        trx('listings')
          .where({ connection_id: connectionId })
          .whereIn('remote', ['LIVE', 'DELISTED', 'LOCKED'])
          .whereNotNull('external_id')
          .modify((query) => {
            if (after) query.where('id', '>', after);
          })
          .orderBy('id')
          .limit(size)
          .select('id', 'external_id'),
      );
      if (listings.length === 0) return { next: null, drift: 0 };
      const rowsOf = (trx: Tx) =>
        trx('listing_skus')
          .whereIn(
            'listing_id',
            listings.map(({ id }) => id),
          )
          .orderBy('id');
      const rows = await deps.db.tx('staff', (trx) => rowsOf(trx));
      const seen = await connector.readLive(
        listings.map(({ id, external_id }) => ({
          externalId: external_id,
          skus: rows
            .filter(({ listing_id }) => listing_id === id)
            .map((row) => ({ sellerSku: row.seller_sku, externalSkuId: row.external_sku_id ?? '' })),
        })),
      );
      const at = await deps.clock.now();
      const command = await commandOf(deps, `live/${connectionId}/${listings[0]?.id}`);
      let drift = 0;
      await deps.db.tx('staff', async (trx) => {
        const skuIds = rows.map(({ sku_id }) => sku_id);
        await trx('skus').whereIn('id', skuIds).orderBy('id').forNoKeyUpdate().select('id');
        // Read again under the lock: what was written or sold while we read counts.
        const present = await rowsOf(trx);
        for (const value of seen) {
          const row = present.find(({ seller_sku }) => seller_sku === value.sellerSku);
          if (!row) continue;
          const changes: Record<string, unknown> = {};
          const stock = value.quantity === null ? null : await noteSeen(trx, row, value.quantity, deps.wall(), command);
          if (value.price)
            Object.assign(changes, {
              price_seen_minor: value.price.amountMinor,
              price_seen_at: at,
              price_acknowledged_minor: value.price.amountMinor,
            });
          if (stock === 'drift' || (value.price && value.price.amountMinor !== row.price_acknowledged_minor))
            drift += 1;
          if (Object.keys(changes).length > 0) await trx('listing_skus').where({ id: row.id }).update(changes);
        }
        await trx('connections').where({ id: connectionId }).update({ last_success_at: at });
      });
      for (const { id } of listings) {
        const own = rows.filter(({ listing_id }) => listing_id === id).map(({ seller_sku }) => seller_sku);
        const stand = standOf(seen.filter(({ sellerSku }) => own.includes(sellerSku)));
        if (stand) await deps.db.tx('staff', (trx) => noteRemote(trx, id, stand, command));
      }
      return { next: listings.length < size ? null : (listings.at(-1)?.id ?? null), drift };
    },
  };
}
