import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions, startZilingoSimulator, UNIT_STATES } from './index.ts';

const dayMs = 86_400_000;
let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await startZilingoSimulator({ ...demoOptions, reviewDelayMs: 3 * dayMs, lowerCaseProbability: 0 });
});
afterAll(() => simulator?.close());

const headers = { sellerId: demoOptions.sellerId, apiKey: demoOptions.apiKey, locale: 'en' };
async function call(path: string, body?: unknown, more: Record<string, string> = {}) {
  const method = body === undefined ? 'GET' : 'POST';
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${simulator.url}${path}`, { method, headers: { ...headers, ...more }, ...sent });
  const text = await answer.text();
  return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : null };
}
const control = async (path: string, body?: unknown) => {
  const method = body === undefined ? 'GET' : 'POST';
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${simulator.url}/__control${path}`, { method, ...sent });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};
const facts = (name: string) =>
  simulator.log.lines.flatMap((line) => (line.kind === 'fact' && line.fact === name ? [line] : []));

const product = (sellerSKUId: string, more: Record<string, unknown> = {}) => ({
  name: 'Tee',
  description: 'A tee.',
  primaryImageUrl: 'https://images.example/1.jpg',
  subCategory: { subCategoryIdType: 'ZILINGO_SUBCAT', id: 'SC101' },
  attributeChoiceIds: [],
  skus: [
    {
      ...{ sizeId: 'SC101-SIZ-01', quantity: 3, imageUrls: ['https://images.example/1.jpg'] },
      price: { amount: 19.9, currency: 'SGD', sellerSKUId },
    },
  ],
  ...more,
});
const upload = async (body: unknown) => (await call('/api/v1/products/upload', body)).json;

describe('the protocol', () => {
  it('wants three static headers', async () => {
    const path = '/api/v1/subCategories/byId/SC106';
    expect((await call(path)).json).toMatchObject({ name: 'Skin Care', sizes: [], capacities: expect.any(Array) });
    expect(await call(path, undefined, { apiKey: 'SAK-other' })).toMatchObject({
      status: 401,
      json: { STATUS: 'FAILED' },
    });
    expect((await call(path, undefined, { locale: '' })).status).toBe(400);
  });

  it.each([
    ['an unknown sub-category', { subCategory: { id: 'SC9' } }, 'subCategory is unknown'],
    ['a missing mandatory attribute', { subCategory: { id: 'SC103' } }, 'Mandatory attribute is missing: Material'],
    ['no image', { primaryImageUrl: '' }, 'primaryImageUrl is missing'],
    ['no SKUs', { skus: [] }, 'skus are missing'],
  ])('refuses %s', async (_what, more, REASON) => {
    expect(await upload(product('X', more))).toEqual({ STATUS: 'FAILED', REASON });
  });

  it('queues, and gives numbers, price and offer only with the approval days later', async () => {
    const { productClientId } = await upload(product('A'));
    const path = `/api/v1/products/byClientId/${productClientId}`;
    expect((await call(path)).json).toMatchObject({ status: 'IN_REVIEW', SKUs: [] });
    expect((await call(path)).json.productId).toBeUndefined();
    await control('/clock', { now: new Date(Date.now() + 3 * dayMs).toISOString() });
    const { json } = await call(path);
    expect(json).toMatchObject({ status: 'APPROVED', productId: expect.any(String), SKUs: [{ sellerSKUId: 'A' }] });
    const externalId = json.SKUs[0].zilingoSKUId;
    expect(facts('offer.set')).toMatchObject([{ sku: 'A', externalId, quantity: 3, cause: 'api' }]);
    expect(facts('price.set')).toMatchObject([{ amountMinor: 1_990, currency: 'SGD' }]);
    expect(facts('listing.state').map((fact) => 'to' in fact && fact.to)).toEqual(['IN_REVIEW', 'ON_SHELF']);
    const change = (deltaQuantity: number) =>
      call('/api/v1/products/updateQuantities', { skuDeltaQuantities: [{ zilingoSKUId: externalId, deltaQuantity }] });
    const level = async () =>
      (await call('/api/v1/products/quantities/forSKUs', { zilingoSKUIds: [externalId] })).json.zilingoSKUQuantities[0];
    await change(4);
    expect(await level()).toMatchObject({ quantity: 7 });
    await change(-10_000);
    expect(await level()).toMatchObject({ quantity: 0 });
    expect((await change(0.5)).json.STATUS).toBe('FAILED');
    await change(9);
  });

  it('splits an order into units with states of their own, and answers nothing where there is nothing', async () => {
    const lines = [
      { sellerSku: 'A', quantity: 1 },
      { sellerSku: 'A', quantity: 2 },
    ];
    const { externalId, units } = await control('/orders', { lines, units: [[1], [0]] });
    expect(facts('offer.set').at(-1)).toMatchObject({ quantity: 6, cause: 'sale' });
    const [first, second] = units.map(({ shippableUnitId }: { shippableUnitId: string }) => shippableUnitId);
    expect((await call(`/api/v4/orders/invoice/${first}`)).json).toMatchObject({
      ...{ orderId: externalId, shippableUnitId: first, sellerId: demoOptions.sellerId },
      ...{ orderItems: [{ quantity: 2 }], subOrderAmount: { amount: 39.8, currency: 'SGD' } },
    });
    expect(await call('/api/v4/orders/invoice/SU-NONE')).toMatchObject({ status: 200, text: '' });
    await control(`/orders/${externalId}/schedule`, { unit: first });
    await control(`/orders/${externalId}/cancel`, { unit: second });
    const shown = async (state: string) =>
      (await call(`/api/v2/orders/byStatus/${state}`)).json.results.map(
        (row: { shippableUnitId: string }) => row.shippableUnitId,
      );
    expect([await shown('pickupScheduled'), await shown('cancelled')]).toEqual([[first], [second]]);
    expect((await call('/api/v2/orders/byStatus/returned')).json.STATUS).toBe('FAILED');
    expect(facts('order.announced').at(-1)).toMatchObject({ externalId, totalMinor: 3_980, lines: [{ quantity: 2 }] });
    expect(facts('order.state').at(-1)).toMatchObject({ externalId, to: 'pickupScheduled' });
    expect(UNIT_STATES).toHaveLength(8);
  });
});
