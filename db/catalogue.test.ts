import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { StoreProduct } from '../connectors/contract/store.ts';
import {
  command,
  later,
  levelsOf,
  lineOf,
  makeBrand,
  makeConnection,
  makeOrder,
  makeWorld,
  orderStep,
  productOf,
  pushedChanges,
  startAt,
  variantOf,
  type World,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { importProducts } from './catalogue.ts';
import { mustStep } from './steps.ts';
import { ledgerMark } from './stock.ts';

describe('importing a catalogue', () => {
  let database: TestDatabase;
  let brandId: string;
  let storeId: string;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'catalogue' });
    await staff((trx) =>
      trx('exchange_rates').insert({
        from_currency: 'AUD',
        to_currency: 'IDR',
        on_date: '2026-11-01',
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
  const productRow = (externalId: string) =>
    staff((trx) => trx('products').where({ store_connection_id: storeId, external_id: externalId }).first());
  const skuRow = (sku: string) => staff((trx) => trx('skus').where({ brand_id: brandId, sku }).first());
  const counts = (some: object) => ({
    read: 0,
    new: 0,
    changed: 0,
    unchanged: 0,
    duplicate: 0,
    held: 0,
    refused: 0,
    ...some,
  });
  const blocking = { field: 'price', value: null, reason: 'no price', remedy: 'add one', blocking: true };

  it('locks SKUs in the order of their ids, whatever order the shop has: no circle with a sale', async () => {
    const both = [product('1'), product('2')];
    await run(both);
    const skus = await staff((trx) =>
      trx('skus').where({ brand_id: brandId }).orderBy('id').select('id', 'product_id'),
    );
    const [low, high] = skus;
    const last = await staff((trx) => trx('products').where({ id: high?.product_id }).first());
    const shopsOrder = both.toSorted((a) => (a.externalId === last.external_id ? -1 : 1));
    const stocked = shopsOrder.map(({ externalId }) =>
      productOf(externalId, [
        variantOf(`${brandId}-${externalId}`, { stock: { managed: true, quantity: 7, inStock: true } }),
      ]),
    );
    const sale = staff(async (trx) => {
      await trx('skus').where({ id: low?.id }).forNoKeyUpdate();
      const reading = run(stocked);
      // Not by what sessions say of themselves: within a transaction that is read once.
      const waits = () => trx.raw('select 1 from pg_locks where pg_backend_pid() = any(pg_blocking_pids(pid))');
      while ((await waits()).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await trx('skus').where({ id: high?.id }).forNoKeyUpdate();
      return { reading };
    });
    expect(await (await sale).reading).toMatchObject({ read: 2 });
  });

  it('accounts for every row that was read', async () => {
    const first = [product('1'), product('2'), product('1'), product('3', { findings: [blocking] })];
    const nameless = product('4', { title: ' ', variants: [variantOf(null)] });
    expect(await run([...first, nameless])).toEqual(counts({ read: 5, new: 2, duplicate: 1, held: 1, refused: 1 }));
    expect(await run([product('1'), product('2', { title: 'Scarf' })])).toEqual(
      counts({ read: 2, unchanged: 1, changed: 1 }),
    );
    expect(await productRow('4')).toBeUndefined();
    expect(await productRow('3')).toMatchObject({ blocking_findings: 1, state: 'NEW' });
  });

  it('keeps the record as the shop sent it, of refused rows too', async () => {
    await run([product('1', { title: '', variants: [] })]);
    const rows = await staff((trx) => trx('source_records').where({ connection_id: storeId }));
    expect(rows).toMatchObject([{ external_id: '1', raw: { id: '1' }, brand_id: brandId }]);
  });

  it('repeated, changes nothing', async () => {
    const rows = [product('1'), product('2')];
    await run(rows);
    const before = [await productRow('1'), await skuRow(`${brandId}-1`)];
    expect(await run(rows)).toEqual(counts({ read: 2, unchanged: 2 }));
    expect([await productRow('1'), await skuRow(`${brandId}-1`)]).toEqual(before);
  });

  it('a change in the shop takes the approval back and leaves what people typed', async () => {
    await run([product('1')]);
    const { id } = await productRow('1');
    await staff(async (trx) => {
      await mustStep(trx, { machine: 'product', id, event: 'EDIT', changes: { title: 'A better title' } }, command());
      await trx('products')
        .where({ id })
        .update({ field_owners: JSON.stringify({ title: { by: 'olga', at: startAt } }) });
      await mustStep(trx, { machine: 'product', id, event: 'APPROVE' }, command({ role: 'approver' }));
    });
    await run([product('1', { title: 'Wool jumper XL', descriptionHtml: '<p>Warmer</p>' })]);
    expect(await productRow('1')).toMatchObject({
      state: 'EDITED',
      title: 'A better title',
      description_html: '<p>Warmer</p>',
    });
  });

  it('a SKU’s field that changes in the shop stands in the history of its product', async () => {
    const id = 'noted';
    await run([product(id)]);
    const before = await staff((trx) =>
      trx('skus')
        .where({ sku: `${brandId}-${id}` })
        .first(),
    );
    const heavier = [{ ...variantOf(`${brandId}-${id}`), weightGrams: 4321 }];
    await run([product(id, { variants: heavier })], later(1));
    const [step] = await staff((trx) =>
      trx('transitions').where({ entity_id: before.product_id, event: 'CHANGED_IN_SHOP' }),
    );
    expect(step.changed).toMatchObject({ [`skus/${before.id}/weight_grams`]: [before.weight_grams, 4321] });
  });

  it('a SKU of another product is a finding, and stays where it is', async () => {
    const sku = `${brandId}-1`;
    await run([product('1')]);
    await run([product('2', { variants: [variantOf(sku)] })]);
    const second = await productRow('2');
    expect(second).toMatchObject({ blocking_findings: 1, findings: [{ field: 'sku', value: sku }] });
    expect((await skuRow(sku)).product_id).toBe((await productRow('1')).id);
  });

  it('the same SKU of two brands is two SKUs', async () => {
    await run([product('1', { variants: [variantOf('SAME')] })]);
    const mine = await skuRow('SAME');
    [brandId, storeId] = await staff(async (trx) => {
      const brand = await makeBrand(trx);
      return [brand, await makeConnection(trx, 'store', { brand_id: brand })];
    });
    await run([product('1', { variants: [variantOf('SAME')] })]);
    expect((await skuRow('SAME')).id).not.toBe(mine.id);
  });

  it('a weight that ops typed in is not taken away by a shop that has none', async () => {
    const sku = `${brandId}-1`;
    const without = (title: string) => product('1', { title, variants: [variantOf(sku, { weightGrams: null })] });
    await run([without('a')]);
    await staff((trx) => trx('skus').where({ sku }).update({ weight_grams: 321 }));
    await run([without('b')]);
    expect((await skuRow(sku)).weight_grams).toBe(321);
    await run([product('1', { title: 'c', variants: [variantOf(sku, { weightGrams: 500 })] })]);
    expect((await skuRow(sku)).weight_grams).toBe(500);
  });

  describe('levels', () => {
    const read = (sku: string, quantity: number | null, mark?: number) =>
      run(
        [product('1', { variants: [variantOf(sku, { stock: { managed: true, quantity, inStock: true } })] })],
        later(1),
        mark,
      );

    it('are taken over, also of a product that is otherwise unchanged; below zero is refused', async () => {
      const sku = `${brandId}-1`;
      await read(sku, 7);
      expect(await read(sku, 3)).toEqual(counts({ read: 1, unchanged: 1 }));
      expect(await skuRow(sku)).toMatchObject({ on_hand: 3 });
      await read(sku, -2);
      expect(await skuRow(sku)).toMatchObject({ on_hand: 3 });
      await read(sku, null);
      expect(await skuRow(sku)).toMatchObject({ on_hand: 3 });
    });

    it('read before an order of ours arrived in the shop are not believed', async () => {
      const world: World = await makeWorld(database.db);
      await staff((trx) =>
        mustStep(trx, { machine: 'connection', id: world.marketplaceId, event: 'PAUSE' }, command({ role: 'admin' })),
      );
      const mark = await staff(ledgerMark);
      const order = await makeOrder(database.db, world, [lineOf(world.skuA, 2)]);
      await orderStep(database.db, order.id, 'APPROVE');
      await orderStep(database.db, order.id, 'ENQUEUE', { role: 'system' });
      await orderStep(database.db, order.id, 'PUSHED', { role: 'system', changes: pushedChanges(order.id) });
      const { sku } = await staff((trx) => trx('skus').where({ id: world.skuA }).first('sku'));
      const external = await staff((trx) => trx('products').where({ id: world.productId }).first('external_id'));
      [brandId, storeId] = [world.brandId, world.storeId];
      const stale = product(external.external_id, {
        variants: [variantOf(sku, { stock: { managed: true, quantity: 10, inStock: true } })],
      });
      await run([stale], later(1), mark);
      expect(await levelsOf(database.db, world.skuA)).toMatchObject({ onHand: 8, reserved: 0 });
      await run([stale], later(2));
      expect(await levelsOf(database.db, world.skuA)).toMatchObject({ onHand: 10 });
    });
  });
});
