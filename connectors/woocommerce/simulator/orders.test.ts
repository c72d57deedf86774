import { describe, expect, it } from 'vitest';
import { isPlain } from './recordings.fixture.ts';
import {
  api,
  bySku,
  facts,
  field,
  freshShopForEach,
  idOf,
  place,
  rowsOf,
  setClock,
  setDials,
  stockOf,
} from './shop.fixture.ts';

freshShopForEach();

describe('stock follows the status of orders', () => {
  it('is taken once on entering processing, on-hold or completed, and given back once', async () => {
    const id = idOf(await place('pending'));
    const seen = [await stockOf('TEE-1')];
    for (const status of ['on-hold', 'processing', 'completed', 'cancelled', 'failed', 'processing', 'pending']) {
      expect((await api('PUT', `/orders/${id}`, { status })).status).toBe(200);
      seen.push(await stockOf('TEE-1'));
    }
    expect(seen).toEqual([12, 10, 10, 10, 12, 12, 10, 12]);
  });

  it('writes the facts of stock and orders', async () => {
    await place('processing', { transaction_id: 'TL-1' });
    await place('pending', { meta_data: [{ key: '_tradelane_order', value: 'TL-2' }], set_paid: true });
    expect(facts('stock.set').slice(-2)).toMatchObject([
      { sku: 'TEE-1', quantity: 10, cause: 'order' },
      { sku: 'TEE-1', quantity: 8, cause: 'order' },
    ]);
    expect(facts('shop-order.created')).toMatchObject([
      {
        reference: 'TL-1',
        lines: [{ sku: 'TEE-1', quantity: 2 }],
        totalMinor: 7990,
        currency: 'AUD',
        status: 'processing',
      },
      { reference: 'TL-2', status: 'pending' },
    ]);
    expect(facts('shop-order.status')).toMatchObject([{ from: 'pending', to: 'processing', cause: 'paid' }]);
  });

  it('is held by the parent for a variation without stock of its own', async () => {
    await api('POST', '/orders', {
      status: 'processing',
      line_items: [
        { sku: 'SHIRT-RED', quantity: 4 },
        { sku: 'SHIRT-BLUE', quantity: 1 },
      ],
    });
    expect(await bySku('SHIRT-RED')).toMatchObject({ manage_stock: 'parent', stock_quantity: 16 });
    expect(await stockOf('SHIRT')).toBe(16);
    expect(await stockOf('SHIRT-BLUE')).toBe(2);
  });

  it('is dropped without a word where stock is not managed', async () => {
    const { body } = await api('POST', '/products', { name: 'Unmanaged', stock_quantity: 9 });
    expect(body).toMatchObject({ manage_stock: false, stock_quantity: null, stock_status: 'instock' });
  });

  it('moves date_modified unless the old versions’ flaw is switched on', async () => {
    await setClock('2031-05-01T00:00:00Z');
    await place('processing');
    expect((await bySku('TEE-1')).date_modified_gmt).toBe('2031-05-01T00:00:00');
    await setClock('2031-05-02T00:00:00Z');
    await setDials({ freezeModifiedOnStock: true });
    await place('processing');
    expect((await bySku('TEE-1')).date_modified_gmt).toBe('2031-05-01T00:00:00');
  });
});

describe('orders', () => {
  it('take line totals from the caller and never a subtotal below them', async () => {
    const { body } = await api('POST', '/orders', {
      line_items: [
        { sku: 'TEE-1', quantity: 3, total: '90.00' },
        { sku: 'TEE-1', quantity: 1, total: '50.00' },
      ],
      shipping_lines: [{ method_id: 'flat_rate', method_title: 'Carrier', total: '6.00' }],
      fee_lines: [{ name: 'Gift wrap', total: '1.50' }],
    });
    expect(body).toMatchObject({
      total: '147.50',
      discount_total: '29.85',
      line_items: [
        { subtotal: '119.85', total: '90.00', price: 30 },
        { subtotal: '50.00', total: '50.00' },
      ],
    });
  });

  it('are found by transaction id, except in post storage, and by created_via and date', async () => {
    await setClock('2031-05-01T10:00:00Z');
    const id = idOf(await place('processing', { transaction_id: 'TL-77', created_via: 'hub' }));
    const found = async (query: Record<string, string>) => rowsOf(await api('GET', '/orders', undefined, query)).length;
    expect(await found({ search: 'TL-77' })).toBe(1);
    expect(await found({ search: String(id) })).toBe(1);
    await setDials({ postStorage: true });
    expect(await found({ search: 'TL-77' })).toBe(0);
    expect(await found({ created_via: 'hub', after: '2031-05-01T09:59:59', dates_are_gmt: 'true' })).toBe(1);
    expect(await found({ created_via: 'hub', after: '2031-05-01T10:00:00', dates_are_gmt: 'true' })).toBe(0);
    expect(await found({ created_via: 'hub', after: '2031-05-01T16:59:59' })).toBe(1);
    expect(await found({ created_via: 'hub', after: '2031-05-01T17:00:00' })).toBe(0);
    expect(await found({ created_via: 'other' })).toBe(0);
  });

  it('refuse a line without product and a customer that is unknown, which leaves a draft', async () => {
    expect((await api('POST', '/orders', { line_items: [{ quantity: 1 }] })).body).toMatchObject({
      code: 'woocommerce_rest_required_product_reference',
    });
    const { body, status } = await api('POST', '/orders', { customer_id: 5 });
    expect([status, isPlain(body) && body.code]).toEqual([400, 'woocommerce_rest_invalid_customer_id']);
    const draft = isPlain(body) && isPlain(body.data) ? body.data.new_draft_order_id : null;
    expect(field(await api('GET', `/orders/${draft}`), 'status')).toBe('checkout-draft');
  });

  it('change, add and remove lines by id', async () => {
    const created = await place('pending');
    const lines = field(created, 'line_items');
    const line = Array.isArray(lines) ? lines[0].id : 0;
    const path = `/orders/${idOf(created)}`;
    const added = await api('PUT', path, { line_items: [{ sku: 'SHIRT-BLUE', quantity: 1 }] });
    expect(field(added, 'total')).toBe('140.90');
    const removed = await api('PUT', path, { line_items: [{ id: line, quantity: 0 }] });
    expect(field(removed, 'total')).toBe('61.00');
    const unknown = await api('PUT', path, { line_items: [{ id: line, quantity: 2 }] });
    expect([unknown.status, field(unknown, 'code')]).toEqual([400, 'woocommerce_rest_invalid_item_id']);
  });

  it('are refunded up to their total; the whole moves them to refunded', async () => {
    const id = idOf(await place('processing'));
    const refund = (amount: string) => api('POST', `/orders/${id}/refunds`, { amount, api_refund: false });
    expect((await refund('79.91')).status).toBe(500);
    expect((await refund('10.00')).status).toBe(201);
    expect((await refund('69.90')).status).toBe(201);
    expect(field(await api('GET', `/orders/${id}`), 'status')).toBe('refunded');
    expect(rowsOf(await api('GET', `/orders/${id}/refunds`)).map(({ amount }) => amount)).toEqual(['69.90', '10.00']);
  });

  it('take the statuses of plugins when told to', async () => {
    const id = idOf(await place('processing'));
    expect((await api('PUT', `/orders/${id}`, { status: 'shipped' })).status).toBe(400);
    await setDials({ extraStatuses: ['shipped'] });
    expect(field(await api('PUT', `/orders/${id}`, { status: 'shipped' }), 'status')).toBe('shipped');
    expect(rowsOf(await api('GET', '/orders', undefined, { status: 'shipped' }))).toHaveLength(1);
  });

  it('go to the trash once, then only for good', async () => {
    const path = `/orders/${idOf(await place('processing'))}`;
    expect((await api('DELETE', path)).status).toBe(200);
    expect(field(await api('DELETE', path), 'code')).toBe('woocommerce_rest_already_trashed');
    expect((await api('GET', '/orders')).headers.get('x-wp-total')).toBe('0');
    expect((await api('DELETE', path, undefined, { force: 'true' })).status).toBe(200);
    expect((await api('GET', path)).status).toBe(404);
  });
});
