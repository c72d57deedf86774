import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PriceWrite, StockWrite } from '../contract/store-writing.ts';
import { type Bench, orderOf, shirt, startBench, tee } from './bench.fixture.ts';

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });

describe('writes', () => {
  let bench: Bench;
  const ids = new Map<string, { externalProductId: string; externalVariantId: string | null }>();
  beforeAll(async () => {
    bench = await startBench({ simulator: { dials: { batchLimit: 100 } } });
    const tees = Array.from({ length: 55 }, (_, index) => ({ ...tee, sku: `TEE-${index}`, name: `Tee ${index}` }));
    const loose = { ...tee, sku: 'LOOSE', manage_stock: false, stock_quantity: undefined };
    const shared = {
      ...shirt,
      sku: 'SHARED',
      manage_stock: true,
      stock_quantity: 4,
      variations: [{ sku: 'SHARED-S', regular_price: '1.00', attributes: [{ name: 'Size', option: 'S' }] }],
    };
    for (const { id, sku, variations } of await bench.addProducts(...tees, shirt, loose, shared)) {
      ids.set(sku, { externalProductId: String(id), externalVariantId: null });
      const own = sku === 'SHIRT' ? ['SHIRT-S', 'SHIRT-M'] : sku === 'SHARED' ? ['SHARED-S'] : [];
      for (const [index, name] of own.entries()) {
        ids.set(name, { externalProductId: String(id), externalVariantId: String(variations[index]) });
      }
    }
  });
  afterAll(() => bench.close());

  const unit = (sku: string) => {
    const found = ids.get(sku);
    if (found === undefined) throw new Error(`no ${sku}`);
    return { key: sku, sku, ...found };
  };
  const stock = (sku: string, quantity: number, expected: number | null = null): StockWrite => {
    return { ...unit(sku), locationId: null, quantity, expected };
  };
  const price = (sku: string, minor: number, more: Partial<PriceWrite> = {}): PriceWrite => {
    return { ...unit(sku), price: aud(minor), ...more };
  };
  const write = async (...rows: StockWrite[]) => {
    if (bench.connector.writeStock === undefined) throw new Error('no writeStock');
    return bench.connector.writeStock(rows, 'k');
  };
  const setPrices = async (...rows: PriceWrite[]) => {
    if (bench.connector.writePrices === undefined) throw new Error('no writePrices');
    return bench.connector.writePrices(rows);
  };
  const codes = (outcomes: readonly { ok: boolean; code?: string }[]) =>
    outcomes.map((one) => (one.ok ? 'ok' : one.code));

  it('know one place', async () => {
    expect(await bench.connector.readLocations?.()).toEqual([{ externalId: 'shop', name: 'The shop', active: true }]);
  });

  it('of stock go in batches, each row with an outcome of its own; a repetition writes nothing', async () => {
    const many = Array.from({ length: 55 }, (_, index) => stock(`TEE-${index}`, index));
    const rows = [...many, stock('SHIRT-S', 3), stock('SHIRT-M', 0), stock('LOOSE', 1), stock('SHARED-S', 1)];
    const calls = bench.calls('products.batch') + bench.calls('variations.batch');
    const outcomes = await write(...rows);
    expect(codes(outcomes.slice(-4))).toEqual(['ok', 'ok', 'not_managed', 'shared_stock']);
    expect(outcomes.slice(0, 2)).toEqual([
      { ok: true, key: 'TEE-0', value: { before: 12, after: 0 } },
      { ok: true, key: 'TEE-1', value: { before: 12, after: 1 } },
    ]);
    expect(bench.calls('products.batch') + bench.calls('variations.batch') - calls).toBe(3);
    const written = bench.calls('products.batch') + bench.calls('products.update');
    expect(codes(await write(...rows)).filter((code) => code === 'ok')).toHaveLength(57);
    expect(bench.calls('products.batch') + bench.calls('products.update')).toBe(written);
  });

  it('of stock refuse what is odd or stale before anything is sent', async () => {
    const sent = bench.calls('products.update') + bench.calls('products.batch');
    const outcomes = await write(
      { ...stock('TEE-3', -1), key: 'a' },
      { ...stock('TEE-3', 1.5), key: 'b' },
      { ...stock('TEE-3', 2_147_483_648), key: 'c' },
      { ...stock('TEE-3', 1), key: 'd', locationId: 'other' },
      { ...stock('TEE-3', 1, 99), key: 'e' },
      { ...stock('TEE-4', 4), key: 'f', sku: 'NOT-TEE' },
      { ...stock('TEE-4', 4), key: 'g', externalProductId: '99999' },
      { ...stock('TEE-4', 4), key: 'h', externalProductId: 'x/1' },
    );
    expect(codes(outcomes)).toEqual([
      ...['quantity', 'quantity', 'quantity', 'location', 'stale', 'sku_changed', 'not_found', 'not_found'],
    ]);
    expect(bench.calls('products.update') + bench.calls('products.batch')).toBe(sent);
    expect(await write(stock('TEE-3', 8, 3))).toEqual([{ ok: true, key: 'TEE-3', value: { before: 3, after: 8 } }]);
  });

  it('of prices are compared, and end or set sales', async () => {
    const from = new Date('2026-12-01T00:00:00Z');
    const to = new Date('2026-12-24T12:30:00Z');
    const sale = { price: aud(1999), from, to };
    const outcomes = await setPrices(price('TEE-5', 4500, { sale }), price('SHIRT-S', 6100), price('SHIRT', 100));
    expect(outcomes.slice(0, 2)).toEqual([
      { ok: true, key: 'TEE-5', value: { price: aud(4500), salePrice: aud(1999) } },
      { ok: true, key: 'SHIRT-S', value: { price: aud(6100), salePrice: null } },
    ]);
    expect(codes(outcomes)).toEqual(['ok', 'ok', 'no_own_price']);
    const read = (await bench.connector.readProduct(unit('TEE-5').externalProductId))?.variants[0];
    expect(read).toMatchObject({ price: aud(4500), salePrice: aud(1999), saleFrom: from, saleTo: to });
    expect(codes(await setPrices(price('TEE-5', 1500)))).toEqual(['sale_not_below']);
    expect(codes(await setPrices(price('TEE-5', 1500, { sale: null })))).toEqual(['ok']);
    expect((await bench.connector.readProduct(unit('TEE-5').externalProductId))?.variants[0]).toMatchObject({
      ...{ price: aud(1500), salePrice: null, saleFrom: null, saleTo: null },
    });
  });

  it('of prices refuse what the shop would blank or drop', async () => {
    const before = bench.calls('products.update') + bench.calls('products.batch');
    const sale = (minor: number) => ({ sale: { price: aud(minor), from: null, to: null } });
    const outcomes = await setPrices(
      { ...price('TEE-6', 0), key: 'a' },
      { ...price('TEE-6', Number.NaN), key: 'b' },
      { ...price('TEE-6', 100, sale(100)), key: 'c' },
      { ...price('TEE-6', 100), key: 'd', price: { amountMinor: 1, currency: 'IDR' } },
    );
    expect(codes(outcomes)).toEqual(['price', 'price', 'sale_not_below', 'currency']);
    expect(bench.calls('products.update') + bench.calls('products.batch')).toBe(before);
  });

  it('of notes, holds and refunds happen once, and never reach buyer or bank', async () => {
    const { connector } = bench;
    const { externalProductId } = unit('TEE-20');
    const line = orderOf('W-1', externalProductId).lines.map((one) => ({ ...one, sku: 'TEE-20' }));
    const { externalId } = await connector.createOrder(orderOf('W-1', externalProductId, { lines: line }));
    const truth = async () => (await bench.orders()).find(({ id }) => String(id) === externalId);
    await bench.fault({ kind: 'lose-answer' }, { method: 'POST', path: '/notes$' });
    const note = { reference: 'N-1', text: 'Gift & wrap <please>' };
    await expect(connector.addOrderNote?.(externalId, note)).rejects.toMatchObject({ kind: 'Unavailable' });
    await connector.addOrderNote?.(externalId, note);
    expect((await truth())?.notes.filter((one) => one.note.includes('[N-1]'))).toHaveLength(1);
    expect(await connector.holdOrder?.(externalId, 'address')).toMatchObject({
      nativeStatus: 'on-hold',
      status: 'open',
    });
    expect(await connector.holdOrder?.(externalId, 'address')).toMatchObject({ nativeStatus: 'on-hold' });
    expect(await connector.releaseOrder?.(externalId)).toMatchObject({ nativeStatus: 'processing' });

    const lineId = String(
      (await connector.readOrders?.({ cursor: null, changedSince: null }))?.items[0]?.lines[0]?.externalId,
    );
    const refund = {
      ...{ reference: 'F-1', amount: aud(3333), reason: 'damaged' },
      restock: [{ externalLineId: lineId, quantity: 1 }],
    };
    await bench.fault({ kind: 'lose-answer' }, { method: 'POST', path: '/refunds$' });
    await expect(connector.refundOrder?.(externalId, refund)).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    const made = await connector.refundOrder?.(externalId, refund);
    expect(made).toMatchObject({
      ...{ reference: 'F-1', amount: aud(3333), reason: 'damaged' },
      lines: [{ externalLineId: lineId, quantity: 1 }],
    });
    expect(await connector.refundOrder?.(externalId, refund)).toEqual(made);
    const [left] = await connector.readStock([unit('TEE-20')]);
    expect(left).toMatchObject({ ok: true, value: { quantity: 19 } });
    const more = connector.refundOrder?.(externalId, { ...refund, reference: 'F-2', amount: aud(99_999) });
    await expect(more).rejects.toMatchObject({ kind: 'Rejected' });
  });
});
