import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { moveStock } from '../../../db/stock.ts';
import type { WhyStock } from '../schemas/stock.ts';
import type { EditAnswer, TablePage } from '../schemas/tables.ts';
import { type ApiWorld, type Person, startApiWorld } from '../testing/world.ts';

let world: ApiWorld;
let rowId: string;
let serial = 0;
const staff = <Result>(work: Parameters<typeof world.database.db.tx<Result>>[1]) => world.database.db.tx('staff', work);

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  rowId = await staff(async (trx) => {
    const found = await trx('listing_skus').where({ listing_id: world.own.listing }).first('id');
    await trx('listings').where({ id: world.own.listing }).update({ remote: 'LIVE', external_id: 'there' });
    const level = { skuId: world.own.sku, kind: 'LEVEL', quantity: 8, reason: 'read from the shop' } as const;
    serial += 1;
    await moveStock(trx, level, { commandId: `level/${serial}`, actor: 'test', role: 'system', at: world.now });
    return found.id;
  });
});
afterAll(() => world.close());

const row = async (person: Person = 'ops') => {
  const page = (await world.as(person, 'GET', '/api/tables/stock?limit=10')).body as unknown as TablePage;
  const found = page.rows.find(({ id }) => id === rowId);
  if (!found) throw new Error('the row is not there');
  return found;
};
async function edit(version: number, changes: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const { dryRun = false, person = 'ops', keep, why } = more;
  const body = { dryRun, rows: [{ id: rowId, version, changes, ...(keep ? { keep } : {}) }], ...(why ? { why } : {}) };
  const { status, body: answer } = await world.as(person as Person, 'POST', '/api/tables/stock/edits', body);
  expect(status).toBe(200);
  return answer as unknown as EditAnswer;
}
const why = async (person: Person = 'ops') => {
  const { code } = await staff((trx) => trx('connections').where({ id: world.accounts.marketplace }).first('code'));
  return world.as(person, 'GET', `/api/why/stock?sku=acme-SERUM-30&connection=${code}`);
};

describe('the table of stock', () => {
  it('shows what is offered and why; brands read their own rows only', async () => {
    const { cells, locked } = await row();
    expect(cells).toMatchObject({ onHand: 8, policy: null, cap: null, weight: 1 });
    expect(String(cells.holds)).toMatch(/^policy quota: \d+ available is below the brand's switch point 10$/);
    expect(locked).toEqual({});
    expect((await row('brand')).locked).toHaveProperty('*');
    await expect(row('foreign')).rejects.toThrow('not there');
  });

  it('a cap needs a reason, lowers what is offered, and ends when it is emptied', async () => {
    const { version, cells } = await row();
    const before = Number(cells.desired);
    expect((await edit(version, { cap: 1 })).rows[0]?.fields[0]).toMatchObject({ outcome: 'refused' });
    const dry = await edit(version, { cap: 1, reason: 'few left' }, { dryRun: true });
    expect(dry.rows[0]).toMatchObject({ outcome: 'saved', why: null });
    expect((await row()).cells.desired).toBe(before);
    await edit(version, { cap: 1, reason: 'few left', until: '2036-01-01T00:00:00.000Z' });
    const capped = await row();
    expect(capped.cells).toMatchObject({ desired: 1, cap: 1, reason: 'few left', until: '2036-01-01T00:00:00.000Z' });
    await edit(capped.version, { cap: null });
    expect((await row()).cells).toMatchObject({ desired: before, cap: null, reason: null });
  });

  it('a rule that somebody else changed meanwhile conflicts with both values; others are saved', async () => {
    const { version } = await row();
    await edit(version, { safetyStock: 2 });
    const answer = await edit(version, { safetyStock: 4, weight: 2 }, { person: 'admin' });
    expect(answer.rows[0]?.outcome).toBe('partly');
    expect(answer.rows[0]?.fields.find(({ key }) => key === 'safetyStock')).toMatchObject({
      ...{ outcome: 'conflict', base: 3, yours: 4, theirs: 2 },
    });
    expect((await row()).cells).toMatchObject({ safetyStock: 2, weight: 2 });
  });

  it('refuses what cannot be', async () => {
    const { version } = await row();
    const answer = await edit(version, { policy: 'both', safetyStock: -1, weight: '', cap: -3 });
    expect(answer.rows[0]?.fields.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused', 'refused']);
    expect((await edit(version + 5, { weight: 1 })).rows[0]).toMatchObject({
      outcome: 'refused',
      code: 'VersionConflict',
    });
    expect((await edit(version, { weight: 1 }, { person: 'brand' })).rows[0]).toMatchObject({ code: 'Forbidden' });
  });
});

describe('why a SKU shows what it shows', () => {
  it('tells levels, policy, shares and what counts; a foreign brand is told nothing', async () => {
    const answer = (await why()).body as unknown as WhyStock;
    expect(answer).toMatchObject({ onHand: 8, policy: 'quota', safetyStock: 2 });
    expect(answer.explain[0]).toMatch(/^\d+ available = 8 on hand − \d+ reserved − 2 safety stock \(of the sku\)$/);
    expect(answer.offers.find(({ listingSkuId }) => listingSkuId === rowId)?.explain.at(-1)).toMatch(/^= \d+$/);
    expect(answer.movements[0]).toMatchObject({ kind: 'LEVEL', quantity: 8 });
    expect((await why('brand')).status).toBe(200);
    expect((await why('foreign')).status).toBe(404);
  });

  it('lists what differs with what explains it, and writes it again when asked', async () => {
    const list = (await world.as('ops', 'GET', '/api/drift')).body as unknown as { rows: { id: string }[] };
    expect(list.rows.map(({ id }) => id)).toContain(rowId);
    const again = await world.as('ops', 'POST', `/api/drift/${rowId}/send-again`, {});
    expect(again.status).toBe(200);
    const woken = await staff((trx) =>
      trx('outbox')
        .where({ business_key: `stock/${world.accounts.marketplace}` })
        .first('id'),
    );
    expect(woken).toBeDefined();
  });
});
