import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { planOrder } from '../db/consignments.ts';
import { EffectPending } from '../db/effects.ts';
import { command, lineOf, makeOrder, openProblemsOf, orderStep } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { fourOClock, mondayEleven, openShippingBench, slot } from '../tests/shipping-bench.ts';

describe('consignments', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_consign' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
  });

  describe('planning', () => {
    it('gives an approved order a consignment of its own for the next slot, with an estimated parcel', async () => {
      const id = await bench.queued(2);
      expect(await bench.consignmentOf(id)).toMatchObject({
        state: 'OPEN',
        slot_date: slot.date,
        slot_time: slot.time,
        close_due_at: fourOClock,
        destination_country_code: 'ID',
        carrier_connection_id: bench.world.carrierId,
      });
      expect(await bench.parcelsOf(id)).toMatchObject([{ state: 'PLANNED', weight_grams: 950, estimated: true }]);
      expect(await bench.orders.planOrder(id)).toEqual({ planned: false, why: 'the order is QUEUE' });
    });

    it.each([
      [
        'a weight',
        'no weight',
        () => bench.staff((trx) => trx('skus').where({ id: bench.world.skuA }).update({ weight_grams: null })),
      ],
      [
        'an address to ship from',
        'no address',
        () => bench.staff((trx) => trx('brands').where({ id: bench.world.brandId }).update({ ship_from: null })),
      ],
    ])('without %s is a problem until it is there, and nothing is guessed', async (_, why, take) => {
      const id = await bench.approved();
      await take();
      expect(await bench.orders.planOrder(id)).toMatchObject({ planned: false, why: expect.stringContaining(why) });
      expect(await openProblemsOf(database.db, id)).toEqual(['cannot-plan']);
      expect(await bench.consignmentOf(id)).toBeUndefined();
      await bench.staff(async (trx) => {
        await trx('skus').where({ id: bench.world.skuA }).update({ weight_grams: 400 });
        const other = await trx('brands').whereNotNull('ship_from').first('ship_from');
        await trx('brands')
          .where({ id: bench.world.brandId })
          .update({ ship_from: JSON.stringify(other.ship_from) });
      });
      expect(await bench.ticker.runDue()).toMatchObject({ triedAgain: expect.any(Number) });
      expect(await bench.orders.planOrder(id)).toMatchObject({ planned: true });
      expect(await openProblemsOf(database.db, id)).toEqual([]);
    });

    it('does not ask for the weight of a line that was taken away', async () => {
      const order = await makeOrder(database.db, bench.world, [
        lineOf(bench.world.skuA, 1),
        lineOf(bench.world.skuB, 1),
      ]);
      await bench.staff(async (trx) => {
        await trx('skus').where({ id: bench.world.skuB }).update({ weight_grams: null });
        await trx('order_lines')
          .where({ order_id: order.id, sku_id: bench.world.skuB })
          .update({ quantity_cancelled: 1 });
      });
      await orderStep(database.db, order.id, 'APPROVE');
      expect(await bench.orders.planOrder(order.id)).toMatchObject({ planned: true });
    });
  });

  describe('closing', () => {
    it('happens at the cut-off, not before, and wakes the label mail', async () => {
      const id = await bench.queued();
      bench.systems.now = new Date(fourOClock.getTime() - 1);
      await bench.ticker.runDue();
      expect(await bench.consignmentOf(id)).toMatchObject({ state: 'OPEN' });
      bench.systems.now = fourOClock;
      await bench.ticker.runDue();
      await bench.ticker.runDue();
      expect(await bench.consignmentOf(id)).toMatchObject({ state: 'CLOSED', closed_at: fourOClock });
      expect(await bench.labelWork()).toEqual([`labels/${bench.world.brandId}/2026-11-20/16:00`]);
    });

    it('an order that left just before is not in it', async () => {
      const [staying, leaving] = [await bench.queued(), await bench.queued()];
      bench.systems.now = new Date(fourOClock.getTime() - 1);
      await bench.cancel(leaving);
      bench.systems.now = fourOClock;
      await bench.ticker.runDue();
      expect(await bench.consignmentOf(staying)).toMatchObject({ state: 'CLOSED' });
      expect(await bench.consignmentOf(leaving)).toMatchObject({ state: 'CANCELLED', left_at: expect.any(Date) });
      expect(await bench.parcelsOf(leaving)).toMatchObject([{ state: 'VOIDED' }]);
    });

    it('an order with an open cancel request waits for the next slot', async () => {
      const id = await bench.queued();
      await orderStep(database.db, id, 'CANCEL_REQUESTED_THERE', { role: 'connector' });
      bench.systems.now = fourOClock;
      await bench.ticker.runDue();
      expect(await bench.consignmentOf(id)).toMatchObject({
        state: 'OPEN',
        slot_date: '2026-11-23',
        slot_time: '11:00',
        close_due_at: mondayEleven,
      });
    });
  });

  describe('booking', () => {
    it('happens once per revision, and its label is kept', async () => {
      const [id] = await bench.closed();
      expect(await bench.book(id)).toEqual({ outcome: 'done' });
      expect(await bench.book(id)).toEqual({ outcome: 'done' });
      const consignment = await bench.consignmentOf(id);
      expect([...bench.systems.bookings.keys()]).toEqual([`${consignment.number}-1`]);
      expect(consignment).toMatchObject({
        state: 'BOOKED',
        tracking_number: '990',
        label_document_id: expect.any(String),
        cost_minor: 2_500,
        cost_currency: 'AUD',
      });
      expect(await bench.parcelsOf(id)).toMatchObject([{ state: 'BOOKED', tracking_number: 'JD9900' }]);
    });

    it('that was refused waits for the next slot with a problem, and is a new booking then', async () => {
      const [id, other] = await bench.closed();
      await bench.book(other);
      expect(await bench.mails.composeLabelMail({ brandId: bench.world.brandId, ...slot })).toMatchObject({
        kind: 'waiting',
      });
      const before = (await bench.labelWork()).length;
      bench.systems.bookingFates.push('refused');
      expect(await bench.book(id)).toEqual({ outcome: 'refused' });
      expect(await bench.consignmentOf(id)).toMatchObject({
        state: 'OPEN',
        revision: 2,
        slot_date: '2026-11-23',
        close_due_at: mondayEleven,
      });
      expect(await openProblemsOf(database.db, id)).toEqual(['booking-refused']);
      expect((await bench.labelWork()).length).toBeGreaterThan(before);
      expect(await bench.mails.composeLabelMail({ brandId: bench.world.brandId, ...slot })).toMatchObject({
        kind: 'composed',
      });
      await bench.ticker.runDue();
      expect(await bench.consignmentOf(id)).toMatchObject({ state: 'OPEN' });
      bench.systems.now = mondayEleven;
      await bench.ticker.runDue();
      expect(await bench.book(id)).toEqual({ outcome: 'done' });
      const { number } = await bench.consignmentOf(id);
      expect([...bench.systems.bookings.keys()]).toContain(`${number}-2`);
    });

    it('that lost its answer is found; its label is lost, so it is booked anew under the next revision', async () => {
      const [id] = await bench.closed();
      bench.systems.bookingFates.push('lost-but-done');
      await expect(bench.book(id)).rejects.toBeInstanceOf(EffectPending);
      expect(await bench.book(id)).toEqual({ outcome: 'done' });
      expect(await bench.consignmentOf(id)).toMatchObject({ state: 'CLOSED', revision: 2, label_document_id: null });
      expect(await bench.book(id)).toEqual({ outcome: 'done' });
      const consignment = await bench.consignmentOf(id);
      expect(consignment).toMatchObject({ state: 'BOOKED', revision: 2 });
      expect([...bench.systems.bookings.keys()]).toEqual([`${consignment.number}-1`, `${consignment.number}-2`]);
    });

    it('of an order that was cancelled meanwhile keeps the label as a fact, unused', async () => {
      const [id] = await bench.closed();
      bench.systems.duringBooking = async () => {
        await bench.cancel(id);
      };
      expect(await bench.book(id)).toEqual({ outcome: 'done' });
      expect(await bench.consignmentOf(id)).toMatchObject({
        state: 'CANCELLED',
        label_document_id: expect.any(String),
      });
      expect(await bench.parcelsOf(id)).toMatchObject([{ state: 'VOIDED', tracking_number: 'JD9900' }]);
      expect(await bench.mailsOf('do-not-ship')).toEqual([]);
    });

    it('never happens for a consignment that was cancelled', async () => {
      const [id] = await bench.closed();
      await bench.cancel(id);
      expect(await bench.book(id)).toEqual({ outcome: 'abandoned' });
      expect(bench.systems.bookings.size).toBe(0);
    });

    it.each([
      ['lost-but-done', 'done', 1],
      ['lost-and-not-done', 'abandoned', 0],
    ] as const)(
      'whose answer was lost (%s) before the order was cancelled is settled, not repeated',
      async (fate, outcome, made) => {
        const [id] = await bench.closed();
        bench.systems.bookingFates.push(fate);
        await expect(bench.book(id)).rejects.toBeInstanceOf(EffectPending);
        await bench.cancel(id);
        let settled = '';
        for (let attempt = 0; attempt < 4 && !settled; attempt += 1) {
          await bench.book(id).then(
            (result) => {
              settled = result.outcome;
            },
            (error: unknown) => {
              if (!(error instanceof EffectPending)) throw error;
              bench.systems.passWall(error.retryAfterMs);
            },
          );
        }
        expect(settled).toBe(outcome);
        expect(bench.systems.bookings.size).toBe(made);
        const open = await bench.staff((trx) =>
          trx('effects').whereIn('state', ['ATTEMPTED', 'AMBIGUOUS']).where({ brand_id: bench.world.brandId }),
        );
        expect(open).toEqual([]);
        expect(await bench.consignmentOf(id)).toMatchObject({ state: 'CANCELLED' });
      },
    );
  });

  it('planning at the very cut-off takes the next slot', async () => {
    const id = await bench.approved();
    await bench.staff((trx) => planOrder(trx, id, command({ role: 'system', at: fourOClock })));
    expect(await bench.consignmentOf(id)).toMatchObject({ slot_date: '2026-11-23', slot_time: '11:00' });
  });
});
