import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { ChannelOrderRef } from '../connectors/contract/marketplace.ts';
import { later, lineOf, makeWorld, orderOf, snapshotOf, startAt, unique, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedSystems } from '../tests/scripted-systems.ts';
import { channelOrderActivities } from './channel-orders.ts';

const hourMs = 60 * 60 * 1000;

describe('reading channel orders', () => {
  let database: TestDatabase;
  let world: World;
  let systems: ScriptedSystems;
  let activities: ReturnType<typeof channelOrderActivities>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_channel' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    world = await makeWorld(database.db, {}, 100);
    systems = new ScriptedSystems();
    activities = channelOrderActivities(systems.deps(database.db));
  });

  const ref = (externalId: string): ChannelOrderRef => ({ externalId, nativeState: null, tag: null });
  const shown = (count: number) => {
    const ids = Array.from({ length: count }, () => unique('page'));
    systems.channelOrders = ids.map((id) => snapshotOf(id, 1, 'OPEN', [lineOf(world.skuA, 1)]));
    return ids;
  };
  const readPage = (cursor: string | null = null) =>
    activities.readOrdersPage({
      connectionId: world.marketplaceId,
      since: startAt.toISOString(),
      until: later(10).toISOString(),
      cursor,
    });
  const sightings = (externalId: string) =>
    database.db.tx('staff', (trx) => trx('sightings').where({ external_id: externalId }).orderBy('id'));

  it('the first window reaches back days, every later one overlaps the one before', async () => {
    const first = await activities.ordersWindow(world.marketplaceId);
    expect(Date.parse(first.since)).toBe(startAt.getTime() - 9 * 24 * hourMs);
    expect(Date.parse(first.until)).toBeGreaterThan(startAt.getTime());
    await activities.ordersWindowDone(world.marketplaceId, first.until);
    systems.now = later(60);
    const second = await activities.ordersWindow(world.marketplaceId);
    expect(Date.parse(second.since)).toBe(Date.parse(first.until) - 3 * hourMs);
    const account = await database.db.tx('staff', (trx) =>
      trx('connections').where({ id: world.marketplaceId }).first(),
    );
    expect(account.last_success_at).toEqual(startAt);
  });

  it('a window that was not read to its end is read again', async () => {
    const { since } = await activities.ordersWindow(world.marketplaceId);
    shown(1);
    systems.orderPages = [{ items: [], next: 'more', total: null }];
    await readPage();
    expect((await activities.ordersWindow(world.marketplaceId)).since).toBe(since);
  });

  it('every order of a page is read in detail, in batches, and taken over', async () => {
    const ids = shown(7);
    systems.orderPages = [{ items: [...ids, ids[0] ?? ''].map(ref), next: '2', total: 8 }];
    expect(await readPage()).toEqual({ next: '2', counts: { first: 7 } });
    expect(systems.detailBatches.map((batch) => batch.length)).toEqual([3, 3, 1]);
    for (const id of ids) expect(await orderOf(database.db, id)).toMatchObject({ state: 'NEW' });
  });

  it('a page that is read again after a crash changes nothing', async () => {
    const ids = shown(2);
    systems.orderPages = [
      { items: ids.map(ref), next: null, total: 2 },
      { items: ids.map(ref), next: null, total: 2 },
    ];
    await readPage();
    const before = await orderOf(database.db, ids[0] ?? '');
    expect(await readPage()).toEqual({ next: null, counts: { duplicate: 2 } });
    expect(await orderOf(database.db, ids[0] ?? '')).toEqual(before);
  });

  it('an order that the list names but the details do not show is kept as a tombstone', async () => {
    const id = unique('listed-only');
    systems.orderPages = [
      { items: [{ externalId: id, nativeState: 'CANCELLED', tag: 'CANCELLED' }], next: null, total: 1 },
    ];
    expect(await readPage()).toMatchObject({ counts: { tombstone: 1 } });
    const row = await database.db.tx('staff', (trx) => trx('channel_orders').where({ external_id: id }).first());
    expect(row).toMatchObject({ state: 'CANCELLED', lines: null });
  });

  it('one that a webhook or a person asked for is fetched where it is true', async () => {
    const [id] = shown(1);
    expect(await activities.fetchOrder(world.marketplaceId, id ?? '')).toEqual({ first: 1 });
    expect(await activities.fetchOrder(world.marketplaceId, id ?? '')).toEqual({ duplicate: 1 });
    expect((await sightings(id ?? '')).map(({ source }: { source: string }) => source)).toEqual(['fetch', 'fetch']);
  });

  it('a delivery that asked for it is marked as handled, and the reading names it', async () => {
    const [id = ''] = shown(1);
    const inbox = () => database.db.tx('staff', (trx) => trx('webhook_inbox').where({ external_id: id }).first());
    await database.db.tx('staff', (trx) =>
      trx('webhook_inbox').insert({
        id: randomUUID(),
        connection_id: world.marketplaceId,
        dedupe_key: id,
        topic: 'order.changed',
        resource: 'order',
        external_id: id,
        raw_expires_at: later(60),
        received_at: startAt,
      }),
    );
    await activities.fetchOrder(world.marketplaceId, id);
    expect((await inbox()).handled_at).toEqual(systems.now);
    await activities.fetchOrder(world.marketplaceId, id);
    expect((await sightings(id)).map(({ source }: { source: string }) => source)).toEqual(['webhook', 'fetch']);
  });

  it('open orders too old for the platform’s lists are asked for by number with the last page', async () => {
    const deps = systems.deps(database.db);
    const listing = channelOrderActivities({
      ...deps,
      open: {
        ...deps.open,
        marketplace: async (id) => {
          const opened = await deps.open.marketplace(id);
          const capabilities = { ...opened.connector.capabilities, changesListedDays: 9 };
          return { ...opened, connector: { ...opened.connector, capabilities } };
        },
      },
    });
    const [old = '', gone = '', ended = ''] = shown(3);
    systems.orderPages = [{ items: [old, gone, ended].map(ref), next: null, total: 3 }];
    await readPage();
    systems.channelOrders = [
      snapshotOf(old, 2, 'SHIPPED', [lineOf(world.skuA, 1)]),
      snapshotOf(ended, 2, 'COMPLETED', [lineOf(world.skuA, 1)]),
    ];
    await activities.fetchOrder(world.marketplaceId, ended);
    systems.detailBatches.length = 0;
    const muchLater = { since: later(40 * 24 * 60).toISOString(), until: later(41 * 24 * 60).toISOString() };
    const window = { connectionId: world.marketplaceId, ...muchLater, cursor: null };
    systems.orderPages = [
      { items: [], next: 'more', total: 0 },
      { items: [], next: null, total: 0 },
    ];
    expect(await listing.readOrdersPage(window)).toEqual({ next: 'more', counts: {} });
    expect(await listing.readOrdersPage(window)).toEqual({ next: null, counts: { newer: 1 } });
    expect(systems.detailBatches.map((batch) => batch.toSorted())).toEqual([[old, gone].toSorted()]);
    const row = await database.db.tx('staff', (trx) => trx('channel_orders').where({ external_id: old }).first());
    expect(row.shipped_seen_at).not.toBeNull();
  });

  it('two contents of one time are settled by reading once more', async () => {
    const [id = ''] = shown(1);
    systems.orderPages = [1, 2, 3].map(() => ({ items: [ref(id)], next: null, total: 1 }));
    await readPage();
    systems.channelOrders = [snapshotOf(id, 1, 'OPEN', [lineOf(world.skuA, 2)])];
    expect(await readPage()).toMatchObject({ counts: { 'same-time': 1, duplicate: 1 } });
    const row = await database.db.tx('staff', (trx) => trx('channel_orders').where({ external_id: id }).first());
    expect(row.lines[0].quantity).toBe(2);
    expect(await readPage()).toEqual({ next: null, counts: { duplicate: 1 } });
  });
});
