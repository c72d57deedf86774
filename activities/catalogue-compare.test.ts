import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StoreConnector } from '../connectors/contract/store.ts';
import { importProducts } from '../db/catalogue.ts';
import { ledgerMark } from '../db/stock.ts';
import { command, makeBrand, makeConnection, productOf, startAt, variantOf } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { catalogueActivities } from './catalogue.ts';

describe('the comparison with a shop', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_compare' });
  });
  afterAll(() => database?.close());
  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);

  it('goes on after the last product that it had asked for', async () => {
    const runId = randomUUID();
    const connectionId = await staff(async (trx) => {
      const brandId = await makeBrand(trx);
      const storeId = await makeConnection(trx, 'store', { brand_id: brandId });
      await trx('sync_runs').insert({ id: runId, connection_id: storeId, stream: 'compare', started_at: startAt });
      const products = ['1', '2', '3', '4'].map((id) => productOf(id, [variantOf(`SKU-${id}`)]));
      const mark = await ledgerMark(trx);
      const input = { connectionId: storeId, brandId, currency: 'AUD', products, ledgerMark: mark };
      await importProducts(trx, input, command({ role: 'connector' }));
      return storeId;
    });
    const asked: string[] = [];
    let answers = 2;
    const readProduct: StoreConnector['readProduct'] = async (externalId) => {
      if (asked.length === answers) throw new Error('the worker was killed');
      asked.push(externalId);
      // The first one is there: a page of the full reading had slipped past it.
      return asked.length === 1 ? productOf(externalId, [variantOf(`SKU-${externalId}`)]) : null;
    };
    let kept: unknown = null;
    const { compareCatalogue } = catalogueActivities({
      db: database.db,
      clock: { now: async () => startAt },
      checkpoint: async () => undefined,
      place: {
        read: () => kept,
        keep: (place) => {
          kept = place;
        },
      },
      open: { store: async () => ({ connector: { readProduct } as StoreConnector }) },
    });
    await expect(compareCatalogue(connectionId, runId)).rejects.toThrow('the worker was killed');
    answers = 4;
    expect(await compareCatalogue(connectionId, runId)).toEqual({ missing: 4, vanished: 3, believed: true });
    expect(asked).toHaveLength(4);
    expect(new Set(asked).size).toBe(4);
  });
});
