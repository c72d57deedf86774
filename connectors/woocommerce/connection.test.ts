import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, type BenchOptions, startBench } from './bench.fixture.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench(options);
  benches.push(bench);
  return bench;
}

describe('the connection test', () => {
  it('names the missing right', async () => {
    const readOnly = { consumerKey: 'ck_read_only', consumerSecret: 'cs_read_only', permissions: 'read' as const };
    const bench = await open({ simulator: { keys: [readOnly] } });
    bench.reconnect({}, readOnly);
    const report = await bench.connector.testConnection();
    expect(report.ok).toBe(false);
    expect(report.findings.map(({ what }) => what)).toEqual([expect.stringContaining('can read but not write')]);
  });

  it('knows a key that only reads, and a shop that counts nothing, in any language', async () => {
    const bench = await open();
    const off = { kind: 'status', status: 200, body: '{"id":"woocommerce_manage_stock","value":"no"}' };
    await bench.fault(off, { path: 'woocommerce_manage_stock$' });
    const report = await bench.connector.testConnection();
    expect(report.ok).toBe(true);
    expect(report.findings).toMatchObject([{ severity: 'warning', what: expect.stringContaining('counts no stock') }]);
    const code = 'woocommerce_rest_authentication_error';
    const body = JSON.stringify({ code, message: 'Der API-Schlüssel hat keine Schreibrechte.', data: { status: 401 } });
    await bench.fault({ kind: 'status', status: 401, body }, { path: '/products/batch$' });
    const refused = await bench.connector.testConnection();
    expect(refused.findings[0]?.what).toContain('can read but not write');
  });

  it('tells how to get through hosts that strip the Authorization header', async () => {
    const bench = await open({ https: true, simulator: { dials: { stripAuthorization: true } } });
    const report = await bench.connector.testConnection();
    expect(report.findings[0]?.remedy).toContain('query');
    bench.reconnect({ authentication: 'query' });
    expect(await bench.connector.testConnection()).toMatchObject({ ok: true });
    bench.reconnect({ authentication: 'oauth' });
    expect(await bench.connector.testConnection()).toMatchObject({ ok: true });
  });

  it('names a wrong key, a wrong spelling of the address, and https', async () => {
    const bench = await open({ simulator: { siteUrl: 'http://shop.example' } });
    const spelled = await bench.connector.testConnection();
    expect(spelled.ok).toBe(false);
    expect(spelled.findings[0]).toMatchObject({
      what: expect.stringContaining('signature'),
      remedy: expect.stringContaining('http://shop.example'),
    });
    const other = await open({ simulator: { siteUrl: 'https://shop.example' } });
    expect((await other.connector.testConnection()).findings.map(({ what }) => what).join()).toContain('plain http');
    const wrong = await open();
    wrong.reconnect({}, { consumerKey: 'ck_nobody', consumerSecret: 'cs_nobody' });
    expect((await wrong.connector.testConnection()).findings[0]?.what).toContain('Consumer key is invalid');
  });

  it('reads currency and units from the shop', async () => {
    const bench = await open({ simulator: { currency: 'IDR', weightUnit: 'g', dimensionUnit: 'mm' } });
    expect((await bench.connector.testConnection()).facts).toMatchObject({ currency: 'IDR', taxes: 'none' });
    const dimensions = { length: '120', width: '80', height: '5' };
    await bench.addProducts({ name: 'Mug', sku: 'MUG', regular_price: '150000', weight: '350', dimensions });
    const { items } = await bench.connector.readProducts({ cursor: null, changedSince: null });
    expect(items[0]?.variants[0]).toMatchObject({
      ...{ weightGrams: 350, lengthMm: 120, widthMm: 80, heightMm: 5 },
      price: { amountMinor: 150000, currency: 'IDR' },
    });
  });

  it('recognises plain permalinks, also of sites that show their home page at any address', async () => {
    const bench = await open({ simulator: { dials: { plainPermalinks: true } } });
    const remedy = async () => (await bench.connector.testConnection()).findings[0]?.remedy;
    expect(await remedy()).toContain('permalinks');
    await bench.fault({ kind: 'html', status: 200 }, { path: '^/wp-json' });
    expect(await remedy()).toContain('permalinks');
  });
});

describe('webhooks', () => {
  it('are made, kept, revived and removed until they are exactly ours', async () => {
    const bench = await open();
    const wanted = { deliveryUrl: 'http://127.0.0.1:9/hook', secret: 'whsec-1' };
    const reconcile = (more = {}) => bench.connector.reconcileWebhooks?.({ ...wanted, ...more });
    expect(await reconcile()).toEqual({ created: 7, revived: 0, removed: 0 });
    expect(await reconcile()).toEqual({ created: 0, revived: 0, removed: 0 });
    expect(await reconcile({ secret: 'whsec-2' })).toEqual({ created: 0, revived: 7, removed: 0 });
    await bench.control('POST', '/webhooks/disable', {});
    expect(await reconcile({ secret: 'whsec-2' })).toEqual({ created: 0, revived: 7, removed: 0 });
    const { webhooks } = await bench.control<{ webhooks: { status: string; failureCount: number }[] }>('GET', '/state');
    expect(webhooks.map(({ status, failureCount }) => [status, failureCount])).toEqual(Array(7).fill(['active', 0]));
    expect(await reconcile({ deliveryUrl: 'http://127.0.0.1:9/other', secret: 'whsec-2' })).toEqual({
      created: 7,
      revived: 0,
      removed: 7,
    });
  });
});
