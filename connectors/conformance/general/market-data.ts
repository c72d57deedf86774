import assert from 'node:assert/strict';
import { type MarketCase, marketCase } from './case-tools.ts';

/** Seller SKUs as brands write them; `%` is where what makes it unique stands. */
export const oddSkus = [
  { id: 'slash', what: 'a slash', of: (mark: string) => `${mark}/B/c` },
  { id: 'space', what: 'a space', of: (mark: string) => `${mark} red shirt` },
  { id: 'unicode', what: 'letters beyond ASCII', of: (mark: string) => `${mark}-Größe-大-ñ` },
  { id: 'signs', what: 'signs that mean something in addresses', of: (mark: string) => `${mark}-50%+a&b=c?#` },
  { id: 'quotes', what: 'quotation marks', of: (mark: string) => `${mark}-7'9"` },
  { id: 'number', what: 'digits only', of: (mark: string) => `00${mark.replaceAll(/\D/g, '')}7` },
  { id: 'long', what: '64 characters', of: (mark: string) => `${mark}-`.padEnd(64, 'L') },
];

/** Texts that break what was not written with them in mind. */
export const texts = [
  { id: 'emoji', what: 'emoji', text: 'Sepatu 👟 keren' },
  { id: 'rtl', what: 'letters from right to left', text: 'حذاء shoe' },
  { id: 'markup', what: 'signs of markup', text: 'Shoes & <b>more</b> "quoted"' },
];

const quantities = [1, 999_999];

/** Minor units: few, and as many as a marketplace has digits for. */
export const prices = [1_000, 99_999_900];

/** Data as it really is: SKUs, texts, amounts, quantities; several workers at once. */
export const marketDataCases: readonly MarketCase[] = [
  ...oddSkus.map(({ id, what, of }) =>
    marketCase(
      ['odd SKUs', id, 'createListing', `a SKU with ${what}: listed, found, offered, sold`],
      async (market) => {
        const sku = of(market.name('o'));
        const { ref } = await market.live([sku]);
        assert.deepEqual(
          ref.skus.map(({ sellerSku }) => sellerSku),
          [sku],
          'as created',
        );
        assert.equal((await market.connector.findListing(sku))?.externalId, ref.externalId, 'as found');
        assert.equal((await market.seen(ref, sku)).remote, 'LIVE', 'as read');
        await market.show(ref, 5);
        assert.equal((await market.book(sku)).quantity, 5, 'by the other side’s books');
        const externalId = await market.bed.orders.buy(market.bench, [{ sellerSku: sku, quantity: 1 }]);
        const [order] = await market.connector.readOrders([externalId]);
        assert.deepEqual(
          order?.lines.map(({ sellerSku }) => sellerSku),
          [sku],
          'in an order',
        );
      },
      ({ bed }) => bed.skusRuledOut?.[id] ?? null,
    ),
  ),
  ...texts.map(({ id, what, text }) =>
    marketCase(['text', id, 'createListing', `a title with ${what} is shown as it is`], async (market) => {
      const sku = market.name(id);
      await market.live([sku], { title: text });
      assert.equal((await market.book(sku)).title, text, 'by the other side’s books');
    }),
  ),
  ...quantities.map((quantity) =>
    marketCase(['quantities', `stock-${quantity}`, 'writeStock', `${quantity} is offered`], async (market) => {
      const { ref } = await market.live([market.name('many')]);
      await market.show(ref, quantity);
      assert.equal((await market.book(ref.skus[0]?.sellerSku ?? '')).quantity, quantity, 'by the other side’s books');
      if (market.connector.capabilities.readsStock) assert.equal((await market.seen(ref)).quantity, quantity);
    }),
  ),
  marketCase(['quantities', 'order', 'readOrders', 'an order of a thousand is read'], async (market) => {
    const { externalId } = await market.order(1_000);
    const [order] = await market.connector.readOrders([externalId]);
    assert.equal(order?.lines[0]?.quantity, 1_000);
  }),
  ...moneyAndTimeCases(),
  ...parallelCases(),
];

function moneyAndTimeCases(): readonly MarketCase[] {
  // Just before and after the end of a day, here and in the zones of South-East Asia.
  const instants = ['2031-03-09T16:59:59.000Z', '2031-12-31T23:30:00.000Z'];
  return [
    ...prices.map((amountMinor) =>
      marketCase(
        ['money and time', `price-${amountMinor}`, 'createListing', `a price of ${amountMinor} minor units is shown`],
        async (market) => {
          const sku = market.name('money');
          const draft = await market.draft([sku]);
          const skus = draft.skus.map((one) => ({ ...one, price: { ...one.price, amountMinor } }));
          const { ref } = await market.live([sku], { skus });
          const price = skus[0]?.price;
          assert.deepEqual((await market.book(sku)).price, price, 'by the other side’s books');
          assert.deepEqual((await market.seen(ref)).price, price, 'as read');
        },
      ),
    ),
    ...instants.map((instant) =>
      marketCase(
        ['money and time', `order-${instant.slice(0, 10)}`, 'readOrders', `an order of ${instant} is read as of then`],
        async (market) => {
          const now = new Date(instant);
          await market.order();
          await market.bed.orders.clock(market.bench, now);
          try {
            const { externalId } = await market.order();
            const [order] = await market.connector.readOrders([externalId]);
            const apartMs = Math.abs((order?.orderedAt.getTime() ?? 0) - now.getTime());
            assert.ok(apartMs < 1_000, `read as ${order?.orderedAt.toISOString()}`);
          } finally {
            await market.bed.orders.clock(market.bench, null);
          }
        },
      ),
    ),
  ];
}

function parallelCases(): readonly MarketCase[] {
  return [
    marketCase(
      ['parallel writes', 'siblings', 'writeStock', 'two workers at two SKUs of one listing: both hold'],
      async (market) => {
        const { ref } = await market.live([market.name('left'), market.name('right')]);
        const row = (index: number, quantity: number) =>
          ref.skus.slice(index, index + 1).map((sku) => ({ ...sku, externalId: ref.externalId, quantity }));
        await Promise.all([market.connector.writeStock(row(0, 3)), market.connector.writeStock(row(1, 8))]);
        const shown: number[] = [];
        for (const { sellerSku } of [...row(0, 0), ...row(1, 0)]) shown.push((await market.book(sellerSku)).quantity);
        assert.deepEqual(shown, [3, 8], 'by the other side’s books');
      },
    ),
    marketCase(
      ['parallel writes', 'one-level', 'writeStock', 'two workers at one SKU: one of both levels is shown'],
      async (market) => {
        const { ref } = await market.live([market.name('one')]);
        await Promise.all([market.show(ref, 3), market.show(ref, 8)]);
        const { quantity } = await market.book(ref.skus[0]?.sellerSku ?? '');
        assert.ok([3, 8].includes(quantity), `${quantity} is shown`);
      },
      ({ connector }) =>
        connector.capabilities.stockWrites === 'absolute'
          ? null
          : 'changes add up: one worker at a time, by the ledger',
    ),
    marketCase(
      ['parallel writes', 'listings', 'createListing', 'two listings made at once are two, each with its own SKU'],
      async (market) => {
        const skus = [market.name('x'), market.name('y')];
        const made = await Promise.all(skus.map((sku) => market.submitted([sku])));
        assert.equal(new Set(made.map(({ ref }) => ref.externalId)).size, 2, 'listings');
        for (const [index, { ref }] of made.entries()) assert.equal(ref.skus[0]?.sellerSku, skus[index]);
      },
    ),
  ];
}
