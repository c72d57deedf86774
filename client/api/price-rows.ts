import type { Tx } from '../../db/database.ts';
import { findPriceRows } from '../../db/prices-why.ts';
import { ApiError, notFound } from './errors.ts';

/**
 * The one row of a SKU on an account, inside the caller's wall.
 * @throws ApiError NotFound, or InvalidInput where several brands use the SKU: the remedy names each
 */
export async function onePriceRow(trx: Tx, sku: string, connectionId: string): Promise<string> {
  const found = await findPriceRows(trx, sku, connectionId);
  const [first, second] = found;
  if (!first) throw notFound('SKU on this marketplace', sku);
  if (!second) return first.id;
  throw new ApiError('InvalidInput', `Several brands have a SKU ${sku} there.`, {
    remedy: `Name it as the marketplace does: ${found.map(({ sellerSku }) => sellerSku).join(', ')}.`,
  });
}
