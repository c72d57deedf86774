import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { create, mustStep } from '../../db/steps.ts';
import { type ApiWorld, password, startApiWorld } from '../api/testing/world.ts';
import { renderCliDocs } from './docs.ts';
import type { Io } from './io.ts';
import { runCli } from './run.ts';
import { typeCommand } from './typed.fixture.ts';

const seenAt = new Date('2026-07-01T04:00:00Z');

/** The command line against a real API over a real socket, found by `run.json` as in a local world. */
let world: ApiWorld;
let url: string;
let folder: string;

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  url = await world.app.listen({ host: '127.0.0.1', port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'tradelane-cli-'));
  const logIns = [
    { role: 'ops', email: world.emailOf('ops'), password },
    { role: 'admin', email: world.emailOf('admin'), password },
  ];
  const environment = {
    DATABASE_URL: world.database.ownerUrl,
    DATABASE_APP_URL: world.database.appUrl,
    TEMPORAL_ADDRESS: '127.0.0.1:9',
  };
  const pids = { api: process.pid, worker: 999_999_999 };
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ dataDir: folder, pids, apiUrl: url, logIns, environment }));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const cli = (args: readonly string[], given: Partial<Io> = {}) => typeCommand(folder, args, given);

async function json(args: readonly string[], more: Partial<Io> = {}) {
  const { code, out, err } = await cli(['--json', ...args], more);
  expect(err).toBe('');
  return { code, document: JSON.parse(out) };
}

describe('orders', () => {
  it('are listed for people and for programs', async () => {
    const { code, out } = await cli(['orders', 'list', '--brand', 'acme']);
    expect(code).toBe(0);
    expect(out).toMatch(/^NUMBER +STATE/);
    expect(out).toMatch(/TL-000001 +NEW +acme +market +MP-acme-1 +IDR 540000 +1/);
    expect(out).not.toContain('TL-000002');
    const { document } = await json(['orders', 'list', '--limit', '1']);
    expect(document).toMatchObject({ total: 2, rows: [{ state: 'NEW' }] });
  });

  it('are shown with path, timeline and why not', async () => {
    for (const name of ['TL-000001', 'tl-000001', 'MP-acme-1', world.own.order]) {
      const { code, out } = await cli(['orders', 'show', name]);
      expect(code).toBe(0);
      expect(out).toContain('TL-000001  NEW  version 1');
      expect(out).toContain('Path         NEW');
      expect(out).toContain('Marketplace shows 6');
      expect(out).toMatch(/APPROVE +Approve: It may be shipped/);
    }
    expect(await cli(['orders', 'show', 'TL-999999'])).toMatchObject({ code: 4, err: 'There is no order TL-999999.' });
  });

  it('are approved and cancelled, and a refusal says why', async () => {
    expect(await json(['orders', 'approve', 'TL-000001', '--why', 'paid'])).toMatchObject({
      code: 0,
      document: { results: [{ number: 'TL-000001', ok: true, state: 'APPROVED' }] },
    });
    const again = await json(['orders', 'approve', 'TL-000001']);
    expect(again).toMatchObject({ code: 1, document: { error: { code: 'NotAllowedInState' } } });
    const both = await json(['orders', 'approve', 'TL-000001', 'TL-000002']);
    expect(both.code).toBe(1);
    expect(both.document.results.map(({ ok }: { ok: boolean }) => ok)).toEqual([false, true]);
    const cancelled = await cli(['orders', 'cancel', 'TL-000002', '--why', 'no stock']);
    expect(cancelled.out).toContain('CANCEL_REQUESTED');
  });
});

describe('accounts', () => {
  const base = ['connect', 'test-shop', 'new-shop', '--brand', 'acme', '--url', 'https://shop.example.com'];
  const key = { readAll: async () => '{"apiKey":"canary-cli-1"}' };

  it('are connected with credentials that come from standard input, a file or a prompt', async () => {
    const { code, out } = await cli([...base, '--credentials', '-'], key);
    expect(code).toBe(0);
    expect(out).toContain('new-shop is stored and CONNECTED.');
    expect(out).not.toContain('canary-cli-1');
    const asked: string[] = [];
    const prompt: Partial<Io> = {
      isInteractive: true,
      ask: async (question, options) => {
        asked.push(`${question} ${options?.hidden === true ? 'hidden' : 'shown'}`);
        return 'canary-cli-2';
      },
    };
    const second = await cli(base.with(2, 'prompted-shop'), prompt);
    expect(second.code).toBe(0);
    expect(asked).toEqual(['API key hidden']);
    const file = join(folder, 'key.json');
    writeFileSync(file, '{"apiKey":"canary-cli-3"}');
    expect((await cli([...base.with(2, 'file-shop'), '--credentials', file])).code).toBe(0);
  });

  it('say what is missing or wrong before anything is asked', async () => {
    expect(await cli(base.with(2, 'x-shop'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('apiKey (API key)'),
    });
    const noUrl = await cli(['connect', 'test-shop', 'x-shop', '--credentials', '-'], key);
    expect(noUrl).toMatchObject({ code: 2, err: expect.stringContaining('baseUrl (Address)') });
    expect((await cli(['connect', 'nobody', 'x-shop'])).code).toBe(4);
    expect((await cli([...base, '--credentials', '/no/such/file'])).code).toBe(2);
    const taken = await json([...base, '--credentials', '-'], key);
    expect(taken).toMatchObject({ code: 1, document: { error: { code: 'AlreadyThere' } } });
  });

  it('whose test fails are not stored, and the process says so', async () => {
    const good = world.report;
    world.report = {
      ok: false,
      account: '',
      facts: {},
      findings: [{ severity: 'error', what: 'no', remedy: 'Do it.' }],
    };
    const { code, out } = await cli([...base.with(2, 'bad-shop'), '--credentials', '-'], key);
    world.report = good;
    expect(code).toBe(1);
    expect(out).toContain('Remedy: Do it.');
    expect(out).toContain('Nothing was stored');
  });

  it('are listed and read', async () => {
    expect((await cli(['connections', 'list', '--kind', 'store'])).out).toMatch(
      /acme-shop +store +test-shop +CONNECTED/,
    );
    expect((await cli(['sync', 'market', '--now', '--stream', 'orders'])).code).toBe(0);
    expect(world.asked).toEqual([`sync ${world.accounts.marketplace} orders`]);
    expect((await cli(['sync', 'market'])).out).toContain('Add --now to read it now.');
    expect((await cli(['sync', 'nowhere', '--now'])).code).toBe(4);
    expect((await cli(['sync', 'market', '--now', '--stream', 'tracking'])).code).toBe(2);
    world.temporalUp = false;
    const away = await cli(['sync', 'market', '--now']);
    world.temporalUp = true;
    expect(away).toMatchObject({ code: 3, err: expect.stringContaining('Temporal') });
  });
});

describe('permitted calls', () => {
  const why = ['--why', 'new contract'];

  it('are changed by group, and everything else stays', async () => {
    const set = ['--set', 'account=600/minute,burst=20', '--set', 'stock=20/minute,burst=4,for=stock.*+prices.write'];
    const first = await json(['connections', 'budget', 'market', ...set, ...why]);
    expect(first).toMatchObject({
      code: 0,
      document: {
        budget: {
          account: { calls: 10, per: 'second', burst: 20 },
          groups: { stock: { operations: ['stock.*', 'prices.write'], calls: 20, per: 'minute', burst: 4 } },
        },
        changes: [{ by: world.emailOf('admin'), why: 'new contract' }],
      },
    });
    const { out } = await cli(['connections', 'budget', 'market', '--set', 'stock=5000/day', ...why]);
    expect(out).toMatch(/^stock +5000 a day +1 +no limit +- +stock\.\*, prices\.write$/m);
    expect((await cli(['connections', 'budget', 'market', '--remove', 'stock', ...why])).out).not.toContain('stock');
  });

  it.each([
    [['--set', 'stock=5/second,for=stock.*'], 2, 'Say with --why'],
    [['--set', 'stock=5/second', ...why], 2, 'needs for='],
    [['--set', 'stock=5/hour,for=x', ...why], 2, 'per second, minute or day'],
    [['--set', 'stock=5/second,bursts=2,for=x', ...why], 2, 'there is no bursts'],
    [['--set', 'stock=11/second,for=x', ...why], 2, 'the whole account only 10 a second'],
    [['--remove', 'nothing', ...why], 4, 'There is no group nothing.'],
  ])('refuse %j', async (args, code, words) => {
    const refused = await cli(['connections', 'budget', 'market', ...args]);
    expect(refused.code).toBe(code);
    expect(refused.err).toContain(words);
  });
});

describe('rules of marketplaces', () => {
  const connector = (name: string) =>
    world.database.db.tx('staff', (trx) => trx('connections').where({ code: 'market' }).update({ connector: name }));
  beforeAll(() => connector('jd-id'));
  afterAll(() => connector('test-market'));
  const why = ['--why', 'their support'];

  it('are listed with source and day, and shown one by one', async () => {
    const { code, out } = await cli(['listing-rules', 'list']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^market +jd-id\.title-length +title +at most 100 characters +error +- +no source.*UNCONFIRMED/m,
    );
    expect(out).toMatch(/^market +id\.minimum-value +price +a minimum value +- +2023-09-26 +Permendag/m);
    expect((await cli(['listing-rules', 'show', 'market', 'jd-id.brand'])).out).toContain('jd-id.brand  error');
    expect((await cli(['listing-rules', 'show', 'market', 'jd-id.nothing'])).code).toBe(4);
  });

  it('are softened with a reason, and taken back', async () => {
    const set = ['listing-rules', 'set', 'market', 'jd-id.brand'];
    const body = {
      connectionId: world.accounts.marketplace,
      severities: { 'jd-id.lengthMm': 'error' },
      why: 'x',
      dryRun: true,
    };
    const dry = await world.as('admin', 'POST', '/api/listing-rules/settings', body);
    expect(dry.body).toMatchObject({ waiting: 0, preview: { looked: 2, of: 2, blockedNow: 0, blockedThen: 2 } });
    expect((await cli(['listing-rules', 'show', 'market', 'jd-id.lengthMm'])).out).toContain('jd-id.lengthMm  warning');
    expect((await cli([...set, 'off'])).code).toBe(2);
    expect((await cli([...set, 'off', ...why])).out).toMatch(/^jd-id\.brand is off for market\. \d+ listings/);
    const softened = await cli(['listing-rules', 'list', 'market']);
    expect(softened.out).toMatch(/jd-id\.brand .* off \(not error\)/);
    expect(softened.out).toContain(`by ${world.emailOf('admin')}: their support`);
    expect((await cli([...set, 'usual', ...why])).code).toBe(0);
    expect((await cli(['listing-rules', 'show', 'market', 'jd-id.brand'])).out).toContain('jd-id.brand  error');
    expect((await cli(['listing-rules', 'abroad', 'market', 'no', ...why])).out).toContain('from abroad: no.');
    expect((await cli(['listing-rules', 'set', 'market', 'jd-id.nothing', 'off', ...why])).code).toBe(2);
  });

  it('are taught by rejections whose reasons people map', async () => {
    const raw = 'Watermark is missing on the main picture';
    const reasons = JSON.stringify([{ field: null, raw, by: null }]);
    await world.database.db.tx('staff', (trx) =>
      trx('listings').where({ id: world.own.listing }).update({ rejection_reasons: reasons }),
    );
    expect((await cli(['listing-rules', 'reasons'])).out).toMatch(/^market +1 +Watermark is missing/m);
    expect((await cli(['listing-rules', 'map', 'market', 'nothing', 'watermark'])).code).toBe(2);
    expect((await cli(['listing-rules', 'map', 'market', 'images', 'watermark'])).out).toContain('1 listings have it');
    const { document } = await json(['listing-rules', 'learned', 'market']);
    const [{ learned }] = document.accounts;
    expect(learned).toMatchObject([{ field: 'images', reason: raw }]);
    expect((await cli(['listing-rules', 'show', 'market', learned[0].id])).out).toContain(raw);
    expect((await cli(['listing-rules', 'forget', learned[0].id, ...why])).code).toBe(0);
    const known = await json(['listing-rules', 'reasons', 'market']);
    expect(known.document).toMatchObject({ waiting: [], remembered: [{ pattern: 'watermark', field: 'images' }] });
    expect((await cli(['listing-rules', 'unmap', known.document.remembered[0].id, ...why])).code).toBe(0);
    expect((await json(['listing-rules', 'reasons', 'market'])).document.remembered).toEqual([]);
  });
});

describe('an upload whose answer was lost', () => {
  it('goes on under the number that a person found', async () => {
    const why = ['--why', 'in the portal'];
    const settle = ['listings', 'settle', world.own.listing];
    expect(await cli([...settle, ...why])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing is unknown'),
    });
    const call = { machine: 'effect', id: randomUUID() } as const;
    const other = { connection_id: world.accounts.marketplace, external_id: 'PCL-other' };
    await world.database.db.tx('staff', async (trx) => {
      const by = (event: string) => ({
        commandId: `${call.id}/${event}`,
        actor: 'a-test',
        role: 'system' as const,
        at: seenAt,
      });
      const what = { kind: 'create-listing', entity_kind: 'listing', entity_id: world.own.listing };
      const row = {
        id: call.id,
        key: call.id,
        ...what,
        connection_id: world.accounts.marketplace,
        brand_id: world.own.id,
      };
      await create(trx, 'effect', { ...row, request: {}, created_at: seenAt, updated_at: seenAt }, by('intend'));
      for (const event of ['ATTEMPT', 'LOSE_ANSWER'] as const) await mustStep(trx, { ...call, event }, by(event));
      await trx('listings').where({ id: world.other.listing }).update(other);
    });
    const taken = await cli([...settle, '--found', 'PCL-other', ...why]);
    expect(taken).toMatchObject({ code: 2, err: expect.stringContaining('the number of another listing') });
    const nameless = { type: 'FOUND', why: 'in the portal' };
    expect((await world.as('ops', 'POST', `/api/effects/${call.id}/events`, nameless)).status).toBe(400);
    expect((await cli([...settle, '--found', 'PCL-1', ...why])).out).toBe('It goes on as PCL-1.');
    const [found, woken] = await world.database.db.tx('staff', async (trx) => [
      await trx('effects').where({ id: call.id }).first('state', 'found_as', 'reason'),
      await trx('outbox').where({ topic: 'listings', business_key: `listings/${world.accounts.marketplace}` }),
    ]);
    expect(found).toEqual({ state: 'DONE', found_as: 'PCL-1', reason: 'in the portal' });
    expect(woken.length).toBeGreaterThan(0);
  });
});

describe('the rest', () => {
  it('lists problems with their remedies', async () => {
    const { out } = await cli(['problems', 'list', '--severity', 'error']);
    expect(out).toContain('TL-000001: refused');
    expect(out).toContain('Remedy: Correct it.');
  });

  it('draws machines without anything that runs', async () => {
    expect((await cli(['chart', 'order', '--mermaid'])).out).toMatch(/^stateDiagram-v2/);
    expect((await json(['chart', 'order'])).document.states).toContainEqual(expect.objectContaining({ name: 'NEW' }));
    expect((await cli(['chart', 'constructor'])).code).toBe(4);
  });

  it('examines everything, and says what to do about what is not well', async () => {
    const { code, document } = await json(['doctor']);
    expect(code).toBe(1);
    const status = Object.fromEntries(
      document.checks.map((check: { name: string; status: string }) => [check.name, check.status]),
    );
    expect(status).toMatchObject({
      node: 'ok',
      configuration: 'ok',
      'process api': 'ok',
      'process worker': 'failed',
      api: 'ok',
    });
  });

  it('examines database and Temporal by itself, whatever the API says', async () => {
    const { document } = await json(['doctor']);
    const checks = new Map(document.checks.map((check: { name: string }) => [check.name, check]));
    expect(checks.get('database')).toMatchObject({ status: 'ok' });
    expect(checks.get('migrations')).toMatchObject({ status: 'ok' });
    expect(checks.get('connection market')).toMatchObject({ status: 'ok' });
    expect(checks.get('temporal')).toMatchObject({ status: 'failed', remedy: expect.any(String) });
    expect(checks.get('outbox')).toMatchObject({ status: 'failed', remedy: expect.stringContaining('worker') });
  });

  it('says that Temporal is away before it resumes anything', async () => {
    expect(await cli(['resume'])).toMatchObject({ code: 3, err: expect.stringContaining('Temporal does not answer') });
  });

  it('keeps a session readable by its owner only, and ends it on both sides', async () => {
    const given = { readAll: async () => `${password}\n` };
    const login = await cli(['login', '--email', world.emailOf('ops'), '--password-stdin'], given);
    expect(login).toMatchObject({ code: 0, out: expect.stringContaining('(ops)') });
    const path = join(folder, 'cli-session.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { token } = JSON.parse(readFileSync(path, 'utf8'));
    expect((await cli(['logout'])).code).toBe(0);
    const after = await world.as(null, 'GET', '/api/session', undefined, { authorization: `Bearer ${token}` });
    expect(after.status).toBe(401);
    const wrong = await cli(['login', '--email', 'ops@example.com', '--password-stdin'], { readAll: async () => 'no' });
    expect(wrong.code).toBe(5);
  });
});

describe('when something is not there', () => {
  it('says who does not answer, and where', async () => {
    const { code, err } = await cli(['--api-url', 'http://127.0.0.1:9', 'orders', 'list']);
    expect(code).toBe(5);
    expect(err).toContain('Nobody is logged in');
    const away = await json(['--api-url', 'http://127.0.0.1:9', '--token', 'x', 'orders', 'list']);
    expect(away).toMatchObject({ code: 3, document: { error: { code: 'Unreachable', remedy: expect.any(String) } } });
    expect(away.document.error.message).toContain('http://127.0.0.1:9');
    const wrong = await cli(['--token', 'x'.repeat(43), 'orders', 'list']);
    expect(wrong.code).toBe(5);
  });

  it('says that no local world runs', async () => {
    const io: Io = {
      out: () => undefined,
      err: () => undefined,
      isInteractive: false,
      ask: async () => '',
      readAll: async () => '',
    };
    expect(await runCli(['--data-dir', join(folder, 'empty'), 'orders', 'list'], io)).toBe(3);
    expect(await runCli(['--data-dir', join(folder, 'empty'), 'audit'], io)).toBe(3);
  });

  it.each([
    [['orders']],
    [['orders', 'show']],
    [['orders', 'list', '--limit', '0']],
    [['nonsense']],
    [['orders', 'list', '--nonsense']],
    [['connect', 'test-shop', 'x', '--setting', 'novalue', '--credentials', '-']],
  ])('refuses %j as wrong usage', async (args) => {
    expect((await cli(args)).code).toBe(2);
  });

  it('tells wrong usage as one document, too', async () => {
    const { code, document } = await json(['orders', 'show']);
    expect([code, document.error.code]).toEqual([2, 'Usage']);
  });

  it('ends well when it is only asked for help', async () => {
    for (const args of [['--help'], ['orders', '--help'], ['connect', '--help']]) {
      const { code, out } = await cli(args);
      expect(code).toBe(0);
      expect(out).toContain('Usage: tradelane');
    }
  });
});

describe('texts of others', () => {
  it('cannot drive the terminal', async () => {
    await world.database.db.tx('staff', (trx) =>
      trx('problems').where({ id: world.own.problem }).update({ title: 'red \u001b[31m \u202eevil\nnew line' }),
    );
    const { out } = await cli(['problems', 'list']);
    expect(out).toContain('red ·[31m ·evil new line');
  });
});

describe('docs/cli.md', () => {
  it('is committed as it is made', () => {
    expect(readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')).toBe(renderCliDocs());
  });
});
