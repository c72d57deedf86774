import { type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';

const hex = (digits: number): string => `[0-9a-fA-F]{${digits}}`;
/** Not a `format`: every checker reads a pattern the same way. */
export const Uuid = Type.String({
  pattern: `^${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}$`,
  examples: ['01890a5d-ac96-774b-bcce-b302099a8057'],
});
export const Instant = Type.String({ description: 'ISO 8601 in UTC', examples: ['2026-07-01T04:05:06.000Z'] });

/** Schemas of answers. */
export const text = Type.String();
export const maybeText = Type.Unsafe<string | null>({ type: ['string', 'null'] });
export const maybeNumber = Type.Unsafe<number | null>({ type: ['number', 'null'] });
export const maybeInstant = Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'ISO 8601 in UTC' });
export const count = Type.Integer();
export const anything = Type.Unknown();
export const record = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });
export const countsByState = Type.Unsafe<Record<string, number>>({
  type: 'object',
  additionalProperties: { type: 'integer' },
});
export const maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** Input: a key that the schema does not name is refused. */
export const strict = <Properties extends TProperties>(properties: Properties): TObject<Properties> =>
  Type.Object(properties, { additionalProperties: false });

/** Input: one line of text, as people type it. */
export const line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\r\\n]*\\S[^\\r\\n]*$' });
export const Version = Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'the version that was seen' });
export const EventName = Type.String({ pattern: '^[A-Z][A-Z_]{1,40}$', examples: ['APPROVE'] });
export const Why = Type.String({ minLength: 1, maxLength: 1000, description: 'why, in words; kept in the history' });

export const Ref = Type.Object({ id: text, code: text, name: text });
export type Ref = Static<typeof Ref>;

export const Allowed = Type.Object(
  {
    type: text,
    label: text,
    means: text,
    ok: Type.Boolean(),
    why: maybeText,
  },
  { description: 'what the logged-in person could do now; `why` says why not' },
);
export type Allowed = Static<typeof Allowed>;

export const Money = Type.Object({ amountMinor: Type.Integer(), currency: text });

export const Finding = Type.Object({
  field: text,
  value: maybeText,
  reason: text,
  remedy: text,
  blocking: Type.Boolean(),
  rule: Type.Optional(Type.String({ description: 'the marketplace’s rule that found it; absent: none did' })),
  source: Type.Optional(Type.String({ description: 'where that rule is from' })),
});
export type Finding = Static<typeof Finding>;

export const Paging = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  after: Type.Optional(Type.String({ pattern: Uuid.pattern ?? '', description: '`next` of the page before' })),
};
export const words = Type.String({ minLength: 1, maxLength: 200 });
/** What every list can be narrowed by; `state` takes several, separated by commas. */
export const Filters = {
  ...Paging,
  state: Type.Optional(Type.String({ pattern: '^[A-Z_]{1,40}(,[A-Z_]{1,40}){0,20}$' })),
  brand: Type.Optional(Uuid),
  connection: Type.Optional(Uuid),
  q: Type.Optional(words),
};
export const ListQuery = strict(Filters);
export type ListQuery = Static<typeof ListQuery>;

export const page = <Row extends TSchema>(row: Row) =>
  Type.Object({ rows: Type.Array(row), next: maybeText, total: Type.Integer() });

export const ById = strict({ id: Uuid });

export const EventBody = strict({
  type: EventName,
  version: Type.Optional(Version),
  why: Type.Optional(Why),
});
export type EventBody = Static<typeof EventBody>;

/** What a person saw of an outside call on the other side. */
export const SettleBody = strict({
  ...EventBody.properties,
  foundAs: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, pattern: '^\\S.*$', description: 'FOUND: its number over there' }),
  ),
});

export const Stepped = Type.Object({ ok: Type.Literal(true), state: text, version: Type.Integer() });

export const FieldConflict = Type.Object({
  field: text,
  base: anything,
  yours: anything,
  theirs: anything,
  by: text,
  at: text,
});
export const Edited = Type.Object(
  {
    ok: Type.Literal(true),
    state: text,
    version: Type.Integer(),
    saved: Type.Array(text),
    unchanged: Type.Array(text),
    conflicts: Type.Array(FieldConflict),
  },
  { description: 'fields that somebody else changed meanwhile are in `conflicts`; the others are saved' },
);
export type Edited = Static<typeof Edited>;

export const BulkBody = strict({
  type: EventName,
  why: Type.Optional(Why),
  items: Type.Array(strict({ id: Uuid, version: Type.Optional(Version) }), { minItems: 1, maxItems: 500 }),
});
export type BulkBody = Static<typeof BulkBody>;

export const BulkAnswer = Type.Object({
  results: Type.Array(
    Type.Object({
      id: text,
      ok: Type.Boolean(),
      state: Type.Optional(text),
      version: Type.Optional(Type.Integer()),
      code: Type.Optional(text),
      why: Type.Optional(text),
    }),
  ),
});
export type BulkAnswer = Static<typeof BulkAnswer>;

export const ErrorAnswer = Type.Object(
  {
    error: Type.Object({
      code: text,
      message: text,
      remedy: Type.Optional(text),
      details: Type.Optional(record),
    }),
  },
  { $id: 'Error', description: 'a refusal; the code is stable' },
);

/** Not strict: requests carry many headers. */
export const CommandHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: '1 to 128 letters, digits, dots, colons, - or _; one for each command' }),
  ),
});

export const TimelineEntry = Type.Object({
  at: text,
  kind: text,
  title: text,
  detail: maybeText,
  actor: maybeText,
  machine: Type.Optional(text),
  from: Type.Optional(text),
  to: Type.Optional(text),
  otherClock: Type.Optional(text),
});
export type TimelineEntry = Static<typeof TimelineEntry>;
