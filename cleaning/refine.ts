import type { RowFinding, StoreProduct, StoreVariant } from '../connectors/contract/store.ts';
import { measureFields, placesOf } from './fields.ts';
import { applyOperation } from './operations.ts';
import { type Rule, type RuleBook, type RuleSet, setName } from './rules.ts';

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
 * leaves the field as it is and becomes a finding. A product without rules comes back as it was, but for measures that
 * are text: those are read, a number without a unit as grams or millimetres.
 */
export function refine(raw: RawProduct, rules: RuleBook): Refined {
  let product = raw;
  const findings: RowFinding[] = [...raw.findings];
  // Without a prototype: a SKU may be called like one of its members.
  const explained: Record<string, Explanation[]> = Object.create(null);
  const apply = (set: RuleSet, { id, field, do: operation }: Rule): void => {
    for (const place of placesOf(product, field)) {
      const { value, complaint } = applyOperation(operation, place.value, set);
      if (value !== place.value) {
        product = place.set(product, value);
        explained[place.name] ??= [];
        explained[place.name]?.push({ rule: id, version: setName(set), before: place.value, after: value });
      }
      if (complaint) findings.push({ field: place.name, value: shown(place.value), ...complaint });
    }
  };
  for (const set of rules.sets) for (const rule of set.rules) apply(set, rule);
  for (const rule of readMeasures) apply(borderSet, rule);
  return { product: { ...product, variants: product.variants.map(settled) }, findings, explained };
}

const shown = (value: unknown): string | null => (value === null ? null : String(value).slice(0, 200));

/** What no rule has turned into a number is read at the end: the columns hold whole grams and millimetres. */
const borderSet: RuleSet = { scope: 'border', version: 1, rules: [], vocabularies: {} };
const readMeasures: readonly Rule[] = measureFields.map((field) => {
  const to = field === 'weightGrams' ? 'g' : 'mm';
  return { id: `read-${field}`, field, do: { op: 'unit', to, assume: to } };
});

const whole = (value: number | string | null): number | null => (typeof value === 'number' ? value : null);

const settled = (variant: RawVariant): StoreVariant => ({
  ...variant,
  weightGrams: whole(variant.weightGrams),
  lengthMm: whole(variant.lengthMm),
  widthMm: whole(variant.widthMm),
  heightMm: whole(variant.heightMm),
});

/** The text fields of a listing after the rules of its marketplace: what they did is explained as for products. */
export function refineText(
  content: { readonly title: string; readonly descriptionHtml: string },
  rules: RuleBook,
): { title: string; descriptionHtml: string; findings: RowFinding[]; explained: Explained } {
  const carrier: RawProduct = {
    ...content,
    externalId: '',
    published: true,
    categories: [],
    attributes: [],
    images: [],
    variants: [],
    modifiedAt: new Date(0),
    findings: [],
    raw: null,
  };
  const { product, findings, explained } = refine(carrier, rules);
  return { title: product.title, descriptionHtml: product.descriptionHtml, findings: [...findings], explained };
}
