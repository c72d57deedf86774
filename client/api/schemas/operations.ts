import { Type } from '@sinclair/typebox';
import {
  Allowed,
  anything,
  count,
  countsByState,
  EventBody,
  Filters,
  line,
  maybe,
  maybeInstant,
  maybeNumber,
  maybeText,
  page,
  Ref,
  record,
  strict,
  TimelineEntry,
  text,
  Uuid,
} from './common.ts';

const ConnectionBrief = {
  id: text,
  code: text,
  name: text,
  kind: text,
  state: text,
  lastSuccessAt: maybeInstant,
  lastFailureAt: maybeInstant,
  lastFailure: anything,
};

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

export const ConnectionQuery = strict({
  ...Filters,
  kind: Type.Optional(Type.Union([Type.Literal('store'), Type.Literal('marketplace'), Type.Literal('carrier')])),
});
const connection = {
  ...ConnectionBrief,
  connector: text,
  brandId: maybeText,
  version: count,
  credentialsStored: Type.Boolean(),
  credentialsProved: Type.Boolean(),
  problems: count,
  allowed: Type.Array(Allowed),
};
export const ConnectionPage = page(Type.Object(connection));

export const Report = Type.Object({
  ok: Type.Boolean(),
  account: text,
  facts: record,
  findings: Type.Array(Type.Object({ severity: text, what: text, remedy: text })),
});
export const ConnectionDetail = Type.Object({
  ...connection,
  settings: record,
  listingDefaults: record,
  intervals: record,
  keyId: maybeText,
  budget: Type.Object({
    callsPerSecond: Type.Number(),
    burst: count,
    tokens: maybeNumber,
    silentUntil: maybeInstant,
    taken: count,
    throttled: count,
  }),
  cursors: Type.Array(Type.Object({ stream: text, cursor: anything, updatedAt: text })),
  runs: Type.Array(
    Type.Object({
      id: text,
      stream: text,
      startedAt: text,
      finishedAt: maybeInstant,
      counts: anything,
      error: maybeText,
    }),
  ),
  lastTest: maybe(Type.Object({ at: text, report: anything })),
  webhookRefusals: count,
  webhookUrl: maybeText,
  openProblems: Type.Array(anything),
  timeline: Type.Array(TimelineEntry),
  temporalUrl: maybeText,
});

/** The connector's own schema says what must be in them; here only that they are small and named like fields. */
const values = Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,60}$' }), Type.Unknown(), {
  maxProperties: 60,
  additionalProperties: false,
});
const ListingDefaults = strict({
  categoryId: Type.Optional(line(100)),
  brandId: Type.Optional(line(100)),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  roundToMinor: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  approveApart: Type.Optional(Type.Boolean({ description: 'approving a product leaves its listings here alone' })),
});
const Intervals = Type.Record(
  Type.String({ pattern: '^[a-z][a-z-]{1,40}$' }),
  Type.Integer({ minimum: 5, maximum: 86_400 }),
  {
    maxProperties: 10,
    additionalProperties: false,
    description: 'seconds between two readings of a stream',
  },
);
export const ConnectionBody = strict({
  code: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,40}$' }),
  name: line(100),
  connector: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,40}$' }),
  brandId: Type.Optional(Uuid),
  settings: values,
  credentials: values,
  webhookSecret: Type.Optional(Type.String({ minLength: 8, maxLength: 500 })),
  callsPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000 })),
  callBurst: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  listingDefaults: Type.Optional(ListingDefaults),
  intervals: Type.Optional(Intervals),
  saveAnyway: Type.Optional(Type.Boolean({ description: 'store it although the test failed; it stays NEW' })),
});
export const ConnectionTestBody = strict({
  credentials: Type.Optional(values),
  settings: Type.Optional(values),
});
export const ConnectionTested = Type.Object({
  id: maybeText,
  saved: Type.Boolean(),
  state: maybeText,
  version: maybeNumber,
  report: Report,
});

export const SyncBody = strict({
  stream: Type.Optional(Type.String({ pattern: '^[a-z][a-z-]{1,40}$', examples: ['orders', 'products'] })),
});
export const FetchBody = strict({ externalId: Type.String({ pattern: '^[A-Za-z0-9._:/#-]{1,100}$' }) });
export const Accepted = Type.Object({ accepted: Type.Literal(true), workflowUrl: maybeText });

export const ConnectorPage = Type.Object({
  rows: Type.Array(Type.Object({ name: text, title: text, kind: text, settings: record, credentials: record })),
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
