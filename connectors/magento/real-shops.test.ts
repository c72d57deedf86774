import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, type BenchOptions, orderOf, shirt, startBench, tee } from './bench.fixture.ts';
import { filledOrder } from './order-gaps.ts';
import { addressOf } from './order-mapping.ts';
import { check, orderDetailSchema } from './schema.ts';
import { withoutRareCharacters } from './text.ts';

let open: Bench | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function bench(options: BenchOptions = {}): Promise<Bench> {
  open = await startBench({ ...options, simulator: { products: [tee, shirt], ...options.simulator } });
  return open;
}

const row = (sku: string, quantity: number) => ({
  ...{ key: sku, sku, externalProductId: '1', externalVariantId: null, locationId: null, quantity, expected: null },
});

describe('what real shops do', () => {
  it('keeps the status of orders under every comment: a shop empties it where a comment brings none', async () => {
    const shop = await bench();
    const status = async (id: string) => (await shop.connector.readOrder(id))?.nativeStatus;
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
    expect(await status(externalId)).toBe('pending');
    await shop.connector.addOrderNote(externalId, { reference: 'n', text: 'note' });
    expect(await status(externalId)).toBe('pending');
    await shop.connector.holdOrder(externalId, 'wait');
    expect(await status(externalId)).toBe('holded');
    await shop.connector.releaseOrder(externalId);
    await shop.connector.fulfilOrder(externalId, [{ carrier: 'DHL', trackingNumber: 'T-1' }]);
    await shop.connector.addOrderNote(externalId, { reference: 'm', text: 'gone' });
    expect(await status(externalId)).toBe('complete');
    const other = await shop.connector.createOrder(orderOf('R-2', '1'));
    await shop.connector.cancelOrder(other.externalId, 'no');
    expect(await status(other.externalId)).toBe('canceled');
  });

  it('keeps the status where the last pieces are lent for their shipment', async () => {
    const shop = await bench({
      simulator: { products: [{ ...tee, extension_attributes: { stock_item: { qty: 2, is_in_stock: true } } }] },
    });
    const { externalId } = await shop.connector.createOrder(orderOf('R-1', '1'));
    const shipped = await shop.connector.fulfilOrder(externalId, [{ carrier: 'DHL', trackingNumber: 'T-1' }]);
    expect(shipped.status).toBe('shipped');
    expect((await shop.connector.readOrder(externalId))?.nativeStatus).toBe('complete');
  });

  it('writes no stock of a deleted product, though its source keeps a row', async () => {
    const shop = await bench();
    const key = { method: 'DELETE', headers: { authorization: 'Bearer benchaccesstoken' } };
    const answer = await fetch(`${shop.simulatorUrl}/rest/V1/products/TEE`, key);
    expect(answer.status).toBe(200);
    const outcomes = await shop.connector.writeStock([row('TEE', 5), row('SHIRT-S', 6)], 'k');
    expect(outcomes.map((one) => (one.ok ? 'ok' : one.code))).toEqual(['not_found', 'ok']);
  });

  it('writes again after a deadlock, named or hidden', async () => {
    const shop = await bench();
    for (const message of ['Database deadlock found when trying to get lock', 'Could not save Source Item']) {
      const body = JSON.stringify({ message });
      const fault = { kind: 'status', status: 400, body, contentType: 'application/json' };
      await shop.fault(fault, { method: 'POST', path: '/source-items$' });
      const quantity = message.length;
      expect(await shop.connector.writeStock([row('TEE', quantity)], 'k')).toMatchObject([{ ok: true }]);
      expect(await shop.physical('TEE')).toBe(quantity);
    }
  });

  it('reads stock one by one where a list of it is refused for one odd product', async () => {
    const shop = await bench();
    const body = JSON.stringify({ message: 'The requested sku is not assigned to given stock.' });
    const fault = { kind: 'status', status: 400, body, contentType: 'application/json' };
    await shop.fault(fault, { method: 'GET', path: '/export-stock-salable-qty/' });
    const [tees] = await shop.connector.readStock([{ sku: 'TEE', externalProductId: '1', externalVariantId: null }]);
    expect(tees).toMatchObject({ ok: true, value: { quantity: 200 } });
  });

  it('finds the sources where the account may not list modules', async () => {
    const shop = await bench();
    const body = JSON.stringify({ message: "The consumer isn't authorized to access %resources.", parameters: {} });
    const fault = { kind: 'status', status: 401, body, contentType: 'application/json' };
    await shop.fault(fault, { method: 'GET', path: '/modules$' });
    expect((await shop.connector.testConnection()).facts.inventory).toContain('several sources');
  });

  it('takes a product that is not on the website as not published', async () => {
    const elsewhere = { ...tee, sku: 'ELSE', extension_attributes: { website_ids: [2], stock_item: { qty: 1 } } };
    const shop = await bench({ simulator: { products: [tee, elsewhere] } });
    const products = [await shop.connector.readProduct('1'), await shop.connector.readProduct('2')];
    expect(products.map((one) => one?.published)).toEqual([true, false]);
    shop.reconnect({ url: `${shop.simulatorUrl}/rest/V1/` });
    expect((await shop.connector.readProduct('1'))?.published).toBe(true);
  });

  it('says where a shop allows access tokens alone', async () => {
    const shop = await bench({ simulator: { dials: { integrationBearer: false } } });
    shop.reconnect({ authentication: 'bearer' }, { accessToken: 'benchaccesstoken' });
    const { ok, findings } = await shop.connector.testConnection();
    expect([ok, findings[0]?.remedy]).toEqual([false, expect.stringContaining('Consumer Settings')]);
  });

  it('writes addresses so that no database cuts them', () => {
    const shipTo = { ...orderOf('R-1', '1').shipTo, name: '🌟 Sari 👩‍🚀', lines: ['🏢', 'Lantai 3 🏢', '𠮷野家 1'] };
    expect(addressOf(shipTo)).toMatchObject({ firstname: 'Sari', lastname: '-', street: ['Lantai 3', '?野家 1'] });
    expect(withoutRareCharacters('Größe 大 محمد')).toBe('Größe 大 محمد');
    expect(withoutRareCharacters('Packed 📦 🇮🇩 שלום')).toBe('Packed שלום');
  });

  it('reads orders of which other systems left parts out', () => {
    const bare = { entity_id: 7, base_currency_code: 'AUD', items: [{ item_id: 1 }] };
    expect(check(orderDetailSchema, bare).ok).toBe(false);
    expect(check(orderDetailSchema, filledOrder(bare)).ok).toBe(true);
    expect(filledOrder(bare)).toMatchObject({ state: 'unknown', increment_id: '7', grand_total: 0 });
  });
});
