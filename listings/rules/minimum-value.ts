import type { Money } from '../../connectors/contract/common.ts';
import { decimalsOf, fromMinor } from '../../connectors/contract/minor-units.ts';
import type { RowFinding } from '../../connectors/contract/store.ts';
import { rateBetween, showRate } from '../../pricing/exchange.ts';
import { compare, fraction, times } from '../../pricing/fraction.ts';
import type { RuledListing, RuleGround } from './types.ts';

/** A country's minimum value per unit for goods that are sold to it directly from abroad through a marketplace. */
export interface MinimumValue {
  readonly id: string;
  /** Of the buyers, ISO 3166-1 alpha-2. */
  readonly country: string;
  /** First and last day, YYYY-MM-DD; null: no end is known. */
  readonly from: string;
  readonly until: string | null;
  /** For one unit, free on board: without freight and insurance. */
  readonly least: Money;
  /** The positive list: goods that may be sold below it, by the first digits of their HS code. */
  readonly exempt: readonly { readonly goods: string; readonly hsPrefixes: readonly string[] }[];
  readonly source: string;
  /** What of it could not be confirmed. */
  readonly unconfirmed: string;
}

export const minimumValues: readonly MinimumValue[] = [
  {
    id: 'id.minimum-value',
    country: 'ID',
    from: '2023-09-26',
    until: null,
    least: { amountMinor: 100_00, currency: 'USD' },
    exempt: [
      { goods: 'books', hsPrefixes: ['49'] },
      { goods: 'film', hsPrefixes: ['3706'] },
      { goods: 'software and music on media', hsPrefixes: ['8523'] },
    ],
    source: 'Permendag 31/2023 art. 19, positive list Kepmendag 1998/2023 (news.ddtc.co.id)',
    unconfirmed:
      'the day it came into force, the HS codes of the positive list, and whether it applies to listings of a brand that ships from abroad under the marketplace’s own cross-border programme',
  },
];

const field = 'price';

/**
 * What a country's minimum value says about a listing. The price there is taken for the free-on-board value, which is at
 * most that: what is below it is below it in any case. An account says with `directFromAbroad` whether the rule is about
 * it; as long as nobody has said, it warns and forbids nothing.
 */
export function minimumValueFindings(listing: RuledListing, ground: RuleGround): RowFinding[] {
  const { lane, on, settings } = ground;
  const applies = settings.directFromAbroad ?? 'unknown';
  if (applies === 'no' || lane.to === null || lane.from === lane.to) return [];
  const rules = minimumValues.filter(
    (rule) => rule.country === lane.to && rule.from <= on && (rule.until === null || on <= rule.until),
  );
  return rules.flatMap((rule) =>
    severityOf(rule, ground) === 'off' ? [] : findingsOf(rule, listing, ground, severityOf(rule, ground) === 'error'),
  );
}

function severityOf({ id }: MinimumValue, { settings }: RuleGround): 'error' | 'warning' | 'off' {
  return settings.severities?.[id] ?? (settings.directFromAbroad === 'yes' ? 'error' : 'warning');
}

function findingsOf(rule: MinimumValue, listing: RuledListing, ground: RuleGround, blocking: boolean): RowFinding[] {
  const least = `${rule.least.currency} ${fromMinor(rule.least.amountMinor, rule.least.currency)}`;
  const exempt = rule.exempt.flatMap(({ hsPrefixes }) => hsPrefixes);
  return listing.skus.flatMap((sku): RowFinding[] => {
    const { price, hsCode } = sku;
    if (price === null || exempt.some((prefix) => hsCode?.startsWith(prefix))) return [];
    const rate = rateBetween(ground.rates, price.currency, rule.least.currency, ground.on);
    const shown = `${fromMinor(price.amountMinor, price.currency)} ${price.currency}`;
    const say = (reason: string, remedy: string): RowFinding[] => [
      { field, value: shown, reason, remedy, blocking, rule: rule.id, source: `${rule.source}, since ${rule.from}` },
    ];
    if (price.currency !== rule.least.currency && rate === null) {
      return say(
        `Whether ${sku.sellerSku} reaches ${least} per unit could not be judged: there is no rate from ${price.currency} to ${rule.least.currency}.`,
        `Type in a rate between ${price.currency} and ${rule.least.currency}.`,
      );
    }
    const major = fraction(BigInt(price.amountMinor), 10n ** BigInt(decimalsOf(price.currency)));
    const value = rate === null ? major : times(major, rate.factor);
    const needed = fraction(BigInt(rule.least.amountMinor), 10n ** BigInt(decimalsOf(rule.least.currency)));
    if (compare(value, needed) >= 0) return [];
    const by =
      rate === null ? '' : ` at ${showRate(rate)} ${rule.least.currency} per ${price.currency} of ${rate.date}`;
    return say(
      `${sku.sellerSku} costs less than ${least}${by}: goods sold directly from abroad must be worth that per unit in ${rule.country}.`,
      blocking
        ? 'Raise its price, leave it out of this marketplace, or have it stocked in the country.'
        : 'Say in the account’s rule settings whether its goods count as sold directly from abroad.',
    );
  });
}
