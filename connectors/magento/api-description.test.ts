import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../contract/turns.ts';
import { createHttpClient, type OutgoingCall } from '../transport/index.ts';
import { hasDescription, problemsOf, readDescription } from './api-description.fixture.ts';
import { admin, integration, orderOf, shirt, tee } from './bench.fixture.ts';
import { createMagentoConnector, type MagentoConnector } from './connector.ts';
import type { MagentoSettings } from './schema.ts';
import { type Dials, startMagentoSimulator } from './simulator/index.ts';
import { createTestBed } from './test-bed.ts';

if (!hasDescription) {
  process.stderr.write('calls are not held against the shop’s description: no recordings beside the repository\n');
}

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });
const key = { externalProductId: '1', externalVariantId: null };

/** Every call that the connector and its test-bed make in a life of all abilities. */
async function callsOf(settings: Partial<MagentoSettings>, dials: Partial<Dials>): Promise<OutgoingCall[]> {
  const simulator = await startMagentoSimulator({ ...admin, integration, products: [tee, shirt], dials });
  const log = pino({ level: 'silent' });
  const http = createHttpClient({ connectionId: 'described', log });
  const calls: OutgoingCall[] = [];
  const ctx = {
    connectionId: 'described',
    credentials: settings.authentication === 'admin' ? admin : integration,
    settings: { url: simulator.url, ...settings },
    http: {
      send: (call: OutgoingCall) => {
        calls.push(call);
        return http.send(call);
      },
    },
    clock: { now: async () => new Date() },
    log,
    exclusively: createTurns(),
    renewCredentials: async <Value>(refresh: (latest: Value) => Promise<Value>) => refresh({ ...admin } as Value),
  };
  try {
    const connector = createMagentoConnector(ctx);
    await liveWith(connector);
    const bed = createTestBed(ctx, 'TLC-api');
    const variants = ['S', 'XL'].map((option) => ({ sku: `BED-${option}`, option, price: aud(100), stock: 3 }));
    const product = await bed.createProduct({ title: 'Bed', variants });
    await bed.changeProduct(product, { title: 'Bed 2', price: aud(101) });
    const [variant] = product.variants;
    if (variant === undefined) throw new Error('no variant');
    await Promise.all([bed.readStock(variant), bed.readPrice(variant), bed.orderBooks('R-1')]);
    await bed.removeOrder((await bed.placeOrder?.([{ variant, quantity: 1 }])) ?? '');
    await bed.deleteProduct(product);
    await bed.close?.();
    return calls;
  } finally {
    await http.close();
    await simulator.close();
  }
}

async function liveWith(connector: MagentoConnector): Promise<void> {
  await connector.testConnection();
  for (const changedSince of [null, new Date(0)]) {
    for (let cursor: string | null = null; ; ) {
      const page = await connector.readProducts({ cursor, changedSince });
      cursor = page.next;
      if (cursor === null) break;
    }
  }
  await connector.readProduct('1');
  await connector.readLocations();
  await connector.writeStock([{ ...key, key: 'a', sku: 'TEE', locationId: null, quantity: 90, expected: 200 }], 'k');
  const sale = { price: aud(3500), from: null, to: new Date('2099-01-01T00:00:00Z') };
  await connector.writePrices([{ ...key, key: 'a', sku: 'TEE', price: aud(3995), sale }]);
  await connector.writePrices([{ ...key, key: 'a', sku: 'TEE', price: aud(3995), sale: null }]);
  const line = { sku: 'TEE', title: 'Tee', ...key, quantity: 2 };
  const own = { lines: [{ ...line, unitPrice: aud(3995) }], shippingCharge: aud(1000) };
  for (const [reference, more] of [
    ['R-1', own],
    ['R-2', {}],
    ['R-3', own],
  ] as const) {
    const { externalId } = await connector.createOrder(orderOf(reference, '1', more));
    await connector.findOrder(reference, new Date(0));
    await connector.addOrderNote(externalId, { reference: 'n', text: 'note' });
    await connector.holdOrder(externalId, 'wait');
    await connector.releaseOrder(externalId);
    if (reference === 'R-3') await connector.cancelOrder(externalId, 'no');
    else {
      await connector.fulfilOrder(externalId, [{ carrier: 'DHL', trackingNumber: 'T-1' }]);
      await connector.fulfilOrder(externalId, [{ carrier: 'DHL', trackingNumber: 'T-2' }]);
      const order = await connector.readOrders({ cursor: null, changedSince: null });
      const lineId = order.items.find((one) => one.externalId === externalId)?.lines[0]?.externalId ?? '';
      const refund = { reason: 'x', amount: aud(500) };
      await connector.refundOrder(externalId, { ...refund, reference: 'a', restock: [] });
      const restock = [{ externalLineId: lineId, quantity: 1 }];
      await connector.refundOrder(externalId, { ...refund, reference: 'b', restock });
    }
  }
  await connector.readOrders({ cursor: null, changedSince: new Date(0) });
  const { bulkId } = await connector.submitBulk('products/base-prices', [
    { prices: [{ sku: 'TEE', store_id: 0, price: 41 }] },
  ]);
  await connector.readBulk(bulkId);
}

describe.skipIf(!hasDescription)('the shop’s own description of its interface', () => {
  it.each([
    ['directly, signed', {}, {}],
    ['through a cart, as administrator', { authentication: 'admin', orderMailbox: 'orders@shop.example' }, {}],
    ['one stock, prices per website', { storeView: 'default' }, { legacyStock: true, pricesPerWebsite: true }],
    ['no export of stock, memos with pieces', {}, { withoutStockExport: true, refundsNeedPieces: true }],
  ] as const)('has every call, with its parameters and fields: %s', async (_name, settings, dials) => {
    const description = readDescription();
    const calls = await callsOf(settings, dials);
    expect(calls.length).toBeGreaterThan(50);
    // Sent without its body, to see whether the right to it is there.
    const real = calls.filter(({ operation }) => operation !== 'connection.test');
    expect([...new Set(real.flatMap((call) => problemsOf(call, description)))]).toEqual([]);
  });

  it('would tell of another one', () => {
    const description = readDescription();
    const call = { method: 'POST', operation: 'x', effect: false, headers: {} } as const;
    const url = 'http://shop.example/rest/all/V1/inventory/source-items';
    const body = JSON.stringify({ sourceItems: [{ sku: 'A', source: 'default', quantity: '3' }] });
    expect(problemsOf({ ...call, url, body }, description)).toEqual([
      'POST /V1/inventory/source-items.sourceItems[].source: no such field',
      'POST /V1/inventory/source-items.sourceItems[].quantity: "3" is no number',
    ]);
    expect(problemsOf({ ...call, url: `${url}-x` }, description)).toEqual([
      'POST /V1/inventory/source-items-x: no such route',
    ]);
  });
});
