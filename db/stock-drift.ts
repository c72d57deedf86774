import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

interface SeenRow {
  readonly id: string;
  readonly brand_id: string;
  readonly sku_id: string;
  readonly stock_desired: number | null;
  readonly stock_low: number;
  readonly stock_high: number;
  readonly stock_confirmed: boolean;
  readonly stock_attempted: number | null;
  readonly stock_attempt_until: Date | null;
}

/**
 * Compares what a marketplace shows with what it may show according to us. What nothing of ours explains is drift: written
 * down, counted, and sent again by the next round. Returns whether it is.
 */
export async function noteSeen(
  trx: Tx,
  row: SeenRow,
  seen: number,
  wallNow: Date,
  command: Command,
): Promise<'as-expected' | 'explained' | 'drift'> {
  const { stock_low: low, stock_high: high } = row;
  const isInFlight = row.stock_attempt_until !== null && row.stock_attempt_until > wallNow;
  const isExpected = row.stock_confirmed ? seen === low : seen >= low && seen <= high;
  const explained = explanation(row, isInFlight);
  const bounds = isInFlight ? {} : { stock_low: Math.min(low, seen), stock_high: Math.max(high, seen) };
  await trx('listing_skus')
    .where({ id: row.id })
    .update({
      stock_seen: seen,
      stock_seen_at: command.at,
      ...(isExpected ? {} : { ...bounds, stock_confirmed: false }),
    });
  if (isExpected) {
    await trx('stock_drifts')
      .where({ listing_sku_id: row.id })
      .whereNull('resolved_at')
      .update({ resolved_at: command.at });
    return seen === row.stock_desired ? 'as-expected' : 'explained';
  }
  await trx('stock_drifts')
    .insert({
      id: randomUUID(),
      brand_id: row.brand_id,
      sku_id: row.sku_id,
      listing_sku_id: row.id,
      seen,
      expected_low: low,
      expected_high: high,
      desired: row.stock_desired,
      explained,
      at: command.at,
    })
    .onConflict(trx.raw('(listing_sku_id) where resolved_at is null'))
    .merge(['seen', 'expected_low', 'expected_high', 'desired', 'explained', 'at']);
  return explained === null ? 'drift' : 'explained';
}

function explanation(row: SeenRow, isInFlight: boolean): string | null {
  if (isInFlight) return `a write of ${row.stock_attempted} is under way`;
  if (row.stock_attempted !== null) return `the outcome of a write of ${row.stock_attempted} is not known`;
  return row.stock_confirmed ? null : 'a sale was read since the last write';
}

/** "Send again": the value is not believed any more, so that the next round writes what is wanted. */
export async function sendAgain(trx: Tx, listingSkuId: string, command: Command): Promise<boolean> {
  const changed = await trx('listing_skus').where({ id: listingSkuId }).update({ stock_confirmed: false });
  await trx('stock_drifts')
    .where({ listing_sku_id: listingSkuId })
    .whereNull('resolved_at')
    .update({ sent_again_at: command.at });
  return changed > 0;
}
