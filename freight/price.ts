import type { Break, RateCard } from './card.ts';

/** Base and rate for a weight in grams, halves of a minor unit rounded up. */
function priceAt({ baseMinor, perKgMinor }: Break, grams: number): number {
  return baseMinor + Math.floor((perKgMinor * grams + 500) / 1000);
}

export interface BasePrice {
  readonly amountMinor: number;
  /** The weight that is billed; more than the goods weigh where the next break is cheaper. */
  readonly billedGrams: number;
  readonly how: string;
}

/**
 * The base price of a weight: that of its own break, or of the lower bound of a higher break if that is cheaper (the
 * pivot rule of freight: nobody pays more for less). It makes prices non-decreasing in weight.
 * @param grams already rounded up to the step
 */
export function freightBase(card: Pick<RateCard, 'breaks'>, zone: string, grams: number): BasePrice {
  const breaks = card.breaks.filter((item) => item.zone === zone).sort((a, b) => a.fromGrams - b.fromGrams);
  const own = breaks.find(({ upToGrams }) => grams <= upToGrams);
  if (!own) throw new Error(`zone ${zone} has no price for ${grams} g`);
  const describe = (item: Break, at: number) =>
    `base ${item.baseMinor} and ${item.perKgMinor} for each kg of ${at / 1000} kg (minor units)`;
  let best: BasePrice = { amountMinor: priceAt(own, grams), billedGrams: grams, how: describe(own, grams) };
  for (const higher of breaks) {
    if (higher.fromGrams < grams) continue;
    const amountMinor = priceAt(higher, higher.fromGrams);
    if (amountMinor >= best.amountMinor) continue;
    best = {
      amountMinor,
      billedGrams: higher.fromGrams,
      how: `${describe(higher, higher.fromGrams)}: cheaper than ${grams / 1000} kg by its own break`,
    };
  }
  return best;
}
