import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import type { PriceRule } from '../pricing/types.ts';
import { defaultRule } from '../pricing/types.ts';
import { command, later, makeWorld, startAt, unique, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import type { Tx } from './database.ts';
import { typeRate } from './exchange-rates.ts';
import { reprice } from './prices.ts';
import { decidePrice, type HandPrice, proposePrice } from './prices-proposals.ts';
import { saveRule } from './prices-rules.ts';
import { step } from './steps.ts';

/**
 * For tests of prices: before each, one live listing whose first SKU the brand sells for 10 dollars, at 10,000 rupiah a
 * dollar; the marketplace shows that price.
 */
export function priceStage(prefix: string) {
  let database: TestDatabase;
  let world: World;
  let listingId: string;
  let rowId: string;

  const staff = <Result>(work: (trx: Tx) => Promise<Result>) => database.db.tx('staff', work);
  const minutes = (n: number): Date => later(n);
  const row = () => staff((trx) => trx('listing_skus').where({ id: rowId }).first());
  const listing = () => staff((trx) => trx('listings').where({ id: listingId }).first());
  const changes = () => staff((trx) => trx('price_changes').where({ listing_sku_id: rowId }).orderBy('version'));
  const news = { cause: 'brand-price', source: null } as const;
  const byShop = (at = startAt) => command({ role: 'connector', actor: 'tradelane', at });

  /** The brand moves its price; in rupiah at 10,000 a dollar. */
  const brandPrice = (priceMinor: number | null, at = startAt, more: Record<string, unknown> = {}) =>
    staff(async (trx) => {
      await trx('skus')
        .where({ id: world.skuA })
        .update({ price_minor: priceMinor, ...more });
      return reprice(trx, [rowId], news, byShop(at));
    });
  const rule = (more: Partial<PriceRule>, brandId: string | null = null) =>
    staff(async (trx) => {
      const latest = await trx('price_rules')
        .where({ connection_id: world.marketplaceId, brand_id: brandId })
        .max({ v: 'version' })
        .first();
      await saveRule(
        trx,
        {
          connectionId: world.marketplaceId,
          brandId,
          data: { ...defaultRule, ...more },
          reason: 'a test',
          seenVersion: Number(latest?.v ?? 0),
        },
        command({ role: 'admin', actor: 'ada' }),
      );
      await reprice(trx, [rowId], { cause: 'rule', source: 'ada' }, command({ role: 'admin', actor: 'ada' }));
    });
  const propose = (amountMinor: number, more: Partial<HandPrice> = {}, by = command()) =>
    staff((trx) =>
      proposePrice(trx, { listingSkuId: rowId, amountMinor, reason: 'campaign', expiresAt: null, ...more }, by),
    );
  const decide = (id: string, event: 'APPROVE' | 'REJECT' | 'WITHDRAW', by = command(), passFloor?: string) =>
    staff((trx) => decidePrice(trx, { id, event, passFloor }, by));
  const must = (proposed: Awaited<ReturnType<typeof propose>>): string => {
    if (!proposed.ok) throw new Error(proposed.why);
    return proposed.id;
  };
  /** The marketplace took over what was desired. */
  const acknowledge = () =>
    staff((trx) =>
      trx('listing_skus')
        .where({ id: rowId })
        .update({ price_acknowledged_minor: trx.ref('price_desired_minor'), price_acknowledged_at: startAt }),
    );

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix });
    const rate = {
      from: 'AUD',
      to: 'IDR',
      value: '10000',
      date: '2026-11-20',
      source: 'bank',
      reason: 'a test',
      sure: false,
    };
    await staff((trx) => typeRate(trx, rate, command()));
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    world = await makeWorld(database.db);
    const found = await staff((trx) => trx('listing_skus').where({ sku_id: world.skuA }).first());
    [listingId, rowId] = [found.listing_id, found.id];
    await staff((trx) =>
      trx('listings')
        .where({ id: listingId })
        .update({ content_hash: 'same', submitted_hash: 'same', external_id: unique('there') }),
    );
    for (const event of ['APPROVE', 'SUBMITTED', 'REVIEW_PASSED'] as const) {
      const result = await staff((trx) =>
        step(
          trx,
          { machine: 'listing', id: listingId, event },
          command({ role: event === 'APPROVE' ? 'ops' : 'connector' }),
        ),
      );
      if (!result.ok) throw new Error(result.why);
    }
    await brandPrice(1_000);
    await acknowledge();
  });

  return {
    staff,
    minutes,
    row,
    listing,
    changes,
    brandPrice,
    rule,
    propose,
    decide,
    must,
    acknowledge,
    db: () => database.db,
    world: () => world,
    rowId: () => rowId,
  };
}
