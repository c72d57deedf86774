import type { LineRecord, OrderRecord } from './model.ts';
import { lineProduct, needsProcessing } from './order-view.ts';
import { fullName, stockHolder } from './product-rules.ts';
import type { Shop } from './shop.ts';
import { setStock } from './stock.ts';

const TAKES_STOCK = ['processing', 'on-hold', 'completed'];
const GIVES_BACK = ['cancelled', 'pending', 'failed'];
const REDUCED_KEY = '_reduced_stock';
const RESTOCKED_KEY = '_restock_refunded_items';

/**
 * Moves an order to a status. Every change is allowed. Entering processing, on-hold or completed takes the stock, once;
 * entering cancelled, pending or failed gives it back. A move to the status it has does nothing.
 * @param cause who did it: "api", "paid", "staff" …
 */
export function setStatus(shop: Shop, order: OrderRecord, status: string, cause: string, isNew = false): void {
  const from = order.status;
  if (from === status && !isNew) return;
  order.status = status;
  const nowMs = shop.nowMs();
  order.modifiedMs = nowMs;
  const isPaid = status === 'processing' || status === 'completed';
  if (isPaid && order.paidMs === null) order.paidMs = nowMs;
  if (status === 'completed') order.completedMs = nowMs;
  if (!isNew) {
    addNote(shop, order, `Order status changed from ${from} to ${status}.`);
    shop.tools.log.fact({ fact: 'shop-order.status', externalId: String(order.id), from, to: status, cause });
  }
  if (TAKES_STOCK.includes(status)) takeStock(shop, order);
  else if (GIVES_BACK.includes(status)) giveStockBack(shop, order);
}

/** Marks an order as paid: to processing, or to completed when nothing has to be sent. */
export function completePayment(shop: Shop, order: OrderRecord): void {
  if (!['on-hold', 'pending', 'failed', 'cancelled'].includes(order.status)) return;
  setStatus(shop, order, needsProcessing(shop, order) ? 'processing' : 'completed', 'paid');
}

export function addNote(shop: Shop, order: OrderRecord, note: string, author = 'WooCommerce', toCustomer = false) {
  const id = shop.nextId('comment');
  const entry = { id, author, createdMs: shop.nowMs(), note, customerNote: toCustomer };
  order.notes.push(entry);
  return entry;
}

function takeStock(shop: Shop, order: OrderRecord): void {
  if (order.isStockReduced) return;
  order.isStockReduced = true;
  for (const line of order.lines) {
    const product = lineProduct(shop, line);
    if (product === undefined || reducedBy(line) !== null) continue;
    product.totalSales += line.quantity;
    const holder = stockHolder(shop, product);
    if (holder === undefined) continue;
    const before = holder.stockQuantity ?? 0;
    setStock(shop, product, before - line.quantity, 'order');
    line.meta.push(shop.newMeta('itemMeta', REDUCED_KEY, String(line.quantity)));
    const after = before - line.quantity;
    addNote(shop, order, `Stock levels reduced: ${fullName(shop, product)} (${product.sku}) ${before}→${after}`);
  }
}

function giveStockBack(shop: Shop, order: OrderRecord): void {
  if (!order.isStockReduced) return;
  order.isStockReduced = false;
  for (const line of order.lines) {
    const product = lineProduct(shop, line);
    const quantity = reducedBy(line);
    line.meta = line.meta.filter(({ key }) => key !== REDUCED_KEY);
    if (product === undefined || quantity === null) continue;
    product.totalSales -= quantity;
    const before = stockHolder(shop, product)?.stockQuantity ?? 0;
    setStock(shop, product, before + quantity, 'order');
  }
}

/** Refunded pieces go back to the stock; the line remembers how many it still holds. */
export function returnPieces(shop: Shop, order: OrderRecord, line: LineRecord, quantity: number): void {
  const product = lineProduct(shop, line);
  const held = reducedBy(line);
  const holder = product === undefined ? undefined : stockHolder(shop, product);
  if (product === undefined || held === null || held === 0 || holder === undefined) return;
  const before = holder.stockQuantity ?? 0;
  setStock(shop, product, before + quantity, 'refund');
  setCount(shop, line, REDUCED_KEY, held - quantity);
  setCount(shop, line, RESTOCKED_KEY, countOf(line, RESTOCKED_KEY) + quantity);
  addNote(shop, order, `Item #${product.id} stock increased from ${before} to ${before + quantity}.`);
}

/**
 * A changed line takes or gives back what its new quantity asks for, whatever the order's status: also that of an order
 * that is not paid yet (`wc_maybe_adjust_line_item_product_stock`, called by the REST API without a look at the status).
 */
export function adjustLine(shop: Shop, order: OrderRecord, line: LineRecord): void {
  const product = lineProduct(shop, line);
  const holder = product === undefined ? undefined : stockHolder(shop, product);
  if (product === undefined || holder === undefined) return;
  const wanted = line.quantity - countOf(line, RESTOCKED_KEY);
  const more = wanted - (reducedBy(line) ?? 0);
  if (more === 0) return;
  const before = holder.stockQuantity ?? 0;
  setStock(shop, product, before - more, 'order');
  setCount(shop, line, REDUCED_KEY, wanted);
  addNote(shop, order, `Adjusted stock: ${fullName(shop, product)} (${before}→${before - more})`);
}

function countOf(line: LineRecord, key: string): number {
  return Number(line.meta.find((entry) => entry.key === key)?.value ?? 0);
}

function setCount(shop: Shop, line: LineRecord, key: string, count: number): void {
  const entry = line.meta.find((one) => one.key === key);
  if (entry === undefined) line.meta.push(shop.newMeta('itemMeta', key, String(count)));
  else entry.value = String(count);
}

/** Pieces that this line has taken from the stock, or `null`. */
function reducedBy(line: LineRecord): number | null {
  const entry = line.meta.find(({ key }) => key === REDUCED_KEY);
  return entry === undefined ? null : Number(entry.value);
}
