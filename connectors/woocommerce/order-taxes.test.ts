import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, orderOf, shirt, startBench, tee } from './bench.fixture.ts';
import { roundingFees, withoutTaxOf } from './order-taxes.ts';

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });
const gst = { country: 'ID', rate: 10, name: 'GST' };

/** Settings of shops, and how many cents may stand in lines of odd sums before the rounding fee. */
const shops = [
  { name: 'one rate on everything', taxes: { rates: [gst] } },
  { name: 'prices entered with tax', taxes: { rates: [gst], pricesIncludeTax: true } },
  { name: 'rounding at the subtotal', taxes: { rates: [{ ...gst, rate: 19 }], roundAtSubtotal: true } },
  { name: 'a rate not on shipping', taxes: { rates: [{ ...gst, rate: 8.875, shipping: false }] } },
  {
    name: 'two rates, one on top of the other',
    taxes: {
      rates: [
        { ...gst, rate: 5 },
        { ...gst, id: 2, name: 'PST', rate: 9.975, priority: 2, compound: true },
      ],
    },
  },
  {
    name: 'three rates beside each other, with tax',
    taxes: {
      pricesIncludeTax: true,
      rates: [1, 2, 3].map((id) => ({ ...gst, id, name: `T${id}`, rate: 3.3333 * id, priority: id })),
    },
  },
  { name: 'tax by the shop’s own place', taxes: { rates: [{ ...gst, country: 'AU', rate: 7.7 }], basedOn: 'base' } },
];

describe('orders in shops that add tax', () => {
  let bench: Bench;
  let shirtId = '';
  let sizes: string[] = [];
  let teeId = '';
  beforeAll(async () => {
    bench = await startBench();
    const [one, two] = await bench.addProducts(shirt, { ...tee, stock_quantity: 5000 });
    shirtId = String(one?.id);
    sizes = (one?.variations ?? []).map(String);
    teeId = String(two?.id);
  });
  afterAll(() => bench.close());

  const line = (sku: string, productId: string, variationId: string | null, quantity: number, minor: number) => ({
    ...{ sku, title: sku, externalProductId: productId, externalVariantId: variationId, quantity },
    unitPrice: aud(minor),
  });

  it.each(shops)('come to what was sold: $name', async ({ name, taxes }) => {
    const none = { pricesIncludeTax: false, roundAtSubtotal: false, basedOn: 'shipping' };
    await bench.control('POST', '/taxes', { ...none, calcTaxes: true, ...taxes });
    bench.reconnect();
    const sums = [5, 15, 99, 3333, 3995, 10_001, 123_457];
    for (const [index, minor] of sums.entries()) {
      const reference = `T-${name.slice(0, 20)}-${index}`;
      const lines = [line('TEE', teeId, null, 3, minor), line('SHIRT-S', shirtId, sizes[0] ?? '', 1, minor + 7)];
      const shippingCharge = aud(index === 0 ? 0 : 995 + index);
      const made = await bench.connector.createOrder(orderOf(reference, teeId, { lines, shippingCharge }));
      const sold = 4 * minor + 7 + shippingCharge.amountMinor;
      expect([reference, made.status, made.nativeStatus, made.total]).toEqual([
        reference,
        'open',
        'processing',
        aud(sold),
      ]);
    }
  });

  it('take their stock once, and are finished by the look-up when an answer was lost on the way', async () => {
    await bench.control('POST', '/taxes', { calcTaxes: true, rates: [gst] });
    bench.reconnect();
    const key = [{ sku: 'TEE', externalProductId: teeId, externalVariantId: null }];
    const quantity = async () => {
      const [row] = await bench.connector.readStock(key);
      return row?.ok ? row.value.quantity : null;
    };
    const before = (await quantity()) ?? 0;
    await bench.fault({ kind: 'lose-answer' }, { method: 'PUT', path: '/orders/' });
    const push = bench.connector.createOrder(orderOf('T-lost', teeId));
    await expect(push).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    expect(await bench.connector.findOrder('T-lost', new Date())).toMatchObject({
      nativeStatus: 'processing',
      total: aud(2 * 3333 + 1050),
    });
    expect((await bench.orders()).filter(({ reference }) => reference === 'T-lost')).toHaveLength(1);
    expect(await quantity()).toBe(before - 2);
  });

  it('are settled afterwards where the key may not read settings, and untaxed with a class without rates', async () => {
    await bench.control('POST', '/taxes', { calcTaxes: false, rates: [gst] });
    bench.reconnect();
    await bench.connector.createOrder(orderOf('T-none', teeId));
    await bench.control('POST', '/taxes', { calcTaxes: true });
    const made = await bench.connector.createOrder(orderOf('T-late', teeId));
    expect(made).toMatchObject({ nativeStatus: 'processing', total: aud(2 * 3333 + 1050) });
    bench.reconnect({ orderTaxClass: 'zero-rate' });
    const settled = bench.calls('orders.update');
    await bench.connector.createOrder(orderOf('T-zero', teeId, { shippingCharge: aud(0) }));
    expect(bench.calls('orders.update') - settled).toBe(1);
  });
});

describe('an order that was left unfinished while the shop was away for long', () => {
  it('is finished by the look-up, also when that is broken off in its turn', async () => {
    let now = new Date('2026-11-21T08:00:00Z');
    const bench = await startBench({ simulator: { now: () => now } });
    try {
      await bench.control('POST', '/taxes', { calcTaxes: true, rates: [gst] });
      const [made] = await bench.addProducts(tee);
      const lost = () => bench.fault({ kind: 'lose-answer' }, { method: 'PUT', path: '/orders/' });
      await bench.fault({ kind: 'status', status: 503 }, { method: 'PUT', path: '/orders/' });
      const push = bench.connector.createOrder(orderOf('L-1', String(made?.id)));
      await expect(push).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
      const begun = now;
      now = new Date(now.getTime() + 10 * 60_000);
      await lost();
      await expect(bench.connector.findOrder('L-1', begun)).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
      expect((await bench.orders())[0]?.status).toBe('pending');
      expect(await bench.connector.findOrder('L-1', begun)).toMatchObject({
        nativeStatus: 'processing',
        total: aud(2 * 3333 + 1050),
      });
    } finally {
      await bench.close();
    }
  });
});

describe('an order that cannot come to what was sold', () => {
  it('is cancelled before its lines are touched, or after with its stock given back', async () => {
    const bench = await startBench();
    try {
      await bench.control('POST', '/taxes', { calcTaxes: true, rates: [{ country: '', rate: 10, name: 'GST' }] });
      const [made] = await bench.addProducts(tee);
      const id = String(made?.id);
      await expect(bench.connector.createOrder(orderOf('X-1', '99999'))).rejects.toMatchObject({ kind: 'Rejected' });
      // Somebody raises the rate between the shop's two answers.
      await bench.fault({ kind: 'status', status: 503 }, { method: 'PUT', path: '/orders/' });
      await expect(bench.connector.createOrder(orderOf('X-2', id))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
      await bench.control('POST', '/taxes', { rates: [{ country: '', rate: 25, name: 'GST' }] });
      await expect(bench.connector.findOrder('X-2', new Date())).rejects.toMatchObject({
        kind: 'Rejected',
        message: expect.stringContaining('tax that the shop added'),
      });
      expect((await bench.orders()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
      const [stock] = await bench.connector.readStock([{ sku: 'TEE', externalProductId: id, externalVariantId: null }]);
      expect(stock).toMatchObject({ ok: true, value: { quantity: 12 } });
    } finally {
      await bench.close();
    }
  });
});

describe('what rounding leaves over', () => {
  const line = {
    id: 1,
    product_id: 11,
    variation_id: 0,
    quantity: 1,
    total: '9.09',
    total_tax: '0.90',
    taxes: [{ id: 1 }],
  };
  const order = (total: string, more = {}) => ({
    ...{ id: 1, status: 'pending', currency: 'AUD', total, total_tax: '0.90', line_items: [line] },
    ...{ tax_lines: [{ rate_id: 1, rate_percent: 10, compound: false }], ...more },
  });
  const wanted = {
    ...{ currency: 'AUD', totalMinor: 1000, shippingMinor: 0 },
    lines: { '11:0': { quantity: 1, totalMinor: 1000 } },
  };

  it('becomes a fee without tax; what is too much goes in pieces whose tax rounds to nothing', () => {
    expect(roundingFees(order('9.99'), wanted)).toEqual([{ name: 'Rounding', total: '0.01', tax_status: 'none' }]);
    expect(roundingFees(order('10.01'), wanted)).toMatchObject([{ total: '-0.01' }]);
    expect(roundingFees(order('10.00'), wanted)).toEqual([]);
    expect(roundingFees(order('9.90'), wanted)).toEqual([]);
    const steep = { tax_lines: [{ rate_id: 1, rate_percent: 24, compound: false }] };
    const five = Array.from({ length: 5 }, (_, index) => ({ ...line, id: index + 1 }));
    const tooMuch = order('10.05', { ...steep, line_items: five });
    expect(roundingFees(tooMuch, wanted).map(({ total }) => total)).toEqual(['-0.02', '-0.02', '-0.01']);
  });

  it('is nothing where amounts go out with all their decimals', () => {
    expect(withoutTaxOf(order('11.00'), wanted).line_items).toEqual([
      { id: 1, subtotal: '9.090909', total: '9.090909' },
    ]);
    const rupiah = {
      ...wanted,
      currency: 'IDR',
      totalMinor: 150_000,
      lines: { '11:0': { quantity: 1, totalMinor: 150_000 } },
    };
    const inIdr = order('165000.00', {
      currency: 'IDR',
      tax_lines: [{ rate_id: 1, rate_percent: 11, compound: false }],
    });
    expect(withoutTaxOf(inIdr, rupiah).line_items).toEqual([
      { id: 1, subtotal: '135135.135135', total: '135135.135135' },
    ]);
  });
});
