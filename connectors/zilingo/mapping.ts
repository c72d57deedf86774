import type { Money, PostalAddress } from '../contract/common.ts';
import type {
  ChannelOrderLine,
  ChannelOrderSnapshot,
  ChannelOrderTag,
  ShippableUnit,
} from '../contract/marketplace.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import { unreadable } from './errors.ts';
import type { InvoiceVo, MoneyVo, ZilingoSettings } from './schema.ts';
import { unitStates, unitTag } from './tags.ts';

type Scalar = number | string | null | undefined;

/** An id or another short text; numbers become text, nothing and blanks become null. */
export function text(value: unknown): string | null {
  const isScalar = typeof value === 'string' || typeof value === 'number';
  const trimmed = isScalar ? String(value).trim() : '';
  return trimmed === '' ? null : trimmed;
}

/** A whole number in either of its spellings. @throws Unavailable naming the path */
export function whole(value: Scalar, path: string, operation = 'orders.read'): number {
  const number = Number(text(value) ?? Number.NaN);
  if (!Number.isSafeInteger(number)) throw unreadable(operation, false, `${path}: expected a whole number`);
  return number;
}

/** The vendor's plain number in major units, exactly. @throws Unavailable naming the path */
export function money(value: MoneyVo, path: string, operation = 'orders.read'): Money {
  const { currency } = value;
  const amountMinor = toMinor(String(value.amount), currency);
  if (amountMinor === null) throw unreadable(operation, false, `${path}/amount: no amount of ${currency}`);
  return { amountMinor, currency };
}

/** Integer minor units as the plain number that the vendor takes. */
export function toPrice({ amountMinor, currency }: Money): { amount: number; currency: string } {
  return { amount: Number(fromMinor(amountMinor, currency)), currency };
}

const firstSeconds = 100_000_000_000;

/**
 * A time as epoch milliseconds, epoch seconds or ISO 8601: which of them it is, is UNCONFIRMED. One without zone is read as
 * UTC, wherever this runs. Null = none of them.
 */
export function instant(value: Scalar): Date | null {
  const written = text(value);
  if (written === null) return null;
  const number = Number(written);
  const zoned = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(written)
    ? `${written.replace(' ', 'T')}Z`
    : written;
  const ms = Number.isFinite(number) ? (number < firstSeconds ? number * 1000 : number) : Date.parse(zoned);
  return Number.isNaN(ms) ? null : new Date(ms);
}

/** A shippable unit as the list of its state shows it. */
export interface ListedUnit {
  readonly unitId: string;
  readonly orderId: string;
  readonly state: string;
  readonly createdAt: Date;
}

/** True for a unit that was cancelled or refused: it is no part of the order any more. */
export const isGone = ({ state }: Pick<ListedUnit, 'state'>): boolean => unitTag(state) === 'CANCELLED';

/** The state of units that the seller has to accept. */
export const waitsForUs = 'awaitingConfirmation';

const rankOf = (state: string): number => unitStates.findIndex(({ native }) => native === state);

/**
 * The state of an order is that of its least advanced unit. Units that were given up do not count while others are left; one
 * in a state that nobody has translated makes the order's state untranslated.
 */
export function stateOf(units: readonly Pick<ListedUnit, 'state'>[]): {
  nativeState: string;
  tag: ChannelOrderTag | null;
} {
  const left = units.filter((unit) => !isGone(unit));
  const [least] = (left.length === 0 ? units : left).toSorted((a, b) => rankOf(a.state) - rankOf(b.state));
  const nativeState = least?.state ?? 'none';
  return { nativeState, tag: unitTag(nativeState) };
}

interface UnitContent {
  readonly unit: ListedUnit;
  readonly invoice: InvoiceVo;
}

/** A whole order, from its units and their invoices (at least one). */
export function toSnapshot(
  orderId: string,
  contents: readonly UnitContent[],
  settings: ZilingoSettings,
): ChannelOrderSnapshot {
  const left = contents.filter(({ unit }) => !isGone(unit));
  const shown = left.length === 0 ? contents : left;
  const [first] = shown;
  if (first === undefined) throw unreadable('orders.read', false, `order ${orderId} has no unit`);
  const currency = settings.currency ?? 'SGD';
  const linesBy = new Map(shown.map((content) => [content.unit.unitId, linesOf(content, currency)]));
  const lines = [...linesBy.values()].flat();
  const sum = (amounts: readonly Money[]): Money => ({
    amountMinor: amounts.reduce((total, { amountMinor }) => total + amountMinor, 0),
    currency,
  });
  const orderedAt = new Date(Math.min(...contents.map(({ unit }) => unit.createdAt.getTime())));
  const shippable = contents.map(
    ({ unit }): ShippableUnit => ({
      externalId: unit.unitId,
      nativeState: unit.state,
      tag: unitTag(unit.state),
      externalLineIds: (linesBy.get(unit.unitId) ?? []).map(({ externalLineId }) => externalLineId),
    }),
  );
  const tracking = new Set(shown.map(({ invoice }) => text(invoice.trackingNumber)));
  const { shipWithinHours } = settings;
  return {
    externalId: orderId,
    ...stateOf(contents.map(({ unit }) => unit)),
    orderedAt,
    // No call tells when an order changed: what was read later is taken, see the README.
    modifiedAt: orderedAt,
    shipBy: shipWithinHours === undefined ? null : new Date(orderedAt.getTime() + shipWithinHours * 3_600_000),
    currency,
    total: sum(shown.map((content) => totalOf(content, linesBy.get(content.unit.unitId) ?? [], currency))),
    shippingCharge: sum(shown.map(({ invoice }) => own(invoice.shippingCharge, '/shippingCharge', currency))),
    shipTo: addressOf(first.invoice, settings.region ?? 'SG'),
    lines,
    buyerNote: text(first.invoice.buyerNote),
    trackingNumber: tracking.size === 1 ? ([...tracking][0] ?? null) : null,
    ...(shown.some(({ unit }) => unit.state === waitsForUs) ? { awaitsAcceptance: true } : {}),
    units: shippable,
    raw: { units: contents.map(({ unit, invoice }) => ({ state: unit.state, invoice })) },
  };
}

/** An amount that is none where nothing is said. @throws Unavailable where it is in another currency than the seller's */
function own(value: MoneyVo | null | undefined, path: string, currency: string): Money {
  if (value === null || value === undefined) return { amountMinor: 0, currency };
  const amount = money(value, path);
  if (amount.currency !== currency) {
    throw unreadable('orders.read', false, `${path}/currency: ${amount.currency} instead of ${currency}`);
  }
  return amount;
}

function couponOf({ appliedCoupon }: InvoiceVo, currency: string): number {
  if (appliedCoupon === null || appliedCoupon === undefined) return 0;
  const value = 'discount' in appliedCoupon ? appliedCoupon.discount : appliedCoupon;
  return Math.abs(own(value, '/appliedCoupon', currency).amountMinor);
}

/** A unit's lines; a coupon of the unit (UNCONFIRMED how it is meant) is shown as discount of its first line. */
function linesOf({ unit, invoice }: UnitContent, currency: string): ChannelOrderLine[] {
  const ids = invoice.orderItems.map(({ orderItemId }) => text(orderItemId));
  return invoice.orderItems.map((item, index) => {
    const path = `/orderItems/${index}`;
    const quantity = whole(item.quantity, `${path}/quantity`);
    const unitPrice = own(item.pricePerUnit, `${path}/pricePerUnit`, currency);
    if (quantity < 1) throw unreadable('orders.read', false, `${path}/quantity: expected 1 or more`);
    const id = ids[index] ?? null;
    const isUnique = id !== null && ids.filter((other) => other === id).length === 1;
    const externalSkuId = String(item.zilingoSKUId);
    return {
      externalLineId: isUnique ? id : `${unit.unitId}:${index + 1}`,
      sellerSku: text(item.sellerSKUId),
      externalSkuId,
      title: text(item.productName) ?? externalSkuId,
      quantity,
      unitPrice,
      discount: { amountMinor: index === 0 ? couponOf(invoice, currency) : 0, currency },
      tax: { amountMinor: 0, currency },
    };
  });
}

/** `subOrderAmount` as the goods' total is UNCONFIRMED; without it the lines are summed. */
function totalOf({ invoice }: UnitContent, lines: readonly ChannelOrderLine[], currency: string): Money {
  if (invoice.subOrderAmount) return own(invoice.subOrderAmount, '/subOrderAmount', currency);
  const amountMinor = lines.reduce(
    (sum, { unitPrice, quantity, discount }) => sum + unitPrice.amountMinor * quantity - discount.amountMinor,
    0,
  );
  return { amountMinor, currency };
}

/** Names under which the parts of an address are looked for (all UNCONFIRMED); the first one that is there counts. */
export const addressKeys = {
  name: ['name', 'fullName', 'recipientName', 'customerName', 'firstName'],
  lines: [
    'addressLine1',
    'addressLine2',
    'addressLine3',
    'address',
    'address1',
    'address2',
    'street',
    'line1',
    'line2',
    'landmark',
  ],
  city: ['city', 'town', 'district'],
  region: ['state', 'province', 'region'],
  postcode: ['zipCode', 'pincode', 'postalCode', 'postCode', 'zip'],
  country: ['countryCode', 'country'],
  phone: ['phone', 'phoneNumber', 'mobile', 'contactNumber'],
  email: ['email'],
} as const;

function addressOf(invoice: InvoiceVo, region: string): PostalAddress {
  const address = invoice.deliveryAddress ?? invoice.userAddress ?? {};
  const all = (keys: readonly string[]) => keys.flatMap((key) => text(address[key]) ?? []);
  const one = (keys: readonly string[]): string | null => all(keys)[0] ?? null;
  const country = one(addressKeys.country);
  return {
    name: one(addressKeys.name) ?? '',
    company: null,
    lines: [...new Set(all(addressKeys.lines))],
    city: one(addressKeys.city) ?? '',
    region: one(addressKeys.region),
    postcode: one(addressKeys.postcode),
    // A country in words is none that a carrier takes: then it is the site's.
    countryCode: country !== null && /^[A-Z]{2}$/.test(country) ? country : region,
    phone: one(addressKeys.phone),
    email: one(addressKeys.email),
  };
}
