import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { command, makeBrand, makeConnection, productOf, startAt, variantOf } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { importProducts } from './catalogue.ts';
import { isBelievable, missingFrom, noteSeenBy, productVanished, vanishedSince } from './catalogue-compare.ts';
import type { Tx } from './database.ts';
import { mustStep } from './steps.ts';
import { ledgerMark } from './stock.ts';

describe('a full reading that is compared', () => {
  let database: TestDatabase;
  let brandId: string;
  let storeId: string;
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'compare' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    [brandId, storeId] = await staff(async (trx) => {
      const brand = await makeBrand(trx);
      return [brand, await makeConnection(trx, 'store', { brand_id: brand })];
    });
  });

  const staff = <Result>(work: (trx: Tx) => Promise<Result>) => database.db.tx('staff', work);
  const by = () => command({ role: 'connector' });
  /** Reads the shop as it is: these products and no others. Returns the reading. */
  const read = (...ids: string[]): Promise<string> => readAs('compare', ids);
  const readAs = async (stream: 'compare' | 'catalogue', ids: readonly string[]): Promise<string> => {
    const runId = randomUUID();
    await staff(async (trx) => {
      await trx('sync_runs').insert({ id: runId, connection_id: storeId, stream, started_at: startAt });
      const products = ids.map((id) => productOf(id, [variantOf(`${brandId}-${id}`)]));
      await importProducts(
        trx,
        { connectionId: storeId, brandId, currency: 'AUD', products, ledgerMark: await ledgerMark(trx) },
        by(),
      );
      await noteSeenBy(trx, storeId, runId, ids);
    });
    return runId;
  };
  const missing = async (runId: string): Promise<string[]> =>
    (await staff((trx) => missingFrom(trx, { connectionId: storeId, runId, after: null, limit: 100 }))).map(
      ({ externalId }) => externalId,
    );
  const product = (externalId: string) =>
    staff((trx) => trx('products').where({ store_connection_id: storeId, external_id: externalId }).first());
  const problems = (): Promise<{ id: string; kind: string }[]> =>
    staff((trx) =>
      trx('problems').where({ connection_id: storeId }).whereNot({ state: 'RESOLVED' }).select('id', 'kind'),
    );

  it('finds what vanished, keeps it, and brings it back as it was', async () => {
    await read('1', '2', '3');
    const approved = await product('2');
    await staff((trx) => mustStep(trx, { machine: 'product', id: approved.id, event: 'APPROVE' }, command()));
    const second = await read('1', '3');
    expect(await missing(second)).toEqual(['2']);
    expect(await staff((trx) => productVanished(trx, approved.id, by()))).toBe(true);
    expect(await staff((trx) => productVanished(trx, approved.id, by()))).toBe(false);
    expect(await missing(second)).toEqual([]);
    // A comparison that is repeated finds it counted already.
    expect(await staff((trx) => vanishedSince(trx, { connectionId: storeId, runId: second }))).toBe(1);
    const gone = await product('2');
    expect(gone).toMatchObject({ state: 'APPROVED', gone_at: startAt });
    expect(JSON.stringify(gone.findings)).toContain('The shop does not have it any more.');
    const sku = await staff((trx) => trx('skus').where({ product_id: approved.id }).first('gone_at'));
    expect(sku.gone_at).toEqual(startAt);
    expect(await problems()).toMatchObject([{ kind: 'product-vanished' }]);

    await read('1', '2', '3');
    const back = await product('2');
    expect(back).toMatchObject({ state: 'APPROVED', gone_at: null });
    expect(JSON.stringify(back.findings)).not.toContain('any more');
    expect(await staff((trx) => trx('skus').where({ product_id: approved.id }).first('gone_at'))).toEqual({
      gone_at: null,
    });
    expect(await problems()).toEqual([]);
  });

  it('does not miss what a reading by cursor saw meanwhile', async () => {
    const full = await read('1', '2', '3');
    await readAs('catalogue', ['1', '2']);
    expect(await missing(full)).toEqual([]);
  });

  it('does not believe that many vanished at once, until a person says so', async () => {
    const all = Array.from({ length: 30 }, (_, index) => String(index + 1));
    await read(...all);
    const compared = async () => {
      const input = { connectionId: storeId, runId: await read('1', '2') };
      return { ...input, ...(await staff((trx) => isBelievable(trx, input, by()))) };
    };
    expect(await compared()).toMatchObject({ believable: false, missing: 28 });
    const [problem] = await problems();
    expect(problem?.kind).toBe('catalogue-shrunk');
    const resolve = { machine: 'problem', id: String(problem?.id), event: 'RESOLVE' } as const;
    await staff((trx) => mustStep(trx, resolve, command({ role: 'ops' })));
    const believed = await compared();
    expect(believed.believable).toBe(true);
    // Repeated, the comparison goes on; the next one asks again: one word is good for one time.
    const again = await staff((trx) => isBelievable(trx, believed, by()));
    expect(again).toEqual({ believable: true, missing: 28 });
    expect((await compared()).believable).toBe(false);
  });
});
