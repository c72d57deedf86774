import { afterEach, describe, expect, it } from 'vitest';
import type { ListingRef, MarketplaceConnector } from '../contract/marketplace.ts';
import { type Bench, openedFor, publish } from './bench.fixture.ts';

const open = openedFor(afterEach);

const buy = (bench: Bench, sellerSku: string, quantity = 1) =>
  bench.control<{ externalId: string }>('POST', '/orders', { lines: [{ sellerSku, quantity }] });

async function allOrderIds(connector: MarketplaceConnector): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  const window = { since: new Date(Date.now() - 3_600_000), until: new Date(Date.now() + 60_000) };
  do {
    const page: Awaited<ReturnType<MarketplaceConnector['listOrders']>> = await connector.listOrders({
      ...window,
      cursor,
    });
    ids.push(...page.items.map((item) => item.externalId));
    cursor = page.next;
  } while (cursor !== null);
  return ids;
}

describe('connection', () => {
  it('reports good and bad credentials', async () => {
    const good = await open();
    expect(await good.connector.testConnection()).toMatchObject({ ok: true, findings: [] });
    const bad = await open({}, {}, { appSecret: 'wrong' });
    const report = await bad.connector.testConnection();
    expect(report.ok).toBe(false);
    expect(report.findings[0]?.remedy).toContain('app secret');
  });

  it('renews an expired token once for all callers and stores it before use', async () => {
    const bench = await open();
    await bench.control('POST', '/tokens/expire', {});
    const second = bench.secondWorker();
    await Promise.all([bench.connector.listCategories(), bench.connector.listCategories(), second.listCategories()]);
    expect(bench.stored.renewals).toBe(1);
    expect(bench.calls('refresh_token')).toBe(1);
  });

  it('renews early, and not again before every call where tokens live shorter than the margin', async () => {
    const soon = new Date(Date.now() + 600_000).toISOString();
    const bench = await open({ accessTokenLifetimeSeconds: 900 }, {}, { accessTokenExpiresAt: soon });
    await bench.connector.listCategories();
    await bench.connector.listCategories();
    expect(bench.stored.renewals).toBe(1);
  });

  it('works on with the present token when an early renewal does not get through', async () => {
    const soon = new Date(Date.now() + 600_000).toISOString();
    const bench = await open({}, {}, { accessTokenExpiresAt: soon });
    await bench.fault({ kind: 'html', status: 503 }, 'refresh_token');
    expect(await bench.connector.listCategories()).not.toHaveLength(0);
    expect(bench.stored.renewals).toBe(0);
    await bench.connector.listCategories();
    expect(bench.stored.renewals).toBe(1);
  });

  it('asks for a person when the answer to a renewal was lost, because the old refresh token is dead', async () => {
    const bench = await open();
    await bench.control('POST', '/tokens/expire', {});
    await bench.fault({ kind: 'lose-answer' }, 'refresh_token');
    await expect(bench.connector.listCategories()).rejects.toMatchObject({ kind: 'Unavailable' });
    await expect(bench.connector.listCategories()).rejects.toMatchObject({ kind: 'Unauthorized' });
  });

  it('asks for a person when the grant was revoked', async () => {
    const bench = await open();
    await bench.control('POST', '/tokens/revoke', {});
    await expect(bench.connector.listCategories()).rejects.toMatchObject({
      kind: 'Unauthorized',
      details: { remedy: expect.stringContaining('Connect the shop again') },
    });
  });

  it.each([
    [{ kind: 'status', status: 500 }, 'Unavailable'],
    [{ kind: 'status', status: 503 }, 'Unavailable'],
    [{ kind: 'html', status: 200 }, 'Unavailable'],
    [{ kind: 'drop' }, 'Unavailable'],
    [{ kind: 'cut', bytes: 60 }, 'Unavailable'],
    [{ kind: 'throttle', retryAfter: 'seconds', seconds: 7 }, 'RateLimited'],
    [{ kind: 'throttle', retryAfter: 'in-200', seconds: 7 }, 'RateLimited'],
  ])('answers a read under %j with %s, and works again', async (fault, kind) => {
    const bench = await open();
    await bench.fault(fault);
    await expect(bench.connector.listCategories()).rejects.toMatchObject({ kind });
    expect(await bench.connector.listCategories()).not.toHaveLength(0);
  });

  it('reads JSON that calls itself text', async () => {
    const bench = await open();
    await bench.fault({ kind: 'wrong-type' });
    expect(await bench.connector.listCategories()).not.toHaveLength(0);
  });
});

describe('stock and prices', () => {
  const rowsOf = (ref: ListingRef, quantity: number) =>
    ref.skus.map((sku) => ({ ...sku, externalId: ref.externalId, quantity }));

  it('are written absolutely, in batches, with an outcome per row', async () => {
    const bench = await open();
    const ref = await publish(bench, ['A-1', 'A-2', 'A-3']);
    await bench.control('POST', '/skus', { sellerSku: 'A-2', status: 0 });
    const many = Array.from({ length: 20 }, () => rowsOf(ref, 7)).flat();
    const outcomes = await bench.connector.writeStock(many);
    expect(outcomes).toHaveLength(60);
    expect(outcomes.slice(0, 3).map((row) => [row.key, row.ok])).toEqual([
      ['A-1', true],
      ['A-2', false],
      ['A-3', true],
    ]);
    expect(outcomes[1]).toMatchObject({ retryable: false, reason: expect.stringContaining('Failure operation!!') });
    expect(bench.calls('updateEpiMerchantWareStock')).toBe(2);
    const quantities = (await bench.connector.readLive([ref])).map((row) => row.quantity);
    expect([quantities[0], quantities[2]]).toEqual([7, 7]);
  });

  it('keep what was acknowledged when a later batch fails', async () => {
    const bench = await open();
    const ref = await publish(bench, ['A-1']);
    const rows = Array.from({ length: 60 }, () => rowsOf(ref, 3)).flat();
    await bench.fault({ kind: 'drop' }, 'updateEpiMerchantWareStock', { skip: 1 });
    const outcomes = await bench.connector.writeStock(rows);
    expect([outcomes[49]?.ok, outcomes[50]]).toEqual([true, expect.objectContaining({ ok: false, retryable: true })]);
    await bench.fault({ kind: 'drop' }, 'updateEpiMerchantWareStock');
    await expect(bench.connector.writeStock(rows)).rejects.toMatchObject({ kind: 'Unavailable' });
  });

  it('refuse quantities and prices that are none', async () => {
    const bench = await open();
    const ref = await publish(bench, ['A-1']);
    expect(await bench.connector.writeStock(rowsOf(ref, -1))).toMatchObject([{ ok: false, code: 'bad_quantity' }]);
    const [sku] = ref.skus;
    if (sku === undefined) expect.fail('no SKU');
    const row = { ...sku, externalId: ref.externalId };
    const outcomes = await bench.connector.writePrices([
      { ...row, price: { amountMinor: 99_000, currency: 'IDR' } },
      { ...row, price: { amountMinor: 99_000, currency: 'AUD' } },
      { ...row, externalSkuId: '1', price: { amountMinor: 99_000, currency: 'IDR' } },
    ]);
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, false]);
    expect((await bench.connector.readLive([ref]))[0]?.price?.amountMinor).toBe(99_000);
  });
});

describe('orders', () => {
  it('are read completely over page borders, twice the same, and by state where wanted', async () => {
    const bench = await open({}, { orderPageSize: 20 });
    const ref = await publish(bench, ['A-1']);
    await bench.connector.writeStock(ref.skus.map((sku) => ({ ...sku, externalId: ref.externalId, quantity: 100 })));
    const bought: string[] = [];
    for (let count = 0; count < 45; count += 1) bought.push((await buy(bench, 'A-1')).externalId);
    const first = new Set(await allOrderIds(bench.connector));
    expect([...first].sort()).toEqual(bought.sort());
    expect(new Set(await allOrderIds(bench.connector))).toEqual(first);
    const byState = bench.secondWorker({ listOrdersByState: true });
    expect(new Set(await allOrderIds(byState))).toEqual(first);
    const snapshots = await bench.connector.readOrders([...bought, '424242']);
    expect(snapshots.map((snapshot) => snapshot.externalId).sort()).toEqual(bought);
  });

  it('refuse a cursor that they never gave out', async () => {
    const bench = await open();
    const input = { since: new Date(0), until: new Date() };
    for (const cursor of ['x', '0:f:99999', '5:f:1', '0:f:0']) {
      await expect(bench.connector.listOrders({ ...input, cursor })).rejects.toMatchObject({ kind: 'Rejected' });
    }
  });

  it('show every native state by its tag, and strange ones by none', async () => {
    const bench = await open();
    await publish(bench, ['A-1']);
    const { externalId } = await buy(bench, 'A-1');
    const tags: unknown[] = [];
    for (const state of [1, 7, 2, 3, 4, 5, 6]) {
      await bench.control('POST', `/orders/${externalId}/state`, { state });
      tags.push((await bench.connector.readOrders([externalId]))[0]?.tag);
    }
    expect(tags).toEqual([
      'OPEN',
      'READY_TO_SHIP',
      'SHIPPED',
      'CANCEL_REQUESTED',
      'RETURN_REQUESTED',
      'CANCELLED',
      'COMPLETED',
    ]);
    await bench.control('POST', `/orders/${externalId}/state`, { state: 99 });
    expect((await bench.connector.readOrders([externalId]))[0]).toMatchObject({ nativeState: '99', tag: null });
  });

  it('may jump from paid to completed', async () => {
    const bench = await open();
    await publish(bench, ['A-1']);
    const { externalId } = await buy(bench, 'A-1');
    await bench.control('POST', `/orders/${externalId}/state`, { state: 6 });
    expect((await bench.connector.readOrders([externalId]))[0]).toMatchObject({ nativeState: '6', tag: 'COMPLETED' });
  });

  it('are found where the windows are read in China’s time, and read where times come in seconds', async () => {
    const bench = await open({ queryZoneHours: 8, answerTimes: 's' });
    await publish(bench, ['A-1']);
    const { externalId } = await buy(bench, 'A-1');
    const until = new Date(Date.now() + 1000);
    const page = await bench.connector.listOrders({ since: new Date(Date.now() - 60_000), until, cursor: null });
    expect(page.items.map((item) => item.externalId)).toEqual([externalId]);
    const [order] = await bench.connector.readOrders([externalId]);
    expect(Math.abs((order?.orderedAt.getTime() ?? 0) - Date.now())).toBeLessThan(120_000);
  });

  it('are confirmed with our number; repeating is harmless, another number is not taken', async () => {
    const bench = await open();
    await publish(bench, ['A-1']);
    const { externalId } = await buy(bench, 'A-1');
    const input = { externalId, carrier: 'DHL Express', trackingNumber: '1234567890' };
    await bench.fault({ kind: 'lose-answer' }, 'sendGoodsOpenApi');
    await expect(bench.connector.confirmShipment(input)).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    await bench.connector.confirmShipment(input);
    expect((await bench.connector.readOrders([externalId]))[0]).toMatchObject({
      tag: 'READY_TO_SHIP',
      trackingNumber: '1234567890',
    });
    await expect(bench.connector.confirmShipment({ ...input, trackingNumber: '1' })).rejects.toMatchObject({
      kind: 'Rejected',
      details: { code: 'other_tracking_number' },
    });
  });

  it('that were cancelled cannot be confirmed', async () => {
    const bench = await open();
    await publish(bench, ['A-1']);
    const { externalId } = await buy(bench, 'A-1');
    await bench.control('POST', `/orders/${externalId}/cancel`, {});
    const input = { externalId, carrier: 'DHL Express', trackingNumber: '1234567890' };
    await expect(bench.connector.confirmShipment(input)).rejects.toMatchObject({
      kind: 'Rejected',
      message: expect.stringContaining('state 5'),
    });
  });
});
