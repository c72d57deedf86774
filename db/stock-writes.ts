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

/** Rows that are looked at beyond those of a batch: some wait for cuts elsewhere. */
const spareRows = 30;

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
}

const isCut = '(stock_desired < stock_high)';

/** Rows of an account that do not show what is wanted, or may not. */
const differing = (trx: Tx, connectionId: string) =>
  trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .where({ 'listing_skus.connection_id': connectionId, 'listings.remote': 'LIVE' })
    .whereNotNull('external_sku_id')
    .whereNotNull('stock_desired')
    .whereRaw('(not stock_confirmed or stock_desired is distinct from stock_low)');

/** Those that are not under way. */
const free = (trx: Tx, connectionId: string, wallNow: Date) =>
  differing(trx, connectionId).where((row) =>
    row.whereNull('stock_attempt_until').orWhere('stock_attempt_until', '<=', wallNow),
  );

/** What of an account's stock waits to be sent and is not under way; null: nothing. */
export async function dueStock(trx: Tx, connectionId: string, wallNow: Date): Promise<'decrease' | 'increase' | null> {
  const cut = await free(trx, connectionId, wallNow).whereRaw(isCut).first('listing_skus.id');
  if (cut !== undefined) return 'decrease';
  const other = await free(trx, connectionId, wallNow).first('listing_skus.id');
  return other === undefined ? null : 'increase';
}

/** The first rows that may be sent: cuts first, the brands in turn. */
function dueRows(
  trx: Tx,
  connectionId: string,
  { wallNow, limit }: { wallNow: Date; limit: number },
): Promise<DueRow[]> {
  // Of each brand no more than a page can need: what is due may be many times as much.
  const ofBrand = free(trx, connectionId, wallNow)
    .whereRaw('listing_skus.brand_id = b.brand_id')
    .orderByRaw('stock_desired >= stock_high, listing_skus.id')
    .limit(limit)
    .select(
      ...['listing_skus.id', 'sku_id', 'listing_id', 'seller_sku', 'external_sku_id', 'listings.external_id'],
      trx.raw(`${isCut} as is_cut`),
    );
  const { sql, bindings } = ofBrand.toSQL();
  const brands = trx('listing_skus')
    .where({ connection_id: connectionId })
    .whereNotNull('external_sku_id')
    .whereNotNull('stock_desired')
    .whereRaw('(not stock_confirmed or stock_desired is distinct from stock_low)')
    .distinct('brand_id');
  return trx
    .from(
      trx
        .from(brands.as('b'))
        .joinRaw(`cross join lateral (${sql}) as l`, [...bindings])
        .select('l.*', trx.raw('row_number() over (partition by l.is_cut, b.brand_id order by l.id)::integer as turn'))
        .as('due'),
    )
    .orderByRaw('not is_cut, turn, id')
    .limit(limit)
    .select('*');
}

/** How long the longest write that is under way may still be, in milliseconds; 0: none is. */
export async function longestLease(trx: Tx, connectionId: string, wallNow: Date): Promise<number> {
  const row = await differing(trx, connectionId)
    .where('stock_attempt_until', '>', wallNow)
    .max({ until: 'stock_attempt_until' })
    .first();
  return row?.until ? new Date(row.until).getTime() - wallNow.getTime() : 0;
}

/**
 * Chooses the next writes of an account, decreases first and the brands in turn, each with the newest value that is wanted, and
 * marks them as under way: from now on the higher of the old and the new value counts, until `recordWritten` or for ever.
 * @param by who attempts; the lease keeps everybody else away until `leaseMs` of wall time have passed
 */
export async function planWrites(
  trx: Tx,
  input: { connectionId: string; limit: number; by: string; wallNow: Date; leaseMs: number },
  command: Command,
): Promise<PlannedBatch> {
  const { connectionId, limit, wallNow } = input;
  let chosen: PlannedWrite[] = [];
  // Where most of the first rows wait for cuts elsewhere, more of them are looked at.
  for (let page = limit + spareRows; ; page *= 4) {
    const due = await dueRows(trx, connectionId, { wallNow, limit: page });
    const skus = await readSkuOffers(
      trx,
      due.map(({ sku_id }) => sku_id),
      command.at,
      { lock: true },
    );
    const bySku = new Map(skus.map((sku) => [sku.skuId, nextOf(sku, wallNow)]));
    chosen = due
      .flatMap((row): PlannedWrite[] => {
        const write = bySku.get(row.sku_id)?.writes.find(({ id }) => id === row.id);
        if (!write) return [];
        const { id, sku_id: skuId, listing_id: listingId, seller_sku: sellerSku } = row;
        const { external_id: externalId, external_sku_id: externalSkuId } = row;
        const { quantity, kind } = write;
        return [{ id, skuId, listingId, sellerSku, externalId, externalSkuId, quantity, kind }];
      })
      .slice(0, limit);
    if (chosen.length >= limit || due.length < page) break;
  }
  if (chosen.length === 0) return { writes: [], leasedForMs: await longestLease(trx, connectionId, wallNow) };
  await trx.raw(
    `update listing_skus as l set
       stock_low = least(l.stock_low, w.quantity),
       stock_high = greatest(l.stock_high, w.quantity),
       stock_confirmed = false,
       stock_attempted = w.quantity,
       stock_attempted_at = coalesce(l.stock_attempted_at, ?::timestamptz),
       stock_attempt_by = ?,
       stock_attempt_until = ?::timestamptz,
       stock_sold_in_flight = 0
     from unnest(?::uuid[], ?::integer[]) as w (id, quantity) where w.id = l.id`,
    [command.at, input.by, new Date(wallNow.getTime() + input.leaseMs), ...columnsOf(chosen)],
  );
  return { writes: chosen, leasedForMs: 0 };
}

const columnsOf = (writes: readonly PlannedWrite[]): [string[], number[]] => [
  writes.map(({ id }) => id),
  writes.map(({ quantity }) => quantity),
];

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
  await trx.raw(
    `update listing_skus as l set
       stock_low = greatest(0, w.quantity - l.stock_sold_in_flight),
       stock_confirmed = l.stock_sold_in_flight = 0,
       stock_sold_in_flight = 0,
       stock_acknowledged = w.quantity,
       stock_acknowledged_at = ?::timestamptz,
       stock_acknowledged_mark = ?,
       stock_attempted = null,
       stock_attempted_at = null,
       stock_attempt_by = null,
       stock_attempt_until = null,
       last_error = null
     from unnest(?::uuid[], ?::integer[]) as w (id, quantity) where w.id = l.id and l.stock_attempt_by = ?`,
    [command.at, rows[0].mark, ...columnsOf(writes), by],
  );
  const cuts = writes.filter(({ kind }) => kind === 'decrease').map(({ skuId }) => skuId);
  if (cuts.length === 0) return { freed: 0 };
  const waited = await trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .whereIn('sku_id', cuts)
    .where({ remote: 'LIVE' })
    .whereRaw('stock_desired > stock_low')
    .countDistinct({ n: 'sku_id' })
    .first();
  return { freed: Number(waited?.n ?? 0) };
}

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
