import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chromiumPath, eventually } from './dashboard.ts';
import { at, bar, cell, useTables } from './tables-under-test.ts';

describe.skipIf(chromiumPath === null)('editable tables', () => {
  const { open, dashboard } = useTables();
  const focused = (page: Page) =>
    page.evaluate(() => {
      const element = document.activeElement;
      return [element?.closest('[data-row]')?.getAttribute('data-row'), element?.getAttribute('data-column')];
    });
  const paste = (page: Page, text: string) =>
    page.evaluate((given) => {
      const data = new DataTransfer();
      data.setData('text/plain', given);
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);

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
    await eventually(() => focused(page)).toEqual(['1', String(at.weight)]);
    await page.keyboard.press('F2');
    await page.keyboard.press('End');
    await page.keyboard.type('0');
    await page.keyboard.press('Tab');
    await eventually(() => focused(page)).toEqual(['1', String(at.length)]);
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
    await eventually(async () => (await cell(page, 1, at.weight).locator('.grid-value').textContent())?.trim()).toBe(
      '',
    );
    expect(await cell(page, 0, at.weight).getAttribute('data-mark')).toBe('changed');
    expect(dashboard().api.asked).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('marks what cannot be saved at once, and says why a cell is locked', async () => {
    const { page } = await open();
    await cell(page, 0, at.weight).click();
    await page.keyboard.type('heavy');
    await page.getByRole('alert').filter({ hasText: '“heavy” is no number.' }).waitFor();
    await page.keyboard.press('Enter');
    const wrong = cell(page, 0, at.weight);
    await eventually(() => wrong.getAttribute('aria-invalid')).toBe('true');
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
    const list = page.getByRole('dialog', { name: '1 cell needs a look' });
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

  it('scrolls through 5,000 products with few elements in the document', async () => {
    const { page } = await open();
    let most = 0;
    const box = page.locator('.grid-box');
    // Further rows are asked for by scrolling to the last ones: it goes on for as long as it takes.
    for (let isAtEnd = false; !isAtEnd; ) {
      const [nodes, atEnd] = await box.evaluate((element) => {
        element.scrollTop = element.scrollHeight;
        return [document.querySelectorAll('*').length, document.body.textContent?.includes('5,000 of 5,000') === true];
      });
      most = Math.max(most, Number(nodes));
      isAtEnd = Boolean(atEnd);
      if (!isAtEnd) await page.waitForTimeout(40);
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
    await eventually(tooWidePx).toBe(0);
    await cell(page, 0, 5).scrollIntoViewIfNeeded();
    await cell(page, 0, 5).click();
    await page.getByRole('button', { name: /^Edit Price of/ }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('95.000');
    await page.keyboard.press('Enter');
    await bar(page, '1 cell in 1 row changed');
    expect(await cell(page, 0, 5).textContent()).toContain('95,000');
    await eventually(tooWidePx).toBe(0);
    expect(complaints).toEqual([]);
  });
});
