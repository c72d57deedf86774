import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ChannelOrderTag } from '../connectors/contract/marketplace.ts';
import {
  buyerAddress,
  later,
  lineOf,
  makeWorld,
  openProblemsOf,
  orderOf,
  orderStep,
  pushedChanges,
  readingOf,
  see,
  snapshotOf,
  testSealer,
  unique,
  type World,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { readConsignee, storeConsignee } from './consignees.ts';
import { planOrder } from './consignments.ts';
import { pushKey } from './contexts.ts';
import { performEffect } from './effects.ts';

describe('content that changes on the marketplace', () => {
  let database: TestDatabase;
  let world: World;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'observe' });
    world = await makeWorld(database.db, {}, 100);
  });
  afterAll(() => database?.close());

  const seeTag = (
    id: string,
    minute: number,
    tag: ChannelOrderTag | null,
    lines = [lineOf(world.skuA, 2), lineOf(world.skuB, 1)],
    overrides: Parameters<typeof snapshotOf>[4] = {},
  ) => see(database.db, world.marketplaceId, readingOf(snapshotOf(id, minute, tag, lines, overrides)));
  const linesOf = (orderId: string) =>
    database.db.tx('staff', (trx) => trx('order_lines').where({ order_id: orderId }).orderBy('external_line_id'));

  it('after the approval takes the order back to EDITED and out of its consignment', async () => {
    const id = unique('changed');
    await seeTag(id, 1, 'OPEN');
    const order = await orderOf(database.db, id);
    await orderStep(database.db, order.id, 'APPROVE');
    await database.db.tx('staff', (trx) =>
      planOrder(trx, order.id, { commandId: unique('plan'), actor: 'test', role: 'system', at: later(2) }),
    );
    expect((await orderOf(database.db, id)).state).toBe('QUEUE');
    await seeTag(id, 3, 'OPEN', [lineOf(world.skuA, 1)]);
    expect(await orderOf(database.db, id)).toMatchObject({ state: 'EDITED', total_minor: 120_000 });
    const member = await database.db.tx('staff', (trx) => trx('consignment_orders').where({ order_id: order.id }));
    expect(member).toMatchObject([{ left_at: expect.any(Date) }]);
    const open = (await linesOf(order.id)).map((line) => line.quantity_ordered - line.quantity_cancelled);
    expect(open.sort()).toEqual([0, 1]);
    await seeTag(id, 4, 'OPEN', [lineOf(world.skuA, 1)]);
    expect(await orderOf(database.db, id)).toMatchObject({ state: 'EDITED', version: 4 });
    await seeTag(id, 5, 'OPEN');
    const again = (await linesOf(order.id)).map((line) => [line.quantity_cancelled, line.reserved_quantity]);
    expect(again.sort()).toEqual([
      [0, 1],
      [0, 2],
    ]);
    await seeTag(id, 6, 'CANCELLED');
  });

  it('after the push is left as it was pushed and becomes a problem', async () => {
    const id = unique('late');
    await seeTag(id, 1, 'OPEN', [lineOf(world.skuA, 1)]);
    const order = await orderOf(database.db, id);
    await orderStep(database.db, order.id, 'APPROVE');
    await orderStep(database.db, order.id, 'ENQUEUE', { role: 'system' });
    await orderStep(database.db, order.id, 'PUSHED', { role: 'system', changes: pushedChanges(order.id) });
    await seeTag(id, 2, 'OPEN', [lineOf(world.skuA, 5)]);
    expect(await orderOf(database.db, id)).toMatchObject({ state: 'SYNCED', total_minor: 120_000 });
    expect(await linesOf(order.id)).toMatchObject([{ quantity_ordered: 1, taken_quantity: 1 }]);
    expect(await openProblemsOf(database.db, order.id)).toEqual(['changed-after-push']);
  });

  it('while the push is under way is left as it was pushed too', async () => {
    const id = unique('in-flight');
    await seeTag(id, 1, 'OPEN', [lineOf(world.skuA, 1)]);
    const order = await orderOf(database.db, id);
    await orderStep(database.db, order.id, 'APPROVE');
    await orderStep(database.db, order.id, 'ENQUEUE', { role: 'system' });
    await expect(
      performEffect(
        { db: database.db, wall: () => later(0), checkpoint: async () => undefined },
        {
          key: pushKey(order.id, 1),
          kind: 'push',
          connectionId: null,
          brandId: null,
          entityKind: 'order',
          entityId: order.id,
        },
        {
          stillWanted: async () => null,
          call: async () => {
            await seeTag(id, 2, 'OPEN', [lineOf(world.skuA, 5)]);
            throw new Error('killed');
          },
          onDone: async () => undefined,
          settleMs: 1,
          leaseMs: 1_000,
        },
        { commandId: unique('push'), actor: 'test', role: 'system', at: later(1) },
      ),
    ).rejects.toThrow('killed');
    expect(await orderOf(database.db, id)).toMatchObject({ state: 'QUEUE', total_minor: 120_000 });
    expect(await linesOf(order.id)).toMatchObject([{ quantity_ordered: 1, reserved_quantity: 1 }]);
    expect(await openProblemsOf(database.db, order.id)).toEqual(['changed-after-push']);
  });

  it('during a cancel request means that a withdrawal leads back to EDITED', async () => {
    const id = unique('asked');
    await seeTag(id, 1, 'OPEN', [lineOf(world.skuA, 1)]);
    const order = await orderOf(database.db, id);
    await orderStep(database.db, order.id, 'APPROVE');
    await seeTag(id, 2, 'CANCEL_REQUESTED', [lineOf(world.skuA, 1)]);
    expect(await orderOf(database.db, id)).toMatchObject({ state: 'CANCEL_REQUESTED', resume_state: 'APPROVED' });
    await seeTag(id, 3, 'CANCEL_REQUESTED', [lineOf(world.skuA, 2)]);
    await seeTag(id, 4, 'OPEN', [lineOf(world.skuA, 2)]);
    expect(await orderOf(database.db, id)).toMatchObject({ state: 'EDITED', cancel_asked_by: null });
    expect(await linesOf(order.id)).toMatchObject([{ quantity_ordered: 2, reserved_quantity: 2 }]);
  });

  it('a tracking number and a later state are no new content', async () => {
    const id = unique('tracking');
    const lines = [lineOf(world.skuA, 1)];
    await seeTag(id, 1, 'OPEN', lines);
    const order = await orderOf(database.db, id);
    await orderStep(database.db, order.id, 'APPROVE');
    await seeTag(id, 2, 'READY_TO_SHIP', lines, { trackingNumber: 'JD01' });
    expect(await orderOf(database.db, id)).toMatchObject({ state: 'APPROVED', consignee_id: order.consignee_id });
    expect(await openProblemsOf(database.db, order.id)).toEqual([]);
  });

  it('a later ship-by date is taken over and undoes no approval', async () => {
    const id = unique('ship-by');
    const lines = [lineOf(world.skuB, 1)];
    await seeTag(id, 1, 'OPEN', lines);
    await orderStep(database.db, (await orderOf(database.db, id)).id, 'APPROVE');
    await seeTag(id, 2, 'OPEN', lines, { shipBy: later(99) });
    expect(await orderOf(database.db, id)).toMatchObject({ state: 'APPROVED', ship_by: later(99) });
  });

  it('an address that ops corrected stays until the marketplace shows another one', async () => {
    const id = unique('address');
    const lines = [lineOf(world.skuB, 1)];
    await seeTag(id, 1, 'OPEN', lines);
    const order = await orderOf(database.db, id);
    const corrected = await database.db.tx('staff', async (trx) => {
      const own = await storeConsignee(trx, testSealer, { ...buyerAddress, city: 'Bandung' }, later(1));
      await trx('orders').where({ id: order.id }).update({ consignee_id: own });
      return own;
    });
    await seeTag(id, 2, 'OPEN', lines, { buyerNote: 'please hurry' });
    expect((await orderOf(database.db, id)).consignee_id).toBe(corrected);
    await seeTag(id, 3, 'OPEN', lines, { shipTo: { ...buyerAddress, city: 'Surabaya' } });
    const { consignee_id } = await orderOf(database.db, id);
    const address = await database.db.tx('staff', (trx) => readConsignee(trx, testSealer, String(consignee_id)));
    expect(address?.city).toBe('Surabaya');
  });
});
