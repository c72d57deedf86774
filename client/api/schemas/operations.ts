import { ConnectionBrief } from './connections.ts';
import { ConsignmentFreight } from './freight.ts';

export * from './connections.ts';

import { Type } from '@sinclair/typebox';
import {
  Allowed,
  count,
  countsByState,
  EventBody,
  Filters,
  maybe,
  maybeInstant,
  maybeNumber,
  maybeText,
  page,
  Ref,
  strict,
  TimelineEntry,
  text,
} from './common.ts';

export const Overview = Type.Object({
  orders: countsByState,
  listings: countsByState,
  products: countsByState,
  problemsOpen: count,
  outbox: Type.Object({ waiting: count, oldestSeconds: count }),
  effects: Type.Object({ ambiguous: count }),
  connections: Type.Array(Type.Object(ConnectionBrief)),
});

export const BrandPage = Type.Object({
  rows: Type.Array(Type.Object({ id: text, code: text, name: text, timeZone: text, currency: text })),
});

export const ProblemQuery = strict({
  ...Filters,
  severity: Type.Optional(Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')])),
  kind: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,60}$' })),
});
const problem = {
  id: text,
  kind: text,
  severity: text,
  title: text,
  detail: text,
  remedy: text,
  state: text,
  version: count,
  occurrences: count,
  firstSeenAt: text,
  lastSeenAt: text,
  snoozedUntil: maybeInstant,
  resolvedAt: maybeInstant,
  brandId: maybeText,
  connectionId: maybeText,
  entityKind: maybeText,
  entityId: maybeText,
  link: maybeText,
  allowed: Type.Array(Allowed),
};
export const ProblemPage = page(Type.Object(problem));
export const ProblemDetail = Type.Object({ ...problem, timeline: Type.Array(TimelineEntry) });
const isoPattern =
  '^20\\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?Z$';
export const ProblemEventBody = strict({
  ...EventBody.properties,
  until: Type.Optional(Type.String({ pattern: isoPattern, description: 'until when a snooze lasts, in UTC' })),
});

const consignment = {
  id: text,
  number: text,
  brand: Ref,
  carrier: maybe(Ref),
  kind: text,
  state: text,
  version: count,
  revision: count,
  destinationCountryCode: text,
  incoterm: text,
  slotDate: text,
  slotTime: text,
  closeDueAt: text,
  closedAt: maybeInstant,
  trackingNumber: maybeText,
  trackingUrl: maybeText,
  labelDocumentId: maybeText,
  costMinor: maybeNumber,
  costCurrency: maybeText,
  orders: Type.Array(Type.Object({ id: text, number: text, state: text })),
  parcels: Type.Array(
    Type.Object({
      id: text,
      orderId: text,
      state: text,
      version: count,
      nativeStatus: maybeText,
      trackingNumber: maybeText,
      weightGrams: count,
      lengthMm: count,
      widthMm: count,
      heightMm: count,
      estimated: Type.Boolean(),
    }),
  ),
  allowed: Type.Array(Allowed),
};
export const ConsignmentPage = page(Type.Object(consignment));
export const ConsignmentDetail = Type.Object({
  ...consignment,
  timeline: Type.Array(TimelineEntry),
  temporalUrl: maybeText,
  freight: ConsignmentFreight,
});

export const ReturnPage = page(
  Type.Object({
    id: text,
    brand: Ref,
    order: Type.Object({ id: text, number: text, state: text }),
    reason: text,
    state: text,
    version: count,
    lines: Type.Array(Type.Object({ orderLineId: text, quantity: count })),
    trackingNumber: maybeText,
    scannedInAt: maybeInstant,
    createdAt: text,
    allowed: Type.Array(Allowed),
  }),
);

const mail = {
  id: text,
  kind: text,
  subject: text,
  brand: Ref,
  recipients: Type.Array(text),
  slotDate: maybeText,
  slotTime: maybeText,
  revision: count,
  documentId: maybeText,
  accepted: Type.Array(text),
  rejected: Type.Array(text),
  sentAt: maybeInstant,
  createdAt: text,
};
export const MailPage = page(Type.Object(mail));
export const MailDetail = Type.Object({
  ...mail,
  messageId: text,
  text,
  html: text,
  consignments: Type.Array(Type.Object({ id: text, number: text, revision: count })),
});

const caught = { id: text, subject: text, from: text, to: Type.Array(text), receivedAt: text };
export const CaughtMailPage = Type.Object({ rows: Type.Array(Type.Object(caught)) });
export const CaughtMailDetail = Type.Object({
  ...caught,
  text: maybeText,
  html: maybeText,
  attachments: Type.Array(Type.Object({ fileName: text, contentType: text, bytes: count })),
});
export const CaughtMailId = strict({ id: Type.String({ pattern: '^[A-Za-z0-9._@-]{1,200}$' }) });

const ChartState = Type.Object({ name: text, initial: Type.Boolean(), closed: Type.Boolean(), final: Type.Boolean() });
const Edge = Type.Object({ from: text, event: text, to: text, guard: maybeText });
export const MachinePage = Type.Object({
  rows: Type.Array(Type.Object({ name: text, states: count, edges: count })),
});
export const MachineDetail = Type.Object({
  name: text,
  states: Type.Array(ChartState),
  edges: Type.Array(Edge),
  events: Type.Array(Type.Object({ type: text, label: text, means: text, by: Type.Array(text) })),
  guards: Type.Array(Type.Object({ name: text, whyNot: text })),
});
export const MachineName = strict({ name: Type.String({ pattern: '^[a-z_]{1,40}$' }) });
