import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { mustStep } from '../../db/steps.ts';
import { command, makeWorld, unique, type World } from '../../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/helpers/database.ts';
import { reconcileSchedules } from './schedules.ts';
import { streamsOf } from './topics.ts';

describe('schedules', () => {
  let database: TestDatabase;
  let connection: Connection;
  let client: Client;
  let world: World;
  let installation: string;
  const used: string[] = [];

  beforeAll(async () => {
    connection = await Connection.connect({ address: inject('temporalAddress') });
    client = new Client({ connection });
  });
  beforeEach(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'schedules' });
    world = await makeWorld(database.db);
    installation = unique(`schedules-${process.pid}`);
    used.push(installation);
    return () => database.close();
  });
  afterAll(async () => {
    for await (const { scheduleId } of client.schedule.list()) {
      if (used.some((name) => scheduleId.startsWith(`${name}/`))) await client.schedule.getHandle(scheduleId).delete();
    }
    await connection.close();
  });

  const reconcile = (paused = true, name = installation) => reconcileSchedules(client, database.db, name, { paused });
  const listed = async (name = installation) => {
    const ids: string[] = [];
    for await (const { scheduleId } of client.schedule.list()) {
      if (scheduleId.startsWith(`${name}/schedule/`)) ids.push(scheduleId.slice(`${name}/schedule/`.length));
    }
    return ids.sort();
  };
  /** Temporal's list follows its schedules with a delay. */
  const untilListed = async (count: number, name = installation) => {
    while ((await listed(name)).length !== count) await sleep(50);
  };
  const all = Object.values(streamsOf).reduce((sum, streams) => sum + Object.keys(streams).length, 0) + 1;
  const codeOf = async (id: string) => {
    const row = await database.db.tx('staff', (trx) => trx('connections').where({ id }).first('code'));
    return row.code as string;
  };
  const stream = async (name: string) =>
    client.schedule.getHandle(`${installation}/schedule/${await codeOf(world.marketplaceId)}/${name}`).describe();

  it('are one for each stream of each connected account, and one for the ticker', async () => {
    expect(await reconcile()).toEqual({ created: all, updated: 0, removed: 0 });
    await untilListed(all);
    expect(await listed()).toContain('ticker');
    const orders = await stream('orders');
    expect(orders.state.paused).toBe(true);
    expect(orders.spec.intervals).toMatchObject([{ every: streamsOf.marketplace.orders * 1_000 }]);
    expect(orders.policies).toMatchObject({ overlap: 'SKIP', pauseOnFailure: false });
    expect(await reconcile()).toEqual({ created: 0, updated: all, removed: 0 });
  });

  it('follow what the account asks for', async () => {
    await reconcile(false);
    await untilListed(all);
    await database.db.tx('staff', (trx) =>
      trx('connections')
        .where({ id: world.marketplaceId })
        .update({ intervals: JSON.stringify({ orders: 7 }) }),
    );
    await reconcile(false);
    const orders = await stream('orders');
    expect(orders.state.paused).toBe(false);
    expect(orders.spec.intervals).toMatchObject([{ every: 7_000 }]);
  });

  it('that somebody paused by hand stay paused', async () => {
    await reconcile(false);
    await untilListed(all);
    const code = await codeOf(world.marketplaceId);
    await client.schedule.getHandle(`${installation}/schedule/${code}/orders`).pause('by hand');
    await reconcile(false);
    expect((await stream('orders')).state.paused).toBe(true);
  });

  it('of an account that is paused are removed, and come back with it', async () => {
    await reconcile();
    await untilListed(all);
    const step = (event: 'PAUSE' | 'RESUME') =>
      database.db.tx('staff', (trx) =>
        mustStep(trx, { machine: 'connection', id: world.storeId, event }, command({ role: 'admin' })),
      );
    const streams = Object.keys(streamsOf.store).length;
    await step('PAUSE');
    expect(await reconcile()).toMatchObject({ removed: streams });
    await untilListed(all - streams);
    await step('RESUME');
    expect(await reconcile()).toMatchObject({ created: streams });
    await untilListed(all);
  });

  it('are made once by two at the same moment, and another installation’s are left alone', async () => {
    const other = `${installation}-other`;
    used.push(other);
    await reconcile(true, other);
    await untilListed(all, other);
    await Promise.all([reconcile(), reconcile()]);
    await untilListed(all);
    expect(await listed(other)).toHaveLength(all);
  });
});
