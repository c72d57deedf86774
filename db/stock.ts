import type { Tx } from './database.ts';
import type { Command } from './steps.ts';
import { offerAgain } from './stock-offers.ts';

export { offerAgain, wake } from './stock-offers.ts';

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
