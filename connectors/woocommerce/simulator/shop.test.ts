import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { call, control, signedUrl } from './client.fixture.ts';
import { demoOptions, startWooCommerceSimulator } from './index.ts';
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
  START,
  setClock,
  setDials,
  signer,
  simulator,
  stockOf,
} from './shop.fixture.ts';

freshShopForEach();

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
