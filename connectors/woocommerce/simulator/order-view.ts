import { plainSymbol } from './currency.ts';
import type { JsonObject } from './json.ts';
import type {
  ExtraLineRecord,
  LineRecord,
  LineTax,
  OrderRecord,
  ProductRecord,
  RefundRecord,
  TaxLineRecord,
} from './model.ts';
import { exactText, fromUnits, unitsToNumber } from './money.ts';
import { choiceMeta } from './product-rules.ts';
import { imageView } from './product-view.ts';
import { type Shop, WOO_VERSION } from './shop.ts';
import { orderSums, taxOf } from './taxes.ts';
import { gmtDate, localDate } from './time.ts';

const ADDRESS_FIELDS = [
  ...['first_name', 'last_name', 'company', 'address_1', 'address_2', 'city', 'state', 'postcode', 'country'],
] as const;

/** An order as the REST API answers it, amounts with `decimals` places. */
export function orderView(shop: Shop, order: OrderRecord, decimals = shop.priceDecimals): JsonObject {
  const { id, status, billing, shipping } = order;
  const sums = orderSums(shop, order);
  return {
    id,
    parent_id: order.parentId,
    status,
    currency: order.currency,
    version: WOO_VERSION,
    prices_include_tax: order.pricesIncludeTax,
    date_created: localDate(order.createdMs, shop.zone),
    date_modified: localDate(order.modifiedMs, shop.zone),
    ...totals(sums, decimals),
    customer_id: 0,
    order_key: order.orderKey,
    billing: { ...addressView(billing), email: billing.email ?? '', phone: billing.phone ?? '' },
    shipping: { ...addressView(shipping), phone: shipping.phone ?? '' },
    payment_method: order.paymentMethod,
    payment_method_title: order.paymentMethodTitle,
    transaction_id: order.transactionId,
    customer_ip_address: '',
    customer_user_agent: '',
    created_via: order.createdVia,
    customer_note: order.customerNote,
    date_completed: localDate(order.completedMs, shop.zone),
    date_paid: localDate(order.paidMs, shop.zone),
    cart_hash: '',
    number: String(id),
    meta_data: order.meta,
    line_items: order.lines.map((line) => lineView(shop, order, line, decimals)),
    tax_lines: order.taxLines.map((line) => taxLineView(line, decimals)),
    shipping_lines: order.shippingLines.map((line) => shippingLineView(shop, order, line, decimals)),
    fee_lines: order.feeLines.map((line) => feeLineView(shop, order, line, decimals)),
    coupon_lines: [],
    refunds: order.refunds.map((refund) => ({
      id: refund.id,
      reason: refund.reason,
      total: fromUnits(-refund.amountUnits, decimals),
      total_tax: fromUnits(0, decimals),
    })),
    payment_url: `${shop.siteUrl}/checkout/order-pay/${id}/?pay_for_order=true&key=${order.orderKey}`,
    is_editable: ['pending', 'on-hold', 'auto-draft'].includes(status),
    needs_payment: ['pending', 'failed'].includes(status) && sums.total > 0,
    needs_processing: needsProcessing(shop, order),
    date_created_gmt: gmtDate(order.createdMs),
    date_modified_gmt: gmtDate(order.modifiedMs),
    date_completed_gmt: gmtDate(order.completedMs),
    date_paid_gmt: gmtDate(order.paidMs),
    currency_symbol: plainSymbol(order.currency),
  };
}

/** True when an order has a known product that must be sent: a paid order without one is completed at once. */
export function needsProcessing(shop: Shop, order: OrderRecord): boolean {
  return order.lines.some((line) => {
    const product = lineProduct(shop, line);
    return product !== undefined && product.plain.virtual !== true;
  });
}

/** The variation or product of a line, if the shop (still) has it. */
export function lineProduct(shop: Shop, line: LineRecord): ProductRecord | undefined {
  return shop.products.get(line.variationId === 0 ? line.productId : line.variationId);
}

function totals(sums: ReturnType<typeof orderSums>, decimals: number): JsonObject {
  const show = (units: number) => fromUnits(units, decimals);
  return {
    discount_total: show(sums.discount),
    discount_tax: show(sums.discountTax),
    shipping_total: show(sums.shipping),
    shipping_tax: show(sums.shippingTax),
    cart_tax: show(sums.cartTax),
    total: show(sums.total),
    total_tax: show(sums.cartTax + sums.shippingTax),
  };
}

function addressView(address: Record<string, string>): JsonObject {
  return Object.fromEntries(ADDRESS_FIELDS.map((name) => [name, address[name] ?? '']));
}

function lineView(shop: Shop, order: OrderRecord, line: LineRecord, decimals: number): JsonObject {
  const product = lineProduct(shop, line);
  const parent = line.variationId === 0 ? undefined : shop.products.get(line.productId);
  const tax = (of: 'total' | 'subtotal') => fromUnits(taxOf(shop, order, line.taxes, of), decimals);
  return {
    id: line.id,
    name: line.name,
    product_id: line.productId,
    variation_id: line.variationId,
    quantity: line.quantity,
    tax_class: line.taxClass,
    subtotal: fromUnits(line.subtotalUnits, decimals),
    subtotal_tax: tax('subtotal'),
    total: fromUnits(line.totalUnits, decimals),
    total_tax: tax('total'),
    taxes: taxesView(line.taxes, true),
    meta_data: lineMeta(shop, line, product),
    sku: product?.sku ?? null,
    global_unique_id: product?.globalUniqueId ?? null,
    price: unitsToNumber(Math.round(line.totalUnits / Math.max(1, line.quantity))),
    image: lineImage(shop, line, product),
    parent_name: parent?.name ?? null,
  };
}

/** An absent picture has the id "" for a product, but 0 for a variation or an unknown product. */
function lineImage(shop: Shop, line: LineRecord, product: ProductRecord | undefined): JsonObject {
  const image = product?.images[0] ?? shop.products.get(line.productId)?.images[0];
  if (image !== undefined) return { id: String(image.id), src: imageView(shop, image).src };
  return { id: product !== undefined && line.variationId === 0 ? '' : 0, src: '' };
}

function lineMeta(shop: Shop, line: LineRecord, product: ProductRecord | undefined): JsonObject[] {
  const choices = (product?.choices ?? []).map((choice) => choiceMeta(shop, choice));
  return line.meta.map(({ id, key, value }) => {
    const choice = choices.find((candidate) => candidate.key === key);
    return { id, key, value, display_key: choice?.displayKey ?? key, display_value: choice?.displayValue ?? value };
  });
}

function shippingLineView(shop: Shop, order: OrderRecord, line: ExtraLineRecord, decimals: number): JsonObject {
  return {
    id: line.id,
    method_title: line.title,
    method_id: line.methodId,
    instance_id: line.instanceId,
    total: fromUnits(line.totalUnits, decimals),
    total_tax: fromUnits(taxOf(shop, order, line.taxes, 'total'), decimals),
    taxes: taxesView(line.taxes, false),
    tax_status: 'taxable',
    meta_data: line.meta,
  };
}

function feeLineView(shop: Shop, order: OrderRecord, line: ExtraLineRecord, decimals: number): JsonObject {
  const total = fromUnits(line.totalUnits, decimals);
  return {
    id: line.id,
    name: line.title,
    tax_class: line.taxClass,
    tax_status: line.taxStatus,
    amount: total,
    total,
    total_tax: fromUnits(taxOf(shop, order, line.taxes, 'total'), decimals),
    taxes: taxesView(line.taxes, false),
    meta_data: line.meta,
  };
}

/** What each rate makes of a line, unrounded. */
function taxesView(taxes: readonly LineTax[], withSubtotal: boolean): JsonObject[] {
  return taxes.map(({ rateId, totalUnits, subtotalUnits }) => ({
    id: rateId,
    total: exactText(totalUnits),
    subtotal: withSubtotal ? exactText(subtotalUnits) : '',
  }));
}

function taxLineView(line: TaxLineRecord, decimals: number): JsonObject {
  return {
    id: line.id,
    rate_code: line.rateCode,
    rate_id: line.rateId,
    label: line.label,
    compound: line.compound,
    tax_total: fromUnits(line.taxUnits, decimals),
    shipping_tax_total: fromUnits(line.shippingTaxUnits, decimals),
    rate_percent: line.ratePercent,
    meta_data: [],
  };
}

/** A refund as `/orders/{id}/refunds` answers it; quantities and amounts of its lines are negative. */
export function refundView(shop: Shop, order: OrderRecord, refund: RefundRecord): JsonObject {
  return {
    id: refund.id,
    date_created: localDate(refund.createdMs, shop.zone),
    date_created_gmt: gmtDate(refund.createdMs),
    amount: fromUnits(refund.amountUnits, shop.priceDecimals),
    reason: refund.reason,
    refunded_by: 1,
    refunded_payment: false,
    meta_data: refund.meta,
    line_items: refund.lines.flatMap((entry) => {
      const line = order.lines.find(({ id }) => id === entry.orderLineId);
      if (line === undefined) return [];
      const back = { ...line, id: entry.id, quantity: -entry.quantity, taxes: [], meta: entry.meta };
      const amounts = { subtotalUnits: -entry.totalUnits, totalUnits: -entry.totalUnits };
      return [lineView(shop, order, { ...back, ...amounts }, shop.priceDecimals)];
    }),
    shipping_lines: [],
    tax_lines: [],
    fee_lines: [],
  };
}
