import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, type Dashboard, eventually, startDashboard } from './dashboard.ts';
import type { Asked } from './fake/routes.ts';

describe.skipIf(chromiumPath === null)('what people do in the dashboard', () => {
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

  const orderIn = (state: string, index = 0) => {
    const order = dashboard.api.world.orders.filter((row) => row.state === state && row.problems === 0)[index];
    if (!order) throw new Error(`no order is ${state}`);
    return order;
  };
  const asked = async (count: number): Promise<Asked[]> => {
    await eventually(() => dashboard.api.asked.length).toBe(count);
    return dashboard.api.asked;
  };
  const notice = (page: Page, text: string | RegExp) =>
    page.locator('[aria-live] .notice').filter({ hasText: text }).waitFor();

  it('logs in and goes on to the page that was asked for', async () => {
    const { page } = await dashboard.open('/orders?state=NEW', { signedIn: false });
    await page.getByLabel('E-mail').fill(dashboard.api.world.user.email);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('E-mail or password is wrong.').waitFor();
    await page.getByLabel('Password').fill(dashboard.api.world.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Orders' }).waitFor();
    await eventually(() => new URL(page.url()).pathname + new URL(page.url()).search).toBe('/orders?state=NEW');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('E-mail').waitFor();
  });

  it('approves with the keyboard: j moves, a approves, Enter opens', async () => {
    const { page, complaints } = await dashboard.open('/orders?state=NEW');
    await page.getByRole('row').nth(2).waitFor();
    const order = orderIn('NEW', 1);
    const rows = dashboard.api.world.orders.filter(({ state }) => state === 'NEW');
    for (let at = 0; at < rows.indexOf(order); at += 1) await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toContain(order.number);
    await page.keyboard.press('a');
    await notice(page, `${order.number}: approve.`);
    const [call] = await asked(1);
    expect(call).toMatchObject({ path: `/api/orders/${order.id}/events`, body: { type: 'APPROVE', version: 1 } });
    expect(call?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Where it is' }).waitFor();
    await eventually(() => new URL(page.url()).pathname).toMatch(/^\/orders\/.+/);
    expect(complaints).toEqual([]);
  });

  it('lists its keys under ?, and / jumps to the search', async () => {
    const { page } = await dashboard.open('/orders');
    await page.getByRole('row').nth(2).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).getByText('approve the row').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('TL-001007');
    await eventually(() => page.getByRole('row').count()).toBe(2);
    await eventually(() => page.url()).toContain('q=TL-001007');
  });

  it('does not take what is typed into a field for a command', async () => {
    const { page } = await dashboard.open('/orders?state=NEW');
    await page.getByRole('row').nth(2).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('searchbox').fill('a');
    await page.getByRole('searchbox').press('a');
    expect(dashboard.api.asked).toEqual([]);
  });

  it('approves many at once and says of each what came of it', async () => {
    const { page } = await dashboard.open('/orders?state=NEW');
    await page.getByRole('row').nth(2).waitFor();
    const rows = dashboard.api.world.orders.filter(({ state }) => state === 'NEW').slice(0, 3);
    for (const { number } of rows) await page.getByLabel(`Select ${number}`).check();
    await page.getByRole('button', { name: 'Approve 3' }).click();
    const question = page.getByRole('dialog', { name: 'Approve 3 orders?' });
    await question.getByRole('button', { name: 'Approve 3' }).click();
    const results = page.getByRole('dialog', { name: /of 3 approved/ });
    await results.waitFor();
    const [call] = await asked(1);
    expect(call?.body).toEqual({ type: 'APPROVE', items: rows.map(({ id }) => ({ id, version: 1 })) });
    const refused = rows.filter(({ state }) => state === 'NEW');
    expect(refused.length).toBeGreaterThan(0);
    for (const { number } of rows) {
      const line = results.getByRole('listitem').filter({ hasText: number });
      const words = refused.some((row) => row.number === number) ? 'cannot be approved yet' : 'Approved';
      expect(await line.textContent()).toContain(words);
    }
  });

  it('loads more with the cursor of the page before', async () => {
    const { page } = await dashboard.open('/orders');
    await page.getByText('50 of 72 orders').waitFor();
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText('72 of 72 orders').waitFor();
    expect(await page.getByRole('row').count()).toBe(73);
  });

  it('asks before what cannot be taken back, and sends the reason', async () => {
    const order = orderIn('SYNCED');
    const { page } = await dashboard.open(`/orders/${order.id}`);
    await page.getByRole('button', { name: 'Ask to cancel' }).click();
    const question = page.getByRole('dialog', { name: /Ask to cancel: TL-/ });
    await question.getByText('The marketplace is asked to cancel').waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(dashboard.api.asked).toEqual([]);
    await page.getByRole('button', { name: 'Ask to cancel' }).click();
    await question.getByLabel('Reason').fill('The brand found it damaged.');
    await question.getByRole('button', { name: 'Ask to cancel' }).click();
    await notice(page, 'ask to cancel');
    const [call] = await asked(1);
    expect(call?.body).toMatchObject({ type: 'REQUEST_CANCEL', why: 'The brand found it damaged.' });
  });

  it('shows a refused step with the sentence why, and does not send it', async () => {
    const order = orderIn('SUCCESSFULLY_PROCESSED');
    const conflict = dashboard.api.world.orders.find(({ state }) => state === 'CANCEL_CONFLICT') ?? order;
    const { page } = await dashboard.open(`/orders/${conflict.id}`);
    const button = page.getByRole('button', { name: 'Try to cancel again' });
    await button.waitFor();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(
      await button.evaluate(
        (element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent,
      ),
    ).toBe('Not now: The goods have left: they must come back first.');
    await button.click({ force: true });
    expect(dashboard.api.asked).toEqual([]);
  });

  it('chooses another carrier with a reason; Escape leaves all as it is and gives the focus back', async () => {
    const open = dashboard.api.world.consignments.find(({ state }) => state === 'OPEN');
    const { page, complaints } = await dashboard.open(`/consignments/${open?.id}`);
    await page.getByRole('button', { name: 'Compare carriers' }).press('Enter');
    const choose = page.getByRole('button', { name: 'Choose dhl-economy' });
    await choose.press('Enter');
    const question = page.getByRole('dialog', { name: `Send ${open?.number} with dhl-economy?` });
    await question.getByText('A rule of ops forbids it here').waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await eventually(() => choose.evaluate((element) => element === document.activeElement)).toBe(true);
    await choose.press('Enter');
    await question.getByRole('button', { name: 'Choose' }).click();
    expect(dashboard.api.asked).toEqual([]);
    await question.getByLabel('Reason').fill('The other one does not come today.');
    await question.getByRole('button', { name: 'Choose' }).click();
    await notice(page, `${open?.number} travels with dhl-economy.`);
    await page.getByRole('row', { name: /dhl-economy.*it has this one/ }).waitFor();
    const [call] = await asked(1);
    expect(call?.body).toMatchObject({ version: 4, why: 'The other one does not come today.' });
    expect(complaints).toEqual([]);
  });

  it('settles a lost call of a courier: its number is needed, and what the server refuses stays to be sent again', async () => {
    const lost = dashboard.api.world.settling.couriers.find(({ unknownCall }) => unknownCall !== null);
    const { page } = await dashboard.open('/freight');
    await page.getByRole('button', { name: /^Say what happened/ }).press('Enter');
    const dialog = page.getByRole('dialog', { name: /^The courier of/ });
    const exists = dialog.getByRole('button', { name: 'It exists', exact: true });
    await dialog.getByLabel('What you saw there').fill('The portal lists it.');
    await exists.click();
    expect(dashboard.api.asked).toEqual([]);
    await dialog.getByLabel('Confirmation number').fill('PRG201126001');
    if (lost?.unknownCall) lost.unknownCall.version += 1;
    await exists.click();
    await dialog.getByRole('alert').filter({ hasText: 'It was changed meanwhile.' }).waitFor();
    // A refusal is told when what was changed meanwhile has been read again.
    await exists.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /called PRG201126001/ }).waitFor();
    const [, call] = await asked(2);
    expect(call?.body).toMatchObject({ type: 'FOUND', foundAs: 'PRG201126001', why: 'The portal lists it.' });
  });
});
