import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { EffectPending } from '../db/effects.ts';
import { mustStep } from '../db/steps.ts';
import { command, later, openProblemsOf, startAt } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { fourOClock, openShippingBench, slot } from '../tests/shipping-bench.ts';

describe('mails to brands', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_mails' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
  });

  describe('the label mail', () => {
    it('waits until every label of its slot is there, then holds them all, once', async () => {
      const [first, second] = await bench.closed();
      expect(await bench.compose()).toEqual({ kind: 'waiting', mailId: null });
      await bench.book(first);
      expect(await bench.compose()).toEqual({ kind: 'waiting', mailId: null });
      await bench.book(second);
      const { kind, mailId } = await bench.compose();
      expect(kind).toBe('composed');
      expect(await bench.compose()).toEqual({ kind: 'nothing', mailId: null });
      expect(await bench.mails.unsentLabelMails({ brandId: bench.world.brandId, ...slot })).toEqual([mailId]);
      const [mail] = await bench.mailsOf('labels');
      expect(mail).toMatchObject({ id: mailId, revision: 1, sent_at: null });
      expect(mail.key).toMatch(/^labels:.*:2026-11-20:1600:1$/);
      const members = await bench.staff((trx) => trx('mail_consignments').where({ mail_id: mailId }));
      expect(members).toHaveLength(2);
      expect(await bench.mails.sendMail(mailId ?? '')).toEqual({ outcome: 'done' });
      expect(await bench.mails.sendMail(mailId ?? '')).toEqual({ outcome: 'done' });
      expect(bench.systems.mails).toMatchObject([
        {
          messageId: mail.message_id,
          attachments: [{ contentType: 'application/pdf' }, { contentType: 'text/csv; charset=utf-8' }],
        },
      ]);
      for (const id of [first, second]) expect(await bench.consignmentOf(id)).toMatchObject({ state: 'NOTIFIED' });
      expect(await bench.mails.unsentLabelMails({ brandId: bench.world.brandId, ...slot })).toEqual([]);
    });

    it('is woken when the one that it waited for is cancelled', async () => {
      const [first, second] = await bench.closed();
      await bench.book(first);
      const before = (await bench.labelWork()).length;
      await bench.cancel(second);
      expect((await bench.labelWork()).length).toBeGreaterThan(before);
      expect(await bench.compose()).toMatchObject({ kind: 'composed' });
      expect(
        await bench.staff((trx) => trx('mail_consignments').where({ brand_id: bench.world.brandId })),
      ).toHaveLength(1);
    });

    it('of labels that come later is a supplement with the next revision', async () => {
      const [first, second] = await bench.closed();
      await bench.book(first);
      await bench.book(second);
      await bench.compose();
      const third = await bench.queued();
      await bench.staff(async (trx) => {
        const { id } = await trx('consignment_orders').where({ order_id: third }).first('consignment_id as id');
        await trx('consignments')
          .where({ id })
          .update({ slot_date: slot.date, slot_time: slot.time, close_due_at: fourOClock });
      });
      await bench.ticker.runDue();
      await bench.book(third);
      const { mailId } = await bench.compose();
      const revisions = await bench.mailsOf('labels');
      expect(revisions.map(({ revision }: { revision: number }) => revision)).toEqual([1, 2]);
      expect(revisions[1]?.id).toBe(mailId);
      expect(await bench.staff((trx) => trx('mail_consignments').where({ mail_id: mailId }))).toHaveLength(1);
    });

    it('is composed once by two at the same moment', async () => {
      for (const id of await bench.closed()) await bench.book(id);
      const both = await Promise.all([bench.compose(), bench.compose(), bench.compose()]);
      expect(new Set(both.flatMap(({ mailId }) => (mailId ? [mailId] : []))).size).toBe(1);
      expect(await bench.mailsOf('labels')).toHaveLength(1);
    });

    it('does not hold a label that was cancelled while its document was made', async () => {
      const [first, second] = await bench.closed();
      await bench.book(first);
      await bench.book(second);
      const racing = [bench.compose(), bench.cancel(second)] as const;
      const [composed] = await Promise.all(racing);
      const again = composed.kind === 'changed' ? await bench.compose() : composed;
      const members = await bench.staff((trx) =>
        trx('mail_consignments').where({ mail_id: again.mailId }).pluck('consignment_id'),
      );
      const cancelledOne = await bench.consignmentOf(second);
      const stopped = await bench.mailsOf('do-not-ship');
      expect(members.includes(cancelledOne.id)).toBe(stopped.length === 1);
    });

    it('whose recipients were partly refused is sent, with a problem', async () => {
      for (const id of await bench.closed()) await bench.book(id);
      const { mailId } = await bench.compose();
      bench.systems.mailOutcomes.push({
        kind: 'accepted',
        accepted: ['warehouse@kauri.test'],
        rejected: [{ address: 'gone@kauri.test', reason: '550 no such user' }],
        response: '250 OK',
      });
      expect(await bench.mails.sendMail(mailId ?? '')).toEqual({ outcome: 'done' });
      expect(await openProblemsOf(database.db, mailId ?? '')).toEqual(['mail-recipients']);
      expect((await bench.mailsOf('labels'))[0]).toMatchObject({ rejected: ['gone@kauri.test: 550 no such user'] });
    });

    it('that was refused is a problem, and its consignments stay booked', async () => {
      const [first] = await bench.closed();
      await bench.staff((trx) => trx('consignments').where({ brand_id: bench.world.brandId }).select('id'));
      for (const { id } of await bench.staff((trx) => trx('orders').where({ brand_id: bench.world.brandId })))
        await bench.book(id);
      const { mailId } = await bench.compose();
      bench.systems.mailOutcomes.push({ kind: 'refused', reason: '552 too big', permanent: true });
      expect(await bench.mails.sendMail(mailId ?? '')).toEqual({ outcome: 'refused' });
      expect(await openProblemsOf(database.db, mailId ?? '')).toEqual(['mail-refused']);
      expect(await bench.consignmentOf(first)).toMatchObject({ state: 'BOOKED' });
    });

    it('that was not sent is sent later under the same Message-ID', async () => {
      for (const id of await bench.closed()) await bench.book(id);
      const { mailId } = await bench.compose();
      bench.systems.mailOutcomes.push({ kind: 'not-sent', reason: '421 try later' });
      await expect(bench.mails.sendMail(mailId ?? '')).rejects.toMatchObject({ kind: 'Unavailable' });
      await bench.mails.sendMail(mailId ?? '');
      expect(new Set(bench.systems.mails.map(({ messageId }) => messageId)).size).toBe(1);
    });

    it('of which nobody knows whether it arrived is never sent again by itself', async () => {
      for (const id of await bench.closed()) await bench.book(id);
      const { mailId } = await bench.compose();
      bench.systems.mailOutcomes.push({ kind: 'unknown', reason: 'connection closed after DATA' });
      await expect(bench.mails.sendMail(mailId ?? '')).rejects.toBeInstanceOf(EffectPending);
      bench.systems.passWall(3_600_000);
      await expect(bench.mails.sendMail(mailId ?? '')).rejects.toMatchObject({ name: 'NeedsCheck' });
      expect(bench.systems.mails).toHaveLength(1);
      expect(await openProblemsOf(database.db, mailId ?? '')).toEqual(['needs-check']);
    });
  });

  describe('a brand without shop', () => {
    it('has its orders SYNCED when the mail with them was accepted, not before', async () => {
      await bench.staff((trx) =>
        trx('connections')
          .where({ id: bench.world.storeId })
          .update({ brand_id: bench.world.brandId, kind: 'carrier' }),
      );
      const ids = await bench.closed();
      const statesOf = () => bench.staff((trx) => trx('orders').whereIn('id', ids).pluck('state'));
      for (const id of ids) await bench.book(id);
      const { mailId } = await bench.compose();
      bench.systems.mailOutcomes.push({ kind: 'not-sent', reason: '421 try later' });
      await expect(bench.mails.sendMail(mailId ?? '')).rejects.toMatchObject({ kind: 'Unavailable' });
      expect(await statesOf()).toEqual(['QUEUE', 'QUEUE']);
      await bench.mails.sendMail(mailId ?? '');
      expect(await statesOf()).toEqual(['SYNCED', 'SYNCED']);
      const lines = await bench.staff((trx) => trx('order_lines').whereIn('order_id', ids));
      expect(lines.map((line) => [line.reserved_quantity, line.taken_quantity])).toEqual([
        [0, 1],
        [0, 1],
      ]);
      await bench.cancel(ids[0]);
      // The brand knows of it: that is taken back, not simply forgotten.
      expect(await bench.staff((trx) => trx('orders').where({ id: ids[0] }).first('state'))).toEqual({
        state: 'CANCEL_PENDING',
      });
    });
  });

  describe('do not ship', () => {
    it('is mailed once and at once when the brand already has the label', async () => {
      const [first, second] = await bench.closed();
      await bench.book(first);
      await bench.book(second);
      const { mailId } = await bench.mails.composeLabelMail({ brandId: bench.world.brandId, ...slot });
      await bench.mails.sendMail(mailId ?? '');
      bench.systems.now = later(200);
      await bench.cancel(first);
      const [stop, ...more] = await bench.mailsOf('do-not-ship');
      expect(more).toEqual([]);
      const consignment = await bench.consignmentOf(first);
      expect(consignment).toMatchObject({ state: 'CANCELLED' });
      expect(stop.subject).toContain('DO NOT SHIP');
      expect(stop.body_text).toContain(consignment.number);
      const work = await bench.staff((trx) => trx('outbox').where({ business_key: `mail/${stop.id}` }));
      expect(work).toHaveLength(1);
      await bench.mails.sendMail(stop.id);
      expect(bench.systems.mails.at(-1)).toMatchObject({ messageId: stop.message_id, to: ['warehouse@kauri.test'] });
      expect(await bench.consignmentOf(second)).toMatchObject({ state: 'NOTIFIED' });
    });

    it('is not mailed for a label that the brand never got', async () => {
      const [first] = await bench.closed();
      await bench.book(first);
      await bench.cancel(first);
      expect(await bench.mailsOf('do-not-ship')).toEqual([]);
    });

    it('is too late once the carrier has it', async () => {
      const [first] = await bench.closed();
      await bench.book(first);
      const consignment = await bench.consignmentOf(first);
      await bench.staff(async (trx) => {
        await mustStep(
          trx,
          { machine: 'consignment', id: consignment.id, event: 'HAND_OVER' },
          command({ role: 'connector' }),
        );
        await trx('orders').where({ id: first }).update({ handed_over_at: startAt, goods_outside: true });
      });
      await bench.cancel(first);
      expect(await bench.consignmentOf(first)).toMatchObject({ state: 'HANDED_OVER', left_at: null });
      expect(await bench.mailsOf('do-not-ship')).toEqual([]);
    });
  });
});
