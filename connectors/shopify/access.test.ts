import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { app, type Bench, type BenchOptions, goodToken, startBench, tee } from './bench.fixture.ts';
import { authorizeUrl, checkCallback, exchangeCode } from './oauth.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench({ ...options, simulator: { products: [tee], ...options.simulator } });
  benches.push(bench);
  return bench;
}

const page = (bench: Bench) => bench.connector.readProducts({ cursor: null, changedSince: null });
const tokenCalls = (bench: Bench) => bench.calls('POST /admin/oauth/access_token');

describe('OAuth', () => {
  async function callback(bench: Bench, state: string): Promise<URLSearchParams> {
    const url = authorizeUrl({
      shopUrl: bench.simulatorUrl,
      clientId: app.clientId,
      redirectUri: 'https://tradelane.example/callback',
      state,
    });
    const answer = await fetch(url, { method: 'POST', redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? '').searchParams;
  }

  it('leads from the owner’s consent to tokens that end, which are renewed by themselves', async () => {
    const bench = await open();
    const query = await callback(bench, 'state-1');
    const now = new Date();
    const { code, shop } = checkCallback(query, { clientSecret: app.clientSecret, state: 'state-1', now });
    expect(shop).toBe('bench.myshopify.com');
    const exchange = { ...app, shopUrl: bench.simulatorUrl, code, expiring: true, now };
    const credentials = await exchangeCode(bench.http, exchange);
    await expect(exchangeCode(bench.http, exchange)).rejects.toMatchObject({ kind: 'Unauthorized' });
    bench.reconnect({}, credentials);
    expect((await page(bench)).items).toHaveLength(1);
    await bench.control('POST', '/revoke-tokens');
    expect((await page(bench)).items).toHaveLength(1);
    expect(bench.credentials.refreshToken).not.toBe(credentials.refreshToken);
  });

  it('refuses callbacks that were changed, are old, or belong to somebody else', async () => {
    const bench = await open();
    const query = await callback(bench, 'state-1');
    const expected = { clientSecret: app.clientSecret, state: 'state-1', now: new Date() };
    const changed = (name: string, value: string) => {
      const copy = new URLSearchParams(query);
      copy.set(name, value);
      return copy;
    };
    const signed = (values: Record<string, string>) => {
      const message = Object.entries(values)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted()
        .join('&');
      const hmac = createHmac('sha256', app.clientSecret).update(message).digest('hex');
      return new URLSearchParams({ ...values, hmac });
    };
    const timestamp = String(Math.floor(Date.now() / 1000));
    const evil = signed({ code: 'c', shop: 'bench.myshopify.com.evil.example', state: 'state-1', timestamp });
    const doubled = new URLSearchParams(query);
    doubled.append('state', 'state-1');
    const late = { ...expected, now: new Date(Date.now() + 120_000) };
    expect(() => checkCallback(changed('code', 'other'), expected)).toThrow(/signature/);
    expect(() => checkCallback(changed('hmac', 'zz'), expected)).toThrow(/signature/);
    expect(() => checkCallback(doubled, expected)).toThrow(/signature/);
    expect(() => checkCallback(query, { ...expected, state: 'state-2' })).toThrow(/state/);
    expect(() => checkCallback(query, { ...expected, state: '' })).toThrow(/state/);
    expect(() => checkCallback(evil, expected)).toThrow(/no shop/);
    expect(() => checkCallback(query, late)).toThrow(/too old/);
  });
});

describe('tokens', () => {
  it('of client credentials are asked for once by many calls, and early before they end', async () => {
    const bench = await open({ credentials: app });
    await Promise.all([page(bench), page(bench), page(bench)]);
    expect(tokenCalls(bench)).toBe(1);
    bench.reconnect();
    await page(bench);
    expect(tokenCalls(bench)).toBe(1);
    bench.now = new Date(Date.now() + 86_399_000 - 60_000);
    await page(bench);
    expect(tokenCalls(bench)).toBe(2);
  });

  it('are renewed once by two workers that see the same dead one', async () => {
    const bench = await open({ credentials: app });
    await page(bench);
    bench.reconnect();
    const first = bench.connector;
    bench.reconnect();
    const second = bench.connector;
    await bench.control('POST', '/revoke-tokens');
    const input = { cursor: null, changedSince: null };
    await Promise.all([first.readProducts(input), second.readProducts(input)]);
    expect(tokenCalls(bench)).toBe(2);
  });

  it('that are permanent and dead ask for a person, without a renewal', async () => {
    const bench = await open();
    await bench.control('POST', '/revoke-tokens');
    await expect(page(bench)).rejects.toMatchObject({ kind: 'Unauthorized', details: { status: 401 } });
    expect(tokenCalls(bench)).toBe(0);
    bench.reconnect({}, {});
    await expect(page(bench)).rejects.toMatchObject({ kind: 'Unauthorized', details: { code: 'no_token' } });
  });

  it('are not doubted for a page that somebody else put in front of Shopify', async () => {
    const bench = await open();
    await bench.control('POST', '/faults', { times: 1, fault: { kind: 'html', status: 403 } });
    await expect(page(bench)).rejects.toMatchObject({ kind: 'Unavailable' });
    const body = { errors: '[API] This action requires merchant approval.' };
    await bench.control('POST', '/faults', { times: 1, fault: { kind: 'status', status: 403, body } });
    await expect(page(bench)).rejects.toMatchObject({ kind: 'Unauthorized' });
  });

  it('stand in no log', async () => {
    const bench = await open({ credentials: app });
    await page(bench);
    expect(bench.log.join()).not.toMatch(/shpat_|bench-client-secret/);
  });
});

describe('connection test', () => {
  it('names missing scopes and several locations, with remedies', async () => {
    const scopes = ['read_products', 'write_orders', 'read_locations'];
    const bench = await open({ simulator: { scopes, locations: ['Melbourne', 'Perth'] } });
    const { ok, findings } = await bench.connector.testConnection();
    expect([
      ok,
      findings.map(({ severity, what }) => [severity, /scope (\w+)|active locations/.exec(what)?.[0]]),
    ]).toEqual([
      false,
      [
        ['warning', 'scope write_products'],
        ['error', 'scope write_inventory'],
        ['error', 'scope write_merchant_managed_fulfillment_orders'],
        ['warning', 'active locations'],
      ],
    ]);
    bench.reconnect({ locationId: 'gid://shopify/Location/9' });
    expect((await bench.connector.testConnection()).findings.at(-1)?.what).toContain('no active location');
  });
});

describe('cost points', () => {
  it('are taken from the budget in units, by what Shopify calculated', async () => {
    const bench = await open();
    await page(bench);
    const [first] = bench.taken;
    await page(bench);
    expect(first).toBe(5);
    expect(bench.taken.at(-1)).toBeLessThanOrEqual(10);
    expect(bench.log.some((line) => line.includes('"requestedPoints"'))).toBe(true);
  });

  it('that are not there are not asked for', async () => {
    const bench = await open({ simulator: { dials: { bucketPoints: 500, restoredPerSecond: 1 } } });
    await page(bench);
    await expect(page(bench)).rejects.toMatchObject({ kind: 'RateLimited', details: { code: 'points' } });
    expect(bench.calls('TradelaneProducts')).toBe(1);
  });

  it('that another worker used up end in a wait that fits', async () => {
    const bench = await open({ simulator: { dials: { bucketPoints: 500, restoredPerSecond: 10 } } });
    await page(bench);
    bench.reconnect({}, goodToken);
    const error = await page(bench).catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'RateLimited' });
    expect(bench.calls('TradelaneProducts')).toBe(2);
  });
});
