import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { RowOutcome } from '../connectors/contract/common.ts';
import type { SeenListing, StockWrite } from '../connectors/contract/marketplace.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { offerAgain } from '../db/stock.ts';
import { releaseCuts, takeMark } from '../db/stock-writes.ts';
import { command, lineOf, makeConnection, makeListing, makeOrder, makeWorld, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedSystems } from '../tests/scripted-systems.ts';
import type { ActivityDeps } from './deps.ts';
import { offerActivities } from './offers.ts';

describe('writing stock to two marketplaces', () => {
  let database: TestDatabase;
  let world: World;
  let second: string;
  let systems: ScriptedSystems;
  let activities: ReturnType<typeof offerActivities>;
  /** What each marketplace shows, and what became of every call. */
  let shown: Map<string, number>;
  let calls: string[];
  let fate: 'done' | 'throttled' | 'refused';

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_stock' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    world = await makeWorld(database.db, {}, 4);
    const { brandId, productId, skuA, skuB } = world;
    await staff((trx) =>
      trx('skus')
        .where({ id: skuB })
        .update({ gone_at: new Date(0) }),
    );
    await staff((trx) => offerAgain(trx, [skuB], command()));
    await staff((trx) => trx('listing_skus').where({ sku_id: skuB }).update({ external_sku_id: null }));
    second = await staff((trx) => makeConnection(trx, 'marketplace'));
    await staff((trx) => makeListing(trx, { brandId, productId, connectionId: second, skuIds: [skuA] }));
    await staff((trx) => trx('listings').update({ external_id: 'there' }).where({ brand_id: brandId }));
    systems = new ScriptedSystems();
    shown = new Map();
    calls = [];
    fate = 'done';
    activities = offerActivities(withStock(systems.deps(database.db)));
  });

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);

  const withStock = (deps: ActivityDeps): ActivityDeps => ({
    ...deps,
    open: {
      ...deps.open,
      marketplace: async (connectionId) => {
        const opened = await deps.open.marketplace(connectionId);
        return {
          ...opened,
          connector: {
            ...opened.connector,
            capabilities: { ...opened.connector.capabilities, stockBatchSize: 2 },
            writeStock: async (rows: readonly StockWrite[]): Promise<RowOutcome[]> => {
              calls.push(`${connectionId === second ? 'second' : 'first'} ${rows.map(({ quantity }) => quantity)}`);
              if (fate === 'throttled') throw new ConnectorError('RateLimited', 'too many calls');
              return rows.map(({ sellerSku, quantity }) => {
                if (fate === 'refused') return { ok: false, key: sellerSku, retryable: false, code: '1', reason: 'no' };
                shown.set(connectionId, quantity);
                return { ok: true, key: sellerSku, value: undefined };
              });
            },
            readLive: async (refs): Promise<SeenListing[]> =>
              refs.flatMap(({ externalId, skus }) =>
                skus.map(({ sellerSku, externalSkuId }) => ({
                  ...{ externalId, externalSkuId, sellerSku, remote: 'LIVE', nativeStatus: 'on', price: null },
                  quantity: shown.get(connectionId) ?? 0,
                })),
              ),
          },
        };
      },
    },
  });

  const rowOf = (connectionId: string) =>
    staff((trx) => trx('listing_skus').where({ connection_id: connectionId, sku_id: world.skuA }).first());
  const cap = async (connectionId: string, quantity: number) => {
    const { setAdjustment } = await import('../db/stock-adjustments.ts');
    const { id } = await rowOf(connectionId);
    const input = { listingSkuId: id, kind: 'cap', quantity, reason: 'a test', expiresAt: null } as const;
    await staff((trx) => setAdjustment(trx, input, command()));
  };
  const ordersRead = async (connectionId: string) => {
    const mark = await staff(takeMark);
    return staff((trx) => releaseCuts(trx, connectionId, mark, command()));
  };
  const bothPushed = async () => {
    await activities.pushStock(world.marketplaceId);
    await activities.pushStock(second);
  };

  it('sends shares whose sum is what is available, once', async () => {
    await bothPushed();
    expect([...shown.values()]).toEqual([2, 2]);
    await bothPushed();
    expect(calls).toEqual(['first 2', 'second 2']);
    expect(await rowOf(second)).toMatchObject({
      stock_acknowledged: 2,
      stock_low: 2,
      stock_high: 2,
      stock_attempted: null,
    });
  });

  it('raises one only after the other’s cut was acknowledged and its orders were read', async () => {
    await bothPushed();
    await cap(world.marketplaceId, 0);
    expect(await activities.pushStock(second)).toMatchObject({ sent: 0 });
    expect(await activities.pushStock(world.marketplaceId)).toMatchObject({ sent: 1, freed: 1 });
    expect(await activities.pushStock(second)).toMatchObject({ sent: 0 });
    expect(await ordersRead(world.marketplaceId)).toBe(1);
    expect(await activities.pushStock(second)).toMatchObject({ sent: 1 });
    expect(shown.get(second)).toBe(4);
  });

  it('a reading that began before the acknowledgement frees nothing', async () => {
    await bothPushed();
    await cap(world.marketplaceId, 0);
    const early = await staff(takeMark);
    await activities.pushStock(world.marketplaceId);
    expect(await staff((trx) => releaseCuts(trx, world.marketplaceId, early, command()))).toBe(0);
    expect(await activities.pushStock(second)).toMatchObject({ sent: 0 });
  });

  it('keeps the marks of a call that was throttled, and both values count', async () => {
    await bothPushed();
    await cap(world.marketplaceId, 0);
    fate = 'throttled';
    await expect(activities.pushStock(world.marketplaceId)).rejects.toThrow('too many calls');
    expect(await rowOf(world.marketplaceId)).toMatchObject({ stock_attempted: 0, stock_low: 0, stock_high: 2 });
    fate = 'done';
    await ordersRead(world.marketplaceId);
    expect(await activities.pushStock(second)).toMatchObject({ sent: 0 });
    expect(await activities.pushStock(world.marketplaceId)).toMatchObject({ sent: 1, failed: 0 });
    expect(await rowOf(world.marketplaceId)).toMatchObject({ stock_attempted: null, stock_low: 0 });
  });

  it('reports a refused row and tries it again in the next round', async () => {
    fate = 'refused';
    expect(await activities.pushStock(second)).toMatchObject({ sent: 1, failed: 1, more: false });
    expect((await rowOf(second)).last_error).toBe('no');
    fate = 'done';
    expect(await activities.pushStock(second)).toMatchObject({ sent: 1, failed: 0 });
    expect((await rowOf(second)).last_error).toBeNull();
  });

  it('sends the newest value only, however often it changed', async () => {
    await bothPushed();
    for (const quantity of [1, 0, 1]) await cap(second, quantity);
    await activities.pushStock(second);
    expect(calls.slice(2)).toEqual(['second 1']);
  });

  it('writes again after a sale was read, and a sale is no drift', async () => {
    await bothPushed();
    shown.set(world.marketplaceId, 1);
    await makeOrder(database.db, world, [lineOf(world.skuA, 1)]);
    expect(await rowOf(world.marketplaceId)).toMatchObject({ stock_low: 1, stock_high: 2, stock_desired: 1 });
    expect(await activities.readBackOffers(world.marketplaceId, null)).toMatchObject({ drift: 0 });
    expect(await activities.pushStock(world.marketplaceId)).toMatchObject({ sent: 1 });
    expect(await activities.pushStock(second)).toMatchObject({ sent: 0 });
  });

  it('finds what somebody changed over there, writes it down, and sends it again', async () => {
    await bothPushed();
    const { id } = await rowOf(second);
    shown.set(second, 9);
    expect(await activities.readBackOffers(second, null)).toMatchObject({ drift: 1 });
    expect(await rowOf(second)).toMatchObject({ stock_seen: 9, stock_high: 9, stock_confirmed: false });
    const drifts = () =>
      staff((trx) =>
        trx('stock_drifts').where({ listing_sku_id: id }).whereNull('resolved_at').select('seen', 'explained'),
      );
    expect(await drifts()).toEqual([{ seen: 9, explained: null }]);
    await activities.pushStock(second);
    expect(shown.get(second)).toBe(2);
    expect(await activities.readBackOffers(second, null)).toMatchObject({ drift: 0 });
    expect(await drifts()).toEqual([]);
  });
});
