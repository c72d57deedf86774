import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { importActivities } from '../activities/imports.ts';
import { command, makeBrand, makeConnection, startAt } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { confirmImport, findImport } from './imports.ts';
import { uploadFile } from './imports-upload.ts';

describe('listings of an imported file', () => {
  let database: TestDatabase;
  let brandId: string;
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'));
    brandId = await staff(async (trx) => {
      await trx('exchange_rates').insert({
        from_currency: 'AUD',
        to_currency: 'IDR',
        on_date: '2026-11-20',
        rate: '10000',
        source: 'a test',
      });
      const brand = await makeBrand(trx);
      await makeConnection(trx, 'marketplace', {
        brand_id: brand,
        listing_defaults: { categoryId: '75061450', brandId: '4711', currency: 'IDR' },
      });
      return brand;
    });
  });
  afterAll(() => database.close());

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const header = 'sku,title,price,stock,handle';

  async function apply(...lines: string[]): Promise<void> {
    const id = randomUUID();
    const activities = importActivities({ db: database.db, clock: { now: async () => startAt } });
    const work = async (): Promise<void> => {
      for (let more = true; more; ) ({ more } = await activities.workOnImport(id));
    };
    async function* body(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${[header, ...lines].join('\n')}\n`);
    }
    await uploadFile(database.db, { id, brandId, fileName: 'products.csv', body: body() }, command());
    await work();
    await staff(async (trx) => {
      const row = await findImport(trx, id);
      if (row) await confirmImport(trx, row, command());
    });
    await work();
    const done = await staff((trx) => findImport(trx, id));
    expect(done?.phase).toBe('done');
  }

  const offers = () =>
    staff((trx) =>
      trx('listing_skus as ls')
        .join('listings as l', 'l.id', 'ls.listing_id')
        .join('skus as s', 's.id', 'ls.sku_id')
        .where('l.brand_id', brandId)
        .orderBy('s.sku')
        .select('s.sku', 'l.title', 'l.state', 'l.blocking_findings', 'ls.price_desired_minor', 'ls.stock_desired'),
    );

  it('are made for new products, priced by the marketplace’s rules, and follow changes', async () => {
    await apply('A1,Tee,10.00,5,tee', 'A2,,11.00,6,tee', 'B1,Cap,20.00,7,');
    const made = await offers();
    expect(made.map(({ sku, title, state }) => [sku, title, state])).toEqual([
      ['A1', 'Tee', 'NEW'],
      ['A2', 'Tee', 'NEW'],
      ['B1', 'Cap', 'NEW'],
    ]);
    expect(
      made.every(({ price_desired_minor, blocking_findings }) => price_desired_minor > 0 && blocking_findings === 0),
    ).toBe(true);
    await staff((trx) => trx('listings').where({ brand_id: brandId }).update({ remote: 'LIVE' }));
    await apply('A1,Shirt,20.00,9,tee', 'A2,,11.00,6,tee', 'B1,Cap,20.00,7,');
    const changed = await offers();
    expect(changed.map(({ title }) => title)).toEqual(['Shirt', 'Shirt', 'Cap']);
    expect(changed[0]?.price_desired_minor).toBe(made[0]?.price_desired_minor * 2);
    expect(changed.slice(1).map((row) => row.price_desired_minor)).toEqual(
      made.slice(1).map((row) => row.price_desired_minor),
    );
    expect(changed[0]?.stock_desired).toBe(9);
    const woken = await staff((trx) => trx('outbox').where({ topic: 'stock' }).count({ n: '*' }).first());
    expect(Number(woken?.n)).toBeGreaterThan(0);
  });
});
