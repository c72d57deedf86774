import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EditRow } from '../../client/web/api/types/tables.ts';
import { chromiumPath, type Dashboard, eventually, startDashboard } from './dashboard.ts';
import { makeTables, writeMeanwhile } from './fake/tables.ts';

/** Columns of the fake table of products, in the grid's counting: 0 is the box that selects the row. */
const at = { title: 1, state: 2, category: 4, sku: 5, weight: 6, length: 7, width: 8 };

describe.skipIf(chromiumPath === null)('editable tables', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.close());
  const opened: Page[] = [];
  afterEach(async () => {
    // An open page asks again every few seconds.
    await Promise.all(opened.splice(0).map((page) => page.close()));
    dashboard.api.asked.length = 0;
    dashboard.api.broken.status = null;
    dashboard.api.world.tables = makeTables();
  });

  const open = async (path = '/products/table', options = {}) => {
    const found = await dashboard.open(path, options);
    opened.push(found.page);
    await cell(found.page, 0, 1).waitFor();
    return found;
  };
  const cell = (page: Page, row: number, column: number) =>
    page.locator(`[data-row="${row}"] > [data-column="${column}"]`);
  const bar = (page: Page, text: string | RegExp) => page.locator('.change-what').filter({ hasText: text }).waitFor();
  const focused = (page: Page) =>
    page.evaluate(() => {
      const element = document.activeElement;
      return [element?.closest('[data-row]')?.getAttribute('data-row'), element?.getAttribute('data-column')];
    });
  const products = () => dashboard.api.world.tables.rows.products;
  const rowAt = (index: number) => {
    const row = products()[index];
    if (!row) throw new Error(`no row ${index}`);
    return row;
  };
  const paste = (page: Page, text: string) =>
    page.evaluate((given) => {
      const data = new DataTransfer();
      data.setData('text/plain', given);
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);
  const sent = (dryRun: boolean) =>
    dashboard.api.asked
      .map(({ body }) => body as { dryRun: boolean; rows: EditRow[]; why?: string })
      .filter((body) => body?.dryRun === dryRun);
  const saveAll = async (page: Page, label: RegExp) => {
    await page.keyboard.press('Control+s');
    await page.getByRole('dialog', { name: 'What will change' }).getByRole('button', { name: label }).click();
  };

  it('is a grid to screen readers, with names, counts and reasons', async () => {
    const { page, complaints } = await open();
    const grid = page.getByRole('grid', { name: 'Edit products' });
    expect(await grid.getAttribute('aria-rowcount')).toBe('-1');
    expect(await grid.getByRole('columnheader', { name: 'Weight' }).count()).toBe(1);
    const head = grid.getByRole('row').first();
    expect(await head.getByRole('checkbox', { name: 'Select all loaded rows' }).count()).toBe(1);
    expect(await cell(page, 0, at.state).getAttribute('aria-readonly')).toBe('true');
    expect(await cell(page, 0, at.title).getAttribute('tabindex')).toBe('0');
    expect(await page.locator('td[tabindex="0"]').count()).toBe(1);
    const empty = cell(page, 4, at.weight);
    expect(await empty.textContent()).toContain('It has no weight.');
    expect(await empty.getAttribute('title')).toContain('It has no weight.');
    expect(complaints).toEqual([]);
  });

  it('takes what is typed: keys move, edit, undo and redo', async () => {
    const { page, complaints } = await open();
    await cell(page, 0, at.weight).click();
    await page.keyboard.type('420');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toEqual(['1', String(at.weight)]);
    await page.keyboard.press('F2');
    await page.keyboard.press('End');
    await page.keyboard.type('0');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toEqual(['1', String(at.length)]);
    await bar(page, '2 cells in 2 rows changed');
    expect(await cell(page, 0, at.weight).getAttribute('title')).toContain('it was 300 g');
    expect(await cell(page, 1, at.weight).textContent()).toContain('3050');
    await page.keyboard.type('xyz');
    await page.keyboard.press('Escape');
    await bar(page, '2 cells in 2 rows changed');
    await page.keyboard.press('Control+z');
    await bar(page, '1 cell in 1 row changed');
    await page.keyboard.press('Control+y');
    await bar(page, '2 cells in 2 rows changed');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Control+ArrowUp');
    expect(await cell(page, 0, at.weight).getAttribute('data-mark')).toBe('changed');
    expect((await cell(page, 1, at.weight).locator('.grid-value').textContent())?.trim()).toBe('');
    expect(dashboard.api.asked).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('marks what cannot be saved at once, and says why a cell is locked', async () => {
    const { page } = await open();
    await cell(page, 0, at.weight).click();
    await page.keyboard.type('heavy');
    await page.getByRole('alert').filter({ hasText: '“heavy” is no number.' }).waitFor();
    await page.keyboard.press('Enter');
    const wrong = cell(page, 0, at.weight);
    expect(await wrong.getAttribute('aria-invalid')).toBe('true');
    expect(await wrong.getAttribute('title')).toContain('“heavy” is no number.');
    await bar(page, '1 cell invalid');
    await cell(page, 0, at.sku).click();
    await page.keyboard.type('X');
    await page.locator('.cell-notes').filter({ hasText: 'SKU cannot be edited here.' }).waitFor();
    await page.goto('/orders/table');
    await cell(page, 4, 6).waitFor();
    await cell(page, 4, 6).click();
    await page.keyboard.press('Enter');
    await page.locator('.cell-notes').filter({ hasText: 'An order that is done cannot be edited.' }).waitFor();
    expect(await cell(page, 4, 6).getAttribute('data-mark')).toBe('locked');
  });

  it('pastes a block of 3 × 3 and lists what does not fit', async () => {
    const { page } = await open();
    await cell(page, 0, at.weight).click();
    await paste(page, '410\t310\t230\r\n1,020\t"320"\t240\r\n430\t330\twide\r\n');
    const list = page.getByRole('dialog', { name: '1 cell need a look' });
    await list.getByText('“wide” is no number.').waitFor();
    await page.keyboard.press('Escape');
    await bar(page, '9 cells in 3 rows changed');
    expect(await cell(page, 1, at.weight).textContent()).toContain('1020');
    await cell(page, 0, at.sku).click();
    await paste(page, 'OTHER-1\t500');
    await page.getByRole('dialog').getByText('SKU cannot be edited here.').waitFor();
    await page.keyboard.press('Escape');
    expect(await cell(page, 0, at.weight).textContent()).toContain('500');
  });

  it('copies a range as tab-separated text and fills down', async () => {
    const { page } = await open();
    await cell(page, 0, at.weight).click();
    await cell(page, 2, at.width).click({ modifiers: ['Shift'] });
    const copied = await page.evaluate(() => {
      const data = new DataTransfer();
      const event = new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(event);
      return data.getData('text/plain');
    });
    expect(copied).toBe('300\t300\t220\n305\t300\t220\n310\t300\t220');
    await page.keyboard.press('Control+d');
    await bar(page, '2 cells in 2 rows changed');
    expect(await cell(page, 2, at.weight).textContent()).toContain('300');
  });

  it('shows the difference before it saves, saves row by row, and takes the save back', async () => {
    const { page, complaints } = await open();
    await cell(page, 0, at.weight).click();
    await page.keyboard.type('420\n0\n');
    await cell(page, 2, at.title).click();
    await page.keyboard.type('Sarong of Solo\n');
    await page.keyboard.press('Control+s');
    const diff = page.getByRole('dialog', { name: 'What will change' });
    await diff.getByText('2 rows can be saved.').waitFor();
    expect(await diff.getByRole('status').textContent()).toContain('1 row: Approved → Edited');
    expect(await diff.locator('del').allTextContents()).toEqual(['300 g', 'Sarong “Mega Mendung” No. 3']);
    expect(await diff.locator('ins').allTextContents()).toEqual(['420 g', 'Sarong of Solo']);
    await diff.getByText('Weight is between 1 and 10000000 g.').waitFor();
    expect(sent(false)).toEqual([]);
    expect(rowAt(0).version).toBe(1);
    await diff.getByLabel('Reason').fill('weighed again');
    await diff.getByRole('button', { name: 'Save 2 rows' }).click();
    const results = page.getByRole('dialog', { name: '2 rows saved, 1 row refused' });
    await results.getByText('Weight is between 1 and 10000000 g.').waitFor();
    await results.getByRole('button', { name: 'Close' }).last().click();
    expect(sent(false)).toHaveLength(1);
    expect(sent(false)[0]).toMatchObject({ why: 'weighed again' });
    expect(sent(false)[0]?.rows[0]).toEqual({ id: rowAt(0).id, version: 1, changes: { weightGrams: 420 } });
    await bar(page, '1 cell in 1 row changed');
    await cell(page, 0, at.state).getByText('Edited').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Undo the save' }).click();
    const back = page.getByRole('dialog', { name: 'What taking it back changes' });
    await back.waitFor();
    expect(await back.locator('ins').allTextContents()).toEqual(['300 g', 'Sarong “Mega Mendung” No. 3']);
    await back.getByRole('button', { name: 'Take back 2 rows' }).click();
    await eventually(() => rowAt(0).cells.weightGrams).toBe(300);
    await cell(page, 0, at.weight).getByText('300').waitFor();
    await page.getByRole('button', { name: 'Recent edits' }).click();
    const recent = page.getByRole('dialog', { name: 'Recent edits' }).getByRole('listitem');
    await eventually(() => recent.count()).toBe(2);
    expect(await recent.nth(1).textContent()).toContain('weighed again');
    expect(await recent.nth(1).textContent()).toContain('taken back');
    expect(complaints).toEqual([]);
  });

  it('keeps a conflict apart: three values, and mine, theirs or later', async () => {
    const { page } = await open();
    for (const [row, title] of [
      [0, 'Mine 1'],
      [1, 'Mine 2'],
      [2, 'Mine 3'],
    ] as const) {
      await cell(page, row, at.title).click();
      await page.keyboard.type(`${title}\n`);
    }
    await cell(page, 0, at.weight).click();
    await page.keyboard.type('420\n');
    const { tables } = dashboard.api.world;
    for (const row of [0, 1]) {
      writeMeanwhile(tables, 'products', rowAt(row).id, 'title', `Theirs ${row + 1}`, 'budi@tradelane.example');
    }
    await saveAll(page, /^Save 2 rows/);
    // Held back by the dry run, the two conflicts were not sent; the other field of the first row was.
    await eventually(() => rowAt(0).cells.weightGrams).toBe(420);
    expect(rowAt(0).cells.title).toBe('Theirs 1');
    await bar(page, '2 cells in 2 rows changed');
    await page.getByRole('button', { name: 'Decide 2 conflicts' }).click();
    const dialog = page.getByRole('dialog', { name: '2 conflicts' });
    const first = dialog.getByRole('group', { name: /^Batik shirt “Parang” No. 1: Title/ });
    expect(await first.locator('dd').allTextContents()).toEqual(['Batik shirt “Parang” No. 1', 'Mine 1', 'Theirs 1']);
    expect(await first.locator('dt').last().textContent()).toContain('budi@tradelane.example');
    await dialog.getByRole('button', { name: 'Take theirs for all' }).click();
    await first.getByLabel('Keep mine').check();
    await dialog.getByRole('button', { name: 'Go on with 2 decided' }).click();
    await page.getByRole('dialog', { name: 'What will change' }).getByRole('button', { name: 'Save 1 row' }).click();
    await eventually(() => rowAt(0).cells.title).toBe('Mine 1');
    expect(rowAt(1).cells.title).toBe('Theirs 2');
    expect(sent(false).at(-1)?.rows).toEqual([
      { id: rowAt(0).id, version: 3, changes: { title: 'Mine 1' }, keep: { title: 'mine' } },
    ]);
    await bar(page, 'No unsaved changes');
  });

  it('approves 50 selected rows and tries the refused ones again', async () => {
    const { page } = await open('/products/table?state=NEW,APPROVED');
    await cell(page, 0, 0).click();
    await page.keyboard.press('ArrowDown');
    await page.locator('.grid-box').evaluate((box) => box.scrollTo(0, 34 * 50));
    await cell(page, 51, 0).click({ modifiers: ['Shift'] });
    await page.getByRole('toolbar').getByText('50 selected').waitFor();
    await page.getByRole('button', { name: 'Approve 50' }).click();
    const question = page.getByRole('dialog', { name: 'Approve 50 products?' });
    await question.getByText(/cannot be approved as they are/).waitFor();
    await question.getByRole('button', { name: 'Approve 50' }).click();
    const results = page.getByRole('dialog', { name: /of 50 approved/ });
    const title = await results.getByRole('heading').textContent();
    const done = Number(title?.split(' ')[0]);
    expect(dashboard.api.asked[0]?.body).toMatchObject({ type: 'APPROVE', items: { length: 50 } });
    expect(await results.getByRole('listitem').count()).toBe(50);
    expect(done).toBeGreaterThan(20);
    await results.getByRole('button', { name: `Try the ${50 - done} refused again` }).click();
    await page.getByRole('dialog', { name: `0 of ${50 - done} approved` }).waitFor();
    expect(dashboard.api.asked[1]?.body).toMatchObject({ items: { length: 50 - done } });
  });

  it('keeps unsaved changes over a reload and asks before it is left', async () => {
    const { page } = await open();
    await cell(page, 0, at.title).click();
    await page.keyboard.type('Not saved yet\n');
    await bar(page, '1 cell in 1 row changed');
    page.once('dialog', (dialog) => dialog.accept());
    await page.reload();
    await bar(page, '1 cell in 1 row changed');
    expect(await cell(page, 0, at.title).textContent()).toContain('Not saved yet');
    await page.getByRole('link', { name: 'Problems' }).click();
    const question = page.getByRole('dialog', { name: 'Leave with 1 unsaved cell?' });
    await question.getByRole('button', { name: 'Keep as it is' }).click();
    expect(new URL(page.url()).pathname).toBe('/products/table');
    await page.getByRole('link', { name: 'Problems' }).click();
    await question.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('heading', { name: 'Problems' }).waitFor();
    await page.goBack();
    await bar(page, '1 cell in 1 row changed');
    await page.getByLabel('Only changed').check();
    await eventually(() => page.locator('tbody .grid-row').count()).toBe(1);
  });

  it('keeps the changes while the server is away, and saves once when it is back', async () => {
    const { page } = await open();
    await cell(page, 0, at.weight).click();
    await page.keyboard.type('420\n');
    await page.keyboard.press('Control+s');
    const diff = page.getByRole('dialog', { name: 'What will change' });
    await diff.getByRole('button', { name: 'Save 1 row' }).waitFor();
    dashboard.api.broken.status = 503;
    await diff.getByRole('button', { name: 'Save 1 row' }).click();
    await bar(page, 'The server cannot be reached. Your changes are kept here');
    dashboard.api.broken.status = null;
    await eventually(() => rowAt(0).cells.weightGrams).toBe(420);
    expect(rowAt(0).version).toBe(2);
    await bar(page, 'No unsaved changes');
  });

  it('scrolls through 5,000 products with few elements in the document', async () => {
    const { page } = await open();
    let most = 0;
    const box = page.locator('.grid-box');
    for (let step = 0; step < 60; step += 1) {
      const [nodes, atEnd] = await box.evaluate((element) => {
        element.scrollTop = element.scrollHeight;
        return [document.querySelectorAll('*').length, document.body.textContent?.includes('5,000 of 5,000') === true];
      });
      most = Math.max(most, Number(nodes));
      if (atEnd) break;
      await page.waitForTimeout(40);
    }
    await page.getByText('5,000 of 5,000 products loaded').waitFor();
    await box.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await cell(page, 5001, at.title).waitFor();
    expect(most).toBeLessThanOrEqual(3_000);
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('5003');
  });

  it('is usable on a telephone: a cell is read and edited', async () => {
    const { page, complaints } = await open('/prices', { width: 390 });
    const tooWidePx = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await tooWidePx()).toBe(0);
    await cell(page, 0, 5).scrollIntoViewIfNeeded();
    await cell(page, 0, 5).click();
    await page.getByRole('button', { name: /^Edit Price of/ }).click();
    await page.keyboard.type('95.000');
    await page.keyboard.press('Enter');
    await bar(page, '1 cell in 1 row changed');
    expect(await cell(page, 0, 5).textContent()).toContain('95,000');
    expect(await tooWidePx()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
