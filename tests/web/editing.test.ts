import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, type Dashboard, eventually, startDashboard } from './dashboard.ts';
import { idOf } from './fake/ids.ts';
import { jdId } from './fake/refs.ts';
import type { Asked } from './fake/routes.ts';

describe.skipIf(chromiumPath === null)('what is shown and edited', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => {
    await dashboard.closePages();
    dashboard.api.asked.length = 0;
    dashboard.api.broken.status = null;
  });

  const asked = async (count: number): Promise<Asked[]> => {
    await eventually(() => dashboard.api.asked.length).toBe(count);
    return dashboard.api.asked;
  };

  it('shows a rejection at its field, and saves the changed field only', async () => {
    const listing = dashboard.api.world.listings.find(({ state }) => state === 'REJECTED');
    const { page } = await dashboard.open(`/listings?open=${listing?.id}`);
    const panel = page.getByRole('dialog', { name: 'Listing' });
    const title = panel.getByLabel('Title');
    await title.waitFor();
    const notes = await title.evaluate(
      (element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent,
    );
    expect(notes).toContain('Rejected: Product name contains forbidden word "original"');
    await title.fill('Sarong of Solo');
    await panel.getByRole('button', { name: 'Save' }).click();
    const [call] = await asked(1);
    expect(call).toMatchObject({ method: 'PATCH', path: `/api/listings/${listing?.id}` });
    expect(call?.body).toEqual({ version: 2, title: 'Sarong of Solo' });
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await eventually(() => new URL(page.url()).search).toBe('');
  });

  it('draws the path that an order took', async () => {
    const order = dashboard.api.world.orders.find(({ state }) => state === 'SUCCESSFULLY_PROCESSED');
    const { page } = await dashboard.open(`/orders/${order?.id}`);
    await page.locator('.chart-arrow').first().waitFor({ state: 'attached' });
    expect(await page.locator('.chart-arrow[data-kind="taken"]').count()).toBe((order?.path.length ?? 0) - 1);
    expect(await page.locator('.chart-state[data-present]').textContent()).toContain('Successfully processed');
    expect(await page.getByRole('link', { name: 'Its process in Temporal' }).getAttribute('href')).toContain(
      '/workflows/',
    );
  });

  it('shows the label and the mail in frames, under the policies of the API', async () => {
    const order = dashboard.api.world.orders.find(({ state }) => state === 'SUCCESSFULLY_PROCESSED');
    const { page, complaints } = await dashboard.open(`/orders/${order?.id}`);
    const answered = page.waitForResponse((response) => response.url().includes('/api/documents/'));
    await page.getByRole('button', { name: 'Show the label' }).click();
    expect((await answered).status()).toBe(200);
    await page.goto(`/mails/${dashboard.api.world.mails[0]?.id}`);
    const body = page.frameLocator('iframe.mail-frame');
    await body.getByRole('heading', { name: 'Labels for 12 parcels' }).waitFor();
    expect(await page.locator('iframe.mail-frame').getAttribute('sandbox')).toBe('');
    expect(complaints).toEqual([]);
  });

  it('runs nothing that a description brings along, and fetches nothing for it', async () => {
    const product = dashboard.api.world.products[0];
    const { page, complaints } = await dashboard.open(`/products/${product?.id}`);
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    const text = page.frameLocator('iframe.html-frame').locator('p');
    await text.waitFor();
    await eventually(() => text.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(68, 68, 68)');
    expect(
      await page
        .frameLocator('iframe.html-frame')
        .locator('script, img')
        .evaluateAll((all) => all.map((one) => one.outerHTML)),
    ).toEqual(['<img>']);
    expect(fetched.filter((url) => url.includes('tracker'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('snoozes a problem until a time', async () => {
    const { page } = await dashboard.open('/problems');
    const title = 'JD.id does not answer as it should';
    await page.getByRole('button', { name: /^Snooze.*JD\.id/ }).click();
    await page
      .getByRole('dialog', { name: 'Snooze' })
      .getByRole('button', { name: /^A day/ })
      .click();
    const [call] = await asked(1);
    expect(call?.body).toMatchObject({ type: 'SNOOZE', until: expect.stringMatching(/^\d{4}-.*Z$/) });
    await page.getByText(title, { exact: true }).waitFor({ state: 'detached' });
    await page.getByLabel('State').selectOption('');
    await page.getByText(title, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText(title, { exact: true }).waitFor({ state: 'detached' });
  });

  it('synchronises a connection and fetches one order', async () => {
    const { page } = await dashboard.open(`/connections/${jdId.id}`);
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('JD.id: synchronisation begun.').waitFor();
    await page.getByLabel('Order number on the marketplace').fill('8100234500');
    await page.getByRole('button', { name: 'Fetch order' }).click();
    const calls = await asked(2);
    expect(calls.map(({ path, body }) => [path, body])).toEqual([
      [`/api/connections/${jdId.id}/sync`, {}],
      [`/api/connections/${jdId.id}/fetch`, { externalId: '8100234500' }],
    ]);
  });

  it('adds a connection in the form of its connector', async () => {
    const { page } = await dashboard.open('/connections');
    await page.getByRole('button', { name: 'Connect a shop' }).click();
    const sheet = page.getByRole('dialog', { name: 'Connect a shop' });
    await sheet.getByRole('radio', { name: /^Enter a REST key Always/ }).check();
    await sheet.getByText('Add key').waitFor();
    await sheet.getByLabel('Name').fill('Second shop');
    await sheet.getByLabel('Code').fill('second-shop');
    await sheet.getByLabel('Consumer key').fill('ck_1');
    await sheet.getByLabel('Consumer secret').fill('cs_1');
    await sheet.getByLabel('Shop address').fill('https://shop.example');
    await sheet.getByText('3 more settings').click();
    await sheet.getByLabel('Rows per page').fill('25');
    await sheet.getByLabel('Order statuses of plugins').fill('sent = shipped\nlost = failed');
    await sheet.getByRole('button', { name: 'Test and connect' }).click();
    const [call] = await asked(1);
    expect(call?.body).toEqual({
      code: 'second-shop',
      name: 'Second shop',
      connector: 'woocommerce',
      brandId: idOf('brand/kirana'),
      credentials: { consumerKey: 'ck_1', consumerSecret: 'cs_1' },
      settings: { url: 'https://shop.example', pageSize: 25, statuses: { sent: 'shipped', lost: 'failed' } },
    });
  });

  it('says what it cannot read, keeps the last answer, and recovers', async () => {
    const { page } = await dashboard.open('/orders');
    await page.getByText('50 of 72 orders').waitFor();
    dashboard.api.broken.status = 503;
    await page.getByText('This is the last answer; refreshing fails').waitFor();
    await page.getByText('50 of 72 orders').waitFor();
    dashboard.api.broken.status = null;
    await page.getByText('This is the last answer; refreshing fails').waitFor({ state: 'detached' });
    dashboard.api.broken.status = 404;
    await page.goto('/consignments');
    await page.getByText('The database cannot be reached right now.').first().waitFor();
    // An open page asks again by itself, a hidden one does not: here the button does it.
    await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { value: 'hidden' }));
    dashboard.api.broken.status = null;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('TC-00002').waitFor();
  });

  it('finds nothing calmly', async () => {
    const { page } = await dashboard.open('/orders?q=nothing-is-called-so');
    await page.getByText('No orders here').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('50 of 72 orders').waitFor();
  });
});
