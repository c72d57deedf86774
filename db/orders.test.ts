import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  command,
  later,
  levelsOf,
  lineOf,
  makeOrder,
  makeWorld,
  openProblemsOf,
  orderStep,
  pushedChanges,
  startAt,
  type World,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { planOrder } from './consignments.ts';
import { cancelSilenceMs } from './orders.ts';
import { stepReturn } from './returns.ts';
import type { Row } from './steps.ts';

describe('orders', () => {
  let database: TestDatabase;
  let world: World;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'orders' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    world = await makeWorld(database.db);
  });

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const levels = () => levelsOf(database.db, world.skuA);
  const steps = (orderId: string, ...events: Parameters<typeof orderStep>[2][]) =>
    events.reduce<Promise<Row>>(
      (before, event) => before.then(() => orderStep(database.db, orderId, event, { role: roleOf(event) })),
      staff((trx) => trx('orders').where({ id: orderId }).first()),
    );
  const roleOf = (event: string) =>
    event.endsWith('_THERE')
      ? 'connector'
      : ['ENQUEUE', 'PUSHED', 'CANCEL_DONE', 'CANCEL_IMPOSSIBLE'].includes(event)
        ? 'system'
        : 'ops';
  const queued = async () => {
    const order = await makeOrder(database.db, world, [lineOf(world.skuA, 2)]);
    await steps(order.id, 'APPROVE');
    await staff((trx) => planOrder(trx, order.id, command({ role: 'system' })));
    return staff((trx) => trx('orders').where({ id: order.id }).first()) as Promise<Row>;
  };
  const synced = async () => {
    const order = await queued();
    return orderStep(database.db, order.id, 'PUSHED', { role: 'connector', changes: pushedChanges(order.id) });
  };
  const handOver = (orderId: string) =>
    staff(async (trx) => {
      await trx('orders').where({ id: orderId }).update({ handed_over_at: startAt, goods_outside: true });
      await trx('order_lines')
        .where({ order_id: orderId })
        .update({ quantity_shipped: trx.ref('quantity_ordered') });
    });
  const membershipOf = (orderId: string) =>
    staff((trx) => trx('consignment_orders').where({ order_id: orderId }).first());
  const consignmentOf = (orderId: string) =>
    staff((trx) =>
      trx('consignments')
        .join('consignment_orders', 'consignment_orders.consignment_id', 'consignments.id')
        .where({ order_id: orderId })
        .first('consignments.*'),
    );
  const linesOf = (orderId: string) => staff((trx) => trx('order_lines').where({ order_id: orderId }));
  const returnsOf = (orderId: string) => staff((trx) => trx('returns').where({ order_id: orderId }));

  it('remember who approved them and when', async () => {
    const order = await makeOrder(database.db, world);
    expect(await orderStep(database.db, order.id, 'APPROVE', { actor: 'olga', at: later(7) })).toMatchObject({
      approved_by: 'olga',
      approved_at: later(7),
    });
  });

  it.each([
    ['REQUEST_CANCEL', 'ops', 'ops'],
    ['REQUEST_CANCEL', 'brand', 'brand'],
    ['CANCEL_REQUESTED_THERE', 'connector', 'buyer'],
  ] as const)('remember who asked to cancel (%s by %s), until it is withdrawn', async (event, role, who) => {
    const order = await makeOrder(database.db, world);
    expect(await orderStep(database.db, order.id, event, { role })).toMatchObject({ cancel_asked_by: who });
    expect(await openProblemsOf(database.db, order.id)).toEqual(who === 'buyer' ? [] : ['cancel-by-hand']);
    expect(await steps(order.id, 'CANCEL_WITHDRAWN')).toMatchObject({ state: 'NEW', cancel_asked_by: null });
  });

  describe('cancelled on the marketplace', () => {
    it('before anything was done: released once, out of the consignment, no order for the shop', async () => {
      const order = await queued();
      const cancel = { commandId: 'cancelled-once', role: 'connector' as const };
      expect(await orderStep(database.db, order.id, 'CANCELLED_THERE', cancel)).toMatchObject({
        state: 'CANCELLED',
        cancel_due_at: null,
      });
      await orderStep(database.db, order.id, 'CANCELLED_THERE', cancel);
      expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
      expect(await membershipOf(order.id)).toMatchObject({ left_at: startAt });
      expect(await consignmentOf(order.id)).toMatchObject({ state: 'CANCELLED' });
      expect(await linesOf(order.id)).toMatchObject([{ quantity_cancelled: 2, reserved_quantity: 0 }]);
      const parcels = await staff((trx) => trx('parcels').where({ order_id: order.id }).pluck('state'));
      expect(parcels).toEqual(['VOIDED']);
    });

    it('when it is in the shop: pending, due after the silence, what the shop took stays taken', async () => {
      const order = await synced();
      const pending = await orderStep(database.db, order.id, 'CANCELLED_THERE', { role: 'connector' });
      expect(pending).toMatchObject({
        state: 'CANCEL_PENDING',
        cancel_due_at: new Date(startAt.getTime() + cancelSilenceMs),
      });
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
      expect(await membershipOf(order.id)).toMatchObject({ left_at: startAt });
      expect(await steps(order.id, 'CANCEL_DONE')).toMatchObject({ state: 'CANCELLED', cancel_due_at: null });
    });

    it('when a push that was under way arrives after all: its units are taken, whatever becomes of the order', async () => {
      const order = await synced();
      await steps(order.id, 'CANCELLED_THERE');
      const again = await orderStep(database.db, order.id, 'PUSHED', { role: 'connector' });
      expect(again.state).toBe('CANCEL_PENDING');
      expect(await linesOf(order.id)).toMatchObject([{ taken_quantity: 2, reserved_quantity: 0 }]);
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
    });

    it('when the shop refuses: a conflict with the facts of both sides; tried again, the deadline is new', async () => {
      const order = await synced();
      await steps(order.id, 'CANCELLED_THERE', 'CANCEL_IMPOSSIBLE');
      expect(await openProblemsOf(database.db, order.id)).toEqual(['cancel-conflict']);
      const [problem] = await staff((trx) => trx('problems').where({ entity_id: order.id }));
      expect(problem.detail).toContain('1001');
      expect(await returnsOf(order.id)).toEqual([]);
      const retried = await orderStep(database.db, order.id, 'RETRY_CANCEL', { at: later(60) });
      expect(retried.cancel_due_at).toEqual(new Date(later(60).getTime() + cancelSilenceMs));
      await steps(order.id, 'CANCEL_DONE');
      expect(await openProblemsOf(database.db, order.id)).toEqual([]);
    });

    it('when the goods have left: a conflict, a return is expected, no stock comes back', async () => {
      const order = await synced();
      await handOver(order.id);
      expect(await steps(order.id, 'CANCELLED_THERE')).toMatchObject({ state: 'CANCEL_CONFLICT' });
      expect(await openProblemsOf(database.db, order.id)).toEqual(['cancel-conflict']);
      expect(await returnsOf(order.id)).toMatchObject([{ state: 'EXPECTED', lines: [{ quantity: 2 }] }]);
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
      await expect(steps(order.id, 'RESOLVE_AS_CANCELLED')).rejects.toThrow('open outside');
    });

    it('after it was finished: a conflict, or cancelled if we did nothing', async () => {
      const order = await synced();
      await steps(order.id, 'COMPLETE');
      expect(await steps(order.id, 'CANCELLED_THERE')).toMatchObject({ state: 'CANCEL_CONFLICT' });
      const untouched = await makeOrder(database.db, world);
      expect(await steps(untouched.id, 'CLOSED_THERE', 'CANCELLED_THERE')).toMatchObject({ state: 'CANCELLED' });
    });
  });

  it('finished without us give back what they held', async () => {
    const order = await queued();
    expect(await steps(order.id, 'CLOSED_THERE')).toMatchObject({ state: 'SUCCESSFULLY_PROCESSED' });
    expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
    expect(await membershipOf(order.id)).toMatchObject({ left_at: startAt });
  });

  it('completed close their problems and keep their consignment', async () => {
    const order = await synced();
    await steps(order.id, 'COMPLETE');
    expect(await openProblemsOf(database.db, order.id)).toEqual([]);
    expect(await membershipOf(order.id)).toMatchObject({ left_at: null });
  });

  it('refused by the shop during a cancel request leave their consignment when the request is withdrawn', async () => {
    const order = await queued();
    await steps(order.id, 'CANCEL_REQUESTED_THERE');
    await orderStep(database.db, order.id, 'PUSH_REFUSED', { role: 'connector' });
    expect(await steps(order.id, 'CANCEL_WITHDRAWN')).toMatchObject({ state: 'EDITED' });
    expect(await membershipOf(order.id)).toMatchObject({ left_at: startAt });
    await steps(order.id, 'APPROVE');
    const planned = await staff((trx) => planOrder(trx, order.id, command({ role: 'system', at: later(1) })));
    expect(planned).toMatchObject({ planned: true });
  });

  it('edited in the queue leave their consignment and keep their stock', async () => {
    const order = await queued();
    expect(await steps(order.id, 'EDIT')).toMatchObject({ state: 'EDITED' });
    expect(await membershipOf(order.id)).toMatchObject({ left_at: startAt });
    expect(await levels()).toMatchObject({ reserved: 2 });
  });

  describe('returns', () => {
    const conflict = async () => {
      const order = await synced();
      await handOver(order.id);
      await steps(order.id, 'CANCELLED_THERE');
      const [goods] = await returnsOf(order.id);
      return { order, returnId: goods.id as string };
    };
    const go = (id: string, event: 'SCAN_IN' | 'RESTOCK' | 'WRITE_OFF' | 'GIVE_UP', by = command({ at: later(90) })) =>
      staff((trx) => stepReturn(trx, { id, event }, by));

    it('that are scanned in and fit for sale bring the units back once', async () => {
      const { order, returnId } = await conflict();
      await go(returnId, 'SCAN_IN');
      expect(await levels()).toMatchObject({ onHand: 8 });
      expect(await linesOf(order.id)).toMatchObject([{ quantity_returned: 2, taken_quantity: 2 }]);
      expect(await returnsOf(order.id)).toMatchObject([{ state: 'RECEIVED', scanned_in_at: later(90) }]);
      const restock = command();
      await go(returnId, 'RESTOCK', restock);
      expect(await go(returnId, 'RESTOCK', restock)).toMatchObject({ ok: true, repeated: true });
      expect(await go(returnId, 'RESTOCK')).toMatchObject({ ok: false });
      expect(await levels()).toEqual({ onHand: 10, reserved: 0, offered: [10] });
      expect(await steps(order.id, 'RESOLVE_AS_CANCELLED')).toMatchObject({ state: 'CANCELLED' });
      expect(await levels()).toMatchObject({ onHand: 10, reserved: 0 });
    });

    it('that are not fit for sale bring nothing back', async () => {
      const { order, returnId } = await conflict();
      await go(returnId, 'SCAN_IN');
      await go(returnId, 'WRITE_OFF');
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
      expect(await steps(order.id, 'RESOLVE_AS_CANCELLED')).toMatchObject({ state: 'CANCELLED' });
      expect(await levels()).toMatchObject({ onHand: 8, reserved: 0 });
    });

    it('that never come are given up, and the order can be settled', async () => {
      const { order, returnId } = await conflict();
      expect(await go(returnId, 'RESTOCK')).toMatchObject({ ok: false, code: 'NotAllowedInState' });
      await go(returnId, 'GIVE_UP');
      expect(await levels()).toMatchObject({ onHand: 8 });
      expect(await steps(order.id, 'RESOLVE_AS_PROCESSED')).toMatchObject({ state: 'SUCCESSFULLY_PROCESSED' });
    });

    it('are expected once for one reason', async () => {
      const { order } = await conflict();
      await steps(order.id, 'RESOLVE_AS_PROCESSED', 'CANCELLED_THERE');
      expect(await returnsOf(order.id)).toHaveLength(1);
    });
  });
});
