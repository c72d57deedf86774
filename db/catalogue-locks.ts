import type { Tx } from './database.ts';

/**
 * Locks what is known of the page beforehand, products before SKUs and each in the order of their ids as everybody does:
 * a shop's own order would let the page and a sale of its SKUs wait for each other in a circle.
 */
export async function lockKnown(
  trx: Tx,
  connectionId: string,
  products: readonly { readonly externalId: string }[],
): Promise<void> {
  const known = await trx('products')
    .where({ store_connection_id: connectionId })
    .whereIn(
      'external_id',
      products.map(({ externalId }) => externalId),
    )
    .orderBy('id')
    .forNoKeyUpdate()
    .select('id');
  const ids = known.map(({ id }) => id);
  await trx('skus').whereIn('product_id', ids).orderBy('id').forNoKeyUpdate().select('id');
}
