import { type Explained, refineText } from '../cleaning/refine.ts';
import type { RuleBook } from '../cleaning/rules.ts';
import type { RowFinding } from '../connectors/contract/store.ts';
import { type MappingInput, type Resolved, resolveMappings, type Unmapped } from '../mapping/resolve.ts';
import { languageName } from '../translation/languages.ts';
import { textHash } from '../translation/memory.ts';

export type TranslatedField = 'title' | 'description';

/** A translation as it is stored. */
export interface StoredTranslation {
  readonly field: TranslatedField;
  readonly sourceHash: string;
  readonly text: string;
  readonly status: 'needs-person' | 'approved';
}

export interface SourceInput {
  readonly title: string;
  readonly descriptionHtml: string;
  /** The language that the account sells in; null: as the brand writes. */
  readonly language: string | null;
  readonly sourceLanguage: string;
  /** What a translation that nobody approved does. */
  readonly unapproved: 'block' | 'warn';
  readonly translations: readonly StoredTranslation[];
  /** The marketplace account's own rules. */
  readonly rules: RuleBook;
  readonly mapping: MappingInput;
}

/** What a listing consists of as long as no person sets something else. */
export interface ComposedFields {
  readonly title: string;
  readonly descriptionHtml: string;
  readonly categoryId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ListingSources {
  readonly fields: ComposedFields;
  /** What a listing has before anything was composed: its product's own texts and the account's default. */
  readonly untouched: ComposedFields;
  readonly variantAttributes: Resolved['variantAttributes'];
  readonly unmapped: readonly Unmapped[];
  readonly findings: readonly RowFinding[];
  readonly explained: Explained;
}

/** Composes a listing's fields from the product: translation, then the marketplace's rules, then mappings. Pure. */
export function listingSources(input: SourceInput): ListingSources {
  const title = translated(input, 'title', input.title);
  const description = translated(input, 'description', input.descriptionHtml);
  const texts = refineText({ title: title.text, descriptionHtml: description.text }, input.rules);
  const mapped = resolveMappings(input.mapping);
  return {
    fields: {
      title: texts.title,
      descriptionHtml: texts.descriptionHtml,
      categoryId: mapped.categoryId,
      attributes: mapped.attributes,
    },
    untouched: {
      title: input.title,
      descriptionHtml: input.descriptionHtml,
      categoryId: input.mapping.defaultCategoryId,
      attributes: {},
    },
    variantAttributes: mapped.variantAttributes,
    unmapped: mapped.unmapped,
    findings: [...title.findings, ...description.findings, ...texts.findings, ...mapped.findings],
    explained: texts.explained,
  };
}

/** Whether a text has to be translated at all. */
export const needsTranslation = (source: string, from: string, to: string | null): boolean =>
  to !== null && to !== from && /\p{L}/u.test(source);

function translated(
  input: SourceInput,
  field: TranslatedField,
  source: string,
): { text: string; findings: RowFinding[] } {
  const { language, sourceLanguage, unapproved } = input;
  if (!needsTranslation(source, sourceLanguage, language)) return { text: source, findings: [] };
  const name = languageName(language ?? '');
  const row = input.translations.find((translation) => translation.field === field);
  const say = (reason: string): RowFinding[] => [
    {
      field,
      value: null,
      reason,
      remedy: 'Translate it, or approve the suggestion, on the page of translations.',
      blocking: unapproved === 'block',
    },
  ];
  if (!row) return { text: source, findings: say(`There is no ${name} ${field} yet: the original stands in.`) };
  if (row.status !== 'approved') return { text: row.text, findings: say(`Nobody has approved the ${name} ${field}.`) };
  if (row.sourceHash !== textHash(source)) {
    return { text: row.text, findings: say(`The original has changed since the ${name} ${field} was approved.`) };
  }
  return { text: row.text, findings: [] };
}
