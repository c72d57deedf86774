/** One native word and ours for it. */
export interface DescribedState {
  readonly native: string;
  readonly tag: string;
  readonly meaning: string;
  /** False: no source says it, or sources disagree: shown as UNCONFIRMED. */
  readonly confirmed: boolean;
}

/** A translation table as it is shown, in both directions. */
export interface DescribedStates {
  readonly title: string;
  /** The platform's field: `orderState`. */
  readonly field: string;
  readonly rows: readonly DescribedState[];
  /** All words of ours that the table could say. */
  readonly tags: readonly string[];
  /** Why a word of ours has no native one. */
  readonly without: Readonly<Partial<Record<string, string>>>;
  /** What becomes of a native word that is not here. */
  readonly other: string;
}

/** Any other table of facts: error codes, patterns. */
export interface DescribedFacts {
  readonly title: string;
  /** A sentence on where it comes from. */
  readonly intro: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a connector's page in the documentation shows beside its schemas and its README. */
export interface ConnectorDescription {
  readonly states: readonly DescribedStates[];
  readonly facts: readonly DescribedFacts[];
  /** Names of capabilities that no source confirms. */
  readonly unconfirmedCapabilities: readonly string[];
  /** Made-up credentials and the least settings. Left out: those of the conformance subject, with all it switches on. */
  readonly example?: { readonly credentials: unknown; readonly settings: Readonly<Record<string, unknown>> };
}

/** The words for a store's orders, for tables of stores. */
export const storeOrderStatuses = [
  'open',
  'shipped',
  'cancelled',
  'refunded',
  'failed',
  'deleted',
  'unknown',
] as const satisfies readonly import('./store.ts').StoreOrderStatus[];

/** Rows of a plain record of native word → ours, all of them known. */
export function confirmedRows(
  record: Readonly<Record<string, string>>,
  meaning: (native: string) => string = () => '',
): readonly DescribedState[] {
  return Object.entries(record).map(([native, tag]) => ({ native, tag, meaning: meaning(native), confirmed: true }));
}
