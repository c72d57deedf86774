import { type Static, Type } from '@sinclair/typebox';
import {
  count,
  line,
  maybe,
  maybeInstant,
  maybeNumber,
  maybeText,
  Paging,
  Ref,
  record,
  strict,
  text,
  Uuid,
} from './common.ts';

export const WhyStockQuery = strict({
  sku: line(200),
  connection: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9-]+$', description: 'its code or id' }),
});

const Adjustment = Type.Object({
  kind: text,
  quantity: count,
  reason: text,
  by: text,
  expiresAt: maybeInstant,
});

const OfferOfSku = Type.Object({
  listingSkuId: text,
  connection: Ref,
  live: Type.Boolean(),
  weight: count,
  desired: maybeNumber,
  acknowledged: maybeNumber,
  acknowledgedAt: maybeInstant,
  seen: maybeNumber,
  seenAt: maybeInstant,
  counts: Type.Object(
    { low: count, high: count },
    { description: 'what may be shown there; `high` counts as offered' },
  ),
  inFlight: Type.Union([Type.Object({ quantity: count, since: maybeInstant }), Type.Null()]),
  adjustments: Type.Array(Adjustment),
  explain: Type.Array(text),
  waiting: maybeText,
});

export const WhyStock = Type.Object({
  sku: text,
  skuId: text,
  asked: Ref,
  onHand: count,
  onHandSeenAt: maybeInstant,
  onHandSeenBy: maybeText,
  reserved: count,
  reservedBy: Type.Array(Type.Object({ order: text, state: text, quantity: count, orderedAt: text })),
  safetyStock: count,
  available: count,
  policy: text,
  policySet: maybeText,
  quotaThreshold: count,
  sharedBuffer: count,
  explain: Type.Array(text),
  next: Type.Array(text, { description: 'what may be written now, and what waits for what' }),
  offers: Type.Array(OfferOfSku),
  movements: Type.Array(
    Type.Object({ kind: text, quantity: count, onHand: count, reserved: count, reason: text, at: text }),
  ),
});
export type WhyStock = Static<typeof WhyStock>;

const maybeUnits = maybe(Type.Integer({ minimum: 0, maximum: 1_000_000 }));

export const SkuStockBody = strict({
  safetyStock: Type.Optional(maybeUnits),
  policy: Type.Optional(Type.Union([Type.Literal('shared'), Type.Literal('quota'), Type.Null()])),
  quotaThreshold: Type.Optional(maybeUnits),
});
export const SkuStock = Type.Object({
  ok: Type.Literal(true),
  safetyStock: maybeNumber,
  policy: maybeText,
  quotaThreshold: maybeNumber,
});

export const AdjustmentBody = strict({
  kind: Type.Union([Type.Literal('adjust'), Type.Literal('cap')]),
  quantity: maybe(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 })),
  reason: Type.Optional(line(300)),
  expiresAt: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?Z$' })),
});
export const Adjusted = Type.Object({ ok: Type.Literal(true), desired: maybeNumber });

export const DriftQuery = strict({
  ...Paging,
  connection: Type.Optional(Uuid),
  unexplained: Type.Optional(Type.Boolean({ description: 'only what nothing explains' })),
});
export const DriftRow = Type.Object({
  id: text,
  sellerSku: text,
  sku: text,
  connection: Ref,
  desired: maybeNumber,
  acknowledged: maybeNumber,
  acknowledgedAt: maybeInstant,
  seen: maybeNumber,
  seenAt: maybeInstant,
  explained: maybeText,
  since: maybeInstant,
  sentAgainAt: maybeInstant,
});
export const DriftPage = Type.Object({
  rows: Type.Array(DriftRow),
  next: maybeText,
  total: count,
  unexplained: count,
});
export type DriftPage = Static<typeof DriftPage>;
export const SentAgain = Type.Object({ ok: Type.Literal(true) });

export const CancelPlan = Type.Object({
  orderId: text,
  number: text,
  orderState: text,
  connection: Ref,
  reason: text,
  standing: text,
  why: text,
  plannedAt: text,
  decidedBy: maybeText,
});
export const CancelPlanPage = Type.Object({ rows: Type.Array(CancelPlan) });
export const CancelDecisionBody = strict({
  decision: Type.Union([Type.Literal('approve'), Type.Literal('withdraw')]),
});
export const CancelDecided = Type.Object({ ok: Type.Literal(true), standing: text, orderState: text });

export const Oversells = Type.Object({
  total: count,
  rows: Type.Array(
    Type.Object({ sku: text, order: text, units: count, cause: text, means: text, at: text, trace: record }),
  ),
});
