import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { AUDIT_STATUS, demoOptions, startJdIdSimulator, WARE_STATUS } from './index.ts';
import { TestClient } from './test-client.ts';

const START = '2026-03-01T00:00:00.000Z';
const SUBMIT = 'jingdong.seller.product.api.write.submitAudit';
let simulator: RunningSimulator;
let client: TestClient;

beforeAll(async () => {
  simulator = await startJdIdSimulator({ ...demoOptions, reviewDelayMs: 3_600_000, looseTypesProbability: 0 });
  client = new TestClient(simulator);
  await client.control('/clock', { now: START });
});
afterAll(() => simulator.close());

async function detail(spuId: number): Promise<Record<string, unknown>> {
  const { inner } = await client.call('jingdong.seller.product.getWareBySpuIds', {
    spuId,
    skuIds: '1',
    spuDescription: '1',
  });
  return (inner.model as Array<Record<string, unknown>>)[0] ?? {};
}

async function passTime(hours: number): Promise<void> {
  const { now } = (await client.control('/health')).body;
  await client.control('/clock', { now: new Date(Date.parse(String(now)) + hours * 3_600_000).toISOString() });
}

describe('products', () => {
  it('creates a product whose SKUs must be read back', async () => {
    const { spuId, skuIds } = await client.addProduct('READ');
    const { inner } = await client.call('jingdong.seller.product.getSkuInfoBySpuIdAndVenderId', {
      spuId: String(spuId),
    });
    expect(inner.model).toMatchObject([
      { skuId: skuIds[0], sellerSkuId: 'READ-S', jdPrice: 250_000, weight: '0.4' },
      { skuId: skuIds[1], sellerSkuId: 'READ-M', saleAttributeNameMap: { Size: 'M' } },
    ]);
    expect(await detail(spuId)).toMatchObject({ wareStatus: WARE_STATUS.neverApproved, auditStatus: 0, skuIds });
    expect(client.facts('offer.set')).toContainEqual(
      expect.objectContaining({ sku: 'READ-S', quantity: 5, cause: 'api' }),
    );
  });

  it.each([
    [{ catId: 100 }, 'not a third-level category'],
    [{ brandId: 1 }, 'not authorised'],
    [{ spuName: '' }, 'spuName is required'],
    [{ commonAttributeIds: '503:1' }, 'unknown value'],
  ])('refuses %o', async (fields, message) => {
    const spuInfo = { spuName: 'X', catId: 111, brandId: 9001, ...fields };
    const skuList = [{ skuName: 'X', sellerSkuId: 'X', jdPrice: 1 }];
    const { inner } = await client.call('jingdong.seller.product.api.write.addProduct', { spuInfo, skuList });
    expect(inner.success).toBe(false);
    expect(inner.message).toContain(message);
  });

  it('changes prices without a review, by either method', async () => {
    const { spuId, skuIds } = await client.addProduct('PRICE');
    const [first, second] = skuIds;
    const list = { spuId, skuId: first, jdPrice: '260000' };
    expect((await client.call('jingdong.seller.product.sku.write.updateSkuList', list)).inner.model).toEqual([first]);
    await client.call('jingdong.seller.price.updatePriceBySkuIds', { skuId: second, salePrice: 270_000 });
    const { inner } = await client.call('jingdong.seller.product.sku.read.getSkuBySkuIds', { skuId: skuIds.join(',') });
    expect(inner.model).toMatchObject([{ jdPrice: 260_000 }, { jdPrice: 270_000 }]);
    const fact = { sku: 'PRICE-S', amountMinor: 260_000, currency: 'IDR' };
    expect(client.facts('price.set')).toContainEqual(expect.objectContaining(fact));
    const wrong = await client.call('jingdong.seller.price.updatePriceBySkuIds', { skuId: second, salePrice: 0 });
    expect(wrong.inner.success).toBe(false);
  });
});

describe('review', () => {
  it('takes its time, then lets the product onto the shelf', async () => {
    const { spuId } = await client.addProduct('REVIEW');
    await client.addImage(spuId);
    expect((await client.call(SUBMIT, { spuId: [spuId] })).inner.model).toBe('success');
    expect((await detail(spuId)).auditStatus).toBe(AUDIT_STATUS.firstReview);
    const again = await client.call(SUBMIT, { spuId: String(spuId) });
    expect(again.inner).toMatchObject({ success: false });
    const early = await client.call('jingdong.seller.product.api.write.onShelf', { spuId });
    expect(early.inner.success).toBe(false);
    await passTime(1);
    expect((await client.control('/pending')).body).toEqual({ pending: 0 });
    expect(await detail(spuId)).toMatchObject({ wareStatus: WARE_STATUS.offShelf, auditStatus: AUDIT_STATUS.approved });
    await client.call('jingdong.seller.product.api.write.onShelf', { spuId });
    expect((await detail(spuId)).wareStatus).toBe(WARE_STATUS.onShelf);
    const states = client.facts('listing.state').filter(({ externalId }) => externalId === String(spuId));
    expect(states.map(({ to }) => to)).toEqual(['DRAFT', 'IN_REVIEW', 'OFF_SHELF', 'ON_SHELF']);
  });

  it.each([
    ['longer than 100', { spuName: 'x'.repeat(101) }, true],
    ['weight is missing', { weight: '' }, true],
    ['description is missing', { description: ' ' }, true],
    ['has no image', {}, false],
  ])('refuses a product: %s', async (reason, fields, hasImage) => {
    const { spuId } = await client.addProduct('REFUSED', fields);
    if (hasImage) await client.addImage(spuId);
    await client.call(SUBMIT, { spuId: String(spuId) });
    await passTime(1);
    const refused = await detail(spuId);
    expect(refused).toMatchObject({ wareStatus: WARE_STATUS.neverApproved, auditStatus: AUDIT_STATUS.refused });
    expect(refused.auditReason).toContain(reason);
  });

  it('keeps the old content on the shelf while a change is under review, and after its refusal', async () => {
    const { spuId } = await client.addLiveProduct('CHANGE');
    const update = (spuName: string) =>
      client.call('jingdong.seller.product.api.write.updateProduct', { spuId, spuName });
    await update('Linen dress, new cut');
    await client.call(SUBMIT, { spuId: String(spuId) });
    const during = { spuName: 'Linen dress', wareStatus: WARE_STATUS.onShelf, auditStatus: AUDIT_STATUS.changeReview };
    expect(await detail(spuId)).toMatchObject(during);
    expect((await update('later')).inner.success).toBe(false);
    await passTime(1);
    expect((await detail(spuId)).spuName).toBe('Linen dress, new cut');
    await client.control('/review-rules', { rejectSkus: { 'CHANGE-M': 'Counterfeit suspected' } });
    await update('Linen dress, third cut');
    await client.call(SUBMIT, { spuId: String(spuId) });
    await passTime(1);
    await client.control('/review-rules', { rejectSkus: {} });
    expect(await detail(spuId)).toMatchObject({
      spuName: 'Linen dress, new cut',
      wareStatus: WARE_STATUS.onShelf,
      auditStatus: AUDIT_STATUS.refused,
      auditReason: 'Counterfeit suspected',
    });
  });
});

describe('what the platform does by itself', () => {
  const rules = (body: unknown) => client.control('/review-rules', body);

  it('refuses at once a product without a required attribute, and one that is listed', async () => {
    await rules({ requiredAttributes: { '111': [503] }, refuseSkus: { 'BAD-S': 'Brand letter is missing' } });
    const add = async (prefix: string, fields: Record<string, unknown>) => {
      const spuInfo = { spuName: 'X', catId: 111, brandId: 9001, ...fields };
      const skuList = [{ skuName: 'X', sellerSkuId: `${prefix}-S`, jdPrice: 1 }];
      return (await client.call('jingdong.seller.product.api.write.addProduct', { spuInfo, skuList })).inner;
    };
    expect(await add('NOATTR', {})).toMatchObject({
      success: false,
      message: 'Required attribute Material (503) is missing',
    });
    expect(await add('ATTR', { commonAttributeIds: '503:50301' })).toMatchObject({ success: true });
    expect(await add('BAD', { commonAttributeIds: '503:50301' })).toMatchObject({ message: 'Brand letter is missing' });
    await rules({ requiredAttributes: {}, refuseSkus: {} });
  });

  it('refuses a day later, once; then the next submission passes', async () => {
    const { spuId } = await client.addProduct('LATE');
    await client.addImage(spuId);
    await rules({ rejectSkus: { 'LATE-S': { reason: 'Photo is blurred', delayMs: 24 * 3_600_000, times: 1 } } });
    await client.call(SUBMIT, { spuId: String(spuId) });
    await passTime(23);
    expect((await detail(spuId)).auditStatus).toBe(AUDIT_STATUS.firstReview);
    await passTime(1);
    expect(await detail(spuId)).toMatchObject({ auditStatus: AUDIT_STATUS.refused, auditReason: 'Photo is blurred' });
    await client.call(SUBMIT, { spuId: String(spuId) });
    await passTime(1);
    expect((await detail(spuId)).wareStatus).toBe(WARE_STATUS.offShelf);
  });

  it('takes a live product down until a change is approved', async () => {
    const { spuId } = await client.addLiveProduct('DOWN');
    await client.control(`/products/${spuId}/take-down`, { reason: 'Brand not authorised' });
    expect(await detail(spuId)).toMatchObject({
      wareStatus: WARE_STATUS.takenDown,
      auditReason: 'Brand not authorised',
    });
    const onShelf = () => client.call('jingdong.seller.product.api.write.onShelf', { spuId });
    expect((await onShelf()).inner.success).toBe(false);
    await client.call('jingdong.seller.product.api.write.updateProduct', { spuId, spuName: 'Without the brand' });
    await client.call(SUBMIT, { spuId: String(spuId) });
    await passTime(1);
    expect((await onShelf()).inner.success).toBe(true);
    expect(await detail(spuId)).toMatchObject({ wareStatus: WARE_STATUS.onShelf, spuName: 'Without the brand' });
  });

  it('locks a product against everything until the appeal was heard', async () => {
    const { spuId } = await client.addLiveProduct('LOCK');
    await client.control(`/products/${spuId}/lock`, { reason: 'Forbidden goods' });
    expect(await detail(spuId)).toMatchObject({ wareStatus: WARE_STATUS.locked, auditReason: 'Forbidden goods' });
    const calls = ['updateProduct', 'submitAudit', 'onShelf', 'offShelf'];
    for (const verb of calls) {
      const { inner } = await client.call(`jingdong.seller.product.api.write.${verb}`, { spuId });
      expect(inner, verb).toMatchObject({ success: false, message: 'The product is locked by the platform' });
    }
    expect((await client.control('/orders', { lines: [{ sellerSku: 'LOCK-S', quantity: 1 }] })).status).toBe(409);
    await client.control(`/products/${spuId}/unlock`, {});
    expect((await detail(spuId)).wareStatus).toBe(WARE_STATUS.onShelf);
  });
});

describe('stock', () => {
  const update = (wareStockUpdateListStr: unknown) =>
    client.call('jingdong.epistock.updateEpiMerchantWareStock', { wareStockUpdateListStr });

  it('sets absolute quantities from an array, from text, and from text with single quotes', async () => {
    const [skuId = 0] = (await client.addLiveProduct('STOCK')).skuIds;
    const read = async () => {
      const query = { wareStockQueryListStr: [{ skuId }] };
      const { inner } = await client.call('jingdong.epistock.queryEpiMerchantWareStock', query);
      return (inner.model as Record<string, { realNum: number }>)[String(skuId)]?.realNum;
    };
    const answer = await update([{ skuId, realNum: 7 }]);
    expect(answer.wrapper).toBe('EptRemoteResult');
    expect(answer.inner.model).toEqual({ [skuId]: { code: 0, message: 'success', success: true } });
    expect(await read()).toBe(7);
    await update(JSON.stringify([{ skuId: String(skuId), realNum: '8' }]));
    expect(await read()).toBe(8);
    await update(`[{'skuId':${skuId},'realNum':9}]`);
    expect(await read()).toBe(9);
  });

  it('fails for some SKUs and sets the others', async () => {
    const [good = 0, inactive = 0] = (await client.addLiveProduct('PART')).skuIds;
    await client.control('/skus', { sellerSku: 'PART-M', status: 0 });
    const { inner } = await update([
      { skuId: good, realNum: 3 },
      { skuId: inactive, realNum: 3 },
      { skuId: 1, realNum: 3 },
    ]);
    expect(inner.success).toBe(false);
    expect(inner.model).toMatchObject({
      [good]: { success: true },
      [inactive]: { success: false, message: 'Failure operation!!' },
      '1': { success: false },
    });
  });
});
