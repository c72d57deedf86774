/** What is asked of a machine translation. */
export interface TranslationRequest {
  /** At most `maxTexts`, none empty. Parts inside `<keep>…</keep>` (or `translate="no"` in HTML) come back as they are. */
  readonly texts: readonly string[];
  /** ISO 639-1, such as `en`. */
  readonly from: string;
  readonly to: string;
  /** `xml`: escaped text with `<keep>` elements. */
  readonly format: 'xml' | 'html';
}

export interface TranslationAnswer {
  /** In the order of the request. */
  readonly texts: readonly string[];
  /** What the provider billed. */
  readonly characters: number;
}

/** A machine translation service. Both calls throw only `ConnectorError`s, so that retries treat it as any outside system. */
export interface TranslationProvider {
  /** As translations name it. */
  readonly name: string;
  readonly maxTexts: number;
  translate(request: TranslationRequest): Promise<TranslationAnswer>;
  /** Characters of the account's present billing period. */
  usage(): Promise<{ readonly characters: number; readonly limit: number | null }>;
}
