import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ApiWorld, startApiWorld } from '../testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

describe('the products table', () => {
  it('shows a product with one SKU as one row with the cells of both', async () => {
    const { status, body } = await world.as('ops', 'GET', `/api/tables/products?brand=${world.own.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 1, states: { NEW: 1 }, next: null });
    expect(body.rows).toHaveLength(1);
    expect(body.rows[0]).toMatchObject({
      id: `${world.own.product}/${world.own.sku}`,
      entity: world.own.product,
      kind: 'product',
      version: 1,
      state: 'NEW',
      edited: { to: 'EDITED', why: null },
      locked: {},
      cells: {
        title: 'Serum of acme',
        brand: { code: 'acme' },
        sku: 'SERUM-30',
        weightGrams: 120,
        listings: 'market: NEW',
        attributes: { Volume: ['30 ml'] },
      },
    });
  });

  it('shows a brand its own products only', async () => {
    const { body } = await world.as('brand', 'GET', '/api/tables/products');
    expect(body.rows.map(({ entity }) => entity)).toEqual([world.own.product]);
  });

  it('goes on where the page before ended, in both directions of a sorting', async () => {
    for (const [sort, titles] of [
      ['title', ['Serum of acme', 'Serum of umbra']],
      ['-title', ['Serum of umbra', 'Serum of acme']],
    ] as const) {
      const first = await world.as('ops', 'GET', `/api/tables/products?limit=1&sort=${sort}`);
      const second = await world.as(
        'ops',
        'GET',
        `/api/tables/products?limit=1&sort=${sort}&cursor=${first.body.next}`,
      );
      const seen = [...first.body.rows, ...second.body.rows].map(({ cells }) => (cells as { title: string }).title);
      expect(seen).toEqual(titles);
      expect(second.body).toMatchObject({ next: null, total: null });
    }
  });

  it('refuses a cursor of another sorting and a column that it cannot be sorted by', async () => {
    const { body } = await world.as('ops', 'GET', '/api/tables/products?limit=1&sort=title');
    const other = await world.as('ops', 'GET', `/api/tables/products?sort=createdAt&cursor=${body.next}`);
    expect(other.body.error.code).toBe('InvalidInput');
    const unsorted = await world.as('ops', 'GET', '/api/tables/products?sort=weightGrams');
    expect(unsorted.body.error.remedy).toContain('title');
  });
});
