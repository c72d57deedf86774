import assert from 'node:assert/strict';
import type { ListingDraft } from '../../contract/marketplace.ts';
import { NotProvoked } from '../case.ts';
import type { MadeListing, Market } from '../general/far-side.ts';
import { oddSkus, prices, texts } from '../general/market-data.ts';
import type { GivenRun } from './cases.ts';

/** Made, and named by ids: where the platform gives these with the approval only, its review is waited for. */
async function listed(market: Market, skus: readonly string[], more: Partial<ListingDraft> = {}): Promise<MadeListing> {
  if (market.connector.capabilities.findsListings === false) market.bed.assertReviewed?.();
  const draft = await market.draft(skus, more);
  const ref = await market.connector.createListing(draft);
  const isNamed = ref.skus.every(({ externalSkuId }) => externalSkuId !== '');
  return isNamed ? { ref, draft } : market.approve({ ref, draft });
}

function find(market: Market, sku: string) {
  if (market.connector.capabilities.findsListings === false) {
    throw new NotProvoked('the platform has no confirmed way to look a listing up by its SKU');
  }
  return market.connector.findListing(sku);
}

const skuRuns = oddSkus.map(({ id, of }): [string, GivenRun] => [
  `odd SKUs/${id}`,
  async (context) => {
    const market = await context.market();
    const sku = of(market.name('o'));
    const { ref } = await listed(market, [sku]);
    assert.deepEqual(
      ref.skus.map(({ sellerSku }) => sellerSku),
      [sku],
      'as created',
    );
    assert.notEqual((await market.seen(ref, sku)).remote, 'ABSENT', 'as read');
    if (market.connector.capabilities.findsListings !== false) {
      assert.equal((await find(market, sku))?.externalId, ref.externalId, 'as found');
    }
  },
]);

const textRuns = texts.map(({ id, text }): [string, GivenRun] => [
  `text/${id}`,
  async (context) => {
    const market = await context.market();
    const sku = market.name(id);
    const title = market.title(text);
    await listed(market, [sku], { title });
    assert.equal((await market.book(sku)).title, title, 'as it is shown');
  },
]);

const priceRuns = prices.map((amountMinor): [string, GivenRun] => [
  `money and time/price-${amountMinor}`,
  async (context) => {
    const market = await context.market();
    const sku = market.name('money');
    const draft = await market.draft([sku]);
    const skus = draft.skus.map((one) => ({ ...one, price: { ...one.price, amountMinor } }));
    const { ref } = await listed(market, [sku], { skus });
    const { price } = await market.seen(ref, sku);
    if (price === null) throw new NotProvoked('the price cannot be read over there');
    assert.deepEqual(price, skus[0]?.price, 'as read');
  },
]);

/** Listings on a server of others: made, found and read without anybody's help over there. */
export const listingRuns: Readonly<Record<string, GivenRun>> = {
  ...Object.fromEntries([...skuRuns, ...textRuns, ...priceRuns]),
  'listing/created-once': async (context) => {
    const market = await context.market();
    const skus = [market.name('once'), market.name('once')];
    const { ref } = await listed(market, skus);
    context.reconnect();
    for (const sku of skus)
      assert.equal((await find(market, sku))?.externalId, ref.externalId, `the listing of ${sku}`);
  },
};
