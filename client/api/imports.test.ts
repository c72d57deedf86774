import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { importActivities } from '../../activities/imports.ts';
import type { ImportDetail, ImportRows } from './schemas/imports.ts';
import { type ApiWorld, type Person, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const send = (person: Person, file: string | Buffer, query = '', headers: Record<string, string> = {}) =>
  world.as(person, 'POST', `/api/imports${query}`, Buffer.from(file as string), {
    'content-type': 'text/csv',
    ...headers,
  });

async function work(id: string): Promise<ImportDetail> {
  const activities = importActivities({ db: world.deps.db, clock: world.deps.clock });
  for (let more = true; more; ) ({ more } = await activities.workOnImport(id));
  return shown('ops', id);
}

async function shown(person: Person, id: string): Promise<ImportDetail> {
  const answer = await world.as(person, 'GET', `/api/imports/${id}`);
  expect(answer.status).toBe(200);
  return answer.body as unknown as ImportDetail;
}

const command = (person: Person, id: string, name: string) =>
  world.as(person, 'POST', `/api/imports/${id}/${name}`, {});
const file = 'sku,title,price,stock\nX1,Tee,10.00,5\nX2,Cap,1.299.000,1\nX3,"=HYPERLINK(""http://x"")",3.00,-1\n';

describe('imports over the API', () => {
  it('a brand sends, sees, answers, confirms and undoes its own file', async () => {
    const sent = await send('brand', file, '?fileName=spring.csv');
    expect(sent).toMatchObject({ status: 201, body: { phase: 'reading' } });
    const { id } = sent.body;
    const preview = await work(id);
    expect(preview).toMatchObject({
      fileName: 'spring.csv',
      phase: 'preview',
      counts: { read: 3, new: 1, changed: 0, unchanged: 0, duplicate: 0, held: 1, refused: 1 },
      dialect: { separator: ',' },
      encodings: [{ encoding: 'utf-8', confidence: 1, firstLine: 1, lastLine: 4 }],
      can: { confirm: true, undo: false },
    });
    expect(preview.questions).toMatchObject([{ id: 'number-style:dot-thousands', rows: 1 }]);
    const rows = (await world.as('brand', 'GET', `/api/imports/${id}/rows?outcome=new`)).body as unknown as ImportRows;
    expect(rows.rows).toMatchObject([
      { sku: 'X1', line: 2, changes: { title: [null, 'Tee'], price_minor: [null, 1000] } },
    ]);
    const patch = { answers: { 'number-style:dot-thousands': 'thousands' } };
    expect((await world.as('brand', 'PATCH', `/api/imports/${id}`, patch)).status).toBe(200);
    expect((await work(id)).counts).toMatchObject({ read: 3, new: 2, held: 0, refused: 1 });
    expect(await command('brand', id, 'confirm')).toMatchObject({ status: 200, body: { phase: 'applying' } });
    expect(await work(id)).toMatchObject({ phase: 'done', can: { undo: true }, confirmedBy: world.emailOf('brand') });
    expect(await command('brand', id, 'confirm')).toMatchObject({
      status: 409,
      body: { error: { code: 'NotAllowedInState' } },
    });
    const undo = await command('brand', id, 'undo');
    const plan = await work(undo.body.id);
    expect(plan).toMatchObject({ kind: 'undo', undoOf: id, phase: 'preview', counts: { read: 2, changed: 2 } });
    await command('brand', plan.id, 'confirm');
    expect((await work(plan.id)).phase).toBe('done');
  });

  it('gives the errors as a file that is safe to open', async () => {
    const { body } = await send('brand', Buffer.concat([Buffer.from(file), Buffer.from('X4,Caf\xe9,0,1\n', 'latin1')]));
    await work(body.id);
    const { text, headers } = await world.as('brand', 'GET', `/api/imports/${body.id}/errors.csv`);
    expect(headers['content-type']).toContain('text/csv');
    expect(text).toContain('X4,Caf\\xe9,0,1');
    expect(text).toContain('"\'=HYPERLINK');
    expect(text).toMatch(/4,5,1,refused,X4,price,0,The price is 0\./);
    expect(text).not.toMatch(/(^|,)"?[=@]/m);
  });

  it('writes nothing when it is given up', async () => {
    const { body } = await send('brand', 'sku,title,price\nNEVER,Tee,1.00\n');
    await work(body.id);
    expect(await command('brand', body.id, 'discard')).toMatchObject({ status: 200, body: { phase: 'discarded' } });
    const skus = await world.deps.db.tx('staff', (trx) => trx('skus').where({ sku: 'NEVER' }));
    expect(skus).toEqual([]);
  });

  it('is closed to other brands, and needs a brand from staff', async () => {
    const { body } = await send('brand', 'sku,title\nS1,Tee\n');
    for (const name of ['', '/rows', '/errors.csv'])
      expect((await world.as('foreign', 'GET', `/api/imports/${body.id}${name}`)).status).toBe(404);
    expect((await world.as('foreign', 'PATCH', `/api/imports/${body.id}`, { answers: {} })).status).toBe(404);
    expect((await command('foreign', body.id, 'confirm')).status).toBe(404);
    expect((await send('foreign', file, '?brand=acme')).status).toBe(404);
    expect((await send('ops', file)).status).toBe(400);
    expect((await send('ops', file, '?brand=nobody')).status).toBe(404);
    expect((await send('ops', file, '?brand=acme')).status).toBe(201);
    const seen = (await world.as('foreign', 'GET', '/api/imports')).body;
    expect(seen.rows).toEqual([]);
  });

  it('takes a file once for one key, and refuses what is no file', async () => {
    const key = { 'idempotency-key': 'one-upload' };
    const first = await send('brand', file, '', key);
    const second = await send('brand', file, '', key);
    expect(second.body.id).toBe(first.body.id);
    expect(await send('brand', '')).toMatchObject({
      status: 400,
      body: { error: { message: 'The file holds no header.' } },
    });
    expect((await world.as('brand', 'POST', '/api/imports', { a: 1 })).status).toBe(415);
  });

  it('asks about columns that it cannot tell, and takes a correction', async () => {
    const { body } = await send('brand', 'x,y\nM1,Tee\n');
    expect((await work(body.id)).phase).toBe('mapping');
    const patch = (mapping: object[]) => world.as('brand', 'PATCH', `/api/imports/${body.id}`, { mapping });
    expect((await patch([{ index: 1, field: 'title' }])).body.error.message).toContain('No column is the SKU');
    expect((await patch([{ index: 9, field: 'sku' }])).body.error.message).toContain('no column 9');
    expect((await patch([0, 1].map((index) => ({ index, field: 'sku' })))).body.error.message).toContain(
      'cannot both be sku',
    );
    expect(
      (
        await patch([
          { index: 0, field: 'sku' },
          { index: 1, field: 'title' },
        ])
      ).status,
    ).toBe(200);
    expect((await work(body.id)).counts).toMatchObject({ read: 1, new: 1 });
    const wrong = await world.as('brand', 'PATCH', `/api/imports/${body.id}`, { answers: { 'price-jump': 'accept' } });
    expect(wrong.body.error.message).toContain('asks no question');
  });

  it('gives a template', async () => {
    const { text, status } = await world.as('ops', 'GET', '/api/imports/template.csv?brand=umbra');
    expect(status).toBe(200);
    expect(text.split('\r\n')[0]).toContain('sku,handle,title');
  });
});
