import { Type } from '@sinclair/typebox';
import { check } from '../contract/check.ts';
import { unreadable } from './errors.ts';
import { type InvoiceVo, invoiceSchema } from './schema.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An invoice as it comes. */
export const rawInvoiceSchema = Type.Record(Type.String(), Type.Unknown());

/**
 * Names under which the parts of an item are looked for, without case: the fields of `orderItems` are UNCONFIRMED. The first
 * one that is there counts.
 */
export const itemKeys: Readonly<Record<keyof InvoiceVo['orderItems'][number], readonly string[]>> = {
  orderItemId: ['orderItemId', 'itemId', 'id'],
  zilingoSKUId: ['zilingoSKUId', 'skuId', 'sku'],
  sellerSKUId: ['sellerSKUId', 'sellerSku'],
  productName: ['productName', 'name', 'title'],
  quantity: ['quantity', 'qty'],
  pricePerUnit: ['pricePerUnit', 'unitPrice', 'price', 'sellingPrice'],
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

function first(fields: Fields, names: readonly string[]): unknown {
  const byName = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  return names.map((name) => byName.get(name.toLowerCase())).find((value) => value !== undefined && value !== null);
}

/** An amount with its currency, or a number alone, which is in the seller's; null = neither. */
export function looseMoney(value: unknown, currency: string): { amount: string | number; currency: string } | null {
  if (isScalar(value)) return /^-?\d+(\.\d+)?$/.test(String(value).trim()) ? { amount: value, currency } : null;
  if (!isFields(value)) return null;
  const amount = first(value, ['amount', 'value']);
  const named = first(value, ['currency', 'currencyCode']);
  return isScalar(amount) ? { amount, currency: typeof named === 'string' ? named : currency } : null;
}

/** The seller's own number also stands inside `price`, as in uploads. */
function toItem(raw: unknown, currency: string): unknown {
  if (!isFields(raw)) return raw;
  const price = first(raw, itemKeys.pricePerUnit);
  const sellerSKUId =
    first(raw, itemKeys.sellerSKUId) ?? (isFields(price) ? first(price, itemKeys.sellerSKUId) : undefined);
  return {
    orderItemId: first(raw, itemKeys.orderItemId),
    zilingoSKUId: first(raw, itemKeys.zilingoSKUId) ?? sellerSKUId,
    sellerSKUId,
    productName: first(raw, itemKeys.productName),
    quantity: first(raw, itemKeys.quantity),
    pricePerUnit: looseMoney(price, currency) ?? price,
  };
}

/** A coupon's worth: what it takes off, or null where only its name is told. */
function couponMoney(value: unknown, currency: string): unknown {
  if (!isFields(value)) return null;
  return looseMoney(first(value, ['discount', 'discountAmount']), currency) ?? looseMoney(value, currency);
}

const toAddress = (value: unknown): unknown => (typeof value === 'string' ? { address: value } : value);

/** Fields without what is not there. */
const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/**
 * An invoice in the names that the mapping knows.
 *
 * @throws ConnectorError Unavailable naming the path where a part that an order cannot do without is missing
 */
export function toInvoice(raw: Fields, unitId: string, currency: string): InvoiceVo {
  const items = raw.orderItems;
  const amount = (value: unknown) => (value === undefined || value === null ? value : looseMoney(value, currency));
  const invoice = present({
    ...raw,
    shippableUnitId: raw.shippableUnitId ?? unitId,
    orderItems: Array.isArray(items)
      ? items.map((item) => {
          const known = toItem(item, currency);
          return isFields(known) ? present(known) : known;
        })
      : items,
    subOrderAmount: amount(raw.subOrderAmount),
    shippingCharge: amount(raw.shippingCharge),
    appliedCoupon: couponMoney(raw.appliedCoupon, currency),
    userAddress: toAddress(raw.userAddress),
    deliveryAddress: toAddress(raw.deliveryAddress),
  });
  const verdict = check(invoiceSchema, invoice);
  if (verdict.ok) return verdict.value;
  throw unreadable('orders.read', false, verdict.problem);
}
