/** How an outage of one account is handled. Kept on the account; an incident carries the one in force. */
export interface OutagePolicy {
  /** So many failures in a row, without one answer between them, are an outage. */
  readonly openAfterFailures: number;
  /** Minutes from the first failure until the quotas of the shop's stock shrink. */
  readonly shrinkAfterMinutes: number;
  /** Percent of what is available that is offered then, rounded down. */
  readonly shrinkToPercent: number;
  /** Minutes from the first failure until SKUs with few units are not offered any more. */
  readonly zeroAfterMinutes: number;
  /** "Few": so many available units or fewer, as last known. */
  readonly zeroUpToUnits: number;
  /** The pause before the first probe; each one that fails doubles it. */
  readonly probeFirstSeconds: number;
  /** The longest pause between two probes. */
  readonly probeLongestSeconds: number;
  /** An order that goes into the shop later than so many minutes before its ship-by deadline counts as at risk. */
  readonly atRiskMinutes: number;
  /** Orders that are sent to the shop at once while it is caught up with; the account's budget holds besides. */
  readonly drainAtOnce: number;
}

export const defaultOutagePolicy: OutagePolicy = {
  openAfterFailures: 5,
  shrinkAfterMinutes: 30,
  shrinkToPercent: 50,
  zeroAfterMinutes: 60,
  zeroUpToUnits: 5,
  probeFirstSeconds: 30,
  probeLongestSeconds: 600,
  atRiskMinutes: 120,
  drainAtOnce: 3,
};

/** The lowest and the highest value that each setting may have. */
export const outageLimits: Readonly<Record<keyof OutagePolicy, readonly [number, number]>> = {
  openAfterFailures: [2, 100],
  shrinkAfterMinutes: [0, 7 * 24 * 60],
  shrinkToPercent: [0, 100],
  zeroAfterMinutes: [0, 7 * 24 * 60],
  zeroUpToUnits: [0, 1_000_000],
  probeFirstSeconds: [5, 3_600],
  probeLongestSeconds: [5, 3_600],
  atRiskMinutes: [0, 7 * 24 * 60],
  drainAtOnce: [1, 8],
};

/** The policy of an account: what its row says, else the defaults. */
export const outagePolicyOf = (stored: unknown): OutagePolicy => ({
  ...defaultOutagePolicy,
  ...(typeof stored === 'object' && stored !== null ? stored : {}),
});

/** The pause before the next probe when `probes` have failed, in milliseconds: doubled each time, bounded. */
export function probePauseMs(policy: OutagePolicy, probes: number): number {
  const seconds = policy.probeFirstSeconds * 2 ** Math.min(probes, 20);
  return Math.min(seconds, Math.max(policy.probeLongestSeconds, policy.probeFirstSeconds)) * 1000;
}

/** What marketplaces are offered of a shop that does not answer. `lifted`: as much as ever again. */
export type ShrinkStage = 'frozen' | 'half' | 'zero' | 'lifted';

const minuteMs = 60_000;

/** The stage that an outage which began at `since` has reached. */
export function stageAt(policy: OutagePolicy, since: Date, at: Date): Exclude<ShrinkStage, 'lifted'> {
  const minutes = (at.getTime() - since.getTime()) / minuteMs;
  if (minutes >= policy.zeroAfterMinutes) return 'zero';
  return minutes >= policy.shrinkAfterMinutes ? 'half' : 'frozen';
}
