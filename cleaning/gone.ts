import type { RowFinding } from '../connectors/contract/store.ts';

const reason = 'The shop does not have it any more.';

/** What a product says of itself when a full reading of its shop did not see it. */
export const goneFinding = (at: Date): RowFinding => ({
  field: 'product',
  value: `not seen at ${at.toISOString()}`,
  reason,
  remedy: 'Put it back in the shop, or take its listings off sale.',
  blocking: false,
});

export const isGoneFinding = (finding: object): boolean => 'reason' in finding && finding.reason === reason;
