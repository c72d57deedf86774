/** One reason to ask a brand. */
export type ConfirmationCondition =
  /** The order's total, in minor units of its currency; other currencies never meet it. */
  | { readonly kind: 'total-at-least'; readonly amountMinor: number; readonly currency: string }
  /** ISO 3166-1 alpha-2 codes. */
  | { readonly kind: 'destination'; readonly countryCodes: readonly string[] }
  | { readonly kind: 'sku'; readonly skus: readonly string[] }
  /** The brand has no earlier order on this marketplace account. */
  | { readonly kind: 'first-order' };

/** When a brand is asked before an order is approved, and what its answer and its silence mean. */
export interface ConfirmationRule {
  /** `any`: when one of the conditions is met. `by-hand`: only when a person asks. */
  readonly ask: 'always' | 'any' | 'by-hand';
  readonly conditions: readonly ConfirmationCondition[];
  /** `cancel`: a cancellation is asked for. `ops`: the order goes back to ops with the brand's reason. */
  readonly onDecline: 'cancel' | 'ops';
  /** After the deadline: `approve` takes silence for yes, `ops` brings the order back to ops. */
  readonly onSilence: 'approve' | 'ops';
  /** The brand has so long to answer … */
  readonly answerWithinHours: number;
  /** … but the answer must be there so long before the order must be shipped. */
  readonly beforeShipByHours: number;
  /** A reminder goes out so long before the deadline; 0 = none. */
  readonly remindBeforeHours: number;
}

/** What holds where a person asks a brand that has no rule of its own. */
export const ruleByHand: ConfirmationRule = {
  ask: 'by-hand',
  conditions: [],
  onDecline: 'cancel',
  onSilence: 'ops',
  answerWithinHours: 24,
  beforeShipByHours: 12,
  remindBeforeHours: 4,
};

/** What of an order a rule looks at. */
export interface OrderFacts {
  readonly totalMinor: number;
  readonly currency: string;
  readonly destinationCountryCode: string;
  readonly skus: readonly string[];
  readonly isFirstOrder: boolean;
}

/** Why the brand is to be asked about an order, in sentences; empty = it is not asked. */
export function reasonsToAsk(rule: ConfirmationRule, order: OrderFacts): string[] {
  if (rule.ask === 'by-hand') return [];
  if (rule.ask === 'always') return ['Every order is confirmed.'];
  return rule.conditions.map((condition) => reasonOf(condition, order)).filter((reason) => reason !== null);
}

function reasonOf(condition: ConfirmationCondition, order: OrderFacts): string | null {
  switch (condition.kind) {
    case 'total-at-least': {
      const { amountMinor, currency } = condition;
      if (order.currency !== currency || order.totalMinor < amountMinor) return null;
      return `Its total of ${money(order.totalMinor, currency)} is at least ${money(amountMinor, currency)}.`;
    }
    case 'destination':
      return condition.countryCodes.includes(order.destinationCountryCode)
        ? `It goes to ${order.destinationCountryCode}.`
        : null;
    case 'sku': {
      const found = order.skus.filter((sku) => condition.skus.includes(sku));
      return found.length > 0 ? `It holds ${[...new Set(found)].sort().join(', ')}.` : null;
    }
    case 'first-order':
      return order.isFirstOrder ? 'It is the first order on this marketplace.' : null;
  }
}

/** An amount as people write it: `IDR 1,250,000.00`. */
export function money(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** digits).replaceAll('\u00a0', ' ');
}

const hourMs = 60 * 60 * 1000;
/** Where the marketplace leaves no time, the brand gets at least this. */
const shortestMs = 30 * 60 * 1000;

export interface Deadlines {
  readonly dueAt: Date;
  /** Null: no reminder, or no time for one. */
  readonly remindAt: Date | null;
}

/**
 * Until when the brand may answer: its own time, cut by the time that shipping needs before the marketplace's ship-by; never
 * less than half an hour, so that a question that comes late can be answered at all.
 */
export function deadlinesOf(rule: ConfirmationRule, askedAt: Date, shipBy: Date | null): Deadlines {
  const own = askedAt.getTime() + rule.answerWithinHours * hourMs;
  const byShipping = shipBy === null ? own : shipBy.getTime() - rule.beforeShipByHours * hourMs;
  const dueAt = Math.max(Math.min(own, byShipping), askedAt.getTime() + shortestMs);
  const remindAt = dueAt - rule.remindBeforeHours * hourMs;
  const hasTime = rule.remindBeforeHours > 0 && remindAt > askedAt.getTime();
  return { dueAt: new Date(dueAt), remindAt: hasTime ? new Date(remindAt) : null };
}
