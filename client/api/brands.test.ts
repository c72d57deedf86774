import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../../db/database.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const staff = <Result>(work: (trx: Tx) => Promise<Result>): Promise<Result> => world.database.db.tx('staff', work);

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
