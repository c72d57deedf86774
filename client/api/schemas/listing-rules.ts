import { type Static, Type } from '@sinclair/typebox';
import { count, line, maybe, maybeText, Ref, strict, text, Uuid, Why } from './common.ts';

const severity = Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('off')]);
const abroad = Type.Union([Type.Literal('yes'), Type.Literal('no'), Type.Literal('unknown')]);
const listing = Type.Object({ id: text, title: text });

export const RulesQuery = strict({ connection: Uuid });
export const ListingRules = Type.Object({
  country: maybeText,
  directFromAbroad: abroad,
  changed: maybe(
    Type.Object(
      { by: text, at: text, why: text },
      { description: 'the last change of the account’s settings; null: none' },
    ),
  ),
  rules: Type.Array(
    Type.Object({
      id: text,
      field: text,
      asks: text,
      severity,
      usual: severity,
      source: text,
      confirmed: Type.Boolean({ description: 'false: UNCONFIRMED' }),
    }),
  ),
  minimum: Type.Array(Type.Object({ id: text, from: text, source: text })),
  learned: Type.Array(
    Type.Object({
      id: text,
      field: text,
      asks: text,
      categoryId: maybeText,
      listing,
      onlyThisListing: Type.Boolean(),
      reason: text,
      learnedAt: text,
      times: count,
    }),
  ),
  patterns: Type.Array(Type.Object({ id: text, pattern: text, field: text, setBy: text, setAt: text })),
});
export type ListingRules = Static<typeof ListingRules>;

export const ReasonsQuery = strict({ connection: Type.Optional(Uuid) });
export const Reasons = Type.Object({
  rows: Type.Array(
    Type.Object({
      connection: maybe(Ref),
      connectionId: text,
      raw: text,
      listings: count,
      samples: Type.Array(listing),
    }),
  ),
});
export type Reasons = Static<typeof Reasons>;
export const ReasonBody = strict({
  connectionId: Uuid,
  pattern: Type.String({ minLength: 3, maxLength: 500, description: 'part of the reason, case and blanks aside' }),
  field: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'as findings name it: title, images, attributes.Material',
  }),
  why: Type.Optional(Why),
});
export const ReasonMade = Type.Object({ ok: Type.Literal(true), id: text, mapped: count });
export const RemoveBody = strict({ why: line(300) });
export const RuleSettingsBody = strict({
  connectionId: Uuid,
  directFromAbroad: Type.Optional(abroad),
  severities: Type.Optional(
    Type.Record(Type.String({ pattern: '^[a-z0-9.A-Z-]{1,100}$' }), severity, {
      description: 'by rule; the usual one takes it back',
      maxProperties: 200,
    }),
  ),
  why: line(300),
  dryRun: Type.Optional(Type.Boolean({ description: 'only say what it would do to unsent listings' })),
});
export const Looked = Type.Object({ ok: Type.Literal(true), waiting: count });
const preview = Type.Object({
  looked: count,
  of: count,
  blockedNow: count,
  blockedThen: count,
});
export type RulePreview = Static<typeof preview>;
export const SettingsSet = Type.Object({
  ok: Type.Literal(true),
  waiting: count,
  preview: Type.Optional(preview),
});
export type SettingsSet = Static<typeof SettingsSet>;
