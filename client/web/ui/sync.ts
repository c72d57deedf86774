import type { ListingSku } from '../api/types/catalogue.ts';

/**
 * How one value stands between us and the marketplace.
 * - `same`: what we want is what was confirmed, and nothing else was seen
 * - `sending`: wanted, but not confirmed yet
 * - `drift`: confirmed, but something else was seen over there since
 * - `none`: we want nothing yet, or it does not exist over there yet
 */
export type SyncStand = 'same' | 'sending' | 'drift' | 'none';

export interface ThreeValues {
  desired: number | null;
  acknowledged: number | null;
  seen: number | null;
}

export function standOf({ desired, acknowledged, seen }: ThreeValues, remote: string): SyncStand {
  if (desired === null || (remote === 'ABSENT' && acknowledged === null)) return 'none';
  if (acknowledged !== desired) return 'sending';
  // Some platforms cannot be read: there the confirmation is all that is known.
  return seen === null || seen === desired ? 'same' : 'drift';
}

export const priceOf = (sku: ListingSku): ThreeValues => ({
  desired: sku.priceDesiredMinor,
  acknowledged: sku.priceAcknowledgedMinor,
  seen: sku.priceSeenMinor,
});

export const stockOf = (sku: ListingSku): ThreeValues => ({
  desired: sku.stockDesired,
  acknowledged: sku.stockAcknowledged,
  seen: sku.stockSeen,
});
