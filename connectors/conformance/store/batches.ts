import assert from 'node:assert/strict';
import { need, type StoreCase, storeCase, variantOf } from './tools.ts';

/** An id that no shop has, in the connector's own format: of a product that was deleted. */
async function goneOf(context: Parameters<StoreCase['run']>[0]) {
  return context.once('gone in a batch', async () => {
    const product = await context.simple('BATCH-GONE');
    await context.bed.deleteProduct(product);
    return variantOf(product);
  });
}

/** One bad row does not keep the others, and says what is wrong. */
export const batchCases: readonly StoreCase[] = [
  storeCase('partial batch', 'stock', 'writeStock', 'a bad row of stock fails alone', async (context) => {
    const writeStock = need(context.connector, 'writeStock');
    const [a, b] = [variantOf(await context.simple('BATCH-A')), variantOf(await context.simple('BATCH-B'))];
    const row = { locationId: null, expected: null };
    const outcomes = await writeStock(
      [
        { ...a, ...row, key: 'a', quantity: 21 },
        { ...(await goneOf(context)), ...row, key: 'gone', quantity: 22 },
        { ...b, ...row, key: 'b', quantity: 23 },
      ],
      `${context.mark}-batch`,
    );
    assert.deepEqual(
      outcomes.map(({ key, ok }) => [key, ok]).toSorted(),
      [
        ['a', true],
        ['b', true],
        ['gone', false],
      ],
      'outcomes by key',
    );
    for (const one of outcomes) if (!one.ok) assert.notEqual(one.reason, '', 'the bad row has no reason');
    const counted = [await context.bed.readStock(a), await context.bed.readStock(b)].map((one) => one.counted);
    assert.deepEqual(counted, [21, 23], 'by the shop’s books');
  }),
  storeCase(
    'partial batch',
    'stock-bad-quantity',
    'writeStock',
    'a quantity that is none is refused alone',
    async (context) => {
      const writeStock = need(context.connector, 'writeStock');
      const [a, b] = [variantOf(await context.simple('BAD-A', { stock: 8 })), variantOf(await context.simple('BAD-B'))];
      const row = { locationId: null, expected: null };
      const write = writeStock(
        [
          { ...a, ...row, key: 'a', quantity: -3 },
          { ...b, ...row, key: 'b', quantity: 5 },
        ],
        `${context.mark}-bad`,
      );
      const outcomes = await write.catch((error: unknown) => error);
      assert.equal((await context.bed.readStock(a)).counted, 8, 'the shop’s stock was changed');
      if (!Array.isArray(outcomes)) throw outcomes;
      assert.deepEqual(outcomes.map(({ key, ok }) => [key, ok]).toSorted(), [
        ['a', false],
        ['b', true],
      ]);
    },
  ),
  storeCase('partial batch', 'prices', 'writePrices', 'a bad row of prices fails alone', async (context) => {
    const writePrices = need(context.connector, 'writePrices');
    const [a, b] = [variantOf(await context.simple('PRICES-A')), variantOf(await context.simple('PRICES-B'))];
    const outcomes = await writePrices([
      { ...a, key: 'a', price: context.money(2101) },
      { ...(await goneOf(context)), key: 'gone', price: context.money(2202) },
      { ...b, key: 'b', price: context.money(2303) },
    ]);
    assert.deepEqual(
      outcomes.map(({ key, ok }) => [key, ok]).toSorted(),
      [
        ['a', true],
        ['b', true],
        ['gone', false],
      ],
      'outcomes by key',
    );
    const prices = [await context.bed.readPrice(a), await context.bed.readPrice(b)];
    assert.deepEqual(
      prices.map(({ regular }) => regular),
      [context.money(2101), context.money(2303)],
      'by the shop’s books',
    );
  }),
  storeCase(
    'partial batch',
    'price-currency',
    'writePrices',
    'a price in another currency is refused',
    async (context) => {
      const writePrices = need(context.connector, 'writePrices');
      const a = variantOf(await context.simple('CURRENCY'));
      const currency = context.currency === 'CHF' ? 'NOK' : 'CHF';
      const outcome = await writePrices([{ ...a, key: 'a', price: { amountMinor: 777, currency } }]).catch(
        (error: unknown) => error,
      );
      if (Array.isArray(outcome)) assert.equal(outcome[0]?.ok, false, 'it was written');
      assert.deepEqual((await context.bed.readPrice(a)).regular, context.money(3995), 'the shop’s price was changed');
    },
  ),
  storeCase(
    'partial batch',
    'read-stock',
    'readStock',
    'a product that is gone fails alone when stock is read',
    async (context) => {
      const a = variantOf(await context.simple('READ-A', { stock: 6 }));
      const gone = await goneOf(context);
      const outcomes = await context.connector.readStock([gone, a]);
      assert.deepEqual(
        outcomes.map((one) => [one.key, one.ok && one.value.quantity]).toSorted(),
        [
          [a.sku, 6],
          [gone.sku, false],
        ].toSorted(),
      );
    },
  ),
  storeCase(
    'partial batch',
    'stale',
    'writeStock',
    'a row whose stock changed meanwhile is refused',
    async (context) => {
      const writeStock = need(context.connector, 'writeStock');
      const [a, b] = [variantOf(await context.simple('STALE-A')), variantOf(await context.simple('STALE-B'))];
      const before = (await context.bed.readStock(a)).counted;
      const outcomes = await writeStock(
        [
          { ...a, key: 'a', locationId: null, quantity: 31, expected: before + 1 },
          { ...b, key: 'b', locationId: null, quantity: 32, expected: before },
        ],
        `${context.mark}-stale`,
      );
      const refused = outcomes.find(({ key }) => key === 'a');
      assert.ok(refused?.ok === false, 'the row that expects something else was written');
      assert.equal(refused.code, 'stale', 'its code');
      assert.equal(outcomes.find(({ key }) => key === 'b')?.ok, true, 'the other row failed');
      assert.deepEqual(
        [(await context.bed.readStock(a)).counted, (await context.bed.readStock(b)).counted],
        [before, 32],
        'by the shop’s books',
      );
    },
  ),
  storeCase('partial batch', 'nothing', 'writeStock', 'a batch of nothing is done', async (context) => {
    assert.deepEqual(await need(context.connector, 'writeStock')([], `${context.mark}-nothing`), []);
  }),
];
