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
    expect(report.findings.map(({ what }) => what)).toEqual([expect.stringContaining('may not write orders')]);
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

  it('recognises plain permalinks', async () => {
    const bench = await open({ simulator: { dials: { plainPermalinks: true } } });
    const report = await bench.connector.testConnection();
    expect(report.findings[0]?.remedy).toContain('permalinks');
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
    expect(await reconcile({ deliveryUrl: 'http://127.0.0.1:9/other', secret: 'whsec-2' })).toEqual({
      created: 7,
      revived: 0,
      removed: 7,
    });
  });
});
