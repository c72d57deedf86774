import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RowFinding, StoreConnector } from '../connectors/contract/store.ts';
import { startBench as startMagento } from '../connectors/magento/bench.fixture.ts';
import { badShop as badMagento } from '../connectors/magento/simulator/bad-shop.ts';
import { startBench as startShopify } from '../connectors/shopify/bench.fixture.ts';
import { badShop as badShopify } from '../connectors/shopify/simulator/bad-shop.ts';
import { startBench as startWooCommerce } from '../connectors/woocommerce/bench.fixture.ts';
import { badShop as badWooCommerce, orphan } from '../connectors/woocommerce/simulator/bad-shop.ts';
import { addCounts, type ImportCounts, noCounts } from '../db/catalogue.ts';
import { makeBrand, makeConnection, startAt } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { catalogueActivities } from './catalogue.ts';

/** Shops as years of plugins and imports leave them behind, by the real activity into PostgreSQL. */
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'bad_shop' });
});
afterAll(() => database?.close());

interface Imported {
  counts: ImportCounts;
  again: ImportCounts;
  /** Findings by the first SKU or, where there is none, the title. */
  findings: Map<string, RowFinding[]>;
  skus: Map<string, { price_minor: number | null; currency: string; on_hand: number; title: string }>;
}

async function importAll(connector: StoreConnector): Promise<Imported> {
  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const connectionId = await staff(async (trx) =>
    makeConnection(trx, 'store', { brand_id: await makeBrand(trx, { currency: 'AUD' }) }),
  );
  const activities = catalogueActivities({
    db: database.db,
    clock: { now: async () => startAt },
    checkpoint: async () => undefined,
    open: { store: async () => ({ connector }) },
  });
  const run = async (): Promise<ImportCounts> => {
    const { runId } = await activities.beginImport(connectionId, { full: true });
    let counts = noCounts();
    for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
      const page = await activities.importPage({ connectionId, runId, cursor, since: null });
      counts = addCounts(counts, page.counts);
      cursor = page.next;
    }
    const { listings: _, ...finished } = await activities.finishImport({ connectionId, runId });
    expect(finished).toEqual(counts);
    return counts;
  };
  const counts = await run();
  const again = await run();
  return staff(async (trx) => {
    const products = await trx('products').where({ store_connection_id: connectionId });
    const skus = await trx('skus')
      .whereIn(
        'product_id',
        products.map(({ id }) => id),
      )
      .orderBy('sku');
    const named = new Map(products.map(({ id, title }) => [id, title]));
    return {
      counts,
      again,
      findings: new Map(
        products.map(({ id, title, findings }) => [
          skus.find(({ product_id: productId }) => productId === id)?.sku ?? title,
          findings,
        ]),
      ),
      skus: new Map(skus.map((sku) => [sku.sku, { ...sku, title: named.get(sku.product_id) }])),
    };
  });
}

const sumOf = ({ read: _, ...parts }: ImportCounts): number => Object.values(parts).reduce((sum, one) => sum + one, 0);

/** Everything was accounted for, and every oddity has a reason and a remedy. */
function demandComplete({ counts, again, findings }: Imported, products: number): void {
  expect(counts.read).toBe(products);
  expect(sumOf(counts)).toBe(products);
  // Findings stay as they are while nobody corrects the shop.
  expect(again).toEqual({
    ...noCounts(),
    read: products,
    unchanged: products - counts.refused,
    refused: counts.refused,
  });
  for (const one of [...findings.values()].flat()) {
    expect(one.reason).toMatch(/^.{8,}[.]$/s);
    expect(one.remedy.length, one.reason).toBeGreaterThan(8);
  }
}

const fieldsOf = ({ findings }: Imported, sku: string): string[] => [
  ...new Set((findings.get(sku) ?? []).map(({ field, blocking }) => `${field}${blocking ? '!' : ''}`)),
];

interface Expected {
  readonly counts: Partial<ImportCounts>;
  /** What the oddity of each product is about; a "!" forbids selling it. `SOUND` has none. */
  readonly findings: Readonly<Record<string, readonly string[]>>;
}

/** All that was expected, and nothing else. */
function demandFindings(done: Imported, expected: Expected): void {
  expect(done.counts).toMatchObject(expected.counts);
  expect(Object.fromEntries([...done.findings.keys()].map((name) => [name, fieldsOf(done, name)]))).toEqual(
    expected.findings,
  );
}

describe('a bad shop', () => {
  it('of WooCommerce, in euro, is imported as far as it makes sense', async () => {
    const bench = await startWooCommerce({ simulator: { currency: 'EUR' } });
    try {
      await bench.addProducts(...badWooCommerce);
      await bench.control('POST', '/orphans', orphan);
      const done = await importAll(bench.connector);
      demandComplete(done, badWooCommerce.length + 1);
      demandFindings(done, {
        counts: { new: 5, held: 7 },
        findings: {
          SOUND: [],
          TWICE: [],
          'Second of two': ['sku!'],
          'Without SKU': ['sku!'],
          'NO-PRICE': ['price!'],
          'BELOW-ZERO': ['stock'],
          MARKUP: ['title'],
          'LOST-PICTURE': ['images'],
          'NOT-COUNTED': ['stock!'],
          TWIN: ['sku!'],
          'MANY-0': ['sku!', 'price!', 'stock'],
          ORPHAN: ['variation!'],
        },
      });
      expect(done.skus.get('TWICE')).toMatchObject({ title: 'First of two', price_minor: 3995, currency: 'EUR' });
      expect(done.skus.get('BELOW-ZERO')).toMatchObject({ on_hand: 0 });
      // The first of two with one SKU is taken, and stays.
      expect(done.skus.get('TWIN')).toMatchObject({ on_hand: 1 });
      expect(manyIn(done)).toBe(1_999);
    } finally {
      await bench.close();
    }
  });

  it('of Magento, in Kuwaiti dinar, is imported as far as it makes sense', async () => {
    const bench = await startMagento({ simulator: { currency: 'KWD', weightUnit: 'kgs' } });
    try {
      await bench.addProducts(...badMagento);
      const done = await importAll(bench.connector);
      demandComplete(done, badMagento.length);
      demandFindings(done, {
        counts: { new: 4, held: 4 },
        findings: {
          SOUND: [],
          'NO-PRICE': ['price!'],
          FREE: ['price!'],
          'BELOW-ZERO': expect.any(Array),
          MARKUP: ['title'],
          ORPHAN: ['visibility!'],
          'LOST-PICTURE': ['images'],
          'MANY-0': ['price!'],
        },
      });
      expect(done.skus.get('SOUND')).toMatchObject({ price_minor: 39_950, currency: 'KWD', on_hand: 12 });
      expect(done.skus.get('BELOW-ZERO')).toMatchObject({ on_hand: 0 });
      expect(manyIn(done)).toBe(2_000);
    } finally {
      await bench.close();
    }
  });

  it('of Shopify, in Australian dollars, is imported as far as it makes sense', async () => {
    const bench = await startShopify({ simulator: { currency: 'AUD' } });
    try {
      await bench.addProducts(...badShopify);
      const done = await importAll(bench.connector);
      demandComplete(done, badShopify.length);
      demandFindings(done, {
        counts: { new: 5, held: 6 },
        findings: {
          SOUND: [],
          TWICE: [],
          'Second of two': ['sku!'],
          'Without SKU': ['sku!'],
          FREE: ['price!'],
          'BELOW-ZERO': ['stock'],
          MARKUP: ['title'],
          'LOST-PICTURE': ['image'],
          'NOT-COUNTED': ['stock!'],
          TWIN: ['sku!'],
          'MANY-0': ['sku!', 'price!', 'stock'],
        },
      });
      expect(done.skus.get('TWICE')).toMatchObject({ title: 'First of two', price_minor: 3995, currency: 'AUD' });
      expect(done.skus.get('BELOW-ZERO')).toMatchObject({ on_hand: 0 });
      expect(manyIn(done)).toBe(1_999);
    } finally {
      await bench.close();
    }
  });
});

/** SKUs of the product with 2,000 variants. */
const manyIn = ({ skus }: Imported): number => [...skus.keys()].filter((sku) => sku.startsWith('MANY-')).length;
