/** One carrier's prices for one account: plain data, integers only (grams, millimetres, minor units, basis points). */
export interface RateCard {
  /** Names a card over all its versions, such as `dhl-express-au`. */
  readonly code: string;
  readonly carrier: string;
  readonly service: string;
  readonly account: string;
  /** ISO 4217; all amounts of the card are minor units of it. */
  readonly currency: string;
  /** First and last ship date (YYYY-MM-DD) for which it holds; null = until it is replaced. */
  readonly validFrom: string;
  readonly validTo: string | null;
  /** Cubic centimetres that count as one kilogram: 5000 at DHL Express, 6000 in air cargo and many posts. */
  readonly divisor: number;
  /** How a side becomes whole centimetres; `none` keeps the millimetres. Rate guides differ. */
  readonly sideRounding: 'nearest' | 'up' | 'none';
  /** Whether actual and volumetric weight are compared for each piece, or for the totals of the shipment. */
  readonly compareAt: 'piece' | 'shipment';
  /** The weight that is billed is rounded up to a step; ascending, each step up to its weight. */
  readonly steps: readonly WeightStep[];
  readonly zones: readonly Lane[];
  readonly breaks: readonly Break[];
  readonly remoteAreas: readonly RemoteArea[];
  readonly surcharges: readonly Surcharge[];
  /** Basis points on the sum of everything else; 0 where freight bears none. */
  readonly taxBasisPoints: number;
  /** Fuel by ship date, ascending; each percentage holds until the next. Empty: no fuel surcharge. */
  readonly fuel: readonly FuelRate[];
  readonly limits: Limits;
  readonly goodsRules: readonly GoodsRule[];
  /** Goods that may not lie in one consignment. */
  readonly forbiddenPairs: readonly (readonly [string, string])[];
  /** Where the figures come from: a contract, a published list. */
  readonly source: string;
}

export interface WeightStep {
  readonly upToGrams: number;
  readonly stepGrams: number;
}

/** A lane and the zone whose prices it has. Postcodes are compared as text within one length; null = all postcodes. */
export interface Lane {
  readonly zone: string;
  readonly from: string;
  readonly to: string;
  readonly postcodes: readonly [first: string, last: string] | null;
}

/** Weights above `fromGrams` up to and with `upToGrams` cost `baseMinor` and `perKgMinor` for each kilogram. */
export interface Break {
  readonly zone: string;
  readonly fromGrams: number;
  readonly upToGrams: number;
  readonly baseMinor: number;
  readonly perKgMinor: number;
}

export interface RemoteArea {
  readonly country: string;
  readonly postcodes: readonly [first: string, last: string];
}

export type SurchargeBasis = 'shipment' | 'piece' | 'kg' | 'percent' | 'value';

/** When a surcharge is due. Those about a piece count only the pieces that they are about. */
export type Condition =
  | { readonly kind: 'always' | 'remote' | 'dangerous' | 'residential' | 'insured' }
  | { readonly kind: 'incoterm'; readonly is: 'DDP' | 'DAP' }
  | { readonly kind: 'consignment'; readonly is: 'single' | 'multiPiece' | 'breakBulk' }
  | { readonly kind: 'goods'; readonly category: string }
  | { readonly kind: 'piece-over-grams'; readonly grams: number }
  | { readonly kind: 'side-over-mm'; readonly mm: number };

export interface Surcharge {
  readonly code: string;
  readonly basis: SurchargeBasis;
  /** Minor units for `shipment`, `piece` and `kg`; basis points for `percent` (of the base) and `value` (of the goods). */
  readonly amount: number;
  /** The least that is charged where it is due at all, in minor units. */
  readonly minMinor: number;
  readonly when: Condition;
  readonly bearsFuel: boolean;
}

export interface FuelRate {
  readonly from: string;
  readonly basisPoints: number;
}

/** What the carrier takes at all; null = not limited. */
export interface Limits {
  readonly pieceGrams: number | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  /** Length and twice width and height. */
  readonly girthMm: number | null;
  readonly pieces: number | null;
  readonly shipmentGrams: number | null;
  /** Lines of the customs invoice. */
  readonly lines: number | null;
  /** Greatest value of the goods of one consignment, in minor units of the card's currency. */
  readonly valueMinor: number | null;
}

export interface GoodsRule {
  readonly category: string;
  /** Destination country, `*` for all. The narrower rule wins. */
  readonly to: string;
  readonly rule: 'allow' | 'service' | 'forbid';
  /** The service that has to be booked, where `rule` is `service`. */
  readonly service: string | null;
}

export const noLimits: Limits = {
  pieceGrams: null,
  lengthMm: null,
  widthMm: null,
  heightMm: null,
  girthMm: null,
  pieces: null,
  shipmentGrams: null,
  lines: null,
  valueMinor: null,
};

/** Whether a postcode lies in a range. Codes of another length lie outside, so that `1` is not between `1000` and `1999`. */
export function isWithin(postcode: string | null, [first, last]: readonly [string, string]): boolean {
  const code = (postcode ?? '').replace(/\s/g, '').toUpperCase();
  return code.length === first.length && code >= first && code <= last;
}

/** The zone of a lane: a range of postcodes goes before the whole country. */
export function zoneOf(card: RateCard, from: string, to: string, postcode: string | null): string | null {
  const lanes = card.zones.filter((lane) => lane.from === from && lane.to === to);
  const narrow = lanes.find(({ postcodes }) => postcodes !== null && isWithin(postcode, postcodes));
  return (narrow ?? lanes.find(({ postcodes }) => postcodes === null))?.zone ?? null;
}

/** The rule for goods of a category on the way to a country; without a rule they are allowed. */
export function goodsRule(card: RateCard, category: string, to: string): GoodsRule {
  const rules = card.goodsRules.filter((rule) => rule.category === category);
  return (
    rules.find((rule) => rule.to === to) ??
    rules.find((rule) => rule.to === '*') ?? { category, to, rule: 'allow', service: null }
  );
}

/** Why goods of these categories may not travel together; null when they may. */
export function pairForbidden(card: RateCard, one: readonly string[], other: readonly string[]): string | null {
  for (const [a, b] of card.forbiddenPairs) {
    if ((one.includes(a) && other.includes(b)) || (one.includes(b) && other.includes(a))) return `${a} with ${b}`;
  }
  return null;
}
