import { availableUnits, shareOut } from './share.ts';

/** `shared`: every marketplace shows what there is. `quota`: each has units of its own, and their sum is what there is. */
export type StockPolicy = 'shared' | 'quota';

/** What an admin set for one marketplace, until it expires. */
export interface ChannelAdjustment {
  readonly id: string;
  /** `adjust`: units more or less than the rule gives. `cap`: never more than so many. */
  readonly kind: 'adjust' | 'cap';
  readonly quantity: number;
  readonly reason: string;
  readonly by: string;
  readonly expiresAt: Date | null;
}

export interface StockChannel {
  readonly id: string;
  /** For people: the marketplace's name. */
  readonly name: string;
  /** Can be bought over there. */
  readonly live: boolean;
  readonly weight: number;
  /** What it is believed to show now. */
  readonly holding: number;
  readonly adjustments: readonly ChannelAdjustment[];
}

/** The shop does not answer: what is known of its levels is old, and less of it is offered the longer that lasts. */
export interface StaleStock {
  /** The incident's number, for people. */
  readonly incident: string;
  readonly store: string;
  readonly since: Date;
  readonly stage: 'frozen' | 'half' | 'zero';
  /** Percent that is offered from the stage `half` on, rounded down. */
  readonly percent: number;
  /** From the stage `zero` on, SKUs with so many available units or fewer are not offered. */
  readonly zeroUpTo: number;
}

export interface StockFacts {
  readonly onHand: number;
  readonly reserved: number;
  readonly safetyStock: number;
  readonly safetyFrom: 'sku' | 'brand';
  /** Set by a person; null = by the switch point. */
  readonly policy: StockPolicy | null;
  /** Fewer available units than this are shared out by quota. */
  readonly quotaThreshold: number;
  readonly thresholdFrom: 'sku' | 'brand';
  /** Units that no marketplace shows while all of them share one number. */
  readonly sharedBuffer: number;
  /** The shop no longer has the SKU, or does not count it. */
  readonly gone: boolean;
  /** Absent or null: the levels are as fresh as they should be. */
  readonly stale?: StaleStock | null;
  readonly at: Date;
}

export interface ChannelOffer {
  readonly id: string;
  readonly desired: number;
  /** How it came about, one sentence a step. */
  readonly explain: readonly string[];
}

export interface StockPlan {
  readonly policy: StockPolicy;
  readonly available: number;
  readonly channels: readonly ChannelOffer[];
  readonly explain: readonly string[];
}

/** The policy that holds for so many available units, and the sentence that says why. */
export function policyOf(
  facts: Pick<StockFacts, 'policy' | 'quotaThreshold' | 'thresholdFrom'>,
  available: number,
): { policy: StockPolicy; why: string } {
  if (facts.policy) return { policy: facts.policy, why: `policy ${facts.policy}, set for this SKU` };
  const whose = facts.thresholdFrom === 'sku' ? "this SKU's" : "the brand's";
  return available < facts.quotaThreshold
    ? {
        policy: 'quota',
        why: `policy quota: ${available} available is below ${whose} switch point ${facts.quotaThreshold}`,
      }
    : {
        policy: 'shared',
        why: `policy shared: ${available} available is not below ${whose} switch point ${facts.quotaThreshold}`,
      };
}

/** Of a shop that does not answer less is offered than is known of, and why. Never more than `known`. */
export function shrunk(known: number, stale: StaleStock | null): { available: number; why: string[] } {
  if (!stale) return { available: known, why: [] };
  const degraded = `degraded: ${stale.store} has not answered since ${stale.since.toISOString()} (${stale.incident}), these are its last known levels`;
  if (stale.stage === 'frozen') return { available: known, why: [degraded] };
  if (stale.stage === 'zero' && known <= stale.zeroUpTo)
    return { available: 0, why: [degraded, `0 offered: ${known} is not above ${stale.zeroUpTo} while it is away`] };
  const available = Math.floor((known * stale.percent) / 100);
  return { available, why: [degraded, `${available} offered: ${stale.percent} % of ${known} while it is away`] };
}

const holds = ({ expiresAt }: ChannelAdjustment, at: Date): boolean => expiresAt === null || expiresAt > at;

/** The adjustments that hold at a time, as two numbers; several caps: the lowest, several adjustments: their sum. */
function rulesOf(channel: StockChannel, at: Date): { adjust: number; cap: number | null } {
  const now = channel.adjustments.filter((adjustment) => holds(adjustment, at));
  const caps = now.filter(({ kind }) => kind === 'cap').map(({ quantity }) => quantity);
  const adjust = now.filter(({ kind }) => kind === 'adjust').reduce((sum, { quantity }) => sum + quantity, 0);
  return { adjust, cap: caps.length === 0 ? null : Math.max(0, Math.min(...caps)) };
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** What each marketplace is to be offered of one SKU, and why. Under quota the sum never exceeds what is available. */
export function planStock(facts: StockFacts, channels: readonly StockChannel[]): StockPlan {
  const known = facts.gone ? 0 : availableUnits(facts);
  const { available, why: whyStale } = shrunk(known, facts.stale ?? null);
  const { policy, why } = policyOf(facts, available);
  const explain = [
    facts.gone
      ? '0 available: the shop no longer has this SKU'
      : `${known} available = ${facts.onHand} on hand − ${facts.reserved} reserved − ${facts.safetyStock} safety stock (of the ${facts.safetyFrom})`,
    ...whyStale,
    why,
  ];
  const offers = policy === 'quota' ? byQuota(available, facts.at, channels) : shared(available, facts, channels);
  return { policy, available, channels: offers, explain };
}

function described(channel: StockChannel, at: Date): string[] {
  return channel.adjustments
    .filter((adjustment) => holds(adjustment, at))
    .map(({ kind, quantity, reason, by, expiresAt }) => {
      const until = expiresAt ? `until ${expiresAt.toISOString()}` : 'without an end';
      const what = kind === 'cap' ? `at most ${quantity}` : `${quantity > 0 ? '+' : ''}${quantity}`;
      return `${what} by ${by}, ${until}: ${reason}`;
    });
}

const notLive = ({ id, name }: StockChannel): ChannelOffer => ({
  id,
  desired: 0,
  explain: [`0: ${name} does not sell it now`],
});

function shared(available: number, facts: StockFacts, channels: readonly StockChannel[]): ChannelOffer[] {
  const base = Math.max(0, available - facts.sharedBuffer);
  return channels.map((channel) => {
    if (!channel.live) return notLive(channel);
    const { adjust, cap } = rulesOf(channel, facts.at);
    const desired = clamp(base + adjust, 0, Math.min(available, cap ?? available));
    return {
      id: channel.id,
      desired,
      explain: [
        `${available} available − ${facts.sharedBuffer} buffer`,
        ...described(channel, facts.at),
        `= ${desired}`,
      ],
    };
  });
}

function byQuota(available: number, at: Date, channels: readonly StockChannel[]): ChannelOffer[] {
  const rules = new Map(channels.map((channel) => [channel.id, rulesOf(channel, at)]));
  const claim = (channel: StockChannel) => ({ ...channel, cap: rules.get(channel.id)?.cap ?? null });
  const first = shareOut(available, channels.map(claim));
  // Channels with an adjustment get share ± n; the others share what is left of it.
  let left = available;
  const fixed = new Map<string, number>();
  const adjusted = channels.filter(({ id, live }) => live && rules.get(id)?.adjust !== 0);
  for (const { id } of [...adjusted].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { adjust = 0, cap = null } = rules.get(id) ?? {};
    const units = clamp((first.get(id) ?? 0) + adjust, 0, Math.min(left, cap ?? left));
    fixed.set(id, units);
    left -= units;
  }
  const rest = shareOut(left, channels.filter(({ id }) => !fixed.has(id)).map(claim));
  const sellers = channels.filter(({ live }) => live);
  const weights = sellers.reduce((sum, { weight }) => sum + weight, 0);
  return channels.map((channel) => {
    if (!channel.live) return notLive(channel);
    const desired = fixed.get(channel.id) ?? rest.get(channel.id) ?? 0;
    const share = `share ${channel.weight} of ${weights} of ${available}: ${first.get(channel.id) ?? 0}`;
    return { id: channel.id, desired, explain: [share, ...described(channel, at), `= ${desired}`] };
  });
}
