import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ChannelOrderTag } from '../connectors/contract/marketplace.ts';
import {
  later,
  levelsOf,
  lineOf,
  makeConnection,
  makeListing,
  makeProduct,
  makeSku,
  makeWorld,
  openProblemsOf,
  orderOf,
  orderStep,
  readingOf,
  see,
  snapshotOf,
  tombstoneOf,
  unique,
  type World,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';

describe('observing channel orders', () => {
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
  const verdictsOf = (externalId: string) =>
    database.db.tx('staff', (trx) =>
      trx('sightings').where({ external_id: externalId }).orderBy('id').pluck('verdict'),
    );
  const channelOrderOf = (externalId: string) =>
    database.db.tx('staff', (trx) => trx('channel_orders').where({ external_id: externalId }).first());
  const historyOf = (id: string) =>
    database.db.tx('staff', (trx) => trx('transitions').where({ entity_id: id }).orderBy('version').pluck('event'));

  it('arrivals twice and out of order become one order with the newest content, and all of them are recorded', async () => {
    const id = unique('s4');
    const versions = { v1: 1, v2: 2, v3: 3 };
    const at = (minute: number) => readingOf(snapshotOf(id, minute, 'OPEN', [lineOf(world.skuA, minute)]));
    const before = await levelsOf(database.db, world.skuA);
    for (const minute of [versions.v3, versions.v1, versions.v1, versions.v2]) {
      await see(database.db, world.marketplaceId, at(minute), { source: 'webhook' });
      await see(database.db, world.marketplaceId, at(minute), { source: 'poll' });
    }
    const orders = await database.db.tx('staff', (trx) =>
      trx('orders').join('channel_orders', 'channel_orders.id', 'orders.channel_order_id').where({ external_id: id }),
    );
    expect(orders).toHaveLength(1);
    expect(await channelOrderOf(id)).toMatchObject({ state: 'OPEN', content_modified_at: later(3) });
    const order = await orderOf(database.db, id);
    expect(order).toMatchObject({ state: 'NEW', version: 1, total_minor: 320_000, shipping_minor: 20_000 });
    expect(await linesOf(order.id)).toMatchObject([{ quantity_ordered: 3, reserved_quantity: 3 }]);
    expect(await verdictsOf(id)).toEqual(['first', 'duplicate', 'older', 'older', 'older', 'older', 'older', 'older']);
    const after = await levelsOf(database.db, world.skuA);
    expect(after.reserved - before.reserved).toBe(3);
    const work = await database.db.tx('staff', (trx) => trx('outbox').where({ business_key: `order/${order.id}` }));
    expect(work).toHaveLength(1);
  });

  it('a number with a final cancellation and no content keeps a tombstone; its order is born cancelled', async () => {
    const id = unique('tombstone');
    const before = await levelsOf(database.db, world.skuA);
    expect(await see(database.db, world.marketplaceId, tombstoneOf(id, 'CANCELLED'))).toMatchObject({
      verdict: 'tombstone',
    });
    expect(await channelOrderOf(id)).toMatchObject({ state: 'CANCELLED', lines: null });
    await expect(orderOf(database.db, id)).rejects.toThrow('no order');
    await see(database.db, world.marketplaceId, tombstoneOf(id, 'CANCELLED'));
    await seeTag(id, 1, 'OPEN');
    const order = await orderOf(database.db, id);
    expect(order.state).toBe('CANCELLED');
    expect(await historyOf(order.id)).toEqual(['CREATE', 'CANCELLED_THERE']);
    expect(await verdictsOf(id)).toEqual(['tombstone', 'duplicate', 'first']);
    expect(await levelsOf(database.db, world.skuA)).toEqual(before);
    const movements = await database.db.tx('staff', (trx) =>
      trx('stock_movements').join('order_lines', 'order_lines.id', 'order_line_id').where({ order_id: order.id }),
    );
    expect(movements).toEqual([]);
  });

  it('an order that is not shown keeps what is known of it', async () => {
    const id = unique('hidden');
    await seeTag(id, 1, 'OPEN');
    const hidden = { externalId: id, nativeState: null, tag: null, snapshot: null };
    expect(await see(database.db, world.marketplaceId, hidden, { source: 'fetch' })).toMatchObject({
      verdict: 'duplicate',
    });
    expect(await channelOrderOf(id)).toMatchObject({ state: 'OPEN', native_state: 'OPEN' });
  });

  it('a SKU that nobody knows is a problem; once it is linked, the next reading mends the order', async () => {
    const id = unique('unknown-sku');
    const { brandId, productId, marketplaceId } = world;
    const stranger = await database.db.tx('staff', (trx) => makeSku(trx, { brandId, productId }));
    await seeTag(id, 1, 'OPEN', [lineOf(world.skuA, 1), lineOf(stranger, 2)]);
    const channelOrder = await channelOrderOf(id);
    expect(channelOrder.lines).toHaveLength(2);
    expect(await openProblemsOf(database.db, channelOrder.id)).toEqual(['unknown-sku']);
    const order = await orderOf(database.db, id);
    expect(await linesOf(order.id)).toHaveLength(1);
    await database.db.tx('staff', async (trx) => {
      const otherProduct = await makeProduct(trx, brandId);
      await makeListing(trx, { brandId, productId: otherProduct, connectionId: marketplaceId, skuIds: [stranger] });
    });
    expect(await seeTag(id, 1, 'OPEN', [lineOf(world.skuA, 1), lineOf(stranger, 2)])).toMatchObject({
      verdict: 'duplicate',
    });
    expect(await openProblemsOf(database.db, channelOrder.id)).toEqual([]);
    expect(await linesOf(order.id)).toHaveLength(2);
    expect((await orderOf(database.db, id)).total_minor).toBe(320_000);
    expect(await levelsOf(database.db, stranger)).toMatchObject({ reserved: 2 });
  });

  it('an unknown SKU of a brand’s own account becomes a line of that brand that cannot be approved', async () => {
    const marketplaceId = await database.db.tx('staff', (trx) =>
      makeConnection(trx, 'marketplace', { brand_id: world.brandId }),
    );
    const id = unique('unknown-own');
    await see(database.db, marketplaceId, readingOf(snapshotOf(id, 1, 'OPEN', [lineOf('never-heard-of', 1)])));
    const order = await orderOf(database.db, id);
    expect(await linesOf(order.id)).toMatchObject([{ sku_id: null, seller_sku: 'seller-never-heard-of' }]);
    await expect(orderStep(database.db, order.id, 'APPROVE')).rejects.toThrow('known SKU');
  });

  it('a native state that nobody has translated is a problem, and nothing is guessed', async () => {
    const id = unique('weird');
    await seeTag(id, 1, 'OPEN');
    const order = await orderOf(database.db, id);
    await seeTag(id, 2, null);
    const channelOrder = await channelOrderOf(id);
    expect(channelOrder).toMatchObject({ state: 'OPEN', native_state: 'WEIRD' });
    expect(await orderOf(database.db, id)).toMatchObject({ state: order.state, version: order.version });
    expect(await openProblemsOf(database.db, channelOrder.id)).toEqual(['unknown-native-state']);
  });

  it('equal times with different content: what was read last holds, however often it changes back', async () => {
    const id = unique('same-time');
    const before = await levelsOf(database.db, world.skuA);
    const three = [lineOf(world.skuA, 3)];
    const two = [lineOf(world.skuA, 2)];
    for (const lines of [two, three, two, three, two]) await seeTag(id, 1, 'OPEN', lines);
    expect(await verdictsOf(id)).toEqual(['first', 'same-time', 'same-time', 'same-time', 'same-time']);
    const order = await orderOf(database.db, id);
    expect(await linesOf(order.id)).toMatchObject([{ quantity_ordered: 2, reserved_quantity: 2 }]);
    expect((await levelsOf(database.db, world.skuA)).reserved - before.reserved).toBe(2);
    await seeTag(id, 2, 'CANCELLED', two);
    expect(await levelsOf(database.db, world.skuA)).toEqual(before);
  });

  it('a basket of two brands becomes two orders; they divide the shipping charge by their goods', async () => {
    const id = unique('basket');
    const other = await makeWorld(database.db);
    await database.db.tx('staff', async (trx) => {
      const { brandId, productId } = other;
      const product = await makeProduct(trx, brandId);
      expect(productId).not.toBe(product);
      await makeListing(trx, { brandId, productId: product, connectionId: world.marketplaceId, skuIds: [other.skuA] });
    });
    const lines = [lineOf(world.skuA, 1), lineOf(other.skuA, 2)];
    await seeTag(id, 1, 'OPEN', lines);
    expect(await orderOf(database.db, id, world.brandId)).toMatchObject({
      shipping_minor: 6_667,
      total_minor: 106_667,
    });
    expect(await orderOf(database.db, id, other.brandId)).toMatchObject({
      shipping_minor: 13_333,
      total_minor: 213_333,
    });
    await seeTag(id, 2, 'OPEN', [lineOf(other.skuA, 2)]);
    expect(await orderOf(database.db, id, world.brandId)).toMatchObject({ state: 'CANCELLED' });
    expect(await orderOf(database.db, id, other.brandId)).toMatchObject({ state: 'NEW', total_minor: 220_000 });
    await seeTag(id, 3, 'OPEN', lines);
    const gone = await orderOf(database.db, id, world.brandId);
    expect(gone.state).toBe('CANCELLED');
    expect(await openProblemsOf(database.db, gone.id)).toEqual(['still-ordered']);
    await seeTag(id, 4, 'CANCELLED', lines);
    expect(await orderOf(database.db, id, other.brandId)).toMatchObject({ state: 'CANCELLED' });
    expect((await levelsOf(database.db, other.skuA)).reserved).toBe(0);
  });
});
