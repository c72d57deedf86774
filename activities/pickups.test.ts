import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PickupRequest } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { listCouriers, setPickups } from '../db/pickups.ts';
import { mustStep } from '../db/steps.ts';
import { command } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { scriptedCarrier } from '../tests/scripted-systems.ts';
import { fourOClock, openShippingBench, slot } from '../tests/shipping-bench.ts';
import { pickupActivities } from './pickups.ts';

describe('couriers', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;
  let called: PickupRequest[];
  let off: string[];
  let refusal: string | null;
  let lost: boolean;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_pickups' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
    called = [];
    off = [];
    refusal = null;
    lost = false;
    bench.systems.carriers.set(bench.world.carrierId, () => ({
      capabilities: { ...scriptedCarrier, pickup: true },
      bookPickup: async (request) => {
        called.push(request);
        if (lost) throw new ConnectorError('OutcomeUnknown', 'the answer was cut');
        if (refusal !== null) {
          const message = { code: 'late', message: refusal, level: 'error' as const, field: null };
          return { details: null, messages: [message] };
        }
        return { details: { pickupIdentifier: 'PRG1', readyAt: null }, messages: [] };
      },
      cancelPickup: async ({ pickupIdentifier }) => {
        off.push(pickupIdentifier);
      },
    }));
  });

  const wanted = (enabled = true) =>
    bench.staff((trx) =>
      setPickups(
        trx,
        {
          ...{ brandId: bench.world.brandId, connectionId: bench.world.carrierId },
          ...{ enabled, readyAfterMinutes: 30, windowMinutes: 120 },
        },
        command(),
      ),
    );
  const pickups = () => bench.staff((trx) => trx('pickups').where({ brand_id: bench.world.brandId }));
  const carryOut = async () => {
    const [row] = await pickups();
    return pickupActivities(bench.systems.deps(database.db)).carryOutPickup(row.id);
  };
  const at = (minutes: number) => new Date(fourOClock.getTime() + minutes * 60_000);

  it('none is called where the brand has not asked for it', async () => {
    const [id] = await bench.closed();
    await bench.book(id);
    await wanted(false);
    await bench.ticker.runDue();
    expect(await pickups()).toEqual([]);
  });

  it('one is called for a slot when its labels are there, once, for all its parcels, and called off when nothing is left', async () => {
    await wanted();
    const [one, two] = await bench.closed();
    await bench.book(one);
    await bench.ticker.runDue();
    expect(await pickups()).toEqual([]);
    await bench.book(two);
    await bench.ticker.runDue();
    await bench.ticker.runDue();
    expect(await pickups()).toMatchObject([{ slot_date: slot.date, slot_time: slot.time, ready_at: at(30) }]);
    expect(await carryOut()).toEqual({ outcome: 'done' });
    expect(await carryOut()).toEqual({ outcome: 'nothing' });
    expect(called).toMatchObject([
      { readyAt: at(30), closesAt: at(150), timeZone: 'Australia/Sydney', at: { city: 'Sydney' } },
    ]);
    expect(called[0]?.pieces).toHaveLength(2);
    expect(called[0]?.shipmentIdentifiers).toEqual(['shipment-990', 'shipment-991']);
    await bench.cancel(one);
    await bench.ticker.runDue();
    expect(await pickups()).toMatchObject([{ unwanted_at: null }]);
    await bench.cancel(two);
    await bench.ticker.runDue();
    expect(await carryOut()).toEqual({ outcome: 'cancelled' });
    expect(await carryOut()).toEqual({ outcome: 'nothing' });
    expect(off).toEqual(['PRG1']);
  });

  it.each([
    ['it exists', 'FOUND', 'PRG77', 1],
    ['it does not', 'NOT_FOUND', 'PRG1', 2],
  ] as const)('a lost answer waits for a person who says that %s', async (_what, event, number, calls) => {
    await wanted();
    const ids = await bench.closed();
    for (const id of ids) await bench.book(id);
    await bench.ticker.runDue();
    lost = true;
    await expect(carryOut()).rejects.toThrow('the answer was cut');
    await expect(carryOut()).rejects.toThrow('nobody can say whether it happened');
    lost = false;
    const [{ id }] = await pickups();
    const couriers = await bench.staff((trx) => listCouriers(trx, 1));
    expect(couriers).toMatchObject([{ id, state: 'unknown', number: null, unknownCall: { id: expect.any(String) } }]);
    await bench.staff((trx) =>
      mustStep(
        trx,
        { machine: 'effect', id: couriers[0]?.unknownCall?.id ?? '', event, changes: { found_as: number } },
        command({ why: 'seen in the portal' }),
      ),
    );
    expect(await carryOut()).toEqual({ outcome: 'done' });
    expect(await carryOut()).toEqual({ outcome: 'nothing' });
    expect(await pickups()).toMatchObject([{ pickup_identifier: number }]);
    expect(called).toHaveLength(calls);
    const problem = await bench.staff((trx) => trx('problems').where({ entity_id: id, kind: 'needs-check' }).first());
    expect(problem).toMatchObject({ state: 'RESOLVED' });
  });

  it('one that the carrier refuses is for a person, and not asked for again', async () => {
    await wanted();
    const ids = await bench.closed();
    for (const id of ids) await bench.book(id);
    await bench.ticker.runDue();
    refusal = 'after the cut-off';
    expect(await carryOut()).toEqual({ outcome: 'refused' });
    expect(await carryOut()).toEqual({ outcome: 'nothing' });
    expect(called).toHaveLength(1);
    const problem = await bench.staff((trx) =>
      trx('problems').where({ brand_id: bench.world.brandId, kind: 'pickup-refused' }).first(),
    );
    expect(problem).toMatchObject({ detail: 'after the cut-off', state: 'OPEN' });
  });
});
