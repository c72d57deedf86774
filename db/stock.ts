import { availableUnits, shareOut } from '../stock/share.ts';
import type { Tx } from './database.ts';
import { stockKey } from './follow-ups.ts';
import type { Command } from './steps.ts';

export type MovementKind = 'LEVEL' | 'RESERVE' | 'RELEASE' | 'CONSUME' | 'RESTOCK' | 'ADJUST';

export interface Movement {
  readonly skuId: string;
  readonly kind: MovementKind;
  /** Units ≥ 0; for LEVEL the new level itself, for ADJUST a difference that may be negative. */
  readonly quantity: number;
  readonly orderLineId?: string;
  readonly reason: string;
}

interface SkuLevels {
  on_hand: number;
  reserved: number;
}

function apply({ on_hand, reserved }: SkuLevels, { kind, quantity }: Movement): SkuLevels {
  switch (kind) {
    case 'LEVEL':
      return { on_hand: quantity, reserved };
    case 'RESERVE':
      return { on_hand, reserved: reserved + quantity };
    case 'RELEASE':
      return { on_hand, reserved: reserved - quantity };
    case 'CONSUME':
      return { on_hand: on_hand - quantity, reserved: reserved - quantity };
    case 'RESTOCK':
    case 'ADJUST':
      return { on_hand: on_hand + quantity, reserved };
  }
}

/**
 * Writes one movement into the ledger and moves the SKU's levels with it; then shares out what is available and wakes
 * the stock sync of the accounts whose offer changed. The same command again changes nothing.
 */
export async function moveStock(trx: Tx, movement: Movement, command: Command): Promise<void> {
  const commandId = `${command.commandId}/stock/${movement.kind}/${movement.orderLineId ?? movement.skuId}`;
  const sku = await trx('skus').where({ id: movement.skuId }).forNoKeyUpdate().first();
  if (!sku) throw new Error(`there is no SKU ${movement.skuId}`);
  if (await trx('stock_movements').where({ command_id: commandId }).first('id')) return;
  const after = apply(sku, movement);
  if (after.reserved < 0)
    throw new Error(`SKU ${sku.sku}: ${movement.kind} of ${movement.quantity} leaves ${after.reserved} reserved`);
  const seen = movement.kind === 'LEVEL' ? { stock_seen_at: command.at } : {};
  await trx('skus')
    .where({ id: sku.id })
    .update({ ...after, ...seen });
  await trx('stock_movements').insert({
    brand_id: sku.brand_id,
    sku_id: sku.id,
    kind: movement.kind,
    quantity: movement.quantity,
    on_hand_after: after.on_hand,
    reserved_after: after.reserved,
    order_line_id: movement.orderLineId ?? null,
    reason: movement.reason,
    command_id: commandId,
    at: command.at,
  });
  await offerAgain(trx, [sku.id], command);
}

/** The ledger's present end; a level read from the shop is only believed for SKUs that did not move since. */
export async function ledgerMark(trx: Tx): Promise<number> {
  const row = await trx('stock_movements').max({ id: 'id' }).first();
  return Number(row?.id ?? 0);
}

/**
 * Takes over a level that was read from the shop after `mark` was taken. Skipped where our own pushes or restocks moved
 * the SKU meanwhile: the reading may be from before. Returns whether anything changed.
 */
export async function takeLevel(
  trx: Tx,
  input: { skuId: string; quantity: number; mark: number; reason: string },
  command: Command,
): Promise<'changed' | 'same' | 'moved-meanwhile'> {
  const sku = await trx('skus').where({ id: input.skuId }).forNoKeyUpdate().first();
  const moved = await trx('stock_movements')
    .where({ sku_id: input.skuId })
    .where('id', '>', input.mark)
    .whereIn('kind', ['CONSUME', 'RESTOCK', 'ADJUST'])
    .first('id');
  if (moved) return 'moved-meanwhile';
  if (sku.on_hand === input.quantity && sku.stock_seen_at !== null) {
    await trx('skus').where({ id: input.skuId }).update({ stock_seen_at: command.at });
    return 'same';
  }
  await moveStock(trx, { skuId: input.skuId, kind: 'LEVEL', quantity: input.quantity, reason: input.reason }, command);
  return 'changed';
}

/**
 * Computes anew what each marketplace is to be offered of the given SKUs; wakes the accounts where that differs, or all of
 * them (`wakeAnyway`) when something else of their offer changed.
 */
export async function offerAgain(
  trx: Tx,
  skuIds: readonly string[],
  command: Command,
  wakeAnyway = false,
): Promise<void> {
  const accounts = new Set<string>();
  for (const skuId of [...new Set(skuIds)].sort()) {
    const sku = await trx('skus')
      .where('skus.id', skuId)
      .join('brands', 'brands.id', 'skus.brand_id')
      // A listing that goes live and an order that reserves must not share out the same units.
      .forNoKeyUpdate('skus')
      .first(
        'skus.on_hand',
        'skus.reserved',
        'skus.safety_stock',
        'skus.gone_at',
        'brands.safety_stock as brand_safety_stock',
      );
    const rows = await trx('listing_skus')
      .join('listings', 'listings.id', 'listing_skus.listing_id')
      .where({ sku_id: skuId })
      .select('listing_skus.id', 'listing_skus.stock_desired', 'listings.remote', 'listings.connection_id');
    const available = sku.gone_at
      ? 0
      : availableUnits({
          onHand: sku.on_hand,
          reserved: sku.reserved,
          safetyStock: sku.safety_stock ?? sku.brand_safety_stock,
        });
    const shares = shareOut(
      available,
      rows.map((row) => ({ id: row.id, live: row.remote === 'LIVE' })),
    );
    for (const row of rows) {
      const share = shares.get(row.id) ?? 0;
      if (wakeAnyway && row.remote === 'LIVE') accounts.add(row.connection_id);
      if (row.stock_desired === share) continue;
      await trx('listing_skus').where({ id: row.id }).update({ stock_desired: share });
      if (row.remote === 'LIVE') accounts.add(row.connection_id);
    }
  }
  await wake(
    trx,
    [...accounts].map((id) => ({ topic: 'stock' as const, key: stockKey(id), payload: { id } })),
    command,
  );
}

/** Puts follow-up work into the outbox that belongs to no step of its own. */
export async function wake(
  trx: Tx,
  work: readonly { topic: string; key: string; payload: Record<string, string | number> }[],
  command: Command,
): Promise<void> {
  if (work.length === 0) return;
  const rows = work.map((item) => ({ ...item, correlation_id: command.correlationId ?? null, at: command.at }));
  await trx.raw(`select record_steps('[]'::jsonb, ?::jsonb)`, [JSON.stringify(rows)]);
}
