import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, type BenchOptions, orderOf, startBench, stockOf, tee } from './bench.fixture.ts';

const benches: Bench[] = [];
async function bench(options: BenchOptions = {}): Promise<Bench> {
  const one = await startBench({ ...options, simulator: { products: [tee], ...options.simulator } });
  benches.push(one);
  return one;
}
afterEach(async () => {
  for (const one of benches.splice(0)) await one.close();
});

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });
const teeLine = { sku: 'TEE', title: 'Tee', externalProductId: '1', externalVariantId: null, quantity: 2 };
/** As the simulated shop itself sells it: 39.95 each, flat rate of 5 for each piece. */
const atShopPrices = { lines: [{ ...teeLine, unitPrice: aud(3995) }], shippingCharge: aud(1000) };
/** One piece more of the same, for a cent. */
const other = [{ ...teeLine, quantity: 1, unitPrice: aud(1) }];
const parcel = { carrier: 'DHL Express', trackingNumber: 'TRACK-1' };
const mailbox = { settings: { orderMailbox: 'orders@shop.example' } };
const long = new Date(0);

describe('direct orders', () => {
  it('carry the marketplace’s amounts and take the stock that the shop does not reserve', async () => {
    const shop = await bench();
    const made = await shop.connector.createOrder(orderOf('R-1', '1'));
    expect(made).toMatchObject({ reference: 'R-1', status: 'open', total: aud(7716) });
    expect((await shop.orders())[0]).toMatchObject({ isDirect: true, total: 77.16, reference: 'R-1' });
    expect([await shop.salable('TEE'), await shop.physical('TEE')]).toEqual([198, 198]);
    await shop.connector.findOrder('R-1', long);
    expect(await shop.salable('TEE')).toBe(198);
  });

  it('several at once each take their own pieces', async () => {
    const shop = await bench();
    const references = ['R-1', 'R-2', 'R-3', 'R-4'];
    await Promise.all(references.map((reference) => shop.connector.createOrder(orderOf(reference, '1'))));
    expect([await shop.salable('TEE'), await shop.physical('TEE')]).toEqual([192, 192]);
  });

  it('give the stock back once when they are cancelled, whoever gives it', async () => {
    const shop = await bench();
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
    const outcome = await shop.connector.cancelOrder(externalId, 'buyer cancelled');
    expect(outcome).toMatchObject({ outcome: 'cancelled', stockReturned: true });
    expect(await shop.salable('TEE')).toBe(200);
    expect(await shop.connector.cancelOrder(externalId, 'again')).toMatchObject({ outcome: 'cancelled' });
    expect(await shop.salable('TEE')).toBe(200);
  });

  it('keep what can be sold right when they are shipped', async () => {
    const shop = await bench();
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
    const shipped = await shop.connector.fulfilOrder(externalId, [parcel]);
    expect(shipped).toMatchObject({ status: 'shipped', nativeStatus: 'complete' });
    expect(await shop.salable('TEE')).toBe(198);
    await shop.connector.fulfilOrder(externalId, [parcel, { ...parcel, trackingNumber: 'TRACK-2' }]);
    expect((await shop.orders())[0]?.tracks).toEqual(['TRACK-1', 'TRACK-2']);
    expect(await shop.connector.cancelOrder(externalId, 'late')).toMatchObject({ outcome: 'shipped' });
  });

  it('of the last pieces can be shipped, and leave none on offer', async () => {
    const shop = await bench({ simulator: { products: [{ ...tee, extension_attributes: stockOf(2) }] } });
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
    expect(await shop.salable('TEE')).toBe(0);
    expect(await shop.connector.fulfilOrder(externalId, [parcel])).toMatchObject({ status: 'shipped' });
    expect(await shop.salable('TEE')).toBe(0);
  });

  it('of the last pieces never come back twice when they are cancelled', async () => {
    const products = [{ ...tee, extension_attributes: stockOf(2) }];
    for (const dials of [{}, { legacyStock: true }]) {
      const shop = await bench({ simulator: { products, dials } });
      const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
      await shop.connector.cancelOrder(externalId, 'buyer cancelled');
      expect(await shop.salable('TEE')).toBe(2);
      const [stock] = await shop.connector.readStock([{ sku: 'TEE', externalProductId: '1', externalVariantId: null }]);
      expect(stock).toMatchObject({ value: { quantity: 2 } });
    }
  });

  it('for more than there is are refused before anything is written', async () => {
    const shop = await bench({ simulator: { products: [{ ...tee, extension_attributes: stockOf(1) }] } });
    await expect(shop.connector.createOrder(orderOf('R-1', '1'))).rejects.toMatchObject({
      kind: 'Rejected',
      details: { code: 'out_of_stock' },
    });
    expect(await shop.orders()).toEqual([]);
  });

  it('whose stock was not taken are finished by the look-up, and nothing is taken twice', async () => {
    for (const path of ['/source-items$', '/comments$']) {
      const shop = await bench();
      await shop.fault({ kind: 'status', status: 500, body: 'broken' }, { method: 'POST', path });
      await expect(shop.connector.createOrder(orderOf('R-1', '1'))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
      shop.reconnect();
      expect(await shop.connector.findOrder('R-1', long)).toMatchObject({ reference: 'R-1' });
      await shop.connector.findOrder('R-1', long);
      expect([await shop.salable('TEE'), (await shop.orders()).length]).toEqual([198, 1]);
    }
  });

  it('whose stock was taken, but not noted, are not taken from again', async () => {
    const shop = await bench();
    await shop.fault({ kind: 'lose-answer' }, { method: 'POST', path: '/source-items$' });
    await expect(shop.connector.createOrder(orderOf('R-1', '1'))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    await shop.connector.findOrder('R-1', long);
    expect(await shop.salable('TEE')).toBe(198);
  });

  it.each([
    ['whose taking-back was lost', 'drop', '/cancel$'],
    ['whose creation was not answered', 'lose-answer', '/orders$'],
  ])('%s are no order of ours when the shop made something else of them', async (_what, kind, path) => {
    const shop = await bench({ simulator: { products: [tee], dials: { surcharge: 5 } } });
    await shop.fault({ kind }, { method: 'POST', path });
    await expect(shop.connector.createOrder(orderOf('R-1', '1'))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    shop.reconnect();
    expect(await shop.connector.findOrder('R-1', long)).toBeNull();
    expect(await shop.connector.findOrder('R-1', long)).toBeNull();
    expect((await shop.orders()).map(({ state, total }) => [state, total])).toEqual([['canceled', 82.16]]);
    expect(await shop.physical('TEE')).toBe(200);
    await shop.control('POST', '/dials', { surcharge: 0 });
    const made = await shop.connector.createOrder(orderOf('R-1', '1'));
    expect(await shop.connector.findOrder('R-1', long)).toMatchObject({ externalId: made.externalId, status: 'open' });
  });

  it('take from the single stock where there are no sources', async () => {
    const shop = await bench({ simulator: { products: [tee], dials: { legacyStock: true } } });
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
    expect(await shop.physical('TEE')).toBe(198);
    await shop.connector.cancelOrder(externalId, 'buyer cancelled');
    expect(await shop.physical('TEE')).toBe(200);
  });
});

describe('orders through a cart', () => {
  it('are reserved by the shop, found by their mailbox, cancelled and shipped by its own books', async () => {
    const shop = await bench(mailbox);
    const made = await shop.connector.createOrder(orderOf('C-1', '1', atShopPrices));
    expect(made).toMatchObject({ reference: 'C-1', total: aud(8990) });
    expect((await shop.orders())[0]?.isDirect).toBe(false);
    expect([await shop.salable('TEE'), await shop.physical('TEE')]).toEqual([198, 200]);
    expect((await shop.connector.findOrder('C-1', long))?.externalId).toBe(made.externalId);
    expect(await shop.connector.readOrder(made.externalId)).toMatchObject({ reference: 'C-1' });
    expect(await shop.connector.findOrder('C-2', long)).toBeNull();
    const cancelled = await shop.connector.cancelOrder(made.externalId, 'buyer cancelled');
    expect(cancelled).toMatchObject({ outcome: 'cancelled', stockReturned: true });
    const second = await shop.connector.createOrder(orderOf('C-2', '1', atShopPrices));
    await shop.connector.fulfilOrder(second.externalId, [parcel]);
    expect([await shop.salable('TEE'), await shop.physical('TEE')]).toEqual([198, 198]);
  });

  it('carry the marketplace’s amounts, and both counts of stock stay right until the end', async () => {
    const shop = await bench(mailbox);
    const counts = async () => [await shop.salable('TEE'), await shop.physical('TEE')];
    const made = await shop.connector.createOrder(orderOf('C-1', '1'));
    expect(made).toMatchObject({ reference: 'C-1', status: 'open', total: aud(7716) });
    expect((await shop.orders())[0]).toMatchObject({ isDirect: false, total: 77.16 });
    expect(await counts()).toEqual([198, 200]);
    expect(await shop.connector.findOrder('C-1', long)).toMatchObject({
      externalId: made.externalId,
      total: aud(7716),
    });
    await shop.connector.fulfilOrder(made.externalId, [parcel]);
    expect(await counts()).toEqual([198, 198]);
    const second = await shop.connector.createOrder(orderOf('C-2', '1', { lines: [...atShopPrices.lines, ...other] }));
    expect(second.total).toEqual(aud(7990 + 1 + 1050));
    expect(await counts()).toEqual([195, 198]);
    await shop.connector.cancelOrder(second.externalId, 'buyer cancelled');
    expect(await counts()).toEqual([198, 198]);
    expect((await shop.connector.readOrders({ cursor: null, changedSince: null })).items[0]).toMatchObject({
      total: aud(7716),
      shipping: aud(1050),
      tax: aud(0),
      lines: [{ net: aud(6666), tax: aud(0), discount: aud(0) }],
    });
  });

  it('whose amounts the shop does not take are cancelled and written directly, once and for all', async () => {
    const shop = await bench({ ...mailbox, simulator: { products: [tee], dials: { orderUpdatesIgnored: true } } });
    for (const reference of ['C-1', 'C-2']) {
      expect((await shop.connector.createOrder(orderOf(reference, '1'))).total).toEqual(aud(7716));
      expect(await shop.connector.findOrder(reference, long)).toMatchObject({ reference, total: aud(7716) });
    }
    expect((await shop.orders()).map(({ isDirect, state }) => [isDirect, state])).toEqual([
      [false, 'canceled'],
      [true, 'new'],
      [true, 'new'],
    ]);
    expect(await shop.salable('TEE')).toBe(196);
  });

  it('left before their amounts were set are taken back by the look-up', async () => {
    const shop = await bench(mailbox);
    await shop.fault({ kind: 'status', status: 500, body: 'broken' }, { method: 'POST', path: '/orders$' });
    await expect(shop.connector.createOrder(orderOf('C-1', '1'))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    shop.reconnect();
    expect(await shop.connector.findOrder('C-1', long)).toBeNull();
    expect([(await shop.orders())[0]?.state, await shop.salable('TEE')]).toEqual(['canceled', 200]);
    const made = await shop.connector.createOrder(orderOf('C-1', '1'));
    expect(await shop.connector.findOrder('C-1', long)).toMatchObject({ externalId: made.externalId });
    expect(await shop.salable('TEE')).toBe(198);
  });

  it('are written directly when one amount differs by a cent, where amounts are to be the shop’s own', async () => {
    const shop = await bench({ settings: { ...mailbox.settings, cartAmounts: 'own' } });
    const lines = [{ ...teeLine, unitPrice: aud(3994) }];
    await shop.connector.createOrder(orderOf('C-1', '1', { ...atShopPrices, lines }));
    await shop.connector.createOrder(orderOf('C-2', '1', { ...atShopPrices, shippingCharge: aud(1001) }));
    expect((await shop.orders()).map(({ isDirect, total }) => [isDirect, total])).toEqual([
      [true, 89.88],
      [true, 89.91],
    ]);
    expect(await shop.salable('TEE')).toBe(196);
  });

  it('exist once after a lost answer', async () => {
    const shop = await bench(mailbox);
    await shop.fault({ kind: 'lose-answer' }, { method: 'POST', path: '/payment-information$' });
    const order = orderOf('C-1', '1', atShopPrices);
    await expect(shop.connector.createOrder(order)).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    const found = await shop.connector.findOrder('C-1', long);
    expect(found).toMatchObject({ reference: 'C-1', total: aud(8990) });
    expect(await shop.connector.readOrder(found?.externalId ?? '')).toMatchObject({ reference: 'C-1' });
    expect((await shop.orders()).length).toBe(1);
  });
});

describe('several sources', () => {
  const twoSources = async (more: BenchOptions = {}) => {
    const shop = await bench({ ...more, simulator: { products: [{ ...tee, extension_attributes: stockOf(1) }] } });
    await shop.control('POST', '/sources', { code: 'south' });
    await shop.control('POST', '/stock', { sku: 'TEE', quantity: 2, source: 'south' });
    return shop;
  };
  const held = async (shop: Bench) => {
    const { sourceItems } = await shop.control<{ sourceItems: { source: string; quantity: number }[] }>(
      'GET',
      '/state',
    );
    return Object.fromEntries(sourceItems.map(({ source, quantity }) => [source, quantity]));
  };
  const three = { lines: [{ ...teeLine, quantity: 3, unitPrice: aud(3333) }] };

  it.each([
    ['directly', {}, 0],
    ['through a cart', mailbox, 0],
  ] as const)('an order written %s is shipped from each of them', async (_name, more, left) => {
    const shop = await twoSources(more);
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1', three));
    expect(await shop.salable('TEE')).toBe(0);
    await shop.fault({ kind: 'drop' }, { method: 'POST', path: '/ship$' });
    await expect(shop.connector.fulfilOrder(externalId, [parcel])).rejects.toMatchObject({ kind: 'Unavailable' });
    expect(await shop.connector.fulfilOrder(externalId, [parcel])).toMatchObject({ status: 'shipped' });
    await shop.connector.fulfilOrder(externalId, [parcel]);
    expect([await shop.salable('TEE'), await held(shop)]).toEqual([left, { default: 0, south: 0 }]);
    expect((await shop.orders())[0]?.tracks).toEqual(['TRACK-1']);
    expect(shop.calls('orders.ship')).toBeGreaterThan(1);
  });

  it('an order that one of them holds is shipped from that one', async () => {
    const shop = await twoSources(mailbox);
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
    await shop.connector.fulfilOrder(externalId, [parcel]);
    expect([await shop.salable('TEE'), await held(shop)]).toEqual([1, { default: 1, south: 0 }]);
  });
});

describe('cancelling and shipping', () => {
  it('say so when the shop answers false, or does not know the order', async () => {
    const shop = await bench();
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
    await shop.fault(
      { kind: 'status', status: 200, body: 'false', contentType: 'application/json' },
      { path: '/cancel$' },
    );
    expect(await shop.connector.cancelOrder(externalId, 'x')).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('does not cancel'),
    });
    expect(await shop.connector.cancelOrder('4711', 'x')).toMatchObject({ outcome: 'refused', order: null });
    await expect(shop.connector.fulfilOrder('4711', [parcel])).rejects.toMatchObject({ kind: 'NotFound' });
  });
});
