import type { ProductRecord } from './model.ts';
import { toMinor, toUnits } from './money.ts';
import { effectivePrice, stockHolder } from './product-rules.ts';
import type { Shop } from './shop.ts';

/** Who changed a stock: only changes by the API move `date_modified` when the shop's version freezes it. */
export type StockCause = string;

/**
 * Sets the on-hand quantity where the stock is held (the product itself, or the parent of a variation without stock
 * of its own). Quantities may go below zero. Without managed stock nothing happens.
 */
export function setStock(shop: Shop, product: ProductRecord, quantity: number, cause: StockCause): void {
  const holder = stockHolder(shop, product);
  if (holder === undefined) return;
  shop.aboutToChange(holder);
  holder.stockQuantity = quantity;
  if (cause === 'api' || !shop.dials.freezeModifiedOnStock) holder.modifiedMs = shop.nowMs();
  shop.putProduct(holder);
  noteStock(shop, holder, cause);
  shop.announce('product.updated', holder.id);
}

/** Writes the fact of a stock as it now is. */
export function noteStock(shop: Shop, product: ProductRecord, cause: StockCause): void {
  const { sku, id, stockQuantity } = product;
  if (stockQuantity === null) return;
  shop.tools.log.fact({ fact: 'stock.set', sku, externalId: String(id), quantity: stockQuantity, cause });
}

/** Writes the fact of the price in force, if there is one. */
export function notePrice(shop: Shop, product: ProductRecord): void {
  const price = effectivePrice(shop, product);
  if (price === '' || product.type === 'variable') return;
  shop.tools.log.fact({
    fact: 'price.set',
    sku: product.sku,
    externalId: String(product.id),
    amountMinor: toMinor(toUnits(price), shop.currency),
    currency: shop.currency,
  });
}
