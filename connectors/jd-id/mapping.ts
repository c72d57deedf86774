import type { Money, PostalAddress } from '../contract/common.ts';
import type { ChannelOrderLine, ChannelOrderSnapshot } from '../contract/marketplace.ts';
import { fits, misfit, type OrderLineVo, type OrderVo, orderSchema } from './answers.ts';
import { unreadable } from './errors.ts';
import { orderTag } from './tags.ts';
import { fromEpoch } from './times.ts';

type Scalar = number | string | null | undefined;

function broken(path: string, operation = 'orders.read'): Error {
  return unreadable(operation, false, path);
}

/** An id or another short text; numbers become text, nothing and blanks become null. */
export function text(value: Scalar): string | null {
  const trimmed = value === null || value === undefined ? '' : String(value).trim();
  return trimmed === '' ? null : trimmed;
}

/** A whole number in either of its spellings; null when absent. Throws `Unavailable` naming the path otherwise. */
export function wholeNumber(value: Scalar, path: string, operation?: string): number | null {
  const written = text(value);
  if (written === null) return null;
  const match = /^(-?\d+)(?:\.0+)?$/.exec(written);
  const number = Number(match?.[1]);
  if (match === null || !Number.isSafeInteger(number)) throw broken(`${path}: expected a whole number`, operation);
  return number;
}

/** An amount of rupiah, which have no smaller unit; v1 was seen writing money with thousands commas (`1,250,000`). */
export function rupiah(value: Scalar, currency: string, path: string, operation?: string): Money | null {
  const written = text(value);
  const grouped = written !== null && /^-?\d{1,3}(,\d{3})+$/.test(written);
  const amountMinor = wholeNumber(grouped ? written.replaceAll(',', '') : value, path, operation);
  return amountMinor === null ? null : { amountMinor, currency };
}

/** The amount alone; 0 where there is none. */
const amountOf = (value: Scalar, path: string): number => rupiah(value, 'IDR', path)?.amountMinor ?? 0;

function discountMinor(line: OrderLineVo, path: string): number {
  const parts = { couponAmount: 0, promotionAmount: 0, fullCutAmount: 0 };
  return Object.keys(parts).reduce((sum, key) => {
    const value = line[key as keyof typeof parts];
    return sum + Math.abs(amountOf(value, `${path}/${key}`));
  }, 0);
}

function toLine(line: OrderLineVo, index: number, lineId: string | null, currency: string): ChannelOrderLine {
  const path = `/orderSkuinfos/${index}`;
  const quantity = wholeNumber(line.skuNumber, `${path}/skuNumber`);
  const unitPrice = rupiah(line.jdPrice, currency, `${path}/jdPrice`);
  if (quantity === null || quantity < 1) throw broken(`${path}/skuNumber: expected 1 or more`);
  if (unitPrice === null || unitPrice.amountMinor < 0) throw broken(`${path}/jdPrice: expected 0 or more`);
  const externalSkuId = String(line.skuId);
  return {
    externalLineId: lineId ?? `${index + 1}:${externalSkuId}`,
    sellerSku: text(line.popSkuId),
    externalSkuId,
    title: text(line.skuName) ?? externalSkuId,
    quantity,
    unitPrice,
    discount: { amountMinor: discountMinor(line, path), currency },
    tax: { amountMinor: amountOf(line.taxationAmount, `${path}/taxationAmount`), currency },
  };
}

/**
 * Street lines without repeats. Which of `address` and `deliveryAddr` is the fuller is UNCONFIRMED: one that holds the
 * other and the city too is the whole address once more and is left out.
 */
function addressLines(order: OrderVo): string[] {
  const street = text(order.address);
  const delivery = text(order.deliveryAddr);
  const city = text(order.city);
  const repeatsAll = street !== null && city !== null && delivery?.includes(street) && delivery.includes(city);
  const parts = [street, repeatsAll ? null : delivery, text(order.area)].filter((part) => part !== null);
  const distinct = [...new Set(parts)];
  return distinct.filter((line) => !distinct.some((other) => other !== line && other.includes(line)));
}

function shipTo(order: OrderVo, countryCode: string): PostalAddress {
  return {
    name: text(order.customerName) ?? '',
    company: null,
    lines: addressLines(order),
    city: text(order.city) ?? '',
    region: text(order.state),
    postcode: text(order.postCode),
    countryCode,
    phone: text(order.mobile) ?? text(order.phone),
    email: text(order.email),
  };
}

const hourMs = 60 * 60 * 1000;

function times(order: OrderVo): { orderedAt: Date; modifiedAt: Date } {
  const read = (key: 'bookTime' | 'createTime' | 'payTime' | 'modifyTime' | 'orderCompleteTime') =>
    fromEpoch(wholeNumber(order[key], `/${key}`));
  const ordered = read('bookTime') ?? read('createTime') ?? read('payTime');
  const seen = [ordered, read('payTime'), read('orderCompleteTime')].filter((at) => at !== null);
  const latest = seen.length === 0 ? null : new Date(Math.max(...seen.map((at) => at.getTime())));
  const modifiedAt = read('modifyTime') ?? latest;
  const orderedAt = ordered ?? modifiedAt;
  if (orderedAt === null || modifiedAt === null) throw broken('/bookTime: no time at all');
  return { orderedAt, modifiedAt };
}

/**
 * An order VO as a snapshot. Throws `Unavailable` naming the path where a field that the core cannot do without is
 * missing or of another type. JD.id names no deadline to ship: `shipWithinHours` after the order, where it is set. `totalPrice` as the order's total is UNCONFIRMED; without it the lines are summed.
 */
export function toSnapshot(
  raw: unknown,
  currency: string,
  countryCode: string,
  shipWithinHours?: number,
): ChannelOrderSnapshot {
  if (!fits(orderSchema, raw)) throw broken(misfit(orderSchema, raw) ?? '/');
  const lineIds = raw.orderSkuinfos.map((line) => text(line.orderSkuUuidId));
  const lines = raw.orderSkuinfos.map((line, index) => {
    const lineId = lineIds[index] ?? null;
    const unique = lineIds.filter((other) => other === lineId).length === 1;
    return toLine(line, index, unique ? lineId : null, currency);
  });
  const shippingCharge = rupiah(raw.freightAmount, currency, '/freightAmount') ?? { amountMinor: 0, currency };
  const summedMinor = lines.reduce(
    (sum, line) => sum + line.unitPrice.amountMinor * line.quantity - line.discount.amountMinor,
    shippingCharge.amountMinor,
  );
  const nativeState = String(raw.orderState);
  const { orderedAt, modifiedAt } = times(raw);
  return {
    externalId: String(raw.orderId),
    nativeState,
    tag: orderTag(nativeState),
    orderedAt,
    modifiedAt,
    shipBy: shipWithinHours === undefined ? null : new Date(orderedAt.getTime() + shipWithinHours * hourMs),
    currency,
    total: rupiah(raw.totalPrice, currency, '/totalPrice') ?? { amountMinor: summedMinor, currency },
    shippingCharge,
    shipTo: shipTo(raw, countryCode),
    lines,
    buyerNote: text(raw.buyerMessage),
    trackingNumber: text(raw.expressNo),
    raw,
  };
}
