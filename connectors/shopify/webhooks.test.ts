import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebhookDelivery } from '../contract/common.ts';
import { app, type Bench, startBench, tee } from './bench.fixture.ts';
import { verifyWebhook } from './webhooks.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(): Promise<Bench> {
  const bench = await startBench();
  closing.push(() => bench.close());
  return bench;
}

async function receiver() {
  const deliveries: WebhookDelivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      deliveries.push({ headers, rawBody: Buffer.concat(chunks) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return { deliveries, deliveryUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` };
}

function signed(topic: string, body: unknown, secret = app.clientSecret): WebhookDelivery {
  const rawBody = Buffer.from(JSON.stringify(body));
  const hmac = createHmac('sha256', secret).update(rawBody).digest('base64');
  const headers = { 'X-Shopify-Topic': topic, 'X-Shopify-Hmac-Sha256': hmac, 'X-Shopify-Event-Id': 'e-1' };
  return { headers, rawBody };
}

describe('webhooks', () => {
  it('are made exactly ours, again after one vanished or was changed, and others stay', async () => {
    const bench = await open();
    const { deliveryUrl } = await receiver();
    const reconcile = (url = deliveryUrl) =>
      bench.connector.reconcileWebhooks?.({ deliveryUrl: url, secret: 'unused' });
    expect(await reconcile()).toEqual({ created: 8, revived: 0, removed: 0 });
    expect(await reconcile()).toEqual({ created: 0, revived: 0, removed: 0 });
    const moved = deliveryUrl.replace('/in', '/moved');
    expect(await reconcile(moved)).toEqual({ created: 0, revived: 8, removed: 0 });
    const { webhooks } = await bench.control<{ webhooks: { uri: string; name: string }[] }>('GET', '/state');
    expect(new Set(webhooks.map(({ uri }) => uri))).toEqual(new Set([moved]));
    // Shopify knows a name only once in a shop, and cuts none.
    expect(new Set(webhooks.map(({ name }) => name)).size).toBe(8);
    expect(webhooks.every(({ name }) => /^tradelane-[a-z0-9_-]{1,40}$/.test(name))).toBe(true);
    await expect(reconcile('http://shop.example/in')).rejects.toMatchObject({ kind: 'Rejected' });
  });

  it('arrive signed with the app’s secret and name what to read again', async () => {
    const bench = await open();
    const { deliveries, deliveryUrl } = await receiver();
    await bench.connector.reconcileWebhooks?.({ deliveryUrl, secret: 'unused' });
    const [made] = await bench.addProducts(tee);
    await bench.control('POST', '/dials', { doubleWebhooks: true });
    await bench.control('POST', '/price', { sku: 'TEE', price: '1.00' });
    await bench.control('POST', '/run-webhooks');
    const verdicts = deliveries.map((one) => bench.connector.verifyWebhook?.(one, 'stored-but-unused'));
    const hints = verdicts.flatMap((one) => (one?.kind === 'hint' ? [one] : []));
    expect(hints).toHaveLength(deliveries.length);
    expect(new Set(hints.map(({ dedupeKey }) => dedupeKey)).size).toBe(deliveries.length / 2);
    expect(hints.map(({ resource, externalId }) => `${resource} ${externalId}`)).toEqual(
      expect.arrayContaining([
        `product gid://shopify/Product/${made?.id}`,
        `stock gid://shopify/InventoryItem/${made?.variants[0]?.itemId}`,
      ]),
    );
  });

  it('are refused with a wrong, a missing or a foreign signature, whatever they claim to be', () => {
    const good = signed('orders/updated', { id: 5 });
    const verdict = (delivery: WebhookDelivery, secret = app.clientSecret) => verifyWebhook(delivery, secret).kind;
    expect(verdict(good)).toBe('hint');
    expect(verdict(good, 'other')).toBe('refused');
    expect(verdict(good, '')).toBe('refused');
    expect(verdict({ ...good, rawBody: Buffer.from('{"id":6}') })).toBe('refused');
    expect(verdict({ ...good, headers: { 'X-Shopify-Topic': 'orders/updated' } })).toBe('refused');
    expect(verdict(signed('orders/updated', 'no object'))).toBe('refused');
    expect(verdict(signed('themes/update', { id: 5 }))).toBe('refused');
  });

  it('keep all digits of an id where Shopify writes it as text, too', () => {
    const gid = 'gid://shopify/Order/9007199254740993123';
    const verdict = verifyWebhook(signed('orders/create', { admin_graphql_api_id: gid }), app.clientSecret);
    expect(verdict).toMatchObject({ kind: 'hint', externalId: gid });
  });

  it('about privacy name what is demanded, and of which orders', () => {
    const body = {
      shop_domain: 'bench.myshopify.com',
      customer: { id: 1, email: 'buyer@example.com', phone: null },
      orders_to_redact: [7, 8],
    };
    for (const [topic, request] of [
      ['customers/data_request', 'data'],
      ['customers/redact', 'erase-buyer'],
      ['shop/redact', 'erase-shop'],
    ] as const) {
      const verdict = verifyWebhook(signed(topic, body), app.clientSecret);
      expect(verdict).toMatchObject({
        kind: 'privacy',
        topic,
        request,
        externalOrderIds: ['gid://shopify/Order/7', 'gid://shopify/Order/8'],
      });
      expect(JSON.stringify(verdict)).not.toContain('buyer@example.com');
      expect(verifyWebhook(signed(topic, body), 'other')).toMatchObject({ kind: 'refused' });
    }
    const odd = verifyWebhook(signed('customers/redact', 'no object'), app.clientSecret);
    expect(odd).toMatchObject({ kind: 'privacy', externalOrderIds: [] });
  });
});
