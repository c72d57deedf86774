import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { command, lineOf, makeOrder, makeWorld, orderStep, startAt, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { noteAnsweredCall, noteFailedCall } from './connection-health.ts';
import type { Tx } from './database.ts';
import { performEffect } from './effects.ts';
import { incidentKey } from './follow-ups.ts';
import { offerSlice, shrinkDue } from './incident-offers.ts';
import type { IncidentReport } from './incident-report.ts';
import {
  closeIncident,
  nextToDrain,
  noteDrained,
  noteWaiting,
  readIncident,
  recoveryStepDone,
} from './incident-steps.ts';
import { holdPolicy, probeFailed, wakeIncidents } from './incidents.ts';
import { defaultOutagePolicy, probePauseMs, stageAt } from './outage-policy.ts';
import type { Row } from './steps.ts';

const minuteMs = 60_000;
const at = (minutes: number): Date => new Date(startAt.getTime() + minutes * minuteMs);
const by = (minutes: number) => command({ role: 'system', at: at(minutes) });

describe('the policy of outages', () => {
  it('doubles the pause between probes up to its limit', () => {
    const seconds = [0, 1, 2, 3, 4, 5, 60].map((probes) => probePauseMs(defaultOutagePolicy, probes) / 1000);
    expect(seconds).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  it('freezes, halves, then offers few units not at all', () => {
    expect([0, 29, 30, 59, 60].map((minutes) => stageAt(defaultOutagePolicy, startAt, at(minutes)))).toEqual([
      'frozen',
      'frozen',
      'half',
      'half',
      'zero',
    ]);
  });
});

describe('the incident of a shop', () => {
  let database: TestDatabase;
  let world: World;
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'incidents' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    world = await makeWorld(database.db, { safety_stock: 0, quota_threshold: 0 }, 12);
  });

  const staff = <Result>(work: (trx: Tx) => Promise<Result>) => database.db.tx('staff', work);
  const fail = async (minutes: number, times = defaultOutagePolicy.openAfterFailures): Promise<void> => {
    const call = {
      connectionId: world.storeId,
      failure: 'away',
      operation: 'readStoreStock',
      message: 'no answer',
      remedy: null,
    } as const;
    for (let count = 0; count < times; count += 1) await staff((trx) => noteFailedCall(trx, call, by(minutes)));
  };
  const incident = (): Promise<Row> =>
    staff((trx) => trx('incidents').where({ connection_id: world.storeId }).orderBy('opened_at', 'desc').first());
  const offered = (): Promise<number[]> =>
    staff((trx) =>
      trx('listing_skus').whereIn('sku_id', [world.skuA, world.skuB]).orderBy('stock_desired').pluck('stock_desired'),
    );
  const tick = async (minutes: number): Promise<void> => {
    for (const id of await staff((trx) => shrinkDue(trx, at(minutes))))
      await staff((trx) => offerSlice(trx, id, by(minutes)));
  };
  const queued = async (shipByMinutes: number | null): Promise<Row> => {
    const order = await makeOrder(database.db, world, [lineOf(world.skuA, 1)]);
    await orderStep(database.db, order.id, 'APPROVE');
    await orderStep(database.db, order.id, 'ENQUEUE', { role: 'system' });
    return staff(async (trx) => {
      await trx('orders')
        .where({ id: order.id })
        .update({ ship_by: shipByMinutes === null ? null : at(shipByMinutes) });
      return trx('orders').where({ id: order.id }).first();
    });
  };
  const caughtUp = async (minutes: number): Promise<void> => {
    for (const step of ['catalogue', 'compare', 'stock'] as const)
      await staff((trx) => recoveryStepDone(trx, world.storeId, step, null, by(minutes)));
    await tick(minutes);
    await staff((trx) => closeIncident(trx, world.storeId, by(minutes)));
  };

  it('offers less the longer it lasts, and all of it again only after the comparison', async () => {
    expect(await offered()).toEqual([12, 12]);
    await fail(0);
    await tick(10);
    expect(await offered()).toEqual([12, 12]);
    await tick(30);
    expect(await offered()).toEqual([6, 6]);
    await staff((trx) =>
      trx('incidents')
        .where({ connection_id: world.storeId })
        .update({ policy: JSON.stringify({ ...defaultOutagePolicy, zeroUpToUnits: 12 }) }),
    );
    await tick(60);
    expect(await offered()).toEqual([0, 0]);
    await staff((trx) => noteAnsweredCall(trx, world.storeId, by(70)));
    await staff((trx) => nextToDrain(trx, world.storeId, by(70)));
    await tick(71);
    expect(await offered()).toEqual([0, 0]);
    await caughtUp(72);
    expect(await offered()).toEqual([12, 12]);
    const { state, report } = (await incident()) as Row & { report: IncidentReport };
    expect({ state, minutes: report.minutes }).toEqual({ state: 'CLOSED', minutes: 70 });
    const connection = await staff((trx) => trx('connections').where({ id: world.storeId }).first('state'));
    expect(connection.state).toBe('CONNECTED');
  });

  it('offers less again by another policy, and when it goes away again after all was compared', async () => {
    await fail(0);
    await tick(30);
    expect(await offered()).toEqual([6, 6]);
    await staff((trx) => holdPolicy(trx, world.storeId, { ...defaultOutagePolicy, shrinkToPercent: 25 }));
    await tick(31);
    expect(await offered()).toEqual([3, 3]);
    await staff((trx) => noteAnsweredCall(trx, world.storeId, by(40)));
    for (const step of ['catalogue', 'compare', 'stock'] as const)
      await staff((trx) => recoveryStepDone(trx, world.storeId, step, null, by(41)));
    await tick(42);
    expect(await offered()).toEqual([12, 12]);
    await fail(43);
    await tick(44);
    expect(await offered()).toEqual([3, 3]);
  });

  it('reckons a large shop in slices, and from the first SKU on when the stage or the policy changes meanwhile', async () => {
    const slice = (minutes: number) => staff((trx) => offerSlice(trx, world.storeId, by(minutes), 1));
    const next = async (minutes: number) => (await staff((trx) => readIncident(trx, world.storeId, at(minutes)))).next;
    await fail(0);
    await staff((trx) => probeFailed(trx, world.storeId, 'no answer', by(30)));
    await staff((trx) => shrinkDue(trx, at(30)));
    expect(await next(30)).toBe('offers');
    expect(await slice(30)).toBe(true);
    expect(await offered()).toEqual([6, 12]);
    await staff((trx) => wakeIncidents(trx, by(30)));
    expect(await staff((trx) => trx('outbox').where({ topic: 'incident' }).pluck('business_key'))).toContain(
      incidentKey(world.storeId),
    );
    await staff((trx) => holdPolicy(trx, world.storeId, { ...defaultOutagePolicy, shrinkToPercent: 25 }));
    await slice(30);
    expect(await offered()).toEqual([3, 12]);
    await slice(30);
    await slice(30);
    expect(await offered()).toEqual([3, 3]);
    expect(await next(30)).toBe('wait');
    expect(await slice(30)).toBe(false);
    await staff((trx) => noteAnsweredCall(trx, world.storeId, by(40)));
    await staff((trx) => nextToDrain(trx, world.storeId, by(40)));
    for (const step of ['catalogue', 'compare', 'stock'] as const)
      await staff((trx) => recoveryStepDone(trx, world.storeId, step, null, by(41)));
    await slice(41);
    expect(await offered()).toEqual([3, 12]);
    // Away again amid the restoring: what was restored is taken back.
    await fail(42);
    await tick(43);
    expect(await offered()).toEqual([3, 3]);
  });

  it('hands orders over by their deadline, and again those that another failure kept back', async () => {
    await fail(0);
    const [late, none, early, middle] = [await queued(600), await queued(null), await queued(75), await queued(300)];
    for (const order of [late, none, early, middle])
      expect(await staff((trx) => noteWaiting(trx, order as Row, at(5)))).toBe('away');
    expect(await staff((trx) => nextToDrain(trx, world.storeId, by(5)))).toEqual([]);
    await staff((trx) => noteAnsweredCall(trx, world.storeId, by(60)));
    expect(await staff((trx) => noteWaiting(trx, late as Row, at(60)))).toBe('draining');
    const first = await staff((trx) => nextToDrain(trx, world.storeId, by(60)));
    expect(first).toEqual([early?.id, middle?.id, late?.id]);
    await staff(async (trx) => {
      await noteDrained(trx, String(early?.id), at(60));
      await trx('orders')
        .where({ id: early?.id })
        .update({ in_shop_at: at(60) });
    });
    await fail(61);
    expect((await incident()).state).toBe('OPEN');
    await staff((trx) => noteAnsweredCall(trx, world.storeId, by(90)));
    expect(await staff((trx) => nextToDrain(trx, world.storeId, by(90)))).toEqual([middle?.id, late?.id, none?.id]);
    for (const order of [middle, late, none])
      await staff(async (trx) => {
        await noteDrained(trx, String(order?.id), at(90));
        await trx('orders')
          .where({ id: order?.id })
          .update({ in_shop_at: at(90) });
      });
    expect(await staff((trx) => nextToDrain(trx, world.storeId, by(90)))).toEqual([]);
    await caughtUp(91);
    const { report } = (await incident()) as Row & { report: IncidentReport };
    expect(report.orders).toMatchObject({ delayed: 4, pushed: 4, longestWaitMinutes: 85 });
    expect(report.deadlines).toEqual({ known: 3, atRisk: 1, missed: 0 });
  });

  it('probes when that is due, ever later, and makes no other call', async () => {
    await fail(0);
    const next = async (minutes: number) => (await staff((trx) => readIncident(trx, world.storeId, at(minutes)))).next;
    expect([await next(0), await next(0.5)]).toEqual(['wait', 'probe']);
    await staff((trx) => probeFailed(trx, world.storeId, 'still no answer', by(0.5)));
    expect([await next(1), await next(1.5)]).toEqual(['wait', 'probe']);
    let calls = 0;
    const effect = performEffect<{ done: true }>(
      {
        db: database.db,
        wall: () => startAt,
        checkpoint: async () => undefined,
      },
      {
        key: `test/${world.storeId}`,
        kind: 'push',
        connectionId: world.storeId,
        brandId: world.brandId,
        entityKind: 'order',
        entityId: world.productId,
      },
      {
        stillWanted: async () => null,
        call: async () => {
          calls += 1;
          return { done: true };
        },
        onDone: async () => undefined,
        settleMs: 1,
        leaseMs: 1,
      },
      by(1),
    );
    await expect(effect).rejects.toMatchObject({ kind: 'Unavailable', details: { code: 'OUTAGE' } });
    expect(calls).toBe(0);
    const row = await staff((trx) =>
      trx('effects')
        .where({ key: `test/${world.storeId}` })
        .first('state'),
    );
    // The intention was rolled back with the refusal: nothing of it is left to be settled.
    expect(row?.state ?? 'none').toBe('none');
  });
});
