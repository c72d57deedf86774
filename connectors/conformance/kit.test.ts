import { afterAll, describe, expect, it } from 'vitest';
import { demoOptions as jdIdDemo, startJdIdSimulator } from '../jd-id/simulator/index.ts';
import { demoOptions as ninjaVanDemo, startNinjaVanSimulator } from '../ninja-van/simulator/index.ts';
import { startWooCommerceSimulator } from '../woocommerce/simulator/index.ts';
import { type ConformanceCase, NotProvoked, Skipped } from './case.ts';
import { renderSupportMatrix } from './matrix.ts';
import { countOutcomes, runCase } from './run.ts';
import { subjects } from './subjects.ts';
import { suiteOf } from './suite.ts';

const key = { consumerKey: 'ck_kit_test_key', consumerSecret: 'cs_kit_test_secret' };

describe('a server that the kit did not start', () => {
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closing) await close();
  });

  it('keeps its own goods, loses the test’s, and provokes no fault', async () => {
    const others = Array.from({ length: 30 }, (_, index) => ({ name: `Other ${index}`, sku: `OTHER-${index}` }));
    const simulator = await startWooCommerceSimulator({ ...key, products: others });
    closing.push(() => simulator.close());
    const server = { url: simulator.url, credentials: key, settings: {}, readOnly: null };
    const suite = suiteOf((await loaded('woocommerce')).subject, { server });
    const families = ['credentials', 'repeated write', 'lost answer'];
    await suite.open();
    const results = [];
    for (const one of suite.cases.filter(({ family }) => families.includes(family))) {
      results.push(await runCase(one, undefined));
    }
    expect(await suite.close()).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(countOutcomes(results)).toMatchObject({ failed: 0, skipped: 0, notProvoked: 2 + 1 + 7 });
    const state = await (await fetch(`${simulator.url}/__control/state`)).json();
    expect(state.products.map(({ sku }: { sku: string }) => sku)).toEqual(others.map(({ sku }) => sku));
    expect(state.orders).toEqual([]);
    const posts = simulator.log.lines.filter((line) => line.kind === 'call' && line.method === 'POST');
    expect(posts.length).toBeGreaterThan(10);
  });

  it('is cleaned up as far as it goes when a removal fails', async () => {
    const simulator = await startWooCommerceSimulator(key);
    closing.push(() => simulator.close());
    const server = { url: simulator.url, credentials: key, settings: {}, readOnly: null };
    const suite = suiteOf((await loaded('woocommerce')).subject, { server });
    await suite.open();
    for (const one of suite.cases.filter(({ id }) => id === 'repeated write/cancel')) await runCase(one, undefined);
    const fault = { match: { method: 'DELETE', path: '/orders/' }, fault: { kind: 'status', status: 500, body: 'no' } };
    await fetch(`${simulator.url}/__control/faults`, { method: 'POST', body: JSON.stringify(fault) });
    const left = await suite.close();
    expect(left.map(({ what }) => what)).toEqual([expect.stringMatching(/^order \d+$/)]);
    const state = await (await fetch(`${simulator.url}/__control/state`)).json();
    expect([state.products.length, state.orders.length]).toEqual([0, 1]);
  });
});

describe('a marketplace or carrier that the kit did not start', () => {
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closing) await close();
  });

  async function outcomesOn(name: string, server: { url: string; credentials: unknown }, families: readonly string[]) {
    const suite = suiteOf((await loaded(name)).subject, { server: { ...server, settings: {}, readOnly: null } });
    await suite.open();
    const results = [];
    for (const one of suite.cases.filter(({ family }) => families.includes(family))) {
      results.push(await runCase(one, undefined));
    }
    const left = await suite.close();
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    return { left, counts: countOutcomes(results) };
  }

  it('keeps the listings of others, and loses the test’s', async () => {
    const simulator = await startJdIdSimulator(jdIdDemo);
    closing.push(() => simulator.close());
    const bulk = { prefix: 'OTHER', products: 3, skusEach: 1, price: 120_000, stock: 9 };
    await fetch(`${simulator.url}/__control/bulk-products`, { method: 'POST', body: JSON.stringify(bulk) });
    const before = (await (await fetch(`${simulator.url}/__control/state`)).json()).products;
    const { appKey, appSecret, accessToken, refreshToken } = jdIdDemo;
    const accessTokenExpiresAt = '2999-01-01T00:00:00.000Z';
    const credentials = { appKey, appSecret, accessToken, refreshToken, accessTokenExpiresAt };
    const families = ['credentials', 'throttling', 'text', 'full read'];
    const { left, counts } = await outcomesOn('jd-id', { url: simulator.url, credentials }, families);
    expect(left).toEqual([]);
    expect(counts).toMatchObject({ passed: 2 + 3, notProvoked: 5 + 1 });
    expect((await (await fetch(`${simulator.url}/__control/state`)).json()).products).toEqual(before);
  });

  it('is booked and taken back, under numbers whose prefix the first booking shows', async () => {
    const simulator = await startNinjaVanSimulator(ninjaVanDemo);
    closing.push(() => simulator.close());
    const [account] = ninjaVanDemo.accounts;
    const credentials = { clientId: account?.clientId, clientSecret: account?.clientSecret };
    const families = ['credentials', 'repeated write', 'text'];
    const { left, counts } = await outcomesOn('ninja-van', { url: simulator.url, credentials }, families);
    expect(left).toEqual([]);
    expect(counts).toMatchObject({ passed: 2 + 2 + 3 });
    const { shipments } = await (await fetch(`${simulator.url}/__control/state`)).json();
    expect(shipments.length).toBeGreaterThan(4);
    expect(shipments.filter(({ cancelledAt }: { cancelledAt: unknown }) => cancelledAt === null)).toEqual([]);
  });
});

describe('outcomes', () => {
  const made = (run: () => Promise<void>, skip?: string): ConformanceCase<undefined> => {
    const head = { family: 'f', capability: 'c', id: 'f/1', name: 'a law' };
    return { ...head, run, ...(skip === undefined ? {} : { skip }) };
  };
  const outcomeOf = async (one: ConformanceCase<undefined>) => {
    const { outcome, reason } = await runCase(one, undefined);
    return [outcome, reason];
  };

  it('are told apart, with their reasons', async () => {
    const never = () => Promise.reject(new Error('was run'));
    expect(await outcomeOf(made(async () => undefined))).toEqual(['passed', undefined]);
    expect(await outcomeOf(made(never, 'no such thing'))).toEqual(['skipped', 'no such thing']);
    expect(await outcomeOf(made(() => Promise.reject(new Skipped('not here'))))).toEqual(['skipped', 'not here']);
    expect(await outcomeOf(made(() => Promise.reject(new NotProvoked('real'))))).toEqual(['notProvoked', 'real']);
    expect(await outcomeOf(made(never))).toEqual(['failed', 'was run']);
  });
});

describe('the support matrix', () => {
  it('has a written reason for everything that a connector lacks', async () => {
    const matrix = await renderSupportMatrix();
    expect(matrix).toContain('| `writeStock` |');
    expect(matrix).not.toContain('the connector has no');
    expect(Object.keys(subjects).length).toBeGreaterThan(0);
  });
});

async function loaded(name: string) {
  const load = subjects[name];
  if (load === undefined) throw new Error(`no subject ${name}`);
  return load();
}
