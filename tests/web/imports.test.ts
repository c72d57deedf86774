import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { importActivities } from '../../activities/imports.ts';
import { type ApiWorld, password, startApiWorld } from '../../client/api/testing/world.ts';
import { keepScreenshots } from '../../scripts/find-chromium.ts';
import { launchChromium } from './browser.ts';
import { builtDashboard, chromiumPath, noBrowser } from './dashboard.ts';
import { sendFile } from './fake-api.ts';

if (chromiumPath === null) console.warn(`the imports page is not tested: ${noBrowser}`);

describe.skipIf(chromiumPath === null)('the imports page', () => {
  let world: ApiWorld;
  let folder: string;
  let built: string;
  let server: Server;
  let browser: Browser;
  let working: Promise<void>;
  let isStopped = false;

  beforeAll(async () => {
    if (chromiumPath === null) return;
    world = await startApiWorld(inject('postgresSuperuserUrl'));
    folder = await mkdtemp(join(tmpdir(), 'tradelane-imports-'));
    built = await builtDashboard();
    server = createServer((request, response) => void serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launchChromium(chromiumPath);
    working = workOnAll();
  });
  afterAll(async () => {
    if (chromiumPath === null) return;
    isStopped = true;
    await working;
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
    await world.close();
    if (keepScreenshots()) console.log(`screenshots: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  });

  /** The dashboard's files and the real API under one address. */
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    if (!url.startsWith('/api/')) return sendFile(built, new URL(url, 'http://x').pathname, response);
    const payload = await buffer(request);
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const answer = await world.app.inject({
      method: request.method as 'GET',
      url,
      headers,
      ...(payload.length > 0 ? { payload } : {}),
    });
    const { connection: _own, 'transfer-encoding': _encoding, ...answered } = answer.headers;
    response.writeHead(answer.statusCode, answered as Record<string, string>).end(answer.rawPayload);
  }

  /** Does what the worker does. */
  async function workOnAll(): Promise<void> {
    const { db, clock } = world.deps;
    const activities = importActivities({ db, clock });
    while (!isStopped) {
      const due: string[] = await db.tx('staff', (trx) =>
        trx('imports').whereIn('phase', ['reading', 'applying', 'listing']).pluck('id'),
      );
      for (const id of due) await activities.workOnImport(id);
      await sleep(30);
    }
  }

  async function logIn(width: number): Promise<{ page: Page; complaints: string[] }> {
    const { port } = server.address() as AddressInfo;
    const context = await browser.newContext({ viewport: { width, height: 900 }, baseURL: `http://127.0.0.1:${port}` });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto('/imports');
    await page.getByLabel('E-mail').fill(world.emailOf('brand'));
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Imports' }).waitFor();
    return { page, complaints };
  }

  const picture = (page: Page, name: string) => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });

  const file = [
    'sku,title,price,stock,colour name',
    'WEB-1,Tee,10.00,5,Navy',
    'WEB-2,Cap,1.299.000,1,Red',
    'WEB-3,"=HYPERLINK(""http://evil.example"")",3.00,2,Blue',
    'WEB-4,Sock,0,2,Blue',
    'WEB-1,Tee again,10.00,5,Navy',
  ].join('\n');

  it('takes a file, shows what it changes, asks, applies and plans the undo', async () => {
    const path = join(folder, 'spring.csv');
    await writeFile(path, file);
    const { page, complaints } = await logIn(1280);
    await page.getByLabel('The file').setInputFiles(path);
    await page.getByRole('heading', { name: 'spring.csv' }).waitFor();
    await page.getByText('5 read').waitFor();
    const sum = await page.locator('.import-counts p').textContent();
    expect(sum).toBe('5 read = 2 new + 0 changed + 0 unchanged + 1 duplicate + 1 held + 1 refused');
    await page.getByText('The price is 0.').waitFor();
    await page.getByText('It begins like a formula', { exact: false }).waitFor();
    await picture(page, 'preview');
    // With the keyboard alone.
    await page.getByRole('radio', { name: 'the dots group thousands', exact: false }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.getByText('3 new').waitFor();
    await page.getByRole('button', { name: 'Confirm …' }).click();
    await picture(page, 'confirm');
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByText(': done').waitFor();
    await page.getByRole('button', { name: 'Plan its undo' }).click();
    await page.getByRole('heading', { name: 'Undo of spring.csv' }).waitFor();
    await page.getByText('3 changed').waitFor();
    await picture(page, 'undo');
    expect(complaints).toEqual([]);
  });

  it('fits a telephone', async () => {
    const { page, complaints } = await logIn(390);
    await page.getByRole('link', { name: 'spring.csv', exact: true }).first().waitFor();
    await picture(page, 'list-390');
    await page.getByRole('link', { name: 'spring.csv', exact: true }).first().click();
    await page.getByRole('heading', { name: 'First effects' }).waitFor();
    await page.getByText('5 read').waitFor();
    await picture(page, 'import-390');
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
  });
});
