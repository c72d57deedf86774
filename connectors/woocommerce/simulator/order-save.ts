import { WpError } from './errors.ts';
import { booleanOf, isObject, type JsonObject, numberOf, objectsOf, textOf } from './json.ts';
import { mergeMeta } from './meta.ts';
import type { Address, ExtraLineRecord, LineRecord, OrderRecord, ProductRecord } from './model.ts';
import { toMinor, toUnits } from './money.ts';
import { adjustLine, completePayment, setStatus } from './order-status.ts';
import { lineProduct } from './order-view.ts';
import { choiceMeta, fullName, priceForUnits } from './product-rules.ts';
import type { Shop } from './shop.ts';
import { calculateTaxes, orderSums, taxClassOf, withoutTax } from './taxes.ts';

/** The meta data key that names an order of the outside world where there is no transaction id. */
const REFERENCE_KEY = '_tradelane_order';
/** A change with one of these makes the shop work out all taxes and totals again. */
const RECALCULATES = ['billing', 'shipping', 'line_items', 'shipping_lines', 'fee_lines', 'coupon_lines'];

/**
 * Creates an order from a body. Stock, prices and even products that don't exist are no obstacle.
 * @param createdVia how the shop says it was made, where the body doesn't
 * @throws WpError 400 for a line without product and SKU, or for a customer the shop doesn't have
 */
export function createOrder(shop: Shop, body: JsonObject, createdVia: string, cause: string): OrderRecord {
  const order = newOrder(shop, textOf(body.created_via) || createdVia);
  applyFields(shop, order, body, true);
  order.id = shop.nextId('post');
  if (numberOf(body.customer_id) !== 0) {
    // The real shop leaves a draft behind as well.
    order.status = 'checkout-draft';
    shop.putOrder(order);
    const data = { new_draft_order_id: order.id };
    throw new WpError(400, 'woocommerce_rest_invalid_customer_id', 'Customer ID is invalid.', data);
  }
  const status = textOf(body.status) || 'pending';
  noteCreated(shop, order, status);
  setStatus(shop, order, status, cause, true);
  shop.putOrder(order);
  if (booleanOf(body.set_paid)) completePayment(shop, order);
  shop.announce('order.created', order.id);
  shop.announce('order.updated', order.id);
  return order;
}

/** Changes an order by a body; whatever isn't sent stays. */
export function changeOrder(shop: Shop, order: OrderRecord, body: JsonObject, cause: string): void {
  const changed = structuredClone(order);
  applyFields(shop, changed, body, false);
  shop.aboutToChange(order);
  Object.assign(order, changed, { modifiedMs: shop.nowMs() });
  const touched = new Set(objectsOf(body.line_items).map((row) => numberOf(row.id)));
  for (const line of order.lines) if (touched.has(line.id)) adjustLine(shop, order, line);
  if (body.status !== undefined) setStatus(shop, order, textOf(body.status), cause);
  if (booleanOf(body.set_paid) && ['pending', 'failed'].includes(order.status) && orderSums(shop, order).total > 0) {
    completePayment(shop, order);
  }
  shop.putOrder(order);
  shop.announce('order.updated', order.id);
}

/** Our own reference on an order: its transaction id, or the meta data value kept for that. */
export function referenceOf(order: OrderRecord): string {
  return order.transactionId || textOf(order.meta.find(({ key }) => key === REFERENCE_KEY)?.value);
}

function noteCreated(shop: Shop, order: OrderRecord, status: string): void {
  shop.tools.log.fact({
    fact: 'shop-order.created',
    externalId: String(order.id),
    reference: referenceOf(order),
    lines: order.lines.map((line) => ({ sku: lineProduct(shop, line)?.sku ?? '', quantity: line.quantity })),
    totalMinor: toMinor(orderSums(shop, order).total, order.currency),
    currency: order.currency,
    status,
  });
}

function newOrder(shop: Shop, createdVia: string): OrderRecord {
  const nowMs = shop.nowMs();
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return {
    ...{ id: 0, parentId: 0, status: 'pending', currency: shop.currency },
    ...{ createdMs: nowMs, modifiedMs: nowMs, paidMs: null, completedMs: null },
    orderKey: `wc_order_${shop.tools.random.text(13, alphabet)}`,
    ...{ billing: {}, shipping: {}, paymentMethod: '', paymentMethodTitle: '', transactionId: '' },
    ...{ createdVia, customerNote: '', meta: [], lines: [], shippingLines: [], feeLines: [], taxLines: [] },
    pricesIncludeTax: shop.taxes.pricesIncludeTax,
    ...{ refunds: [], notes: [], isStockReduced: false },
  };
}

function applyFields(shop: Shop, order: OrderRecord, body: JsonObject, isNew: boolean): void {
  const text = (name: string, current: string) => (body[name] === undefined ? current : textOf(body[name]));
  order.parentId = body.parent_id === undefined ? order.parentId : numberOf(body.parent_id);
  order.currency = text('currency', order.currency);
  order.paymentMethod = text('payment_method', order.paymentMethod);
  order.paymentMethodTitle = text('payment_method_title', order.paymentMethodTitle);
  order.transactionId = text('transaction_id', order.transactionId);
  order.customerNote = text('customer_note', order.customerNote);
  order.billing = mergeAddress(order.billing, body.billing);
  order.shipping = mergeAddress(order.shipping, body.shipping);
  order.meta = mergeMeta(shop, 'postMeta', order.meta, body.meta_data);
  order.lines = mergeLines(order.lines, body.line_items, (old, row) => productLine(shop, old, row, isNew));
  order.shippingLines = mergeLines(order.shippingLines, body.shipping_lines, (old, row) =>
    extraLine(shop, old, row, 'method_title'),
  );
  order.feeLines = mergeLines(order.feeLines, body.fee_lines, (old, row) => extraLine(shop, old, row, 'name'));
  if (isNew || RECALCULATES.some((name) => body[name] !== undefined)) calculateTaxes(shop, order);
}

function mergeAddress(current: Address, sent: unknown): Address {
  if (!isObject(sent)) return current;
  return { ...current, ...Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, textOf(value)])) };
}

/** Lines with an id change that line, with quantity 0 or a `null` product or title remove it; others are added. */
function mergeLines<L extends { id: number }>(
  current: readonly L[],
  sent: unknown,
  make: (old: L | undefined, row: JsonObject) => L,
): L[] {
  let lines = [...current];
  for (const row of objectsOf(sent)) {
    const id = numberOf(row.id);
    const old = lines.find((line) => line.id === id);
    if (id !== 0 && old === undefined) {
      const message = 'Order item ID provided is not associated with order.';
      throw new WpError(400, 'woocommerce_rest_invalid_item_id', message);
    }
    const isRemoved = ['product_id', 'method_id', 'method_title', 'name'].some((name) => row[name] === null);
    if (old !== undefined && (isRemoved || row.quantity === 0)) lines = lines.filter((line) => line !== old);
    else if (old === undefined) lines.push(make(undefined, row));
    else lines = lines.map((line) => (line === old ? make(old, row) : line));
  }
  return lines;
}

function productLine(shop: Shop, old: LineRecord | undefined, row: JsonObject, isNew: boolean): LineRecord {
  const quantity = row.quantity === undefined ? (old?.quantity ?? 1) : numberOf(row.quantity);
  const line = old ?? emptyLine(shop, shop.nextId('item'), productOf(shop, row, isNew), quantity);
  const totalUnitsSent = row.total === undefined ? line.totalUnits : toUnits(textOf(row.total));
  const subtotal = row.subtotal === undefined ? line.subtotalUnits : toUnits(textOf(row.subtotal));
  return {
    ...line,
    name: row.name === undefined ? line.name : textOf(row.name),
    taxClass: row.tax_class === undefined ? line.taxClass : taxClass(shop, textOf(row.tax_class)),
    quantity,
    totalUnits: totalUnitsSent,
    // A subtotal is never lower than the total.
    subtotalUnits: Math.max(subtotal, totalUnitsSent),
    meta: mergeMeta(shop, 'itemMeta', line.meta, row.meta_data),
  };
}

/** A class that the shop has; empty is the standard one, and "0" passes as none at all. */
function taxClass(shop: Shop, slug: string): string {
  if (slug === '' || slug === '0' || shop.taxes.classes.includes(slug)) return slug;
  throw new WpError(400, 'order_item_product_invalid_tax_class', 'Invalid tax class');
}

/** A line as the product itself makes it; without a product it has no name and costs nothing. */
function emptyLine(shop: Shop, id: number, product: ProductRecord | undefined, quantity: number): LineRecord {
  const units = product === undefined ? 0 : withoutTax(shop, product, priceForUnits(shop, product, quantity));
  const isVariation = product?.type === 'variation';
  const choices = (product?.choices ?? []).map((choice) => choiceMeta(shop, choice));
  return {
    id,
    name: product === undefined ? '' : fullName(shop, product),
    productId: isVariation ? product.parentId : (product?.id ?? 0),
    variationId: isVariation ? product.id : 0,
    quantity,
    taxClass: product === undefined ? '' : taxClassOf(shop, product),
    subtotalUnits: units,
    totalUnits: units,
    taxes: [],
    meta: choices.map(({ key, value }) => shop.newMeta('itemMeta', key, value)),
  };
}

/** A SKU wins over ids; what the shop doesn't know becomes a line without product. */
function productOf(shop: Shop, row: JsonObject, isNew: boolean): ProductRecord | undefined {
  if (textOf(row.sku) !== '') return shop.bySku(textOf(row.sku));
  const id = numberOf(row.variation_id) || numberOf(row.product_id);
  if (id === 0 && isNew) {
    const message = 'Product ID or SKU is required.';
    throw new WpError(400, 'woocommerce_rest_required_product_reference', message);
  }
  return shop.products.get(id);
}

function extraLine(shop: Shop, old: ExtraLineRecord | undefined, row: JsonObject, titleName: string): ExtraLineRecord {
  return {
    id: old?.id ?? shop.nextId('item'),
    title: row[titleName] === undefined ? (old?.title ?? '') : textOf(row[titleName]),
    methodId: row.method_id === undefined ? (old?.methodId ?? '') : textOf(row.method_id),
    instanceId: row.instance_id === undefined ? (old?.instanceId ?? '') : textOf(row.instance_id),
    taxStatus: row.tax_status === undefined ? (old?.taxStatus ?? 'taxable') : textOf(row.tax_status),
    taxClass: row.tax_class === undefined ? (old?.taxClass ?? '') : taxClass(shop, textOf(row.tax_class)),
    totalUnits: row.total === undefined ? (old?.totalUnits ?? 0) : toUnits(textOf(row.total)),
    taxes: old?.taxes ?? [],
    meta: mergeMeta(shop, 'itemMeta', old?.meta ?? [], row.meta_data),
  };
}
