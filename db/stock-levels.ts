import type { Tx } from './database.ts';
import { takeBackUnbacked } from './order-stock.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import type { Command } from './steps.ts';
import { moveStock, offerAgain } from './stock.ts';
import { updateMany } from './update-many.ts';

/** More units of one SKU than this are no stock but a mistake over there. */
export const maxLevelUnits = 1_000_000;

const isLevel = (quantity: number): boolean => Number.isInteger(quantity) && quantity >= 0 && quantity <= maxLevelUnits;

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
  if (!isLevel(input.quantity)) {
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

/** Levels of a product of thousands of variants in a few statements; each is taken over as `takeLevel` does it. */
export async function takeLevels(
  trx: Tx,
  input: {
    readonly levels: readonly { readonly skuId: string; readonly quantity: number }[];
    readonly mark: number;
    readonly reason: string;
  },
  command: Command,
): Promise<void> {
  const { mark, reason } = input;
  const wanted = new Map(input.levels.map(({ skuId, quantity }) => [skuId, quantity]));
  const ids = [...wanted.keys()];
  // All are locked first, in the order of their ids.
  const skus = await trx('skus').whereIn('id', ids).orderBy('id').forNoKeyUpdate();
  const moved = await trx('stock_movements')
    .whereIn('sku_id', ids)
    .where('id', '>', mark)
    .distinct()
    .pluck<string[]>('sku_id');
  const problems = await trx('problems')
    .whereIn(
      'cause_key',
      ids.map((id) => `sku/${id}/stock-level`),
    )
    .whereNot({ state: 'RESOLVED' })
    .pluck<string[]>('cause_key');
  const [movedIds, troubled] = [new Set(moved), new Set(problems)];
  const same: string[] = [];
  const plain: Plain[] = [];
  for (const sku of skus) {
    const quantity = wanted.get(sku.id) ?? 0;
    const isPlain =
      isLevel(quantity) &&
      !movedIds.has(sku.id) &&
      !troubled.has(`sku/${sku.id}/stock-level`) &&
      quantity >= sku.reserved;
    const commandId = `${command.commandId}/level/${mark}/${quantity}`;
    if (!isPlain) await takeLevel(trx, { skuId: sku.id, quantity, mark, reason }, { ...command, commandId });
    else if (sku.on_hand === quantity && sku.stock_seen_at !== null) same.push(sku.id);
    else plain.push({ sku, quantity, commandId: `${commandId}/stock/LEVEL/${sku.id}` });
  }
  await trx('skus').whereIn('id', same).update({ stock_seen_at: command.at });
  await setPlain(trx, plain, reason, command);
}

interface Plain {
  readonly sku: { readonly id: string; readonly brand_id: string; readonly reserved: number };
  readonly quantity: number;
  readonly commandId: string;
}

const rowsAtOnce = 500;

/** New levels above what orders hold, of SKUs that nothing else moved. */
async function setPlain(trx: Tx, levels: readonly Plain[], reason: string, command: Command): Promise<void> {
  for (let from = 0; from < levels.length; from += rowsAtOnce) {
    const asked = levels.slice(from, from + rowsAtOnce);
    const commandIds = asked.map(({ commandId }) => commandId);
    const done = new Set(await trx('stock_movements').whereIn('command_id', commandIds).pluck<string[]>('command_id'));
    // The same command again changes nothing, also when a later reading has moved the level since.
    const part = asked.filter(({ commandId }) => !done.has(commandId));
    if (part.length === 0) continue;
    const changes = part.map(({ sku, quantity }) => ({ id: sku.id, on_hand: quantity, stock_seen_at: command.at }));
    await updateMany(trx, 'skus', changes);
    await trx('stock_movements').insert(
      part.map(({ sku, quantity, commandId }) => ({
        brand_id: sku.brand_id,
        sku_id: sku.id,
        kind: 'LEVEL',
        quantity,
        on_hand_after: quantity,
        reserved_after: sku.reserved,
        reason,
        command_id: commandId,
        at: command.at,
      })),
    );
  }
  const ids = levels.map(({ sku }) => sku.id);
  if (ids.length > 0) await offerAgain(trx, ids, command);
}
