import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const key = (name: string) => ({ 'idempotency-key': name });

describe('reading orders', () => {
  it('shows every order to staff, with names, counts and buttons', async () => {
    const { status, body } = await world.as('ops', 'GET', '/api/orders');
    expect(status).toBe(200);
    expect(body.total).toBe(2);
    const row = body.rows.find(({ number }) => number === 'TL-000001');
    expect(row).toMatchObject({
      channelOrderNumber: 'MP-acme-1',
      nativeState: '6',
      brand: { code: 'acme' },
      connection: { code: 'market' },
      state: 'NEW',
      version: 1,
      total: { amountMinor: 540_000, currency: 'IDR' },
      lines: 1,
      units: 2,
      trackingNumber: 'JDacme0001',
      problems: 1,
    });
    expect(row?.allowed).toContainEqual(expect.objectContaining({ type: 'APPROVE', ok: true }));
  });

  it('shows a brand its own order with the marketplace it was sold on', async () => {
    const { body } = await world.as('brand', 'GET', '/api/orders');
    expect(body.total).toBe(1);
    expect(body.rows[0]).toMatchObject({ number: 'TL-000001', connection: { code: 'market' } });
    expect(body.rows[0]?.allowed.map(({ type }) => type)).toEqual(['REQUEST_CANCEL']);
  });

  it('pages by key without repeating or leaving out', async () => {
    const first = await world.as('ops', 'GET', '/api/orders?limit=1');
    expect(first.body.rows).toHaveLength(1);
    const second = await world.as('ops', 'GET', `/api/orders?limit=1&after=${first.body.next}`);
    expect(second.body.next).toBeNull();
    expect([first, second].map(({ body }) => body.rows[0]?.number).sort()).toEqual(['TL-000001', 'TL-000002']);
  });

  it.each([
    ['state=NEW', 2],
    ['state=APPROVED,CANCELLED', 0],
    ['q=tl-000002', 1],
    ['q=MP-acme', 1],
    ['q=JDumbra', 1],
    ['q=SERUM-30', 2],
    ['q=100%25', 0],
    ['q=TL_000001', 0],
  ])('filters by %s', async (query, total) => {
    const { body } = await world.as('ops', 'GET', `/api/orders?${query}`);
    expect(body.total).toBe(total);
  });

  it('tells one order with its whole history and the address, to staff', async () => {
    const { status, body } = await world.as('ops', 'GET', `/api/orders/${world.own.order}`);
    expect(status).toBe(200);
    expect(body.consignee.address).toMatchObject({ name: 'Buyer of acme', city: 'Jakarta' });
    expect(body.path).toEqual(['NEW']);
    expect(body.lines[0]).toMatchObject({ sku: 'SERUM-30', ordered: 2, reserved: 2 });
    expect(body.consignments[0]?.parcels[0]?.events[0]).toMatchObject({ code: 'PU' });
    expect(body.temporalUrl).toContain(`order/${world.own.order}`);
    const kinds = new Set(body.timeline.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['mail', 'sighting', 'tracking', 'transition']);
    const sighting = body.timeline.find(({ kind }) => kind === 'sighting');
    expect(sighting).toMatchObject({ at: '2026-07-01T03:00:00.000Z', otherClock: '2026-07-01T02:59:00.000Z' });
    const machines = new Set(body.timeline.map(({ machine }) => machine));
    for (const machine of ['order', 'channel_order', 'parcel', 'consignment', 'effect', 'return']) {
      expect(machines).toContain(machine);
    }
  });

  it('says once what polling saw many times', async () => {
    const row = {
      connection_id: world.accounts.marketplace,
      external_id: 'MP-umbra-1',
      source: 'poll',
      native_state: '6',
      seen_at: new Date('2026-07-01T03:05:00.000Z'),
    };
    await world.database.db.tx('staff', (trx) =>
      trx('sightings').insert([
        { ...row, verdict: 'duplicate' },
        { ...row, verdict: 'duplicate' },
        { ...row, verdict: 'newer' },
        { ...row, verdict: 'duplicate' },
      ]),
    );
    const { body } = await world.as('ops', 'GET', `/api/orders/${world.other.order}`);
    const seen = body.timeline.filter(({ kind }) => kind === 'sighting');
    expect(seen.map(({ detail }) => detail)).toEqual([
      'seen for the first time (poll)',
      'seen before, 2 times until 2026-07-01T03:05:00.000Z',
      'newer than what we had (poll)',
      'seen before (poll)',
    ]);
  });

  it('keeps the address and the marketplace’s own history from the brand', async () => {
    const { body, text } = await world.as('brand', 'GET', `/api/orders/${world.own.order}`);
    expect(body.consignee).toMatchObject({ countryCode: 'ID', complete: true, address: null });
    expect(text).not.toContain('Jalan Melati');
    expect(text).not.toContain('Buyer of');
    expect(body.sightings).toEqual([]);
    expect(body.temporalUrl).toBeNull();
  });
});

describe('commands to orders', () => {
  it('approves once, however often the same command arrives', async () => {
    const url = `/api/orders/${world.own.order}/events`;
    const body = { type: 'APPROVE', version: 1, why: 'paid' };
    const answers = await Promise.all([1, 2, 3].map(() => world.as('ops', 'POST', url, body, key('approve-1'))));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ok: true, state: 'APPROVED', version: 2 });
    }
    const history = await world.database.db.tx('staff', (trx) =>
      trx('transitions').where({ machine: 'order', entity_id: world.own.order, event: 'APPROVE' }),
    );
    expect(history).toHaveLength(1);
    expect(history[0]).toMatchObject({ actor: 'ops@example.com', role: 'ops', why: 'paid' });
    expect(history[0].command_id).toMatch(/^api\/[0-9a-f-]{36}\/approve-1$/);
  });

  it('refuses a key that was used for something else', async () => {
    const url = `/api/orders/${world.own.order}/events`;
    const { status, body } = await world.as('ops', 'POST', url, { type: 'REQUEST_CANCEL' }, key('approve-1'));
    expect(status).toBe(409);
    expect(body.error.code).toBe('IdempotencyKeyReused');
  });

  it('says why not, and says the same again under the same key', async () => {
    const url = `/api/orders/${world.own.order}/events`;
    const refused = await world.as('ops', 'POST', url, { type: 'COMPLETE' }, key('complete-1'));
    expect(refused.status).toBe(409);
    expect(refused.body.error).toMatchObject({ code: 'NotAllowedInState', details: { state: 'APPROVED', version: 2 } });
    const again = await world.as('ops', 'POST', url, { type: 'COMPLETE' }, key('complete-1'));
    expect(again.body).toEqual(refused.body);
    const stale = await world.as('ops', 'POST', url, { type: 'REQUEST_CANCEL', version: 1 });
    expect(stale.body.error).toMatchObject({ code: 'VersionConflict' });
    const others = await world.as('ops', 'POST', url, { type: 'CANCELLED_THERE' });
    expect([others.status, others.body.error.code]).toEqual([403, 'NotYourEvent']);
    const bare = await world.as('ops', 'POST', url, { type: 'EDIT' });
    expect([bare.status, bare.body.error.code]).toEqual([422, 'UnknownEvent']);
  });

  it('lets a brand ask to cancel, with everything that follows from it', async () => {
    const url = `/api/orders/${world.own.order}/events`;
    const { status, body } = await world.as('brand', 'POST', url, { type: 'REQUEST_CANCEL' });
    expect(status).toBe(200);
    expect(body.state).toBe('CANCEL_REQUESTED');
    const problems = await world.as('brand', 'GET', '/api/problems?kind=cancel-by-hand');
    expect(problems.body.rows[0]).toMatchObject({ link: `/orders/${world.own.order}` });
  });

  it('steps many, and lists the ones that were refused', async () => {
    const missing = '00000000-0000-4000-8000-000000000000';
    const items = [{ id: world.own.order }, { id: world.other.order, version: 1 }, { id: missing }];
    const { status, body } = await world.as(
      'ops',
      'POST',
      '/api/orders/bulk',
      { type: 'APPROVE', items },
      key('bulk-1'),
    );
    expect(status).toBe(200);
    expect(body.results).toEqual([
      expect.objectContaining({ id: world.own.order, ok: false, code: 'NotAllowedInState' }),
      { id: world.other.order, ok: true, state: 'APPROVED', version: 2 },
      expect.objectContaining({ id: missing, ok: false, code: 'NotFound' }),
    ]);
    const again = await world.as('ops', 'POST', '/api/orders/bulk', { type: 'APPROVE', items }, key('bulk-1'));
    expect(again.body).toEqual(body);
  });
});

describe('editing orders', () => {
  const url = () => `/api/orders/${world.other.order}`;

  it('saves what changed, and a second editor’s other field beside it', async () => {
    const first = await world.as('ops', 'PATCH', url(), { version: 2, note: 'call first' });
    expect(first.body).toMatchObject({ ok: true, state: 'EDITED', version: 3, saved: ['note'], conflicts: [] });
    const shipTo = { name: 'Buyer', lines: ['Jalan Baru 7'], city: 'Bandung', countryCode: 'ID' };
    const second = await world.as('approver', 'PATCH', url(), { version: 2, shipTo });
    expect(second.body).toMatchObject({ ok: true, version: 4, saved: ['shipTo'] });
    const { body } = await world.as('ops', 'GET', url());
    expect(body.consignee.address).toMatchObject({ city: 'Bandung' });
    expect(body.note).toBe('call first');
  });

  it('shows base, yours and theirs where both changed the same field', async () => {
    const { status, body } = await world.as('approver', 'PATCH', url(), { version: 2, note: 'leave at the door' });
    expect(status).toBe(409);
    expect(body.error.details.conflicts[0]).toMatchObject({
      field: 'note',
      base: null,
      yours: 'leave at the door',
      theirs: 'call first',
      by: 'ops@example.com',
    });
  });

  it('moves nothing when nothing differs', async () => {
    const shipTo = { name: 'Buyer', lines: ['Jalan Baru 7'], city: 'Bandung', countryCode: 'ID' };
    const { body } = await world.as('ops', 'PATCH', url(), { version: 4, note: 'call first', shipTo });
    expect(body).toMatchObject({ version: 4, saved: [], unchanged: ['note', 'shipTo'] });
  });

  it('writes no address into history, stored answers or logs', async () => {
    const rows = await world.database.db.tx('staff', async (trx) => [
      await trx('transitions').select('changed', 'why'),
      await trx('answered_commands').select('answer'),
      await trx('outbox').select('payload'),
    ]);
    expect(JSON.stringify(rows)).not.toContain('Jalan');
    expect(world.logLines.join('')).not.toContain('Jalan');
  });
});
