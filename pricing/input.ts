import type { KnownRate } from './exchange.ts';
import type { PriceRule } from './types.ts';

/** What the brand says about a SKU's price. Amounts in minor units of its own currency. */
export interface BrandPrice {
  readonly currency: string;
  readonly regularMinor: number | null;
  readonly saleMinor: number | null;
  /** The sale holds from (included) until (excluded); null: open at that end. */
  readonly saleFrom: Date | null;
  readonly saleUntil: Date | null;
  readonly costMinor: number | null;
  /** Where it comes from and since when. */
  readonly source: string;
}

/** A price that a person set and another click approved. */
export interface Override {
  readonly amountMinor: number;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  /** From then on the rule price holds again; null: until it is taken back. */
  readonly expiresAt: Date | null;
  /** Set where somebody who may do so let it pass below the margin floor. */
  readonly floorPassed: { readonly by: string; readonly reason: string } | null;
}

export interface PriceInput {
  readonly brand: BrandPrice;
  readonly targetCurrency: string;
  readonly at: Date;
  /** Rates between the two currencies and of each against EUR, latest entry first. */
  readonly rates: readonly KnownRate[];
  readonly rule: PriceRule;
  /** Which rule, by whom and since when. */
  readonly ruleSource: string;
  readonly override?: Override | null;
  /** The rule prices that were accepted last, where the marketplace shows a price; then larger changes wait. */
  readonly accepted?: { readonly priceMinor: number; readonly regularMinor: number } | null;
}
