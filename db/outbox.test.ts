import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { command, unique } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { type OutboxItem, outboxAge, relayOnce } from './outbox.ts';
import { wake } from './stock.ts';

describe('the outbox', () => {
  let database: TestDatabase;
  let delivered: OutboxItem[];

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'outbox', maxConnections: 8 });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    delivered = [];
    await database.db.tx('staff', (trx) => trx('outbox').delete());
  });

  const put = (...keys: readonly string[]) =>
    database.db.tx('staff', (trx) =>
      wake(
        trx,
        keys.map((key) => ({ topic: 'order', key, payload: { id: key } })),
        command({ correlationId: 'trace-1' }),
      ),
    );
  const take = async (item: OutboxItem) => {
    delivered.push(item);
  };
  const nothing = async () => undefined;
  const relay = (
    deliver: (item: OutboxItem) => Promise<void> = take,
    checkpoint: (point: string) => Promise<void> = nothing,
  ) => relayOnce(database.db, deliver, checkpoint);
  const rows = () => database.db.tx('staff', (trx) => trx('outbox').orderBy('id'));
  const keys = () => delivered.map(({ key }) => key).sort();
  /** The next try was due so many seconds ago. */
  const letTimePass = (seconds = 1) =>
    database.db.tx('staff', (trx) =>
      trx('outbox').update({ not_before: trx.raw(`clock_timestamp() - ? * interval '1 second'`, [seconds]) }),
    );

  it('hands each row over once, with what it carries', async () => {
    await put('order/1', 'order/2');
    expect(await relay()).toEqual({ delivered: 2, failed: 0 });
    expect(await relay()).toEqual({ delivered: 0, failed: 0 });
    expect(keys()).toEqual(['order/1', 'order/2']);
    expect(delivered[0]).toMatchObject({
      topic: 'order',
      payload: { id: 'order/1' },
      attempts: 0,
      correlationId: 'trace-1',
    });
  });

  it('of several wake-ups of one process hands over the last', async () => {
    await put('order/1');
    await put('order/2');
    await put('order/1');
    const ids = (await rows()).map(({ id }: { id: number }) => id);
    expect(await relay()).toEqual({ delivered: 3, failed: 0 });
    expect(delivered.map(({ id }) => id).sort()).toEqual([ids[1], ids[2]].sort());
  });

  it('is not seen before its transaction is committed, and never when it is taken back', async () => {
    const failing = database.db.tx('staff', async (trx) => {
      await wake(trx, [{ topic: 'order', key: 'order/never', payload: {} }], command());
      expect(await relay()).toEqual({ delivered: 0, failed: 0 });
      throw new Error('taken back');
    });
    await expect(failing).rejects.toThrow('taken back');
    expect(await relay()).toEqual({ delivered: 0, failed: 0 });
  });

  it('keeps what could not be delivered, says why, and waits longer each time', async () => {
    await put('order/1', 'order/2');
    const fail = async (item: OutboxItem) => {
      if (item.key === 'order/1') throw new Error('Temporal is away');
      await take(item);
    };
    const moment = async () => {
      const { rows: found } = await database.db.tx('staff', (trx) => trx.raw('select clock_timestamp() as at'));
      return (found[0].at as Date).getTime();
    };
    let before = await moment();
    expect(await relay(fail)).toEqual({ delivered: 1, failed: 1 });
    for (const [index, waitMs] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
      const after = await moment();
      const found = (await rows()).filter(({ delivered_at }) => delivered_at === null);
      expect(found).toMatchObject([{ attempts: index + 1, last_error: 'Temporal is away' }]);
      // As long after the failure, which came between the two looks at the clock.
      const failedAt = found[0].not_before.getTime() - waitMs;
      expect(failedAt).toBeGreaterThanOrEqual(before);
      expect(failedAt).toBeLessThanOrEqual(after);
      await letTimePass(-3_600);
      expect(await relay(fail)).toEqual({ delivered: 0, failed: 0 });
      await letTimePass();
      before = await moment();
      expect(await relay(fail)).toEqual({ delivered: 0, failed: 1 });
    }
    await letTimePass();
    expect(await relay()).toEqual({ delivered: 1, failed: 0 });
    expect(keys()).toEqual(['order/1', 'order/2']);
  });

  it('one that always fails holds up nobody', async () => {
    await put('order/poison', ...Array.from({ length: 120 }, () => unique('order/good')));
    const fail = async (item: OutboxItem) => {
      if (item.key === 'order/poison') throw new Error('nobody knows this topic');
      await take(item);
    };
    for (let round = 0; round < 4; round += 1) await relay(fail);
    expect(delivered).toHaveLength(120);
  });

  it('a crash between delivery and commit delivers again', async () => {
    await put('order/1');
    const crash = database.db.tx('staff', async () => {
      await relay(take, async (point) => {
        if (point === 'relay:after-signal') throw new Error('killed');
      });
    });
    await crash;
    expect((await rows())[0]).toMatchObject({ delivered_at: null, attempts: 1 });
    await letTimePass();
    expect(await relay()).toEqual({ delivered: 1, failed: 0 });
    expect(keys()).toEqual(['order/1', 'order/1']);
  });

  it('two relays side by side share the work, and each row is delivered', async () => {
    const wanted = Array.from({ length: 150 }, (_, n) => `order/${n}`);
    await put(...wanted);
    const slowly = async (item: OutboxItem) => {
      await sleep(1);
      await take(item);
    };
    let left = 0;
    do {
      const results = await Promise.all([relay(slowly), relay(slowly), relay(slowly)]);
      left = results.reduce((sum, result) => sum + result.delivered, 0);
    } while (left > 0);
    expect(keys()).toEqual(wanted.toSorted());
  });

  it('knows how much waits and how old it is', async () => {
    expect(await outboxAge(database.db)).toEqual({ waiting: 0, oldestSeconds: 0 });
    await put('order/1', 'order/2');
    expect(await outboxAge(database.db)).toMatchObject({ waiting: 2, oldestSeconds: expect.any(Number) });
  });
});
