import { Type } from '@sinclair/typebox';
import { count, maybe, maybeNumber, maybeText, strict, text, Uuid, Version, Why } from './common.ts';

export const ConsignmentFreight = Type.Object(
  {
    lockedBy: maybeText,
    costMinor: maybeNumber,
    aloneMinor: maybeNumber,
    savingMinor: maybeNumber,
    currency: maybeText,
    plan: maybe(
      Type.Object({
        id: text,
        at: text,
        card: text,
        method: text,
        seed: text,
        clusterOrders: count,
        clusterCostMinor: Type.Number(),
        clusterAloneMinor: Type.Number(),
        clusterLowerBoundMinor: Type.Number(),
        explain: Type.Array(text),
      }),
    ),
  },
  { description: 'what it costs by the rate card; the booking’s own price stands in costMinor of the consignment' },
);

export const FreightBody = strict({
  action: Type.Union(
    (['lock', 'unlock', 'move', 'alone', 'ship-now'] as const).map((name) => Type.Literal(name)),
    { description: 'what is locked or moved by hand is left as it is at the cut-off' },
  ),
  orderId: Type.Optional(Uuid),
  toConsignmentId: Type.Optional(Uuid),
  version: Type.Optional(Version),
  dryRun: Type.Optional(Type.Boolean({ description: 'only say what it would cost' })),
  why: Type.Optional(Why),
});

const consignmentCost = Type.Object({
  id: maybeText,
  number: maybeText,
  orderNumbers: Type.Array(text),
  costMinor: maybeNumber,
  aloneMinor: maybeNumber,
  why: maybeText,
  explain: Type.Array(text),
});

export const FreightChanged = Type.Object({
  ok: Type.Literal(true),
  dryRun: Type.Boolean(),
  action: text,
  state: text,
  version: Type.Integer(),
  currency: maybeText,
  before: Type.Array(consignmentCost),
  after: Type.Array(consignmentCost),
  changeMinor: maybeNumber,
});

export const PreviewQuery = strict({ brand: Uuid });

export const FreightPreview = Type.Object({
  slots: Type.Array(
    Type.Object({
      slotDate: text,
      slotTime: text,
      card: maybeText,
      currency: maybeText,
      costMinor: maybeNumber,
      aloneMinor: maybeNumber,
      savingMinor: maybeNumber,
      lowerBoundMinor: maybeNumber,
      consignments: Type.Array(
        Type.Object({
          orders: Type.Array(Type.Object({ id: text, number: text, consignment: text })),
          kind: text,
          costMinor: Type.Number(),
          aloneMinor: Type.Number(),
          method: text,
          explain: Type.Array(text),
        }),
      ),
      refused: Type.Array(
        Type.Object({
          orderId: text,
          number: text,
          reasons: Type.Array(Type.Object({ place: text, reason: text, remedy: text })),
        }),
      ),
    }),
  ),
});

export const RateCards = Type.Object({
  rows: Type.Array(
    Type.Object({
      id: text,
      code: text,
      revision: count,
      connection: text,
      brand: maybeText,
      carrier: text,
      service: text,
      currency: text,
      validFrom: text,
      validTo: maybeText,
      lanes: Type.Array(text),
      source: text,
      importedBy: text,
      createdAt: text,
    }),
  ),
});

export const RateCardBody = strict({
  csv: Type.String({ minLength: 1, maxLength: 900_000 }),
  connectionId: Uuid,
  brandId: Type.Optional(Uuid),
  dryRun: Type.Optional(Type.Boolean()),
});

export const RateCardImported = Type.Object({
  ok: Type.Boolean(),
  dryRun: Type.Boolean(),
  rows: count,
  code: maybeText,
  revision: maybeNumber,
  unchanged: Type.Boolean(),
  warnings: Type.Array(text),
  faults: Type.Array(Type.Object({ line: count, column: text, value: text, reason: text, remedy: text })),
});

export const RateCardTemplate = Type.Object({ fileName: text, csv: text });
