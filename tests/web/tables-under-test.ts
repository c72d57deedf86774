import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { EditRow, TableRow } from '../../client/web/api/types/tables.ts';
import { type Dashboard, type OpenOptions, type OpenPage, startDashboard } from './dashboard.ts';
import { makeTables } from './fake/tables.ts';

/** Columns of the fake table of products, in the grid's counting: 0 is the box that selects the row. */
export const at = { title: 1, state: 2, category: 4, sku: 5, weight: 6, length: 7, width: 8 };

export const cell = (page: Page, row: number, column: number) =>
  page.locator(`[data-row="${row}"] > [data-column="${column}"]`);

/** Waits until the bar above the table says so. */
export const bar = (page: Page, text: string | RegExp) =>
  page.locator('.change-what').filter({ hasText: text }).waitFor();

export interface TablesUnderTest {
  dashboard: () => Dashboard;
  open: (path?: string, options?: OpenOptions) => Promise<OpenPage>;
  /** The server's row of a product. */
  rowAt: (index: number) => TableRow;
  /** Bodies of the edits that were asked for. */
  sent: (dryRun: boolean) => { dryRun: boolean; rows: EditRow[]; why?: string }[];
}

/** One dashboard for the tests of a file; each test begins with fresh tables and ends with its pages closed. */
export function useTables(): TablesUnderTest {
  let dashboard: Dashboard | null = null;
  const present = (): Dashboard => {
    if (!dashboard) throw new Error('the dashboard has not started');
    return dashboard;
  };
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => {
    const { api, closePages } = present();
    await closePages();
    api.asked.length = 0;
    api.broken.status = null;
    api.world.tables = makeTables();
  });
  return {
    dashboard: present,
    async open(path = '/products/table', options = {}) {
      const found = await present().open(path, options);
      await cell(found.page, 0, 1).waitFor();
      return found;
    },
    rowAt(index) {
      const row = present().api.world.tables.rows.products[index];
      if (!row) throw new Error(`no row ${index}`);
      return row;
    },
    sent: (dryRun) =>
      present()
        .api.asked.map(({ body }) => body as { dryRun: boolean; rows: EditRow[]; why?: string })
        .filter((body) => body?.dryRun === dryRun),
  };
}
