/** The rule sets in force for one brand, in the order in which they apply: the installation's, then the brand's. */
export interface RuleBook {
  readonly sets: readonly RuleSet[];
}

/** One version of a rule set, as it was activated; never edited in place. */
export interface RuleSet {
  /** `installation`, or the code of the brand or marketplace account that it is for. */
  readonly scope: string;
  readonly version: number;
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly id: string;
}

/** No rules at all: what a product is refined with before anybody wrote one. */
export const noRules: RuleBook = { sets: [] };
