/** What a measure is taken to be in where its text names no unit. */
export const units = ['g', 'kg', 'lb', 'oz', 'mm', 'cm', 'm', 'in'] as const;
export type Unit = (typeof units)[number];

/** What happens with a value that a rule does not accept: it stays, with a finding that warns or forbids selling. */
export type Unknown = 'keep' | 'warn' | 'block';

/**
 * Everything that a rule can do: a closed set, so that rules are data that can be checked, shown and undone.
 * Operations on text leave a missing value missing, except `default`.
 */
export type Operation =
  /** One line of clean text: no control characters, no doubled or special blanks, composed letters (NFC). */
  | { readonly op: 'text' }
  /** HTML to `safe` HTML (no scripts, styles, links, tracking pixels) or to plain `text`. */
  | { readonly op: 'html'; readonly keep: 'safe' | 'text' }
  /** `calm` turns a text that shouts (no small letter in it) into one with capitals at the words' beginnings. */
  | { readonly op: 'case'; readonly to: 'upper' | 'lower' | 'calm' }
  | {
      readonly op: 'replace';
      readonly find: string;
      readonly with: string;
      readonly wholeWords?: boolean;
      readonly ignoreCase?: boolean;
    }
  /** A regular expression of at most 200 characters, on at most 10 000 characters, for at most 50 ms. */
  | { readonly op: 'regex'; readonly pattern: string; readonly ignoreCase?: boolean; readonly with: string }
  /** A measure as text ("1,5 kg") to whole grams or millimetres. */
  | { readonly op: 'unit'; readonly to: 'g' | 'mm'; readonly assume: Unit }
  | { readonly op: 'vocabulary'; readonly name: string; readonly unknown: Unknown }
  /** Sizes in one spelling: XXS … 10XL, and shoe sizes as "EU 42", "US 8.5", "UK 7". */
  | { readonly op: 'size' }
  /** At most so many characters, cut at the end of a word. */
  | { readonly op: 'truncate'; readonly maxLength: number }
  | { readonly op: 'default'; readonly value: string }
  /** Words that must not be there: taken out, or reported. */
  | { readonly op: 'ban'; readonly words: readonly string[]; readonly action: 'remove' | 'warn' | 'block' }
  /** 6 to 10 digits without dots and blanks (Harmonized System: 6 digits are international, the rest national). */
  | { readonly op: 'hs-code'; readonly unknown: Unknown }
  /** ISO 3166-1 alpha-2 from a code of two or three letters or an English name. */
  | { readonly op: 'country'; readonly unknown: Unknown }
  /** A number outside of these limits (inclusive; grams, millimetres) is reported. */
  | { readonly op: 'bounds'; readonly min?: number; readonly max?: number; readonly unknown: Unknown };

export interface Rule {
  /** Unique within its set; this is what an explanation names. */
  readonly id: string;
  /**
   * `title`, `description`, `category`; `attributes` (all) or `attributes.Colour`; `options` (of the variants) or
   * `options.Size`; `weightGrams`, `lengthMm`, `widthMm`, `heightMm`, `barcode`, `hsCode`, `originCountryCode`.
   */
  readonly field: string;
  readonly do: Operation;
  readonly note?: string;
}

/** Canonical word → other spellings of it. Compared without regard to case, accents and blanks. */
export type Vocabulary = Readonly<Record<string, readonly string[]>>;

/** One version of a rule set, as it was activated; never edited in place. */
export interface RuleSet {
  /** `standard`, `installation`, or the code of the brand or marketplace account that it is for. */
  readonly scope: string;
  readonly version: number;
  readonly rules: readonly Rule[];
  readonly vocabularies: Readonly<Record<string, Vocabulary>>;
}

/** The rule sets in force, in the order in which they apply: the installation's, then the brand's. */
export interface RuleBook {
  readonly sets: readonly RuleSet[];
}

/** No rules at all: a product comes back as it was. */
export const noRules: RuleBook = { sets: [] };

/** How a set is named in explanations and beside refined products. */
export const setName = ({ scope, version }: Pick<RuleSet, 'scope' | 'version'>): string => `${scope} ${version}`;
