import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { WpError } from './errors.ts';
import { type JsonObject, phpJson } from './json.ts';
import type { DeliveryJob, WebhookRecord } from './model.ts';
import { orderView } from './order-view.ts';
import { orderOf } from './orders.ts';
import { productView } from './product-view.ts';
import { type Shop, WOO_VERSION, WORDPRESS_VERSION } from './shop.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
/** The failure counter that is still bearable; a failure beyond it switches the webhook off. */
const TOLERATED_FAILURES = 5;

/** What became of one delivery. */
export interface DeliveryResult {
  webhookId: number;
  topic: string;
  resourceId: number;
  deliveryId: string;
  /** The receiver's status, 0 when there was none. */
  status: number;
}

/** Sends what is queued: by `run`, or by itself soon after a change where that is switched on. */
export class Deliveries {
  readonly #shop: Shop;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<DeliveryResult[]> = Promise.resolve([]);
  #inFlight = 0;
  readonly #closing = new AbortController();

  constructor(shop: Shop) {
    this.#shop = shop;
    shop.onQueued = () => this.wake();
  }

  /** Deliveries under way, and those waiting that will go out without being asked. */
  get pending(): number {
    return this.#inFlight + (this.#shop.dials.autoDeliver ? this.#shop.queue.length : 0);
  }

  /** Plans the automatic delivery, where it is switched on and something waits. */
  wake(): void {
    const { dials, queue } = this.#shop;
    if (!dials.autoDeliver || this.#timer !== null || this.#closing.signal.aborted || queue.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.run();
    }, dials.autoDeliverAfterMs);
  }

  /** Sends everything that waits, one after another, as the shop's background runner does; calls don't overlap. */
  run(): Promise<DeliveryResult[]> {
    this.#running = this.#running.then(() => this.#runQueue());
    return this.#running;
  }

  /** Breaks off what is under way; it waits again after the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async #runQueue(): Promise<DeliveryResult[]> {
    const shop = this.#shop;
    const waiting = shop.queue;
    const jobs = shop.dials.webhookReorder ? shop.tools.random.shuffle(waiting) : waiting;
    shop.queue = [];
    this.#inFlight = jobs.length;
    const results: DeliveryResult[] = [];
    for (const job of jobs) {
      const webhook = shop.webhooks.get(job.webhookId);
      if (webhook?.status === 'active' && !this.#closing.signal.aborted) {
        results.push(await this.#deliver(webhook, job));
        const isDoubled = shop.tools.random.next() < shop.dials.webhookDoubleProbability;
        if (isDoubled) results.push(await this.#deliver(webhook, job));
        if (webhook.isPingDue) await this.ping(webhook);
      }
      if (this.#closing.signal.aborted) shop.queue.push(job);
      this.#inFlight -= 1;
    }
    shop.tools.changed();
    this.wake();
    return results;
  }

  async #deliver(webhook: WebhookRecord, { topic, resourceId, webhookId }: DeliveryJob): Promise<DeliveryResult> {
    const body = phpJson(payload(this.#shop, topic, resourceId));
    const dot = topic.indexOf('.');
    const deliveryId = deliveryIdOf(this.#shop, webhook);
    const status = await this.#post(webhook.deliveryUrl, body, {
      'Content-Type': 'application/json',
      'X-WC-Webhook-Source': `${this.#shop.siteUrl}/`,
      'X-WC-Webhook-Topic': topic,
      'X-WC-Webhook-Resource': topic.slice(0, dot),
      'X-WC-Webhook-Event': topic.slice(dot + 1),
      'X-WC-Webhook-Signature': createHmac('sha256', webhook.secret).update(body).digest('base64'),
      'X-WC-Webhook-ID': String(webhook.id),
      'X-WC-Webhook-Delivery-ID': deliveryId,
    });
    if (!this.#closing.signal.aborted) countOutcome(webhook, status >= 200 && status < 303);
    return { webhookId, topic, resourceId, deliveryId, status };
  }

  /** Sends the unsigned form-encoded ping; anything but 200 leaves it due. */
  async ping(webhook: WebhookRecord): Promise<void> {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const status = await this.#post(webhook.deliveryUrl, `webhook_id=${webhook.id}`, headers);
    webhook.isPingDue = status !== 200;
    this.#shop.tools.changed();
  }

  /** The receiver's status; 0 when it can't be reached or takes too long. Redirects are not followed. */
  #post(url: string, body: string, headers: Record<string, string>): Promise<number> {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const timeoutMs = this.#shop.options.webhookTimeoutMs ?? DEFAULT_TIMEOUT_MS;
    return new Promise((resolve) => {
      const request = send(url, {
        method: 'POST',
        agent: false,
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#closing.signal]),
        headers: {
          'User-Agent': `WooCommerce/${WOO_VERSION} Hookshot (WordPress/${WORDPRESS_VERSION})`,
          ...headers,
          'Content-Length': Buffer.byteLength(body),
        },
      });
      request.on('response', (response) => {
        response.resume();
        response.on('close', () => resolve(response.statusCode ?? 0));
      });
      request.on('error', () => resolve(0));
      request.end(body);
    });
  }
}

/** The resource as it is at sending time, so two deliveries may show the same newest state. */
function payload(shop: Shop, topic: string, id: number): JsonObject {
  if (topic.endsWith('.deleted')) return { id };
  try {
    if (topic.startsWith('order.')) return { ...orderView(shop, orderOf(shop, id)), _links: links(shop, 'orders', id) };
    const product = shop.products.get(id);
    if (product === undefined) throw new WpError(404, 'woocommerce_rest_product_invalid_id', 'Invalid ID.');
    return { ...productView(shop, product, 'view'), _links: links(shop, 'products', id) };
  } catch (error) {
    // What was removed meanwhile is sent as the error that reading it gives.
    if (error instanceof WpError) return { ...error.body };
    throw error;
  }
}

function links(shop: Shop, resource: 'orders' | 'products', id: number): JsonObject {
  const collection = `${shop.siteUrl}/wp-json/wc/v3/${resource}`;
  const self = { href: `${collection}/${id}`, targetHints: { allow: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] } };
  const common = { self: [self], collection: [{ href: collection }] };
  if (resource === 'products') return common;
  const templates = { embeddable: true, href: `${collection}/${id}/actions/email_templates` };
  return { ...common, email_templates: [templates] };
}

/** A hash of webhook and second: two deliveries within a second share it, whatever they say. */
function deliveryIdOf(shop: Shop, webhook: WebhookRecord): string {
  return createHash('md5')
    .update(`${shop.siteUrl}/${webhook.id}${shop.nowMs() / 1000}`)
    .digest('hex');
}

/** Failures in a row are counted; the seventh switches the webhook off, and nobody is told. */
function countOutcome(webhook: WebhookRecord, isSuccess: boolean): void {
  if (isSuccess) webhook.failureCount = 0;
  else if (webhook.failureCount > TOLERATED_FAILURES) webhook.status = 'disabled';
  else webhook.failureCount += 1;
}
