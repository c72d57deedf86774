import type { Money } from '../connectors/contract/common.ts';
import type { PlanningFault } from './carrier-limits.ts';

/** A rule of ops about an account; null = whatever it is. */
export interface CarrierRule {
  readonly connectionId: string;
  readonly rule: 'prefer' | 'never';
  /** 1 to 1000, the lowest first. */
  readonly rank: number;
  readonly brandId: string | null;
  readonly fromCountryCode: string | null;
  readonly toCountryCode: string | null;
  /** True: only within a country; false: only across a border. */
  readonly domestic: boolean | null;
  readonly incoterm: 'DDP' | 'DAP' | null;
  /** Above this weight, up to and with the other; grams. */
  readonly overGrams: number | null;
  readonly upToGrams: number | null;
  readonly note: string;
}

/** What is to be sent, as far as rules ask. */
export interface LaneFacts {
  readonly brandId: string;
  readonly fromCountryCode: string;
  readonly toCountryCode: string;
  readonly incoterm: 'DDP' | 'DAP';
  readonly weightGrams: number;
}

/** An account that could carry it. */
export interface CarrierCandidate {
  readonly connectionId: string;
  readonly code: string;
  /** Empty: it takes the parcel. */
  readonly faults: readonly PlanningFault[];
  /** By its rate card, in the card's currency. */
  readonly price: Money | null;
  /** The same in the currency in which accounts are compared; null where it is not known in it. */
  readonly comparedMinor: number | null;
  /** Why there is no price, or why the card forbids it. */
  readonly priceWhy: string | null;
  /** By its card the order would have to wait (weight over its limit, goods that it forbids). */
  readonly cardForbids: boolean;
}

/** An account as it was considered, for people. */
export interface Considered {
  readonly connectionId: string;
  readonly code: string;
  readonly verdict: 'chosen' | 'possible' | 'refused' | 'ruled-out';
  readonly price: Money | null;
  readonly rule: string | null;
  readonly why: string;
}

export type CarrierChoice =
  | {
      readonly ok: true;
      readonly connectionId: string;
      readonly reason: string;
      readonly considered: readonly Considered[];
    }
  | {
      readonly ok: false;
      readonly why: string;
      readonly remedy: string;
      readonly considered: readonly Considered[];
    };

/** How many conditions a rule has where it fits; null where it does not. */
function narrowness(rule: CarrierRule, lane: LaneFacts): number | null {
  const conditions = [
    rule.brandId === null ? null : rule.brandId === lane.brandId,
    rule.fromCountryCode === null ? null : rule.fromCountryCode === lane.fromCountryCode,
    rule.toCountryCode === null ? null : rule.toCountryCode === lane.toCountryCode,
    rule.domestic === null ? null : rule.domestic === (lane.fromCountryCode === lane.toCountryCode),
    rule.incoterm === null ? null : rule.incoterm === lane.incoterm,
    rule.overGrams === null ? null : lane.weightGrams > rule.overGrams,
    rule.upToGrams === null ? null : lane.weightGrams <= rule.upToGrams,
  ].filter((condition) => condition !== null);
  return conditions.every((holds) => holds) ? conditions.length : null;
}

/** The rule that holds for an account on a lane: the narrowest; of equal ones "never" before "prefer", then the lowest rank. */
export function ruleFor(rules: readonly CarrierRule[], connectionId: string, lane: LaneFacts): CarrierRule | null {
  const fitting = rules
    .filter((rule) => rule.connectionId === connectionId)
    .flatMap((rule) => {
      const narrow = narrowness(rule, lane);
      return narrow === null ? [] : [{ rule, narrow }];
    });
  fitting.sort(
    (a, b) =>
      b.narrow - a.narrow ||
      Number(b.rule.rule === 'never') - Number(a.rule.rule === 'never') ||
      a.rule.rank - b.rule.rank,
  );
  return fitting[0]?.rule ?? null;
}

const last = Number.POSITIVE_INFINITY;
const named = (rule: CarrierRule): string => `${rule.rule}, rank ${rule.rank}${rule.note ? `: ${rule.note}` : ''}`;
const told = ({ field, message }: PlanningFault): string => (field ? `${message} (${field})` : message);

interface Judged {
  readonly candidate: CarrierCandidate;
  readonly rule: CarrierRule | null;
}

/** What the card holds up comes last, then ops' order of preference, then the price; the code decides what is left. */
function byMerit(a: Judged, b: Judged): number {
  const rank = ({ rule }: Judged): number => (rule?.rule === 'prefer' ? rule.rank : last);
  // A price in a currency without a rate is better than none, and worse than one that can be compared.
  const price = ({ candidate }: Judged): number =>
    candidate.comparedMinor ?? (candidate.price === null ? last : Number.MAX_SAFE_INTEGER);
  const order = (one: number, other: number): number => (one === other ? 0 : one < other ? -1 : 1);
  return (
    order(Number(a.candidate.cardForbids), Number(b.candidate.cardForbids)) ||
    order(rank(a), rank(b)) ||
    order(price(a), price(b)) ||
    (a.candidate.code < b.candidate.code ? -1 : 1)
  );
}

function reasonFor(best: Judged, others: readonly Judged[]): string {
  const [next] = others;
  const { code, comparedMinor, price } = best.candidate;
  if (!next) return `${code} is the only account that takes it.`;
  if (best.rule?.rule === 'prefer') return `${code} is preferred here (${named(best.rule)}).`;
  if (next.candidate.cardForbids && !best.candidate.cardForbids) {
    return `${code} takes it as it is, ${next.candidate.code} does not by its rate card.`;
  }
  if (price === null) return 'No rate card says what it costs: the first account by its code.';
  if (next.candidate.price === null) return `${code} is the only account with a price for it.`;
  if (comparedMinor === null || next.candidate.comparedMinor === null) {
    return `${code} was taken, but not all prices could be compared: enter the missing exchange rates.`;
  }
  if (next.candidate.comparedMinor === comparedMinor) return `${code} costs as much as ${next.candidate.code}.`;
  return `${code} is the cheapest by the rate cards.`;
}

/** Chooses the account for a parcel. Pure: the same candidates and rules give the same account, whatever their order. */
export function chooseAccount(
  candidates: readonly CarrierCandidate[],
  rules: readonly CarrierRule[],
  lane: LaneFacts,
): CarrierChoice {
  const all = [...candidates]
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map((candidate): Judged => ({ candidate, rule: ruleFor(rules, candidate.connectionId, lane) }));
  const possible = all
    .filter(({ candidate, rule }) => candidate.faults.length === 0 && rule?.rule !== 'never')
    .sort(byMerit);
  const [best, ...others] = possible;
  const considered = all.map((judged): Considered => {
    const { candidate, rule } = judged;
    const { connectionId, code, price, faults, priceWhy } = candidate;
    const base = { connectionId, code, price, rule: rule ? named(rule) : null };
    if (rule?.rule === 'never') return { ...base, verdict: 'ruled-out', why: `ruled out here (${named(rule)})` };
    if (faults.length > 0) return { ...base, verdict: 'refused', why: faults.map(told).join('; ') };
    return { ...base, verdict: judged === best ? 'chosen' : 'possible', why: priceWhy ?? 'priced by its rate card' };
  });
  if (best) {
    return { ok: true, connectionId: best.candidate.connectionId, reason: reasonFor(best, others), considered };
  }
  const [only] = considered;
  const remedies = [...new Set(all.flatMap(({ candidate }) => candidate.faults.map(({ remedy }) => remedy)))];
  return {
    ok: false,
    why:
      only === undefined
        ? 'no carrier is connected'
        : considered.length === 1
          ? only.why
          : `no carrier takes it: ${considered.map(({ code, why }) => `${code}: ${why}`).join('; ')}`,
    remedy: only === undefined ? 'Connect a carrier account.' : remedies.join(' ') || 'Change the rules for carriers.',
    considered,
  };
}
