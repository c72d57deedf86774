import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ApiWorld, startApiWorld } from '../../client/api/testing/world.ts';
import { launchChromium } from './browser.ts';
import { builtDashboard, chromiumPath, eventually } from './dashboard.ts';
import { bodyOf, sendFile } from './fake-api.ts';
import { bar, cell } from './tables-under-test.ts';

/** The built dashboard in front of the real API: every call is made as `ops`. */
async function serve(world: ApiWorld, folder: string): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const url = request.url ?? '/';
    if (!url.startsWith('/api/')) return sendFile(folder, new URL(url, 'http://here').pathname, response);
    const key = request.headers['idempotency-key'];
    const body = (await bodyOf(request)) ?? undefined;
    const answer = await world.as('ops', request.method ?? 'GET', url, body, {
      ...(typeof key === 'string' ? { 'idempotency-key': key } : {}),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe.skipIf(chromiumPath === null)('editable tables on the real API', () => {
  let world: ApiWorld;
  let browser: Browser;
  let served: { url: string; server: Server };
  const complaints: string[] = [];
  beforeAll(async () => {
    world = await startApiWorld(inject('postgresSuperuserUrl'));
    served = await serve(world, await builtDashboard());
    browser = await launchChromium(chromiumPath ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    served?.server.closeAllConnections();
    await world?.close();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = async (path: string): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1600, height: 800 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(`${served.url}${path}`);
    await cell(page, 0, 1).waitFor();
    return page;
  };
  const column = async (page: Page, title: string): Promise<number> => {
    const head = page.getByRole('columnheader', { name: title, exact: true });
    return Number(await head.getAttribute('aria-colindex')) - 1;
  };
  const product = () => world.own.product;
  const productNow = () => world.database.db.tx('staff', (trx) => trx('products').where({ id: product() }).first());

  it('edits a product, meets a conflict, keeps mine, and takes it back', async () => {
    const page = await open('/products/table?q=acme');
    await cell(page, 0, 1).click();
    await page.keyboard.type('Serum, mine\n');
    const weight = await column(page, 'Weight');
    await cell(page, 0, weight).click();
    await page.keyboard.type('155\n');
    const { version } = await productNow();
    const other = await world.as('approver', 'PATCH', `/api/products/${product()}`, {
      version,
      title: 'Serum, theirs',
    });
    expect(other.status).toBe(200);
    await page.keyboard.press('Control+s');
    const diff = page.getByRole('dialog', { name: 'What will change' });
    await diff.getByText('1 row can be saved.').waitFor();
    await diff.getByRole('button', { name: 'Decide the conflict' }).click();
    const dialog = page.getByRole('dialog', { name: 'A conflict' });
    expect(await dialog.locator('dd').allTextContents()).toEqual(['Serum of acme', 'Serum, mine', 'Serum, theirs']);
    expect(await dialog.locator('dt').last().textContent()).toContain('approver@example.com');
    await dialog.getByLabel('Keep mine').check();
    await dialog.getByRole('button', { name: 'Go on with 1 decided' }).click();
    await diff.getByRole('button', { name: 'Save 1 row' }).click();
    await bar(page, 'No unsaved changes');
    expect(await productNow()).toMatchObject({ title: 'Serum, mine', state: 'EDITED' });
    await cell(page, 0, 1).getByText('Serum, mine').waitFor();
    await page.getByRole('button', { name: 'Undo the save' }).click();
    await page
      .getByRole('dialog', { name: 'What taking it back changes' })
      .getByRole('button', { name: 'Take back 1 row' })
      .click();
    await eventually(async () => (await productNow()).title).toBe('Serum, theirs');
    await page.close();
  });

  it('approves what is selected, at the version that was seen', async () => {
    const page = await open('/products/table');
    await cell(page, 0, 0).click();
    await page.getByRole('button', { name: 'Approve 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve 1' }).click();
    const results = page.getByRole('dialog', { name: /of 1 approved/ });
    await results.waitFor();
    const { state } = await productNow();
    expect(await results.getByRole('listitem').textContent()).toContain(state === 'APPROVED' ? 'Approved' : 'Serum');
    await page.close();
  });

  it.each(['/listings/table', '/prices', '/stock', '/orders/table'])('reads %s', async (path) => {
    const page = await open(path);
    expect(await page.getByRole('grid').getByRole('row').count()).toBeGreaterThan(1);
    await page.close();
  });

  it('types a price by hand with its reason and end', async () => {
    const page = await open('/prices');
    const [price, until] = [await column(page, 'Price'), await column(page, 'Until')];
    await cell(page, 0, price).click();
    await page.keyboard.type('95000\n');
    await cell(page, 0, until).click();
    await page.keyboard.type('2026-12-31\n');
    await page.getByLabel('Reason for the changes').fill('Price match');
    await page.keyboard.press('Control+s');
    const diff = page.getByRole('dialog', { name: 'What will change' });
    await diff.getByRole('button', { name: 'Save 1 row' }).click();
    await bar(page, 'No unsaved changes');
    const proposal = await world.database.db.tx('staff', (trx) => trx('price_proposals').first());
    expect(proposal).toMatchObject({ state: 'PROPOSED', reason: 'Price match' });
    await page.close();
  });
});
