import assert from 'node:assert/strict';
import type { Money } from '../../contract/common.ts';
import type { ListingRef } from '../../contract/marketplace.ts';
import { failsAs } from '../failures.ts';
import { type MarketCase, type MarketFacts, marketCase } from './case-tools.ts';
import { FIRST_STOCK, type Market, only } from './far-side.ts';

const absolute = ({ connector }: MarketFacts) =>
  connector.capabilities.stockWrites === 'absolute' ? null : 'stock is written as changes, not as a level';
const delta = ({ connector }: MarketFacts) =>
  connector.capabilities.stockWrites === 'delta' ? null : 'stock is written as a level';

const rowsOf = (ref: ListingRef, quantity: number) =>
  ref.skus.map((sku) => ({ ...sku, externalId: ref.externalId, quantity }));
const changeOf = ({ externalId, skus }: ListingRef, change: number) =>
  skus.map((sku) => ({ ...sku, externalId, delta: change }));

/** A price of other digits in the same currency. */
function money(of: Money, amountMinor: number): Money {
  return { ...of, amountMinor };
}

async function quantityOf(market: Market, ref: ListingRef): Promise<number> {
  return (await market.book(ref.skus[0]?.sellerSku ?? '')).quantity;
}

/** A row of a SKU that there is not. */
const strayRow = { sellerSku: 'TLC-STRAY', externalSkuId: '999999999999' };

/** Stock and prices of live listings. */
export const offerCases: readonly MarketCase[] = [
  marketCase(
    ['listing', 'stock-level', 'writeStock', 'a level is shown, down to nothing, and twice is once'],
    async (market) => {
      const { ref } = await market.live([market.name('level')]);
      for (const quantity of [7, 7, 0, 0, 12]) {
        await market.show(ref, quantity);
        assert.equal(await quantityOf(market, ref), quantity, 'by the other side’s books');
      }
    },
  ),
  marketCase(
    ['listing', 'stock-sold', 'writeStock', 'a level that is written after a sale is what is shown'],
    async (market) => {
      const { ref } = await market.live([market.name('sold')]);
      await market.bed.orders.buy(market.bench, [{ sellerSku: ref.skus[0]?.sellerSku ?? '', quantity: 3 }]);
      assert.equal(await quantityOf(market, ref), FIRST_STOCK - 3, 'by the other side’s books');
      await market.show(ref, 9);
      assert.equal(await quantityOf(market, ref), 9, 'by the other side’s books');
    },
  ),
  marketCase(
    ['listing', 'stock-unheard', 'writeStock', 'a level whose answer was lost is written again, and holds'],
    async (market) => {
      const { ref } = await market.live([market.name('unheard')]);
      const rows = rowsOf(ref, 4);
      await failsAs(
        market.dials.under({ kind: 'lose-answer' }, market.bed.calls.stock, () => market.connector.writeStock(rows)),
        'Unavailable',
        'OutcomeUnknown',
      );
      await market.show(ref, 4);
      assert.equal(await quantityOf(market, ref), 4, 'by the other side’s books');
    },
    absolute,
  ),
  ...deltaCases(),
  ...priceCases(),
  marketCase(
    ['partial batch', 'stock-row', 'writeStock', 'a bad row fails alone, by its key, with a reason'],
    async (market) => {
      const { ref } = await market.live([market.name('row'), market.name('row')]);
      const rows = [...rowsOf(ref, 6), { ...strayRow, externalId: ref.externalId, quantity: 6 }];
      await assertOnlyStrayFails(await market.connector.writeStock(rows), ref);
      for (const { sellerSku } of ref.skus) assert.equal((await market.book(sellerSku)).quantity, 6);
    },
  ),
  marketCase(
    ['partial batch', 'price-row', 'writePrices', 'a bad price fails alone, by its key, with a reason'],
    async (market) => {
      const { ref, draft } = await market.live([market.name('row')]);
      const price = money(draft.skus[0]?.price ?? { amountMinor: 0, currency: 'IDR' }, 170_000);
      const rows = [...ref.skus, strayRow].map((sku) => ({ ...sku, externalId: ref.externalId, price }));
      await assertOnlyStrayFails(await market.connector.writePrices(rows), ref);
      assert.deepEqual((await market.book(ref.skus[0]?.sellerSku ?? '')).price, price);
    },
  ),
];

async function assertOnlyStrayFails(
  outcomes: readonly { readonly ok: boolean; readonly key: string; readonly reason?: string }[],
  ref: ListingRef,
): Promise<void> {
  const failed = only(
    outcomes.filter(({ ok }) => !ok),
    'rows that failed',
  );
  assert.equal(failed.key, strayRow.sellerSku, 'key of the row that failed');
  assert.notEqual(failed.reason ?? '', '', 'the reason');
  const kept = outcomes.filter(({ ok }) => ok).map(({ key }) => key);
  assert.deepEqual(kept.toSorted(), ref.skus.map(({ sellerSku }) => sellerSku).toSorted(), 'rows that were written');
}

function deltaCases(): readonly MarketCase[] {
  const changing = async (market: Market, what: string) => {
    const { ref } = await market.live([market.name(what)]);
    const { changeStock, readStock } = market.connector;
    assert.ok(changeStock !== undefined && readStock !== undefined, 'changeStock and readStock belong to delta stock');
    return { ref, change: changeStock.bind(market.connector), read: readStock.bind(market.connector) };
  };
  return [
    marketCase(
      ['listing', 'delta', 'changeStock', 'changes add up, and what is offered is read'],
      async (market) => {
        const { ref, change, read } = await changing(market, 'delta');
        for (const units of [5, -8]) assert.ok(only(await change(changeOf(ref, units)), 'rows').ok);
        assert.equal(await quantityOf(market, ref), FIRST_STOCK - 3, 'by the other side’s books');
        const row = only(await read(rowsOf(ref, 0)), 'rows of readStock');
        assert.ok(row.ok && row.value === FIRST_STOCK - 3, `read as ${JSON.stringify(row)}`);
        assert.equal(row.key, ref.skus[0]?.sellerSku, 'the key is the seller SKU');
      },
      delta,
    ),
    marketCase(
      ['listing', 'delta-unheard', 'changeStock', 'a change whose answer was lost is OutcomeUnknown and was made once'],
      async (market) => {
        const { ref, change, read } = await changing(market, 'unheard');
        await failsAs(
          market.dials.under({ kind: 'lose-answer' }, market.bed.calls.stock, () => change(changeOf(ref, -2))),
          'OutcomeUnknown',
        );
        assert.equal(await quantityOf(market, ref), FIRST_STOCK - 2, 'by the other side’s books');
        const row = only(await read(rowsOf(ref, 0)), 'rows of readStock');
        assert.ok(row.ok && row.value === FIRST_STOCK - 2, `read as ${JSON.stringify(row)}`);
      },
      delta,
    ),
    marketCase(
      ['listing', 'delta-throttled', 'changeStock', 'a throttled change was not made'],
      async (market) => {
        const { ref, change } = await changing(market, 'throttled');
        const fault = { kind: 'throttle', retryAfter: 'seconds', seconds: 3 };
        await failsAs(
          market.dials.under(fault, market.bed.calls.stock, () => change(changeOf(ref, -2))),
          'RateLimited',
        );
        assert.equal(await quantityOf(market, ref), FIRST_STOCK, 'by the other side’s books');
      },
      delta,
    ),
  ];
}

function priceCases(): readonly MarketCase[] {
  return [
    marketCase(
      ['listing', 'price', 'writePrices', 'a price is shown as it was sent, and twice is once'],
      async (market) => {
        const { ref, draft } = await market.live([market.name('price')]);
        const old = draft.skus[0]?.price ?? { amountMinor: 0, currency: 'IDR' };
        for (const amountMinor of [old.amountMinor + 1_700, old.amountMinor + 1_700, old.amountMinor + 99]) {
          const price = money(old, amountMinor);
          const rows = ref.skus.map((sku) => ({ ...sku, externalId: ref.externalId, price }));
          const outcome = only(await market.connector.writePrices(rows), 'outcomes');
          assert.ok(outcome.ok, outcome.ok ? '' : outcome.reason);
          assert.deepEqual((await market.book(outcome.key)).price, price, 'by the other side’s books');
          assert.deepEqual((await market.seen(ref)).price, price, 'as read');
        }
      },
    ),
    marketCase(
      ['listing', 'price-unheard', 'writePrices', 'a price whose answer was lost is written again'],
      async (market) => {
        const { ref, draft } = await market.live([market.name('unheard')]);
        const old = draft.skus[0]?.price ?? { amountMinor: 0, currency: 'IDR' };
        const rows = ref.skus.map((sku) => ({ ...sku, externalId: ref.externalId, price: money(old, 190_000) }));
        await failsAs(
          market.dials.under({ kind: 'lose-answer' }, market.bed.calls.prices, () =>
            market.connector.writePrices(rows),
          ),
          'Unavailable',
          'OutcomeUnknown',
        );
        assert.ok(only(await market.connector.writePrices(rows), 'outcomes').ok);
        assert.equal((await market.book(ref.skus[0]?.sellerSku ?? '')).price?.amountMinor, 190_000);
      },
    ),
  ];
}
