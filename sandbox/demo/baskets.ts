import type { MarketControl } from '../channels/market-control.ts';
import type { DemoWorld } from './world.ts';

type Basket = { sellerSku: string; quantity: number }[];

/** What can be bought of each brand with a shop, by the brand's code. Our seller SKUs begin with it. */
async function shelves(demo: DemoWorld, market: MarketControl = demo.marketplace): Promise<Map<string, string[]>> {
  const onShelf = (await market.onShelf()).filter(({ stock }) => stock >= 3);
  return new Map(
    demo.shops.map(({ brand }) => [
      brand.code,
      onShelf.map(({ sellerSku }) => sellerSku).filter((sku) => sku.startsWith(`${brand.code}-`)),
    ]),
  );
}

/**
 * Orders that need several shops: one of a single brand for each further shop, then a basket for every two neighbours, one of
 * all brands, and at the end the one that will be cancelled.
 */
export async function basketsOf(demo: DemoWorld): Promise<Basket[]> {
  const offers = await shelves(demo);
  const brands = [...offers.keys()];
  const line = (brand: string, nth: number, quantity = 1): Basket => {
    const own = offers.get(brand) ?? [];
    const sellerSku = own[nth % own.length];
    if (sellerSku === undefined) throw new Error(`nothing of ${brand} is on the shelf`);
    return [{ sellerSku, quantity }];
  };
  const singles = brands.slice(1).map((brand) => line(brand, 0, 2));
  const pairs = brands.map((brand, index) => {
    const other = brands[(index + 1) % brands.length] ?? brand;
    return [...line(brand, 11 + index), ...line(other, 3 + index)];
  });
  const all = brands.flatMap((brand, index) => line(brand, 17 + index));
  const doomed = brands.slice(0, 2).flatMap((brand) => line(brand, 2));
  return [...singles, ...pairs, all, doomed];
}

/** Two orders of each brand that sells on a further marketplace, and two of all of them: the last one will be cancelled. */
export async function basketsAbroad(demo: DemoWorld, market: MarketControl): Promise<Basket[]> {
  const offers = [...(await shelves(demo, market)).values()].filter((skus) => skus.length > 0);
  if (offers.length === 0) throw new Error(`nothing of any brand is on the shelf of ${market.code}`);
  const one = (skus: readonly string[], nth: number, quantity: number): Basket =>
    skus.slice(nth % skus.length, (nth % skus.length) + 1).map((sellerSku) => ({ sellerSku, quantity }));
  const singles = offers.flatMap((skus) => [one(skus, 1, 1), one(skus, 4, 2)]);
  const mixed = [6, 8].map((nth) => offers.flatMap((skus) => one(skus, nth, 1)));
  return [...singles, ...mixed];
}
