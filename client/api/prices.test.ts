import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { repriceNext } from '../../db/prices-due.ts';
import { defaultRule } from '../../pricing/types.ts';
import { type ApiWorld, type Person, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
let rowId: string;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  const row = await staff((trx) => trx('listing_skus').where({ listing_id: world.own.listing }).first('id'));
  rowId = row.id;
});
afterAll(() => world.close());

const staff = <Result>(work: Parameters<typeof world.database.db.tx<Result>>[1]) => world.database.db.tx('staff', work);
const get = (url: string, person: Person = 'ops') => world.as(person, 'GET', url);
const post = (url: string, body: unknown, person: Person = 'ops', key?: string) =>
  world.as(person, 'POST', url, body, key ? { 'idempotency-key': key } : {});
const rate = (more: Record<string, unknown> = {}) => ({
  from: 'AUD',
  to: 'IDR',
  rate: '10000',
  date: '2026-07-01',
  source: 'our bank',
  reason: 'agreed with the bank',
  ...more,
});
/** Does what the worker would do. */
const work = async (repricing: unknown) => {
  while (!(await staff((trx) => repriceNext(trx, String(repricing), world.now))).done);
};
const ecbDay = (date: string, idr: string) =>
  `<gesmes:Envelope xmlns:gesmes="x" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube><Cube time="${date}">
<Cube currency="AUD" rate="1.8"/>\n<Cube currency="IDR" rate="${idr}"/></Cube></Cube></gesmes:Envelope>`;
const rateCount = async () => Number((await staff((trx) => trx('exchange_rates').count({ n: '*' }).first()))?.n);
const why = async (person: Person = 'ops') =>
  (await get('/api/why/price?sku=acme-SERUM-30&connection=market', person)).body;

describe('exchange rates', () => {
  it.each([
    [{ rate: '0' }, 'rate'],
    [{ rate: '-3' }, 'rate'],
    [{ rate: '10.000,5' }, 'rate'],
    [{ date: '2026-02-30' }, 'date'],
    [{ date: '2026-07-02' }, 'date'],
    [{ to: 'AUD' }, 'to'],
  ])('typed in wrong are refused with place and remedy: %j', async (more, place) => {
    const { status, body } = await post('/api/exchange-rates', rate(more));
    expect([status, body.error.details.place]).toEqual([400, place]);
    expect(body.error.remedy).toBeTruthy();
    expect(await rateCount()).toBe(0);
  });

  it('typed in reprice what depends on them; a slip of the point asks back; once per key', async () => {
    const saved = await post('/api/exchange-rates', rate(), 'ops', 'rate-1');
    expect(saved.status).toBe(201);
    expect((await post('/api/exchange-rates', rate(), 'ops', 'rate-1')).body).toEqual(saved.body);
    expect(await rateCount()).toBe(1);
    await work(saved.body.repricing);
    expect((await why()).desired).toMatchObject({ amountMinor: 250_000 });
    const slip = await post('/api/exchange-rates', rate({ rate: '1000' }));
    expect(slip.body.error.message).toContain('On 2026-07-01 it was 10000');
    expect((await post('/api/exchange-rates', rate({ rate: '1000', sure: true }))).status).toBe(201);
    await work((await post('/api/exchange-rates', rate({ rate: '10100', sure: true }))).body.repricing);
    const { rows } = (await get('/api/exchange-rates?from=AUD&to=IDR')).body;
    expect(rows.map(({ rate: value, ageDays }) => [value, ageDays])).toEqual([
      ['10100', 0],
      ['1000', 0],
      ['10000', 0],
    ]);
    expect((await get('/api/exchange-rates')).body.rows).toHaveLength(1);
  });

  it('of the bank come as a file: taken over once, refused whole', async () => {
    const before = await rateCount();
    for (const [text, place] of [
      [ecbDay('2026-07-01', '17.893,4'), 'line 3'],
      [ecbDay('2026-06-20', '17893.4'), 'the day 2026-06-20'],
      ['<html>moved</html>', 'line 1'],
    ]) {
      const { status, body } = await post('/api/exchange-rates/import', { text });
      expect([status, body.error.details.place]).toEqual([400, place]);
    }
    expect(await rateCount()).toBe(before);
    const first = await post('/api/exchange-rates/import', { text: ecbDay('2026-07-01', '18000') });
    expect(first.body).toMatchObject({ newestDay: '2026-07-01', read: 2, new: 2, unchanged: 0 });
    const again = await post('/api/exchange-rates/import', { text: ecbDay('2026-07-01', '18000') });
    expect(again.body).toMatchObject({ new: 0, unchanged: 2, repricing: null });
    for (const text of [ecbDay('2026-06-30', '18000'), ecbDay('2026-07-01', '18001'), ecbDay('2026-07-01', '180')]) {
      expect((await post('/api/exchange-rates/import', { text })).status).toBe(400);
    }
    expect(await rateCount()).toBe(before + 2);
    expect((await post('/api/exchange-rates/import', {})).body.error.code).toBe('NotConfigured');
  });
});

describe('price rules', () => {
  const url = () => `/api/price-rules/${world.accounts.marketplace}`;
  const rule = { ...defaultRule, rounding: { multipleMinor: 1000, endingMinor: 900, direction: 'up' } };
  const body = (more: Record<string, unknown> = {}) => ({
    brand: null,
    rule,
    seenVersion: 0,
    reason: 'opening',
    ...more,
  });

  it('are versions of an admin; a fault is named with its place', async () => {
    const none = { ...rule, fees: [{ code: 'commission', kind: 'percentOfPrice', percent: '100' }] };
    expect((await post(url(), body({ rule: none }), 'admin')).body.error.details.place).toBe('fees');
    const saved = await post(url(), body(), 'admin');
    expect(saved.body).toMatchObject({ ok: true, version: 1 });
    expect((await post(url(), body(), 'admin')).body.error.code).toBe('VersionConflict');
    await work(saved.body.repricing);
    expect(await why()).toMatchObject({ desired: { amountMinor: 252_900 } });
    const { rules, standard } = (await get(url())).body;
    expect(rules).toMatchObject([{ version: 1, createdBy: 'admin@example.com', reason: 'opening' }]);
    expect(standard).toMatchObject({ maxRateAgeDays: 7 });
  });

  it('can be tried on one SKU without writing', async () => {
    const tried = {
      connection: world.accounts.marketplace,
      sku: 'acme-SERUM-30',
      rule: { ...rule, fees: [{ code: 'freight', kind: 'fixed', amount: '20000' }] },
    };
    const { body: preview } = await post('/api/price-preview', tried);
    expect(preview).toMatchObject({ priceMinor: 272_900, currency: 'IDR', blocked: null });
    expect(await why()).toMatchObject({ desired: { amountMinor: 252_900 } });
  });
});

describe('why a price', () => {
  it('is told in sentences with sources, to staff and to the brand itself', async () => {
    const told = await why('brand');
    expect(told).toMatchObject({ sellerSku: 'acme-SERUM-30', currency: 'IDR', rulePriceMinor: 252_900 });
    const text = (told.sentences as string[]).join('\n');
    expect(text).toContain('× 10100 IDR per AUD, the rate of 2026-07-01');
    expect(text).toContain('typed in by ops@example.com: agreed with the bank');
    expect(text).toContain('price rule of the account, version 1 by admin@example.com');
    expect(text).toContain('Desired 252,900 IDR');
    expect(told.history).toMatchObject([
      { cause: 'rule', actor: 'admin@example.com' },
      { cause: 'exchange-rate' },
      { cause: 'exchange-rate' },
    ]);
  });

  it('asks back where two brands use one SKU', async () => {
    const { status, body } = await get('/api/why/price?sku=SERUM-30&connection=market');
    expect([status, body.error.remedy]).toEqual([
      400,
      'Name it as the marketplace does: acme-SERUM-30, umbra-SERUM-30.',
    ]);
    expect((await get('/api/why/price?sku=SERUM-30&connection=market', 'brand')).status).toBe(200);
  });

  it('is nobody else’s to ask', async () => {
    expect((await get('/api/why/price?sku=acme-SERUM-30&connection=market', 'foreign')).status).toBe(404);
    expect((await get('/api/why/price?sku=NOTHING&connection=market')).status).toBe(404);
    expect((await get('/api/why/price?sku=SERUM-30&connection=nowhere')).status).toBe(404);
  });
});

describe('a price by hand', () => {
  const propose = async (more: Record<string, unknown> = {}, person: Person = 'ops') => {
    const { version } = await why();
    return post(
      '/api/price-proposals',
      { listingSku: rowId, version, amountMinor: 249_000, reason: 'campaign', expiresAt: null, ...more },
      person,
    );
  };

  it('is proposed at the version that was seen, and approved or rejected', async () => {
    expect((await propose({ version: 1 })).body.error.code).toBe('VersionConflict');
    expect((await propose({ expiresAt: '2026-07-01T00:00:00Z' })).status).toBe(400);
    const proposed = await propose({ expiresAt: '2026-08-01T00:00:00Z' });
    expect(proposed.status).toBe(201);
    const open = (await get('/api/price-proposals?state=PROPOSED')).body;
    expect(open).toMatchObject({
      total: 1,
      rows: [{ amountMinor: 249_000, seenMinor: 252_900, proposedBy: 'ops@example.com' }],
    });
    expect(open.rows[0]?.allowed.map(({ type }) => type)).toEqual(['APPROVE', 'REJECT', 'WITHDRAW']);
    const events = `/api/price-proposals/${proposed.body.id}/events`;
    expect((await post(events, { type: 'APPROVE' }, 'brand')).body.error.code).toBe('NotYourEvent');
    expect((await post(events, { type: 'APPROVE' }, 'foreign')).status).toBe(404);
    expect((await post(events, { type: 'APPROVE' }, 'approver')).body).toMatchObject({ ok: true, state: 'APPROVED' });
    expect(await why()).toMatchObject({
      desired: { amountMinor: 249_000 },
      rulePriceMinor: 252_900,
      // The exchange rate is too old before the price by hand ends.
      changesAt: '2026-07-09T00:00:00.000Z',
    });
  });

  it('is decided in bulk by the rows of the table, each once', async () => {
    await propose({ amountMinor: 248_000 });
    const { version } = await why();
    const bulk = (items: unknown[], type = 'APPROVE', key = 'bulk-1') =>
      post('/api/prices/bulk', { type, items }, 'ops', key);
    const stale = await bulk([{ id: rowId, version: 1 }], 'APPROVE', 'bulk-0');
    expect(stale.body.results).toMatchObject([{ ok: false, code: 'VersionConflict' }]);
    expect((await bulk([{ id: rowId, version }])).body.results).toMatchObject([{ ok: true }]);
    expect((await bulk([{ id: rowId, version }])).body.results).toMatchObject([{ ok: true }]);
    expect((await bulk([{ id: rowId }], 'APPROVE', 'bulk-2')).body.results).toMatchObject([
      { ok: false, code: 'NotAllowedInState' },
    ]);
    expect((await bulk([{ id: rowId }], 'WITHDRAW', 'bulk-3')).body.results).toMatchObject([{ ok: true }]);
    expect(await why()).toMatchObject({ desired: { amountMinor: 252_900 } });
  });

  it('below the floor passes only with an approver’s reason', async () => {
    const rule = { ...defaultRule, floorPercent: '5', costPercent: '95' };
    const saved = await post(
      `/api/price-rules/${world.accounts.marketplace}`,
      { brand: null, rule, seenVersion: 1, reason: 'floor' },
      'admin',
    );
    await work(saved.body.repricing);
    const refused = await propose({ amountMinor: 240_000 });
    expect(refused.body.error).toMatchObject({ code: 'GuardRefused' });
    expect(refused.body.error.message).toContain('240,000 IDR − 239,875 IDR cost = 125 IDR');
    expect((await propose({ amountMinor: 240_000, passFloor: 'launch' })).body.error.code).toBe('GuardRefused');
    expect((await propose({ amountMinor: 240_000, passFloor: 'launch' }, 'approver')).status).toBe(201);
  });
});
