import { afterAll, describe, expect, it } from 'vitest';
import { publish, startBench } from './bench.fixture.ts';
import { brandsOf, levelsIn } from './gateways/readers.ts';

/** A service's refusal, as the gateway wraps it. */
const refusal = (method: string, wrapper: string, message: string | number) => {
  const name = `${method.replaceAll('.', '_')}_response`;
  return JSON.stringify({ [name]: { code: '0', [wrapper]: { code: 500, success: false, message, model: null } } });
};
const answered = (body: string, status = 200) => ({ kind: 'status', status, body, contentType: 'application/json' });

describe('what the references leave open', async () => {
  const bench = await startBench();
  afterAll(() => bench.close());
  const window = { since: new Date(Date.now() - 3_600_000), until: new Date(Date.now() + 60_000) };

  it.each([
    ['under a code of its own', answered('{"error_response":{"code":"302","en_desc":"The access token has expired"}}')],
    ['under a status', answered('{"error_response":{"code":"19","zh_desc":"token"}}', 401)],
    ['by a status alone', answered('', 401)],
  ])('renews a token that is refused %s', async (_how, fault) => {
    const before = bench.stored.renewals;
    await bench.fault(fault, 'getAllCategory');
    expect((await bench.connector.listCategories()).length).toBeGreaterThan(0);
    expect(bench.stored.renewals).toBe(before + 1);
  });

  it('lists state by state where a list of all states is refused, and goes on from there elsewhere', async () => {
    await publish(bench, ['T-1']);
    const order = { lines: [{ sellerSku: 'T-1', quantity: 1 }] };
    const { externalId } = await bench.control<{ externalId: string }>('POST', '/orders', order);
    const method = 'jingdong.seller.order.getOrderIdListByCondition';
    await bench.fault(answered(refusal(method, 'result', 'orderStatus is required')), 'getOrderIdListByCondition');
    const first = await bench.connector.listOrders({ ...window, cursor: null });
    expect(first.items).toEqual([{ externalId, nativeState: '1', tag: 'OPEN' }]);
    const other = bench.secondWorker();
    let cursor = first.next;
    for (let pages = 1; cursor !== null; pages += 1) {
      expect(pages).toBeLessThan(10);
      const page: typeof first = await other.listOrders({ ...window, cursor });
      expect(page.items).toEqual([]);
      cursor = page.next;
    }
  });

  it('reads a batch of orders one by one where one that there is not spoils it', async () => {
    const [order] = (await bench.connector.listOrders({ ...window, cursor: null })).items;
    const id = order?.externalId ?? '';
    const body = refusal('jingdong.seller.order.batchGetOrderInfoList', 'result', 'order 1 not found');
    await bench.fault(answered(body), 'batchGetOrderInfoList');
    expect((await bench.connector.readOrders(['1', id])).map(({ externalId }) => externalId)).toEqual([id]);
  });

  it('tells price and state where the stock query is refused', async () => {
    const ref = await publish(bench, ['T-2']);
    const body = '{"error_response":{"code":"15","en_desc":"Invalid method"}}';
    await bench.fault(answered(body), 'queryEpiMerchantWareStock');
    expect(await bench.connector.readLive([ref])).toMatchObject([{ remote: 'LIVE', quantity: null }]);
  });
});

describe('shapes that nobody could confirm', () => {
  it('levels by SKU id, as numbers, texts, objects or rows', () => {
    const levels = (model: unknown) => [...levelsIn(model, ['1', '2'])];
    expect(levels({ 1: 3, 2: '4' })).toEqual([
      ['1', 3],
      ['2', 4],
    ]);
    expect(levels([{ skuId: 1, stockNum: 5 }, { skuId: '2' }, null])).toEqual([['1', 5]]);
    expect(levels({ 1: { realNum: ' ' }, 2: { success: true } })).toEqual([]);
    expect(levels(null)).toEqual([]);
  });

  it('brands under either id and any name', () => {
    const rows = [{ brandId: 7, nameEn: 'Seven' }, { id: '8', brandName: 'Eight' }, { brandName: 'none' }];
    expect(brandsOf(rows)).toEqual([
      { id: '7', name: 'Seven' },
      { id: '8', name: 'Eight' },
    ]);
  });
});
