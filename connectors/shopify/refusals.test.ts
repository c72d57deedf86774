import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, type BenchOptions, orderOf, startBench, tee } from './bench.fixture.ts';
import { joinProducts } from './bulk-products.ts';
import { openEnvelope } from './envelope.ts';
import { operations } from './operations.ts';
import { contentOf, toOrderInput } from './order-mapping.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: BenchOptions = {}) {
  const bench = await startBench(options);
  benches.push(bench);
  const [product] = await bench.addProducts(tee);
  const variantId = `gid://shopify/ProductVariant/${product?.variants[0]?.id}`;
  const row = { key: 'one', sku: 'TEE', externalProductId: '', externalVariantId: variantId, locationId: null };
  return { bench, variantId, row };
}

/** The next call of an operation is answered so, and not worked on. */
const answering = (bench: Bench, operation: string, data: unknown, times = 1) =>
  bench.fault(
    { kind: 'status', status: 200, body: JSON.stringify({ data }) },
    { operation: `^${operation}$` },
    { times },
  );

const answer = (body: unknown) => ({ status: 200, headers: {}, text: JSON.stringify(body) });
const denied = (...path: (string | number)[]) => ({
  message: 'Access denied for product field.',
  path,
  extensions: { code: 'ACCESS_DENIED', requiredAccess: '`read_products` access scope.' },
});

describe('an answer that withholds a part', () => {
  const made = { orderCreate: { order: { id: 'gid://shopify/Order/1' }, userErrors: [] } };

  it('of an order that was made is no refusal: it would be made again', () => {
    const body = { data: made, errors: [denied('orderCreate', 'order', 'lineItems', 'nodes', 0, 'product')] };
    const opening = () => openEnvelope(answer(body), operations.createOrder);
    expect(opening).toThrow(expect.objectContaining({ kind: 'OutcomeUnknown' }));
    expect(opening).toThrow(/read_products|product field/);
    const refused = { data: { orderCreate: null }, errors: [denied('orderCreate')] };
    expect(() => openEnvelope(answer(refused), operations.createOrder)).toThrow(
      expect.objectContaining({ kind: 'Unauthorized' }),
    );
  });

  it('of a harmless write is used, and of a read is refused with the right that lacks', () => {
    const data = { fulfillmentCreate: { fulfillment: null, userErrors: [] } };
    const body = { data, errors: [denied('fulfillmentCreate', 'fulfillment')] };
    expect(openEnvelope(answer(body), operations.fulfil)).toMatchObject({ data, withheld: { kind: 'Unauthorized' } });
    const read = { data: { order: { id: 'x', cancellation: null } }, errors: [denied('order', 'cancellation')] };
    expect(() => openEnvelope(answer(read), operations.order)).toThrow(
      expect.objectContaining({ kind: 'Unauthorized', details: expect.objectContaining({ code: 'ACCESS_DENIED' }) }),
    );
  });

  it('for want of leave for protected customer data says so', () => {
    const message = 'This app is not approved to access the Order object.';
    const body = {
      data: { order: null },
      errors: [{ message, path: ['order'], extensions: { code: 'ACCESS_DENIED' } }],
    };
    const remedy = expect.stringContaining('protected customer data');
    expect(() => openEnvelope(answer(body), operations.order)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ remedy }) }),
    );
  });
});

describe('words without a code', () => {
  it('that a development store takes no more orders now are a throttle: the order was not made, and waits', async () => {
    const { bench, variantId } = await open();
    const message = 'Too many attempts. Please try again later.';
    await answering(bench, 'TradelaneCreateOrder', {
      orderCreate: { order: null, userErrors: [{ field: [], message }] },
    });
    await expect(bench.connector.createOrder(orderOf('R-1', variantId))).rejects.toMatchObject({
      kind: 'RateLimited',
      details: { retryAfterMs: 60_000 },
    });
    expect((await bench.connector.createOrder(orderOf('R-1', variantId))).status).toBe('open');
  });

  it('that a refund is under way are no refusal, and a key that is used up is replaced', async () => {
    const { bench, variantId } = await open();
    const { externalId } = await bench.connector.createOrder(orderOf('R-2', variantId));
    const refused = (message: string) => ({ refundCreate: { refund: null, userErrors: [{ field: null, message }] } });
    const amount = { amountMinor: 3333, currency: 'AUD' };
    const refund = () =>
      bench.connector.refundOrder(externalId, { reference: 'R-2/1', amount, reason: 'came back', restock: [] });
    await answering(bench, 'TradelaneRefund', refused('This request is currently in progress, please try again.'));
    await expect(refund()).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    await answering(bench, 'TradelaneRefund', refused('A previous attempt with this key failed.'));
    expect((await refund()).amount).toEqual(amount);
    expect(bench.calls('TradelaneRefund')).toBe(3);
  });
});

describe('a read that has begun', () => {
  it('waits for points, and does not pay for its beginning again', async () => {
    const { bench } = await open({
      settings: { locationId: 'gid://shopify/Location/501' },
      simulator: { locations: ['Melbourne', 'Perth'] },
    });
    await bench.fault(
      { kind: 'throttle', retryAfter: 'in-200', seconds: 0.3 },
      { operation: '^TradelaneLevels$' },
      { times: 2 },
    );
    const { items } = await bench.connector.readProducts({ cursor: null, changedSince: null });
    expect(items.map(({ title }) => title)).toEqual(['Tee']);
    expect([bench.calls('TradelaneProducts'), bench.calls('TradelaneLevels')]).toEqual([1, 3]);
  });
});

describe('levels', () => {
  it('that are too dear for one call are asked for in smaller parts from then on', async () => {
    const { bench } = await open({
      settings: { locationId: 'gid://shopify/Location/501' },
      simulator: { locations: ['Melbourne', 'Perth'] },
    });
    await bench.addProducts({
      title: 'Many',
      variants: Array.from({ length: 7 }, (_, index) => ({ sku: `M-${index}`, price: '1.00', available: index })),
    });
    const errors = [
      { message: 'Query cost is 1204.', extensions: { code: 'MAX_COST_EXCEEDED', cost: 1204, maxCost: 1000 } },
    ];
    await bench.fault(
      { kind: 'status', status: 200, body: JSON.stringify({ errors }) },
      { operation: '^TradelaneLevels$' },
      { times: 1 },
    );
    const { items } = await bench.connector.readProducts({ cursor: null, changedSince: null });
    expect(items[1]?.variants.map(({ stock }) => stock.quantity)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    // Eight things: all, then four and four.
    expect(bench.calls('TradelaneLevels')).toBe(3);
  });
});

describe('an address that the shop refuses', () => {
  it('is sent in a plainer form, once; what else is refused stays refused', async () => {
    const { bench, variantId } = await open();
    const refused = (field: string[], message: string) => ({
      orderCreate: { order: null, userErrors: [{ field, message }] },
    });
    const province = refused(['order', 'shippingAddress', 'province'], 'Province is not valid in Indonesia');
    await answering(bench, 'TradelaneCreateOrder', province);
    expect((await bench.connector.createOrder(orderOf('R-5', variantId))).status).toBe('open');
    expect(await bench.orders()).toHaveLength(1);
    await answering(bench, 'TradelaneCreateOrder', province, 2);
    await expect(bench.connector.createOrder(orderOf('R-6', variantId))).rejects.toMatchObject({ kind: 'Rejected' });
    const before = bench.calls('TradelaneCreateOrder');
    await answering(bench, 'TradelaneCreateOrder', refused(['order', 'lineItems'], 'is invalid'));
    await expect(bench.connector.createOrder(orderOf('R-7', variantId))).rejects.toMatchObject({ kind: 'Rejected' });
    expect(bench.calls('TradelaneCreateOrder')).toBe(before + 1);
  });

  it('loses what is known to be refused, and nothing that is needed to find the buyer', () => {
    const order = orderOf('R', 'gid://shopify/ProductVariant/1');
    const shipTo = { ...order.shipTo, name: 'محمد 🌟 Wijaya', lines: ['Jl. <b>1</b> 🏢'], email: 'sari@example.com' };
    const told = toOrderInput({ ...order, shipTo }, contentOf(order), true);
    expect(told.shippingAddress).toEqual({
      ...{ firstName: 'محمد', lastName: 'Wijaya', address1: 'Jl. b1/b', address2: 'DKI Jakarta' },
      ...{ city: 'Jakarta', zip: '10220', countryCode: 'ID' },
    });
    expect(told).not.toHaveProperty('email');
  });
});

describe('a refund of neither pieces nor money that the shop does not take', () => {
  it('is a line of the order’s note, once', async () => {
    const { bench, variantId } = await open();
    const { externalId } = await bench.connector.createOrder(orderOf('R-8', variantId));
    const userErrors = [{ field: null, message: 'Refund has nothing in it' }];
    await answering(bench, 'TradelaneRefund', { refundCreate: { refund: null, userErrors } });
    const refund = {
      reference: 'R 8/1',
      amount: { amountMinor: 3333, currency: 'AUD' },
      reason: 'came\nback',
      restock: [],
    };
    const first = await bench.connector.refundOrder(externalId, refund);
    expect(first).toMatchObject({ reference: 'R 8/1', amount: refund.amount, reason: 'came back', lines: [] });
    expect(await bench.connector.refundOrder(externalId, refund)).toEqual(first);
    expect(bench.calls('TradelaneRefund')).toBe(1);
    // What is noted counts as refunded.
    const more = { ...refund, reference: 'R 8/2', amount: { amountMinor: 7716 - 3333 + 1, currency: 'AUD' } };
    await expect(bench.connector.refundOrder(externalId, more)).rejects.toMatchObject({ kind: 'Rejected' });
  });
});

describe('stock', () => {
  it('that another worker writes with the same key is waited for', async () => {
    const { bench, row } = await open();
    const code = 'IDEMPOTENCY_CONCURRENT_REQUEST';
    const userErrors = [{ field: null, message: 'This request is currently in progress, please try again.', code }];
    await answering(bench, 'TradelaneSetStock', {
      inventorySetQuantities: { inventoryAdjustmentGroup: null, userErrors },
    });
    expect(await bench.connector.writeStock([{ ...row, quantity: 4, expected: null }], 'k')).toMatchObject([
      { ok: true },
    ]);
    expect(bench.calls('TradelaneSetStock')).toBe(2);
  });
});

describe('parcels', () => {
  const parcels = [{ carrier: 'DHL Express', trackingNumber: 'JD1' }];
  const unrouted = (createdAt: string) => ({
    order: {
      ...{ id: 'gid://shopify/Order/1', createdAt, cancelledAt: null, displayFulfillmentStatus: 'UNFULFILLED' },
      fulfillments: [],
      fulfillmentOrders: { nodes: [], pageInfo: { hasNextPage: false } },
    },
  });

  it('wait until the shop has shared out the work of a new order', async () => {
    const { bench, variantId } = await open();
    const { externalId } = await bench.connector.createOrder(orderOf('R-3', variantId));
    await answering(bench, 'TradelaneParcels', unrouted(new Date().toISOString()));
    expect((await bench.connector.fulfilOrder(externalId, parcels)).status).toBe('shipped');
    await answering(bench, 'TradelaneParcels', unrouted('2026-01-01T00:00:00Z'));
    await expect(bench.connector.fulfilOrder(externalId, parcels)).rejects.toMatchObject({
      kind: 'Rejected',
      message: expect.stringContaining('no work'),
    });
  });

  it('of an order that is held are refused in words that help; the hold waits for the work, too', async () => {
    const { bench, variantId } = await open();
    const { externalId } = await bench.connector.createOrder(orderOf('R-4', variantId));
    await answering(bench, 'TradelaneWorks', unrouted(new Date().toISOString()));
    await bench.connector.holdOrder(externalId, 'address unclear');
    await expect(bench.connector.fulfilOrder(externalId, parcels)).rejects.toMatchObject({
      kind: 'Rejected',
      message: expect.stringContaining('is held'),
    });
  });
});

describe('lines of a result in bulk', () => {
  it('whose levels name the inventory item as their parent are joined all the same', async () => {
    const [product, variant, item] = ['Product/1', 'ProductVariant/2', 'InventoryItem/3'].map(
      (one) => `gid://shopify/${one}`,
    );
    const lines = [
      { id: product, updatedAt: '2026-11-21T00:00:00Z' },
      { id: variant, inventoryItem: { id: item }, __parentId: product },
      {
        id: 'gid://shopify/InventoryLevel/4',
        location: { id: 'gid://shopify/Location/5' },
        quantities: [{ name: 'available', quantity: 6 }],
        __parentId: item,
      },
    ];
    const files = {
      async *lines() {
        for (const [from, line] of lines.entries()) yield { line, from, to: from + 1 };
      },
    };
    const { products } = await joinProducts(files, 'https://files.example/1', { byte: 0, limit: 9 });
    expect([...(products[0]?.levels.get(String(variant)) ?? [])]).toEqual([['gid://shopify/Location/5', 6]]);
  });
});
