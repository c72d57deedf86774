import type { Tx } from './database.ts';
import { takeBackUnbacked } from './order-stock.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import type { Command } from './steps.ts';
import { moveStock } from './stock.ts';

/** More units of one SKU than this are no stock but a mistake over there. */
export const maxLevelUnits = 1_000_000;

export type LevelOutcome = 'changed' | 'same' | 'moved-meanwhile' | 'refused';

/**
 * Takes over a level that was read from the shop after `mark` was taken. Skipped where our own pushes or restocks moved
 * the SKU meanwhile: the reading may be from before. A level that cannot be true (negative, not whole, above a million) is
 * refused with a problem, and the last one is kept. Returns what became of it.
 */
export async function takeLevel(
  trx: Tx,
  input: { skuId: string; quantity: number; mark: number; reason: string },
  command: Command,
): Promise<LevelOutcome> {
  const sku = await trx('skus').where({ id: input.skuId }).forNoKeyUpdate().first();
  const causeKey = `sku/${input.skuId}/stock-level`;
  if (!Number.isInteger(input.quantity) || input.quantity < 0 || input.quantity > maxLevelUnits) {
    await reportProblem(
      trx,
      {
        causeKey,
        kind: 'stock-level-refused',
        severity: 'warning',
        title: `${sku.sku}: the shop says that it has ${input.quantity}`,
        detail: `A level is a whole number from 0 to ${maxLevelUnits}. The last one, ${sku.on_hand}, is kept.`,
        remedy: 'Correct the stock in the shop; the next reading takes it over.',
        brandId: sku.brand_id,
        entityKind: 'sku',
        entityId: sku.id,
      },
      command,
    );
    return 'refused';
  }
  await resolveProblem(trx, causeKey, command);
  const moved = await trx('stock_movements')
    .where({ sku_id: input.skuId })
    .where('id', '>', input.mark)
    .whereIn('kind', ['CONSUME', 'RESTOCK', 'ADJUST'])
    .first('id');
  if (moved) return 'moved-meanwhile';
  const isSame = sku.on_hand === input.quantity && sku.stock_seen_at !== null;
  if (isSame) await trx('skus').where({ id: input.skuId }).update({ stock_seen_at: command.at });
  else {
    const { skuId, quantity, reason } = input;
    await moveStock(trx, { skuId, kind: 'LEVEL', quantity, reason }, command);
  }
  await takeBackUnbacked(trx, input.skuId, command);
  return isSame ? 'same' : 'changed';
}
