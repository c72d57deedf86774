import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { importActivities } from '../activities/imports.ts';
import { command, makeBrand } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { startAt } from '../tests/readings.ts';
import { confirmImport, findImport, type ImportRow, lockImport, readAgain } from './imports.ts';
import { applyChunk, applyRows } from './imports-apply.ts';
import { beginUndo } from './imports-undo.ts';
import { uploadFile } from './imports-upload.ts';
import { mustStep } from './steps.ts';
import { moveStock } from './stock.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresSuperuserUrl'));
});
afterAll(() => database.close());

const activities = () => importActivities({ db: database.db, clock: { now: async () => startAt } });

async function work(id: string): Promise<ImportRow> {
  for (let more = true; more; ) ({ more } = await activities().workOnImport(id));
  const row = await database.db.tx('staff', (trx) => findImport(trx, id));
  if (!row) throw new Error('the import is gone');
  return row;
}

async function preview(brandId: string, file: string | Buffer): Promise<ImportRow> {
  const id = randomUUID();
  const body = Readable.from([Buffer.from(file as string)]);
  await uploadFile(database.db, { id, brandId, fileName: 'products.csv', body }, command());
  return work(id);
}

async function confirm(row: ImportRow): Promise<ImportRow> {
  await database.db.tx('staff', (trx) => confirmImport(trx, row, command()));
  return work(row.id);
}

const brand = () => database.db.tx('staff', (trx) => makeBrand(trx));
const counts = ({ read, ...rest }: Record<string, number>) => ({
  read,
  ...Object.fromEntries(Object.entries(rest).filter(([, count]) => count > 0)),
});
const rowsOf = (id: string) =>
  database.db.tx('staff', (trx) => trx('import_rows').where({ import_id: id }).orderBy('row_number'));
const skusOf = (brandId: string) =>
  database.db.tx('staff', (trx) =>
    trx('skus')
      .join('products', 'products.id', 'skus.product_id')
      .where('skus.brand_id', brandId)
      .orderBy('sku')
      .select('skus.*', trx.raw('title, state, version, external_id, products.gone_at as product_gone_at')),
  );

const header = 'sku,title,price,stock,handle,size';
const file = (...lines: string[]): string => `${[header, ...lines].join('\n')}\n`;
const three = file('A1,Tee,10.00,5,tee,S', 'A2,,10.00,6,tee,M', 'B1,Cap,20.00,7,,');

describe('an import', () => {
  it('writes nothing before it is confirmed, then everything with its history', async () => {
    const brandId = await brand();
    const shown = await preview(brandId, three);
    expect(shown.phase).toBe('preview');
    expect(counts(shown.counts ?? {})).toEqual({ read: 3, new: 3 });
    expect(await skusOf(brandId)).toEqual([]);
    const done = await confirm(shown);
    expect(done).toMatchObject({ phase: 'done', applied: 3 });
    const skus = await skusOf(brandId);
    expect(
      skus.map((sku) => [sku.sku, sku.external_id, sku.title, sku.price_minor, sku.on_hand, sku.state, sku.version]),
    ).toEqual([
      ['A1', 'tee', 'Tee', 1000, 5, 'NEW', 1],
      ['A2', 'tee', 'Tee', 1000, 6, 'NEW', 1],
      ['B1', 'B1', 'Cap', 2000, 7, 'NEW', 1],
    ]);
    const movements = await database.db.tx('staff', (trx) => trx('stock_movements').where({ brand_id: brandId }));
    expect(movements.map(({ kind, quantity, reason }) => [kind, quantity, reason])).toEqual(
      [5, 6, 7].map((quantity) => ['LEVEL', quantity, 'import']),
    );
  });

  it('changes nothing when the same file comes again, however it is written', async () => {
    const brandId = await brand();
    await confirm(await preview(brandId, three));
    const again = await preview(brandId, three);
    expect(counts(again.counts ?? {})).toEqual({ read: 3, unchanged: 3 });
    const other = await preview(brandId, `\ufeff${three.replaceAll('\n', '\r\n').replace('B1,Cap', '"B1","Cap"')}`);
    expect(counts(other.counts ?? {})).toEqual({ read: 3, unchanged: 3 });
    expect(await confirm(again)).toMatchObject({ phase: 'done', applied: 0 });
  });

  it('shows before and after, and applies exactly that', async () => {
    const brandId = await brand();
    await confirm(await preview(brandId, three));
    await approveAll(brandId);
    const shown = await preview(brandId, file('A1,Tee,12.00,5,tee,S', 'A2,,10.00,4,tee,M', 'B1,Hat,20.00,7,,'));
    expect(counts(shown.counts ?? {})).toEqual({ read: 3, changed: 3 });
    expect((await rowsOf(shown.id)).map(({ changes }) => changes)).toEqual([
      { price_minor: [1000, 1200] },
      { on_hand: [6, 4] },
      { title: ['Cap', 'Hat'] },
    ]);
    await confirm(shown);
    const skus = await skusOf(brandId);
    expect(skus.map((sku) => [sku.price_minor, sku.on_hand, sku.title, sku.state])).toEqual([
      [1200, 5, 'Tee', 'EDITED'],
      [1000, 4, 'Tee', 'EDITED'],
      [2000, 7, 'Hat', 'EDITED'],
    ]);
    const [step] = await database.db.tx('staff', (trx) =>
      trx('transitions')
        .where({ brand_id: brandId, event: 'CHANGED_IN_SHOP' })
        .whereRaw(`changed @> '{"title": ["Cap"]}'`),
    );
    expect(step).toMatchObject({ from_state: 'APPROVED', to_state: 'EDITED', changed: { title: ['Cap', 'Hat'] } });
  });

  it('keeps what a person set, and says so', async () => {
    const brandId = await brand();
    await confirm(await preview(brandId, three));
    await database.db.tx('staff', async (trx) => {
      const owner = JSON.stringify({ title: { by: 'ops@example.com' } });
      await trx('products')
        .where({ brand_id: brandId, external_id: 'B1' })
        .update({ title: 'By hand', field_owners: owner });
      const price = JSON.stringify({ price_minor: { by: 'ops@example.com' } });
      await trx('skus').where({ brand_id: brandId, sku: 'A1' }).update({ field_owners: price });
    });
    const shown = await preview(brandId, file('A1,Tee,12.00,9,tee,S', 'A2,,10.00,6,tee,M', 'B1,Hat,20.00,7,,'));
    const rows = await rowsOf(shown.id);
    expect(rows.map(({ outcome, changes, kept }) => [outcome, changes, kept])).toEqual([
      ['changed', { on_hand: [5, 9] }, ['price_minor']],
      ['unchanged', null, null],
      ['unchanged', null, ['title']],
    ]);
    await confirm(shown);
    expect((await skusOf(brandId)).map((sku) => [sku.title, sku.price_minor, sku.on_hand])).toEqual([
      ['Tee', 1000, 9],
      ['Tee', 1000, 6],
      ['By hand', 2000, 7],
    ]);
  });

  it('adds up, and names the line of the first of two equal SKUs', async () => {
    const brandId = await brand();
    const shown = await preview(
      brandId,
      file(
        'A1,Tee,10.00,5,,',
        'A1,Tee again,11.00,5,,',
        'B1,Cap,0,1,,',
        'C1,Sock,1.299,1,,',
        'D1,Shoe,5,-1,,',
        'E1,,5,1,,',
        'A1,Tee,10.00,5,,',
      ),
    );
    expect(shown.counts).toEqual({ read: 7, new: 1, changed: 0, unchanged: 0, duplicate: 2, held: 1, refused: 3 });
    const findings = (await rowsOf(shown.id)).map((row) => row.findings?.[0] ?? null);
    expect(findings.map((found) => found?.code ?? null)).toEqual([
      null,
      'duplicate',
      'price',
      'number-style:three-after-dot',
      'stock',
      'no-title',
      'duplicate',
    ]);
    expect(findings[1].reason).toContain('line 2');
    expect(shown.questions).toMatchObject([
      { id: 'number-style:three-after-dot', rows: 1, examples: [{ row: 4, line: 5, value: '1.299' }] },
    ]);
  });

  it('reads again under an answer, and holds a price ten times what it was', async () => {
    const brandId = await brand();
    await confirm(await preview(brandId, three));
    const shown = await preview(brandId, file('A1,Tee,100.00,5,tee,S', 'A2,,1.299,6,tee,M', 'B1,Cap,20.00,7,,'));
    expect(counts(shown.counts ?? {})).toEqual({ read: 3, unchanged: 1, held: 2 });
    expect(shown.questions.map(({ id }) => id)).toEqual(['number-style:three-after-dot', 'price-jump']);
    const answer = (answers: Record<string, string>) =>
      database.db.tx('staff', async (trx) => {
        const row = await lockImport(trx, shown.id);
        if (row) await readAgain(trx, row, { answers }, command());
      });
    await answer({ 'number-style:three-after-dot': 'thousands' });
    expect((await work(shown.id)).questions.map(({ id, rows }) => [id, rows])).toEqual([['price-jump', 2]]);
    await answer({ 'number-style:three-after-dot': 'thousands', 'price-jump': 'accept' });
    expect(counts((await work(shown.id)).counts ?? {})).toEqual({ read: 3, changed: 2, unchanged: 1 });
  });

  it('believes no level from before a sale', async () => {
    const brandId = await brand();
    await confirm(await preview(brandId, three));
    const shown = await preview(brandId, file('A1,Tee,10.00,9,tee,S', 'B1,Cap,20.00,9,,'));
    await database.db.tx('staff', async (trx) => {
      const { id } = await trx('skus').where({ brand_id: brandId, sku: 'A1' }).first('id');
      await moveStock(trx, { skuId: id, kind: 'ADJUST', quantity: -1, reason: 'broken' }, command());
    });
    await confirm(shown);
    expect((await skusOf(brandId)).map((sku) => [sku.sku, sku.on_hand])).toEqual([
      ['A1', 4],
      ['A2', 6],
      ['B1', 9],
    ]);
  });

  it('remembers its columns when it is confirmed', async () => {
    const brandId = await brand();
    const strange = 'kode,x9,x8\nA1,Tee,10.00\n';
    const asked = await preview(brandId, strange);
    expect(asked.phase).toBe('mapping');
    await database.db.tx('staff', async (trx) => {
      const mapping = asked.mapping.map((column) => ({
        ...column,
        field: (['sku', 'title', 'price'] as const)[column.index] ?? null,
        source: 'person' as const,
      }));
      await readAgain(trx, asked, { mapping }, command());
    });
    await confirm(await work(asked.id));
    const again = await preview(brandId, strange.replace('10.00', '11.00'));
    expect(counts(again.counts ?? {})).toEqual({ read: 1, changed: 1 });
    expect(again.mapping.map(({ source }) => source)).toEqual(['remembered', 'remembered', 'remembered']);
  });

  it('goes on where it was killed, and does no chunk twice', async () => {
    const brandId = await brand();
    const lines = Array.from({ length: applyRows + 10 }, (_, index) => `K${index},Thing ${index},${index + 1}.00,1,,`);
    const shown = await preview(brandId, file(...lines));
    expect(counts(shown.counts ?? {})).toEqual({ read: lines.length, new: lines.length });
    await database.db.tx('staff', (trx) => confirmImport(trx, shown, command()));
    await database.db.tx('staff', (trx) => applyChunk(trx, shown.id, command()));
    const broken = database.db.tx('staff', async (trx) => {
      await applyChunk(trx, shown.id, command());
      throw new Error('killed');
    });
    await expect(broken).rejects.toThrow('killed');
    expect(await work(shown.id)).toMatchObject({ phase: 'done', applied: lines.length });
    const { rows } = await database.db.tx('staff', (trx) =>
      trx.raw(
        'select count(*)::int as n, count(distinct sku_id)::int as skus from stock_movements where brand_id = ?',
        [brandId],
      ),
    );
    expect(rows[0]).toEqual({ n: lines.length, skus: lines.length });
  });

  it('is undone by a plan that is shown first and leaves later changes alone', async () => {
    const brandId = await brand();
    await confirm(await preview(brandId, three));
    const second = await confirm(
      await preview(
        brandId,
        file('A1,Shirt,12.00,5,tee,S', 'A2,,11.00,6,tee,M', 'B1,Cap,20.00,7,,', 'N1,New,1.00,1,,'),
      ),
    );
    await database.db.tx('staff', (trx) =>
      trx('skus').where({ brand_id: brandId, sku: 'A2' }).update({ price_minor: 999 }),
    );
    const undoId = randomUUID();
    await database.db.tx('staff', (trx) => beginUndo(trx, second, undoId, command()));
    const plan = await work(undoId);
    expect(counts(plan.counts ?? {})).toEqual({ read: 3, changed: 2, held: 1 });
    expect(
      (await rowsOf(undoId)).map(({ sku, changes, findings }) => [sku, changes, findings?.[0]?.field ?? null]),
    ).toEqual([
      ['A1', { title: ['Shirt', 'Tee'], price_minor: [1200, 1000] }, null],
      ['A2', null, 'price_minor'],
      ['N1', { gone: [false, true] }, null],
    ]);
    await confirm(plan);
    const skus = await skusOf(brandId);
    expect(
      skus.map((sku) => [sku.sku, sku.title, sku.price_minor, sku.gone_at !== null, sku.product_gone_at !== null]),
    ).toEqual([
      ['A1', 'Tee', 1000, false, false],
      ['A2', 'Tee', 999, false, false],
      ['B1', 'Cap', 2000, false, false],
      ['N1', 'New', 100, true, true],
    ]);
    const back = await preview(brandId, file('N1,New,1.00,1,,'));
    expect(counts(back.counts ?? {})).toEqual({ read: 1, changed: 1 });
    await confirm(back);
    expect((await skusOf(brandId)).find(({ sku }) => sku === 'N1')).toMatchObject({
      gone_at: null,
      product_gone_at: null,
    });
  });
});

async function approveAll(brandId: string): Promise<void> {
  await database.db.tx('staff', async (trx) => {
    for (const id of await trx('products').where({ brand_id: brandId }).pluck('id'))
      await mustStep(trx, { machine: 'product', id, event: 'APPROVE' }, command());
  });
}
