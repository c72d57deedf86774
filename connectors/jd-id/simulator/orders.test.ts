import { PDFDocument } from '@cantoo/pdf-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions, startJdIdSimulator } from './index.ts';
import { TestClient } from './test-client.ts';

const START = '2026-03-01T00:00:00.000Z';
let simulator: RunningSimulator;
let client: TestClient;
let skuId: number;

beforeAll(async () => {
  simulator = await startJdIdSimulator({ ...demoOptions, looseTypesProbability: 0 });
  client = new TestClient(simulator);
  await client.control('/clock', { now: START });
  skuId = (await client.addLiveProduct('BUY')).skuIds[0] ?? 0;
});
afterAll(() => simulator.close());

async function stock(quantity: number): Promise<void> {
  await client.control('/skus', { sellerSku: 'BUY-S', stock: quantity });
}

async function buy(quantity = 1, extra: Record<string, unknown> = {}): Promise<number> {
  const { body } = await client.control('/orders', { lines: [{ sellerSku: 'BUY-S', quantity }], ...extra });
  return Number(body.externalId);
}

async function ids(condition: Record<string, unknown>): Promise<unknown> {
  return (await client.call('jingdong.seller.order.getOrderIdListByCondition', condition)).inner.model;
}

async function detail(orderId: number): Promise<Record<string, unknown>> {
  const { inner } = await client.call('jingdong.seller.order.getOrderInfoByOrderId', { orderId });
  return (inner.success ? inner.model : inner) as Record<string, unknown>;
}

describe('buying', () => {
  it('needs stock and a shelf, and takes the stock', async () => {
    await stock(3);
    const orderId = await buy(2, { buyer: { customerName: 'Test Buyer', city: 'Bandung' } });
    const order = await detail(orderId);
    expect(order).toMatchObject({
      orderState: 1,
      totalPrice: 500_000,
      customerName: 'Test Buyer',
      bookTime: Date.parse(START),
    });
    expect(order.orderSkuinfos).toMatchObject([{ skuId, popSkuId: 'BUY-S', skuNumber: 2, costPrice: 500_000 }]);
    const refused = await client.control('/orders', { lines: [{ sellerSku: 'BUY-S', quantity: 2 }] });
    expect(refused.status).toBe(409);
    expect(refused.body.error).toContain('a buyer there cannot buy 2 of BUY-S: 1 offered');
    expect(client.facts('offer.set').at(-1)).toMatchObject({ sku: 'BUY-S', quantity: 1, cause: 'sale' });
    expect(client.facts('order.announced').at(-1)).toMatchObject({
      externalId: String(orderId),
      lines: [{ sku: 'BUY-S', quantity: 2, unitPriceMinor: 250_000 }],
      totalMinor: 500_000,
      currency: 'IDR',
    });
    await client.addProduct('HIDDEN');
    expect((await client.control('/orders', { lines: [{ sellerSku: 'HIDDEN-S', quantity: 1 }] })).status).toBe(409);
  });

  it('lists an order before its detail can be read', async () => {
    await stock(10);
    const orderId = await buy(1, { externalId: '7700', visible: false });
    expect(orderId).toBe(7700);
    expect(await ids({ orderStatus: 1, pageNo: 1, pageSize: 100 })).toContain(7700);
    const batch = () => client.call('jingdong.seller.order.batchGetOrderInfoList', { orderId: '7700,1' });
    expect((await batch()).inner).toMatchObject({ success: true, model: [] });
    expect(await detail(7700)).toMatchObject({ success: false });
    await client.control('/orders/7700/visible', {});
    expect((await batch()).inner.model).toMatchObject([{ orderId: 7700 }]);
  });
});

describe('order ids', () => {
  it('filters by state and by windows in Jakarta wall time, both ends included', async () => {
    await client.control('/clock', { now: '2026-03-05T20:00:00.000Z' });
    await stock(10);
    const orderId = await buy();
    const booked = (from: string, to: string) => ids({ bookTimeBegin: from, bookTimeEnd: to });
    expect(await booked('2026-03-06 03:00:00', '2026-03-06 03:00:00')).toEqual([orderId]);
    expect(await booked('2026-03-05 20:00:00', '2026-03-05 20:00:00')).toEqual([]);
    await client.control('/clock', { now: '2026-03-06T20:00:00.000Z' });
    await client.control(`/orders/${orderId}/update`, { fields: { buyerMessage: 'Please hurry' } });
    expect(await ids({ updateTimeBegin: '2026-03-07 00:00:00', updateTimeEnd: '2026-03-07 23:59:59' })).toEqual([
      orderId,
    ]);
    const wrong = { updateTimeBegin: String(Date.parse(START)) };
    const { inner } = await client.call('jingdong.seller.order.getOrderIdListByCondition', wrong);
    expect(inner.success).toBe(false);
  });

  it('pages by number and by row', async () => {
    await stock(100);
    await client.control('/clock', { now: '2026-03-10T00:00:00.000Z' });
    const placed: number[] = [];
    for (let count = 0; count < 25; count += 1) placed.unshift(await buy());
    const since = { bookTimeBegin: '2026-03-10 00:00:00' };
    expect(await ids({ ...since, pageNo: 2, pageSize: 10 })).toEqual(placed.slice(10, 20));
    expect(await ids({ ...since, startRow: 0 })).toEqual(placed.slice(0, 20));
    expect(await ids({ ...since, startRow: 20 })).toEqual(placed.slice(20));
    expect(await ids({ ...since, pageNo: 4, pageSize: 10 })).toEqual([]);
  });
});

describe('shipping', () => {
  it('prints, ships once, is picked up and completed', async () => {
    await stock(5);
    const orderId = await buy();
    const print = () => client.call('jingdong.seller.order.printOrder', { orderId, printType: 1, printNum: 1 });
    const label = (await print()).inner.model as { expressNo: string; content: string };
    const pdf = await PDFDocument.load(Buffer.from(label.content, 'base64'));
    expect(pdf.getPageCount()).toBe(1);
    expect(((await print()).inner.model as { expressNo: string }).expressNo).toBe(label.expressNo);
    const ship = () => client.call('jingdong.seller.order.sendGoodsOpenApi', { orderId });
    expect((await ship()).inner.model).toMatchObject({ orderId, expressNo: label.expressNo });
    expect((await detail(orderId)).orderState).toBe(7);
    expect((await ship()).inner).toMatchObject({ success: false, message: 'The order has been shipped already' });
    await client.control(`/orders/${orderId}/pickup`, {});
    await client.control(`/orders/${orderId}/complete`, {});
    expect((await detail(orderId)).orderState).toBe(6);
    const states = client.facts('order.state').filter(({ externalId }) => externalId === String(orderId));
    expect(states.map(({ from, to }) => `${from}>${to}`)).toEqual(['1>7', '7>2', '2>6']);
  });

  it("takes the seller's own carrier", async () => {
    const orderId = await buy();
    const own = { orderId, expressNo: 'OWN-1', expressCompany: 'Own Courier' };
    const { inner } = await client.call('jingdong.seller.order.sendGoodsOpenApi', own);
    expect(inner.model).toMatchObject({ expressNo: 'OWN-1', expressCompany: 'Own Courier' });
  });
});

describe('what buyers do later', () => {
  it('asks to cancel, takes it back, cancels; no stock comes back', async () => {
    await stock(2);
    const orderId = await buy(2);
    const act = (action: string) => client.control(`/orders/${orderId}/${action}`, {});
    expect((await act('cancel-request')).body.state).toBe(3);
    const { inner } = await client.call('jingdong.seller.order.sendGoodsOpenApi', { orderId });
    expect(inner.success).toBe(false);
    expect((await act('withdraw-cancel')).body.state).toBe(1);
    expect((await act('cancel')).body.state).toBe(5);
    expect((await act('pickup')).status).toBe(409);
    expect(client.facts('offer.set').at(-1)).toMatchObject({ quantity: 0, cause: 'sale' });
  });

  it('changes quantities and keeps every version readable on demand', async () => {
    await stock(5);
    const orderId = await buy();
    const before = (await detail(orderId)).modifyTime;
    await client.control(`/orders/${orderId}/update`, {
      fields: { address: 'Jl. Baru 1', lines: [{ sellerSku: 'BUY-S', quantity: 3 }] },
    });
    const after = await detail(orderId);
    expect(after).toMatchObject({ address: 'Jl. Baru 1', totalPrice: 750_000 });
    expect(after.modifyTime).toBeGreaterThan(Number(before));
    expect(client.facts('offer.set').at(-1)).toMatchObject({ quantity: 2, cause: 'sale' });
    await client.control(`/orders/${orderId}/serve`, { version: 1 });
    expect(await detail(orderId)).toMatchObject({ totalPrice: 250_000, modifyTime: before });
    await client.control(`/orders/${orderId}/serve`, { version: null });
    expect(await detail(orderId)).toMatchObject({ totalPrice: 750_000 });
    await client.control('/faults', { fault: { kind: 'stale' } });
    expect(await detail(orderId)).toMatchObject({ totalPrice: 250_000 });
    expect(await detail(orderId)).toMatchObject({ totalPrice: 750_000 });
  });

  it('can be forced into any state with any time of change', async () => {
    await stock(1);
    const orderId = await buy();
    await client.control(`/orders/${orderId}/state`, { state: 4, modifyTime: START });
    expect(await detail(orderId)).toMatchObject({ orderState: 4, modifyTime: Date.parse(START) });
  });
});

describe('restart', () => {
  it('comes back as it was from its state file', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const folder = await mkdtemp(`${tmpdir()}/jd-id-simulator-`);
    const options = { ...demoOptions, stateFile: `${folder}/state.json`, looseTypesProbability: 0 };
    const first = await startJdIdSimulator(options);
    const { spuId } = await new TestClient(first).addLiveProduct('AGAIN');
    await first.close();
    const second = await startJdIdSimulator(options);
    const products = (await new TestClient(second).control('/products')).body as unknown as Array<{ spuId: number }>;
    await second.close();
    await rm(folder, { recursive: true });
    expect(products).toMatchObject([{ spuId, listingState: 'ON_SHELF' }]);
  });
});
