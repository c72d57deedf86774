import { randomUUID } from 'node:crypto';
import type { Database, Tx } from '../../../db/database.ts';
import { type Command, create } from '../../../db/steps.ts';
import type { Control } from '../../control.ts';

/** Goods that are on sale without having been published one by one: made in the simulator and in the database alike. */
export interface BulkGoods {
  /** Products; each is one listing on every account. */
  readonly products: number;
  readonly skusEach: number;
  /** Whole rupiah. */
  readonly price: number;
  /** Units of each SKU that are offered everywhere. */
  readonly stock: number;
  readonly prefix: string;
}

export interface BulkAccount {
  readonly connectionId: string;
  readonly control: Control;
}

/** Ids of the SKUs in the order of the simulator's. */
export async function putOnSale(
  db: Database,
  input: { brandId: string; accounts: readonly BulkAccount[]; goods: BulkGoods; at: Date },
): Promise<string[]> {
  const { accounts, goods, brandId, at } = input;
  const made: { spuId: number; skuIds: number[] }[][] = [];
  for (const { control } of accounts) made.push(await control.post('bulk-products', goods));
  const skuIds: string[] = [];
  for (let index = 0; index < goods.products; index += 1) {
    const there = accounts.map(({ connectionId }, account) => ({ connectionId, ids: made[account]?.[index] }));
    skuIds.push(...(await db.tx('staff', (trx) => oneProduct(trx, { brandId, goods, index, there, at }))));
  }
  return skuIds;
}

async function oneProduct(
  trx: Tx,
  input: {
    brandId: string;
    goods: BulkGoods;
    index: number;
    there: readonly { connectionId: string; ids: { spuId: number; skuIds: number[] } | undefined }[];
    at: Date;
  },
): Promise<string[]> {
  const { brandId, goods, index, there, at } = input;
  const command: Command = { commandId: `bulk/${goods.prefix}/${index}`, actor: 'bulk goods', role: 'system', at };
  const productId = randomUUID();
  const title = `${goods.prefix} ${index}`;
  const own = { ...command, commandId: `${command.commandId}/product` };
  await create(trx, 'product', { id: productId, brand_id: brandId, title, created_at: at }, own);
  const { shared_buffer: buffer, currency } = await trx('brands').where({ id: brandId }).first();
  const onHand = goods.stock + buffer;
  const skus = Array.from({ length: goods.skusEach }, (_, position) => ({
    ...{ id: randomUUID(), brand_id: brandId, product_id: productId, sku: `${goods.prefix}-${index}-${position}` },
    ...{ currency, price_minor: 5_000, weight_grams: 300, on_hand: onHand, safety_stock: 0, stock_policy: 'shared' },
    ...{ stock_seen_at: at, created_at: at },
  }));
  await trx('skus').insert(skus);
  await trx('stock_movements').insert(
    skus.map(({ id }) => ({
      ...{ brand_id: brandId, sku_id: id, kind: 'LEVEL', quantity: onHand, on_hand_after: onHand, reserved_after: 0 },
      ...{ reason: 'bulk goods', command_id: `${command.commandId}/level/${id}`, at },
    })),
  );
  for (const { connectionId, ids } of there) {
    if (!ids) throw new Error(`the simulator made no product ${index}`);
    const listingId = randomUUID();
    const listing = {
      ...{ id: listingId, brand_id: brandId, product_id: productId, connection_id: connectionId, title },
      ...{ external_id: String(ids.spuId), remote: 'LIVE', created_at: at },
    };
    await create(trx, 'listing', listing, { ...command, commandId: `${command.commandId}/${connectionId}` });
    await trx('listing_skus').insert(
      skus.map(({ id, sku }, position) => ({
        ...{ id: randomUUID(), brand_id: brandId, listing_id: listingId, sku_id: id, connection_id: connectionId },
        ...{ seller_sku: sku, external_sku_id: String(ids.skuIds[position]), currency: 'IDR' },
        ...{ stock_desired: goods.stock, stock_acknowledged: goods.stock, stock_acknowledged_at: at },
        ...{ stock_low: goods.stock, stock_high: goods.stock, stock_confirmed: true },
        ...{ price_desired_minor: goods.price, price_acknowledged_minor: goods.price, price_acknowledged_at: at },
      })),
    );
  }
  return skus.map(({ id }) => id);
}
