import { afterEach, describe, expect, it } from 'vitest';
import type { StoreOrderDetail } from '../contract/store-writing.ts';
import { type Bench, type BenchOptions, orderOf, startBench, tee } from './bench.fixture.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: BenchOptions = {}) {
  const bench = await startBench(options);
  benches.push(bench);
  const [product] = await bench.addProducts(tee);
  const variantId = `gid://shopify/ProductVariant/${product?.variants[0]?.id}`;
  const make = async (reference: string) =>
    (await bench.connector.createOrder(orderOf(reference, variantId))).externalId;
  const all = async (changedSince: Date | null = null, pageSize = 20): Promise<StoreOrderDetail[]> => {
    const found: StoreOrderDetail[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof bench.connector.readOrders>> = await bench.connector.readOrders({
        cursor,
        changedSince,
        pageSize,
      });
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return found;
  };
  const available = async () => (await bench.control<{ quantity: number }[]>('GET', '/shelf'))[0]?.quantity;
  return { bench, make, all, available };
}

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });

describe('orders of the shop', () => {
  it('are read with net lines, taxes, discounts and shipping, taxes inside prices taken out', async () => {
    const { bench, all } = await open();
    const lines = [{ sku: 'TEE', quantity: 2, price: '22.00', taxRate: 0.1, discount: '11.00' }];
    await bench.control('POST', '/orders', { lines, taxesIncluded: true, shipping: '5.50', shippingTaxRate: 0.1 });
    await bench.control('POST', '/orders', { lines, taxesIncluded: false, shipping: '5.00', shippingTaxRate: 0.1 });
    const [inside, beside] = await all();
    expect(inside).toMatchObject({
      reference: null,
      status: 'open',
      total: aud(3850),
      lines: [{ sku: 'TEE', quantity: 2, net: aud(3000), tax: aud(300), discount: aud(1000) }],
      shipping: aud(500),
      tax: aud(350),
      discount: aud(1000),
    });
    expect(beside).toMatchObject({
      total: aud(4180),
      lines: [{ net: aud(3300), tax: aud(330), discount: aud(1100) }],
      shipping: aud(500),
      tax: aud(380),
    });
    for (const order of [inside, beside]) {
      const net = (order?.lines ?? []).reduce((sum, one) => sum + one.net.amountMinor, 0);
      const parts = net + (order?.shipping.amountMinor ?? 0) + (order?.tax.amountMinor ?? 0);
      expect(parts).toBe(order?.total.amountMinor);
    }
  });

  it('come page by page, whatever their state, with refunds and parcels, and never a buyer', async () => {
    const { bench, make, all } = await open();
    const ids = [await make('R1'), await make('R2'), await make('R3')];
    await bench.connector.cancelOrder(String(ids[1]), 'gone');
    await bench.connector.fulfilOrder(String(ids[2]), [{ carrier: 'DHL', trackingNumber: 'N1' }]);
    const orders = await all(null, 2);
    expect(orders.map(({ reference, status }) => [reference, status]).toSorted()).toEqual([
      ['R1', 'open'],
      ['R2', 'cancelled'],
      ['R3', 'shipped'],
    ]);
    expect(orders.find(({ reference }) => reference === 'R3')?.fulfilments).toMatchObject([
      { carrier: 'DHL', trackingNumbers: ['N1'] },
    ]);
    expect(JSON.stringify(orders)).not.toMatch(/Sari|Wijaya|Sudirman/);
    const later = new Date(Date.now() + 3_600_000);
    await bench.control('POST', '/clock', { now: later.toISOString() });
    await bench.connector.addOrderNote(String(ids[0]), { reference: 'n', text: 'x' });
    expect((await all(new Date(later.getTime() - 60_000))).map(({ reference }) => reference)).toEqual(['R1']);
  });

  it('on pages that are too dear come on smaller ones', async () => {
    const { bench, make, all } = await open();
    for (const reference of ['R1', 'R2', 'R3']) await make(reference);
    await bench.fault(
      {
        kind: 'status',
        status: 200,
        body: { errors: [{ message: 'Query cost is 1200', extensions: { code: 'MAX_COST_EXCEEDED' } }] },
      },
      { operation: '^TradelaneOrders$' },
      { times: 4 },
    );
    expect(await all(null, 20)).toHaveLength(3);
    // 20, 10, 5 and 2 rows were too dear; one each was not.
    expect(bench.calls('TradelaneOrders')).toBe(7);
  });
});

describe('notes', () => {
  it('stand once per reference in the order’s note, beside what others wrote', async () => {
    const { bench, make } = await open();
    const id = await make('R1');
    const note = (reference: string, text: string) => bench.connector.addOrderNote(id, { reference, text });
    await bench.fault({ kind: 'lose-answer' }, { operation: '^TradelaneUpdateOrder$' });
    await expect(note('n/1', 'first\nline')).rejects.toMatchObject({ kind: 'Unavailable' });
    await note('n/1', 'first line');
    await note('n/12', 'second');
    const [order] = await bench.control<{ note: string }[]>('GET', '/orders');
    expect(order?.note.split('\n')).toEqual([
      'JD.id N-R1',
      '[tradelane n%2F1] first line',
      '[tradelane n%2F12] second',
    ]);
    await expect(
      bench.connector.addOrderNote('gid://shopify/Order/9', { reference: 'n', text: 'x' }),
    ).rejects.toMatchObject({ kind: 'NotFound' });
  });
});

describe('holds', () => {
  it('are put on and taken off any number of times; those of others stay', async () => {
    const { bench, make } = await open();
    const id = await make('R1');
    expect((await bench.connector.holdOrder(id, 'address unclear')).nativeStatus).toBe('PAID/ON_HOLD');
    await bench.connector.holdOrder(id, 'address unclear');
    const [order] = await bench.control<{ id: number; holds: unknown[] }[]>('GET', '/orders');
    expect(order?.holds).toMatchObject([{ handle: 'tradelane', notes: 'address unclear', isOurs: true }]);
    await bench.control('POST', `/orders/${order?.id}/hold`, { handle: 'staff' });
    expect((await bench.connector.releaseOrder(id)).nativeStatus).toBe('PAID/ON_HOLD');
    await bench.connector.releaseOrder(id);
    const [after] = await bench.control<{ holds: unknown[] }[]>('GET', '/orders');
    expect(after?.holds).toMatchObject([{ handle: 'staff', isOurs: false }]);
    const sent = await make('R2');
    await bench.connector.fulfilOrder(sent, [{ carrier: 'DHL', trackingNumber: 'N1' }]);
    await expect(bench.connector.holdOrder(sent, 'late')).rejects.toMatchObject({ kind: 'Rejected' });
  });
});

describe('refunds', () => {
  const refund = (reference: string, amountMinor: number, more = {}) => ({
    reference,
    amount: aud(amountMinor),
    reason: 'damaged, 1 of 2',
    restock: [],
    ...more,
  });

  it('are written down once per reference, without money being moved', async () => {
    const { bench, make, all } = await open();
    const id = await make('R1');
    await bench.fault({ kind: 'lose-answer' }, { operation: '^TradelaneRefund$' });
    const first = refund('F 1', 3333);
    await expect(bench.connector.refundOrder(id, first)).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    const made = await bench.connector.refundOrder(id, first);
    expect(made).toMatchObject({ reference: 'F 1', amount: aud(3333), reason: 'damaged, 1 of 2' });
    expect(await bench.connector.refundOrder(id, first)).toEqual(made);
    const [order] = await all();
    expect(order?.refunds).toEqual([made]);
    expect((await bench.orders())[0]?.isRefunded).toBe(false);
    await expect(bench.connector.refundOrder(id, refund('F2', 4384))).rejects.toMatchObject({ kind: 'Rejected' });
    await bench.connector.refundOrder(id, refund('F2', 4383));
    const foreign = { ...refund('F3', 1), amount: { amountMinor: 1, currency: 'IDR' } };
    await expect(bench.connector.refundOrder(id, foreign)).rejects.toMatchObject({ details: { field: 'currency' } });
  });

  it('put pieces back on the shelf: taken out of the work, or returned', async () => {
    const { bench, make, all, available } = await open();
    const open1 = await make('R1');
    const sent = await make('R2');
    await bench.connector.fulfilOrder(sent, [{ carrier: 'DHL', trackingNumber: 'N1' }]);
    expect(await available()).toBe(8);
    for (const id of [open1, sent]) {
      const [line] = (await all()).find(({ externalId }) => externalId === id)?.lines ?? [];
      const restock = [{ externalLineId: String(line?.externalId), quantity: 1 }];
      const made = await bench.connector.refundOrder(id, refund('F', 3333, { restock }));
      expect(made.lines).toEqual(restock);
    }
    expect(await available()).toBe(10);
    const stray = { restock: [{ externalLineId: 'gid://shopify/LineItem/1', quantity: 1 }] };
    await expect(bench.connector.refundOrder(sent, refund('G', 1, stray))).rejects.toMatchObject({ kind: 'Rejected' });
  });
});
