import type { Static } from '@sinclair/typebox';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startMagentoSimulator } from '../../connectors/magento/simulator/index.ts';
import { createConnectorOpener } from '../../connectors/open.ts';
import { startShopifySimulator } from '../../connectors/shopify/simulator/index.ts';
import type { RunningSimulator } from '../../connectors/simulator-kit/index.ts';
import { startWooCommerceSimulator } from '../../connectors/woocommerce/simulator/index.ts';
import type { Report } from './schemas/connections.ts';
import { withShops } from './testing/shops.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

type ShownReport = Static<typeof Report>;

const readKey = { consumerKey: 'ck_reads_only', consumerSecret: 'cs_reads_only', permissions: 'read' as const };
const wooKey = { consumerKey: 'ck_may_all', consumerSecret: 'cs_may_all' };
const integration = (name: string) => ({
  consumerKey: `${name}-consumer-key`,
  consumerSecret: `${name}-consumer-secret`,
  accessToken: `${name}-access-token`,
  accessTokenSecret: `${name}-access-token-secret`,
});
const admin = { username: 'admin', password: 'a-password-1' };
const app = { clientId: 'app-of-rights', clientSecret: 'shpss_of_rights' };

let world: ApiWorld;
const shops: RunningSimulator[] = [];
const url = { woo: '', magento: '', shopify: '', small: '' };

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'), (deps) => withShops(deps, { url: null }));
  const now = () => world.now;
  const woo = await startWooCommerceSimulator({ ...wooKey, keys: [readKey], now });
  const lacking = { ...integration('whole'), lacks: ['Magento_Sales::create'] };
  const magento = await startMagentoSimulator({ ...admin, integration: lacking, now });
  const shopify = await startShopifySimulator({
    ...app,
    accessToken: 'shpat_old_one',
    locations: ['Perth', 'Hobart'],
    now,
  });
  const small = await startShopifySimulator({ ...app, scopes: ['read_products', 'read_locations'], now });
  shops.push(woo, magento, shopify, small);
  Object.assign(url, { woo: woo.url, magento: magento.url, shopify: shopify.url, small: small.url });
});
afterAll(async () => {
  await world.close();
  await Promise.all(shops.map((shop) => shop.close()));
});

async function attempt(connector: string, settings: object, credentials: object): Promise<ShownReport> {
  const body = { connector, settings, credentials };
  const answer = await world.as('admin', 'POST', '/api/connections/test', body);
  expect(answer.status).toBe(200);
  return answer.body as unknown as ShownReport;
}
const errorsOf = ({ findings }: ShownReport) =>
  findings.filter(({ severity }) => severity === 'error').map(({ what, remedy }) => `${what} → ${remedy}`);

describe('a key that may do too little', () => {
  it('of WooCommerce that only reads is told so, with what to click', async () => {
    const { permissions: _, ...key } = readKey;
    const report = await attempt('woocommerce', { url: url.woo }, key);
    expect(report.ok).toBe(false);
    expect(errorsOf(report)).toEqual([expect.stringMatching(/can read but not write.*→.*Read\/Write/)]);
  });

  it('of Magento without a right of sales is told its name', async () => {
    const report = await attempt('magento', { url: url.magento }, integration('whole'));
    expect(report.ok).toBe(false);
    expect(errorsOf(report).join('\n')).toMatch(/create orders.*Magento_Sales::create|Magento_Sales::create/);
  });

  it('of Shopify without scopes is told each one', async () => {
    const report = await attempt('shopify', { url: url.small }, app);
    expect(report.ok).toBe(false);
    const errors = errorsOf(report).join('\n');
    for (const scope of ['write_inventory', 'write_orders'])
      expect(errors).toMatch(new RegExp(`${scope}.*→ Add ${scope}`));
  });
});

describe('ways of access that suffice', () => {
  it.each([
    ['WooCommerce, signed over http', 'woocommerce', () => ({ url: url.woo }), wooKey],
    ['Magento, administrator', 'magento', () => ({ url: url.magento, authentication: 'admin' }), admin],
    ['Shopify, client credentials', 'shopify', () => ({ url: url.shopify }), app],
    ['Shopify, an old token', 'shopify', () => ({ url: url.shopify }), { accessToken: 'shpat_old_one' }],
  ] as const)('%s', async (_what, connector, settings, credentials) => {
    const report = await attempt(connector, settings(), credentials);
    expect([errorsOf(report), report.ok]).toEqual([[], true]);
  });

  it('Magento, bearer alone', async () => {
    const { accessToken } = integration('whole');
    const report = await attempt('magento', { url: url.magento, authentication: 'bearer' }, { accessToken });
    // Let in as the integration: what it lacks is still missing.
    expect(errorsOf(report).join('\n')).toContain('Magento_Sales::create');
    const wrong = await attempt(
      'magento',
      { url: url.magento, authentication: 'bearer' },
      { accessToken: 'wrong-token' },
    );
    expect(wrong.ok).toBe(false);
  });

  it('offer what there is to choose from', async () => {
    const { choices = [] } = await attempt('shopify', { url: url.shopify }, app);
    const locations = choices.find(({ setting }) => setting === 'locationId')?.options ?? [];
    expect(locations.map(({ label }) => label)).toEqual(['Perth', 'Hobart']);
    expect(locations[0]?.value).toMatch(/^gid:\/\/shopify\/Location\/\d+$/);
    const views = await attempt('magento', { url: url.magento, authentication: 'admin' }, admin);
    expect(views.choices?.map(({ setting }) => setting).sort()).toEqual(['sourceCode', 'storeView', 'websiteCode']);
    const classes = await attempt('woocommerce', { url: url.woo }, wooKey);
    expect(classes.choices?.map(({ setting }) => setting)).toEqual(['orderTaxClass']);
  });
});

describe('a token that ends', () => {
  it('is renewed once by two processes that see it dead at the same moment', async () => {
    const body = {
      code: 'two-workers',
      name: 'Two workers',
      connector: 'shopify',
      brandId: world.own.id,
      settings: { url: url.shopify },
      credentials: app,
    };
    const { status, body: made } = await world.as('admin', 'POST', '/api/connections', body);
    expect(status).toBe(201);
    const shop = shops[2];
    const asked = () =>
      shop?.log.lines.filter((line) => line.kind === 'call' && line.path === '/admin/oauth/access_token').length ?? 0;
    await fetch(`${url.shopify}/__control/revoke-tokens`, { method: 'POST' });
    const before = asked();
    const { db, sealer, clock, log } = world.deps;
    const openers = [1, 2].map(() => createConnectorOpener({ db, sealer, clock, log, allowPrivateTargets: true }));
    const read = openers.map(async (opener) => {
      const { connector } = await opener.store(made.id);
      return connector.readProducts({ cursor: null, changedSince: null });
    });
    expect((await Promise.all(read)).map(({ items }) => items)).toEqual([[], []]);
    await Promise.all(openers.map((opener) => opener.close()));
    expect(asked() - before).toBe(1);
  });
});
