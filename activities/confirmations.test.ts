import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type ConfirmationRule, ruleByHand } from '../confirmation/rule.ts';
import { readLink } from '../mail/links.ts';
import { levelsOf, lineOf, makeOrder, openProblemsOf, orderStep, startAt, testSealer } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { openShippingBench } from '../tests/shipping-bench.ts';

const hourMs = 3_600_000;
const inHours = (hours: number): Date => new Date(startAt.getTime() + hours * hourMs);

describe('confirmation by the brand', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_confirm' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
    // The deadlines below are the rule's; the marketplace's ship-by is far.
    bench.systems.now = startAt;
  });

  const setRule = (rule: Partial<ConfirmationRule>) =>
    bench.staff((trx) =>
      trx('brands')
        .where({ id: bench.world.brandId })
        .update({ confirmation_rule: JSON.stringify({ ...ruleByHand, ...rule }) }),
    );
  const newOrder = async (quantity = 1) => {
    const { id } = await makeOrder(database.db, bench.world, [lineOf(bench.world.skuA, quantity)]);
    await bench.staff((trx) =>
      trx('orders')
        .where({ id })
        .update({ ship_by: inHours(240) }),
    );
    return id;
  };
  const stateOf = async (id: string) => (await bench.staff((trx) => trx('orders').where({ id }).first('state'))).state;
  const questionsOf = (id: string) =>
    bench.staff((trx) => trx('confirmations').where({ order_id: id }).orderBy('round'));
  const mailsOf = (id: string) => bench.staff((trx) => trx('mails').where({ order_id: id }).orderBy('created_at'));

  it('asked by a person mails the brand at once, with links that stand in no stored mail', async () => {
    const id = await newOrder();
    await orderStep(database.db, id, 'REQUEST_CONFIRMATION', { why: 'Is the blue one still made?' });
    const [question] = await questionsOf(id);
    expect(question).toMatchObject({ outcome: null, because: ['Is the blue one still made?'], due_at: inHours(24) });
    const [mail, ...others] = await mailsOf(id);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ kind: 'confirmation', recipients: ['warehouse@kauri.test'] });
    expect(await bench.staff((trx) => trx('outbox').where({ business_key: `mail/${mail.id}` }))).toHaveLength(1);
    expect(mail.body_html).not.toContain('lane.test');
    await bench.mails.sendMail(mail.id);
    const sent = bench.systems.mails.at(-1);
    expect(sent?.messageId).toBe(mail.message_id);
    for (const [part, answer] of [
      [sent?.text, 'confirm'],
      [sent?.html, 'decline'],
    ]) {
      const link = part?.match(new RegExp(`https://lane\\.test/confirmations/([\\w.-]+)\\?answer=${answer}`));
      const reading = readLink(testSealer.mac, 'confirmation', link?.[1] ?? '', startAt);
      expect(reading).toMatchObject({ ok: true, claims: { subject: question.id, expiresAt: inHours(24) } });
      expect(part).not.toContain('link.invalid');
      // Of the buyer only the country.
      expect(part).not.toMatch(/Jalan|Budi|Kebayoran|\+62/);
    }
  });

  it('by rule: asks about an order that meets it in the transaction in which it comes, and no other', async () => {
    await setRule({ ask: 'any', conditions: [{ kind: 'total-at-least', amountMinor: 1, currency: 'IDR' }] });
    const asked = await newOrder();
    expect(await stateOf(asked)).toBe('AWAITING_CONFIRMATION');
    expect((await questionsOf(asked))[0].because[0]).toMatch(/^Its total of IDR .* is at least IDR 1\.$/);
    await setRule({ ask: 'any', conditions: [{ kind: 'destination', countryCodes: ['TH'] }] });
    const other = await newOrder();
    expect(await stateOf(other)).toBe('NEW');
  });

  it('by rule: waits until the order could be approved at all, then the ticker asks', async () => {
    await setRule({ ask: 'always' });
    const waiting = await newOrder(1_000);
    expect(await stateOf(waiting)).toBe('NEW');
    await bench.ticker.runDue();
    expect(await stateOf(waiting)).toBe('NEW');
    await bench.staff((trx) => trx('skus').where({ id: bench.world.skuA }).update({ on_hand: 2_000 }));
    await bench.ticker.runDue();
    await bench.ticker.runDue();
    expect(await stateOf(waiting)).toBe('AWAITING_CONFIRMATION');
    expect(await questionsOf(waiting)).toHaveLength(1);
  });

  it('confirmed is approved in the name of who confirmed', async () => {
    const id = await newOrder();
    await orderStep(database.db, id, 'REQUEST_CONFIRMATION');
    const row = await orderStep(database.db, id, 'CONFIRM', { role: 'brand', actor: 'brand@kauri.test' });
    expect(row).toMatchObject({ state: 'APPROVED', approved_by: 'brand@kauri.test' });
    expect((await questionsOf(id))[0]).toMatchObject({ outcome: 'CONFIRMED', decided_by: 'brand@kauri.test' });
  });

  it('declined asks for a cancellation, or goes back to ops, by the rule that held when it was asked', async () => {
    for (const [onDecline, state] of [
      ['cancel', 'CANCEL_REQUESTED'],
      ['ops', 'EDITED'],
    ] as const) {
      await setRule({ ask: 'by-hand', onDecline });
      const id = await newOrder();
      await orderStep(database.db, id, 'REQUEST_CONFIRMATION');
      await setRule({ ask: 'by-hand', onDecline: onDecline === 'ops' ? 'cancel' : 'ops' });
      await orderStep(database.db, id, 'DECLINE', { role: 'brand', why: 'Sold out since Monday.' });
      expect(await stateOf(id)).toBe(state);
      expect((await questionsOf(id))[0]).toMatchObject({ outcome: 'DECLINED', reason: 'Sold out since Monday.' });
      const problem = await bench.staff((trx) =>
        trx('problems').where({ entity_id: id, kind: 'confirmation-declined' }).first(),
      );
      expect(problem).toMatchObject({ state: 'OPEN', detail: "The brand's reason: Sold out since Monday." });
    }
  });

  it('declined to ops and approved by them after all settles the problem; the stock stays held meanwhile', async () => {
    await setRule({ ask: 'by-hand', onDecline: 'ops' });
    const id = await newOrder(2);
    await orderStep(database.db, id, 'REQUEST_CONFIRMATION');
    await orderStep(database.db, id, 'DECLINE', { role: 'brand' });
    expect(await openProblemsOf(database.db, id)).toEqual(['confirmation-declined']);
    expect((await levelsOf(database.db, bench.world.skuA)).reserved).toBe(2);
    await orderStep(database.db, id, 'APPROVE');
    expect(await openProblemsOf(database.db, id)).toEqual([]);
  });

  it('in silence: reminds once, then goes back to ops at the deadline', async () => {
    await setRule({ ask: 'always', answerWithinHours: 10, remindBeforeHours: 4 });
    const id = await newOrder();
    bench.systems.now = inHours(5.9);
    await bench.ticker.runDue();
    expect(await mailsOf(id)).toHaveLength(1);
    bench.systems.now = inHours(6);
    await bench.ticker.runDue();
    await bench.ticker.runDue();
    const [, reminder, ...more] = await mailsOf(id);
    expect(more).toEqual([]);
    expect(reminder.subject).toMatch(/^Reminder: please confirm order/);
    bench.systems.now = inHours(9.99);
    await bench.ticker.runDue();
    expect(await stateOf(id)).toBe('AWAITING_CONFIRMATION');
    bench.systems.now = inHours(10);
    await bench.ticker.runDue();
    await bench.ticker.runDue();
    expect(await stateOf(id)).toBe('EDITED');
    expect((await questionsOf(id))[0]).toMatchObject({ outcome: 'OVERDUE' });
    expect(await openProblemsOf(database.db, id)).toEqual(['confirmation-overdue']);
    // The rule does not ask about it again by itself.
    expect(await questionsOf(id)).toHaveLength(1);
  });

  it('in silence that means yes: is approved by rule at the deadline', async () => {
    await setRule({ ask: 'always', answerWithinHours: 10, onSilence: 'approve' });
    const id = await newOrder();
    bench.systems.now = inHours(10);
    await bench.ticker.runDue();
    expect(await stateOf(id)).toBe('APPROVED');
    expect(await openProblemsOf(database.db, id)).toEqual([]);
    const events = await bench.staff((trx) =>
      trx('transitions').where({ machine: 'order', entity_id: id }).orderBy('version').pluck('event'),
    );
    expect(events).toEqual(['CREATE', 'REQUEST_CONFIRMATION', 'CONFIRMATION_OVERDUE', 'APPROVE']);
  });

  it('that is edited, cancelled or answered meanwhile is not asked about any more', async () => {
    const edited = await newOrder();
    const cancelled = await newOrder();
    for (const id of [edited, cancelled]) await orderStep(database.db, id, 'REQUEST_CONFIRMATION');
    await orderStep(database.db, edited, 'EDIT');
    await orderStep(database.db, cancelled, 'CANCELLED_THERE', { role: 'connector' });
    for (const id of [edited, cancelled]) expect((await questionsOf(id))[0]).toMatchObject({ outcome: 'WITHDRAWN' });
    bench.systems.now = inHours(200);
    await bench.ticker.runDue();
    expect([await stateOf(edited), await stateOf(cancelled)]).toEqual(['EDITED', 'CANCELLED']);
    await orderStep(database.db, edited, 'REQUEST_CONFIRMATION', { at: inHours(200) });
    expect((await questionsOf(edited)).map(({ round, outcome }) => [round, outcome])).toEqual([
      [1, 'WITHDRAWN'],
      [2, null],
    ]);
  });
});
