import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { CarrierDocument } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { EffectPending } from '../db/effects.ts';
import { openProblemsOf } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { scriptedCarrier } from '../tests/scripted-systems.ts';
import { fourOClock, openShippingBench } from '../tests/shipping-bench.ts';

describe('a carrier that prints later and takes labels back', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;
  let answers: (CarrierDocument | Error | null)[];
  let voids: (boolean | Error)[];
  let voidCalls: number;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_late' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
    answers = [];
    voids = [];
    voidCalls = 0;
    bench.systems.carriers.set(bench.world.carrierId, (usual) => ({
      capabilities: { ...scriptedCarrier, labelRefetch: true, void: 'call' },
      book: async (request) => {
        const answer = await usual.book?.(request);
        if (!answer?.details) throw new Error('nothing was booked');
        return { ...answer, details: { ...answer.details, documents: [] } };
      },
      fetchLabel: async () => {
        const answer = answers.shift() ?? null;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      voidBooking: async () => {
        voidCalls += 1;
        const answer = voids.shift() ?? true;
        if (answer instanceof Error) throw answer;
        return { voided: answer, reason: answer ? null : 'the driver has it' };
      },
    }));
  });

  const label = async (): Promise<CarrierDocument> => {
    return { kind: 'label', format: 'PDF', bytes: await bench.systems.label() };
  };
  const pass = (ms: number) => {
    bench.systems.now = new Date(bench.systems.now.getTime() + ms);
  };
  const woken = async (orderId: string) => {
    const { id } = await bench.consignmentOf(orderId);
    return bench.staff((trx) =>
      trx('outbox')
        .where({ business_key: `consignment/${id}` })
        .pluck('id'),
    );
  };
  const voidIt = async (orderId: string) => bench.consignments.voidConsignment((await bench.consignmentOf(orderId)).id);

  it('stays booked once without label, is asked for again longer and longer, and its label ends it', async () => {
    const [id] = await bench.closed();
    expect(await bench.book(id)).toEqual({ outcome: 'label-late' });
    expect(await bench.consignmentOf(id)).toMatchObject({
      state: 'CLOSED',
      revision: 1,
      tracking_number: '990',
      label_attempts: 1,
      label_due_at: new Date(fourOClock.getTime() + 15_000),
    });
    const before = (await woken(id)).length;
    await bench.ticker.runDue();
    expect(await woken(id)).toHaveLength(before);
    pass(15_000);
    await bench.ticker.runDue();
    expect((await woken(id)).length).toBeGreaterThan(before);
    answers.push(new ConnectorError('NotFound', 'no such waybill yet'));
    expect(await bench.book(id)).toEqual({ outcome: 'label-late' });
    expect(await bench.consignmentOf(id)).toMatchObject({ label_due_at: new Date(fourOClock.getTime() + 45_000) });
    answers.push(await label());
    expect(await bench.book(id)).toEqual({ outcome: 'done' });
    expect(await bench.consignmentOf(id)).toMatchObject({
      state: 'BOOKED',
      label_document_id: expect.any(String),
      label_due_at: null,
    });
    expect(await bench.parcelsOf(id)).toMatchObject([{ state: 'BOOKED', tracking_number: 'JD9900' }]);
    expect(bench.systems.bookings.size).toBe(1);
  });

  it('a lost answer is found and its label fetched: one booking, no new revision', async () => {
    const [id] = await bench.closed();
    bench.systems.bookingFates.push('lost-but-done');
    await expect(bench.book(id)).rejects.toBeInstanceOf(EffectPending);
    answers.push(await label());
    expect(await bench.book(id)).toEqual({ outcome: 'done' });
    expect(await bench.consignmentOf(id)).toMatchObject({ state: 'BOOKED', revision: 1 });
    expect(bench.systems.bookings.size).toBe(1);
  });

  it('one that stays away is told in the mail and becomes a problem, until it comes', async () => {
    const [late, other] = await bench.closed();
    for (let attempt = 1; attempt <= 5; attempt += 1) await bench.book(late);
    answers.push(await label());
    await bench.book(other);
    const consignment = await bench.consignmentOf(late);
    expect(await openProblemsOf(database.db, consignment.id)).toEqual(['label-late']);
    pass(11 * 60_000);
    expect(await bench.compose()).toMatchObject({ kind: 'composed' });
    const [mail] = await bench.mailsOf('labels');
    expect(mail.body_text).toContain(`it is booked, but the carrier has not given the label of ${consignment.number}`);
    answers.push(await label());
    await bench.book(late);
    expect(await openProblemsOf(database.db, consignment.id)).toEqual([]);
    expect(await bench.compose()).toMatchObject({ kind: 'composed' });
  });

  it('a label of an order that is cancelled is taken back once, found again when the answer was lost', async () => {
    const [id] = await bench.closed();
    answers.push(await label());
    await bench.book(id);
    await bench.cancel(id);
    expect(await bench.consignments.readConsignment((await bench.consignmentOf(id)).id)).toMatchObject({
      state: 'CANCELLED',
      voidDue: true,
    });
    voids.push(new ConnectorError('OutcomeUnknown', 'the answer was cut'));
    await expect(voidIt(id)).rejects.toBeInstanceOf(EffectPending);
    bench.systems.scans = [
      {
        ...{ trackingNumber: '990', nativeCode: 'Cancelled', tag: 'CANCELLED', at: null, place: null },
        description: 'Cancelled',
      },
    ];
    expect(await voidIt(id)).toEqual({ outcome: 'done' });
    expect(await voidIt(id)).toEqual({ outcome: 'not-due' });
    expect(await bench.consignmentOf(id)).toMatchObject({ state: 'CANCELLED', void_outcome: 'voided' });
    expect(voidCalls).toBe(1);
  });

  it('a label that the carrier does not take back is for a person', async () => {
    const [id] = await bench.closed();
    expect(await bench.book(id)).toEqual({ outcome: 'label-late' });
    await bench.cancel(id);
    voids.push(false);
    expect(await voidIt(id)).toEqual({ outcome: 'done' });
    const { id: consignmentId } = await bench.consignmentOf(id);
    expect(await openProblemsOf(database.db, consignmentId)).toEqual(['void-refused']);
    expect(await bench.consignments.readConsignment(consignmentId)).toMatchObject({ voidDue: false });
  });
});
