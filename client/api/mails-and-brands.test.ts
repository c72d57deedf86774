import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../../db/database.ts';
import { stepOrder } from '../../db/orders.ts';
import { printed } from '../../labels/read-back.fixture.ts';
import { codedCarrierLabel } from '../../labels/samples.fixture.ts';
import { signLink } from '../../mail/links.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  const bytes = await codedCarrierLabel('JD014600009876', [100, 150]);
  await staff((trx) =>
    trx('documents')
      .where({ id: world.own.document })
      .update({ bytes, sha256: createHash('sha256').update(bytes).digest() }),
  );
});
afterAll(() => world.close());

const staff = <Result>(work: (trx: Tx) => Promise<Result>): Promise<Result> => world.database.db.tx('staff', work);

const pdfOf = async (url: string, person: 'ops' | 'brand' = 'brand') => {
  const answer = await world.app.inject({
    method: 'GET',
    url,
    headers: { authorization: await tokenOf(person) },
  });
  return { status: answer.statusCode, bytes: answer.rawPayload, notes: answer.headers['x-label-notes'] };
};

async function tokenOf(person: 'ops' | 'brand') {
  const { logIn } = await import('./auth.ts');
  const { password } = await import('./testing/world.ts');
  const { token } = await logIn(world.deps, { email: world.emailOf(person), password });
  return `Bearer ${token}`;
}

describe('labels printed again', () => {
  it('come on the paper that is asked for, from the cell that is asked for, and book nothing', async () => {
    const document = `/api/documents/${world.own.document}`;
    const plain = await pdfOf(document);
    const thermal = await pdfOf(`${document}?format=thermal-100x150`);
    expect(thermal.bytes.equals(plain.bytes)).toBe(true);
    const [sheet] = await printed((await pdfOf(`${document}?format=a4-4up&startCell=4`)).bytes);
    expect(Math.round(sheet?.width ?? 0)).toBe(595);
    expect(sheet?.codes).toEqual([{ format: 'Code128', text: 'JD014600009876' }]);
    for (const query of ['format=a3', 'format=a4-4up&startCell=5', 'startCell=0']) {
      expect((await world.as('brand', 'GET', `${document}?${query}`)).status).toBe(400);
    }
  });

  it('of a consignment hold the carrier’s label, our own and the slips, or the parts that are asked for', async () => {
    await staff((trx) =>
      trx('brands')
        .where({ id: world.own.id })
        .update({
          ship_from: JSON.stringify({
            name: 'Warehouse',
            company: null,
            lines: ['12 Harbour Street'],
            city: 'Sydney',
            region: null,
            postcode: '2000',
            countryCode: 'AU',
            phone: null,
            email: null,
          }),
        }),
    );
    const url = `/api/consignments/${world.own.consignment}/labels.pdf`;
    const codesOf = async (query: string) =>
      (await printed((await pdfOf(`${url}${query}`)).bytes)).map(
        ({ codes }) => codes.find(({ format }) => format === 'Code128')?.text,
      );
    expect(await codesOf('')).toEqual(['JD014600009876', 'TC-acme/1/1', world.own.orderNumber]);
    expect(await codesOf('?parts=own')).toEqual(['TC-acme/1/1']);
    expect(await codesOf('?parts=slips,carrier')).toEqual(['JD014600009876', world.own.orderNumber]);
  });
});

describe('links to files', () => {
  const linkTo = (claims: { subject?: string; detail?: string; expiresAt?: Date }) =>
    `/files/${signLink(world.deps.sealer.mac, {
      purpose: 'file',
      subject: world.own.mail,
      detail: 'a6',
      expiresAt: new Date(world.now.getTime() + 1_000),
      ...claims,
    })}`;

  it('open without a log-in until they expire', async () => {
    const answer = await world.app.inject({ method: 'GET', url: linkTo({}) });
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'application/pdf',
      'private, no-store',
    ]);
    expect((await printed(answer.rawPayload))[0]?.codes).toEqual([{ format: 'Code128', text: 'JD014600009876' }]);
    const expired = await world.as(null, 'GET', linkTo({ expiresAt: world.now }));
    expect([expired.status, expired.headers['content-type']]).toEqual([410, 'text/html; charset=utf-8']);
    expect(expired.text).toContain('This link has expired');
  });

  it('that were changed, cut, made for something else or lead nowhere say so and show nothing', async () => {
    const good = linkTo({});
    const other = signLink(world.deps.sealer.mac, {
      purpose: 'confirmation',
      subject: world.own.mail,
      detail: 'a6',
      expiresAt: new Date(world.now.getTime() + 1_000),
    });
    const urls = [
      `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      good.slice(0, -5),
      '/files/x',
      `/files/${other}`,
      linkTo({ subject: randomUUID() }),
      linkTo({ detail: 'a3' }),
    ];
    for (const url of urls) {
      const answer = await world.as(null, 'GET', url);
      expect([url, answer.status]).toEqual([url, 404]);
      expect(answer.text).toContain('This link does not work');
    }
  });
});

describe('settings of a brand', () => {
  const url = () => `/api/brands/${world.own.id}`;

  it('are changed with who, when and why, and only when nobody else changed them meanwhile', async () => {
    const { body } = await world.as('ops', 'GET', url());
    const version = body.version as number;
    const patch = {
      version,
      mailTo: ['new@warehouse.example'],
      times: ['16:00', '09:30'],
      holidays: ['2026-07-02'],
      papers: ['a4-4up', 'a6'],
      why: 'They moved.',
    };
    const saved = await world.as('ops', 'PATCH', url(), patch);
    expect(saved.body).toEqual({ ok: true, version: version + 1, saved: ['mail_to', 'mail_schedule', 'label_papers'] });
    const after = (await world.as('brand', 'GET', url())).body as Record<string, unknown>;
    expect(after).toMatchObject({
      version: version + 1,
      mailTo: ['new@warehouse.example'],
      times: ['09:30', '16:00'],
      workingDays: [1, 2, 3, 4, 5],
      papers: ['a4-4up', 'a6'],
      // 1 July, 14:00 in Sydney: today's second one.
      nextMailAt: '2026-07-01T06:00:00.000Z',
      changes: [
        { actor: 'ops@example.com', why: 'They moved.', changed: { mail_to: [[], ['new@warehouse.example']] } },
      ],
    });
    const stale = await world.as('admin', 'PATCH', url(), { version, packingSlips: false });
    expect(stale.status).toBe(409);
    expect(stale.body.error.details).toMatchObject({ by: 'ops@example.com', version: version + 1 });
    const same = await world.as('ops', 'PATCH', url(), { version: version + 1, papers: ['a4-4up', 'a6'] });
    expect(same.body).toEqual({ ok: true, version: version + 1, saved: [] });
  });

  it('move open consignments to the next slot of the new schedule', async () => {
    const { body } = await world.as('ops', 'GET', url());
    await world.as('ops', 'PATCH', url(), { version: body.version, times: ['15:15'], holidays: [] });
    const row = await staff((trx) => trx('consignments').where({ id: world.own.consignment }).first());
    expect([row.slot_date, row.slot_time, row.close_due_at]).toEqual([
      '2026-07-01',
      '15:15',
      new Date('2026-07-01T05:15:00Z'),
    ]);
  });

  it('are refused where they make no sense', async () => {
    const { body } = await world.as('ops', 'GET', url());
    const version = body.version as number;
    const every = Array.from({ length: 62 }, (_, day) =>
      new Date(Date.parse('2026-07-01T00:00:00Z') + day * 86_400_000).toISOString().slice(0, 10),
    );
    for (const patch of [
      { mailTo: ['no address'] },
      { mailTo: ['a@b.c, d@e.f'] },
      { times: ['24:00'] },
      { times: [] },
      { workingDays: [0] },
      { papers: ['letter'] },
      { holidays: every },
      { confirmation: { ask: 'sometimes' } },
      { name: 'x' },
    ]) {
      expect([patch, (await world.as('ops', 'PATCH', url(), { version, ...patch })).status]).toEqual([patch, 400]);
    }
  });

  it('hold the rule for confirmations', async () => {
    const { body } = await world.as('ops', 'GET', url());
    const confirmation = {
      ask: 'any',
      conditions: [
        { kind: 'total-at-least', amountMinor: 500_000, currency: 'IDR' },
        { kind: 'sku', skus: ['KOPI-250'] },
      ],
      onDecline: 'ops',
      onSilence: 'approve',
      answerWithinHours: 8,
      beforeShipByHours: 12,
      remindBeforeHours: 2,
    };
    const saved = await world.as('ops', 'PATCH', url(), { version: body.version, confirmation });
    expect(saved.body).toMatchObject({ saved: ['confirmation_rule'] });
    expect((await world.as('ops', 'GET', url())).body.confirmation).toEqual(confirmation);
    await world.as('ops', 'PATCH', url(), { version: saved.body.version, confirmation: null });
    expect((await world.as('ops', 'GET', url())).body.confirmation).toBeNull();
  });

  it('send now closes what is open into a supplement of today’s last slot', async () => {
    const { body } = await world.as('ops', 'GET', url());
    await world.as('ops', 'PATCH', url(), { version: body.version, times: ['11:00', '16:00'] });
    const sent = await world.as('ops', 'POST', `${url()}/label-mails`, { why: 'The courier comes early.' });
    // It is 14:00 in Sydney.
    expect(sent.body).toMatchObject({ ok: true, slotDate: '2026-07-01', slotTime: '11:00', consignments: 1 });
    const row = await staff((trx) => trx('consignments').where({ id: world.own.consignment }).first());
    expect([row.slot_time, row.close_due_at]).toEqual(['11:00', world.now]);
    expect((await world.as('ops', 'POST', `/api/brands/${world.other.id}/label-mails`, {})).body.ok).toBe(true);
  });
});

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
