import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';
import { offerAgain } from './stock-offers.ts';

export interface AdjustmentInput {
  readonly listingSkuId: string;
  readonly kind: 'adjust' | 'cap';
  /** For `adjust` units more or less; for `cap` the most units, ≥ 0. */
  readonly quantity: number;
  readonly reason: string;
  readonly expiresAt: Date | null;
}

/** Sets an adjustment or cap for one SKU on one marketplace; one of the same kind that holds is ended by it. */
export async function setAdjustment(trx: Tx, input: AdjustmentInput, command: Command): Promise<string | null> {
  const row = await trx('listing_skus').where({ id: input.listingSkuId }).first('brand_id', 'sku_id');
  if (!row) return null;
  const id = randomUUID();
  await endOpen(trx, input.listingSkuId, input.kind, command);
  await trx('stock_adjustments').insert({
    id,
    brand_id: row.brand_id,
    sku_id: row.sku_id,
    listing_sku_id: input.listingSkuId,
    kind: input.kind,
    quantity: input.quantity,
    reason: input.reason,
    by: command.actor,
    created_at: command.at,
    expires_at: input.expiresAt,
  });
  await offerAgain(trx, [row.sku_id], command);
  return id;
}

const endOpen = (trx: Tx, listingSkuId: string, kind: string, command: Command): Promise<number> =>
  trx('stock_adjustments')
    .where({ listing_sku_id: listingSkuId, kind })
    .whereNull('ended_at')
    .update({ ended_at: command.at, ended_by: command.actor });

/** Ends what holds of one kind; nothing happens where there is none. */
export async function endAdjustment(
  trx: Tx,
  input: { listingSkuId: string; kind: 'adjust' | 'cap' },
  command: Command,
): Promise<boolean> {
  const row = await trx('listing_skus').where({ id: input.listingSkuId }).first('sku_id');
  const ended = await endOpen(trx, input.listingSkuId, input.kind, command);
  if (row && ended > 0) await offerAgain(trx, [row.sku_id], command);
  return ended > 0;
}

/** Ends every adjustment and cap whose time is over, and offers anew what they held. */
export async function expireAdjustments(trx: Tx, command: Command): Promise<number> {
  const due: { sku_id: string }[] = await trx('stock_adjustments')
    .whereNull('ended_at')
    .where('expires_at', '<=', command.at)
    .update({ ended_at: command.at, ended_by: 'expiry' })
    .returning('sku_id');
  await offerAgain(
    trx,
    due.map(({ sku_id }) => sku_id),
    command,
  );
  return due.length;
}
