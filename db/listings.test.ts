import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { StoreProduct } from '../connectors/contract/store.ts';
import {
  command,
  later,
  levelsOf,
  makeBrand,
  makeConnection,
  productOf,
  startAt,
  unique,
  variantOf,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { importProducts, listEverywhere } from './catalogue.ts';
import { ledgerMark, offerAgain } from './stock.ts';

describe('listings of what was imported', () => {
  let database: TestDatabase;
  let brandId: string;
  let storeId: string;
  let marketplaceId: string;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'catalogue' });
    await staff((trx) =>
      trx('exchange_rates').insert({
        from_currency: 'AUD',
        to_currency: 'IDR',
        on_date: '2026-11-20',
        rate: '10000',
        source: 'a test',
      }),
    );
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    [brandId, storeId] = await staff(async (trx) => {
      const brand = await makeBrand(trx);
      return [brand, await makeConnection(trx, 'store', { brand_id: brand })];
    });
    marketplaceId = await staff((trx) =>
      makeConnection(trx, 'marketplace', {
        brand_id: brandId,
        listing_defaults: { categoryId: '75061450', brandId: '4711', currency: 'IDR', roundToMinor: 1_000 },
      }),
    );
  });

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const product = (externalId: string, overrides: Partial<StoreProduct> = {}): StoreProduct =>
    productOf(externalId, [variantOf(`${brandId}-${externalId}`)], overrides);
  const run = async (products: readonly StoreProduct[], at = startAt, mark?: number) => {
    const by = command({ role: 'connector', at });
    return staff(async (trx) =>
      importProducts(
        trx,
        { connectionId: storeId, brandId, currency: 'AUD', products, ledgerMark: mark ?? (await ledgerMark(trx)) },
        by,
      ),
    );
  };
  const skuRow = (sku: string) => staff((trx) => trx('skus').where({ brand_id: brandId, sku }).first());
  const listing = (externalId: string) =>
    staff((trx) =>
      trx('listings')
        .join('products', 'products.id', 'listings.product_id')
        .where({
          'products.external_id': externalId,
          'products.brand_id': brandId,
          'listings.connection_id': marketplaceId,
        })
        .first('listings.*'),
    );
  const list = () => staff((trx) => listEverywhere(trx, brandId, command({ role: 'system' })));
  const live = async (externalId: string) => {
    const { id } = await listing(externalId);
    await staff((trx) => trx('listings').where({ id }).update({ remote: 'LIVE' }));
    return id as string;
  };
  const listingSkus = (listingId: string) =>
    staff((trx) => trx('listing_skus').where({ listing_id: listingId }).orderBy('seller_sku'));

  it('makes one listing for each product and marketplace, once, with prices that explain themselves', async () => {
    await run([product('1'), product('2')]);
    expect(await list()).toBe(2);
    expect(await list()).toBe(0);
    const { id } = await listing('1');
    const [row] = await listingSkus(id);
    expect(row).toMatchObject({ price_desired_minor: 990_000, currency: 'IDR', stock_desired: 0 });
    expect(row.price_trace.map(({ text }: { text: string }) => text).join(' ')).toContain('10000 IDR per AUD');
  });

  it('has no price where there is none to compute, and says why', async () => {
    await run([product('1', { variants: [variantOf(`${brandId}-1`, { price: null })] })]);
    await list();
    const [row] = await listingSkus((await listing('1')).id);
    expect(row.price_desired_minor).toBeNull();
    expect(row.price_trace.at(-1)).toMatchObject({ code: 'blocked', text: 'The brand gives no price.' });
  });

  it('a new price in the shop wakes the account of a live listing', async () => {
    await run([product('1')]);
    await list();
    const id = await live('1');
    const work = () =>
      staff((trx) =>
        trx('outbox')
          .where({ business_key: `stock/${marketplaceId}` })
          .count({ n: '*' })
          .first(),
      );
    const before = await work();
    await run([
      product('1', { variants: [variantOf(`${brandId}-1`, { price: { amountMinor: 12_000, currency: 'AUD' } })] }),
    ]);
    expect((await listingSkus(id))[0]).toMatchObject({ price_desired_minor: 1_200_000 });
    expect(Number((await work())?.n)).toBeGreaterThan(Number(before?.n));
  });

  it('takes over a new title only where nobody edited the listing’s own', async () => {
    await run([product('1'), product('2')]);
    await list();
    const edited = await listing('2');
    await staff((trx) => trx('listings').where({ id: edited.id }).update({ title: 'Baju wol' }));
    await run([product('1', { title: 'Merino jumper' }), product('2', { title: 'Merino jumper' })]);
    expect(await listing('1')).toMatchObject({ title: 'Merino jumper' });
    expect(await listing('2')).toMatchObject({ title: 'Baju wol' });
  });

  it('a variant that the shop no longer has is offered nowhere, until it comes back', async () => {
    const [small, large] = [unique('S'), unique('L')];
    const both = [variantOf(small), variantOf(large)];
    await run([product('1', { variants: both })]);
    await list();
    await live('1');
    await run([product('1', { title: 'x', variants: both })]);
    const { id } = await skuRow(large);
    await staff((trx) => offerAgain(trx, [id], command()));
    expect(await levelsOf(database.db, id)).toMatchObject({ onHand: 7, offered: [7] });
    await run([product('1', { title: 'x', variants: [variantOf(small)] })], later(5));
    expect(await skuRow(large)).toMatchObject({ gone_at: later(5) });
    expect(await levelsOf(database.db, id)).toMatchObject({ offered: [0] });
    await run([product('1', { title: 'x', variants: both })], later(6));
    expect(await skuRow(large)).toMatchObject({ gone_at: null });
    expect(await levelsOf(database.db, id)).toMatchObject({ offered: [7] });
  });
});
