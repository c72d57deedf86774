import assert from 'node:assert/strict';
import { NotProvoked } from '../case.ts';
import { failsAs } from '../failures.ts';
import type { StoreContext } from '../store-session.ts';
import { readOne } from './reads.ts';
import { bookOf, need, only, type StoreCase, storeCase, teeOf, variantOf } from './tools.ts';

/** What stands after the run's mark in an odd SKU. */
const oddSkus = [
  { id: 'slash', what: 'a slash', tail: 'A/B/c' },
  { id: 'space', what: 'a space', tail: 'red shirt' },
  { id: 'unicode', what: 'letters beyond ASCII', tail: 'Größe-大-ñ' },
  { id: 'signs', what: 'signs that mean something in addresses', tail: '50%+a&b=c?#' },
  { id: 'long', what: '64 characters', tail: '' },
  { id: 'longer', what: 'more than 64 characters', tail: '' },
];

function skuOf(context: StoreContext, { id, tail }: (typeof oddSkus)[number]): string {
  if (id === 'long') return `${context.mark}-`.padEnd(64, 'L');
  if (id === 'longer') return `${context.mark}-`.padEnd(90, 'M');
  return `${context.mark}-${tail}`;
}

/** SKUs as brands write them. */
export const skuCases: readonly StoreCase[] = oddSkus.flatMap((odd) => [
  storeCase('odd SKUs', odd.id, 'readProducts', `a SKU with ${odd.what} is read as it is`, async (context) => {
    const sku = skuOf(context, odd);
    const product = await context.once(`sku ${odd.id}`, () => context.simple(`odd ${odd.id}`, { sku, stock: 7 }));
    assert.equal(only((await readOne(context, product)).variants, 'variants').sku, sku);
    const outcome = only(await context.connector.readStock(product.variants), 'outcomes of readStock');
    assert.equal(outcome.ok && outcome.value.quantity, 7, 'stock');
  }),
  storeCase(
    'odd SKUs',
    `${odd.id}-stock`,
    'writeStock',
    `stock of a SKU with ${odd.what} is written`,
    async (context) => {
      const writeStock = need(context.connector, 'writeStock');
      const sku = skuOf(context, odd);
      const product = await context.once(`sku ${odd.id}`, () => context.simple(`odd ${odd.id}`, { sku, stock: 7 }));
      const row = { ...variantOf(product), key: 'one', locationId: null, quantity: 5, expected: null };
      const outcome = only(await writeStock([row], `${context.mark}-sku-${odd.id}`), 'outcomes');
      assert.ok(outcome.ok, outcome.ok ? '' : outcome.reason);
      assert.equal((await context.bed.readStock(variantOf(product))).counted, 5, 'by the shop’s books');
      await writeStock([{ ...row, quantity: 7 }], `${context.mark}-sku-${odd.id}-back`);
    },
  ),
  storeCase('odd SKUs', `${odd.id}-order`, 'createOrder', `an order of a SKU with ${odd.what}`, async (context) => {
    const sku = skuOf(context, odd);
    const product = await context.once(`sku ${odd.id}`, () => context.simple(`odd ${odd.id}`, { sku, stock: 7 }));
    const reference = context.reference(`sku-${odd.id}`);
    await context.connector.createOrder(context.orderOf(reference, [{ variant: variantOf(product), quantity: 1 }]));
    assert.deepEqual((await bookOf(context, reference)).lines, [{ sku, quantity: 1 }], 'lines by the shop’s books');
  }),
]);

/** Amounts with and without cents, and instants. */
export const moneyCases: readonly StoreCase[] = [
  ...(
    [
      ['cents', 1999],
      ['one', 1],
      ['large', 99_999_999],
    ] as const
  ).map(([id, minor]) =>
    storeCase(
      'money and time',
      `read-${id}`,
      'readProducts',
      `a price of ${minor} minor units is read`,
      async (context) => {
        const product = await context.simple(`MONEY-${id}`, { price: context.money(minor) });
        assert.deepEqual(only((await readOne(context, product)).variants, 'variants').price, context.money(minor));
      },
    ),
  ),
  storeCase(
    'money and time',
    'read-zero',
    'readProducts',
    'a price of zero is zero, not none, or a finding',
    async (context) => {
      const product = await context.simple('MONEY-zero', { price: context.money(0) });
      const read = await readOne(context, product);
      const { price } = only(read.variants, 'variants');
      const isNamed = read.findings.some(({ field }) => /price/i.test(field));
      assert.ok(price?.amountMinor === 0 || (price === null && isNamed), `the price is ${JSON.stringify(price)}`);
    },
  ),
  storeCase('money and time', 'sale', 'readProducts', 'a sale has its price and its instants', async (context) => {
    const day = 86_400_000;
    const midnight = Math.floor(context.serverNow().getTime() / day) * day;
    const [from, to] = [new Date(midnight - day), new Date(midnight + 10 * day)];
    const sale = { price: context.money(2995), from, to };
    const product = await context.simple('MONEY-sale', { sale });
    const variant = only((await readOne(context, product)).variants, 'variants');
    assert.deepEqual(variant.price, context.money(3995), 'regular price');
    assert.deepEqual(variant.salePrice, context.money(2995), 'sale price');
    // Some platforms keep days of their own zone only.
    const apartMs = (read: Date | null, wished: Date) => Math.abs((read?.getTime() ?? 0) - wished.getTime());
    assert.ok(
      apartMs(variant.saleFrom, from) <= day && apartMs(variant.saleTo, to) <= day,
      `the sale is read as ${variant.saleFrom?.toISOString()} to ${variant.saleTo?.toISOString()}`,
    );
  }),
  storeCase(
    'money and time',
    'write-price',
    'writePrices',
    'prices of cents, one cent and much are written',
    async (context) => {
      const writePrices = need(context.connector, 'writePrices');
      const variant = variantOf(await context.simple('MONEY-write'));
      for (const minor of [1, 4999, 99_999_999]) {
        const outcome = only(await writePrices([{ ...variant, key: 'one', price: context.money(minor) }]), 'outcomes');
        assert.ok(outcome.ok, outcome.ok ? '' : `${minor}: ${outcome.reason}`);
        assert.deepEqual((await context.bed.readPrice(variant)).regular, context.money(minor), 'by the shop’s books');
      }
    },
  ),
  storeCase(
    'money and time',
    'write-sale',
    'writePrices',
    'a sale is written, left alone, and ended',
    async (context) => {
      const writePrices = need(context.connector, 'writePrices');
      const variant = variantOf(await context.simple('MONEY-write-sale'));
      const row = { ...variant, key: 'one', price: context.money(5000) };
      const write = async (more: object, expected: number | null, message: string) => {
        const outcome = only(await writePrices([{ ...row, ...more }]), 'outcomes');
        assert.ok(outcome.ok, outcome.ok ? '' : `${message}: ${outcome.reason}`);
        const { regular, sale } = await context.bed.readPrice(variant);
        const wanted = expected === null ? null : context.money(expected);
        assert.deepEqual([regular, sale], [context.money(5000), wanted], message);
      };
      await write({ sale: { price: context.money(4000), from: null, to: null } }, 4000, 'a sale');
      await write({}, 4000, 'left as it is');
      await write({ sale: null }, null, 'ended');
    },
  ),
  storeCase(
    'money and time',
    'order-totals',
    'createOrder',
    'an order’s totals are equal to the cent',
    async (context) => {
      const reference = context.reference('totals');
      const other = await context.simple('TOTALS', { price: context.money(77) });
      const order = context.orderOf(
        reference,
        [
          { variant: variantOf(await teeOf(context)), quantity: 3, unitMinor: 3333 },
          { variant: variantOf(other), quantity: 7, unitMinor: 143 },
        ],
        { shippingCharge: context.money(1) },
      );
      const made = await context.connector.createOrder(order);
      const expected = context.money(3 * 3333 + 7 * 143 + 1);
      assert.deepEqual(made.total, expected, 'by its answer');
      assert.deepEqual((await bookOf(context, reference)).total, expected, 'by the shop’s books');
    },
  ),
  storeCase(
    'money and time',
    'order-free-shipping',
    'createOrder',
    'an order without shipping charge',
    async (context) => {
      const reference = context.reference('free');
      const order = context.orderOf(
        reference,
        [{ variant: variantOf(await teeOf(context)), quantity: 1, unitMinor: 9999 }],
        {
          shippingCharge: context.money(0),
        },
      );
      assert.deepEqual((await context.connector.createOrder(order)).total, context.money(9999));
    },
  ),
  storeCase(
    'money and time',
    'order-currency',
    'createOrder',
    'an order of mixed currencies is refused',
    async (context) => {
      const reference = context.reference('mixed');
      const currency = context.currency === 'CHF' ? 'NOK' : 'CHF';
      const order = context.orderOf(reference, [{ variant: variantOf(await teeOf(context)), quantity: 1 }], {
        shippingCharge: { amountMinor: 100, currency },
      });
      await failsAs(context.connector.createOrder(order), 'Rejected');
      assert.deepEqual(await context.bed.orderBooks(reference), [], 'orders by the shop’s books');
    },
  ),
];

const textSamples = [
  { id: 'emoji', what: 'emoji', text: 'Sneaker 👟🔥 limited 🇮🇩' },
  { id: 'rtl', what: 'right-to-left text', text: 'قميص قطن אדום' },
  { id: 'signs', what: 'signs of markup', text: 'Shirt & Tie 5" > 4" ‘x’' },
];

/** Text of all peoples, and of telephones. */
export const textCases: readonly StoreCase[] = [
  ...textSamples.map(({ id, what, text }) =>
    storeCase('text', `title-${id}`, 'readProducts', `a title with ${what} is read as it is`, async (context) => {
      const title = `${context.mark} ${text}`;
      const product = await context.simple(`TEXT-${id}`, { title });
      const kept = context.isSimulated ? title : ((await context.bed.readTitle?.(product)) ?? title);
      const read = (await readOne(context, product)).title;
      if (kept !== title) {
        assert.equal(read, kept.trim(), 'the title as the shop keeps it');
        throw new NotProvoked(`the shop keeps "${kept}" of "${title}": its database does not hold such characters`);
      }
      assert.equal(read, title);
    }),
  ),
  storeCase('text', 'order', 'createOrder', 'an order to a name with emoji and right-to-left text', async (context) => {
    const reference = context.reference('text');
    const base = context.orderOf(reference, [{ variant: variantOf(await teeOf(context)), quantity: 1 }]);
    const shipTo = { ...base.shipTo, name: 'محمد 🌟 Wijaya', lines: ['شارع 7', 'Lantai 3 🏢'] };
    const made = await context.connector.createOrder({ ...base, shipTo });
    assert.equal((await bookOf(context, reference)).externalId, made.externalId);
  }),
  storeCase('text', 'note', 'addOrderNote', 'a note with emoji and right-to-left text', async (context) => {
    const addOrderNote = need(context.connector, 'addOrderNote');
    const reference = context.reference('text-note');
    const order = context.orderOf(reference, [{ variant: variantOf(await teeOf(context)), quantity: 1 }]);
    const { externalId } = await context.connector.createOrder(order);
    const text = 'Packed 📦 שלום عليكم';
    await addOrderNote(externalId, { reference: `${reference}-n`, text });
    const { notes } = await bookOf(context, reference);
    const has = (part: string) => notes.some((note) => note.includes(part));
    if (!context.isSimulated && !has(text) && has('Packed') && has('שלום عليكم')) {
      throw new NotProvoked('the shop does not keep emoji in notes; all the rest of the note is there');
    }
    assert.ok(has(text), `the notes are ${JSON.stringify(notes)}`);
  }),
];

/** None, and very many. */
export const quantityCases: readonly StoreCase[] = [
  storeCase('quantities', 'read-zero', 'readStock', 'nothing in stock is zero and not in stock', async (context) => {
    const product = await context.simple('QTY-ZERO', { stock: 0 });
    const outcome = only(await context.connector.readStock(product.variants), 'outcomes');
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.reason);
    assert.deepEqual([outcome.value.managed, outcome.value.quantity, outcome.value.inStock], [true, 0, false]);
  }),
  storeCase('quantities', 'read-huge', 'readStock', 'two million pieces are read', async (context) => {
    const product = await context.simple('QTY-HUGE', { stock: 2_000_000 });
    const outcome = only(await context.connector.readStock(product.variants), 'outcomes');
    assert.equal(outcome.ok && outcome.value.quantity, 2_000_000);
  }),
  ...([0, 2_000_000] as const).map((quantity) =>
    storeCase('quantities', `write-${quantity}`, 'writeStock', `a stock of ${quantity} is written`, async (context) => {
      const writeStock = need(context.connector, 'writeStock');
      const variant = variantOf(await context.simple(`QTY-WRITE-${quantity}`));
      const row = { ...variant, key: 'one', locationId: null, quantity, expected: null };
      const outcome = only(await writeStock([row], `${context.mark}-qty-${quantity}`), 'outcomes');
      assert.ok(outcome.ok, outcome.ok ? '' : outcome.reason);
      assert.equal((await context.bed.readStock(variant)).counted, quantity, 'by the shop’s books');
    }),
  ),
  storeCase('quantities', 'order-zero', 'createOrder', 'an order of nothing is refused', async (context) => {
    const reference = context.reference('zero');
    const order = context.orderOf(reference, [{ variant: variantOf(await teeOf(context)), quantity: 0 }]);
    await failsAs(context.connector.createOrder(order), 'Rejected');
    assert.deepEqual(await context.bed.orderBooks(reference), [], 'orders by the shop’s books');
  }),
  storeCase(
    'quantities',
    'order-many',
    'createOrder',
    'an order of a thousand pieces takes a thousand',
    async (context) => {
      const product = await context.simple('QTY-MANY', { stock: 1_500 });
      const reference = context.reference('many');
      await context.connector.createOrder(
        context.orderOf(reference, [{ variant: variantOf(product), quantity: 1_000 }]),
      );
      assert.deepEqual((await bookOf(context, reference)).lines, [{ sku: variantOf(product).sku, quantity: 1_000 }]);
      await context.eventually(async () => {
        assert.equal((await context.bed.readStock(variantOf(product))).salable, 500, 'what is left to sell');
      });
    },
  ),
];
