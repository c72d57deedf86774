/** An amount as the trace keeps it: major units as a decimal text, exact to six digits after the point. */
export interface Amount {
  readonly amount: string;
  readonly currency: string;
}

export const stepCodes = [
  'brand-price',
  'sale',
  'exchange-rate',
  'markup',
  'freight',
  'duty',
  'tax',
  'fixed',
  'commission',
  'payment',
  'rounding',
  'floor',
  'override',
  'guard',
  'price',
  'blocked',
] as const;
export type StepCode = (typeof stepCodes)[number];

/** One step from the brand's price to the marketplace's. */
export interface TraceStep {
  readonly code: StepCode;
  /** One sentence for people. */
  readonly text: string;
  readonly before: Amount | null;
  readonly after: Amount | null;
  /** Where the input of this step comes from: who, when, which rule or file; null where the step has none. */
  readonly source: string | null;
}

/**
 * What is charged on the way, in the stated order.
 * - percentOfValue: a share of the amount reached so far, added to it (duty, tax, markup).
 * - percentOfPrice: a share of the selling price that somebody keeps (commission, payment). The amount is raised so that
 *   the rest remains; several of them are shares of the same selling price.
 * - fixed: an amount in the marketplace's currency, in major units.
 */
export type Fee =
  | { readonly code: FeeCode; readonly kind: 'percentOfValue' | 'percentOfPrice'; readonly percent: string }
  | { readonly code: FeeCode; readonly kind: 'fixed'; readonly amount: string };
export const feeCodes = ['markup', 'freight', 'duty', 'tax', 'fixed', 'commission', 'payment'] as const;
export type FeeCode = (typeof feeCodes)[number];

/** The market's habit: allowed prices are every multiple plus the ending, such as 99,900 for 1,000 and 900. */
export interface Rounding {
  /** Minor units, ≥ 1. */
  readonly multipleMinor: number;
  /** Minor units, 0 ≤ ending < multiple. */
  readonly endingMinor: number;
  readonly direction: 'up' | 'down' | 'nearest';
}

/** How a marketplace's prices come about. Percentages and amounts are plain decimal texts. */
export interface PriceRule {
  /** Exchange rates older than this many days block the price, ≥ 0. */
  readonly maxRateAgeDays: number;
  /** Whether the brand's sale prices are taken over. */
  readonly sales: 'follow' | 'ignore';
  readonly fees: readonly Fee[];
  /** The cost of a SKU without a known cost: this share of the brand's regular price. */
  readonly costPercent: string;
  /** The least share of the selling price that must remain after fees and cost; null: none is demanded. */
  readonly floorPercent: string | null;
  readonly rounding: Rounding;
  /** A change by more than this waits for a person; null: only changes by a factor of ten do. */
  readonly changePercent: string | null;
}

/** What holds where nobody wrote a rule: converted, rounded up, nothing charged. */
export const defaultRule: PriceRule = {
  maxRateAgeDays: 7,
  sales: 'follow',
  fees: [],
  costPercent: '100',
  floorPercent: null,
  rounding: { multipleMinor: 1, endingMinor: 0, direction: 'up' },
  changePercent: '50',
};

/** Why there is no price. The price that was in force stays. */
export const blockCodes = [
  'no-brand-price',
  'no-exchange-rate',
  'stale-exchange-rate',
  'below-floor',
  'not-a-price',
] as const;
export type BlockCode = (typeof blockCodes)[number];
