import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeConnection, makeListing, makeSku, makeWorld } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedSystems } from '../tests/scripted-systems.ts';
import { priceOfferActivities } from './price-offers.ts';

describe('sending prices, one a call, several calls side by side', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_prices' });
  });
  afterAll(() => database?.close());

  it('sends every price once and the newest only, and gives way to a cut of stock', async () => {
    const { db } = database;
    const staff = <Result>(work: Parameters<typeof db.tx<Result>>[1]) => db.tx('staff', work);
    const { brandId, productId } = await makeWorld(db);
    const connectionId = await staff((trx) => makeConnection(trx, 'marketplace'));
    const skuIds: string[] = [];
    for (let n = 0; n < 9; n += 1) skuIds.push(await staff((trx) => makeSku(trx, { brandId, productId })));
    await staff((trx) => makeListing(trx, { brandId, productId, connectionId, skuIds }, { external_id: 'there' }));
    const rows = () => staff((trx) => trx('listing_skus').where({ connection_id: connectionId }));
    const set = (changes: object, where: object = {}) =>
      staff(async (trx) => {
        await trx('listing_skus')
          .where({ connection_id: connectionId, ...where })
          .update(changes);
      });
    const shown = { stock_desired: 5, stock_low: 5, stock_high: 5, stock_confirmed: true };
    await set({ ...shown, price_desired_minor: 1_000 });
    const sent: number[] = [];
    const deps = new ScriptedSystems().deps(db);
    const { pushPrices } = priceOfferActivities({
      ...deps,
      open: {
        ...deps.open,
        marketplace: async (id) => {
          const opened = await deps.open.marketplace(id);
          return {
            ...opened,
            connector: {
              ...opened.connector,
              capabilities: { ...opened.connector.capabilities, priceBatchSize: 1 },
              writePrices: async (writes) => {
                // Changed once more while the first call is under way.
                if (sent.length === 0) await set({ price_desired_minor: 2_000 });
                sent.push(...writes.map(({ price }) => price.amountMinor));
                return writes.map(({ sellerSku }) => ({ ok: true, key: sellerSku, value: undefined }));
              },
            },
          };
        },
      },
    });
    expect(await pushPrices(connectionId)).toMatchObject({ failed: 0, more: false });
    expect((await rows()).map(({ price_acknowledged_minor: price }) => price)).toEqual(skuIds.map(() => 2_000));
    // At most the calls that were under way had the older value.
    expect(sent.filter((price) => price === 2_000)).toHaveLength(9);
    expect(sent.length).toBeLessThanOrEqual(9 + 4);

    await set({ price_desired_minor: 3_000 });
    const [first] = await rows();
    await set({ stock_desired: 2 }, { id: first.id });
    expect(await pushPrices(connectionId)).toEqual({ sent: 0, failed: 0, more: true });
  });
});
