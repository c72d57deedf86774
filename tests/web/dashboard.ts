import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { findChromium, keepScreenshots } from '../../scripts/find-chromium.ts';
import { buildWeb } from '../../scripts/launcher/web.ts';
import { launchChromium } from './browser.ts';
import { type FakeApi, startFakeApi } from './fake-api.ts';

export interface Dashboard {
  api: FakeApi;
  /** Temporary; with KEEP_SCREENSHOTS in the environment it holds a picture of every page and stays. */
  folder: string;
  /** A page of somebody who is signed in; what the browser complained about is in `complaints`. */
  open: (path: string, options?: OpenOptions) => Promise<OpenPage>;
  /** Closes what was opened: an open page asks again every few seconds, and computes what it is answered. */
  closePages: () => Promise<void>;
  close: () => Promise<void>;
}

export interface OpenOptions {
  width?: number;
  dark?: boolean;
  signedIn?: boolean;
}

export interface OpenPage {
  page: Page;
  complaints: string[];
}

const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M3 1h4l3 2-1 2-1-.5V9H2V4.5L1 5 0 3z" fill="#7a5230"/></svg>';

export const chromiumPath = findChromium();
export const noBrowser =
  'no Chromium on this machine: name one in CHROMIUM_PATH, or install it (apt-get install chromium)';

/** Waits until a value is what is expected of it; busy machines get the time that they need. */
export const eventually = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, { timeout: 60_000 });

/** Collects errors and warnings of the console, uncaught errors and refused requests. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  return complaints;
}

/** The folder of the built dashboard: built once for the present sources, whoever asks. */
export async function builtDashboard(): Promise<string> {
  const built = await buildWeb(() => undefined);
  if (built === null) throw new Error('this clone has no dashboard');
  return built;
}

/** Builds the dashboard, serves it with the fake API and starts a browser. */
export async function startDashboard(): Promise<Dashboard> {
  if (chromiumPath === null) throw new Error(noBrowser);
  const folder = await mkdtemp(join(tmpdir(), 'tradelane-web-'));
  const api = await startFakeApi(await builtDashboard());
  const browser: Browser = await launchChromium(chromiumPath);
  const contexts: BrowserContext[] = [];
  const closePages = async (): Promise<void> => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  };
  return {
    api,
    folder,
    async open(path, { width = 1280, dark = false, signedIn = true } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: width < 500 ? 844 : 800 },
        colorScheme: dark ? 'dark' : 'light',
        timezoneId: 'Asia/Jakarta',
        baseURL: api.url,
      });
      contexts.push(context);
      if (signedIn) {
        await context.addCookies([{ name: 'tradelane_session', value: 'fake', url: api.url, sameSite: 'Strict' }]);
      }
      const page = await context.newPage();
      const complaints = listen(page);
      await page.route('https://shop.kirana.example/**', (route) =>
        route.fulfill({ contentType: 'image/svg+xml', body: picture }),
      );
      await page.goto(path);
      await page.locator('h1').first().waitFor();
      return { page, complaints };
    },
    closePages,
    async close() {
      await closePages();
      await browser.close();
      await api.close();
      if (!keepScreenshots()) await rm(folder, { recursive: true, force: true });
      else console.log(`screenshots: ${folder}`);
    },
  };
}
