import assert from 'node:assert/strict';
import { ConnectorError } from '../../errors.ts';
import { Skipped } from '../case.ts';
import { bookOf, need, orderedBy, type StoreCase, storeCase, teeOf, variantOf } from './tools.ts';

/** Platforms may turn away the second of two that are at one thing at once: it is tried again later, and nothing is broken. */
async function orTurnedAway<Outcome>(
  write: Promise<readonly Outcome[]>,
): Promise<readonly (Outcome | { readonly ok: false; readonly reason: string })[]> {
  return write.catch((error: unknown) => {
    const isPassing = error instanceof ConnectorError && ['Unavailable', 'RateLimited'].includes(error.kind);
    if (!isPassing) throw error;
    return [{ ok: false as const, reason: error.message }];
  });
}

/** Several workers at one thing. */
export const parallelCases: readonly StoreCase[] = [
  storeCase(
    'parallel writes',
    'same-stock',
    'writeStock',
    'one stock batch twice at once leaves what it says',
    async (context) => {
      const variant = variantOf(await context.simple('PAR-STOCK', { stock: 9 }));
      const row = { ...variant, key: 'one', locationId: null, quantity: 4, expected: null };
      const writers = [context.connect(), context.connect()].map((connector) => need(connector, 'writeStock'));
      const outcomes = await Promise.all(
        writers.map((write) => orTurnedAway(write([row], `${context.mark}-par-stock`))),
      );
      assert.ok(
        outcomes.some(([one]) => one?.ok === true),
        `both failed: ${JSON.stringify(outcomes)}`,
      );
      assert.equal((await context.bed.readStock(variant)).counted, 4, 'by the shop’s books');
    },
  ),
  storeCase(
    'parallel writes',
    'siblings',
    'writeStock',
    'variants of one product at once all hold',
    async (context) => {
      const shirt = await context.make({
        title: `${context.mark} PAR shirt`,
        variants: ['S', 'M', 'L'].map((option) => ({
          sku: `${context.mark}-PAR-${option}`,
          option,
          price: context.money(2000),
          stock: 1,
        })),
      });
      const outcomes = await Promise.all(
        shirt.variants.map((variant, index) => {
          const row = { ...variant, key: 'one', locationId: null, quantity: 11 + index, expected: null };
          return need(context.connect(), 'writeStock')([row], `${context.mark}-par-${index}`);
        }),
      );
      for (const [one] of outcomes) assert.ok(one?.ok === true, JSON.stringify(one));
      const counted: number[] = [];
      for (const variant of shirt.variants) counted.push((await context.bed.readStock(variant)).counted);
      assert.deepEqual(counted, [11, 12, 13], 'by the shop’s books');
    },
  ),
  storeCase(
    'parallel writes',
    'one-wins',
    'compareAndSetStock',
    'of two that expect the same stock one wins',
    async (context) => {
      if (!context.connector.capabilities.compareAndSetStock) {
        throw new Skipped('the platform has no compare-and-set: read, written and read back instead');
      }
      const variant = variantOf(await context.simple('PAR-CAS', { stock: 9 }));
      const { counted } = await context.bed.readStock(variant);
      const outcomes = await Promise.all(
        [3, 6].map((quantity) => {
          const row = { ...variant, key: 'one', locationId: null, quantity, expected: counted };
          return need(context.connect(), 'writeStock')([row], `${context.mark}-cas-${quantity}`);
        }),
      );
      const won = outcomes.flatMap(([one], index) => (one?.ok === true ? [[3, 6][index]] : []));
      assert.equal(won.length, 1, `${won.length} have won: ${JSON.stringify(outcomes)}`);
      assert.equal((await context.bed.readStock(variant)).counted, won[0], 'by the shop’s books');
    },
  ),
  storeCase(
    'parallel writes',
    'same-price',
    'writePrices',
    'one price twice at once is that price',
    async (context) => {
      const variant = variantOf(await context.simple('PAR-PRICE'));
      const row = { ...variant, key: 'one', price: context.money(4242) };
      const writers = [context.connect(), context.connect()].map((connector) => need(connector, 'writePrices'));
      const outcomes = await Promise.all(writers.map((write) => orTurnedAway(write([row]))));
      assert.ok(
        outcomes.some(([one]) => one?.ok === true),
        `both failed: ${JSON.stringify(outcomes)}`,
      );
      assert.deepEqual((await context.bed.readPrice(variant)).regular, context.money(4242), 'by the shop’s books');
    },
  ),
  storeCase(
    'parallel writes',
    'orders',
    'createOrder',
    'two orders at once are two, each with its reference',
    async (context) => {
      const variant = variantOf(await teeOf(context));
      const references = ['par-a', 'par-b'].map((what) => context.reference(what));
      const { salable } = await context.bed.readStock(variant);
      const made = await Promise.all(
        references.map((reference) =>
          context.connect().createOrder(context.orderOf(reference, [{ variant, quantity: 1 }])),
        ),
      );
      for (const [index, reference] of references.entries()) {
        assert.equal((await bookOf(context, reference)).externalId, made[index]?.externalId, reference);
      }
      await context.eventually(async () => {
        const { salable: left } = await context.bed.readStock(variant);
        assert.equal(left, salable - 2, 'each took other than its own piece');
      });
    },
  ),
  storeCase(
    'parallel writes',
    'cancel',
    'cancelOrder',
    'cancelled twice at once gives the pieces back once',
    async (context) => {
      const { made, reference, variant } = await orderedBy(context, 'par-cancel', 5);
      const { salable } = await context.bed.readStock(variant);
      const outcomes = await Promise.all(
        [context.connect(), context.connect()].map((connector) =>
          connector.cancelOrder(made.externalId, 'conformance').catch((error: unknown) => {
            if (error instanceof ConnectorError) return { outcome: error.kind };
            throw error;
          }),
        ),
      );
      assert.ok(
        outcomes.some(({ outcome }) => outcome === 'cancelled'),
        `neither cancelled: ${JSON.stringify(outcomes.map(({ outcome }) => outcome))}`,
      );
      assert.equal((await bookOf(context, reference)).status, 'cancelled', 'by the shop’s books');
      if (!context.connector.capabilities.cancelReturnsStock) return;
      await context.eventually(async () => {
        assert.equal((await context.bed.readStock(variant)).salable, salable + 5, 'pieces came back other than once');
      });
    },
  ),
];
