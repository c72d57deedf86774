import { idNumber } from './catalogue.ts';
import type { OrderLineRecord, OrderRecord, TaxRecord, VariantRecord } from './model.ts';
import { toMinor, toUnits } from './money.ts';
import { orderView, totalUnits } from './order-view.ts';
import type { Shop } from './shop.ts';

interface MoneyBagInput {
  shopMoney: { amount: unknown; currencyCode: string };
}
interface TaxLineInput {
  title: string;
  rate: unknown;
  priceSet?: MoneyBagInput | null;
}
interface LineInput {
  variantId?: string | null;
  productId?: string | null;
  title?: string | null;
  sku?: string | null;
  quantity: number;
  priceSet?: MoneyBagInput | null;
  requiresShipping: boolean;
  taxLines?: TaxLineInput[] | null;
}
interface ShippingInput {
  title: string;
  code?: string | null;
  source?: string | null;
  priceSet: MoneyBagInput;
  taxLines?: TaxLineInput[] | null;
}
export interface OrderInput {
  currency?: string | null;
  email?: string | null;
  note?: string | null;
  tags?: string[] | null;
  sourceIdentifier?: string | null;
  customAttributes?: Array<{ key: string; value: string }> | null;
  shippingAddress?: Record<string, unknown> | null;
  lineItems?: LineInput[] | null;
  phone?: string | null;
  poNumber?: string | null;
  processedAt?: string | null;
  shippingLines?: ShippingInput[] | null;
  discountCode?: {
    itemFixedDiscountCode?: { code: string; amountSet?: MoneyBagInput | null } | null;
    itemPercentageDiscountCode?: { code: string; percentage?: unknown } | null;
  } | null;
  taxLines?: TaxLineInput[] | null;
  transactions?: Array<{ kind: string; status: string; gateway?: string | null; amountSet: MoneyBagInput }> | null;
  financialStatus?: string | null;
  fulfillmentStatus?: string | null;
  customer?: object | null;
  customerId?: string | null;
}
type Behaviour = 'BYPASS' | 'DECREMENT_IGNORING_POLICY' | 'DECREMENT_OBEYING_POLICY';

interface Refusal {
  field: string[];
  message: string;
  code: string;
}

/** `orderCreate`: anything is believed but what is listed in `refusals`; stock moves only where it is asked to. */
export function createOrder(shop: Shop, input: OrderInput, behaviour: Behaviour) {
  const [refusal] = refusals(shop, input, behaviour);
  if (refusal !== undefined) return { order: null, userErrors: [refusal] };
  const order = makeOrder(shop, input, behaviour !== 'BYPASS');
  shop.orders.set(order.id, order);
  const units = totalUnits(order);
  shop.tools.log.fact({
    fact: 'shop-order.created',
    externalId: `gid://shopify/Order/${order.id}`,
    reference: referenceOf(order),
    lines: order.lines.map(({ sku, quantity }) => ({ sku: sku ?? '', quantity })),
    totalMinor: toMinor(units, order.currency),
    currency: order.currency,
    status: 'UNFULFILLED',
  });
  announceOrder(shop, 'ORDERS_CREATE', order);
  return { order: orderView(shop, order), userErrors: [] };
}

/** Our reference by the two places that it is written to. */
export function referenceOf(order: OrderRecord): string {
  return order.customAttributes.find(({ key }) => key === 'tradelane_order')?.value ?? order.sourceIdentifier ?? '';
}

export function announceOrder(shop: Shop, topic: string, order: OrderRecord): void {
  const { id, number, sourceIdentifier, cancelledMs } = order;
  shop.announce(topic, {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${number}`,
    source_identifier: sourceIdentifier,
    cancelled_at: cancelledMs === null ? null : new Date(cancelledMs).toISOString(),
    updated_at: new Date(order.updatedMs).toISOString(),
  });
}

function refusals(shop: Shop, input: OrderInput, behaviour: Behaviour): Refusal[] {
  const lines = input.lineItems ?? [];
  if (lines.length === 0) {
    const message = 'Line items must have at least one line item';
    return [{ field: ['order', 'lineItems'], message, code: 'INVALID' }];
  }
  if (input.customer && input.customerId) {
    const message = 'Customer and customer id can not both be given';
    return [{ field: ['order'], message, code: 'REDUNDANT_CUSTOMER_FIELDS' }];
  }
  for (const [index, line] of lines.entries()) {
    const tax = (line.taxLines ?? []).findIndex(({ rate }) => rate === '');
    if (tax >= 0) return [rateMissing(['order', 'lineItems', String(index), 'taxLines', String(tax), 'rate'])];
    if (line.variantId && variantOf(shop, line.variantId) === undefined) {
      const message = 'Line items variant must exist';
      return [{ field: ['order', 'lineItems', String(index), 'variantId'], message, code: 'INVALID' }];
    }
  }
  for (const [index, line] of (input.shippingLines ?? []).entries()) {
    const tax = (line.taxLines ?? []).findIndex(({ rate }) => rate === '');
    if (tax >= 0) return [rateMissing(['order', 'shippingLines', String(index), 'taxLines', String(tax), 'rate'])];
  }
  if (behaviour === 'DECREMENT_OBEYING_POLICY' && isShort(shop, lines)) {
    const message = 'Unable to reserve inventory';
    return [{ field: ['order', 'lineItems'], message, code: 'INVENTORY_CLAIM_FAILED' }];
  }
  return [];
}

function rateMissing(field: string[]): Refusal {
  return { field, message: 'Tax line rate is missing', code: 'TAX_LINE_RATE_MISSING' };
}

function isShort(shop: Shop, lines: readonly LineInput[]): boolean {
  const wanted = new Map<VariantRecord, number>();
  for (const { variantId, quantity } of lines) {
    const variant = variantOf(shop, variantId ?? '');
    if (variant?.tracked && variant.inventoryPolicy === 'DENY') {
      wanted.set(variant, (wanted.get(variant) ?? 0) + quantity);
    }
  }
  return [...wanted].some(([variant, quantity]) => shop.available(variant) < quantity);
}

function makeOrder(shop: Shop, input: OrderInput, claims: boolean): OrderRecord {
  const nowMs = shop.nowMs();
  const id = shop.newId();
  const locationId = shop.locations[0]?.id ?? 0;
  const lines = (input.lineItems ?? []).map((line) => makeLine(shop, line, locationId, claims));
  shareDiscount(lines, input);
  const isSent = input.fulfillmentStatus === 'FULFILLED';
  if (isSent) for (const line of lines) line.fulfilled = line.quantity;
  const processedMs = input.processedAt == null ? nowMs : Math.min(nowMs, Date.parse(input.processedAt));
  return {
    id,
    workId: shop.newId(),
    locationId,
    number: shop.nextOrderNumber(),
    currency: input.currency ?? shop.currency,
    email: input.email ?? null,
    phone: input.phone ?? null,
    poNumber: input.poNumber ?? null,
    note: input.note ?? null,
    tags: [...(input.tags ?? [])].sort(),
    sourceIdentifier: input.sourceIdentifier ?? null,
    customAttributes: input.customAttributes ?? [],
    shippingAddress: input.shippingAddress ?? null,
    lines,
    shipping: (input.shippingLines ?? []).map(({ title, code, source, priceSet, taxLines }) => ({
      title,
      code: code ?? null,
      source: source ?? null,
      units: toUnits(priceSet.shopMoney.amount),
      taxes: taxesOf(taxLines),
    })),
    taxes: taxesOf(input.taxLines),
    taxesIncluded: false,
    transactions: (input.transactions ?? []).map(({ kind, status, gateway, amountSet }) => ({
      id: shop.newId(),
      kind,
      status,
      gateway: gateway ?? 'manual',
      amount: String(amountSet.shopMoney.amount),
      parentId: null,
    })),
    fulfillments: isSent
      ? [{ id: shop.newId(), status: 'SUCCESS', company: null, numbers: [], urls: [], createdMs: nowMs }]
      : [],
    refunds: [],
    holds: [],
    processedMs,
    financialStatus: input.financialStatus ?? null,
    cancelReason: null,
    cancelledMs: null,
    closedMs: null,
    staffNote: null,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
}

function taxesOf(lines: readonly TaxLineInput[] | null | undefined): TaxRecord[] {
  return (lines ?? []).map(({ title, rate, priceSet }) => ({
    title,
    rate: Number(rate),
    units: toUnits(priceSet?.shopMoney.amount ?? 0),
  }));
}

/** A code's discount is shared out over the lines by their worth; the last one takes what rounding leaves. */
function shareDiscount(lines: readonly OrderLineRecord[], { discountCode }: OrderInput): void {
  const worth = lines.map(({ unitPrice, quantity }) => toUnits(unitPrice) * quantity);
  const total = worth.reduce((sum, one) => sum + one, 0);
  const fixed = discountCode?.itemFixedDiscountCode?.amountSet?.shopMoney.amount;
  const percentage = discountCode?.itemPercentageDiscountCode?.percentage;
  const wanted = fixed !== undefined ? toUnits(fixed) : Math.round((total * Number(percentage ?? 0)) / 100);
  let left = Math.min(total, wanted);
  for (const [index, line] of lines.entries()) {
    const share = index === lines.length - 1 ? left : Math.round((wanted * (worth[index] ?? 0)) / (total || 1));
    line.discount = share;
    left -= share;
  }
}

function makeLine(shop: Shop, line: LineInput, locationId: number, claims: boolean): OrderLineRecord {
  const variant = variantOf(shop, line.variantId ?? '');
  const isClaimed = claims && variant?.tracked === true;
  if (isClaimed && variant !== undefined) shop.commit(variant, locationId, line.quantity);
  return {
    id: shop.newId(),
    workId: shop.newId(),
    variantId: variant?.id ?? null,
    productId: variant?.productId ?? (line.productId == null ? null : idNumber('Product', line.productId)),
    title: line.title ?? shop.products.get(variant?.productId ?? 0)?.title ?? '',
    sku: line.sku ?? variant?.sku ?? null,
    quantity: line.quantity,
    unitPrice: String(line.priceSet?.shopMoney.amount ?? variant?.price ?? '0'),
    requiresShipping: line.requiresShipping,
    isClaimed,
    fulfilled: 0,
    taxes: taxesOf(line.taxLines),
    discount: 0,
  };
}

function variantOf(shop: Shop, gid: string): VariantRecord | undefined {
  return shop.variants.get(idNumber('ProductVariant', gid));
}
