import { Type } from '@sinclair/typebox';
import { count, maybeInstant, maybeNumber, maybeText, strict, text, Uuid } from './common.ts';

const verdicts = ['due', 'agrees', 'differs', 'incomparable', 'unused'] as const;

export const AuditQuery = strict({
  brand: Type.Optional(Uuid),
  connection: Type.Optional(Uuid),
  verdict: Type.Optional(Type.Union(verdicts.map((name) => Type.Literal(name)))),
});

export const FreightAudits = Type.Object({
  rows: Type.Array(
    Type.Object({
      consignmentId: text,
      consignment: text,
      brand: text,
      connection: text,
      trackingNumber: maybeText,
      verdict: text,
      differenceMinor: Type.Unsafe<number | null>({
        ...maybeNumber,
        description: 'what is stated, or by what was measured expected, beyond the card’s price',
      }),
      currency: maybeText,
      card: maybeText,
      statements: Type.Array(
        Type.Object({
          by: Type.String({ description: 'card, measured, quote, booked or billed' }),
          totalMinor: Type.Number(),
          currency: text,
          billedGrams: maybeNumber,
        }),
      ),
      findings: Type.Array(
        Type.Object({ cause: text, code: maybeText, amountMinor: Type.Number(), explain: text, remedy: text }),
      ),
      note: maybeText,
      bookedAt: text,
      auditedAt: maybeInstant,
    }),
  ),
});

export const AuditPolicyBody = strict({
  askCarrier: Type.Optional(Type.Boolean({ description: 'ask the carrier for its price, once for each consignment' })),
  toleranceBasisPoints: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, description: '200 = 2 %' })),
  toleranceLeastHundredths: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 100_000_000, description: '100 = 1.00 of the card’s currency' }),
  ),
});

export const AuditPolicySet = Type.Object({
  ok: Type.Literal(true),
  askCarrier: Type.Boolean(),
  toleranceBasisPoints: count,
  toleranceLeastHundredths: count,
});

export const BillBody = strict({
  csv: Type.String({ minLength: 1, maxLength: 900_000 }),
  connectionId: Uuid,
  dryRun: Type.Optional(Type.Boolean()),
});

export const BillTaken = Type.Object({
  ok: Type.Boolean(),
  dryRun: Type.Boolean(),
  rows: count,
  taken: Type.Array(text),
  unknown: Type.Array(text, { description: 'waybills that were not booked with this account from here' }),
  faults: Type.Array(Type.Object({ line: count, column: text, value: text, reason: text, remedy: text })),
});

const sideMm = Type.Integer({ minimum: 1, maximum: 10_000 });

export const MeasurementBody = strict({
  weightGrams: Type.Integer({ minimum: 1, maximum: 2_000_000 }),
  lengthMm: sideMm,
  widthMm: sideMm,
  heightMm: sideMm,
});

export const Measured = Type.Object({
  ok: Type.Literal(true),
  declared: Type.Boolean({ description: 'true: it replaces the estimate; false: booked already, kept beside it' }),
});
