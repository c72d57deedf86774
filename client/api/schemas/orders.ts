import { Type } from '@sinclair/typebox';
import {
  Allowed,
  anything,
  count,
  Money,
  maybe,
  maybeInstant,
  maybeText,
  page,
  Ref,
  strict,
  TimelineEntry,
  text,
  Version,
  Why,
} from './common.ts';
import { IncidentRef } from './incidents.ts';

const row = {
  id: text,
  number: text,
  channelOrderNumber: text,
  nativeState: maybeText,
  brand: Ref,
  connection: Ref,
  state: text,
  version: count,
  orderedAt: text,
  shipBy: maybeInstant,
  total: Money,
  lines: count,
  units: count,
  shopOrderNumber: maybeText,
  trackingNumber: maybeText,
  allowed: Type.Array(Allowed),
  problems: count,
  sellerOffline: IncidentRef,
};
export const OrderRow = Type.Object(row);
export const OrderPage = page(OrderRow);

const Line = Type.Object({
  id: text,
  sku: maybeText,
  skuId: maybeText,
  title: text,
  ordered: count,
  cancelled: count,
  shipped: count,
  returned: count,
  reserved: count,
  unitPriceMinor: count,
  discountMinor: count,
  taxMinor: count,
  currency: text,
});

const Address = Type.Object({
  name: text,
  company: maybeText,
  lines: Type.Array(text),
  city: text,
  region: maybeText,
  postcode: maybeText,
  countryCode: text,
  phone: maybeText,
  email: maybeText,
});

const Consignee = Type.Object({
  countryCode: maybeText,
  complete: Type.Boolean(),
  missingFields: Type.Array(text),
  erasedAt: maybeInstant,
  address: Type.Union([Address, Type.Null()], { description: 'for staff only, and while the buyer is not erased' }),
});

const Parcel = Type.Object({
  id: text,
  state: text,
  version: count,
  nativeStatus: maybeText,
  trackingNumber: maybeText,
  weightGrams: count,
  events: Type.Array(
    Type.Object({
      at: maybeInstant,
      seenAt: text,
      code: text,
      tag: maybeText,
      place: maybeText,
      description: text,
    }),
  ),
});

const Consignment = Type.Object({
  id: text,
  number: text,
  state: text,
  slotDate: text,
  slotTime: text,
  trackingNumber: maybeText,
  labelDocumentId: maybeText,
  leftAt: maybeInstant,
  parcels: Type.Array(Parcel),
});

export const EffectRow = Type.Object({
  id: text,
  key: text,
  kind: text,
  state: text,
  attempts: count,
  reason: maybeText,
  updatedAt: text,
});

export const OrderDetail = Type.Object({
  ...row,
  // Replaces the number of lines of the row: the page shows the lines themselves.
  lines: Type.Array(Line),
  shipping: Money,
  note: maybeText,
  resumeState: maybeText,
  approvedBy: maybeText,
  approvedAt: maybeInstant,
  shopOrderId: maybeText,
  shopStatus: maybeText,
  cancelAskedBy: maybeText,
  cancelDueAt: maybeInstant,
  consignee: maybe(Consignee),
  consignments: Type.Array(Consignment),
  effects: Type.Array(EffectRow),
  mails: Type.Array(Type.Object({ id: text, subject: text, kind: text, sentAt: maybeInstant })),
  returns: Type.Array(
    Type.Object({
      id: text,
      state: text,
      version: count,
      reason: text,
      trackingNumber: maybeText,
      scannedInAt: maybeInstant,
    }),
  ),
  sightings: Type.Array(
    Type.Object({
      seenAt: text,
      source: text,
      nativeState: maybeText,
      modifiedAt: maybeInstant,
      verdict: text,
    }),
  ),
  timeline: Type.Array(TimelineEntry),
  path: Type.Array(text),
  openProblems: Type.Array(anything),
  temporalUrl: maybeText,
});

const short = Type.String({ maxLength: 200 });
const maybeShort = Type.Union([short, Type.Null()]);
export const ShipTo = strict({
  name: short,
  company: Type.Optional(maybeShort),
  lines: Type.Array(short, { minItems: 1, maxItems: 4 }),
  city: short,
  region: Type.Optional(maybeShort),
  postcode: Type.Optional(maybeShort),
  countryCode: Type.String({ pattern: '^[A-Z]{2}$' }),
  phone: Type.Optional(maybeShort),
  email: Type.Optional(maybeShort),
});

export const OrderPatch = strict({
  version: Version,
  note: Type.Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
  shipTo: Type.Optional(ShipTo),
  why: Type.Optional(Why),
});
