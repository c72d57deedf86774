import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Bench, startBench } from '../connectors/woocommerce/bench.fixture.ts';
import { createSealer } from '../db/sealing.ts';
import { makeWorld, startAt, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { webhookActivities } from './webhooks.ts';

describe('webhooks of a shop, looked after by schedule', () => {
  let database: TestDatabase;
  let world: World;
  let bench: Bench;
  let now = startAt;
  const sealer = createSealer(randomBytes(32));
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'webhooks' });
    world = await makeWorld(database.db);
    bench = await startBench();
    const sealed = sealer.seal(Buffer.from('whsec-1'), `connection/${world.storeId}/webhook`);
    await database.db.tx('staff', (trx) =>
      trx('connections').where({ id: world.storeId }).update({ webhook_secret_sealed: sealed }),
    );
  });
  afterAll(async () => {
    await bench.close();
    await database.close();
  });

  const activities = () =>
    webhookActivities({
      db: database.db,
      clock: { now: async () => now },
      publicUrl: 'http://127.0.0.1:9',
      open: { store: async () => ({ connector: bench.connector }) },
      sealer,
    });
  const problems = (): Promise<{ state: string; detail: string }[]> =>
    database.db.tx('staff', (trx) => trx('problems').where({ kind: 'webhooks-off' }).select('state', 'detail'));
  const hour = () => {
    now = new Date(now.getTime() + 3_600_000);
  };

  it('are revived and shown as a problem, which is over when the shop keeps them', async () => {
    expect(await activities().reconcileWebhooks(world.storeId)).toMatchObject({ created: 7, revived: 0 });
    expect(await activities().watchWebhooks(world.storeId)).toEqual({ created: 0, revived: 0, removed: 0 });
    expect(await problems()).toEqual([]);
    await bench.control('POST', '/webhooks/disable', {});
    hour();
    expect(await activities().watchWebhooks(world.storeId)).toMatchObject({ revived: 7 });
    expect(await problems()).toEqual([{ state: 'OPEN', detail: expect.stringContaining('7 webhooks') }]);
    hour();
    await activities().watchWebhooks(world.storeId);
    expect(await problems()).toEqual([expect.objectContaining({ state: 'RESOLVED' })]);
  });
});
