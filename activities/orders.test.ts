import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../db/database.ts';
import { EffectPending, NotNow } from '../db/effects.ts';
import {
  buyerAddress,
  later,
  levelsOf,
  lineOf,
  makeListing,
  makeOrder,
  makeProduct,
  makeWorld,
  openProblemsOf,
  orderOf,
  orderStep,
  readingOf,
  see,
  snapshotOf,
  type World,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedSystems } from '../tests/scripted-systems.ts';
import { orderActivities } from './orders.ts';
import { takeBackActivities } from './take-back.ts';
import { tickerActivities } from './ticker.ts';

describe('the activities of an order', () => {
  let database: TestDatabase;
  let world: World;
  let systems: ScriptedSystems;
  let orders: ReturnType<typeof orderActivities>;
  let takeBack: ReturnType<typeof takeBackActivities>;
  let ticker: ReturnType<typeof tickerActivities>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_orders' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    world = await makeWorld(database.db);
    systems = new ScriptedSystems();
    const deps = systems.deps(database.db);
    orders = orderActivities(deps);
    takeBack = takeBackActivities(deps);
    ticker = tickerActivities(deps);
  });

  const read = (id: string) => database.db.tx('staff', (trx) => trx('orders').where({ id }).first());
  const externalIdOf = async (order: Record<string, unknown>): Promise<string> => {
    const id = String(order.channel_order_id);
    return (await database.db.tx('staff', (trx) => trx('channel_orders').where({ id }).first('external_id')))
      .external_id;
  };
  const levels = () => levelsOf(database.db, world.skuA);
  const shopOrders = () => [...systems.shopOrders.values()];
  const queued = async (lines = [lineOf(world.skuA, 2)]) => {
    const order = await makeOrder(database.db, world, lines);
    await orderStep(database.db, order.id, 'APPROVE');
    expect(await orders.planOrder(order.id)).toEqual({ planned: true, why: null });
    return order.id;
  };
  const cancelled = async (id: string) => orderStep(database.db, id, 'CANCELLED_THERE', { role: 'connector' });
  /** Asks again as Temporal would: after the time that the answer names. */
  const insist = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 0; attempt < 6; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof EffectPending)) throw error;
        systems.passWall(error.retryAfterMs);
      }
    }
    throw new Error('it stays pending');
  };

  describe('the push', () => {
    it('creates the order in the shop once, with our reference, and takes the units', async () => {
      const id = await queued([lineOf(world.skuA, 2), lineOf(world.skuB, 1)]);
      expect(await orders.pushOrder(id)).toEqual({ outcome: 'done' });
      expect(await orders.pushOrder(id)).toEqual({ outcome: 'done' });
      const [pushed] = shopOrders();
      const order = await read(id);
      expect(pushed?.sent).toMatchObject({ reference: order.number, shipTo: buyerAddress });
      expect(pushed?.sent.lines.map(({ quantity }) => quantity).sort()).toEqual([1, 2]);
      expect(order).toMatchObject({
        state: 'SYNCED',
        shop_order_id: `shop-${order.number}`,
        shop_status: 'processing',
      });
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
    });

    it('holds no line that the marketplace took away', async () => {
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 2), lineOf(world.skuB, 1)]);
      const externalId = await externalIdOf(order);
      const fewer = snapshotOf(externalId, 1, 'OPEN', [lineOf(world.skuA, 2)]);
      await see(database.db, world.marketplaceId, readingOf(fewer));
      await orderStep(database.db, order.id, 'APPROVE');
      await orders.planOrder(order.id);
      await orders.pushOrder(order.id);
      expect(shopOrders()[0]?.sent.lines).toMatchObject([{ quantity: 2 }]);
    });

    it('that lost its answer is found by our reference', async () => {
      const id = await queued();
      systems.pushFates.push('lost-but-done');
      expect(await insist(() => orders.pushOrder(id))).toEqual({ outcome: 'done' });
      expect(shopOrders()).toHaveLength(1);
      expect(await read(id)).toMatchObject({ state: 'SYNCED' });
    });

    it('that was refused is for people, and the next approval is a new push under a new reference', async () => {
      const id = await queued();
      systems.pushFates.push('refused');
      expect(await orders.pushOrder(id)).toEqual({ outcome: 'refused' });
      expect(await read(id)).toMatchObject({ state: 'EDITED', push_round: 2 });
      expect(await openProblemsOf(database.db, id)).toEqual(['push-refused']);
      expect(await levels()).toMatchObject({ onHand: 10, reserved: 2 });
      await orderStep(database.db, id, 'APPROVE');
      await orders.planOrder(id);
      await orders.pushOrder(id);
      const order = await read(id);
      expect(order.state).toBe('SYNCED');
      expect([...systems.shopOrders.keys()]).toEqual([`${order.number}.2`]);
      expect(await openProblemsOf(database.db, id)).toEqual([]);
    });

    it('never happens once the order is cancelled, and waits while that is not final', async () => {
      const id = await queued();
      await orderStep(database.db, id, 'CANCEL_REQUESTED_THERE', { role: 'connector' });
      await expect(orders.pushOrder(id)).rejects.toBeInstanceOf(NotNow);
      await cancelled(id);
      expect(await orders.pushOrder(id)).toEqual({ outcome: 'abandoned' });
      expect(shopOrders()).toEqual([]);
      expect((await read(id)).state).toBe('CANCELLED');
    });
  });

  it('is not pushed again when somebody else has shipped it while the call was under way', async () => {
    const id = await queued();
    systems.pushFates.push('lost-and-not-done');
    await expect(orders.pushOrder(id)).rejects.toBeInstanceOf(EffectPending);
    const order = await read(id);
    const externalId = await externalIdOf(order);
    const shipped = snapshotOf(externalId, 5, 'SHIPPED', [lineOf(world.skuA, 2)]);
    await see(database.db, world.marketplaceId, readingOf(shipped));
    expect((await read(id)).state).toBe('QUEUE');
    expect(await insist(() => orders.pushOrder(id))).toEqual({ outcome: 'abandoned' });
    expect((await read(id)).state).toBe('SUCCESSFULLY_PROCESSED');
    expect(shopOrders()).toEqual([]);
    expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
  });

  describe('a cancellation', () => {
    const inFlight = async (fate: 'lost-but-done' | 'lost-and-not-done') => {
      const id = await queued();
      systems.pushFates.push(fate);
      await expect(orders.pushOrder(id)).rejects.toBeInstanceOf(EffectPending);
      expect(await cancelled(id)).toMatchObject({ state: 'CANCEL_PENDING' });
      return id;
    };
    const goThrough = async (id: string) => {
      const { inShop } = await insist(() => takeBack.settlePush(id));
      const shop = inShop ? await insist(() => takeBack.cancelInShop(id)) : null;
      await takeBack.endCancellation(id, shop);
      await takeBack.endCancellation(id, shop);
      return inShop;
    };

    it('while the push is in flight and did happen: cancelled at the seller, restocked once', async () => {
      const id = await inFlight('lost-but-done');
      expect(await goThrough(id)).toBe(true);
      expect(await read(id)).toMatchObject({ state: 'CANCELLED', cancel_shop_outcome: 'cancelled' });
      expect(systems.cancelRequests).toBe(1);
      expect(shopOrders()).toHaveLength(1);
      expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
    });

    it('while the push is in flight and did not happen: it never will', async () => {
      const id = await inFlight('lost-and-not-done');
      expect(await goThrough(id)).toBe(false);
      expect((await read(id)).state).toBe('CANCELLED');
      expect(systems.cancelRequests).toBe(0);
      expect(shopOrders()).toEqual([]);
      expect(await orders.pushOrder(id)).toMatchObject({ outcome: 'refused' });
      expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
    });

    const inShop = async () => {
      const id = await queued();
      await orders.pushOrder(id);
      await cancelled(id);
      return id;
    };

    it('of an order in the shop is read back and the units return', async () => {
      const id = await inShop();
      expect(await levels()).toMatchObject({ onHand: 8 });
      await goThrough(id);
      expect((await read(id)).state).toBe('CANCELLED');
      expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
    });

    it('does not restock where the brand does not want it', async () => {
      await database.db.tx('staff', (trx) =>
        trx('brands').where({ id: world.brandId }).update({ cancel_restock: false }),
      );
      await goThrough(await inShop());
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
    });

    it('that the shop refuses is a conflict; tried again it is a new call', async () => {
      const id = await inShop();
      systems.cancelOutcome = 'refused';
      await goThrough(id);
      expect(await read(id)).toMatchObject({ state: 'CANCEL_CONFLICT', cancel_shop_outcome: 'refused' });
      expect(await openProblemsOf(database.db, id)).toEqual(['cancel-conflict']);
      systems.cancelOutcome = 'cancelled';
      await orderStep(database.db, id, 'RETRY_CANCEL', { at: later(5) });
      await goThrough(id);
      expect((await read(id)).state).toBe('CANCELLED');
      expect(systems.cancelRequests).toBe(2);
      expect(await openProblemsOf(database.db, id)).toEqual([]);
    });

    it('of goods that the shop has sent is a conflict with a return, and no stock comes back', async () => {
      const id = await inShop();
      systems.cancelOutcome = 'shipped';
      await goThrough(id);
      expect(await read(id)).toMatchObject({ state: 'CANCEL_CONFLICT', goods_outside: true });
      const returns = await database.db.tx('staff', (trx) => trx('returns').where({ order_id: id }));
      expect(returns).toMatchObject([{ state: 'EXPECTED' }]);
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
    });

    it('to which the shop stays silent is a conflict after half an hour, not before', async () => {
      const id = await inShop();
      systems.now = later(29);
      expect(await ticker.runDue()).toMatchObject({ silentCancels: 0 });
      systems.now = later(30);
      expect(await ticker.runDue()).toMatchObject({ silentCancels: 1 });
      expect(await ticker.runDue()).toMatchObject({ silentCancels: 0 });
      expect((await read(id)).state).toBe('CANCEL_CONFLICT');
      await takeBack.endCancellation(id, null);
      expect((await read(id)).state).toBe('CANCEL_CONFLICT');
    });
  });

  describe('telling the others that it was sent', () => {
    const leave = (id: string, trackingNumber: string) =>
      database.db.tx('staff', async (trx) => {
        await trx('parcels').where({ order_id: id }).update({ tracking_number: trackingNumber });
        await trx('orders')
          .where({ id })
          .update({ handed_over_at: later(1), goods_outside: true });
      });
    const sent = async () => {
      const id = await queued();
      await orders.pushOrder(id);
      await leave(id, 'JD01');
      return id;
    };
    /** One order of the marketplace, with a line of each of two brands. */
    const basket = async () => {
      const other = await makeWorld(database.db);
      await database.db.tx('staff', async (trx) => {
        const { brandId, skuA } = other;
        const productId = await makeProduct(trx, brandId);
        await makeListing(trx, { brandId, productId, connectionId: world.marketplaceId, skuIds: [skuA] });
        const rate = { from_currency: 'AUD', to_currency: 'IDR', on_date: '2020-01-01', rate: '10000', source: 'test' };
        const once = trx.raw('(source, from_currency, to_currency, on_date) where reason is null');
        await trx('exchange_rates').insert(rate).onConflict(once).ignore();
      });
      const first = await makeOrder(database.db, world, [lineOf(world.skuA, 1), lineOf(other.skuA, 2)]);
      const second = await orderOf(database.db, await externalIdOf(first), other.brandId);
      const own = await orderOf(database.db, await externalIdOf(first), world.brandId);
      return { first: own.id, second: second.id };
    };

    it('the marketplace once, with the tracking number', async () => {
      const id = await sent();
      expect(await orders.readOrder(id)).toMatchObject({ next: 'confirm-shipment' });
      await orders.confirmShipment(id);
      await orders.confirmShipment(id);
      expect(systems.confirmed).toMatchObject([{ trackingNumber: 'JD01' }]);
      expect(await orders.readOrder(id)).toMatchObject({ next: 'fulfil-in-shop' });
      await orders.fulfilInShop(id);
      expect(await read(id)).toMatchObject({ shop_status: 'completed', shop_told_at: later(0) });
      expect(await orders.readOrder(id)).toMatchObject({ next: 'wait' });
    });

    it('the marketplace once of a basket of two brands, when the last part has left', async () => {
      const { first, second } = await basket();
      for (const id of [first, second]) {
        await orderStep(database.db, id, 'APPROVE');
        await orders.planOrder(id);
        await orders.pushOrder(id);
      }
      // 320,000 rupiah with their share of the shipping, at 10,000 for a dollar.
      expect(shopOrders().map(({ sent: order }) => [order.currency, order.shippingCharge.amountMinor])).toEqual([
        ['AUD', 67],
        ['AUD', 133],
      ]);
      expect(shopOrders()[0]?.sent).toMatchObject({
        lines: [{ quantity: 1, unitPrice: { amountMinor: 1_000, currency: 'AUD' } }],
        exchangeRate: { from: 'IDR', to: 'AUD', rate: '0.0001' },
      });
      await leave(first, 'JD11');
      expect(await orders.readOrder(first)).toMatchObject({ next: 'fulfil-in-shop' });
      await orders.fulfilInShop(first);
      expect(await orders.readOrder(first)).toMatchObject({ next: 'wait' });
      await leave(second, 'JD12');
      expect(await orders.readOrder(second)).toMatchObject({ next: 'confirm-shipment' });
      await orders.confirmShipment(second);
      expect(systems.confirmed).toMatchObject([{ trackingNumber: 'JD12' }]);
      expect(await read(first)).toMatchObject({ marketplace_told_at: later(0) });
    });

    it('a person who cancels one part of a basket that the other is to stay', async () => {
      const { first, second } = await basket();
      await orderStep(database.db, first, 'REQUEST_CANCEL');
      const find = (trx: Tx) => trx('problems').where({ entity_id: first, kind: 'cancel-by-hand' }).first('detail');
      const problem = await database.db.tx('staff', find);
      expect(problem.detail).toContain(
        `other brands (${(await read(second)).number}): cancel the lines of this one only`,
      );
    });

    it('the marketplace of the part that has left when the other one is cancelled', async () => {
      const { first, second } = await basket();
      await orderStep(database.db, first, 'APPROVE');
      await orders.planOrder(first);
      await leave(first, 'JD21');
      expect(await orders.readOrder(first)).toMatchObject({ next: 'push' });
      await cancelled(second);
      expect(await orders.readOrder(first)).toMatchObject({ next: 'confirm-shipment' });
      const woken = await database.db.tx('staff', (trx) => trx('outbox').where({ business_key: `order/${first}` }));
      expect(woken.at(-1)).toMatchObject({ topic: 'order' });
    });

    it('the marketplace that refuses is told by a person', async () => {
      const id = await sent();
      systems.confirmFates.push('refused');
      await orders.confirmShipment(id);
      expect(await openProblemsOf(database.db, id)).toEqual(['confirm-refused']);
      expect(await orders.readOrder(id)).toMatchObject({ next: 'fulfil-in-shop' });
    });

    it('an answer that was lost is looked up at the marketplace', async () => {
      const id = await sent();
      systems.confirmFates.push('lost-and-not-done');
      const order = await read(id);
      const externalId = await externalIdOf(order);
      systems.channelOrders = [
        snapshotOf(externalId, 9, 'SHIPPED', [lineOf(world.skuA, 2)], { trackingNumber: 'JD01' }),
      ];
      await insist(() => orders.confirmShipment(id));
      expect(systems.confirmed).toEqual([]);
      expect((await read(id)).marketplace_told_at).toEqual(later(0));
    });
  });

  it('is completed once', async () => {
    const id = await queued();
    await orders.pushOrder(id);
    await orders.completeOrder(id);
    await orders.completeOrder(id);
    expect(await read(id)).toMatchObject({ state: 'SUCCESSFULLY_PROCESSED' });
  });
});
