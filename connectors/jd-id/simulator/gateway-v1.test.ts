import { PDFDocument } from '@cantoo/pdf-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions, startJdIdSimulator } from './index.ts';
import { TestClient } from './test-client.ts';
import { TestClientV1 } from './test-client-v1.ts';

const BRANDS = 'epi.popShop.getShopBrandList';
const CLIENT = 'com.jd.eptid.warecenter.api.ware.WarePlusClient';
const IDS = 'epi.popOrder.getOrderIdListByCondition';
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
let simulator: RunningSimulator;
let v1: TestClientV1;
let v2: TestClient;
let spuId: number;
let skuId: number;

beforeAll(async () => {
  simulator = await startJdIdSimulator({ ...demoOptions, reviewDelayMs: 0, looseTypesProbability: 0 });
  v1 = new TestClientV1(simulator);
  v2 = new TestClient(simulator);
  const added = await v2.addLiveProduct('SAME');
  spuId = added.spuId;
  skuId = added.skuIds[0] ?? 0;
});
afterAll(() => simulator.close());

describe('gateway v1', () => {
  it('answers JSON text inside JSON', async () => {
    const { outer, inner } = await v1.call(BRANDS, '{}');
    expect(outer).toMatchObject({ openapi_code: 0, openapi_msg: 'success', openapi_data: expect.any(String) });
    expect(inner).toMatchObject({ code: 0, success: true });
  });

  it.each([
    [12, { sign_method: 'hmacmd5' }],
    [4, { v: null }],
    [5, { v: '2.0' }],
    [8, { timestamp: '2019-08-01 10:00:00.000+0700' }],
    [10, { app_key: 'ffffffffffffffffffffffffffffffff' }],
    [19, { access_token: 'demo-access-token' }],
    [15, { method: 'epi.no.such' }],
    [15, { method: 'epi.ware.openapi.SkuApi.saveSkuMainPic' }],
    [60, { param_json: null }],
    [60, { param_json: 'no json' }],
  ])('answers gateway code %s for %o', async (code, changes) => {
    const { outer } = await v1.call(BRANDS, '{}', changes);
    expect(outer).toMatchObject({ openapi_code: code, openapi_data: null });
    expect(outer.openapi_msg).not.toBe('success');
  });

  it('keeps its token while those of v2 end, until the seller takes it back', async () => {
    await v2.control('/tokens/expire', {});
    expect((await v1.call(BRANDS, '{}')).outer.openapi_code).toBe(0);
    const other = await startJdIdSimulator(demoOptions);
    await new TestClient(other).control('/tokens/revoke', {});
    expect((await new TestClientV1(other).call(BRANDS, '{}')).outer.openapi_code).toBe(19);
    await other.close();
  });

  it('nests a category in its children', async () => {
    const { inner } = await v1.call('epi.ware.openapi.CategoryApi.getAllCategoryTree', '{}');
    const dress = (inner.model as Array<Record<string, unknown>>).find(({ cateId }) => cateId === 111);
    expect(dress).toMatchObject({
      cateNameEn: 'Dresses',
      cate1Id: 100,
      parentCateVo: { cateId: 110, parentCateVo: { cateId: 100, parentCateVo: null } },
    });
  });
});

describe('business parameters of any kind', () => {
  it('takes positions, a bare list and a bare number', async () => {
    const page = await v1.call(`${CLIENT}.getWareTinyInfoListByVenderId`, '1,10');
    expect(page.inner.model).toMatchObject({ totalNum: 1, pageNum: 1, spuInfoVoList: [{ spuId, wareStatus: 1 }] });
    expect(page.inner.model).not.toHaveProperty('spuInfoVoList.0.auditStatus');
    const named = await v1.call(`${CLIENT}.getWareTinyInfoListByVenderId`, '{"page":1,"pageSize":10}');
    expect(named.inner.model).toEqual(page.inner.model);
    const skus = await v1.call(`${CLIENT}.getSkuInfoBySpuId`, `[${spuId}]`);
    expect(skus.inner.model).toMatchObject([{ skuId, sellerSkuId: 'SAME-S' }, { sellerSkuId: 'SAME-M' }]);
    const order = await v1.call('epi.popOrder.getOrderInfoByOrderId', '1');
    expect(order.inner).toMatchObject({ success: false, message: 'Order does not exist' });
  });
});

describe('uploads', () => {
  const MAIN = 'epi.ware.openapi.SkuApi.saveSkuMainPic';
  const business = () => JSON.stringify({ skuId, fileName: 'a.png' });

  it('take a picture whose fingerprint is right, at their own address only', async () => {
    expect((await v1.upload(MAIN, business(), PIXEL)).inner.success).toBe(true);
    expect((await v1.upload(MAIN, business(), PIXEL, '/api_bigdata', 'A'.repeat(32))).outer.openapi_code).toBe(61);
    const lower = await v1.upload(MAIN, business(), PIXEL, '/api_bigdata', 'd41d8cd98f00b204e9800998ecf8427e');
    expect(lower.outer.openapi_code).toBe(61);
    expect((await v1.upload(MAIN, business(), PIXEL, '/api')).outer.openapi_code).toBe(15);
    expect((await v1.upload(MAIN, business(), Buffer.from('GIF89a'))).inner.success).toBe(false);
  });
});

describe('orders', () => {
  it('go by state and by times in milliseconds or seconds; details come in three layers', async () => {
    const { body } = await v2.control('/orders', { lines: [{ sellerSku: 'SAME-S', quantity: 1 }] });
    const orderId = Number(body.externalId);
    const since = Date.now() - 60_000;
    const ids = async (condition: Record<string, unknown>) =>
      (await v1.call(IDS, JSON.stringify(condition))).inner.model;
    expect(await ids({ orderStatus: 1, startRow: 0, bookTimeBegin: since, bookTimeEnd: Date.now() + 1000 })).toEqual([
      orderId,
    ]);
    expect(await ids({ orderStatus: 1, createdTimeBegin: Math.floor(since / 1000) })).toEqual([orderId]);
    expect(await ids({ orderStatus: 1, bookTimeEnd: since })).toEqual([]);
    expect(await ids({ orderStatus: 2 })).toEqual([]);
    expect((await v1.call(IDS, '{}')).inner.success).toBe(false);
    const { inner } = await v1.call('epi.popOrder.getOrderInfoListForBatch', `[${orderId},1]`);
    expect(typeof inner.model).toBe('string');
    expect(JSON.parse(String(inner.model))).toMatchObject([{ orderId, orderState: 1, carrierCode: '0' }]);
  });

  it('get a label with money as text, late if need be, and always the same airway bill', async () => {
    const { body } = await v2.control('/orders', { lines: [{ sellerSku: 'SAME-S', quantity: 2 }] });
    const print = async () => {
      const { inner } = await v1.call('epi.pop.order.print.uat1', `${body.externalId},1,1,"PDF"`);
      return (inner.model as { data: Array<Record<string, unknown>> }).data[0] ?? {};
    };
    await v2.control('/labels', { delayMs: 3_600_000 });
    const early = await print();
    expect(early).toMatchObject({ PDF: '', totalAmount: '500,000', codAmount: '', insuredAmount: null });
    await v2.control('/labels', { delayMs: 0 });
    const label = await print();
    expect(label.deliveryId).toBe(early.deliveryId);
    expect((await PDFDocument.load(Buffer.from(String(label.PDF), 'base64'))).getPageCount()).toBe(1);
    const ship = () =>
      v1.call('epi.popOrder.sendGoods.uat', JSON.stringify({ orderId: body.externalId, expressNo: label.deliveryId }));
    expect((await ship()).inner).toMatchObject({ success: true, message: 'send goods success' });
    expect((await ship()).inner.success).toBe(false);
  });
});

describe('publishing', () => {
  it('goes on the shelf once approved, and shows its review in wareStatus only', async () => {
    const spuInfo = { spuName: 'Old way', catId: 111, brandId: 9001, description: '<p>x</p>', weight: '0.4' };
    const skuList = [{ skuName: 'Old way', sellerSkuId: 'OLD', jdPrice: 99_000, stock: 3 }];
    const created = await v1.call('epi.ware.openapi.SpuApi.publishWare', JSON.stringify({ spuInfo, skuList }));
    const model = created.inner.model as { spuId: number; skuIdList: Array<Record<string, unknown>> };
    expect(model.skuIdList).toMatchObject([{ skuName: 'Old way', status: 1, stock: 3 }]);
    const statusOf = async () => {
      const { inner } = await v1.call(`${CLIENT}.getWareTinyInfoListByVenderId`, '1,100');
      const { spuInfoVoList } = inner.model as { spuInfoVoList: Array<Record<string, unknown>> };
      return spuInfoVoList.find((one) => one.spuId === model.spuId)?.wareStatus;
    };
    const submit = () =>
      v1.call('epi.ware.openapi.WareOperation.doAudit', JSON.stringify({ spuIds: `${model.spuId}` }));
    expect(await statusOf()).toBe(0);
    await submit();
    expect(await statusOf()).toBe(5);
    await v2.addImage(model.spuId);
    await v1.upload(
      'epi.ware.openapi.SkuApi.saveSkuMainPic',
      JSON.stringify({ skuId: model.skuIdList[0]?.skuId, fileName: 'a.png' }),
      PIXEL,
    );
    await v2.control('/review-rules', { rejectSkus: { OLD: { delayMs: 3_600_000 } } });
    await submit();
    expect(await statusOf()).toBe(6);
    expect((await submit()).inner.success).toBe(false);
    await v2.control(`/products/${model.spuId}/review`, { approve: true });
    expect(await statusOf()).toBe(1);
  });
});
