import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withShops } from '../../client/api/testing/shops.ts';
import { type ApiWorld, password, startApiWorld } from '../../client/api/testing/world.ts';
import { startShopifySimulator } from '../../connectors/shopify/simulator/index.ts';
import type { RunningSimulator } from '../../connectors/simulator-kit/index.ts';
import { startWooCommerceSimulator } from '../../connectors/woocommerce/simulator/index.ts';
import { keepScreenshots } from '../../scripts/find-chromium.ts';
import { launchChromium } from './browser.ts';
import { builtDashboard, chromiumPath } from './dashboard.ts';

/** Dashboard, API, connectors and shops as they are: somebody connects a shop by the shop's own page. */
describe.skipIf(chromiumPath === null)('connecting a shop in the browser', () => {
  const site: { url: string | null } = { url: null };
  const app = { clientId: 'app-of-the-browser', clientSecret: 'shpss_of_the_browser' };
  let world: ApiWorld;
  let woo: RunningSimulator;
  let shopify: RunningSimulator;
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    const webDir = await builtDashboard();
    folder = await mkdtemp(join(tmpdir(), 'tradelane-connect-'));
    world = await startApiWorld(inject('postgresSuperuserUrl'), (deps) =>
      withShops({ ...deps, config: { ...deps.config, api: { ...deps.config.api, webDir } } }, site),
    );
    const now = () => world.now;
    const key = { consumerKey: 'ck_unused_one', consumerSecret: 'cs_unused_one' };
    woo = await startWooCommerceSimulator({ ...key, now, siteName: 'Kauri Wool', dials: { insecureCallback: true } });
    shopify = await startShopifySimulator({ ...app, now, locations: ['Perth', 'Hobart'] });
    await world.app.listen({ host: '127.0.0.1', port: 0 });
    site.url = `http://127.0.0.1:${(world.app.server.address() as AddressInfo).port}`;
    browser = await launchChromium(chromiumPath ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
    await Promise.all([woo?.close(), shopify?.close()]);
    if (keepScreenshots()) console.log(`screenshots: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  });

  const shot = (page: Page, name: string) =>
    keepScreenshots() ? page.screenshot({ path: join(folder, `${name}.png`), fullPage: true }) : null;
  const fill = async (page: Page, system: string, code: string, url: string) => {
    await page.getByRole('button', { name: 'Connect a shop' }).click();
    await page.getByLabel('System').selectOption({ label: `${system} (store)` });
    await page.getByRole('textbox', { name: /^Name/ }).fill(`${system} of Acme`);
    await page.getByRole('textbox', { name: /^Code/ }).fill(code);
    await page.getByRole('combobox', { name: 'Brand', exact: true }).selectOption({ index: 0 });
    await page.getByLabel('Shop address').fill(url);
    // The shops of this test have no https, which is asked about.
    await page.getByRole('checkbox', { name: /^Yes, without https/ }).check();
  };

  it('leads from the dashboard to the shop’s page and back, and shows what a test found', async () => {
    const context = await browser.newContext({ baseURL: site.url ?? '', viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    await page.goto('/connections');
    await page.getByLabel('E-mail').fill(world.emailOf('admin'));
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();

    await fill(page, 'WooCommerce', 'browser-woo', woo.url);
    await shot(page, '1-woocommerce');
    await page.getByRole('button', { name: 'Go on to the shop' }).click();
    const opened = context.waitForEvent('page');
    await page.getByRole('link', { name: 'Open the shop' }).click();
    const shopPage = await opened;
    await shot(page, '2-waiting');
    await shopPage.getByRole('link', { name: 'Approve' }).click();
    await shopPage.getByRole('heading', { name: 'The shop is connected' }).waitFor();
    await shot(shopPage, '3-way-back');
    await page.getByText('The shop is connected.').waitFor();
    await shot(page, '4-connected');
    await page.getByRole('link', { name: 'See the connection' }).click();
    await page.getByRole('heading', { name: 'WooCommerce of Acme' }).waitFor();

    await page.goto('/connections');
    await fill(page, 'Shopify', 'browser-shopify', shopify.url);
    await page.getByRole('radio', { name: /^Client ID and secret/ }).check();
    await page.locator('input[name="credentials.clientId"]').fill(app.clientId);
    await page.locator('input[name="credentials.clientSecret"]').fill(app.clientSecret);
    await page.getByRole('button', { name: 'Only test' }).click();
    await page.getByText('The credentials work.').first().waitFor();
    await page.getByRole('combobox', { name: /^Location/ }).selectOption({ label: 'Hobart' });
    await shot(page, '5-choices');
    await page.getByRole('button', { name: 'Test and connect' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const rows = await world.database.db.tx('staff', (trx) =>
      trx('connections').where('code', 'like', 'browser-%').orderBy('code').select('code', 'state', 'settings'),
    );
    expect(rows).toEqual([
      {
        code: 'browser-shopify',
        state: 'CONNECTED',
        settings: expect.objectContaining({ locationId: expect.any(String) }),
      },
      { code: 'browser-woo', state: 'CONNECTED', settings: { url: woo.url } },
    ]);
    expect(complaints).toEqual([]);
  });
});
