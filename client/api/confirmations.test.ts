import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../../db/database.ts';
import { stepOrder } from '../../db/orders.ts';
import { signLink } from '../../mail/links.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const staff = <Result>(work: (trx: Tx) => Promise<Result>): Promise<Result> => world.database.db.tx('staff', work);

describe('confirmation by a link', () => {
  let link: string;
  let question: { id: string; due_at: Date };
  const ask = async () => {
    await staff((trx) =>
      stepOrder(
        trx,
        { id: world.own.order, event: 'REQUEST_CONFIRMATION' },
        { commandId: randomUUID(), actor: 'ops@example.com', role: 'ops', at: world.now, why: '<b>Still</b> made?' },
      ),
    );
    question = await staff((trx) =>
      trx('confirmations').where({ order_id: world.own.order, outcome: null }).first('id', 'due_at'),
    );
    const token = signLink(world.deps.sealer.mac, {
      purpose: 'confirmation',
      subject: question.id,
      detail: '',
      expiresAt: question.due_at,
    });
    link = `/confirmations/${token}`;
  };
  const stateOf = async () =>
    (await staff((trx) => trx('orders').where({ id: world.own.order }).first('state'))).state as string;
  const post = (fields: Record<string, string>, url = link) =>
    world.as(null, 'POST', url, new URLSearchParams(fields).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  const send = (event: 'EDIT' | 'CANCEL_WITHDRAWN') =>
    staff((trx) =>
      stepOrder(
        trx,
        { id: world.own.order, event },
        { commandId: randomUUID(), actor: 'ops', role: 'ops', at: world.now },
      ),
    );
  /** The seeded order as ops can ask about it. */
  const back = async () => {
    if ((await stateOf()) === 'AWAITING_CONFIRMATION') await send('EDIT');
    if ((await stateOf()) === 'CANCEL_REQUESTED') await send('CANCEL_WITHDRAWN');
  };

  beforeEach(async () => {
    await back();
    await ask();
  });

  it('shows the order without the buyer, and decides nothing by being opened, however often', async () => {
    for (const answer of ['confirm', 'decline', 'x']) {
      const page = await world.as(null, 'GET', `${link}?answer=${answer}`);
      expect(page.status).toBe(200);
      expect(page.text).toContain(world.own.orderNumber);
      expect(page.text).toContain('&lt;b&gt;Still&lt;/b&gt; made?');
      expect(page.text).toContain('Goes to');
      expect(page.text).not.toMatch(/Budi|Jalan|canary/);
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    }
    expect(await stateOf()).toBe('AWAITING_CONFIRMATION');
  });

  it('that the machine refuses says so, and ops hear that the brand said yes', async () => {
    const lines = () =>
      staff((trx) => trx('order_lines').where({ order_id: world.own.order }).select('id', 'reserved_quantity'));
    const held = await lines();
    await staff((trx) => trx('order_lines').where({ order_id: world.own.order }).update({ reserved_quantity: 0 }));
    const page = await post({ answer: 'confirm', reason: '' });
    for (const { id, reserved_quantity } of held) {
      await staff((trx) => trx('order_lines').where({ id }).update({ reserved_quantity }));
    }
    expect(page.status).toBe(409);
    expect(page.text).toContain('Our operations team takes it from here');
    expect(await stateOf()).toBe('AWAITING_CONFIRMATION');
    const problem = await staff((trx) =>
      trx('problems').where({ entity_id: world.own.order, kind: 'confirmation-blocked' }).first(),
    );
    expect(problem.title).toContain('the brand confirmed it');
  });

  it('declines with the reason once; the second use, also of the other button, changes nothing', async () => {
    const page = await post({ answer: 'decline', reason: 'Sold out.\u00a0Sorry <3' });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Declined. Thank you')]);
    expect(await stateOf()).toBe('CANCEL_REQUESTED');
    const row = await staff((trx) => trx('confirmations').where({ id: question.id }).first());
    expect(row).toMatchObject({ outcome: 'DECLINED', reason: 'Sold out.\u00a0Sorry <3' });
    const versionOf = () => staff((trx) => trx('orders').where({ id: world.own.order }).first('version'));
    const before = await versionOf();
    for (const answer of ['confirm', 'decline']) {
      const again = await post({ answer });
      expect([again.status, again.text]).toEqual([409, expect.stringContaining('was declined')]);
    }
    expect((await world.as(null, 'GET', link)).text).toContain('This is decided already');
    expect(await versionOf()).toEqual(before);
  });

  it('is expired after the deadline, changed nothing, and forms of another kind are not understood', async () => {
    for (const fields of [{}, { answer: 'maybe' }, { answer: 'decline', reason: 'x'.repeat(1_001) }]) {
      expect((await post(fields as Record<string, string>)).status).toBe(400);
    }
    expect((await post({ answer: 'confirm' }, `${link}x`)).status).toBe(404);
    const json = await world.as(null, 'POST', link, { answer: 'confirm' });
    expect(json.status).toBe(400);
    const kept = world.now;
    world.now = new Date(question.due_at.getTime() + 1);
    const page = await post({ answer: 'confirm' });
    const shown = await world.as(null, 'GET', link);
    world.now = kept;
    expect([page.status, shown.status]).toEqual([410, 410]);
    expect(shown.text).toContain('could be answered until');
    expect(await stateOf()).toBe('AWAITING_CONFIRMATION');
  });

  it('two at the same moment decide once', async () => {
    const both = await Promise.all([
      post({ answer: 'decline', reason: 'a' }),
      post({ answer: 'decline', reason: 'b' }),
      post({ answer: 'decline', reason: 'c' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('is listed for staff and the own brand; the brand decides in the dashboard, too', async () => {
    const url = `/api/confirmations?order=${world.own.order}&open=true`;
    expect((await world.as('foreign', 'GET', url)).body.rows).toEqual([]);
    for (const person of ['ops', 'brand'] as const) {
      expect((await world.as(person, 'GET', url)).body.rows).toMatchObject([
        { id: question.id, order: { number: world.own.orderNumber }, outcome: null, because: ['<b>Still</b> made?'] },
      ]);
    }
    const events = `/api/orders/${world.own.order}/events`;
    expect((await world.as('foreign', 'POST', events, { type: 'DECLINE' })).status).toBe(404);
    const declined = await world.as('brand', 'POST', events, { type: 'DECLINE', why: 'Not made any more.' });
    expect(declined.body).toMatchObject({ ok: true, state: 'CANCEL_REQUESTED' });
    const { outcome, reason, decided_by } = await staff((trx) =>
      trx('confirmations').where({ id: question.id }).first(),
    );
    expect({ outcome, reason, decided_by }).toEqual({
      outcome: 'DECLINED',
      reason: 'Not made any more.',
      decided_by: 'brand@example.com',
    });
  });

  it('confirms once, in the brand’s name', async () => {
    const page = await post({ answer: 'confirm' });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Confirmed. Thank you!')]);
    expect(await stateOf()).toBe('APPROVED');
    expect((await post({ answer: 'decline' })).text).toContain('was confirmed');
    const row = await staff((trx) => trx('orders').where({ id: world.own.order }).first('approved_by'));
    expect(row.approved_by).toBe('the brand, by the link in its mail');
  });
});
