import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import { type Bench, orderOf, startBench, stockOf, tee } from './bench.fixture.ts';

/** More writes than any of the sequences below has. */
const MOST_WRITES = 12;
const parcel = { carrier: 'DHL Express', trackingNumber: 'TRACK-1' };
const long = new Date(0);

/**
 * A worker that dies at each write of a sequence, before the shop heard it and after; another one goes on. What the
 * shop's books say at the end is the same everywhere.
 */
describe.each([
  ['directly', {}],
  ['through a cart', { orderMailbox: 'orders@shop.example' }],
])('orders written %s, when the worker dies at any write', (_name, settings) => {
  let shop: Bench;
  let made = 0;
  beforeAll(async () => {
    shop = await startBench({ settings });
  });
  afterAll(() => shop.close());

  /** A product of its own with so many pieces, and an order of two. */
  async function goods(pieces: number) {
    made += 1;
    const [sku, reference] = [`P-${made}`, `R-${made}`];
    const [product] = await shop.addProducts({ ...tee, sku, name: sku, extension_attributes: stockOf(pieces) });
    const line = { sku, title: sku, externalProductId: String(product?.id), externalVariantId: null, quantity: 2 };
    const unitPrice = { amountMinor: 3333, currency: 'AUD' };
    return { sku, reference, order: orderOf(reference, '1', { lines: [{ ...line, unitPrice }] }) };
  }

  /** Repeats until it works, each time with a worker that remembers nothing. */
  async function insisting<Value>(act: () => Promise<Value>): Promise<{ value: Value; failures: number }> {
    for (let failures = 0; failures < 5; failures += 1) {
      try {
        return { value: await act(), failures };
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        shop.reconnect();
      }
    }
    throw new Error('it never works');
  }

  const create = (order: Awaited<ReturnType<typeof goods>>['order']) => async () =>
    (await shop.connector.findOrder(order.reference, long)) ?? (await shop.connector.createOrder(order));

  /** The faults of one sequence: each write dropped, then each one's answer lost. */
  async function atEachWrite(run: (arm: () => Promise<void>) => Promise<number>): Promise<number> {
    let struck = 0;
    for (const kind of ['drop', 'lose-answer']) {
      for (let skip = 0; skip < MOST_WRITES; skip += 1) {
        const failures = await run(async () => {
          await shop.control('POST', '/faults', { match: { method: 'POST' }, skip, fault: { kind } });
        });
        await shop.control('DELETE', '/faults');
        struck += failures;
        if (failures === 0 && skip > 0) break;
      }
    }
    return struck;
  }

  it('creates one order, and takes its pieces once', async () => {
    const struck = await atEachWrite(async (arm) => {
      const { sku, reference, order } = await goods(10);
      await arm();
      const { value, failures } = await insisting(create(order));
      expect(value).toMatchObject({ reference, total: { amountMinor: 7716 } });
      await shop.connector.findOrder(reference, long);
      const open = (await shop.orders()).filter(({ comments, reference: own, state }) => {
        return state === 'new' && (own === reference || comments.some((text) => text.includes(`${reference}\n`)));
      });
      expect([open.length, await shop.salable(sku)]).toEqual([1, 8]);
      return failures;
    });
    expect(struck).toBeGreaterThan(6);
  });

  it('ships the last pieces, and leaves none on offer', async () => {
    const struck = await atEachWrite(async (arm) => {
      const { sku, order } = await goods(2);
      const { externalId } = await shop.connector.createOrder(order);
      await arm();
      const { value, failures } = await insisting(() => shop.connector.fulfilOrder(externalId, [parcel]));
      expect(value.status).toBe('shipped');
      await shop.connector.fulfilOrder(externalId, [parcel]);
      expect([await shop.salable(sku), await shop.physical(sku)]).toEqual([0, 0]);
      return failures;
    });
    expect(struck).toBeGreaterThan(3);
  });

  it('cancels, and gives the pieces back once', async () => {
    const struck = await atEachWrite(async (arm) => {
      const { sku, order } = await goods(10);
      const { externalId } = await shop.connector.createOrder(order);
      await arm();
      const { value, failures } = await insisting(() => shop.connector.cancelOrder(externalId, 'buyer cancelled'));
      expect(value).toMatchObject({ outcome: 'cancelled', stockReturned: true });
      await shop.connector.cancelOrder(externalId, 'again');
      expect(await shop.salable(sku)).toBe(10);
      return failures;
    });
    expect(struck).toBeGreaterThan(0);
  });
});
