import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepScreenshots } from '../../scripts/find-chromium.ts';
import { chromiumPath, type Dashboard, noBrowser, type OpenPage, startDashboard } from './dashboard.ts';
import { jdId } from './fake/refs.ts';

if (chromiumPath === null) console.warn(`dashboard tests are skipped: ${noBrowser}`);

interface PageCase {
  name: string;
  path: (dashboard: Dashboard) => string;
  /** Something that only the finished page shows. */
  shows: string | RegExp;
}

const first = <Row extends { id: string }>(rows: Row[], test: (row: Row) => boolean = () => true): string => {
  const row = rows.find(test);
  if (!row) throw new Error('the fake world has nothing like it');
  return row.id;
};

const cases: PageCase[] = [
  { name: 'overview', path: () => '/', shows: 'Orders to approve' },
  { name: 'orders', path: () => '/orders', shows: 'TL-001000' },
  {
    name: 'order',
    path: ({ api }) => `/orders/${first(api.world.orders, ({ state }) => state === 'SUCCESSFULLY_PROCESSED')}`,
    shows: 'Delivered, signed for by HADI',
  },
  {
    name: 'order-conflict',
    path: ({ api }) => `/orders/${first(api.world.orders, ({ state }) => state === 'CANCEL_CONFLICT')}`,
    shows: 'Not now: The goods have left: they must come back first.',
  },
  { name: 'products', path: () => '/products', shows: 'Batik shirt “Parang” No. 1' },
  { name: 'product', path: ({ api }) => `/products/${first(api.world.products)}`, shows: 'Available' },
  { name: 'listings', path: () => '/listings', shows: 'in sync' },
  {
    name: 'listing-panel',
    path: ({ api }) => `/listings?open=${first(api.world.listings, ({ state }) => state === 'REJECTED')}`,
    shows: 'QC-4471: please contact category manager',
  },
  { name: 'listing', path: ({ api }) => `/listings/${first(api.world.listings)}`, shows: 'Acknowledged' },
  { name: 'table-products', path: () => '/products/table', shows: 'Batik shirt “Parang” No. 1' },
  { name: 'table-listings', path: () => '/listings/table', shows: 'Batik shirt “Parang” No. 1' },
  { name: 'table-prices', path: () => '/prices', shows: 'KB-1000-S' },
  { name: 'table-stock', path: () => '/stock', shows: 'Batik shirt “Parang” No. 1' },
  { name: 'table-orders', path: () => '/orders/table', shows: 'TL-001000' },
  { name: 'mapping', path: () => `/mapping?connection=${jdId.id}`, shows: 'Shirts > Batik' },
  { name: 'translations', path: () => '/translations', shows: 'Taken from a text that is 82 % the same.' },
  { name: 'rules', path: () => '/rules', shows: 'No shouting' },
  { name: 'problems', path: () => '/problems', shows: 'JD.id does not answer as it should' },
  { name: 'incidents', path: () => '/incidents', shows: 'INC-000001' },
  { name: 'incident', path: ({ api }) => `/incidents/${first(api.world.incidents)}`, shows: 'Orders that waited' },
  { name: 'connections', path: () => '/connections', shows: 'DHL Express' },
  { name: 'connection', path: () => `/connections/${jdId.id}`, shows: 'Last synchronisations' },
  { name: 'brands', path: () => '/brands', shows: '11:00 and 16:00' },
  { name: 'brand', path: ({ api }) => `/brands/${first(api.world.brands)}`, shows: 'They have a sheet printer now.' },
  {
    name: 'order-asked',
    path: ({ api }) => `/orders/${first(api.world.orders, ({ state }) => state === 'AWAITING_CONFIRMATION')}`,
    shows: 'It goes to TH.',
  },
  { name: 'mails', path: () => '/mails', shows: 'Caught by the local mail catcher' },
  { name: 'mail', path: ({ api }) => `/mails/${first(api.world.mails)}`, shows: 'Consignments in it' },
  { name: 'caught-mail', path: () => '/caught-mails/caught-1', shows: 'labels-11-00.pdf (47 KiB)' },
  { name: 'consignments', path: () => '/consignments', shows: 'TC-00002' },
  { name: 'consignment', path: ({ api }) => `/consignments/${first(api.world.consignments)}`, shows: '30 × 22 × 6 cm' },
  { name: 'freight', path: () => '/freight', shows: 'Fuel at 25 %' },
  { name: 'returns', path: () => '/returns', shows: 'cancelled-after-shipping' },
  { name: 'price rules', path: () => '/rates', shows: 'Marketplace commission' },
  { name: 'machines', path: () => '/machines', shows: 'Channel order' },
  { name: 'machine', path: () => '/machines/order', shows: 'Cannot be taken back' },
];

describe.skipIf(chromiumPath === null)('every page of the dashboard', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.close());

  const wide = { look: '1280', width: 1280, height: 800, colorScheme: 'light' } as const;
  const narrow = { look: '390', width: 390, height: 844, colorScheme: 'light' } as const;
  const dark = { ...wide, look: 'dark', colorScheme: 'dark' } as const;
  const seenInTheDark = /^(overview|order|listing-panel|table-.*)$/;

  let opened: OpenPage;
  beforeAll(async () => {
    opened = await dashboard.open('/machines');
  });

  // A load costs half a second of computing, a change of the window little: every second page is loaded on a telephone.
  it.each(cases.map((one, index) => ({ ...one, looks: index % 2 === 0 ? [wide, narrow] : [narrow, wide] })))(
    '$name opens, fits wide and narrow, names its controls and leaves the console empty',
    async ({ name, path, shows, looks }) => {
      const { page, complaints } = opened;
      complaints.length = 0;
      for (const [index, look] of [...looks, ...(seenInTheDark.test(name) ? [dark] : [])].entries()) {
        await page.setViewportSize(look);
        await page.emulateMedia({ colorScheme: look.colorScheme });
        if (index === 0) await page.goto(path(dashboard));
        await page.getByText(shows).filter({ visible: true }).first().waitFor();
        if (keepScreenshots()) {
          await page.screenshot({ path: join(dashboard.folder, `${look.look}-${name}.png`), fullPage: true });
        }
        // What follows the window does so within a frame or two.
        await expect.poll(() => pixelsTooWide(page), { message: look.look }).toBe(0);
        expect(await page.locator('h1').count()).toBe(1);
        await expect.poll(() => page.title()).toMatch(/ · Tradelane$/);
        expect(await namelessControls(page)).toEqual([]);
      }
      expect(complaints).toEqual([]);
    },
  );
});

const pixelsTooWide = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Controls that a person who does not see them could not tell apart. */
function namelessControls(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, iframe')]
      .filter((element) => {
        const labels = 'labels' in element ? ((element.labels as NodeListOf<Element> | null)?.length ?? 0) : 0;
        const text = element.textContent?.trim() || element.querySelector('img')?.alt;
        return !text && labels === 0 && !element.ariaLabel && !element.title;
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}
