import { type Static, Type } from '@sinclair/typebox';
import { RuleSchema, RuleSetContent } from '../../../cleaning/schema.ts';
import { anything, count, line, maybe, maybeText, Ref, strict, text, Uuid, Why } from './common.ts';

const Explanation = Type.Object({ rule: text, version: text, before: anything, after: anything });
const oneOf = <Word extends string>(...words: readonly Word[]) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words] });

export const ProductFields = Type.Object({
  source: maybe(Type.Object({ kind: text, rules: text, refinedAt: text, stale: Type.Boolean() })),
  fields: Type.Array(
    Type.Object(
      {
        field: text,
        value: anything,
        owner: oneOf('person', 'rule', 'source'),
        raw: anything,
        steps: Type.Array(Explanation),
        setBy: maybeText,
        setAt: maybeText,
      },
      { description: 'why a field has its value: the source’s word, what each rule made of it, who set it by hand' },
    ),
  ),
});
export type ProductFields = Static<typeof ProductFields>;
export const ReleaseBody = strict({
  release: Type.String({ minLength: 1, maxLength: 300, description: 'a field, as the list of fields names it' }),
  why: Type.Optional(Why),
});
export const Released = Type.Object({ ok: Type.Literal(true), released: Type.Boolean() });

const scope = oneOf('installation', 'brand', 'marketplace');
const Head = Type.Object({
  id: text,
  name: text,
  scope,
  brandId: maybeText,
  connectionId: maybeText,
  activeVersion: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
  versions: count,
});
const Rules = Type.Array(RuleSchema);
const Vocabularies = Type.Record(text, Type.Record(text, Type.Array(text)));
export const RuleSets = Type.Object({
  sets: Type.Array(Head),
  standard: Type.Object({ version: count, rules: Rules, vocabularies: Vocabularies }),
  waiting: Type.Object({ products: count, listings: count }),
});
export type RuleSets = Static<typeof RuleSets>;
export const RuleSetDetail = Type.Object({
  set: Head,
  versions: Type.Array(
    Type.Object({
      number: count,
      rules: Rules,
      vocabularies: Vocabularies,
      note: text,
      createdBy: text,
      createdAt: text,
    }),
  ),
  activations: Type.Array(Type.Object({ number: count, by: text, why: maybeText, at: text })),
});
export type RuleSetDetail = Static<typeof RuleSetDetail>;

export const RuleVersionBody = strict({
  scope: Type.Union([Type.Literal('installation'), Type.Literal('brand'), Type.Literal('marketplace')]),
  brandId: Type.Optional(Uuid),
  connectionId: Type.Optional(Uuid),
  ...RuleSetContent.properties,
  note: Type.Optional(line(300)),
  why: Type.Optional(Why),
});
export const RuleVersionMade = Type.Object({ id: text, number: count });
const number = Type.Integer({ minimum: 1, maximum: 1_000_000 });
export const DryRunBody = strict({ number });
export const ActivateBody = strict({ number, why: Type.Optional(Why) });
export const Activated = Type.Object({ ok: Type.Literal(true), waiting: count });
export const DryRunAnswer = Type.Object({
  what: oneOf('products', 'listings'),
  looked: count,
  of: count,
  differ: count,
  samples: Type.Array(
    Type.Object({
      id: text,
      title: text,
      fields: Type.Array(Type.Object({ field: text, before: anything, after: anything, rules: Type.Array(text) })),
      newFindings: Type.Array(text),
      goneFindings: Type.Array(text),
    }),
  ),
});
export type DryRunAnswer = Static<typeof DryRunAnswer>;

const kind = Type.Union([Type.Literal('category'), Type.Literal('attribute'), Type.Literal('value')]);
const search = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }));
const limit = Type.Integer({ minimum: 1, maximum: 200, default: 100 });
export const QueueQuery = strict({ connection: Type.Optional(Uuid), kind: Type.Optional(kind), q: search, limit });
export const MappingQueue = Type.Object({
  rows: Type.Array(
    Type.Object({
      connection: maybe(Ref),
      kind: text,
      sourceKey: text,
      sourceLabel: text,
      required: Type.Boolean(),
      listings: count,
      brands: Type.Array(Ref),
      samples: Type.Array(Type.Object({ productId: text, title: text })),
    }),
  ),
  total: count,
  waiting: count,
});
export type MappingQueue = Static<typeof MappingQueue>;
export const MappingsQuery = strict({ connection: Uuid, q: search });
export const Mappings = Type.Object({
  rows: Type.Array(
    Type.Object({
      id: text,
      brandId: maybeText,
      kind: text,
      sourceKey: text,
      sourceLabel: text,
      targetId: maybeText,
      targetLabel: maybeText,
      setBy: text,
      setAt: text,
    }),
  ),
});
export type Mappings = Static<typeof Mappings>;
export const TargetsQuery = strict({
  connection: Uuid,
  kind,
  source: Type.Optional(Type.String({ minLength: 1, maxLength: 700, description: 'for a value: its source key' })),
  q: search,
});
export const Targets = Type.Object({ rows: Type.Array(Type.Object({ id: text, label: text })) });
export type Targets = Static<typeof Targets>;
export const MappingBody = strict({
  connectionId: Uuid,
  brandId: Type.Optional(Uuid),
  kind,
  sourceKey: Type.String({ minLength: 1, maxLength: 700 }),
  sourceLabel: line(300),
  targetId: Type.Union([line(200), Type.Null()], { description: 'null: it is not sent there' }),
  targetLabel: Type.Optional(line(300)),
  why: Type.Optional(Why),
});
export const MappingMade = Type.Object({ ok: Type.Literal(true), id: text, waiting: count });

const language = Type.String({ pattern: '^[a-z]{2}$', examples: ['id'] });
const field = Type.Union([Type.Literal('title'), Type.Literal('description')]);
const words = Type.String({ minLength: 1, maxLength: 100_000, pattern: '\\S' });
export const ReviewQuery = strict({
  show: Type.Union([Type.Literal('waiting'), Type.Literal('approved'), Type.Literal('all')], { default: 'waiting' }),
  language: Type.Optional(language),
  brand: Type.Optional(Uuid),
  product: Type.Optional(Uuid),
  q: search,
  after: Type.Optional(Uuid),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});
export const Translations = Type.Object({
  rows: Type.Array(
    Type.Object({
      id: text,
      product: Type.Object({ id: text, title: text }),
      brand: maybe(Ref),
      language: text,
      field: text,
      source: text,
      text,
      status: text,
      stale: Type.Boolean(),
      proposal: maybe(Type.Object({ text, origin: text, note: text })),
      origin: text,
      note: text,
      owner: text,
      updatedAt: text,
      revision: count,
    }),
  ),
  next: maybeText,
  total: count,
});
export type Translations = Static<typeof Translations>;
export const ApproveBody = strict({
  items: Type.Array(strict({ id: Uuid, revision: Type.Integer({ minimum: 1 }), text: Type.Optional(words) }), {
    minItems: 1,
    maxItems: 500,
  }),
  why: Type.Optional(Why),
});
const Approval = Type.Object({
  id: text,
  ok: Type.Boolean(),
  revision: Type.Optional(count),
  code: Type.Optional(text),
  why: Type.Optional(text),
});
export const Approvals = Type.Object({ results: Type.Array(Approval) });
export type Approvals = Static<typeof Approvals>;
export const WriteBody = strict({ productId: Uuid, language, field, text: words, why: Type.Optional(Why) });

export const GlossaryQuery = strict({ brand: Type.Optional(Uuid) });
export const Glossary = Type.Object({
  rows: Type.Array(
    Type.Object({
      id: text,
      brand: maybe(Ref),
      language: maybeText,
      term: text,
      translation: maybeText,
      setBy: text,
      setAt: text,
    }),
  ),
});
export type Glossary = Static<typeof Glossary>;
export const TermBody = strict({
  brandId: Type.Optional(Uuid),
  language: Type.Optional(language),
  term: line(200),
  translation: Type.Optional(
    Type.Union([line(200), Type.Null()], { description: 'null: it stays as it is; absent: the term is taken out' }),
  ),
  why: Type.Optional(Why),
});
export const TermSet = Type.Object({ ok: Type.Literal(true), replaced: count });

export const TranslationSettingsList = Type.Object({
  rows: Type.Array(
    Type.Object({
      brand: Ref,
      sourceLanguage: text,
      unapproved: text,
      monthlyCharacters: count,
      usedCharacters: count,
      waiting: count,
    }),
  ),
  month: text,
});
export type TranslationSettingsList = Static<typeof TranslationSettingsList>;
export const TranslationSettingsBody = strict({
  brandId: Uuid,
  sourceLanguage: language,
  unapproved: Type.Union([Type.Literal('block'), Type.Literal('warn')]),
  monthlyCharacters: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
  why: Type.Optional(Why),
});
export const Ok = Type.Object({ ok: Type.Literal(true) });
