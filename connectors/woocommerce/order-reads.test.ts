import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreOrderDetail } from '../contract/store-writing.ts';
import { type Bench, orderOf, shirt, startBench, tee } from './bench.fixture.ts';

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });
const buyer = {
  billing: {
    first_name: 'Sari',
    last_name: 'Wijaya',
    address_1: 'Jl. Melati 8',
    country: 'AU',
    email: 's@example.com',
  },
  shipping: { first_name: 'Sari', last_name: 'Wijaya', address_1: 'Jl. Melati 8', country: 'AU' },
};

describe('orders of a shop', () => {
  let bench: Bench;
  let teeId = '';
  beforeAll(async () => {
    bench = await startBench({ simulator: { dials: { unstableDateOrder: true } } });
    await bench.control('POST', '/taxes', { calcTaxes: true, rates: [{ country: 'AU', rate: 10, name: 'GST' }] });
    await bench.control('POST', '/clock', { now: '2026-11-21T08:00:00Z' });
    const [made] = await bench.addProducts(tee, shirt);
    teeId = String(made?.id);
  });
  afterAll(() => bench.close());

  const readAll = async (changedSince: Date | null, pageSize = 5): Promise<StoreOrderDetail[]> => {
    const items: StoreOrderDetail[] = [];
    let cursor: string | null = null;
    do {
      // A connector that remembers nothing goes on from the cursor.
      bench.reconnect();
      const page: { items: readonly StoreOrderDetail[]; next: string | null } | undefined =
        await bench.connector.readOrders?.({ cursor, changedSince, pageSize });
      if (page === undefined) throw new Error('no readOrders');
      items.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return items;
  };
  const place = (more: object) =>
    bench.control<{ id: number }>('POST', '/orders', { status: 'processing', ...buyer, ...more });

  it('are read with lines, taxes, discounts and refunds, and without the buyer', async () => {
    const { id } = await place({
      line_items: [
        { sku: 'TEE', quantity: 2, subtotal: '80.00', total: '72.00' },
        { sku: 'SHIRT-M', quantity: 1, total: '10.00', subtotal: '10.00' },
      ],
      shipping_lines: [{ method_id: 'flat_rate', method_title: 'Post', total: '9.00' }],
    });
    const [order] = await readAll(null);
    expect(order).toMatchObject({
      ...{ externalId: String(id), reference: null, status: 'open', nativeStatus: 'processing', total: aud(10_010) },
      ...{ shipping: aud(900), tax: aud(910), discount: aud(800), refunds: [], fulfilments: [] },
      lines: [
        { sku: 'TEE', externalProductId: teeId, quantity: 2, net: aud(7200), tax: aud(720), discount: aud(800) },
        { sku: 'SHIRT-M', title: expect.stringContaining('Shirt & Tie'), quantity: 1, net: aud(1000), tax: aud(100) },
      ],
    });
    expect(JSON.stringify(order)).not.toMatch(/Sari|Wijaya|Melati|example\.com/);
    const refund = { reference: 'R-1', amount: aud(500), reason: 'late', restock: [] };
    await bench.connector.refundOrder?.(String(id), refund);
    await bench.control('POST', `/orders/${id}/status`, { status: 'completed' });
    const [sent] = await readAll(null);
    expect(sent?.refunds).toMatchObject([{ reference: 'R-1', amount: aud(500), reason: 'late', lines: [] }]);
    expect(sent?.fulfilments).toHaveLength(1);
  });

  it('of ours keep their reference; what the shop added as tax is part of what was sold', async () => {
    const shipTo = { ...orderOf('O-1', teeId).shipTo, countryCode: 'AU' };
    await bench.connector.createOrder(orderOf('O-1', teeId, { shipTo }));
    const ours = (await readAll(null)).find(({ reference }) => reference === 'O-1');
    const [line] = ours?.lines ?? [];
    expect((line?.net.amountMinor ?? 0) + (line?.tax.amountMinor ?? 0)).toBe(6666);
    expect(line?.tax.amountMinor).toBe(606);
    expect(ours?.total).toEqual(aud(6666 + 1050));
  });

  it('changed since are each read, though dozens changed in one second and the shop keeps no order among them', async () => {
    await bench.control('POST', '/clock', { now: '2026-11-21T12:00:00Z' });
    const since = new Date('2026-11-21T12:00:00Z');
    const ids: string[] = [];
    for (let count = 0; count < 23; count += 1) {
      ids.push(String((await place({ line_items: [{ sku: 'TEE', quantity: 1 }] })).id));
    }
    await place({ status: 'checkout-draft' });
    await bench.control('POST', '/clock', { now: '2026-11-21T12:00:07Z' });
    ids.push(String((await place({ line_items: [{ sku: 'TEE', quantity: 1 }] })).id));
    const seen = (await readAll(since)).map(({ externalId }) => externalId);
    expect([...new Set(seen)].sort()).toEqual(ids.sort());
    expect([...new Set((await readAll(since)).map(({ externalId }) => externalId))].sort()).toEqual(ids.sort());
  });

  it('that went to the trash are told as deleted', async () => {
    await bench.control('POST', '/clock', { now: '2026-11-21T18:00:00Z' });
    const { id } = await place({ line_items: [{ sku: 'TEE', quantity: 1 }] });
    await bench.control('POST', '/clock', { now: '2026-11-21T19:00:00Z' });
    await bench.control('POST', `/orders/${id}/status`, { status: 'trash' });
    const seen = await readAll(new Date('2026-11-21T19:00:00Z'));
    expect(seen.map(({ externalId, status }) => [externalId, status])).toEqual([[String(id), 'deleted']]);
    await expect(bench.connector.readOrders?.({ cursor: 'x', changedSince: null })).rejects.toMatchObject({
      kind: 'Rejected',
    });
  });
});
