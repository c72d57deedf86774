import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { OutboxItem } from '../../db/outbox.ts';
import { wake } from '../../db/stock.ts';
import { command } from '../../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/helpers/database.ts';
import { type Relay, type RelayOptions, startRelay } from './relay.ts';

describe('the relay', () => {
  let database: TestDatabase;
  let superuser: pg.Client;
  let delivered: string[];
  let relays: Relay[];

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'relay', maxConnections: 6 });
    superuser = new pg.Client({ connectionString: inject('postgresSuperuserUrl') });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser?.end();
    await database?.close();
  });
  beforeEach(() => {
    delivered = [];
    relays = [];
  });
  afterEach(() => Promise.all(relays.map((relay) => relay.stop())));

  const start = (options: Partial<RelayOptions> = {}) => {
    const relay = startRelay({
      db: database.db,
      listenUrl: database.appUrl,
      deliver: async ({ key }: OutboxItem) => {
        delivered.push(key);
      },
      checkpoint: async () => undefined,
      log: pino({ level: 'silent' }),
      // Nothing in these tests may depend on polling unless it says so.
      pollMs: 600_000,
      ...options,
    });
    relays.push(relay);
    return relay;
  };
  const put = (...keys: readonly string[]) =>
    database.db.tx('staff', (trx) =>
      wake(
        trx,
        keys.map((key) => ({ topic: 'order', key, payload: { id: key } })),
        command(),
      ),
    );
  /** Looks until it holds; the test's own time-out is the limit. */
  const until = async (holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) await sleep(20);
  };
  const isDelivered =
    (...keys: readonly string[]) =>
    () =>
      keys.every((key) => delivered.includes(key));
  const listeners = async () => {
    const { rows } = await superuser.query(
      `select pid from pg_stat_activity where datname = $1 and application_name = 'tradelane-relay' and query = 'listen tradelane_outbox'`,
      [database.name],
    );
    return rows.length;
  };

  it('delivers what was waiting before it started', async () => {
    await put('order/early');
    start();
    await until(isDelivered('order/early'));
  });

  it('is woken by the commit, not by polling', async () => {
    start();
    await until(async () => (await listeners()) === 1);
    for (const key of ['order/1', 'order/2', 'order/3']) {
      await put(key);
      await until(isDelivered(key));
    }
    expect(delivered).toEqual(['order/1', 'order/2', 'order/3']);
  });

  it('finds by polling what it was not told', async () => {
    start({ listenUrl: 'postgresql://nobody:wrong@127.0.0.1:1/nowhere', pollMs: 50 });
    await put('order/untold');
    await until(isDelivered('order/untold'));
  });

  it('tries again what failed, and the others are not held up', async () => {
    let away = true;
    start({
      pollMs: 50,
      deliver: async ({ key }) => {
        if (away && key === 'order/stubborn') throw new Error('Temporal is away');
        delivered.push(key);
      },
    });
    await put('order/stubborn', 'order/easy');
    await until(isDelivered('order/easy'));
    expect(delivered).not.toContain('order/stubborn');
    away = false;
    await until(isDelivered('order/stubborn'));
  });

  it('goes on when every connection to the database is cut, and is told again afterwards', async () => {
    start();
    await until(async () => (await listeners()) === 1);
    await put('order/before');
    await until(isDelivered('order/before'));
    await superuser.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [database.name]);
    const isPut = () =>
      put('order/after').then(
        () => true,
        () => false,
      );
    await until(isPut);
    await until(isDelivered('order/after'));
    await until(async () => (await listeners()) === 1);
    await put('order/told-again');
    await until(isDelivered('order/told-again'));
  });

  it('cut in the middle of a delivery, it delivers again', async () => {
    let cut = false;
    start({
      deliver: async ({ key }) => {
        delivered.push(key);
        if (cut) return;
        cut = true;
        await superuser.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [
          database.name,
        ]);
      },
    });
    await put('order/cut');
    const isNoted = async () => {
      const row = await database.db.tx('staff', (trx) => trx('outbox').where({ business_key: 'order/cut' }).first());
      return row.delivered_at !== null;
    };
    await until(() => isNoted().catch(() => false));
    expect(delivered.filter((key) => key === 'order/cut').length).toBeGreaterThanOrEqual(2);
  });

  it('two at once deliver each row', async () => {
    start();
    start();
    await until(async () => (await listeners()) === 2);
    const keys = Array.from({ length: 100 }, (_, n) => `order/shared-${n}`);
    await Promise.all(keys.map((key) => put(key)));
    await until(isDelivered(...keys));
    const waiting = async () => {
      const row = await database.db.tx('staff', (trx) =>
        trx('outbox').whereNull('delivered_at').count({ n: '*' }).first(),
      );
      return Number(row?.n);
    };
    await until(async () => (await waiting()) === 0);
  });

  it('stops when it is told, and delivers nothing afterwards', async () => {
    const relay = start({ pollMs: 50 });
    await until(async () => (await listeners()) === 1);
    await relay.stop();
    expect(await listeners()).toBe(0);
    await put('order/too-late');
    await sleep(150);
    expect(delivered).not.toContain('order/too-late');
    await database.db.tx('staff', (trx) => trx('outbox').delete());
  });
});
