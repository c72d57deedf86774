import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { command, makeOrder, makeWorld, orderStep, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { abandonUnwanted } from './effect-sweep.ts';
import { create, mustStep } from './steps.ts';

describe('intended calls that nobody will make any more', () => {
  let database: TestDatabase;
  let world: World;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'sweep' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    world = await makeWorld(database.db);
  });

  const intend = (kind: string, entityId: string, attempted = false): Promise<string> =>
    database.db.tx('staff', async (trx) => {
      const id = randomUUID();
      const at = command().at;
      const columns = { id, key: `${kind}/${id}`, kind, brand_id: world.brandId, entity_kind: 'order', request: {} };
      await create(
        trx,
        'effect',
        { ...columns, entity_id: entityId, created_at: at, updated_at: at },
        command({ role: 'system' }),
      );
      if (attempted)
        await mustStep(
          trx,
          { machine: 'effect', id, event: 'ATTEMPT', changes: { attempts: 1 } },
          command({ role: 'system' }),
        );
      return id;
    });
  const sweep = () => database.db.tx('staff', (trx) => abandonUnwanted(trx, command({ role: 'system' })));
  const effect = (id: string) => database.db.tx('staff', (trx) => trx('effects').where({ id }).first());
  const cancelled = async (): Promise<string> => {
    const { id } = await makeOrder(database.db, world);
    await orderStep(database.db, id, 'CANCELLED_THERE', { role: 'connector' });
    return id;
  };

  it('are given up once their order is closed, with the reason', async () => {
    const id = await intend('push', await cancelled());
    expect(await sweep()).toBe(1);
    expect(await effect(id)).toMatchObject({ state: 'REFUSED', reason: 'no longer wanted: the order is CANCELLED' });
    expect(await sweep()).toBe(0);
  });

  it('stay while their order is open', async () => {
    const { id: orderId } = await makeOrder(database.db, world);
    const id = await intend('push', orderId);
    expect(await sweep()).toBe(0);
    expect(await effect(id)).toMatchObject({ state: 'INTENDED' });
  });

  it('are given up when the cancellation that they belonged to has ended', async () => {
    const { id: orderId } = await makeOrder(database.db, world);
    const [cancel, push] = [await intend('cancel-in-shop', orderId), await intend('push', orderId)];
    expect(await sweep()).toBe(1);
    expect(await effect(cancel)).toMatchObject({ state: 'REFUSED' });
    expect(await effect(push)).toMatchObject({ state: 'INTENDED' });
  });

  it('are not meant where a call was begun: its outcome is looked up', async () => {
    const id = await intend('push', await cancelled(), true);
    expect(await sweep()).toBe(0);
    expect(await effect(id)).toMatchObject({ state: 'ATTEMPTED' });
  });

  it('are left alone while somebody else has them in hand', async () => {
    const id = await intend('push', await cancelled());
    await database.db.tx('staff', async (trx) => {
      await trx('effects').where({ id }).forUpdate().first();
      expect(await sweep()).toBe(0);
    });
    expect(await sweep()).toBe(1);
  });
});
