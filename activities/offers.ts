import type { RowOutcome } from '../connectors/contract/common.ts';
import type { PriceWrite } from '../connectors/contract/marketplace.ts';
import type { Tx } from '../db/database.ts';
import { noteRemote, standOf } from '../db/listing-remote.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { noteSeen } from '../db/stock-drift.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { stockOfferActivities } from './stock-offers.ts';

interface OfferRow {
  id: string;
  listing_id: string;
  seller_sku: string;
  external_id: string;
  external_sku_id: string;
  currency: string;
  price_desired_minor: number | null;
  price_acknowledged_minor: number | null;
}

/** Writes in one go; more waits for the next round of the same process. */
const roundLimit = 200;

export function offerActivities(deps: ActivityDeps) {
  const differing = (connectionId: string): Promise<OfferRow[]> =>
    deps.db.tx('staff', (trx) =>
      trx('listing_skus')
        .join('listings', 'listings.id', 'listing_skus.listing_id')
        .where({ 'listing_skus.connection_id': connectionId, 'listings.remote': 'LIVE' })
        .whereNotNull('external_sku_id')
        .whereNotNull('price_desired_minor')
        .whereRaw('price_desired_minor is distinct from price_acknowledged_minor')
        .orderBy('listing_skus.id')
        .limit(roundLimit)
        .select('listing_skus.*', 'listings.external_id'),
    );

  const note = async (
    connectionId: string,
    row: OfferRow | undefined,
    outcome: RowOutcome,
    acknowledged: Record<string, unknown>,
  ): Promise<void> => {
    if (!row) return;
    const command = await commandOf(deps, `offer/${row.id}`);
    await deps.db.tx('staff', async (trx) => {
      if (outcome.ok) {
        await trx('listing_skus')
          .where({ id: row.id })
          .update({ ...acknowledged, last_error: null });
        await resolveProblem(trx, `listing-sku/${row.id}/offer`, {
          ...command,
          commandId: `${command.commandId}/ok/${command.at.getTime()}`,
        });
        return;
      }
      await trx('listing_skus').where({ id: row.id }).update({ last_error: outcome.reason });
      await reportProblem(
        trx,
        {
          causeKey: `listing-sku/${row.id}/offer`,
          kind: 'offer-refused',
          severity: 'warning',
          title: `${row.seller_sku}: the marketplace would not take its stock or price`,
          detail: outcome.reason,
          remedy: 'Look at the listing over there; it is tried again at the next round.',
          entityKind: 'listing',
          entityId: row.listing_id,
          connectionId,
        },
        { ...command, commandId: `${command.commandId}/failed/${command.at.getTime()}` },
      );
    });
  };

  return {
    ...stockOfferActivities(deps),

    /** Sends the differences between desired and acknowledged prices. Absolute: may be repeated. */
    async pushPrices(connectionId: string): Promise<{ sent: number; failed: number; more: boolean }> {
      const rows = await differing(connectionId);
      if (rows.length === 0) return { sent: 0, failed: 0, more: false };
      const { connector } = await deps.open.marketplace(connectionId);
      const size = connector.capabilities.priceBatchSize;
      let failed = 0;
      for (let start = 0; start < rows.length; start += size) {
        const batch = rows.slice(start, start + size);
        const writes: PriceWrite[] = batch.map((row) => ({
          sellerSku: row.seller_sku,
          externalId: row.external_id,
          externalSkuId: row.external_sku_id,
          price: { amountMinor: row.price_desired_minor ?? 0, currency: row.currency },
        }));
        const outcomes = await connector.writePrices(writes);
        const at = await deps.clock.now();
        for (const outcome of outcomes) {
          const row = batch.find(({ seller_sku }) => seller_sku === outcome.key);
          if (!outcome.ok) failed += 1;
          await note(connectionId, row, outcome, {
            price_acknowledged_minor: row?.price_desired_minor,
            price_acknowledged_at: at,
          });
        }
      }
      return { sent: rows.length, failed, more: rows.length === roundLimit && failed < rows.length };
    },

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
