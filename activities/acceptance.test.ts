import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { allActions, type Bench, publish, startBench } from '../connectors/zilingo/bench.fixture.ts';
import { makeWorld, orderOf, sellerSkuFor, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedSystems } from '../tests/scripted-systems.ts';
import { channelOrderActivities } from './channel-orders.ts';

describe('orders that wait on the marketplace until the seller accepts them', () => {
  let database: TestDatabase;
  let bench: Bench;
  let world: World;

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_accept' });
    bench = await startBench({ firstUnitState: 'awaitingConfirmation' });
    world = await makeWorld(database.db, {}, 50);
    await publish(bench, [sellerSkuFor(world.skuA)], 20);
  });
  afterAll(async () => {
    await bench?.close();
    await database?.close();
  });

  /** One reading of the order, with or without calls that nobody could confirm. */
  const read = async (externalId: string, unconfirmed: typeof allActions) => {
    const deps = new ScriptedSystems().deps(database.db);
    bench.reconnect({}, { unconfirmed });
    const { connector } = bench;
    const marketplace = async (id: string) => ({ id, code: id, name: id, brandId: null, connector });
    await channelOrderActivities({ ...deps, open: { ...deps.open, marketplace } }).fetchOrder(
      world.marketplaceId,
      externalId,
    );
  };
  const buy = async () => {
    const lines = [{ sellerSku: sellerSkuFor(world.skuA), quantity: 1 }];
    return (await bench.control<{ externalId: string }>('POST', '/orders', { lines })).externalId;
  };
  const stateThere = async (externalId: string) => {
    const orders = await bench.control<{ externalId: string; state: string }[]>('GET', '/orders');
    return orders.find((order) => order.externalId === externalId)?.state;
  };
  const problemOf = async (externalId: string) => {
    const { id } = await staff((trx) => trx('channel_orders').where({ external_id: externalId }).first('id'));
    return staff((trx) => trx('problems').where({ entity_id: id, kind: 'accept-there' }).first('state'));
  };

  it('are taken by the call once they are in the shop, and only once', async () => {
    const externalId = await buy();
    await read(externalId, allActions);
    expect(await stateThere(externalId)).toBe('awaitingConfirmation');
    const order = await orderOf(database.db, externalId);
    await staff((trx) =>
      trx('orders')
        .where({ id: order.id })
        .update({ in_shop_at: new Date(0) }),
    );
    await read(externalId, allActions);
    await read(externalId, allActions);
    expect(await stateThere(externalId)).toBe('awaitingPickupRequest');
    expect(bench.calls('unconfirmed accept')).toBe(1);
    expect(await problemOf(externalId)).toBeUndefined();
  });

  it('become a task for a person where no call is known, until the portal shows it done', async () => {
    const externalId = await buy();
    await read(externalId, {});
    expect(await problemOf(externalId)).toMatchObject({ state: 'OPEN' });
    await bench.control('POST', `/orders/${externalId}/accept`, {});
    await read(externalId, {});
    expect(await problemOf(externalId)).toMatchObject({ state: 'RESOLVED' });
  });
});
