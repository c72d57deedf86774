import { Type } from '@sinclair/typebox';
import { Limits } from './budgets.ts';
import {
  Allowed,
  anything,
  count,
  Filters,
  line,
  maybe,
  maybeInstant,
  maybeNumber,
  maybeText,
  page,
  record,
  strict,
  TimelineEntry,
  text,
  Uuid,
} from './common.ts';
import { IncidentRef, OutagePolicy } from './incidents.ts';

/** What every place that shows an account says of it. */
export const ConnectionBrief = {
  id: text,
  code: text,
  name: text,
  kind: text,
  state: text,
  lastSuccessAt: maybeInstant,
  lastFailureAt: maybeInstant,
  lastFailure: anything,
};

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
  incident: IncidentRef,
  allowed: Type.Array(Allowed),
};
export const ConnectionPage = page(Type.Object(connection));

export const Report = Type.Object({
  ok: Type.Boolean(),
  account: text,
  facts: record,
  findings: Type.Array(Type.Object({ severity: text, what: text, remedy: text })),
  choices: Type.Optional(
    Type.Array(Type.Object({ setting: text, options: Type.Array(Type.Object({ value: text, label: text })) }), {
      description: 'settings whose values the account names itself',
    }),
  ),
});
export const ConnectionDetail = Type.Object({
  ...connection,
  settings: record,
  listingDefaults: record,
  intervals: record,
  outage: OutagePolicy,
  keyId: maybeText,
  budget: Type.Object({
    callsPerSecond: Type.Number(),
    burst: count,
    tokens: maybeNumber,
    silentUntil: maybeInstant,
    taken: count,
    throttled: count,
    limits: Limits,
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
  language: Type.Optional(
    Type.String({
      pattern: '^[a-z]{2}$',
      description: 'ISO 639-1: what its listings are written in; absent: as the brand writes',
    }),
  ),
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
const plainHttp = Type.Optional(
  Type.Boolean({ description: 'yes, call it without https: what is sent can be read on the way' }),
);
export const ConnectionBody = strict({
  code: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,40}$' }),
  name: line(100),
  connector: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,40}$' }),
  brandId: Type.Optional(Uuid),
  settings: values,
  credentials: values,
  plainHttp,
  webhookSecret: Type.Optional(Type.String({ minLength: 8, maxLength: 500 })),
  callsPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000 })),
  callBurst: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  listingDefaults: Type.Optional(ListingDefaults),
  intervals: Type.Optional(Intervals),
  saveAnyway: Type.Optional(Type.Boolean({ description: 'store it although the test failed; it stays NEW' })),
});
export const WebhookSecretBody = strict({
  secret: Type.String({
    minLength: 24,
    maxLength: 500,
    description: 'what the sender signs with from now on; it is never shown again',
  }),
});
export const ConnectionTestBody = strict({
  credentials: Type.Optional(values),
  settings: Type.Optional(values),
  plainHttp,
});
export const ConnectionTryBody = strict({
  connector: ConnectionBody.properties.connector,
  settings: values,
  credentials: values,
  plainHttp,
});

/** A new account that its owner hands over: what it is to be, and what is needed before its owner can be asked. */
export const AuthorizeBody = strict({
  code: ConnectionBody.properties.code,
  name: ConnectionBody.properties.name,
  connector: ConnectionBody.properties.connector,
  brandId: ConnectionBody.properties.brandId,
  settings: values,
  credentials: Type.Optional(values),
  plainHttp,
});
export const AuthorizeAgainBody = strict({
  settings: Type.Optional(values),
  credentials: Type.Optional(values),
  plainHttp,
});
export const HandOverBegun = Type.Object({
  id: text,
  authorizeUrl: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'the page where the owner agrees; null in a repeated answer: it is read from the hand-over then',
  }),
  expiresAt: text,
});
export const HandOverDetail = Type.Object({
  id: text,
  connector: text,
  connectionId: maybeText,
  progress: Type.Union(
    (['waiting', 'received', 'testing', 'connected', 'refused', 'expired'] as const).map((word) => Type.Literal(word)),
  ),
  authorizeUrl: maybeText,
  report: maybe(Report),
  refusal: maybe(Type.Object({ what: text, remedy: text })),
  expiresAt: text,
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
  rows: Type.Array(
    Type.Object({
      name: text,
      title: text,
      kind: text,
      settings: record,
      credentials: record,
      ways: Type.Array(
        Type.Object({
          id: text,
          title: text,
          when: text,
          steps: Type.Array(text),
          credentials: Type.Array(text),
          optionalCredentials: Type.Array(text),
          settings: record,
          handOver: Type.Boolean(),
        }),
      ),
      redirectUrl: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'what the platform must be told before it hands anything over to us',
      }),
    }),
  ),
});
