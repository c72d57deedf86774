import { nextOffers, type OfferedChannel, type OfferWrite } from '../stock/next-offers.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';
import { type OfferRow, readSkuOffers, type SkuOffers, wakeStock } from './stock-offers.ts';

/** One row of a stock write that is marked as under way. */
export interface PlannedWrite {
  readonly id: string;
  readonly skuId: string;
  readonly listingId: string;
  readonly sellerSku: string;
  readonly externalId: string;
  readonly externalSkuId: string;
  readonly quantity: number;
  readonly kind: OfferWrite['kind'];
}

export interface PlannedBatch {
  readonly writes: readonly PlannedWrite[];
  /** Rows whose earlier attempt may still be running, and for how many milliseconds at the longest; 0 = none. */
  readonly leasedForMs: number;
}

/** Rows that are looked at for one batch; those that wait for cuts elsewhere are passed over. */
const pageSize = 500;

const asChannel = (row: OfferRow, desired: number, wallNow: Date): OfferedChannel => ({
  id: row.id,
  desired,
  low: row.stock_low,
  high: row.stock_high,
  inFlight: row.stock_attempt_until !== null && row.stock_attempt_until > wallNow,
  confirmed: row.stock_confirmed,
});

/** What may be written now of one SKU, on all marketplaces, with the trace that explains it. */
export function nextOf(sku: SkuOffers, wallNow: Date): ReturnType<typeof nextOffers> {
  const live = sku.rows.filter(({ remote }) => remote === 'LIVE');
  return nextOffers({
    policy: sku.plan.policy,
    available: sku.plan.available,
    channels: live.map((row) => asChannel(row, row.stock_desired ?? 0, wallNow)),
  });
}

interface DueRow {
  id: string;
  sku_id: string;
  listing_id: string;
  seller_sku: string;
  external_id: string;
  external_sku_id: string;
  is_cut: boolean;
}

/** Rows of an account that do not show what is wanted, or may not; cuts first, a page at a time. */
function dueRows(trx: Tx, connectionId: string, after: DueRow | null): Promise<DueRow[]> {
  const isCut = '(stock_desired < stock_high)';
  return trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .where({ 'listing_skus.connection_id': connectionId, 'listings.remote': 'LIVE' })
    .whereNotNull('external_sku_id')
    .whereNotNull('stock_desired')
    .whereRaw('(not stock_confirmed or stock_desired is distinct from stock_low)')
    .modify((query) => {
      if (after)
        query.whereRaw(`(not ${isCut}, listing_skus.id) > (not ?::boolean, ?::uuid)`, [after.is_cut, after.id]);
    })
    .orderByRaw(`not ${isCut}, listing_skus.id`)
    .limit(pageSize)
    .select(
      ...['listing_skus.id', 'sku_id', 'listing_id', 'seller_sku', 'external_sku_id', 'listings.external_id'],
      trx.raw(`${isCut} as is_cut`),
    );
}

/**
 * Chooses the next writes of an account, decreases first, each with the newest value that is wanted, and marks them as under
 * way: from now on the higher of the old and the new value counts, until `recordWritten` or for ever.
 * @param by who attempts; the lease keeps everybody else away until `leaseMs` of wall time have passed
 */
export async function planWrites(
  trx: Tx,
  input: { connectionId: string; limit: number; by: string; wallNow: Date; leaseMs: number },
  command: Command,
): Promise<PlannedBatch> {
  const { connectionId, limit, wallNow } = input;
  const chosen: PlannedWrite[] = [];
  let leasedForMs = 0;
  let after: DueRow | null = null;
  for (;;) {
    const due: DueRow[] = await dueRows(trx, connectionId, after);
    const skus = await readSkuOffers(
      trx,
      due.map(({ sku_id }) => sku_id),
      command.at,
      { lock: true },
    );
    const bySku = new Map(skus.map((sku) => [sku.skuId, { sku, next: nextOf(sku, wallNow) }]));
    for (const row of due) {
      const found = bySku.get(row.sku_id);
      const until = found?.sku.rows.find(({ id }) => id === row.id)?.stock_attempt_until ?? null;
      if (until !== null && until > wallNow) leasedForMs = Math.max(leasedForMs, until.getTime() - wallNow.getTime());
      const write = found?.next.writes.find(({ id }) => id === row.id);
      if (!write || chosen.length >= limit) continue;
      chosen.push({
        ...{ id: row.id, skuId: row.sku_id, listingId: row.listing_id, sellerSku: row.seller_sku },
        ...{ externalId: row.external_id, externalSkuId: row.external_sku_id },
        ...{ quantity: write.quantity, kind: write.kind },
      });
    }
    after = due.at(-1) ?? null;
    if (chosen.length >= limit || due.length < pageSize) break;
  }
  for (const { id, quantity } of chosen) {
    await trx('listing_skus')
      .where({ id })
      .update({
        stock_low: trx.raw('least(stock_low, ?::integer)', [quantity]),
        stock_high: trx.raw('greatest(stock_high, ?::integer)', [quantity]),
        stock_confirmed: false,
        stock_attempted: quantity,
        stock_attempted_at: trx.raw('coalesce(stock_attempted_at, ?::timestamptz)', [command.at]),
        stock_attempt_by: input.by,
        stock_attempt_until: new Date(wallNow.getTime() + input.leaseMs),
        stock_sold_in_flight: 0,
      });
  }
  return { writes: chosen, leasedForMs };
}

/**
 * The marketplace acknowledged these writes of the attempt `by`. What a cut freed goes on counting until orders were read
 * again, because an absolute write may have hidden a sale. Returns how many cuts somebody else waits for.
 */
export async function recordWritten(
  trx: Tx,
  writes: readonly PlannedWrite[],
  by: string,
  command: Command,
): Promise<{ freed: number }> {
  if (writes.length === 0) return { freed: 0 };
  await lockSkus(trx, writes);
  const { rows } = await trx.raw(`select nextval('stock_marks')::bigint as mark`);
  for (const { id, quantity } of writes) {
    await trx('listing_skus')
      .where({ id, stock_attempt_by: by })
      .update({
        stock_low: trx.raw('greatest(0, ?::integer - stock_sold_in_flight)', [quantity]),
        stock_confirmed: trx.raw('stock_sold_in_flight = 0'),
        stock_sold_in_flight: 0,
        stock_acknowledged: quantity,
        stock_acknowledged_at: command.at,
        stock_acknowledged_mark: rows[0].mark,
        ...noAttempt,
        last_error: null,
      });
  }
  const cuts = writes.filter(({ kind }) => kind === 'decrease').map(({ skuId }) => skuId);
  const waited = await trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .whereIn('sku_id', cuts)
    .where({ remote: 'LIVE' })
    .whereRaw('stock_desired > stock_low')
    .countDistinct({ n: 'sku_id' })
    .first();
  return { freed: Number(waited?.n ?? 0) };
}

const noAttempt = {
  stock_attempted: null,
  stock_attempted_at: null,
  stock_attempt_by: null,
  stock_attempt_until: null,
} as const;

/** These writes of the attempt `by` did not go through, or nobody knows: both values go on counting, and others may try. */
export async function recordFailed(trx: Tx, writes: readonly PlannedWrite[], by: string): Promise<void> {
  if (writes.length === 0) return;
  await lockSkus(trx, writes);
  await trx('listing_skus')
    .whereIn(
      'id',
      writes.map(({ id }) => id),
    )
    .where({ stock_attempt_by: by })
    .update({ stock_attempt_until: null });
}

const lockSkus = (trx: Tx, writes: readonly PlannedWrite[]): Promise<unknown> =>
  trx('skus')
    .whereIn(
      'id',
      writes.map(({ skuId }) => skuId),
    )
    .orderBy('id')
    .forNoKeyUpdate()
    .select('id');

/** Takes the place in the order of readings and acknowledgements; called before orders are read. */
export async function takeMark(trx: Tx): Promise<number> {
  const { rows } = await trx.raw(`select nextval('stock_marks')::bigint as mark`);
  return Number(rows[0].mark);
}

/**
 * All orders of an account were read, in a reading that began at `mark`: every sale before earlier acknowledgements is known
 * now, and what those cuts freed is free. Wakes the accounts that waited for it.
 */
export async function releaseCuts(trx: Tx, connectionId: string, mark: number, command: Command): Promise<number> {
  const due: { id: string; sku_id: string }[] = await trx('listing_skus')
    .where({ connection_id: connectionId, stock_confirmed: true })
    .whereRaw('stock_high > stock_low')
    .where('stock_acknowledged_mark', '<', mark)
    .orderBy('sku_id')
    .select('id', 'sku_id');
  if (due.length === 0) return 0;
  const skuIds = [...new Set(due.map(({ sku_id }) => sku_id))];
  await trx('skus').whereIn('id', skuIds).orderBy('id').forNoKeyUpdate().select('id');
  const released = await trx('listing_skus')
    .whereIn(
      'id',
      due.map(({ id }) => id),
    )
    .where({ stock_confirmed: true })
    .where('stock_acknowledged_mark', '<', mark)
    .update({ stock_high: trx.ref('stock_low') });
  const waiting: string[] = await trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .whereIn('sku_id', skuIds)
    .whereNot({ 'listing_skus.connection_id': connectionId })
    .where({ remote: 'LIVE' })
    .whereRaw('stock_desired > stock_low')
    .distinct('listing_skus.connection_id')
    .pluck('listing_skus.connection_id');
  await wakeStock(trx, waiting, command);
  return released;
}
