import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { EditAnswer } from '../schemas/tables.ts';
import { type ApiWorld, type Person, startApiWorld } from '../testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

type Rows = {
  id: string;
  version: number;
  changes: Record<string, unknown>;
  keep?: Record<string, 'mine' | 'theirs'>;
}[];

async function edit(person: Person, rows: Rows, dryRun = false, table = 'products') {
  const { status, body } = await world.as(person, 'POST', `/api/tables/${table}/edits`, { dryRun, rows });
  return { status, answer: body as unknown as EditAnswer };
}
async function asOwner(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: world.database.ownerUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
const rowId = () => `${world.own.product}/${world.own.sku}`;
const productNow = async (id = world.own.product) =>
  world.database.db.tx('staff', (trx) => trx('products').where({ id }).first());

describe('an edit of products', () => {
  it('answers a dry run like a save and writes nothing', async () => {
    const rows = [
      { id: rowId(), version: 1, changes: { title: 'New title', weightGrams: '150', 'attributes.Colour': 'red' } },
    ];
    const dry = await edit('ops', rows, true);
    expect(dry.status).toBe(200);
    expect(dry.answer).toMatchObject({
      editId: null,
      dryRun: true,
      counts: { saved: 1, unchanged: 0, conflict: 0, refused: 0 },
      rows: [{ outcome: 'saved', from: 'NEW', to: 'EDITED', version: 2 }],
    });
    expect(await productNow()).toMatchObject({ title: 'Serum of acme', version: 1, state: 'NEW' });
    const real = await edit('ops', rows);
    expect(real.answer).toEqual({ ...dry.answer, dryRun: false, editId: expect.any(String) });
    expect(await productNow()).toMatchObject({
      title: 'New title',
      version: 2,
      state: 'EDITED',
      attributes: { Volume: ['30 ml'], Colour: 'red' },
      field_owners: { title: { by: 'ops@example.com' }, attributes: { by: 'ops@example.com' } },
      last_edited_by: 'ops@example.com',
    });
    const sku = await world.database.db.tx('staff', (trx) => trx('skus').where({ id: world.own.sku }).first());
    expect(sku).toMatchObject({ weight_grams: 150, field_owners: { weight_grams: { by: 'ops@example.com' } } });
  });

  it('lets rows without a change fall out', async () => {
    const { answer } = await edit('ops', [
      { id: rowId(), version: 2, changes: { title: ' New title ', weightGrams: 150 } },
    ]);
    expect(answer).toMatchObject({
      editId: null,
      counts: { unchanged: 1, saved: 0 },
      rows: [{ outcome: 'unchanged', to: 'EDITED' }],
    });
    expect((await productNow()).version).toBe(2);
  });

  it('saves what nobody else changed and shows the rest with all values', async () => {
    await edit('approver', [
      { id: rowId(), version: 2, changes: { title: 'By the approver', 'attributes.Colour': 'blue' } },
    ]);
    const { answer } = await edit('ops', [
      {
        id: rowId(),
        version: 2,
        changes: { title: 'Mine', hsCode: '3304.99', 'attributes.Colour': 'green', 'attributes.Size': 'S' },
      },
    ]);
    expect(answer.rows[0]).toMatchObject({ outcome: 'partly', version: 4 });
    expect(answer.counts).toEqual({ saved: 1, unchanged: 0, conflict: 1, refused: 0 });
    const fields = Object.fromEntries((answer.rows[0]?.fields ?? []).map((field) => [field.key, field]));
    expect(fields.title).toMatchObject({
      outcome: 'conflict',
      base: 'New title',
      yours: 'Mine',
      theirs: 'By the approver',
      by: 'approver@example.com',
    });
    expect(fields['attributes.Colour']).toMatchObject({ outcome: 'conflict', base: 'red', theirs: 'blue' });
    expect(fields.hsCode?.outcome).toBe('saved');
    expect(fields['attributes.Size']?.outcome).toBe('saved');
    expect(await productNow()).toMatchObject({ title: 'By the approver', attributes: { Colour: 'blue', Size: 'S' } });
  });

  it('resolves a conflict at the present version: mine overwrites, theirs drops', async () => {
    const { answer } = await edit('ops', [
      {
        id: rowId(),
        version: 4,
        changes: { title: 'Mine', 'attributes.Colour': 'green' },
        keep: { title: 'mine', 'attributes.Colour': 'theirs' },
      },
    ]);
    expect(answer.rows[0]?.fields.map(({ key, outcome }) => [key, outcome])).toEqual([
      ['title', 'saved'],
      ['attributes.Colour', 'dropped'],
    ]);
    expect(await productNow()).toMatchObject({ title: 'Mine', attributes: { Colour: 'blue' }, version: 5 });
  });

  it('refuses values that cannot be kept, by field, with a remedy', async () => {
    const { answer } = await edit('ops', [
      {
        id: rowId(),
        version: 5,
        changes: {
          title: '',
          weightGrams: -1,
          originCountryCode: 'Indonesia',
          sku: 'X',
          nonsense: 1,
          category: 'Care',
        },
      },
    ]);
    const why = Object.fromEntries((answer.rows[0]?.fields ?? []).map(({ key, why: reason }) => [key, reason]));
    expect(answer.rows[0]?.outcome).toBe('partly');
    expect(why).toMatchObject({
      title: 'Title cannot be empty.',
      weightGrams: 'Weight is between 1 and 10000000 g.',
      originCountryCode: 'Origin is a country’s two letters, such as AU.'.replace('’', "'"),
      nonsense: 'Products have no column nonsense.',
      category: null,
    });
  });

  it('knows no rows behind the wall, no made-up versions, and no row twice', async () => {
    const foreign = await edit('foreign', [{ id: rowId(), version: 6, changes: { title: 'Stolen' } }]);
    expect(foreign.answer.rows[0]).toMatchObject({ outcome: 'refused', code: 'NotFound', from: null, version: null });
    const future = await edit('ops', [{ id: rowId(), version: 60, changes: { title: 'Future' } }]);
    expect(future.answer.rows[0]).toMatchObject({ outcome: 'refused', code: 'VersionConflict', version: 6 });
    const row = { id: rowId(), version: 6, changes: { title: 'Twice' } };
    expect((await edit('ops', [row, row])).status).toBe(400);
    expect((await productNow()).title).toBe('Mine');
  });

  it('goes row by row when the database refuses one of them, and saves the others', async () => {
    // No cell can hold it today; a column that people may edit tomorrow could.
    await asOwner(`alter table skus add constraint not_too_wide check (width_mm < 5000) not valid`);
    const tooWide = { id: rowId(), version: 6, changes: { title: 'Too wide', widthMm: 6000 } };
    const other = { id: `${world.other.product}/${world.other.sku}`, version: 1, changes: { title: 'Other title' } };
    const { answer } = await edit('ops', [tooWide, other]);
    expect(answer.rows.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['refused', 'InvalidInput'],
      ['saved', null],
    ]);
    expect(await productNow()).toMatchObject({ title: 'Mine', version: 6 });
    expect(await productNow(world.other.product)).toMatchObject({ title: 'Other title', version: 2 });
  });

  it('keeps the wall when it goes row by row', async () => {
    const tooWide = { id: rowId(), version: 6, changes: { widthMm: 6000 } };
    const foreign = { id: `${world.other.product}/${world.other.sku}`, version: 2, changes: { title: 'Stolen' } };
    const { answer } = await edit('brand', [tooWide, foreign]);
    expect(answer.rows.map(({ code }) => code)).toEqual(['InvalidInput', 'NotFound']);
  });

  it('is answered once for one key', async () => {
    const rows = [{ id: rowId(), version: 6, changes: { title: 'Once' } }];
    const ask = () =>
      world.as(
        'ops',
        'POST',
        '/api/tables/products/edits',
        { dryRun: false, rows },
        { 'idempotency-key': 'once-only' },
      );
    const first = await ask();
    const second = await ask();
    expect(second.body).toEqual(first.body);
    expect((await productNow()).version).toBe(7);
  });
});

describe('an edit that is taken back', () => {
  it('is kept with its fields, and undone as an edit of its own', async () => {
    const before = await productNow();
    const { answer } = await edit('ops', [
      { id: rowId(), version: 7, changes: { title: 'To be undone', hsCode: '1111', 'attributes.New': 'x' } },
    ]);
    const { body: kept } = await world.as('ops', 'GET', `/api/edits/${answer.editId}`);
    expect(kept).toMatchObject({ table: 'products', by: 'ops@example.com', undoOf: null, undoneBy: null });
    // Somebody changes one of the fields again before it is undone.
    await edit('approver', [{ id: rowId(), version: 8, changes: { title: 'Changed since' } }]);
    const undo = (dryRun: boolean) => world.as('ops', 'POST', `/api/edits/${answer.editId}/undo`, { dryRun });
    const preview = (await undo(true)).body as unknown as EditAnswer;
    const done = (await undo(false)).body as unknown as EditAnswer;
    expect(done).toEqual({ ...preview, dryRun: false, editId: expect.any(String) });
    expect(done.rows[0]?.fields.map(({ key, outcome }) => [key, outcome])).toEqual([
      ['attributes.New', 'saved'],
      ['hsCode', 'saved'],
      ['title', 'conflict'],
    ]);
    const after = await productNow();
    expect(after).toMatchObject({ title: 'Changed since', attributes: before.attributes });
    const list = await world.as('ops', 'GET', '/api/edits?table=products&limit=2');
    expect(list.body.edits).toMatchObject([{ id: done.editId, undoOf: answer.editId }, { by: 'approver@example.com' }]);
    const again = await world.as('ops', 'GET', `/api/edits/${answer.editId}`);
    expect(again.body.undoneBy).toBe(done.editId);
  });

  it('is seen by the brand that made it and by staff, not by another brand', async () => {
    const { answer } = await edit('brand', [{ id: rowId(), version: 10, changes: { category: 'By the brand' } }]);
    const seen = await Promise.all(
      (['brand', 'foreign', 'ops'] as const).map((person) => world.as(person, 'GET', `/api/edits/${answer.editId}`)),
    );
    expect(seen.map(({ status }) => status)).toEqual([200, 404, 200]);
  });
});

describe('a SKU that changes outside of the table', () => {
  it('conflicts, too: on its page or by another reading of the shop', async () => {
    const { version, title } = await productNow();
    const patch = { version, skus: [{ skuId: world.own.sku, weightGrams: 777 }] };
    expect((await world.as('approver', 'PATCH', `/api/products/${world.own.product}`, patch)).status).toBe(200);
    const { answer } = await edit('ops', [{ id: rowId(), version, changes: { weightGrams: 888, title: `${title}!` } }]);
    expect(answer.rows[0]?.fields).toMatchObject([
      { key: 'weightGrams', outcome: 'conflict', theirs: 777, by: 'approver@example.com' },
      { key: 'title', outcome: 'saved' },
    ]);
  });
});
