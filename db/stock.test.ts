import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  command,
  later,
  levelsOf,
  lineOf,
  makeConnection,
  makeListing,
  makeOrder,
  makeProduct,
  makeWorld,
  openProblemsOf,
  orderOf,
  orderStep,
  pushedChanges,
  readingOf,
  see,
  snapshotOf,
  unique,
  type World,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { releaseReservations, reserveLines, reserveWaiting, restockOrder } from './orders.ts';
import { ledgerMark, moveStock, offerAgain } from './stock.ts';
import { takeLevel } from './stock-levels.ts';

describe('stock', () => {
  let database: TestDatabase;
  let world: World;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'stock', maxConnections: 12 });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    world = await makeWorld(database.db);
  });

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const levels = () => levelsOf(database.db, world.skuA);
  const ledgerOf = (skuId: string) =>
    staff((trx) =>
      trx('stock_movements')
        .where({ sku_id: skuId })
        .orderBy('id')
        .select('kind', 'quantity', 'on_hand_after', 'reserved_after'),
    );
  const stockWorkOf = (connectionId: string) =>
    staff((trx) =>
      trx('outbox')
        .where({ business_key: `stock/${connectionId}` })
        .count({ n: '*' })
        .first(),
    );

  it('every movement is written down once with the levels after it', async () => {
    const once = command();
    const move = (kind: 'RESERVE' | 'RELEASE' | 'CONSUME' | 'RESTOCK' | 'ADJUST', quantity: number, by = command()) =>
      staff((trx) => moveStock(trx, { skuId: world.skuA, kind, quantity, reason: 'a test' }, by));
    await move('RESERVE', 4, once);
    await move('RESERVE', 4, once);
    await move('CONSUME', 3);
    await move('RELEASE', 1);
    await move('RESTOCK', 2);
    await move('ADJUST', -1);
    expect(await ledgerOf(world.skuA)).toEqual([
      { kind: 'LEVEL', quantity: 10, on_hand_after: 10, reserved_after: 0 },
      { kind: 'RESERVE', quantity: 4, on_hand_after: 10, reserved_after: 4 },
      { kind: 'CONSUME', quantity: 3, on_hand_after: 7, reserved_after: 1 },
      { kind: 'RELEASE', quantity: 1, on_hand_after: 7, reserved_after: 0 },
      { kind: 'RESTOCK', quantity: 2, on_hand_after: 9, reserved_after: 0 },
      { kind: 'ADJUST', quantity: -1, on_hand_after: 8, reserved_after: 0 },
    ]);
    expect(await levels()).toEqual({ onHand: 8, reserved: 0, offered: [8] });
  });

  it('what was never held cannot be released', async () => {
    const release = staff((trx) =>
      moveStock(trx, { skuId: world.skuA, kind: 'RELEASE', quantity: 1, reason: 'a test' }, command()),
    );
    await expect(release).rejects.toThrow('-1 reserved');
    expect(await ledgerOf(world.skuA)).toHaveLength(1);
  });

  it('the ledger cannot be changed afterwards', async () => {
    for (const change of [
      `update stock_movements set quantity = 0`,
      `delete from stock_movements`,
      `truncate stock_movements`,
    ]) {
      await expect(staff((trx) => trx.raw(change))).rejects.toMatchObject({ code: '42501' });
    }
  });

  describe('of an order', () => {
    const by = () => command({ role: 'system' });

    it('is held, taken and restocked once each, however often it is asked', async () => {
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 2)]);
      for (let round = 0; round < 2; round += 1) {
        expect(await staff((trx) => reserveLines(trx, order.id, by()))).toEqual({ short: [] });
      }
      expect(await levels()).toEqual({ onHand: 10, reserved: 2, offered: [8] });
      await orderStep(database.db, order.id, 'APPROVE');
      await orderStep(database.db, order.id, 'ENQUEUE', { role: 'system' });
      const pushed = { commandId: unique('pushed'), role: 'system' as const, changes: pushedChanges(order.id) };
      await orderStep(database.db, order.id, 'PUSHED', pushed);
      await orderStep(database.db, order.id, 'PUSHED', pushed);
      expect(await levels()).toEqual({ onHand: 8, reserved: 0, offered: [8] });
      await staff((trx) => releaseReservations(trx, order.id, 'a test', by()));
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
      for (let round = 0; round < 2; round += 1) await staff((trx) => restockOrder(trx, order.id, 'a test', by()));
      expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
    });

    it('is released once', async () => {
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 3)]);
      for (let round = 0; round < 2; round += 1) {
        await staff((trx) => releaseReservations(trx, order.id, 'a test', by()));
        await staff((trx) => restockOrder(trx, order.id, 'a test', by()));
      }
      expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
    });

    it('is held once when many ask at the same moment', async () => {
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 3), lineOf(world.skuB, 1)]);
      await staff((trx) => releaseReservations(trx, order.id, 'a test', by()));
      await Promise.all(Array.from({ length: 10 }, () => staff((trx) => reserveLines(trx, order.id, by()))));
      expect(await levels()).toMatchObject({ reserved: 3 });
      expect(await levelsOf(database.db, world.skuB)).toMatchObject({ reserved: 1 });
    });

    it('never goes to two: of eight at the same moment those that come too late wait with a problem', async () => {
      const ids = Array.from({ length: 8 }, () => unique('rush'));
      await Promise.all(
        ids.map((id) =>
          see(database.db, world.marketplaceId, readingOf(snapshotOf(id, 0, 'OPEN', [lineOf(world.skuA, 3)]))),
        ),
      );
      expect(await levels()).toEqual({ onHand: 10, reserved: 9, offered: [1] });
      const orders = await Promise.all(ids.map((id) => orderOf(database.db, id)));
      const problems = await Promise.all(orders.map(({ id }) => openProblemsOf(database.db, id)));
      expect(problems.filter(([kind]) => kind === 'out-of-stock')).toHaveLength(5);
    });

    it('that came too late is held as soon as there is stock: the earliest order first', async () => {
      await makeOrder(database.db, world, [lineOf(world.skuA, 9)]);
      const seen = async (minute: number) => {
        const id = unique('waiting');
        const snapshot = snapshotOf(id, 0, 'OPEN', [lineOf(world.skuA, 3)], { orderedAt: later(minute) });
        await see(database.db, world.marketplaceId, readingOf(snapshot));
        return orderOf(database.db, id);
      };
      const second = await seen(20);
      const first = await seen(10);
      const waiting = () => Promise.all([first, second].map(({ id }) => openProblemsOf(database.db, id)));
      expect(await waiting()).toEqual([['out-of-stock'], ['out-of-stock']]);
      expect(await staff((trx) => reserveWaiting(trx, by()))).toEqual({ served: 0 });
      await staff((trx) =>
        moveStock(trx, { skuId: world.skuA, kind: 'ADJUST', quantity: 3, reason: 'found some' }, command()),
      );
      expect(await staff((trx) => reserveWaiting(trx, by()))).toEqual({ served: 1 });
      expect(await waiting()).toEqual([[], ['out-of-stock']]);
      expect(await levels()).toMatchObject({ onHand: 13, reserved: 12 });
      await orderStep(database.db, first.id, 'APPROVE');
    });

    it('goes to the earlier order although the later one came first, until somebody approves that', async () => {
      const seen = async (minute: number, units: number) => {
        const id = unique('late');
        const snapshot = snapshotOf(id, 0, 'OPEN', [lineOf(world.skuA, units)], { orderedAt: later(minute) });
        await see(database.db, world.marketplaceId, readingOf(snapshot));
        return orderOf(database.db, id);
      };
      const late = await seen(30, 8);
      const early = await seen(20, 8);
      expect(await openProblemsOf(database.db, early.id)).toEqual([]);
      expect(await openProblemsOf(database.db, late.id)).toEqual(['out-of-stock']);
      expect(await levels()).toEqual({ onHand: 10, reserved: 8, offered: [2] });
      await expect(orderStep(database.db, late.id, 'APPROVE')).rejects.toThrow('refused');
      await orderStep(database.db, early.id, 'APPROVE');
      const earliest = await seen(10, 8);
      expect(await openProblemsOf(database.db, earliest.id)).toEqual(['out-of-stock']);
      expect(await levels()).toEqual({ onHand: 10, reserved: 8, offered: [2] });
    });

    it('that the shop does not count is always there', async () => {
      await staff((trx) => trx('skus').where({ id: world.skuA }).update({ stock_managed: false }));
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 50)]);
      expect(await openProblemsOf(database.db, order.id)).toEqual([]);
    });
  });

  describe('offers', () => {
    const secondAccount = async () => {
      const { brandId, productId, skuA, skuB } = world;
      const connectionId = await staff((trx) => makeConnection(trx, 'marketplace'));
      await staff((trx) => makeListing(trx, { brandId, productId, connectionId, skuIds: [skuA, skuB] }));
      return connectionId;
    };

    it('are one number for all above the switch point, and shares with that sum below it', async () => {
      await secondAccount();
      expect((await levels()).offered).toEqual([10, 10]);
      await makeOrder(database.db, world, [lineOf(world.skuA, 3)]);
      expect((await levels()).offered.sort()).toEqual([3, 4]);
    });

    it('keep the safety stock back: the SKU’s own, else the brand’s', async () => {
      await staff(async (trx) => {
        await trx('brands').where({ id: world.brandId }).update({ safety_stock: 2 });
        await offerAgain(trx, [world.skuA], command());
      });
      expect((await levels()).offered).toEqual([8]);
      await staff(async (trx) => {
        await trx('skus').where({ id: world.skuA }).update({ safety_stock: 4 });
        await offerAgain(trx, [world.skuA], command());
      });
      expect((await levels()).offered).toEqual([6]);
    });

    it('of what is gone or not live are nothing', async () => {
      await staff(async (trx) => {
        await trx('skus')
          .where({ id: world.skuA })
          .update({ gone_at: later(0) });
        await trx('listings').where({ product_id: world.productId }).update({ remote: 'LOCKED' });
        await offerAgain(trx, [world.skuA, world.skuB], command());
      });
      expect((await levels()).offered).toEqual([0]);
      expect((await levelsOf(database.db, world.skuB)).offered).toEqual([0]);
    });

    it('that change wake their account, and those that stay wake nobody', async () => {
      const other = await secondAccount();
      const before = [await stockWorkOf(world.marketplaceId), await stockWorkOf(other)];
      await staff((trx) => offerAgain(trx, [world.skuA], command()));
      expect([await stockWorkOf(world.marketplaceId), await stockWorkOf(other)]).toEqual(before);
      await staff((trx) => offerAgain(trx, [world.skuA], command(), true));
      const [mine, theirs] = [await stockWorkOf(world.marketplaceId), await stockWorkOf(other)];
      expect(mine?.n).toBe(Number(before[0]?.n) + 1);
      expect(theirs?.n).toBe(Number(before[1]?.n) + 1);
    });

    it('never add up to more than there is while listings go live and orders come in', async () => {
      const { brandId, productId, skuA } = world;
      const account = async () => {
        const connectionId = await staff((trx) => makeConnection(trx, 'marketplace'));
        return staff((trx) =>
          makeListing(trx, { brandId, productId, connectionId, skuIds: [skuA] }, { remote: 'ABSENT' }),
        );
      };
      const listings = [await account(), await account(), await account()];
      const goLive = (id: string) =>
        staff(async (trx) => {
          await trx('listings').where({ id }).update({ remote: 'LIVE' });
          await offerAgain(trx, [skuA], command());
        });
      await Promise.all([
        ...listings.map(goLive),
        ...[1, 2, 3].map((quantity) => makeOrder(database.db, world, [lineOf(skuA, quantity)])),
      ]);
      const { onHand, reserved, offered } = await levels();
      expect({ onHand, reserved }).toEqual({ onHand: 10, reserved: 6 });
      expect(offered.reduce((sum, share) => sum + share, 0)).toBe(4);
    });
  });

  describe('levels read from the shop', () => {
    const take = (quantity: number, mark: number, by = command()) =>
      staff((trx) => takeLevel(trx, { skuId: world.skuA, quantity, mark, reason: 'read from the shop' }, by));

    it('are taken over, and only what differs is a movement', async () => {
      const mark = await staff(ledgerMark);
      expect(await take(10, mark, command({ at: later(5) }))).toBe('same');
      expect(await take(7, mark, command({ at: later(6) }))).toBe('changed');
      expect(await levels()).toEqual({ onHand: 7, reserved: 0, offered: [7] });
      const seen = await staff((trx) => trx('skus').where({ id: world.skuA }).first('stock_seen_at'));
      expect(seen.stock_seen_at).toEqual(later(6));
      expect((await ledgerOf(world.skuA)).map(({ kind }: { kind: string }) => kind)).toEqual(['LEVEL', 'LEVEL']);
    });

    it('that are lower than what approved orders hold offer nothing', async () => {
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 4)]);
      await orderStep(database.db, order.id, 'APPROVE');
      expect(await take(3, await staff(ledgerMark))).toBe('changed');
      expect(await levels()).toEqual({ onHand: 3, reserved: 4, offered: [0] });
      expect(await openProblemsOf(database.db, order.id)).toEqual([]);
    });

    it('that are lower than what is held take the units from the latest order that nobody approved', async () => {
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 4)]);
      expect(await take(3, await staff(ledgerMark))).toBe('changed');
      expect(await levels()).toEqual({ onHand: 3, reserved: 0, offered: [3] });
      expect(await openProblemsOf(database.db, order.id)).toEqual(['out-of-stock']);
      const oversell = await staff((trx) => trx('stock_oversells').where({ order_id: order.id }).first());
      expect(oversell).toMatchObject({ units: 4, cause: 'source-below-quota' });
      expect(oversell.trace.movements[0]).toMatchObject({ kind: 'RELEASE' });
      const plan = () => staff((trx) => trx('cancel_plans').where({ order_id: order.id }).first());
      expect(await plan()).toMatchObject({ standing: 'PLANNED', reason: 'out_of_stock' });
      expect(await take(5, await staff(ledgerMark))).toBe('changed');
      expect(await staff((trx) => reserveWaiting(trx, command({ role: 'system' })))).toEqual({ served: 1 });
      expect(await plan()).toMatchObject({ standing: 'WITHDRAWN' });
      expect(await openProblemsOf(database.db, order.id)).toEqual([]);
    });

    it.each([-1, 1_000_000_000, 1.5])(
      'of %d are refused with a problem, and the last one is kept',
      async (quantity) => {
        expect(await take(quantity, await staff(ledgerMark))).toBe('refused');
        expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
        expect(await openProblemsOf(database.db, world.skuA)).toEqual(['stock-level-refused']);
        await take(9, await staff(ledgerMark));
        expect(await openProblemsOf(database.db, world.skuA)).toEqual([]);
      },
    );

    it.each(['CONSUME', 'RESTOCK', 'ADJUST'] as const)(
      'are not believed after a %s of our own meanwhile',
      async (kind) => {
        await staff((trx) =>
          moveStock(trx, { skuId: world.skuA, kind: 'RESERVE', quantity: 2, reason: 't' }, command()),
        );
        const mark = await staff(ledgerMark);
        await staff((trx) => moveStock(trx, { skuId: world.skuA, kind, quantity: 2, reason: 't' }, command()));
        const before = await levels();
        expect(await take(10, mark)).toBe('moved-meanwhile');
        expect(await levels()).toEqual(before);
        expect(await take(5, await staff(ledgerMark))).toBe('changed');
      },
    );

    it('are believed although something was held or given back meanwhile', async () => {
      const mark = await staff(ledgerMark);
      await staff((trx) => moveStock(trx, { skuId: world.skuA, kind: 'RESERVE', quantity: 2, reason: 't' }, command()));
      expect(await take(9, mark)).toBe('changed');
      expect(await levels()).toEqual({ onHand: 9, reserved: 2, offered: [7] });
    });

    it('of another SKU that moved do not matter', async () => {
      const mark = await staff(ledgerMark);
      const { brandId } = world;
      const productId = await staff((trx) => makeProduct(trx, brandId));
      expect(productId).not.toBe(world.productId);
      await staff((trx) => moveStock(trx, { skuId: world.skuB, kind: 'ADJUST', quantity: 2, reason: 't' }, command()));
      expect(await take(9, mark)).toBe('changed');
    });
  });
});
