import { afterEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import { type Bench, type BenchOptions, orderOf, startBench, tee } from './bench.fixture.ts';
import { referenceTag } from './order-mapping.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: BenchOptions = {}) {
  const bench = await startBench(options);
  benches.push(bench);
  const [product] = await bench.addProducts(tee);
  const variantId = `gid://shopify/ProductVariant/${product?.variants[0]?.id}`;
  const available = async () => {
    const stock = await bench.connector.readStock([
      { sku: 'TEE', externalProductId: `gid://shopify/Product/${product?.id}`, externalVariantId: variantId },
    ]);
    return stock[0]?.ok ? stock[0].value.quantity : stock[0];
  };
  return { bench, variantId, available };
}

const parcel = (trackingNumber: string, carrier = 'DHL Express') => ({ carrier, trackingNumber });
const longAgo = new Date(Date.now() - 3_600_000);

describe('orders', () => {
  it('are made once, paid elsewhere, with exact money, our reference and stock taken', async () => {
    const { bench, variantId, available } = await open();
    const made = await bench.connector.createOrder(orderOf('REF-1', variantId));
    expect(made).toMatchObject({
      reference: 'REF-1',
      status: 'open',
      nativeStatus: 'PAID/UNFULFILLED',
      total: { amountMinor: 7716, currency: 'AUD' },
      lines: [{ sku: 'TEE', quantity: 2 }],
    });
    expect(await available()).toBe(10);
    expect(await bench.connector.readOrder(made.externalId)).toEqual(made);
    expect((await bench.orders())[0]?.tags).toEqual([referenceTag('REF-1'), 'tradelane'].toSorted());
    expect(await bench.connector.readOrder('gid://shopify/Order/9')).toBeNull();
    expect(await bench.connector.readOrder('17')).toBeNull();
  });

  it('are found while the search still lags, also by references with quotes', async () => {
    const { bench, variantId } = await open({ simulator: { dials: { searchLagMs: 60_000 } } });
    const reference = `R'1" \\ x:y`;
    const made = await bench.connector.createOrder(orderOf(reference, variantId));
    expect((await bench.connector.findOrder(reference, longAgo))?.externalId).toBe(made.externalId);
    expect(bench.calls('TradelaneRecentOrders')).toBe(1);
    await bench.control('POST', '/dials', { searchLagMs: 0 });
    expect((await bench.connector.findOrder(reference, longAgo))?.externalId).toBe(made.externalId);
    expect(bench.calls('TradelaneRecentOrders')).toBe(1);
    expect(await bench.connector.findOrder('R', longAgo)).toBeNull();
  });

  it('that the shop is short of are refused, unless it is told to ignore that', async () => {
    const { bench, variantId, available } = await open();
    const [line] = orderOf('REF-2', variantId).lines;
    if (line === undefined) throw new Error('no line');
    const order = orderOf('REF-2', variantId, { lines: [{ ...line, quantity: 13 }] });
    const refused = await bench.connector.createOrder(order).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'Rejected', details: { code: 'INVENTORY_CLAIM_FAILED' } });
    expect(await available()).toBe(12);
    bench.reconnect({ stockClaim: 'ignore' });
    expect((await bench.connector.createOrder(order)).status).toBe('open');
    expect((await bench.orders())[0]?.lines).toMatchObject([{ quantity: 13, isClaimed: true }]);
  });

  it('with mixed currencies, no lines or strange variants are refused before anything is sent', async () => {
    const { bench, variantId } = await open();
    const strange = [
      orderOf('R', 'variant-1'),
      orderOf('R', variantId, { lines: [] }),
      orderOf('R', variantId, { shippingCharge: { amountMinor: 1, currency: 'USD' } }),
    ];
    for (const order of strange) {
      await expect(bench.connector.createOrder(order)).rejects.toMatchObject({ kind: 'Rejected' });
    }
    expect(bench.calls('TradelaneCreateOrder')).toBe(0);
  });
});

describe('cancelling', () => {
  it('waits for the job, gives stock back, moves no money, and can be repeated', async () => {
    const { bench, variantId, available } = await open({ simulator: { dials: { jobPolls: 3 } } });
    const { externalId } = await bench.connector.createOrder(orderOf('REF-3', variantId));
    const cancelled = await bench.connector.cancelOrder(externalId, 'x'.repeat(400));
    expect(cancelled).toMatchObject({ outcome: 'cancelled', stockReturned: true, order: { status: 'cancelled' } });
    expect(bench.calls('TradelaneJob')).toBe(3);
    expect(await available()).toBe(12);
    const [truth] = await bench.orders();
    expect([truth?.isRefunded, truth?.staffNote?.length]).toEqual([false, 255]);
    expect(await bench.connector.cancelOrder(externalId, 'again')).toMatchObject({
      outcome: 'cancelled',
      stockReturned: true,
    });
    expect(bench.calls('TradelaneCancelOrder')).toBe(1);
  });

  it('promises no stock where somebody else cancelled', async () => {
    const { bench, variantId, available } = await open();
    const { externalId } = await bench.connector.createOrder(orderOf('REF-4', variantId));
    await bench.control('POST', `/orders/${externalId.split('/').at(-1)}/cancel`, { restock: false });
    expect(await bench.connector.cancelOrder(externalId, 'late')).toMatchObject({
      outcome: 'cancelled',
      stockReturned: false,
    });
    expect(await available()).toBe(10);
  });

  it('says so when the goods have left, in part or whole, and when there is no such order', async () => {
    const { bench, variantId } = await open();
    const whole = await bench.connector.createOrder(orderOf('REF-5', variantId));
    await bench.connector.fulfilOrder(whole.externalId, [parcel('T-1')]);
    expect((await bench.connector.cancelOrder(whole.externalId, 'late')).outcome).toBe('shipped');
    const part = await bench.connector.createOrder(orderOf('REF-6', variantId));
    await bench.control('POST', `/orders/${part.externalId.split('/').at(-1)}/fulfil`, { number: 'T-2', quantity: 1 });
    expect(await bench.connector.cancelOrder(part.externalId, 'late')).toMatchObject({
      outcome: 'refused',
      reason: 'Cannot cancel an order that has outstanding fulfillments',
    });
    expect((await bench.connector.cancelOrder('gid://shopify/Order/1', 'x')).outcome).toBe('refused');
  });

  it('that takes too long is left to the next attempt', async () => {
    const { bench, variantId } = await open({ simulator: { dials: { jobPolls: 1000 } } });
    const { externalId } = await bench.connector.createOrder(orderOf('REF-7', variantId));
    await expect(bench.connector.cancelOrder(externalId, 'x')).rejects.toMatchObject({ kind: 'Unavailable' });
  });
});

describe('fulfilment', () => {
  it('sends all numbers once, adds later ones, and repeats nothing', async () => {
    const { bench, variantId } = await open();
    const { externalId } = await bench.connector.createOrder(orderOf('REF-8', variantId));
    const first = await bench.connector.fulfilOrder(externalId, [parcel('T-1'), parcel('T-2', 'JNE')]);
    expect([first.status, first.nativeStatus]).toEqual(['shipped', 'PAID/FULFILLED']);
    await bench.connector.fulfilOrder(externalId, [parcel('T-1'), parcel('T-2', 'JNE')]);
    expect([bench.calls('TradelaneFulfil'), bench.calls('TradelaneRetrack')]).toEqual([1, 0]);
    await bench.connector.fulfilOrder(externalId, [parcel('T-1'), parcel('T-3')]);
    const [truth] = await bench.orders();
    expect(truth?.numbers).toEqual(['T-1', 'T-2', 'T-3']);
  });

  it('of cancelled and of missing orders is refused', async () => {
    const { bench, variantId } = await open();
    const { externalId } = await bench.connector.createOrder(orderOf('REF-9', variantId));
    await bench.connector.cancelOrder(externalId, 'x');
    const failures = [externalId, 'gid://shopify/Order/1', 'nonsense'].map((id) =>
      bench.connector.fulfilOrder(id, [parcel('T-1')]).catch((error: unknown) => error),
    );
    const kinds = (await Promise.all(failures)).map((error) => (error instanceof ConnectorError ? error.kind : error));
    expect(kinds).toEqual(['Rejected', 'NotFound', 'NotFound']);
  });
});
