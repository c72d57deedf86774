import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, type Dashboard, noBrowser, type OpenPage, startDashboard } from './dashboard.ts';

if (chromiumPath === null) console.warn(`dashboard tests are skipped: ${noBrowser}`);

describe.skipIf(chromiumPath === null)('rules, mapping and translations', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.close());
  afterEach(() => dashboard.closePages());

  const bodyOf = (path: string) => dashboard.api.asked.findLast((asked) => asked.path.startsWith(path))?.body;
  const open = (path: string): Promise<OpenPage> => dashboard.open(path);

  it('a version is tried before it is activated, and both are one click each', async () => {
    const { page } = await open('/rules');
    await page.getByRole('button', { name: 'What would change?' }).first().click();
    await page.getByText('1 of 24 products would differ', { exact: true }).waitFor();
    expect(await page.locator('ins').first().textContent()).toBe('Batik Shirt');
    await page.getByRole('button', { name: 'Activate' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
    await page.getByText('Version 2 holds; 24 are refined again.').waitFor();
    expect(bodyOf('/api/rules/')).toMatchObject({ number: 2 });
  });

  it('an unmapped word is settled from the marketplace’s own list', async () => {
    const { page } = await open('/mapping');
    await page.getByRole('button', { name: 'Settle' }).first().click();
    await page.getByRole('button', { name: /Men > Batik/ }).click();
    await page.getByText('17 listings are composed again').waitFor();
    expect(bodyOf('/api/mappings')).toMatchObject({ kind: 'category', sourceKey: 'shirts > batik', targetId: '133' });
  });

  it('a translation is approved by the keyboard, and another one with a person’s own words', async () => {
    const { page } = await open('/translations');
    await page.getByText('Soft cotton shirt').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await page.getByText('1 of 1 approved.').waitFor();
    expect(bodyOf('/api/translations/approve')).toMatchObject({ items: [{ revision: 1 }] });
    const card = page.locator('.translation').nth(1);
    await card.getByRole('textbox').fill('<p>Katun tulis</p>');
    await card.getByRole('button', { name: 'Approve' }).click();
    await expect
      .poll(() => bodyOf('/api/translations/approve'))
      .toMatchObject({ items: [{ text: '<p>Katun tulis</p>' }] });
  });

  it('a product says why a field has its value, and gives it back to its source', async () => {
    const { page } = await open(`/products/${dashboard.api.world.products[0]?.id}`);
    await page.getByText('Rule description-safe (standard 1) makes it').waitFor();
    await page.getByRole('button', { name: 'Give it back to its source' }).click();
    await page.getByText('title: its source decides again.').waitFor();
  });
});
