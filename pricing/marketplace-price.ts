import type { Money } from '../connectors/contract/common.ts';
import { minorOf, showMinor } from './currency.ts';
import { checkFloor, type FloorVerdict } from './floor.ts';
import { fraction } from './fraction.ts';
import { guardChange } from './guard.ts';
import type { Override, PriceInput } from './input.ts';
import { amount, type Refused, type RulePrice, rulePrice, saleInForce } from './rule-price.ts';
import type { TraceStep } from './types.ts';

export interface PriceResult {
  /** What shall be offered; null where it is blocked or waits: the price in force stays. */
  readonly price: Money | null;
  /** What the rules alone say; null where they say nothing. */
  readonly rulePriceMinor: number | null;
  /** The same without a sale. */
  readonly regularRuleMinor: number | null;
  readonly blocked: Refused | null;
  /** Why the rule price must wait for a person. */
  readonly waits: string | null;
  /** Of the price that would be offered. */
  readonly floor: FloorVerdict | null;
  readonly marginPercent: string | null;
  readonly trace: readonly TraceStep[];
  /** When the price changes by itself: a sale begins or ends, an override expires, its rate is too old. */
  readonly changesAt: Date | null;
}

/**
 * The price on a marketplace and how it came about: brand price (or sale price) → exchange rate of a date → fees in their
 * order → rounding → margin floor → override → guard against jumps. Exact: no floating point, rounded once. Pure.
 */
export function marketplacePrice(input: PriceInput): PriceResult {
  const regular = rulePrice(input, null);
  const saleMinor = saleInForce(input);
  const chosen = saleMinor === null ? regular : rulePrice(input, saleMinor);
  return settle(input, chosen, regular);
}

/** Margin floor, override and guard decide what of the rule price is offered. */
function settle(input: PriceInput, chosen: RulePrice, regular: RulePrice): PriceResult {
  const { targetCurrency, rule, at } = input;
  const trace = [...chosen.trace];
  const override = inForce(input.override ?? null, at);
  const said = {
    rulePriceMinor: chosen.minor,
    regularRuleMinor: regular.minor,
    changesAt: nextChange(input, chosen.staleAt),
  };
  const stays = (blocked: PriceResult['blocked'], waits: string | null, floor: FloorVerdict | null): PriceResult => {
    const text = blocked?.reason ?? waits ?? '';
    // A rule price that could not be made has said so already.
    if (trace.at(-1)?.text !== text)
      trace.push({ code: blocked ? 'blocked' : 'guard', text, before: null, after: null, source: null });
    return { ...said, price: null, blocked, waits, floor, marginPercent: floor?.marginPercent ?? null, trace };
  };
  if (override) trace.push(overrideStep(override, chosen.minor, targetCurrency));
  const minor = override?.amountMinor ?? chosen.minor;
  if (minor === null) return stays(chosen.blocked, null, null);
  if (!Number.isSafeInteger(minor) || minor <= 0)
    return stays({ code: 'not-a-price', reason: `${minor} is not a price above zero.` }, null, null);
  const passed = override?.floorPassed ?? null;
  // Without a rate the cost is not known in this currency: a floor that cannot be checked blocks.
  if (rule.floorPercent !== null && !passed && !chosen.charges) return stays(chosen.blocked, null, null);
  const floor = floorOf(input, chosen, minor);
  if (floor) {
    const verdict = floor.holds
      ? 'The margin floor holds'
      : passed
        ? `${passed.by} let it pass below the margin floor (${passed.reason})`
        : 'It is below the margin floor';
    trace.push({
      code: 'floor',
      text: `${verdict}: ${floor.formula}.`,
      before: null,
      after: null,
      source: input.ruleSource,
    });
    if (!floor.holds && !passed)
      return stays(
        {
          code: 'below-floor',
          reason: `${showMinor(minor, targetCurrency)} is below the margin floor: ${floor.formula}.`,
        },
        null,
        floor,
      );
  }
  const waits = override ? null : mustWait(input, chosen.minor, regular.minor);
  if (waits) return stays(null, waits, floor);
  trace.push({
    code: 'price',
    text: `Offered for ${showMinor(minor, targetCurrency)}.`,
    before: null,
    after: amount(minor, targetCurrency),
    source: null,
  });
  const price = { amountMinor: minor, currency: targetCurrency };
  return { ...said, price, blocked: null, waits: null, floor, marginPercent: floor?.marginPercent ?? null, trace };
}

/** The verdict on a price; null where the rule demands no floor or the price of the SKU cannot be reckoned. */
function floorOf(
  { rule, targetCurrency }: PriceInput,
  { charges, costMinor }: RulePrice,
  minor: number,
): FloorVerdict | null {
  if (!charges || !costMinor || rule.floorPercent === null) return null;
  return checkFloor({
    priceMinor: BigInt(minor),
    charges,
    costMinor,
    floorPercent: rule.floorPercent,
    currency: targetCurrency,
  });
}

const inForce = (override: Override | null, at: Date): Override | null =>
  override && (override.expiresAt === null || at < override.expiresAt) ? override : null;

function overrideStep(override: Override, ruleMinor: number | null, currency: string): TraceStep {
  const until = override.expiresAt ? `until ${override.expiresAt.toISOString()}` : 'until it is taken back';
  return {
    code: 'override',
    text: `${override.by} set ${showMinor(override.amountMinor, currency)} ${until}: ${override.reason}.`,
    before: ruleMinor === null ? null : amount(ruleMinor, currency),
    after: amount(override.amountMinor, currency),
    source: `${override.by}, ${override.at.toISOString()}`,
  };
}

/** The end of a sale is no jump: what is compared then are the prices without it. */
function mustWait(
  { accepted, rule, targetCurrency }: PriceInput,
  minor: number | null,
  regularMinor: number | null,
): string | null {
  if (!accepted || minor === null || regularMinor === null || minor === accepted.priceMinor) return null;
  return (
    guardChange(accepted.regularMinor, regularMinor, rule.changePercent, targetCurrency) ??
    guardChange(regularMinor, minor, rule.changePercent, targetCurrency)
  );
}

function nextChange({ brand, rule, override, at }: PriceInput, staleAt: Date | null): Date | null {
  const sale = rule.sales === 'follow' && brand.saleMinor !== null ? [brand.saleFrom, brand.saleUntil] : [];
  const [next] = [...sale, override?.expiresAt ?? null, staleAt]
    .filter((moment): moment is Date => moment !== null && moment > at)
    .sort((a, b) => a.getTime() - b.getTime());
  return next ?? null;
}

/** A price in minor units from what a person typed, "95000" or "12.50"; null where it is none above zero. */
export function typedPrice(text: string, currency: string): number | null {
  const match = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(text.trim());
  if (!match?.[1]) return null;
  const decimals = match[2] ?? '';
  const minor = minorOf(fraction(BigInt(match[1] + decimals), 10n ** BigInt(decimals.length)), currency);
  return minor.d === 1n && minor.n > 0n && minor.n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(minor.n) : null;
}
