import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeConnection } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { databaseBudget } from './budget.ts';

describe('budgets', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'budgets', maxConnections: 10 });
  });
  afterAll(() => database?.close());

  const account = (callsPerSecond: number, burst: number) =>
    database.db.tx('staff', (trx) =>
      makeConnection(trx, 'marketplace', { calls_per_second: callsPerSecond, call_burst: burst }),
    );
  const take = async (id: string, cost = 1): Promise<number> => {
    const { rows } = await database.db.tx('staff', (trx) => trx.raw('select take_budget(?, ?) as wait', [id, cost]));
    return rows[0].wait;
  };
  const row = (id: string) => database.db.tx('staff', (trx) => trx('budgets').where({ connection_id: id }).first());

  it('give the burst at once, then name the time to wait and take nothing', async () => {
    // One call in a thousand seconds: nothing is refilled while this test runs.
    const id = await account(0.001, 3);
    expect([await take(id), await take(id), await take(id)]).toEqual([0, 0, 0]);
    const wait = await take(id);
    expect(wait).toBeGreaterThan(900_000);
    expect(wait).toBeLessThanOrEqual(1_000_000);
    expect(await row(id)).toMatchObject({ taken: 3 });
  });

  it('are shared by all who take at the same moment', async () => {
    const id = await account(0.001, 10);
    const waits = await Promise.all(Array.from({ length: 30 }, () => take(id)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
  });

  it('are refilled with time, never above the burst', async () => {
    const id = await account(10, 5);
    for (let call = 0; call < 5; call += 1) await take(id);
    await database.db.tx('staff', (trx) =>
      trx('budgets')
        .where({ connection_id: id })
        .update({ refilled_at: trx.raw(`clock_timestamp() - interval '1 hour'`) }),
    );
    await take(id);
    expect((await row(id)).tokens).toBe(4);
  });

  it('keep silent for as long as the other side asked, and never shorter', async () => {
    const id = await account(1_000, 100);
    const budget = databaseBudget(database.db, id);
    await budget.penalise('orders.list', 600_000);
    await budget.penalise('orders.list', 1_000);
    expect(await take(id)).toBeGreaterThan(590_000);
    expect(await row(id)).toMatchObject({ throttled: 2, taken: 0 });
    await database.db.tx('staff', (trx) =>
      trx('budgets')
        .where({ connection_id: id })
        .update({
          silent_until: trx.raw(`clock_timestamp() - interval '1 second'`),
          refilled_at: trx.raw(`clock_timestamp() - interval '1 second'`),
        }),
    );
    expect(await take(id)).toBe(0);
  });

  it('wait for a short time, and give a long one back to whoever asked', async () => {
    const quick = databaseBudget(database.db, await account(50, 1));
    for (let call = 0; call < 4; call += 1) await quick.take('orders.list', 1);
    const slow = databaseBudget(database.db, await account(0.001, 1));
    await slow.take('orders.list', 1);
    await expect(slow.take('orders.list', 1)).rejects.toMatchObject({
      kind: 'RateLimited',
      details: { retryAfterMs: expect.any(Number) },
    });
  });
});
