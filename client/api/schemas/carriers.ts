import { type Static, Type } from '@sinclair/typebox';
import { count, line, Money, maybe, maybeNumber, maybeText, strict, text, Uuid, Version, Why } from './common.ts';

const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' });
const Incoterm = Type.Union([Type.Literal('DDP'), Type.Literal('DAP')]);

export const CarrierRuleBody = strict({
  connectionId: Uuid,
  rule: Type.Union([Type.Literal('prefer'), Type.Literal('never')]),
  rank: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'the lowest first; default 100' })),
  brandId: Type.Optional(Uuid),
  fromCountryCode: Type.Optional(Country),
  toCountryCode: Type.Optional(Country),
  domestic: Type.Optional(
    Type.Boolean({ description: 'true: only within a country; false: only from one into another' }),
  ),
  incoterm: Type.Optional(Incoterm),
  overGrams: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
  upToGrams: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
  note: Type.Optional(line(300)),
});

export const Added = Type.Object({ ok: Type.Literal(true), id: text });

export const PickupBody = strict({
  brandId: Uuid,
  connectionId: Uuid,
  enabled: Type.Boolean(),
  readyAfterMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 2880, description: 'default 60' })),
  windowMinutes: Type.Optional(Type.Integer({ minimum: 30, maximum: 1440, description: 'default 240' })),
});

export const CarrierSettings = Type.Object({
  rules: Type.Array(
    Type.Object({
      id: text,
      connection: text,
      rule: text,
      rank: count,
      brand: maybeText,
      fromCountryCode: maybeText,
      toCountryCode: maybeText,
      domestic: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] }),
      incoterm: maybeText,
      overGrams: maybeNumber,
      upToGrams: maybeNumber,
      note: text,
      createdBy: text,
      createdAt: text,
    }),
  ),
  pickups: Type.Array(
    Type.Object({
      brand: text,
      connection: text,
      enabled: Type.Boolean(),
      readyAfterMinutes: count,
      windowMinutes: count,
    }),
  ),
});
export type CarrierSettings = Static<typeof CarrierSettings>;

const consideredAccount = Type.Object({
  connectionId: text,
  code: text,
  verdict: text,
  price: maybe(Money),
  rule: maybeText,
  why: text,
});

export const WhyCarrier = Type.Object({
  choices: Type.Array(
    Type.Object({
      connection: text,
      consignment: text,
      reason: text,
      considered: Type.Array(consideredAccount),
      customs: maybe(
        Type.Object({
          ruleId: text,
          sumMinor: maybeNumber,
          currency: text,
          regime: text,
          taxDue: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] }),
          explain: Type.Array(text),
          unconfirmed: maybeText,
        }),
      ),
      madeAt: text,
    }),
  ),
});
export type WhyCarrier = Static<typeof WhyCarrier>;

export const CustomsRules = Type.Object({
  rules: Type.Array(
    Type.Object({
      id: text,
      country: text,
      from: maybeText,
      to: maybeText,
      basis: text,
      currency: text,
      dutyFreeUpToMinor: maybeNumber,
      vatFreeUpToMinor: maybeNumber,
      flatDutyBasisPoints: maybeNumber,
      vatBasisPoints: maybeNumber,
      shortDeclarationUpToMinor: maybeNumber,
      exceptChapters: Type.Array(text),
      note: text,
      source: text,
      unconfirmed: maybeText,
    }),
  ),
});
export type CustomsRules = Static<typeof CustomsRules>;

export const CarrierChoiceBody = strict({
  connectionId: Uuid,
  version: Type.Optional(Version),
  dryRun: Type.Optional(Type.Boolean({ description: 'only compare' })),
  why: Type.Optional(Why),
});

export const ComparedCarriers = Type.Object({
  consignment: text,
  state: text,
  version: count,
  /** The account that it has. */
  connectionId: text,
  accounts: Type.Array(consideredAccount),
});
export type ComparedCarriers = Static<typeof ComparedCarriers>;

export const CarrierChosen = Type.Object({
  ok: Type.Literal(true),
  dryRun: Type.Boolean(),
  state: text,
  version: count,
  from: text,
  to: text,
  accounts: Type.Array(consideredAccount),
});
export type CarrierChosen = Static<typeof CarrierChosen>;

const gap = Type.Object({ field: text, message: text });

export const CustomsPapers = Type.Object({
  /** What is missing now, whether released or not; empty within a country. */
  missing: Type.Array(gap),
  release: maybe(Type.Object({ why: text, missing: Type.Array(gap), by: text, at: text })),
});
export type CustomsPapers = Static<typeof CustomsPapers>;

export const ReleaseBody = strict({ why: Why });

export const Couriers = Type.Object({
  rows: Type.Array(
    Type.Object({
      id: text,
      brand: text,
      connection: text,
      slotDate: text,
      slotTime: text,
      readyAt: text,
      closesAt: text,
      /** What the carrier calls it. */
      number: maybeText,
      state: text,
      why: maybeText,
      /** The call whose outcome a person must say; null where it is known. */
      unknownCall: maybe(Type.Object({ id: text, version: count })),
    }),
  ),
});
export type Couriers = Static<typeof Couriers>;
