import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ListingDraft, ListingRef } from '../contract/marketplace.ts';
import { type Bench, draftOf, images, leafOf, openedFor, pixel, publish, startBench } from './bench.fixture.ts';

const open = openedFor(afterEach);

describe.each(['v2', 'v1'] as const)('gateway %s', (gateway) => {
  let bench: Bench;
  let ref: ListingRef;
  beforeAll(async () => {
    bench = await startBench({}, { gateway });
    ref = await publish(bench, ['A-1', 'A-2']);
  });
  afterAll(() => bench.close());

  const buy = async () => {
    const order = { lines: [{ sellerSku: 'A-1', quantity: 1 }] };
    return (await bench.control<{ externalId: string }>('POST', '/orders', order)).externalId;
  };

  it('publishes, and shows what it published', async () => {
    const seen = await bench.connector.readLive([ref, { externalId: '999', skus: [] }]);
    expect(seen.map((row) => [row.sellerSku, row.remote, row.price?.amountMinor, row.quantity])).toEqual([
      ['A-1', 'LIVE', 150_000, 5],
      ['A-2', 'LIVE', 150_001, 5],
    ]);
    expect(await bench.connector.readReview(ref)).toMatchObject({ status: 'passed' });
    expect(await bench.connector.testConnection()).toMatchObject({ ok: true, facts: { api: gateway, products: '1' } });
  });

  it('lists categories with their leaves, attributes with all values, and the shop’s brands', async () => {
    const categories = await bench.connector.listCategories();
    expect(categories).toContainEqual({ id: '111', name: 'Dresses', parentId: '110', leaf: true });
    expect(categories).toContainEqual({ id: '100', name: 'Fashion', parentId: null, leaf: false });
    const attributes = await bench.connector.listAttributes?.('111');
    expect(attributes?.map(({ name, choices }) => [name, choices.length])).toEqual([
      ['Colour', 10],
      ['Size', 18],
      ['Material', 7],
    ]);
    expect(await bench.connector.listBrands?.()).toEqual([{ id: '4711', name: 'Bench' }]);
  });

  it('prints a label before the shipment, late if need be, and always with the same number', async () => {
    const externalId = await buy();
    await bench.control('POST', '/labels', { delayMs: 3_600_000 });
    await bench.fault({ kind: 'lose-answer' }, 'print');
    await expect(bench.connector.printLabel?.(externalId)).rejects.toMatchObject({ kind: 'Unavailable' });
    const early = await bench.connector.printLabel?.(externalId);
    expect(early).toMatchObject({ trackingNumber: expect.stringMatching(/^JX/), document: null });
    await bench.control('POST', '/labels', { delayMs: 0 });
    const label = await bench.connector.printLabel?.(externalId);
    expect(label?.trackingNumber).toBe(early?.trackingNumber);
    expect(label?.document?.bytes.subarray(0, 5).toString()).toBe('%PDF-');
    const parcel = { externalId, carrier: label?.carrier ?? '', trackingNumber: label?.trackingNumber ?? '' };
    await bench.connector.confirmShipment(parcel);
    await bench.connector.confirmShipment(parcel);
    expect((await bench.connector.readOrders([externalId]))[0]).toMatchObject({
      tag: 'READY_TO_SHIP',
      trackingNumber: label?.trackingNumber,
    });
    await expect(bench.connector.printLabel?.('424242')).rejects.toMatchObject({ kind: 'NotFound' });
  });

  it('takes several pictures, in their order', async () => {
    const other = await bench.connector.createListing(draftOf(await leafOf(bench.connector), ['PIC']));
    await bench.connector.uploadImages(other, [...images, ...images]);
    await bench.connector.uploadImages(other, [...images, ...images]);
    const products = await bench.control<{ externalId: string; content: { images: { order: number }[] } }[]>(
      'GET',
      '/products',
    );
    const shown = products.find(({ externalId }) => externalId === other.externalId);
    expect(shown?.content.images.map(({ order }) => order)).toEqual([1, 2]);
  });

  it('refuses a product without a required attribute, with the field', async () => {
    await bench.control('POST', '/review-rules', { requiredAttributes: { '*': [503] } });
    const draft = draftOf(await leafOf(bench.connector), ['NO-MATERIAL']);
    await expect(bench.connector.createListing(draft)).rejects.toMatchObject({
      kind: 'Rejected',
      message: expect.stringContaining('Material'),
      details: { field: 'attributes' },
    });
    await bench.control('POST', '/review-rules', { requiredAttributes: {} });
  });

  it('finds an order by a change long after it was bought', async () => {
    const shop = await open({}, { gateway });
    await publish(shop, ['A-1']);
    const order = { lines: [{ sellerSku: 'A-1', quantity: 1 }] };
    const { externalId } = await shop.control<{ externalId: string }>('POST', '/orders', order);
    await shop.passTime(6 * 3_600_000);
    await shop.control('POST', `/orders/${externalId}/cancel-request`, {});
    const until = new Date(Date.now() + 6 * 3_600_000 + 60_000);
    const since = new Date(until.getTime() - 600_000);
    const found: (string | null)[] = [];
    let cursor: string | null = null;
    do {
      const page = await shop.connector.listOrders({ since, until, cursor });
      found.push(...page.items.map((item) => item.externalId));
      cursor = page.next;
    } while (cursor !== null);
    expect(found).toEqual([externalId]);
    expect((await shop.connector.readOrders([externalId]))[0]?.tag).toBe('CANCEL_REQUESTED');
  });

  it('reads an answer without a model as none, and cannot tell what became of a product', async () => {
    const inner = { code: 0, success: true, message: 'success' };
    const answerTo = (method: string, wrapper: string) =>
      gateway === 'v1'
        ? { openapi_code: 0, openapi_msg: 'success', openapi_data: JSON.stringify(inner) }
        : { [`${method.replaceAll('.', '_')}_response`]: { code: '0', [wrapper]: inner } };
    const empty = (method: string, wrapper: string, name: string) =>
      bench.fault({ kind: 'status', status: 200, body: answerTo(method, wrapper) }, name);
    await empty('jingdong.seller.order.batchGetOrderInfoList', 'result', 'batchGetOrder|InfoListForBatch');
    expect(await bench.connector.readOrders(['1'])).toEqual([]);
    await empty('jingdong.seller.order.printOrder', 'result', 'print');
    await expect(bench.connector.printLabel?.('1')).rejects.toMatchObject({ kind: 'Unavailable' });
    await empty('jingdong.seller.product.api.write.addProduct', 'returnType', 'addProduct|publishWare');
    const draft = draftOf(await leafOf(bench.connector), ['EMPTY']);
    await expect(bench.connector.createListing(draft)).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
  });

  it('asks for a person when the seller took the consent back', async () => {
    const revoked = await open({}, { gateway });
    await revoked.control('POST', '/tokens/revoke', {});
    for (let time = 0; time < 2; time += 1) {
      await expect(revoked.connector.listCategories()).rejects.toMatchObject({
        kind: 'Unauthorized',
        details: { remedy: expect.stringMatching(/Connect the shop again|developer console/) },
      });
    }
  });
});

describe('drafts that cannot be sent', () => {
  let bench: Bench;
  let draft: ListingDraft;
  beforeAll(async () => {
    bench = await startBench();
    draft = draftOf(await leafOf(bench.connector), ['A-1']);
  });
  afterAll(() => bench.close());

  const [sku] = draftOf('111', ['A-1']).skus;
  it.each([
    ['title', { title: ' ' }],
    ['categoryId', { categoryId: '' }],
    ['brandId', { brandId: 'Nordlicht' }],
    ['weightGrams', { weightGrams: 0 }],
    ['weightGrams', { weightGrams: Number.NaN }],
    ['heightMm', { heightMm: -1 }],
    ['attributes', { attributes: { '503': '' } }],
    ['attributes', { attributes: { '503': '1;504:2' } }],
    ['skus', { skus: [] }],
    ['skus.price', { skus: sku && [{ ...sku, price: { amountMinor: 0, currency: 'IDR' } }] }],
    ['skus.price', { skus: sku && [{ ...sku, price: { amountMinor: 100, currency: 'AUD' } }] }],
    ['skus.sellerSku', { skus: sku && [sku, sku] }],
    ['skus.variantAttributes', { skus: sku && [{ ...sku, variantAttributes: { size: 'M' } }] }],
  ])('are refused at the border: %s of %j', async (field, more) => {
    const bad = { ...draft, ...more } as ListingDraft;
    const refusal = { kind: 'Rejected', details: { code: 'bad_draft', field } };
    await expect(bench.connector.createListing(bad)).rejects.toMatchObject(refusal);
    await expect(bench.connector.updateListing({ externalId: '1', skus: [] }, bad)).rejects.toMatchObject(refusal);
    expect(bench.calls('addProduct|updateProduct')).toBe(0);
  });

  it('and pictures that are none', async () => {
    const ref = { externalId: '1', skus: [] };
    const refusal = { kind: 'Rejected', details: { field: 'images' } };
    await expect(bench.connector.uploadImages(ref, [])).rejects.toMatchObject(refusal);
    const gif = { bytes: Buffer.from('GIF89a'), fileName: 'a.gif' };
    await expect(bench.connector.uploadImages(ref, [{ bytes: pixel, fileName: 'a.png' }, gif])).rejects.toMatchObject(
      refusal,
    );
    expect(bench.calls('updateProductImages')).toBe(0);
  });

  it('a title that is too long comes back from the review on its field', async () => {
    const ref = await bench.connector.createListing({ ...draft, title: 'x'.repeat(101) });
    await bench.connector.uploadImages(ref, images);
    await bench.connector.submitForReview(ref);
    expect(await bench.connector.readReview(ref)).toMatchObject({ status: 'rejected', reasons: [{ field: 'title' }] });
  });
});

describe('look-ups', () => {
  it('are remembered for a while, by connector; failures are not', async () => {
    const bench = await open({}, { lookUpMinutes: 10 });
    await bench.fault({ kind: 'html', status: 200 });
    await expect(bench.connector.listCategories()).rejects.toMatchObject({ kind: 'Unavailable' });
    await Promise.all([bench.connector.listCategories(), bench.connector.listCategories()]);
    await bench.connector.listCategories();
    expect(bench.calls('getAllCategory')).toBe(2);
    await bench.connector.listAttributes?.('111');
    const calls = bench.calls('category.api.read');
    await bench.connector.listAttributes?.('111');
    expect(bench.calls('category.api.read')).toBe(calls);
    await bench.passTime(11 * 60_000);
    await bench.connector.listCategories();
    expect(bench.calls('getAllCategory')).toBe(3);
    await bench.secondWorker().listCategories();
    expect(bench.calls('getAllCategory')).toBe(4);
  });
});

describe('tokens that two workers renew at once', () => {
  it('are renewed once, and both go on with the new pair; the lost one is gone for good', async () => {
    const bench = await open();
    const second = bench.secondWorker();
    await bench.control('POST', '/tokens/expire', {});
    await bench.fault({ kind: 'latency', ms: 50 }, 'refresh_token');
    await Promise.all([bench.connector.testConnection(), second.testConnection(), second.listCategories()]);
    expect(bench.calls('refresh_token')).toBe(1);
    expect(bench.stored.renewals).toBe(1);
    expect(bench.stored.credentials.refreshToken).not.toBe('demo-refresh-token');
    // A worker that begins later finds the stored pair; one with the old pair finds it replaced.
    expect(await bench.secondWorker().testConnection()).toMatchObject({ ok: true });
    await bench.control('POST', '/tokens/expire', {});
    expect(await second.testConnection()).toMatchObject({ ok: true });
    expect(await bench.connector.testConnection()).toMatchObject({ ok: true });
    expect(bench.calls('refresh_token')).toBe(2);
  });
});
