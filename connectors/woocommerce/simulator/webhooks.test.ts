import { createHmac } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { type Answer, call, control } from './client.fixture.ts';
import { startWooCommerceSimulator } from './index.ts';
import { hasRecordings, isPlain, recordedDeliveries, shapeDifferences } from './recordings.fixture.ts';

const SECRET = 'whsec-example';
const signer = { consumerKey: 'ck_hooks', consumerSecret: 'cs_hooks' };

interface Delivery {
  headers: Record<string, unknown>;
  rawBody: string;
}

let simulator: RunningSimulator;
let receiver: Server;
let arrived: Delivery[];
let answerStatus: number;
/** The receiver takes deliveries but never answers. */
let isSilent: boolean;
/** The receiver answers no sooner. */
let isReady: Promise<void>;

beforeEach(async () => {
  arrived = [];
  answerStatus = 200;
  isSilent = false;
  isReady = Promise.resolve();
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    arrived.push({ headers: request.headers, rawBody: Buffer.concat(chunks).toString('utf8') });
    await isReady;
    if (!isSilent) response.writeHead(answerStatus).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  simulator = await startWooCommerceSimulator({ ...signer, now: () => new Date('2026-11-21T08:20:48.700Z') });
  await control(simulator.url, 'POST', '/products', {
    name: 'Merino Tee',
    sku: 'TEE-1',
    regular_price: '39.95',
    manage_stock: true,
    stock_quantity: 5,
    description: '<p>Fine <b>merino</b> wool é</p>',
    meta_data: [{ key: '_brand', value: 'Acme' }],
  });
});
afterEach(async () => {
  await simulator.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const api = (method: string, path: string, body?: unknown, query: Record<string, string> = {}): Promise<Answer> =>
  call(simulator.url, method, `/wp-json/wc/v3${path}`, { body, query, signer });
const hook = (topic: string) =>
  api('POST', '/webhooks', {
    name: topic,
    topic,
    delivery_url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
    secret: SECRET,
  });
const order = () => api('POST', '/orders', { status: 'processing', line_items: [{ sku: 'TEE-1', quantity: 1 }] });
const runCron = () => control(simulator.url, 'POST', '/run-cron');
const topics = () => arrived.map(({ headers }) => headers['x-wc-webhook-topic'] ?? 'ping');
const idOf = ({ body }: Answer) => (isPlain(body) ? Number(body.id) : 0);

describe('deliveries', () => {
  it('pings on creation: form-encoded, unsigned', async () => {
    const created = await hook('order.updated');
    expect(created.status).toBe(201);
    expect(arrived).toHaveLength(1);
    expect(arrived[0]?.rawBody).toBe(`webhook_id=${idOf(created)}`);
    expect(arrived[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(arrived[0]?.headers['x-wc-webhook-signature']).toBeUndefined();
  });

  it('waits for the background runner, then signs the bytes it sends', async () => {
    await hook('order.created');
    await hook('order.updated');
    await hook('product.updated');
    arrived = [];
    await order();
    expect(arrived).toEqual([]);
    expect((await control(simulator.url, 'GET', '/pending')).body).toEqual({ pending: 0 });
    await runCron();
    expect(topics().sort()).toEqual(['order.created', 'order.updated', 'product.updated']);
    for (const { headers, rawBody } of arrived) {
      const signature = createHmac('sha256', SECRET).update(rawBody).digest('base64');
      expect(headers['x-wc-webhook-signature']).toBe(signature);
    }
    const product = arrived.find(({ headers }) => headers['x-wc-webhook-resource'] === 'product');
    expect(product?.rawBody).toContain('wool \\u00e9<\\/p>');
  });

  it('shows the newest state, once per webhook and resource', async () => {
    await hook('order.updated');
    const id = idOf(await order());
    await api('PUT', `/orders/${id}`, { status: 'cancelled' });
    arrived = [];
    await runCron();
    expect(arrived.map(({ rawBody }) => JSON.parse(rawBody).status)).toEqual(['cancelled']);
  });

  it('repeats the delivery id within a second for different bodies', async () => {
    await hook('order.updated');
    const id = idOf(await order());
    await runCron();
    await api('PUT', `/orders/${id}`, { status: 'cancelled' });
    await runCron();
    const sent = arrived.filter(({ headers }) => headers['x-wc-webhook-topic'] === 'order.updated');
    expect(new Set(sent.map(({ headers }) => headers['x-wc-webhook-delivery-id'])).size).toBe(1);
    expect(new Set(sent.map(({ rawBody }) => rawBody)).size).toBe(2);
  });

  it('sends only the id of what was deleted', async () => {
    await hook('order.deleted');
    const id = idOf(await order());
    await api('DELETE', `/orders/${id}`);
    arrived = [];
    await runCron();
    expect(arrived.map(({ rawBody }) => rawBody)).toEqual([`{"id":${id}}`]);
  });

  it('is switched off by the seventh failure in a row, and at once again when switched on without a success', async () => {
    const id = idOf(await hook('order.updated'));
    const status = async () => {
      const { body } = await api('GET', `/webhooks/${id}`);
      return isPlain(body) ? body.status : body;
    };
    const fail = async () => {
      await order();
      await runCron();
      return status();
    };
    answerStatus = 500;
    const seen: unknown[] = [];
    for (let failure = 1; failure <= 7; failure += 1) seen.push(await fail());
    expect(seen).toEqual([...Array(6).fill('active'), 'disabled']);
    await api('PUT', `/webhooks/${id}`, { status: 'active' });
    expect(await fail()).toBe('disabled');
    answerStatus = 200;
    await api('PUT', `/webhooks/${id}`, { status: 'active' });
    expect(await fail()).toBe('active');
    answerStatus = 500;
    expect(await fail()).toBe('active');
  });

  it('doubles and reorders when told to', async () => {
    await hook('order.created');
    await control(simulator.url, 'POST', '/dials', { webhookDoubleProbability: 1, webhookReorder: true });
    const ids: number[] = [];
    for (let count = 0; count < 6; count += 1) ids.push(idOf(await order()));
    arrived = [];
    await runCron();
    const sent = arrived.map(({ rawBody }) => Number(JSON.parse(rawBody).id));
    expect(sent).toHaveLength(12);
    expect([...new Set(sent)].sort()).toEqual([...ids].sort());
    expect([...new Set(sent)]).not.toEqual(ids);
  });

  it('delivers by itself when told to, and counts what is still to come', async () => {
    await hook('order.created');
    arrived = [];
    await control(simulator.url, 'POST', '/dials', { autoDeliver: true, autoDeliverAfterMs: 30 });
    // Under way, it is still to come: the receiver answers when that was seen.
    const seen = Promise.withResolvers<void>();
    isReady = seen.promise;
    await order();
    expect((await control(simulator.url, 'GET', '/pending')).body).toEqual({ pending: 1 });
    seen.resolve();
    const until = async (): Promise<void> => {
      const { body } = await control(simulator.url, 'GET', '/pending');
      if (isPlain(body) && body.pending === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return until();
    };
    await until();
    expect(topics()).toEqual(['order.created']);
  });

  it('keeps what a close broke off for the next start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'woocommerce-hooks-'));
    const options = { ...signer, stateFile: join(folder, 'state.json') };
    await simulator.close();
    simulator = await startWooCommerceSimulator(options);
    await control(simulator.url, 'POST', '/products', { name: 'Merino Tee', sku: 'TEE-1', regular_price: '39.95' });
    await hook('order.created');
    const id = idOf(await order());
    isSilent = true;
    arrived = [];
    const running = runCron().catch((error: unknown) => error);
    while (arrived.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await simulator.close();
    await running;
    isSilent = false;
    arrived = [];
    simulator = await startWooCommerceSimulator(options);
    await runCron();
    expect(arrived.map(({ rawBody }) => JSON.parse(rawBody).id)).toEqual([id]);
  });

  it('pings again after a delivery when the first ping failed', async () => {
    answerStatus = 503;
    await hook('order.created');
    answerStatus = 200;
    arrived = [];
    await order();
    await runCron();
    expect(topics()).toEqual(['order.created', 'ping']);
  });

  it('lists, changes and removes webhooks; the secret is never shown', async () => {
    const id = idOf(await hook('order.created'));
    expect(JSON.stringify((await api('GET', '/webhooks')).body)).not.toContain(SECRET);
    expect((await api('PUT', `/webhooks/${id}`, { status: 'paused' })).body).toMatchObject({ status: 'paused' });
    expect((await api('GET', '/webhooks', undefined, { status: 'paused' })).headers.get('x-wp-total')).toBe('1');
    expect((await api('DELETE', `/webhooks/${id}`)).status).toBe(501);
    expect((await api('DELETE', `/webhooks/${id}`, undefined, { force: 'true' })).status).toBe(200);
    expect((await api('GET', `/webhooks/${id}`)).status).toBe(404);
    expect((await api('POST', '/webhooks', { topic: 'order.created' })).body).toMatchObject({
      code: 'rest_missing_callback_param',
      data: { params: ['delivery_url'] },
    });
  });
});

if (!hasRecordings)
  process.stderr.write('recorded WooCommerce webhooks skipped: no recordings beside the repository\n');

describe.skipIf(!hasRecordings)('recorded deliveries', () => {
  const recorded = hasRecordings ? recordedDeliveries() : [];
  const signed = recorded.filter(({ request }) => request.headers['x-wc-webhook-topic'] !== undefined);

  it.each(signed)('$file is signed over its bytes', ({ request }) => {
    const signature = createHmac('sha256', SECRET).update(request.rawBody).digest('base64');
    expect(request.headers['x-wc-webhook-signature']).toBe(signature);
  });

  it('have the headers and shapes of the simulated ones', async () => {
    for (const topic of ['order.created', 'order.updated', 'order.deleted', 'product.updated']) await hook(topic);
    const id = idOf(await order());
    await runCron();
    await api('DELETE', `/orders/${id}`);
    await runCron();
    // Sent by the HTTP library itself, not by the shop.
    const ownHeaders = ({ headers }: { headers: Record<string, unknown> }) =>
      Object.keys(headers)
        .filter((name) => !['host', 'connection', 'content-length'].includes(name))
        .sort();
    const kinds = new Set<unknown>();
    for (const { request, file } of recorded) {
      const topic = request.headers['x-wc-webhook-topic'];
      const isCancelled = isPlain(request.body) && request.body.status === 'cancelled';
      const simulated = arrived.find(({ headers }) => headers['x-wc-webhook-topic'] === topic);
      if (simulated === undefined) throw new Error(`nothing like ${file} arrived`);
      expect(ownHeaders(simulated)).toEqual(ownHeaders(request));
      expect(simulated.headers['user-agent']).toBe(request.headers['user-agent']);
      if (topic === undefined || isCancelled) continue;
      expect(shapeDifferences(request.body, JSON.parse(simulated.rawBody), (path) => path === 'related_ids')).toEqual(
        [],
      );
      kinds.add(topic);
    }
    expect([...kinds].sort()).toEqual(['order.created', 'order.deleted', 'order.updated', 'product.updated']);
  });
});
