import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { MarketplaceConnector } from '../connectors/contract/marketplace.ts';
import { type Bench, publish, startBench } from '../connectors/zilingo/bench.fixture.ts';
import { EffectPending } from '../db/effects.ts';
import { command, makeWorld, sellerSkuFor, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedSystems } from '../tests/scripted-systems.ts';
import type { ActivityDeps } from './deps.ts';
import { stockOfferActivities } from './stock-offers.ts';

const leaseMs = 60_000;

describe('stock on a marketplace that takes only changes', () => {
  let database: TestDatabase;
  let bench: Bench;
  let world: World;
  let systems: ScriptedSystems;
  let activities: ReturnType<typeof stockOfferActivities>;
  /** Runs between reading and sending. */
  let meanwhile: () => Promise<void>;
  let twist: (connector: MarketplaceConnector) => Partial<MarketplaceConnector>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_delta' });
    bench = await startBench();
  });
  afterAll(async () => {
    await bench?.close();
    await database?.close();
  });
  beforeEach(async () => {
    meanwhile = async () => undefined;
    twist = () => ({});
    world = await makeWorld(database.db, {}, 5);
    const { skus, externalId } = await publish(bench, [sellerSkuFor(world.skuA), sellerSkuFor(world.skuB)]);
    await staff(async (trx) => {
      await trx('listings').where({ brand_id: world.brandId }).update({ external_id: externalId });
      for (const { sellerSku, externalSkuId } of skus)
        await trx('listing_skus').where({ seller_sku: sellerSku }).update({ external_sku_id: externalSkuId });
    });
    systems = new ScriptedSystems();
    activities = stockOfferActivities(overBench(systems.deps(database.db)));
  });

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const overBench = (deps: ActivityDeps): ActivityDeps => ({
    ...deps,
    open: {
      ...deps.open,
      marketplace: async (id) => {
        const connector: MarketplaceConnector = {
          ...bench.connector,
          changeStock: async (rows) => {
            await meanwhile();
            return (await bench.connector.changeStock?.(rows)) ?? [];
          },
        };
        const opened = { ...connector, ...twist(connector) };
        return { id, code: id, name: id, brandId: null, connector: opened };
      },
    },
  });
  const push = () => activities.pushStock(world.marketplaceId);
  const shown = async (skuId: string): Promise<number | undefined> => {
    const products = await bench.control<{ skus: { sellerSkuId: string; stock: number }[] }[]>('GET', '/products');
    return products.flatMap(({ skus }) => skus).find(({ sellerSkuId }) => sellerSkuId === sellerSkuFor(skuId))?.stock;
  };
  const bothShown = async () => [await shown(world.skuA), await shown(world.skuB)];
  const effects = () =>
    staff((trx) =>
      trx('effects').where({ connection_id: world.marketplaceId, kind: 'change-stock' }).orderBy('created_at').select(),
    );
  const cap = async (skuId: string, quantity: number) => {
    const { setAdjustment } = await import('../db/stock-adjustments.ts');
    const { id } = await staff((trx) => trx('listing_skus').where({ sku_id: skuId }).first('id'));
    const input = { listingSkuId: id, kind: 'cap', quantity, reason: 'a test', expiresAt: null } as const;
    await staff((trx) => setAdjustment(trx, input, command()));
  };
  const buy = (skuId: string, quantity: number) =>
    bench.control('POST', '/orders', { lines: [{ sellerSku: sellerSkuFor(skuId), quantity }] });

  it('works out the changes, sends them once, and nothing where it is as wanted', async () => {
    await push();
    const [quantity] = await bothShown();
    expect(quantity).toBeGreaterThan(1);
    expect(await bothShown()).toEqual([quantity, quantity]);
    await cap(world.skuA, 1);
    await push();
    expect(await bothShown()).toEqual([1, quantity]);
    await push();
    expect((await effects()).map(({ state }) => state)).toEqual(['DONE', 'DONE']);
    expect((await effects())[1].request.rows).toMatchObject([{ level: quantity, delta: 1 - Number(quantity) }]);
  });

  it.each(['lose-answer', 'drop'])(
    'doubles nothing after "%s": read again when it can no longer arrive',
    async (fault) => {
      const calls = bench.calls('updateQuantities');
      await bench.fault({ kind: fault }, 'updateQuantities');
      await expect(push()).rejects.toThrow(EffectPending);
      await expect(push()).rejects.toThrow(EffectPending);
      expect(bench.calls('updateQuantities') - calls).toBe(1);
      systems.passWall(leaseMs);
      expect(await push()).toMatchObject({ failed: 0 });
      const [a, b] = await bothShown();
      const desired = await staff((trx) => trx('listing_skus').where({ sku_id: world.skuA }).first());
      expect([a, b]).toEqual([desired.stock_desired, desired.stock_desired]);
      expect(desired).toMatchObject({ stock_acknowledged: desired.stock_desired, stock_attempted: null });
      expect(bench.calls('updateQuantities') - calls).toBe(fault === 'drop' ? 2 : 1);
      const [first] = await effects();
      expect(first).toMatchObject({ state: 'DONE', answer: { levels: expect.anything() } });
    },
  );

  it('leaves what a buyer takes between reading and sending taken', async () => {
    await push();
    const [before] = await bothShown();
    await cap(world.skuA, Number(before) - 1);
    meanwhile = async () => {
      await buy(world.skuA, 1);
    };
    await push();
    expect(await shown(world.skuA)).toBe(Number(before) - 2);
  });

  it('tries rows that were refused together one by one, and reports the bad one', async () => {
    const bad = sellerSkuFor(world.skuB);
    twist = (connector) => ({
      changeStock: async (rows) =>
        rows.some(({ sellerSku }) => sellerSku === bad)
          ? rows.map(({ sellerSku }) => ({
              ...{ ok: false as const, key: sellerSku, retryable: rows.length > 1, reason: 'SKU does not exist' },
              code: rows.length > 1 ? 'refused_together' : 'FAILED',
            }))
          : ((await connector.changeStock?.(rows)) ?? []),
    });
    expect(await push()).toMatchObject({ sent: 2, failed: 1 });
    expect(await shown(world.skuA)).toBeGreaterThan(0);
    expect(await shown(world.skuB)).toBe(0);
    expect((await effects()).map(({ state }) => state).toSorted()).toEqual(['DONE', 'REFUSED', 'REFUSED']);
  });

  it('sends nothing once somebody else has taken the writes over', async () => {
    twist = (connector) => ({
      readStock: async (rows) => {
        const levels = (await connector.readStock?.(rows)) ?? [];
        await staff((trx) =>
          trx('listing_skus').where({ connection_id: world.marketplaceId }).update({ stock_attempt_by: world.brandId }),
        );
        return levels;
      },
    });
    await expect(push()).rejects.toThrow(/taken the writes over/);
    expect(await bothShown()).toEqual([0, 0]);
  });
});
