import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { accountBudget } from '../../budget/limits.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import { credentialsOf } from './connect.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const good = { ok: true, account: 'Test shop', facts: {}, findings: [] };
const bad = {
  ok: false,
  account: '',
  facts: {},
  findings: [{ severity: 'error' as const, what: 'no permission to read orders', remedy: 'Grant read_orders.' }],
};
const canary = 'canary-secret-7f3a';
const body = (code: string, more: object = {}) => ({
  code,
  name: 'A shop',
  connector: 'test-shop',
  brandId: world.own.id,
  settings: { baseUrl: 'https://shop.example.com' },
  credentials: { apiKey: canary },
  ...more,
});
const countOf = async (code: string) =>
  (await world.database.db.tx('staff', (trx) => trx('connections').where({ code }))).length;

beforeEach(() => {
  world.report = good;
});

describe('connecting an account', () => {
  it('tests, seals the credentials to the row and connects', async () => {
    const { status, body: answer } = await world.as('admin', 'POST', '/api/connections', body('good-shop'));
    expect(status).toBe(201);
    expect(answer).toMatchObject({ saved: true, state: 'CONNECTED', version: 2, report: { ok: true } });
    const row = await world.database.db.tx('staff', (trx) => trx('connections').where({ code: 'good-shop' }).first());
    expect(world.sealer.openJson(row.credentials_sealed, credentialsOf(row.id))).toEqual({ apiKey: canary });
    expect(() => world.sealer.openJson(row.credentials_sealed, credentialsOf(world.own.store))).toThrow();
    const detail = await world.as('admin', 'GET', `/api/connections/${row.id}`);
    expect(detail.body).toMatchObject({ credentialsProved: true, lastTest: { report: { ok: true } } });
    expect(detail.text).not.toContain(canary);
  });

  it('stores nothing when the test fails, unless it is told to', async () => {
    world.report = bad;
    const refused = await world.as('admin', 'POST', '/api/connections', body('bad-shop'));
    expect(refused.status).toBe(200);
    expect(refused.body).toMatchObject({ id: null, saved: false, report: bad });
    expect(await countOf('bad-shop')).toBe(0);
    const anyway = await world.as('admin', 'POST', '/api/connections', body('bad-shop', { saveAnyway: true }));
    expect(anyway.body).toMatchObject({ saved: true, state: 'NEW' });
    const id = String(anyway.body.id);
    world.report = good;
    const again = await world.as('admin', 'POST', `/api/connections/${id}/test`, {});
    expect(again.body).toMatchObject({ saved: false, state: 'CONNECTED', report: { ok: true } });
  });

  it('keeps the old credentials when new ones do not work', async () => {
    world.report = bad;
    const url = `/api/connections/${world.own.store}/test`;
    await world.as('admin', 'POST', url, { credentials: { apiKey: 'new-key-1' } });
    const stored = async () => {
      const row = await world.database.db.tx('staff', (trx) =>
        trx('connections').where({ id: world.own.store }).first('credentials_sealed'),
      );
      return world.sealer.openJson(row.credentials_sealed, credentialsOf(world.own.store));
    };
    expect(await stored()).toEqual({ apiKey: 'canary-key-acme-shop' });
    world.report = good;
    const { body: answer } = await world.as('admin', 'POST', url, { credentials: { apiKey: 'new-key-1' } });
    expect(answer).toMatchObject({ saved: true, state: 'CONNECTED' });
    expect(await stored()).toEqual({ apiKey: 'new-key-1' });
  });

  it('turns a connector’s error into a finding with a remedy', async () => {
    const failing = Object.defineProperty({ ...world.deps }, 'testConnection', {
      value: () => Promise.reject(new ConnectorError('Unauthorized', 'The key is refused.')),
    });
    const { tested } = await import('./connect.ts');
    const report = await tested(failing, () =>
      failing.testConnection({ connector: 'test-shop', settings: {}, credentials: {} }),
    );
    expect(report).toMatchObject({ ok: false, findings: [{ what: 'Unauthorized: The key is refused.' }] });
  });

  it.each([
    ['an unknown connector', { connector: 'nobody' }, 'InvalidInput'],
    ['a shop without a brand', { brandId: undefined }, 'InvalidInput'],
    ['settings that do not fit', { settings: { baseUrl: 7 } }, 'InvalidInput'],
    ['credentials that do not fit', { credentials: {} }, 'InvalidInput'],
    ['a code that is taken', { code: 'market' }, 'AlreadyThere'],
    ['a brand that is not there', { brandId: '00000000-0000-4000-8000-000000000000' }, 'InUse'],
  ])('refuses %s', async (_what, wrong, code) => {
    const {
      status,
      body: answer,
      text,
    } = await world.as('admin', 'POST', '/api/connections', body('wrong-shop', wrong));
    expect(status).toBeLessThan(500);
    expect(answer.error.code).toBe(code);
    expect(text).not.toContain(canary);
    expect(await countOf('wrong-shop')).toBe(0);
  });

  it('leaves no secret in logs, history or stored answers', async () => {
    const rows = await world.database.db.tx('staff', async (trx) => [
      await trx('transitions').select('*'),
      await trx('answered_commands').select('*'),
      await trx('sync_runs').select('*'),
      await trx('connections').select('settings', 'last_failure'),
    ]);
    expect(JSON.stringify(rows)).not.toContain(canary);
    expect(world.logLines.join('')).not.toContain(canary);
    expect(world.logLines.length).toBeGreaterThan(0);
  });
});

describe('commands to accounts', () => {
  it('pauses and resumes', async () => {
    const url = `/api/connections/${world.accounts.carrier}/events`;
    expect((await world.as('ops', 'POST', url, { type: 'PAUSE', version: 2 })).body.state).toBe('PAUSED');
    const sync = await world.as('ops', 'POST', `/api/connections/${world.accounts.carrier}/sync`, {});
    expect([sync.status, sync.body.error.code]).toEqual([409, 'NotAllowedInState']);
    expect((await world.as('ops', 'POST', url, { type: 'RESUME' })).body.state).toBe('CONNECTED');
  });

  it('reads a stream now, or one order', async () => {
    const { marketplace } = world.accounts;
    const sync = await world.as('ops', 'POST', `/api/connections/${marketplace}/sync`, { stream: 'orders' });
    expect(sync.status).toBe(202);
    const fetched = await world.as('ops', 'POST', `/api/connections/${marketplace}/fetch`, { externalId: 'MP/1' });
    expect(fetched.status).toBe(202);
    expect(world.asked).toEqual([`sync ${marketplace} orders`, `fetch ${marketplace} MP/1`]);
    const none = await world.as('ops', 'POST', `/api/connections/${marketplace}/sync`, { stream: 'tracking' });
    expect(none.status).toBe(400);
    const shop = await world.as('ops', 'POST', `/api/connections/${world.own.store}/fetch`, { externalId: '1' });
    expect(shop.status).toBe(400);
  });

  it('says so when Temporal is away', async () => {
    world.temporalUp = false;
    const {
      status,
      body: answer,
      headers,
    } = await world.as('ops', 'POST', `/api/connections/${world.own.store}/sync`, {});
    world.temporalUp = true;
    expect([status, answer.error.code, headers['retry-after']]).toEqual([503, 'TemporalAway', '10']);
  });
});

describe('the budget of an account', () => {
  const urlOf = (id: string) => `/api/connections/${id}/budget`;
  const whole = { calls: 5, per: 'second', burst: 10 };

  it('is replaced with who and why, and read by the workers’ own rules', async () => {
    const { marketplace } = world.accounts;
    const groups = { stock: { operations: ['stock.*'], calls: 30, per: 'minute', burst: 2, concurrent: 1 } };
    const set = await world.as('admin', 'PUT', urlOf(marketplace), { account: whole, groups, why: 'their support' });
    expect(set.status).toBe(200);
    const read = await world.as('ops', 'GET', urlOf(marketplace));
    expect(read.body).toEqual(set.body);
    expect(read.body).toEqual({
      budget: { account: whole, groups },
      changes: [expect.objectContaining({ by: world.emailOf('admin'), why: 'their support' })],
    });
    const again = await world.as('admin', 'PUT', urlOf(marketplace), { account: whole, groups, why: 'once more' });
    expect(again.body.changes).toHaveLength(1);
    const { limits } = await databaseLimits(marketplace);
    expect(limits.groups.stock).toEqual({ callsPerSecond: 0.5, burst: 2, concurrent: 1, points: null });
  });

  it('is refused with the place that is wrong', async () => {
    const put = (body: object) => world.as('admin', 'PUT', urlOf(world.own.store), { why: 'x', ...body });
    const group = { operations: ['stock.*'], calls: 6, per: 'second', burst: 2 };
    const tooMuch = await put({ account: whole, groups: { stock: group } });
    expect([tooMuch.status, tooMuch.body.error.details.field]).toEqual([400, 'groups.stock']);
    for (const body of [
      { account: { ...whole, calls: 0 }, groups: {} },
      { account: { ...whole, per: 'hour' }, groups: {} },
      { account: whole, groups: { Stock: { ...group, calls: 1 } } },
      { account: whole, groups: { stock: { ...group, calls: 1, operations: [] } } },
      { account: whole },
    ])
      expect((await put(body)).status).toBe(400);
  });

  it('that cannot be read is shown as such, and mended by a new one', async () => {
    const id = world.accounts.carrier;
    await world.database.db.tx('staff', (trx) =>
      trx('connections')
        .where({ id })
        .update({ budget: JSON.stringify({ groups: 7 }) }),
    );
    expect((await world.as('ops', 'GET', urlOf(id))).body).toEqual({ budget: null, changes: [] });
    expect((await world.as('ops', 'GET', `/api/connections/${id}`)).body.budget).toMatchObject({ limits: null });
    const mended = await world.as('admin', 'PUT', urlOf(id), { account: whole, groups: {}, why: 'mended' });
    expect(mended.body).toMatchObject({ budget: { account: whole, groups: {} } });
  });
});

const databaseLimits = (id: string) =>
  world.database.db.tx('staff', async (trx) => {
    const row = await trx('connections').where({ id }).first('calls_per_second', 'call_burst', 'budget');
    return accountBudget(Number(row.calls_per_second), row.call_burst, row.budget);
  });
