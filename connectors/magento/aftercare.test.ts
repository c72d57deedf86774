import { afterEach, describe, expect, it } from 'vitest';
import type { StoreOrderDetail } from '../contract/store-writing.ts';
import { type Bench, type BenchOptions, orderOf, shirt, startBench, tee } from './bench.fixture.ts';
import { nearestMinor, toDetail } from './order-detail.ts';

const benches: Bench[] = [];
async function bench(options: BenchOptions = {}): Promise<Bench> {
  const one = await startBench({ ...options, simulator: { products: [tee, shirt], ...options.simulator } });
  benches.push(one);
  return one;
}
afterEach(async () => {
  for (const one of benches.splice(0)) await one.close();
});

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });
const parcel = { carrier: 'DHL Express', trackingNumber: 'TRACK-1' };
const place = async (shop: Bench, reference = 'R-1') =>
  (await shop.connector.createOrder(orderOf(reference, '1'))).externalId;

async function allOrders(shop: Bench, changedSince: Date | null, pageSize = 2): Promise<StoreOrderDetail[]> {
  const all: StoreOrderDetail[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await shop.connector.readOrders({ cursor, changedSince, pageSize });
    all.push(...page.items);
    cursor = page.next;
    if (cursor === null) return all;
    shop.reconnect();
  }
}

describe('reading orders', () => {
  it('reads all of them page by page, and those that changed', async () => {
    const shop = await bench();
    const ids: string[] = [];
    for (const reference of ['A', 'B', 'C', 'D', 'E']) ids.push(await place(shop, reference));
    expect((await allOrders(shop, null)).map(({ externalId }) => externalId)).toEqual(ids);
    expect(new Set((await allOrders(shop, new Date(0))).map(({ externalId }) => externalId))).toEqual(new Set(ids));
    const at = new Date(Date.now() + 3_600_000);
    await shop.control('POST', '/clock', { now: at.toISOString() });
    await shop.connector.addOrderNote(ids[2] ?? '', { reference: 'n', text: 'look' });
    expect((await allOrders(shop, at)).map(({ externalId }) => externalId)).toEqual([ids[2]]);
    await expect(shop.connector.readOrders({ cursor: 'nonsense', changedSince: null })).rejects.toMatchObject({
      kind: 'Rejected',
    });
  });

  it('shows money, refunds and fulfilments, and nothing about the buyer', async () => {
    const shop = await bench();
    const id = await place(shop);
    await shop.connector.fulfilOrder(id, [parcel]);
    await shop.connector.refundOrder(id, { reference: 'RF-1', amount: aud(1000), reason: 'scratch', restock: [] });
    const [order] = await allOrders(shop, null);
    expect(order).toMatchObject({
      reference: 'R-1',
      status: 'shipped',
      total: aud(7716),
      shipping: aud(1050),
      tax: aud(0),
      discount: aud(0),
      lines: [{ sku: 'TEE', title: 'Tee', externalProductId: '1', quantity: 2, net: aud(6666), tax: aud(0) }],
      refunds: [{ reference: 'RF-1', amount: aud(1000), reason: 'scratch', lines: [] }],
      fulfilments: [{ carrier: 'DHL Express', trackingNumbers: ['TRACK-1'] }],
    });
    expect(JSON.stringify(order)).not.toMatch(/Sari|Sudirman|example|invalid/);
  });

  it('counts a configurable sale once, with tax and discount to the cent', () => {
    const items = [
      {
        ...{ item_id: 7, product_id: 1, product_type: 'configurable', sku: 'SHIRT-S', name: 'Shirt', qty_ordered: 3 },
        ...{ row_total: 177, discount_amount: 19.5, discount_tax_compensation_amount: 1.7727, tax_amount: '15.9273' },
      },
      {
        item_id: 8,
        parent_item_id: 7,
        product_id: 2,
        product_type: 'simple',
        sku: 'SHIRT-S',
        qty_ordered: 3,
        row_total: 0,
      },
    ];
    const order = {
      ...{ entity_id: 1, increment_id: '000000001', state: 'processing', order_currency_code: 'AUD', items },
      ...{
        grand_total: 185.1999,
        tax_amount: 15.9273,
        discount_amount: -19.5,
        discount_tax_compensation_amount: 1.7727,
      },
      ...{ shipping_amount: 10, shipping_discount_amount: 0, created_at: '2026-11-21 08:00:00' },
    };
    const detail = toDetail(order, [], []);
    expect(detail.lines).toEqual([
      {
        ...{
          externalId: '7',
          sku: 'SHIRT-S',
          title: 'Shirt',
          externalProductId: '1',
          externalVariantId: '2',
          quantity: 3,
        },
        ...{ net: aud(15927), tax: aud(1593), discount: aud(1773) },
      },
    ]);
    expect([detail.total, detail.shipping, detail.tax, detail.discount]).toEqual([
      ...[aud(18520), aud(1000), aud(1593), aud(1773)],
    ]);
  });

  it('rounds the shop’s four decimals to the nearest minor unit', () => {
    expect([1.005, -1.005, '0.3333', 41, null, 'x'].map((one) => nearestMinor(one, 'AUD'))).toEqual([
      ...[101, -101, 33, 4100, 0, 0],
    ]);
    expect(nearestMinor(15000.4, 'IDR')).toBe(15000);
  });
});

describe('notes and holds', () => {
  it('writes a note once per reference, for the staff alone', async () => {
    const shop = await bench();
    const id = await place(shop);
    const note = { reference: 'N-1', text: 'Gift: <b>yes</b> 🎁' };
    await shop.connector.addOrderNote(id, note);
    await shop.connector.addOrderNote(id, note);
    const comments = (await shop.orders())[0]?.comments ?? [];
    expect(comments.filter((comment) => comment.includes(note.text))).toHaveLength(1);
    await expect(shop.connector.addOrderNote('4711', note)).rejects.toMatchObject({ kind: 'NotFound' });
  });

  it('holds and releases, harmless when repeated', async () => {
    const shop = await bench();
    const id = await place(shop);
    expect(await shop.connector.holdOrder(id, 'address unclear')).toMatchObject({ nativeStatus: 'holded' });
    expect(await shop.connector.holdOrder(id, 'again')).toMatchObject({ status: 'open' });
    expect((await shop.orders())[0]?.comments.filter((text) => text.startsWith('Held:'))).toEqual([
      'Held: address unclear',
    ]);
    await expect(shop.connector.fulfilOrder(id, [parcel])).rejects.toMatchObject({ details: { code: 'state' } });
    expect(await shop.connector.releaseOrder(id)).toMatchObject({ nativeStatus: 'pending' });
    expect(await shop.connector.releaseOrder(id)).toMatchObject({ nativeStatus: 'pending' });
    await shop.connector.fulfilOrder(id, [parcel]);
    await expect(shop.connector.holdOrder(id, 'late')).rejects.toMatchObject({ kind: 'Rejected' });
  });
});

describe('refunds', () => {
  const refund = (reference: string, amountMinor: number, pieces: number, line = '1') => ({
    ...{ reference, amount: aud(amountMinor), reason: 'broken' },
    restock: pieces === 0 ? [] : [{ externalLineId: line, quantity: pieces }],
  });

  it.each([
    ['money alone', {}],
    ['shops whose memos need a piece', { refundsNeedPieces: true }],
    ['lists without comments', { listsWithoutComments: true }],
  ])('are written down once per reference: %s', async (_name, dials) => {
    const shop = await bench({ simulator: { dials } });
    const id = await place(shop);
    const made = await shop.connector.refundOrder(id, refund('RF-1', 1234, 0));
    expect(made).toMatchObject({ reference: 'RF-1', amount: aud(1234), reason: 'broken' });
    expect((await shop.connector.refundOrder(id, refund('RF-1', 1234, 0))).externalId).toBe(made.externalId);
    expect(shop.calls('orders.refund')).toBe('refundsNeedPieces' in dials ? 2 : 1);
    expect((await shop.connector.fulfilOrder(id, [parcel])).status).toBe('shipped');
  });

  it('put pieces back on the shelf of their source, and close the order with the last cent', async () => {
    const shop = await bench({ settings: { orderMailbox: 'orders@shop.example' } });
    const line = { sku: 'TEE', title: 'Tee', externalProductId: '1', externalVariantId: null, quantity: 2 };
    const order = orderOf('R-1', '1', { lines: [{ ...line, unitPrice: aud(3995) }], shippingCharge: aud(1000) });
    const { externalId: id } = await shop.connector.createOrder(order);
    await shop.connector.fulfilOrder(id, [parcel]);
    const first = await shop.connector.refundOrder(id, refund('RF-1', 3500, 1));
    expect(first).toMatchObject({ amount: aud(3500), lines: [{ externalLineId: '1', quantity: 1 }] });
    expect([await shop.physical('TEE'), await shop.salable('TEE')]).toEqual([199, 199]);
    await expect(shop.connector.refundOrder(id, refund('RF-2', 5491, 0))).rejects.toMatchObject({
      details: { code: 'refund_too_much' },
    });
    await shop.connector.refundOrder(id, refund('RF-3', 5490, 0));
    expect([await shop.physical('TEE'), (await shop.connector.readOrder(id))?.status]).toEqual([199, 'refunded']);
  });

  it('in full of shipped goods are the shop’s own full credit memo', async () => {
    const shop = await bench();
    const id = await place(shop);
    await shop.connector.fulfilOrder(id, [parcel]);
    const made = await shop.connector.refundOrder(id, refund('RF-1', 7716, 0));
    expect(made).toMatchObject({ amount: aud(7716), lines: [{ externalLineId: '1', quantity: 2 }] });
    expect(await shop.connector.readOrder(id)).toMatchObject({ status: 'refunded' });
  });

  it('are found again after a lost answer, and refused where nothing can be refunded', async () => {
    const shop = await bench();
    const id = await place(shop);
    await shop.fault({ kind: 'lose-answer' }, { method: 'POST', path: '/refund$' });
    await expect(shop.connector.refundOrder(id, refund('RF-1', 100, 0))).rejects.toMatchObject({
      kind: 'OutcomeUnknown',
    });
    await shop.connector.refundOrder(id, refund('RF-1', 100, 0));
    const [order] = await allOrders(shop, null);
    expect(order?.refunds.map(({ amount }) => amount)).toEqual([aud(100)]);
    await expect(shop.connector.refundOrder(id, refund('RF-2', 100, 3))).rejects.toMatchObject({
      details: { field: 'restock' },
    });
    const foreign = { ...refund('RF-2', 100, 0), amount: { amountMinor: 100, currency: 'IDR' } };
    await expect(shop.connector.refundOrder(id, foreign)).rejects.toMatchObject({ details: { code: 'currency' } });
    const other = await place(shop, 'R-2');
    await shop.connector.cancelOrder(other, 'x');
    await expect(shop.connector.refundOrder(other, refund('RF-3', 1, 0))).rejects.toMatchObject({ kind: 'Rejected' });
  });
});
