import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact, RunningSimulator } from '../../simulator-kit/index.ts';
import { type Answer, call, control, signedUrl } from './client.fixture.ts';
import { demoOptions, startWooCommerceSimulator, type WooCommerceSimulatorOptions } from './index.ts';
import { isPlain } from './recordings.fixture.ts';

const signer = { consumerKey: 'ck_shop', consumerSecret: 'cs_shop' };
const START: WooCommerceSimulatorOptions = {
  ...signer,
  siteTimeZone: 'Asia/Jakarta',
  products: [
    { name: 'Merino Tee', sku: 'TEE-1', regular_price: '39.95', manage_stock: true, stock_quantity: 12 },
    {
      name: 'Linen Shirt',
      type: 'variable',
      sku: 'SHIRT',
      manage_stock: true,
      stock_quantity: 20,
      attributes: [{ name: 'Colour', variation: true, options: ['Red', 'Blue'] }],
      variations: [
        { sku: 'SHIRT-RED', regular_price: '59.00', attributes: [{ name: 'Colour', option: 'Red' }] },
        {
          sku: 'SHIRT-BLUE',
          regular_price: '61.00',
          manage_stock: true,
          stock_quantity: 3,
          attributes: [{ name: 'Colour', option: 'Blue' }],
        },
      ],
    },
  ],
};

let simulator: RunningSimulator;
beforeEach(async () => {
  simulator = await startWooCommerceSimulator(START);
});
afterEach(() => simulator.close());

const api = (method: string, path: string, body?: unknown, query: Record<string, string> = {}): Promise<Answer> =>
  call(simulator.url, method, `/wp-json/wc/v3${path}`, { body, query, signer });
const setDials = (dials: object) => control(simulator.url, 'POST', '/dials', dials);
const setClock = (now: string) => control(simulator.url, 'POST', '/clock', { now });

function rowsOf({ body }: Answer): Record<string, unknown>[] {
  if (!Array.isArray(body)) throw new Error(`no list: ${JSON.stringify(body)}`);
  return body.filter(isPlain);
}
const idOf = ({ body }: Answer) => (isPlain(body) ? Number(body.id) : 0);
const field = ({ body }: Answer, name: string) => (isPlain(body) ? body[name] : undefined);

async function bySku(sku: string): Promise<Record<string, unknown>> {
  const [row] = rowsOf(await api('GET', '/products', undefined, { sku }));
  if (row === undefined) throw new Error(`no product ${sku}`);
  return row;
}
const stockOf = async (sku: string) => (await bySku(sku)).stock_quantity;
const place = (status: string, more: object = {}) =>
  api('POST', '/orders', { status, line_items: [{ sku: 'TEE-1', quantity: 2 }], ...more });

function facts(name: Fact['fact']): unknown[] {
  return simulator.log.lines.filter((line) => line.kind === 'fact' && line.fact === name);
}

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

describe('products', () => {
  it('free their SKU in the trash', async () => {
    const { id } = await bySku('TEE-1');
    await api('DELETE', `/products/${id}`);
    expect((await api('POST', '/products', { name: 'New Tee', sku: 'TEE-1' })).status).toBe(201);
    expect(field(await api('GET', `/products/${id}`), 'status')).toBe('trash');
  });

  it('lose an unreadable or too high sale price', async () => {
    const { id } = await bySku('TEE-1');
    expect((await api('PUT', `/products/${id}`, { sale_price: '45.00' })).body).toMatchObject({ sale_price: '' });
    expect((await api('PUT', `/products/${id}`, { regular_price: 'abc' })).body).toMatchObject({
      regular_price: '',
      purchasable: false,
    });
  });

  it('are on sale within their dates, in the time zone of the shop', async () => {
    const { id } = await bySku('TEE-1');
    const sale = {
      sale_price: '30.00',
      date_on_sale_from: '2031-05-01T00:00:00',
      date_on_sale_to: '2031-05-02T00:00:00',
    };
    const { body } = await api('PUT', `/products/${id}`, sale);
    expect(body).toMatchObject({ on_sale: false, date_on_sale_from_gmt: '2031-04-30T17:00:00' });
    await setClock('2031-04-30T17:00:00Z');
    expect(await bySku('TEE-1')).toMatchObject({ on_sale: true, price: '30.00' });
    await setClock('2031-05-01T17:00:01Z');
    expect(await bySku('TEE-1')).toMatchObject({ on_sale: false, price: '39.95' });
  });

  it('refuse to be written under /products when they are variations', async () => {
    const { id } = await bySku('SHIRT-BLUE');
    const refused = await api('PUT', `/products/${id}`, { stock_quantity: 1 });
    expect([refused.status, field(refused, 'code')]).toEqual([404, 'woocommerce_rest_invalid_product_id']);
  });

  it('change stock by a difference', async () => {
    const { id } = await bySku('TEE-1');
    expect((await api('PUT', `/products/${id}`, { inventory_delta: -5 })).body).toMatchObject({ stock_quantity: 7 });
  });

  it('are listed by changes, and variations across all products', async () => {
    await setClock('2031-05-01T00:00:00Z');
    const { id } = await bySku('TEE-1');
    await api('PUT', `/products/${id}`, { name: 'Merino Tee II' });
    const query = { modified_after: '2031-04-30T23:59:59', dates_are_gmt: 'true' };
    expect(rowsOf(await api('GET', '/products', undefined, query)).map(({ sku }) => sku)).toEqual(['TEE-1']);
    const all = { orderby: 'id', order: 'asc', _fields: 'sku,parent_id' };
    const parent = (await bySku('SHIRT')).id;
    expect(rowsOf(await api('GET', '/variations', undefined, all))).toEqual([
      { sku: 'SHIRT-RED', parent_id: parent },
      { sku: 'SHIRT-BLUE', parent_id: parent },
    ]);
    await setDials({ withoutVariationsRoute: true });
    expect(field(await api('GET', '/variations'), 'code')).toBe('rest_no_route');
  });

  it('page through every id once; with the dial, equal dates change places', async () => {
    await setClock('2031-05-01T00:00:00Z');
    const more = Array.from({ length: 30 }, (_row, index) => ({ name: `Item ${index}`, sku: `I-${index}` }));
    await control(simulator.url, 'POST', '/products', more);
    const walk = async (query: Record<string, string>) => {
      const ids: unknown[] = [];
      for (let page = 1; page <= 4; page += 1) {
        const rows = await api('GET', '/products', undefined, { ...query, page: String(page), _fields: 'id' });
        ids.push(...rowsOf(rows).map(({ id }) => id));
      }
      return ids;
    };
    expect(new Set(await walk({ orderby: 'id', order: 'asc' })).size).toBe(32);
    await setDials({ unstableDateOrder: true });
    expect(new Set(await walk({})).size).toBeLessThan(32);
    expect(new Set(await walk({ orderby: 'id', order: 'asc' })).size).toBe(32);
  });

  it('show the version before the last change while a stale fault fires', async () => {
    const { id } = await bySku('TEE-1');
    await api('PUT', `/products/${id}`, { stock_quantity: 1 });
    await control(simulator.url, 'POST', '/faults', { match: { operation: '^products\\.' }, fault: { kind: 'stale' } });
    expect(field(await api('GET', `/products/${id}`), 'stock_quantity')).toBe(12);
    expect(field(await api('GET', `/products/${id}`), 'stock_quantity')).toBe(1);
  });

  it('keep pictures under their own addresses', async () => {
    const image = { src: 'https://img.example/a.jpg' };
    const created = await api('POST', '/products', { name: 'With picture', images: [image] });
    const images = field(created, 'images');
    const first: unknown = Array.isArray(images) ? images[0] : null;
    if (!isPlain(first)) throw new Error('no image');
    const response = await fetch(String(first.src));
    expect(response.headers.get('content-type')).toBe('image/png');
    const again = await api('PUT', `/products/${idOf(created)}`, { images: [{ id: first.id }, image] });
    expect(field(again, 'images')).toMatchObject([{ id: first.id }, { name: 'a.jpg' }]);
  });
});

describe('peculiarities', () => {
  it('a PHP warning before the JSON', async () => {
    await setDials({ phpWarning: true });
    const response = await fetch(`${simulator.url}/wp-json/`);
    expect(await response.text()).toMatch(/^<br \/>\n<b>Warning<\/b>.*\{"name"/s);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=UTF-8']);
  });

  it('a body is overlooked unless it is said to be JSON or a form', async () => {
    const { url } = simulator;
    const path = '/wp-json/wc/v3/products';
    const response = await fetch(signedUrl('POST', `${url}${path}`, {}, signer), { method: 'POST', body: 'name=Form' });
    expect(await response.json()).toMatchObject({ name: '' });
    const form = new URLSearchParams({ name: 'Form' });
    const sent = await fetch(signedUrl('POST', `${url}${path}`, {}, signer), { method: 'POST', body: form });
    expect(await sent.json()).toMatchObject({ name: 'Form' });
  });

  it('dates in the wall clock of the shop and in GMT', async () => {
    await setClock('2031-05-01T20:00:00Z');
    const order = await place('pending');
    expect(order.body).toMatchObject({
      date_created: '2031-05-02T03:00:00',
      date_created_gmt: '2031-05-01T20:00:00',
    });
    expect(await (await fetch(`${simulator.url}/wp-json/`)).json()).toMatchObject({
      gmt_offset: '7',
      timezone_string: 'Asia/Jakarta',
    });
  });
});

describe('controls', () => {
  it('sell over the counter, count, and say what is impossible', async () => {
    const stock = (body: object) => control(simulator.url, 'POST', '/stock', body);
    expect((await stock({ sku: 'TEE-1', delta: -2, cause: 'sale' })).body).toMatchObject({ quantity: 10 });
    expect((await stock({ sku: 'TEE-1', quantity: 50 })).body).toMatchObject({ quantity: 50 });
    expect(facts('stock.set').slice(-2)).toMatchObject([
      { sku: 'TEE-1', quantity: 10, cause: 'sale' },
      { sku: 'TEE-1', quantity: 50, cause: 'control' },
    ]);
    expect((await stock({ sku: 'TEE-1' })).status).toBe(400);
    expect((await stock({ sku: 'NONE', delta: 1 })).status).toBe(404);
  });

  it('act as the shop’s staff and buyers', async () => {
    const sold = await control(simulator.url, 'POST', '/orders', {
      status: 'processing',
      line_items: [{ sku: 'TEE-1', quantity: 1 }],
      billing: { first_name: 'Sari', email: 'buyer@example.com' },
    });
    const done = await control(simulator.url, 'POST', `/orders/${idOf(sold)}/status`, { status: 'completed' });
    expect(done.body).toMatchObject({
      status: 'completed',
      createdVia: 'checkout',
      lines: [{ sku: 'TEE-1', quantity: 1 }],
    });
    expect(facts('shop-order.status')).toMatchObject([{ from: 'processing', to: 'completed', cause: 'staff' }]);
    const truth = JSON.stringify([
      (await control(simulator.url, 'GET', '/orders')).body,
      (await control(simulator.url, 'GET', '/state')).body,
    ]);
    expect(truth).toContain('TEE-1');
    expect(truth).not.toMatch(/Sari|buyer@example/);
  });

  it('refuse unknown dials and products that the shop refuses', async () => {
    expect((await setDials({ nonsense: true })).status).toBe(400);
    expect((await setDials({ phpWarning: 'yes' })).status).toBe(400);
    const twice = await control(simulator.url, 'POST', '/products', { name: 'Twice', sku: 'TEE-1' });
    expect([twice.status, JSON.stringify(twice.body)]).toEqual([400, expect.stringContaining('product_invalid_sku')]);
  });

  it('reset to the products of the start', async () => {
    await place('processing');
    await control(simulator.url, 'POST', '/reset');
    expect(await stockOf('TEE-1')).toBe(12);
    expect((await control(simulator.url, 'GET', '/orders')).body).toEqual([]);
  });
});

it('comes back from its state file as it was', async () => {
  const stateFile = join(await mkdtemp(join(tmpdir(), 'woocommerce-')), 'state.json');
  const first = await startWooCommerceSimulator({ ...START, stateFile });
  const created = await call(first.url, 'POST', '/wp-json/wc/v3/orders', {
    body: { status: 'processing', line_items: [{ sku: 'TEE-1', quantity: 2 }] },
    signer,
  });
  const truth = (await control(first.url, 'GET', '/state')).body;
  await first.close();
  const second = await startWooCommerceSimulator({ ...START, stateFile });
  try {
    expect((await control(second.url, 'GET', '/state')).body).toEqual(truth);
    const path = `/wp-json/wc/v3/orders/${idOf(created)}`;
    const cancelled = await call(second.url, 'PUT', path, { body: { status: 'cancelled' }, signer });
    expect(field(cancelled, 'status')).toBe('cancelled');
    const [tee] = rowsOf(await call(second.url, 'GET', '/wp-json/wc/v3/products', { query: { sku: 'TEE-1' }, signer }));
    expect(tee?.stock_quantity).toBe(12);
  } finally {
    await second.close();
  }
});

it('starts with its demonstration shop', async () => {
  const demo = await startWooCommerceSimulator(demoOptions);
  const authorization = `Basic ${Buffer.from('ck_demo:cs_demo').toString('base64')}`;
  const response = await fetch(`${demo.url}/wp-json/wc/v3/products?sku=DEMO-TEE-M`, { headers: { authorization } });
  const body: unknown = await response.json();
  await demo.close();
  expect(body).toMatchObject([{ type: 'variation', stock_quantity: 12, name: 'Merino Tee - M' }]);
});
