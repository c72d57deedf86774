import type { TrackingTag } from './carrier.ts';

/** A carrier's own word for a scan and ours for it: a row of its tag table. */
export interface ScanRow {
  readonly native: string;
  readonly tag: TrackingTag;
  readonly meaning: string;
  /** Whether a person should look at it although the parcel goes on. */
  readonly warn: boolean;
  /** False: how it is written, what it means, or how we read it stands in no published list. Shown as UNCONFIRMED. */
  readonly confirmed: boolean;
}

export const scanRow = (
  native: string,
  tag: TrackingTag,
  meaning: string,
  more: { readonly warn?: boolean; readonly confirmed?: boolean } = {},
): ScanRow => ({ native, tag, meaning, warn: more.warn ?? false, confirmed: more.confirmed ?? true });
