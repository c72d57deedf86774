import { type Static, Type } from '@sinclair/typebox';
import { papers } from '../../../labels/papers.ts';
import {
  anything,
  count,
  line,
  maybe,
  maybeInstant,
  maybeText,
  Ref,
  record,
  strict,
  text,
  Uuid,
  Version,
  Why,
} from './common.ts';
import { ShipTo } from './orders.ts';

const Paper = Type.Union(papers.map((paper) => Type.Literal(paper)));
const OwnLabels = Type.Union([Type.Literal('consolidated'), Type.Literal('always'), Type.Literal('never')], {
  description: 'our own label for each piece beside the carrier’s; `consolidated`: of consignments with several',
});
const SlotTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', examples: ['11:00'] });
const Day = Type.String({ pattern: '^20\\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', examples: ['2026-12-25'] });
const Currency = Type.String({ pattern: '^[A-Z]{3}$' });
const Country = Type.String({ pattern: '^[A-Z]{2}$' });
const MailAddress = Type.String({ maxLength: 200, pattern: '^[^\\s@<>,;:"()\\[\\]\\\\]+@[^\\s@<>,;:"()\\[\\]\\\\]+$' });

const Condition = Type.Union([
  strict({
    kind: Type.Literal('total-at-least'),
    amountMinor: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000, description: 'in minor units' }),
    currency: Currency,
  }),
  strict({
    kind: Type.Literal('destination'),
    countryCodes: Type.Array(Country, { minItems: 1, maxItems: 100, uniqueItems: true }),
  }),
  strict({ kind: Type.Literal('sku'), skus: Type.Array(line(100), { minItems: 1, maxItems: 500, uniqueItems: true }) }),
  strict({ kind: Type.Literal('first-order') }),
]);

/** When the brand is asked before an order is approved; see `confirmation/rule.ts`. */
export const Confirmation = strict({
  ask: Type.Union([Type.Literal('always'), Type.Literal('any'), Type.Literal('by-hand')]),
  conditions: Type.Array(Condition, { maxItems: 20 }),
  onDecline: Type.Union([Type.Literal('cancel'), Type.Literal('ops')]),
  onSilence: Type.Union([Type.Literal('approve'), Type.Literal('ops')]),
  answerWithinHours: Type.Number({ minimum: 0.5, maximum: 336 }),
  beforeShipByHours: Type.Number({ minimum: 0, maximum: 168 }),
  remindBeforeHours: Type.Number({ minimum: 0, maximum: 168 }),
});

/** Every setting is optional: what is not named stays. */
export const BrandPatch = strict({
  version: Version,
  mailTo: Type.Optional(Type.Array(MailAddress, { maxItems: 20, uniqueItems: true })),
  times: Type.Optional(Type.Array(SlotTime, { minItems: 1, maxItems: 12, uniqueItems: true })),
  workingDays: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: 'ISO weekdays, 1 = Monday',
    }),
  ),
  holidays: Type.Optional(Type.Array(Day, { maxItems: 100, uniqueItems: true })),
  papers: Type.Optional(Type.Array(Paper, { minItems: 1, maxItems: papers.length, uniqueItems: true })),
  packingSlips: Type.Optional(Type.Boolean()),
  ownLabels: Type.Optional(OwnLabels),
  labelFormat: Type.Optional(
    Type.Union([Type.Literal('PDF'), Type.Literal('ZPL')], {
      description: 'how carriers print its labels where they offer both; ZPL is for label printers',
    }),
  ),
  incoterm: Type.Optional(
    Type.Union([Type.Literal('DDP'), Type.Literal('DAP')], {
      description: 'who pays duty and tax at the destination; holds for what is planned from now on',
    }),
  ),
  patienceMinutes: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 240, description: 'how long a mail waits for labels that are being booked' }),
  ),
  shipFrom: Type.Optional(maybe(ShipTo)),
  safetyStock: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  quotaThreshold: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  confirmation: Type.Optional(maybe(Confirmation)),
  fourEyes: Type.Optional(Type.Boolean({ description: 'nobody approves what they edited last; set by admins' })),
  why: Type.Optional(Why),
});
export type BrandPatch = Static<typeof BrandPatch>;

export const BrandDetail = Type.Object({
  id: text,
  code: text,
  name: text,
  timeZone: text,
  currency: text,
  version: count,
  mailTo: Type.Array(text),
  times: Type.Array(text),
  workingDays: Type.Array(count),
  holidays: Type.Array(text),
  nextMailAt: maybeInstant,
  papers: Type.Array(text),
  packingSlips: Type.Boolean(),
  ownLabels: text,
  labelFormat: text,
  incoterm: text,
  patienceMinutes: count,
  shipFrom: maybe(record),
  safetyStock: count,
  quotaThreshold: count,
  confirmation: maybe(record),
  fourEyes: Type.Boolean(),
  /** Where its orders go: an account of its shop, or none. */
  hasShop: Type.Boolean(),
  changes: Type.Array(
    Type.Object({
      version: count,
      at: text,
      actor: text,
      why: maybeText,
      changed: Type.Unsafe<Record<string, [unknown, unknown]>>({ type: 'object', additionalProperties: anything }),
    }),
  ),
});

export const BrandSaved = Type.Object({ ok: Type.Literal(true), version: count, saved: Type.Array(text) });

export const SendNowBody = strict({ why: Type.Optional(Why) });
export const SentNow = Type.Object({
  ok: Type.Literal(true),
  slotDate: text,
  slotTime: text,
  /** Consignments that are closed now instead of at the next slot. */
  consignments: count,
  /** Booked labels that wait in no mail yet. */
  waitingLabels: count,
  says: text,
});

export const PrintQuery = strict({
  format: Type.Optional(Paper),
  startCell: Type.Integer({
    minimum: 1,
    maximum: 4,
    default: 1,
    description: 'on A4 with four labels: the first cell to print in, for sheets that are used in part',
  }),
});
export const ConsignmentPrintQuery = strict({
  ...PrintQuery.properties,
  parts: Type.String({
    pattern: '^(carrier|own|slips)(,(carrier|own|slips)){0,2}$',
    default: 'carrier,own,slips',
    description: 'what is printed: the carrier’s label, our own for each piece, a packing slip for each order',
  }),
});

export const ConfirmationQuery = strict({
  brand: Type.Optional(Uuid),
  order: Type.Optional(Uuid),
  open: Type.Optional(Type.Boolean()),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
});
export const ConfirmationPage = Type.Object({
  rows: Type.Array(
    Type.Object({
      id: text,
      brand: Ref,
      order: Type.Object({ id: text, number: text, state: text }),
      round: count,
      because: Type.Array(text),
      askedBy: text,
      askedAt: text,
      dueAt: text,
      remindedAt: maybeInstant,
      onDecline: text,
      onSilence: text,
      outcome: maybeText,
      decidedBy: maybeText,
      decidedAt: maybeInstant,
      reason: maybeText,
      mailId: maybeText,
    }),
  ),
});
