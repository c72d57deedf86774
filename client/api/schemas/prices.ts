import { type Static, Type } from '@sinclair/typebox';
import {
  Allowed,
  anything,
  count,
  line,
  maybe,
  maybeInstant,
  maybeNumber,
  maybeText,
  page,
  Ref,
  strict,
  text,
  Uuid,
  Version,
  Why,
} from './common.ts';

const decimal = Type.String({ pattern: '^[0-9]{1,15}([.][0-9]{1,12})?$', examples: ['7.5'] });
const currency = Type.String({ pattern: '^[A-Z]{3}$', examples: ['IDR'] });
const day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', examples: ['2026-07-01'] });
const instant = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,12}Z$',
  examples: ['2026-08-01T00:00:00Z'],
});
const amountMinor = Type.Integer({ minimum: 1, maximum: 9_000_000_000_000 });

/** How a marketplace's prices come about; percentages and amounts are decimal texts. */
export const FeeSchema = Type.Union([
  strict({
    code: Type.Union(
      ['markup', 'duty', 'tax', 'freight', 'fixed', 'commission', 'payment'].map((one) => Type.Literal(one)),
    ),
    kind: Type.Union([Type.Literal('percentOfValue'), Type.Literal('percentOfPrice')]),
    percent: decimal,
  }),
  strict({
    code: Type.Union(
      ['markup', 'duty', 'tax', 'freight', 'fixed', 'commission', 'payment'].map((one) => Type.Literal(one)),
    ),
    kind: Type.Literal('fixed'),
    amount: decimal,
  }),
]);
export const RuleSchema = strict({
  maxRateAgeDays: Type.Integer({ minimum: 0, maximum: 366 }),
  sales: Type.Union([Type.Literal('follow'), Type.Literal('ignore')]),
  fees: Type.Array(FeeSchema, { maxItems: 20 }),
  costPercent: decimal,
  floorPercent: maybe(decimal),
  rounding: strict({
    multipleMinor: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
    endingMinor: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    direction: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('nearest')]),
  }),
  changePercent: maybe(decimal),
});

export const RateQuery = strict({
  from: Type.Optional(currency),
  to: Type.Optional(currency),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 200 }),
});
export const RateList = Type.Object({
  rows: Type.Array(
    Type.Object({
      id: count,
      from: text,
      to: text,
      rate: Type.String({ description: 'units of `to` for one `from`' }),
      date: text,
      ageDays: count,
      source: text,
      reason: maybeText,
      enteredBy: maybeText,
      enteredAt: maybeInstant,
    }),
  ),
});
export const RateBody = strict({
  from: currency,
  to: currency,
  rate: Type.String({ minLength: 1, maxLength: 40 }),
  date: Type.Optional(day),
  source: line(200),
  reason: line(1000),
  sure: Type.Optional(Type.Boolean({ description: 'it differs by a factor of two or more, and that is right' })),
});
export const RateSaved = Type.Object({ ok: Type.Literal(true), date: text, repricing: text });
export const RateImportBody = strict({
  text: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 8_000_000,
      description: 'the file; absent: it is fetched from EXCHANGE_RATES_URL',
    }),
  ),
});
export const RateImported = Type.Object({
  newestDay: text,
  days: count,
  read: count,
  new: count,
  unchanged: count,
  repricing: maybeText,
});

const rule = {
  id: text,
  brandId: maybeText,
  version: count,
  data: maybe(RuleSchema),
  reason: text,
  createdBy: text,
  createdAt: text,
};
export const RuleList = Type.Object({
  connection: Ref,
  currency: text,
  /** What holds where nobody wrote a rule. */
  standard: RuleSchema,
  rules: Type.Array(Type.Object(rule)),
  history: Type.Array(Type.Object(rule)),
});
export const RuleBody = strict({
  brand: maybe(Uuid),
  rule: maybe(RuleSchema),
  seenVersion: Type.Integer({ minimum: 0, description: 'the version that was edited; 0: there was none' }),
  reason: Why,
});
export const RuleSaved = Type.Object({ ok: Type.Literal(true), version: count, repricing: text });

export const TraceStep = Type.Object({
  code: text,
  text,
  before: maybe(Type.Object({ amount: text, currency: text })),
  after: maybe(Type.Object({ amount: text, currency: text })),
  source: maybeText,
});
export const Preview = Type.Object({
  sku: text,
  priceMinor: maybeNumber,
  rulePriceMinor: maybeNumber,
  currency: text,
  marginPercent: maybeText,
  blocked: maybeText,
  waits: maybeText,
  trace: Type.Array(TraceStep),
});
export const PreviewBody = strict({ connection: Uuid, sku: line(200), rule: RuleSchema });

export const ProposalQuery = strict({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  after: Type.Optional(Uuid),
  state: Type.Optional(Type.String({ pattern: '^[A-Z_]{1,40}(,[A-Z_]{1,40}){0,20}$' })),
  listing: Type.Optional(Uuid),
});
export const Proposal = Type.Object({
  id: text,
  state: text,
  version: count,
  kind: text,
  listingId: text,
  listingSkuId: text,
  sellerSku: text,
  amountMinor: count,
  currency: text,
  seenMinor: maybeNumber,
  seenRuleMinor: maybeNumber,
  reason: text,
  proposedBy: text,
  proposedAt: text,
  expiresAt: maybeInstant,
  floorHolds: Type.Boolean(),
  floorFormula: maybeText,
  floorPassedBy: maybeText,
  floorPassedReason: maybeText,
  decidedBy: maybeText,
  decidedAt: maybeInstant,
  decisionReason: maybeText,
  allowed: Type.Array(Allowed),
});
export const ProposalPage = page(Proposal);
export const ProposalBody = strict({
  listingSku: Uuid,
  version: Version,
  amountMinor,
  reason: line(1000),
  expiresAt: maybe(instant),
  passFloor: Type.Optional(line(1000)),
});
export const Proposed = Type.Object({ ok: Type.Literal(true), id: text, state: text, version: count });
export const DecisionBody = strict({
  type: Type.Union([Type.Literal('APPROVE'), Type.Literal('REJECT'), Type.Literal('WITHDRAW')]),
  version: Type.Optional(Version),
  why: Type.Optional(Why),
  passFloor: Type.Optional(line(1000)),
});

export const WhyQuery = strict({
  sku: line(200),
  connection: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9-]+$', description: 'its code or id' }),
});
const known = Type.Object({ amountMinor: maybeNumber, at: maybeInstant });
export const WhyPrice = Type.Object({
  sku: text,
  sellerSku: text,
  listingId: text,
  listingSkuId: text,
  listingState: text,
  connection: Ref,
  currency: text,
  version: count,
  desired: known,
  acknowledged: known,
  seen: known,
  rulePriceMinor: maybeNumber,
  marginPercent: maybeText,
  blocked: maybeText,
  waits: maybeText,
  changesAt: maybeInstant,
  trace: Type.Array(TraceStep),
  /** The same for people, one sentence each. */
  sentences: Type.Array(text),
  proposals: Type.Array(Proposal),
  history: Type.Array(
    Type.Object({
      version: count,
      cause: text,
      source: text,
      actor: text,
      why: maybeText,
      changed: anything,
      at: text,
    }),
  ),
});
export type WhyPrice = Static<typeof WhyPrice>;
