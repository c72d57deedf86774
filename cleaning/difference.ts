import { placesOf, type Value, variantFields } from './fields.ts';
import { type RawProduct, type Refined, refine } from './refine.ts';
import type { RuleBook } from './rules.ts';

export interface FieldDifference {
  readonly field: string;
  readonly before: Value;
  readonly after: Value;
  /** The rules of the second book that touched it, in order. */
  readonly rules: readonly string[];
}

export interface RefineDifference {
  readonly fields: readonly FieldDifference[];
  /** Reasons of findings that would come and go. */
  readonly newFindings: readonly string[];
  readonly goneFindings: readonly string[];
}

const fields = ['title', 'description', 'category', 'attributes', 'options', ...variantFields];

function valuesOf(product: RawProduct): Map<string, Value> {
  return new Map(fields.flatMap((field) => placesOf(product, field).map(({ name, value }) => [name, value] as const)));
}

const reasons = ({ findings }: Refined): string[] => findings.map(({ field, reason }) => `${field}: ${reason}`);

/** What would be different if a product were refined with other rules. Pure. */
export function refineDifference(raw: RawProduct, now: RuleBook, then: RuleBook): RefineDifference {
  const before = refine(raw, now);
  const after = refine(raw, then);
  const old = valuesOf(before.product);
  const next = valuesOf(after.product);
  const names = [...new Set([...old.keys(), ...next.keys()])];
  return {
    fields: names.flatMap((field) => {
      const [was, will] = [old.get(field) ?? null, next.get(field) ?? null];
      const rules = (after.explained[field] ?? []).map(({ rule }) => rule);
      return was === will ? [] : [{ field, before: was, after: will, rules }];
    }),
    newFindings: reasons(after).filter((reason) => !reasons(before).includes(reason)),
    goneFindings: reasons(before).filter((reason) => !reasons(after).includes(reason)),
  };
}
