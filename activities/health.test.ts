import { CancelledFailure } from '@temporalio/common';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ConnectorError } from '../connectors/errors.ts';
import { failuresUntilDegraded } from '../db/connection-health.ts';
import { EffectPending, NeedsCheck, NotNow } from '../db/effects.ts';
import { closeIncident, nextToDrain, nothingToCompare } from '../db/incident-steps.ts';
import { SealBroken } from '../db/sealing.ts';
import { mustStep } from '../db/steps.ts';
import { command, makeOrder, makeWorld, orderStep, startAt, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { type ActivityRun, Health, judgeFailure } from './health.ts';

let database: TestDatabase;
let world: World;
let wallMs = startAt.getTime();

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresSuperuserUrl'));
  world = await makeWorld(database.db);
});
afterAll(() => database.close());

const makeHealth = (): Health =>
  new Health({
    db: database.db,
    clock: { now: async () => startAt },
    log: pino({ level: 'silent' }),
    wall: () => new Date(wallMs),
  });

const runOf = (overrides: Partial<ActivityRun> = {}): ActivityRun => ({
  connectionId: world.storeId,
  activity: 'readStoreStock',
  subject: world.storeId,
  attempt: 1,
  correlationId: 'request-1',
  answered: 0,
  ...overrides,
});

const unavailable = new ConnectorError('Unavailable', 'stock.read: connection refused');
const unauthorized = new ConnectorError('Unauthorized', 'stock.read: answered 401');

const connection = async (id: string) => database.db.tx('staff', (trx) => trx('connections').where({ id }).first());
const open = (prefix: string): Promise<{ cause_key: string; occurrences: number; kind: string; remedy: string }[]> =>
  database.db.tx('staff', (trx) =>
    trx('problems').whereNot({ state: 'RESOLVED' }).whereLike('cause_key', `${prefix}%`).orderBy('cause_key'),
  );
const incidents = (connectionId: string): Promise<{ state: string; failures: number; report: unknown }[]> =>
  database.db.tx('staff', (trx) =>
    trx('incidents').where({ connection_id: connectionId }).whereNot({ state: 'CLOSED' }),
  );
/** What the incident's process does once the account answers, with nothing that waited. */
const recover = (connectionId: string): Promise<void> =>
  database.db.tx('staff', async (trx) => {
    const by = command({ role: 'system' });
    await nextToDrain(trx, connectionId, by);
    await nothingToCompare(trx, connectionId, by);
    await closeIncident(trx, connectionId, by);
  });
const waiting = (): Promise<string[]> =>
  database.db.tx('staff', (trx) => trx('outbox').whereNull('delivered_at').orderBy('id').pluck('business_key'));

describe('health of an account', () => {
  it('is degraded after a row of failures, with one problem, and recovers by itself', async () => {
    const health = makeHealth();
    for (let count = 1; count < failuresUntilDegraded; count += 1) await health.failed(runOf(), unavailable);
    expect(await connection(world.storeId)).toMatchObject({
      state: 'CONNECTED',
      last_failure: { operation: 'readStoreStock', inARow: failuresUntilDegraded - 1 },
    });
    expect(await open('connection/')).toEqual([]);

    for (let count = 0; count < 20; count += 1) await health.failed(runOf(), unavailable);
    expect((await connection(world.storeId)).state).toBe('DEGRADED');
    const problems = await open('connection/');
    // One problem and one incident, however often it fails.
    expect(problems).toMatchObject([{ kind: 'account-away', occurrences: 1 }]);
    expect(problems[0]?.remedy).toMatch(/Check that it is up/);
    expect(await incidents(world.storeId)).toMatchObject([{ state: 'OPEN', failures: failuresUntilDegraded + 19 }]);

    // Work that had nothing to ask says nothing about the account.
    await health.succeeded(runOf({ answered: 0 }));
    expect((await connection(world.storeId)).state).toBe('DEGRADED');

    await health.succeeded(runOf({ answered: 1 }));
    expect(await connection(world.storeId)).toMatchObject({ state: 'DEGRADED', last_failure: { inARow: 0 } });
    expect(await incidents(world.storeId)).toMatchObject([{ state: 'RECOVERING' }]);
    expect(await waiting()).toContain(`incident/${world.storeId}`);
    await recover(world.storeId);
    expect((await connection(world.storeId)).state).toBe('CONNECTED');
    expect(await open('connection/')).toEqual([]);
  });

  it('counts only failures in a row', async () => {
    const health = makeHealth();
    for (let count = 0; count < failuresUntilDegraded * 3; count += 1) {
      await health.failed(runOf(), unavailable);
      await health.succeeded(runOf({ answered: 1 }));
    }
    expect((await connection(world.storeId)).state).toBe('CONNECTED');
  });

  it('is recovered by a worker that did not see it fail', async () => {
    const first = makeHealth();
    for (let count = 0; count < failuresUntilDegraded; count += 1) await first.failed(runOf(), unavailable);
    expect((await connection(world.storeId)).state).toBe('DEGRADED');
    await makeHealth().succeeded(runOf({ answered: 1 }));
    await recover(world.storeId);
    expect((await connection(world.storeId)).state).toBe('CONNECTED');
  });

  it('is revoked by the first refusal, asks for a person, and comes back with new credentials', async () => {
    const health = makeHealth();
    const id = world.carrierId;
    const run = runOf({ connectionId: id, subject: id, activity: 'readTracking' });
    await health.failed(run, unauthorized);
    expect(await connection(id)).toMatchObject({ state: 'REVOKED', credentials_proved: false });
    expect(await open(`connection/${id}`)).toMatchObject([{ kind: 'account-refused', occurrences: 1 }]);
    expect(await waiting()).toContain(`connection/${id}`);

    // What is still tried meanwhile is refused before it is sent, and an answer that comes late changes nothing.
    await health.failed(run, new ConnectorError('Unauthorized', 'it is REVOKED', { code: 'REVOKED' }));
    await health.failed(run, unauthorized);
    await health.succeeded({ ...run, answered: 1 });
    expect((await connection(id)).state).toBe('REVOKED');
    expect(await open(`connection/${id}`)).toMatchObject([{ occurrences: 1 }]);

    const proved = { machine: 'connection', id, event: 'PROVE', changes: { credentials_proved: true } } as const;
    await database.db.tx('staff', (trx) => mustStep(trx, proved, command({ role: 'admin' })));
    await health.succeeded({ ...run, answered: 1 });
    expect((await connection(id)).state).toBe('CONNECTED');
    expect(await open(`connection/${id}`)).toEqual([]);
  });

  it('leaves a paused account alone', async () => {
    const health = makeHealth();
    const id = world.marketplaceId;
    const step = (event: 'PAUSE' | 'RESUME') =>
      database.db.tx('staff', (trx) => mustStep(trx, { machine: 'connection', id, event }, command()));
    await step('PAUSE');
    await health.failed(runOf({ connectionId: id }), unauthorized);
    expect((await connection(id)).state).toBe('PAUSED');
    expect(await open(`connection/${id}`)).toEqual([]);
    await step('RESUME');
  });

  it('says nothing while the database is away, and keeps the error of the activity', async () => {
    const other = await createTestDatabase(inject('postgresSuperuserUrl'));
    const health = new Health({
      db: other.db,
      clock: { now: async () => startAt },
      log: pino({ level: 'silent' }),
      wall: () => new Date(wallMs),
    });
    await other.close();
    await expect(health.failed(runOf(), unavailable)).resolves.toBeUndefined();
    await expect(health.succeeded(runOf({ answered: 1 }))).resolves.toBeUndefined();
  });
});

describe('troubles of activities', () => {
  it('makes one problem for a thing that was refused, and resolves it when it succeeds', async () => {
    const health = makeHealth();
    const order = await makeOrder(database.db, world);
    const run = runOf({ activity: 'fulfilInShop', subject: order.id });
    const refused = new ConnectorError('Rejected', 'no such order status', { remedy: 'Install the plugin.' });
    for (let count = 0; count < 3; count += 1) await health.failed(run, refused);
    expect(await open('activity/')).toMatchObject([
      { cause_key: `activity/fulfilInShop/${order.id}`, occurrences: 3, remedy: 'Install the plugin.' },
    ]);
    await health.succeeded({ ...run, subject: world.brandId, answered: 1 });
    expect(await open('activity/')).toHaveLength(1);
    await health.succeeded(run);
    expect(await open('activity/')).toEqual([]);
    expect((await connection(world.storeId)).state).toBe('CONNECTED');
  });

  it('shows an unexpected failure from its third attempt, once for all things that it hits', async () => {
    const health = makeHealth();
    const bug = new TypeError('cannot read properties of undefined');
    const run = runOf({ connectionId: null, activity: 'planOrder' });
    await health.failed({ ...run, attempt: 2 }, bug);
    expect(await open('activity/')).toEqual([]);
    for (const subject of [world.brandId, world.productId]) await health.failed({ ...run, subject, attempt: 3 }, bug);
    expect(await open('activity/')).toMatchObject([{ kind: 'activity-unexpected', occurrences: 2 }]);
    // Others that never failed say nothing about it; one that did says that it is over.
    await health.succeeded({ ...run, attempt: 1 });
    expect(await open('activity/')).toHaveLength(1);
    await health.succeeded({ ...run, attempt: 7 });
    expect(await open('activity/')).toEqual([]);
  });

  it('shows a mail server that stays away once, and that it is back', async () => {
    const health = makeHealth();
    const run = runOf({ connectionId: null, activity: 'sendMail', subject: world.brandId });
    await health.failed({ ...run, attempt: 4 }, unavailable);
    expect(await open('activity/')).toEqual([]);
    await health.failed({ ...run, attempt: 5 }, unavailable);
    await health.failed({ ...run, subject: world.productId, attempt: 5 }, unavailable);
    expect(await open('activity/')).toMatchObject([{ cause_key: 'activity/sendMail/away', occurrences: 2 }]);
    await health.succeeded(run);
    expect(await open('activity/')).toEqual([]);
  });

  it('learns of troubles that another worker noted', async () => {
    const health = makeHealth();
    await health.succeeded(runOf());
    const refused = new ConnectorError('Rejected', 'no');
    await makeHealth().failed(runOf(), refused);
    await health.succeeded(runOf());
    expect(await open('activity/')).toHaveLength(1);
    wallMs += 60_000;
    await health.succeeded(runOf());
    expect(await open('activity/')).toEqual([]);
  });
});

describe('what a failure says', () => {
  const cases: readonly [string, unknown, Partial<ActivityRun>, string][] = [
    ['a cancelled activity', new CancelledFailure('cancelled'), {}, 'silent'],
    ['a database that is away', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), {}, 'silent'],
    ['an unknown outcome', new EffectPending('push', 'lost', 100), {}, 'silent'],
    ['"not now"', new NotNow('not now'), {}, 'silent'],
    ['what a person must check', new NeedsCheck('check'), {}, 'silent'],
    ['a paused account', new ConnectorError('Unauthorized', 'is PAUSED', { code: 'PAUSED' }), {}, 'silent'],
    ['a throttle', new ConnectorError('RateLimited', 'slow down'), { attempt: 4 }, 'silent'],
    ['an account’s throttle without end', new ConnectorError('RateLimited', 'slow down'), { attempt: 5 }, 'silent'],
    [
      'another service’s throttle without end',
      new ConnectorError('RateLimited', 'slow down'),
      { attempt: 5, connectionId: null },
      'refused',
    ],
    ['refused credentials', unauthorized, {}, 'account'],
    ['a missing account', unavailable, {}, 'account'],
    ['a mail server’s refusal', unauthorized, { connectionId: null }, 'away'],
    ['a refusal', new ConnectorError('Rejected', 'no'), {}, 'refused'],
    ['a missing thing', new ConnectorError('NotFound', 'no'), {}, 'refused'],
    ['a lost answer outside of the ledger', new ConnectorError('OutcomeUnknown', 'lost'), {}, 'account'],
    ['a key that does not fit', new SealBroken('connection/1'), {}, 'refused'],
    ['a fault of ours', new TypeError('x'), { attempt: 2 }, 'silent'],
    ['a fault of ours that stays', new TypeError('x'), { attempt: 3 }, 'unexpected'],
  ];
  it.each(cases)('%s', (_, error, run, kind) => {
    expect(judgeFailure({ ...runOf(run) }, error).kind).toBe(kind);
  });
});

describe('an account that is back', () => {
  it('wakes what waited for it and nothing else', async () => {
    const { wakeWaitingFor } = await import('../db/connection-health.ts');
    const queued = await makeOrder(database.db, world);
    const fresh = await makeOrder(database.db, world);
    await orderStep(database.db, queued.id, 'APPROVE');
    await database.db.tx('staff', (trx) => trx('outbox').whereNull('delivered_at').update({ delivered_at: startAt }));
    const { state } = await orderStep(database.db, queued.id, 'ENQUEUE', { role: 'system' });
    await database.db.tx('staff', (trx) => trx('outbox').whereNull('delivered_at').update({ delivered_at: startAt }));
    expect(state).toBe('QUEUE');
    await database.db.tx('staff', (trx) => wakeWaitingFor(trx, world.storeId, command({ role: 'system' })));
    const woken = await waiting();
    expect(woken).toContain(`order/${queued.id}`);
    expect(woken).not.toContain(`order/${fresh.id}`);
  });
});
