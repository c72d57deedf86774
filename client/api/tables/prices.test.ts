import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { reprice } from '../../../db/prices.ts';
import { saveRule } from '../../../db/prices-rules.ts';
import { defaultRule } from '../../../pricing/types.ts';
import type { EditAnswer, TablePage } from '../schemas/tables.ts';
import { type ApiWorld, type Person, startApiWorld } from '../testing/world.ts';

let world: ApiWorld;
let rowId: string;
const staff = <Result>(work: Parameters<typeof world.database.db.tx<Result>>[1]) => world.database.db.tx('staff', work);
let serial = 0;
const byShop = () => ({ commandId: `feed/${++serial}`, actor: 'tradelane', role: 'connector' as const, at: world.now });
/** The brand's feed brings a price; 10,000 rupiah a dollar. */
const feed = (priceMinor: number) =>
  staff(async (trx) => {
    await trx('skus').where({ id: world.own.sku }).update({ price_minor: priceMinor });
    await reprice(trx, [rowId], { cause: 'brand-price', source: 'Acme’s shop' }, byShop());
  });
const page = async (person: Person = 'ops') =>
  (await world.as(person, 'GET', '/api/tables/prices?limit=10')).body as unknown as TablePage;
const row = async (person: Person = 'ops') => {
  const found = (await page(person)).rows.find(({ id }) => id === rowId);
  if (!found) throw new Error('the row is not there');
  return found;
};
async function edit(
  version: number,
  changes: Record<string, unknown>,
  more: Record<string, unknown> = {},
  person: Person = 'ops',
) {
  const { dryRun = false, keep, why } = more;
  const body = { dryRun, rows: [{ id: rowId, version, changes, ...(keep ? { keep } : {}) }], ...(why ? { why } : {}) };
  const { status, body: answer } = await world.as(person, 'POST', '/api/tables/prices/edits', body);
  expect(status).toBe(200);
  return answer as unknown as EditAnswer;
}
const idr = (amountMinor: number) => ({ amountMinor, currency: 'IDR' });

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  rowId = await staff(async (trx) => {
    const found = await trx('listing_skus').where({ listing_id: world.own.listing }).first('id');
    await trx('listings').where({ id: world.own.listing }).update({ external_id: 'there' });
    await trx('exchange_rates').insert({
      from_currency: 'AUD',
      to_currency: 'IDR',
      on_date: '2026-07-01',
      rate: '10000',
      source: 'a test',
    });
    const rule = { ...defaultRule, costPercent: '80', floorPercent: '10', changePercent: null };
    await saveRule(
      trx,
      { connectionId: world.accounts.marketplace, brandId: null, data: rule, reason: 'a test', seenVersion: 0 },
      { ...byShop(), role: 'admin' },
    );
    return found.id;
  });
  await feed(1_000);
});
afterAll(() => world.close());

describe('the table of prices', () => {
  it('shows how each price comes about; a brand sees its own, without cost and margin', async () => {
    const shown = await row();
    expect(shown).toMatchObject({
      state: 'NEW',
      cells: { sku: 'acme-SERUM-30', price: idr(100_000), rulePrice: idr(100_000), margin: '20', reason: null },
      locked: {},
    });
    const own = await page('brand');
    expect(own.rows).toHaveLength(1);
    expect(own.columns.some(({ editable }) => editable)).toBe(false);
    expect(JSON.stringify(own)).not.toMatch(/margin|cost/i);
    expect((await page('foreign')).rows.map(({ id }) => id)).not.toContain(rowId);
  });

  it('a price by hand needs a reason and is a proposal; a dry run answers the same and writes nothing', async () => {
    const { version } = await row();
    const without = await edit(version, { price: '95000' });
    expect(without.rows[0]).toMatchObject({ outcome: 'refused', fields: [{ why: 'A price by hand needs a reason.' }] });
    for (const bad of ['0', '-5', '95.000,00', { amountMinor: 95_000, currency: 'THB' }]) {
      expect((await edit(version, { price: bad }, { why: 'x' })).counts.refused).toBe(1);
    }
    const changes = { price: '95000', reason: 'campaign', expiresAt: '2026-08-01', note: 'ask Ada' };
    const dry = await edit(version, changes, { dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, editId: null, counts: { saved: 1 } });
    expect((await row()).version).toBe(version);
    const saved = await edit(version, changes);
    expect(saved.rows[0]).toMatchObject({
      outcome: 'saved',
      fields: [{ theirs: idr(100_000), yours: idr(95_000) }, {}, {}, {}],
    });
    expect((await row()).cells).toMatchObject({
      price: idr(95_000),
      desired: idr(100_000),
      reason: 'campaign',
      expiresAt: '2026-08-01T00:00:00.000Z',
      note: 'ask Ada',
      waiting: expect.stringContaining('ops@example.com'),
    });
    const undone = await world.as('ops', 'POST', `/api/edits/${saved.editId}/undo`, { dryRun: false });
    expect(undone.status).toBe(200);
    expect((await row()).cells).toMatchObject({ price: idr(100_000), reason: null, note: null, waiting: null });
  });

  it('the brand’s feed came between: three values, other fields saved; kept as one’s own or dropped', async () => {
    const before = await row();
    await feed(1_100);
    const conflict = await edit(before.version, { price: '105000', reason: 'campaign', note: 'kept' });
    expect(conflict.rows[0]).toMatchObject({
      outcome: 'partly',
      fields: [
        {
          key: 'price',
          outcome: 'conflict',
          base: idr(100_000),
          yours: idr(105_000),
          theirs: idr(110_000),
          by: 'Acme’s shop',
          at: world.now.toISOString(),
        },
        { key: 'reason', outcome: 'refused' },
        { key: 'note', outcome: 'saved' },
      ],
    });
    const { version } = conflict.rows[0] ?? {};
    if (!version) throw new Error('no version');
    const dropped = await edit(version, { price: '105000' }, { keep: { price: 'theirs' } });
    expect(dropped.rows[0]).toMatchObject({ outcome: 'unchanged', fields: [{ outcome: 'dropped' }] });
    const low = await edit(version, { price: '95000', reason: 'campaign' }, { keep: { price: 'mine' } });
    expect(low.rows[0]?.fields[0]).toMatchObject({ outcome: 'refused' });
    expect(low.rows[0]?.fields[0]?.why).toContain('95,000 IDR − 88,000 IDR cost = 7,000 IDR');
    const passed = { price: '95000', reason: 'campaign', belowFloor: 'launch' };
    expect((await edit(version, passed)).rows[0]).toMatchObject({ outcome: 'refused' });
    expect((await edit(version, passed, {}, 'approver')).rows[0]).toMatchObject({ outcome: 'saved' });
    const open = await row('approver');
    expect(open.allowed.map(({ type }) => type)).toEqual(['APPROVE', 'REJECT', 'WITHDRAW']);
    const items = [{ id: open.entity, version: open.version }];
    const approved = await world.as('approver', 'POST', '/api/prices/bulk', { type: 'APPROVE', items });
    expect(approved.body.results).toMatchObject([{ ok: true }]);
    expect((await row()).cells).toMatchObject({ desired: idr(95_000), rulePrice: idr(110_000), belowFloor: 'launch' });
  });

  it('the cost belongs to the SKU, in its own currency', async () => {
    const { version } = await row();
    const { rows } = await edit(version, { cost: '9.50' });
    expect(rows[0]).toMatchObject({ outcome: 'saved', fields: [{ yours: { amountMinor: 950, currency: 'AUD' } }] });
    expect((await row()).cells).toMatchObject({ cost: { amountMinor: 950, currency: 'AUD' }, margin: '0' });
  });

  it('is nobody else’s to edit', async () => {
    const { version } = await row();
    expect((await edit(version, { note: 'x' }, {}, 'brand')).rows[0]).toMatchObject({
      outcome: 'refused',
      code: 'Forbidden',
    });
    expect((await edit(version, { note: 'x' }, {}, 'foreign')).rows[0]).toMatchObject({ code: 'NotFound' });
    expect((await edit(99, { note: 'x' })).rows[0]).toMatchObject({ code: 'VersionConflict' });
    expect((await edit(version, { desired: '1', nothing: '2' })).counts).toMatchObject({ refused: 1, saved: 0 });
  });
});
