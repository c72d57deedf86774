import { ControlError } from '../../simulator-kit/index.ts';
import type { OrderRecord } from './model.ts';
import { toAmount, toUnits } from './money.ts';
import { totalUnits } from './order-view.ts';
import { createOrder } from './orders.ts';
import type { Shop } from './shop.ts';

/** An order as the shop's own checkout makes it: taxes by rates, inside the prices or beside them. */
export interface BuyerOrder {
  lines: Array<{ sku: string; quantity: number; price?: string; taxRate?: number; discount?: string }>;
  taxesIncluded?: boolean;
  shipping?: string;
  shippingTaxRate?: number;
}

export function placeOrder(shop: Shop, wish: BuyerOrder): OrderRecord {
  const isIncluded = wish.taxesIncluded === true;
  const lineItems = wish.lines.map(({ sku, quantity, price }) => {
    const variant = shop.variantBySku(sku);
    if (variant === undefined) throw new ControlError(404, `no variant with SKU ${sku}`);
    const priceSet = { shopMoney: { amount: price ?? variant.price, currencyCode: shop.currency } };
    return { variantId: `gid://shopify/ProductVariant/${variant.id}`, quantity, priceSet, requiresShipping: true };
  });
  createOrder(shop, { lineItems, tags: [] }, 'DECREMENT_IGNORING_POLICY');
  const order = [...shop.orders.values()].at(-1);
  if (order === undefined) throw new ControlError(409, 'no order was made');
  order.taxesIncluded = isIncluded;
  for (const [index, line] of order.lines.entries()) {
    const { taxRate = 0, discount = '0' } = wish.lines[index] ?? {};
    line.discount = toUnits(discount);
    const worth = toUnits(line.unitPrice) * line.quantity - line.discount;
    if (taxRate > 0) line.taxes = [taxOf(worth, taxRate, isIncluded)];
  }
  if (wish.shipping !== undefined) {
    const [units, rate] = [toUnits(wish.shipping), wish.shippingTaxRate ?? 0];
    const taxes = rate > 0 ? [taxOf(units, rate, isIncluded)] : [];
    order.shipping = [{ title: 'Standard', code: null, source: 'shopify', units, taxes }];
  }
  const amount = toAmount(totalUnits(order));
  const paid = {
    id: shop.newId(),
    kind: 'SALE',
    status: 'SUCCESS',
    gateway: 'shopify_payments',
    amount,
    parentId: null,
  };
  order.transactions = [paid];
  return order;
}

/** Rounded to cents, as on an invoice. */
function taxOf(units: number, rate: number, isIncluded: boolean) {
  const exact = isIncluded ? units - units / (1 + rate) : units * rate;
  return { title: 'Tax', rate, units: Math.round(exact / 100) * 100 };
}
