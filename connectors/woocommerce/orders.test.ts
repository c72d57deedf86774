import { afterEach, describe, expect, it } from 'vitest';
import type { OrderForStore } from '../contract/store.ts';
import { type Bench, type BenchOptions, orderOf, shirt, startBench, tee } from './bench.fixture.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench(options);
  benches.push(bench);
  return bench;
}

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });
const now = () => new Date();

describe('pushed orders', () => {
  async function withProducts(options: BenchOptions = {}) {
    const bench = await open(options);
    const [one, two] = await bench.addProducts(shirt, tee);
    return { bench, shirtId: String(one?.id), sizeM: String(one?.variations[1]), teeId: String(two?.id) };
  }

  it('come to the marketplace’s total to the minor unit, find their stock and are found', async () => {
    const { bench, shirtId, sizeM, teeId } = await withProducts();
    const { connector } = bench;
    const lines: OrderForStore['lines'] = [
      {
        sku: 'TEE',
        title: 'Tee',
        externalProductId: teeId,
        externalVariantId: teeId,
        quantity: 3,
        unitPrice: aud(3333),
      },
      {
        sku: 'SHIRT-M',
        title: 'Shirt',
        externalProductId: shirtId,
        externalVariantId: sizeM,
        quantity: 1,
        unitPrice: aud(1),
      },
    ];
    const rate = { from: 'IDR', to: 'AUD', rate: '0.000094', date: '2026-11-21' };
    const made = await connector.createOrder(orderOf('R-1', teeId, { lines, exchangeRate: rate }));
    expect(made).toMatchObject({
      reference: 'R-1',
      status: 'open',
      total: aud(3 * 3333 + 1 + 1050),
      lines: [
        { sku: 'TEE', externalProductId: teeId, quantity: 3 },
        { sku: 'SHIRT-M', externalProductId: shirtId, quantity: 1 },
      ],
    });
    expect(await connector.findOrder('R-1', now())).toEqual(made);
    const stock = await connector.readStock([
      { sku: 'TEE', externalProductId: teeId, externalVariantId: null },
      { sku: 'SHIRT-M', externalProductId: shirtId, externalVariantId: sizeM },
    ]);
    expect(stock.map((row) => row.ok && row.value.quantity)).toEqual([9, 10]);
  });

  it('are found in shops whose search knows no transaction ids', async () => {
    const { bench, teeId } = await withProducts({ simulator: { dials: { postStorage: true } } });
    const made = await bench.connector.createOrder(orderOf('R-2', teeId));
    expect(await bench.connector.findOrder('R-2', now())).toEqual(made);
    expect(await bench.connector.findOrder('R-', now())).toBeNull();
  });

  it('that the shop made something else of are cancelled and refused with reasons', async () => {
    const { bench } = await withProducts();
    const push = bench.connector.createOrder(orderOf('R-3', '99999'));
    await expect(push).rejects.toMatchObject({
      kind: 'Rejected',
      message: expect.stringContaining('a line has no product of the shop'),
      details: { code: 'shop_answer_differs', existingId: expect.stringMatching(/^\d+$/) },
    });
    expect((await bench.orders()).map(({ status }) => status)).toEqual(['cancelled']);
  });

  it('that went wrong while the answer was lost are refused by the look-up', async () => {
    const { bench } = await withProducts();
    await bench.fault({ kind: 'lose-answer' }, { method: 'POST', path: '/orders$' });
    await expect(bench.connector.createOrder(orderOf('R-4', '99999'))).rejects.toMatchObject({
      kind: 'OutcomeUnknown',
    });
    await expect(bench.connector.findOrder('R-4', now())).rejects.toMatchObject({ kind: 'Rejected' });
    expect((await bench.orders()).map(({ status }) => status)).toEqual(['cancelled']);
    expect(await bench.connector.findOrder('R-4', now())).toMatchObject({ status: 'cancelled' });
  });

  it('stay unknown when the wrong order cannot be cancelled either', async () => {
    const { bench } = await withProducts();
    await bench.fault({ kind: 'status', status: 500 }, { method: 'PUT' });
    const push = bench.connector.createOrder(orderOf('R-5', '99999'));
    await expect(push).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    await expect(bench.connector.findOrder('R-5', now())).rejects.toMatchObject({ kind: 'Rejected' });
  });

  it('are cancelled once, with the stock returned, and never after they were sent', async () => {
    const { bench, teeId } = await withProducts();
    const { connector } = bench;
    const { externalId } = await connector.createOrder(orderOf('R-6', teeId));
    expect(await connector.cancelOrder(externalId, 'the buyer withdrew')).toMatchObject({
      outcome: 'cancelled',
      stockReturned: true,
      order: { status: 'cancelled' },
    });
    expect(await connector.cancelOrder(externalId, 'the buyer withdrew')).toMatchObject({
      outcome: 'cancelled',
      stockReturned: true,
    });
    const [truth] = await bench.orders();
    expect(truth?.notes.filter(({ note }) => note.includes('withdrew'))).toHaveLength(1);
    const sent = await connector.createOrder(orderOf('R-7', teeId));
    await bench.control('POST', `/orders/${sent.externalId}/status`, { status: 'completed' });
    expect(await connector.cancelOrder(sent.externalId, 'late')).toMatchObject({ outcome: 'shipped' });
    expect(await connector.cancelOrder('99999', 'none')).toMatchObject({ outcome: 'refused', order: null });
  });

  it('are cancelled by one of two workers at once; the other finds them cancelled', async () => {
    const { bench, teeId } = await withProducts();
    const first = bench.connector;
    bench.reconnect();
    const { externalId } = await first.createOrder(orderOf('R-2X', teeId));
    const outcomes = await Promise.all([first, bench.connector].map((one) => one.cancelOrder(externalId, 'twice')));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled']);
    expect(bench.calls('orders.update')).toBe(1);
  });

  it('with more decimals than the shop keeps are refused before anything is made', async () => {
    const { bench, teeId } = await withProducts({ simulator: { priceDecimals: 0 } });
    await expect(bench.connector.createOrder(orderOf('R-DEC', teeId))).rejects.toMatchObject({
      kind: 'Rejected',
      details: { code: 'decimals', remedy: expect.stringContaining('Number of decimals to 2') },
    });
    expect(bench.calls('orders.create')).toBe(0);
    const { findings } = await bench.connector.testConnection();
    expect(findings).toMatchObject([{ severity: 'warning', what: expect.stringContaining('rounds orders to 0') }]);
  });

  it('with a status that nobody translated are left alone; settings translate it', async () => {
    const { bench, teeId } = await withProducts({ simulator: { dials: { extraStatuses: ['posted'] } } });
    const { externalId } = await bench.connector.createOrder(orderOf('R-8', teeId));
    await bench.control('POST', `/orders/${externalId}/status`, { status: 'posted' });
    expect(await bench.connector.readOrder(externalId)).toMatchObject({ status: 'unknown', nativeStatus: 'posted' });
    expect(await bench.connector.cancelOrder(externalId, 'late')).toMatchObject({ outcome: 'refused' });
    bench.reconnect({ statuses: { posted: 'shipped' } });
    expect(await bench.connector.cancelOrder(externalId, 'late')).toMatchObject({ outcome: 'shipped' });
  });

  it('are fulfilled with each tracking number noted once, however often it is repeated', async () => {
    const { bench, teeId } = await withProducts();
    const { connector } = bench;
    const { externalId } = await connector.createOrder(orderOf('R-9', teeId));
    const parcels = [
      { carrier: 'DHL Express', trackingNumber: 'JD-0012' },
      { carrier: 'DHL Express', trackingNumber: 'JD-001' },
    ];
    await bench.fault({ kind: 'lose-answer' }, { method: 'POST', path: '/notes$' });
    await expect(connector.fulfilOrder(externalId, parcels)).rejects.toMatchObject({ kind: 'Unavailable' });
    expect(await connector.fulfilOrder(externalId, parcels)).toMatchObject({ status: 'shipped' });
    expect(await connector.fulfilOrder(externalId, parcels)).toMatchObject({ status: 'shipped' });
    const notes = (await bench.orders())[0]?.notes.map(({ note }) => note).filter((note) => note.startsWith('Shipped'));
    expect(notes).toEqual(['Shipped with DHL Express: JD-0012', 'Shipped with DHL Express: JD-001']);
    const other = await connector.createOrder(orderOf('R-10', teeId));
    await connector.cancelOrder(other.externalId, 'x');
    await expect(connector.fulfilOrder(other.externalId, parcels)).rejects.toMatchObject({ kind: 'Rejected' });
  });

  it('never put a buyer or a key into a log', async () => {
    const { bench, teeId } = await withProducts();
    await bench.connector.createOrder(orderOf('R-11', teeId));
    await bench.fault({ kind: 'lose-answer' }, { method: 'POST' });
    const error = await bench.connector.createOrder(orderOf('R-12', teeId)).catch((reason: unknown) => reason);
    const written = JSON.stringify([bench.log, error, error instanceof Error ? [error.stack, error.cause] : null]);
    expect(bench.log.length).toBeGreaterThan(1);
    expect(written).not.toMatch(/Sari|Wijaya|Sudirman|cs_bench|ck_bench/);
  });
});
