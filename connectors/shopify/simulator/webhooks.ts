import { createHmac } from 'node:crypto';
import { idNumber, iso } from './catalogue.ts';
import type { DeliveryRecord, WebhookRecord } from './model.ts';
import { type PageArguments, pageOf } from './paging.ts';
import type { Shop } from './shop.ts';

/** A subscription made over the interface is deleted when so many deliveries in a row failed. */
const MAX_FAILURES = 8;
const TIMEOUT_MS = 5_000;
const SOON_MS = 20;

interface SubscriptionInput {
  uri?: string | null;
  format?: string | null;
  filter?: string | null;
  name?: string | null;
  includeFields?: string[] | null;
  metafieldNamespaces?: string[] | null;
}

export interface DeliveryResult {
  topic: string;
  /** The receiver's status, 0 when there was none. */
  status: number;
}

export function webhookList(shop: Shop, args: PageArguments) {
  return pageOf(shop.webhooks.values(), args, (one) => one.createdMs, webhookView);
}

export function webhookView(one: WebhookRecord) {
  return {
    id: `gid://shopify/WebhookSubscription/${one.id}`,
    topic: one.topic,
    uri: one.uri,
    format: one.format,
    filter: one.filter,
    name: one.name,
    includeFields: one.includeFields,
    metafieldNamespaces: one.metafieldNamespaces,
    createdAt: iso(one.createdMs),
    updatedAt: iso(one.updatedMs),
  };
}

export function createWebhook(shop: Shop, topic: string, given: SubscriptionInput) {
  const input = { ...given, uri: (given.uri ?? '').trim() };
  const problem = addressProblem(input.uri);
  if (problem !== null) return { webhookSubscription: null, userErrors: [problem] };
  const isTaken = [...shop.webhooks.values()].some((one) => one.topic === topic && one.uri === input.uri);
  if (isTaken) {
    return { webhookSubscription: null, userErrors: [refused('Address for this topic has already been taken')] };
  }
  const wrongName = nameProblem(shop, input.name, null);
  if (wrongName !== null) return { webhookSubscription: null, userErrors: [wrongName] };
  const nowMs = shop.nowMs();
  const made: WebhookRecord = {
    id: shop.newId(),
    topic,
    uri: input.uri,
    format: input.format ?? 'JSON',
    filter: input.filter ?? null,
    name: input.name ?? null,
    includeFields: input.includeFields ?? [],
    metafieldNamespaces: input.metafieldNamespaces ?? [],
    failuresInRow: 0,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  shop.webhooks.set(made.id, made);
  shop.changed();
  return { webhookSubscription: webhookView(made), userErrors: [] };
}

export function updateWebhook(shop: Shop, id: string, input: SubscriptionInput) {
  const known = shop.webhooks.get(idNumber('WebhookSubscription', id));
  if (known === undefined) {
    const message = 'Webhook subscription does not exist';
    return { webhookSubscription: null, userErrors: [{ field: ['id'], message }] };
  }
  const problem = input.uri === undefined ? null : addressProblem(input.uri ?? '');
  const wrong = problem ?? nameProblem(shop, input.name, known.id);
  if (wrong !== null) return { webhookSubscription: null, userErrors: [wrong] };
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  Object.assign(known, given, { filter: input.filter === undefined ? known.filter : (input.filter ?? null) });
  known.updatedMs = shop.nowMs();
  shop.changed();
  return { webhookSubscription: webhookView(known), userErrors: [] };
}

export function deleteWebhook(shop: Shop, id: string) {
  if (!shop.webhooks.delete(idNumber('WebhookSubscription', id))) {
    const message = 'Webhook subscription does not exist';
    return { deletedWebhookSubscriptionId: null, userErrors: [{ field: ['id'], message }] };
  }
  shop.changed();
  return { deletedWebhookSubscriptionId: id, userErrors: [] };
}

/** Errors name the old field, although the new one was given. Loopback is let through here: receivers run beside. */
function addressProblem(uri: string): { field: string[]; message: string } | null {
  if (/^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(uri)) return null;
  if (uri === '') return refused("Address can't be blank");
  if (!URL.canParse(uri)) return refused('Address is invalid');
  const { protocol, hostname } = new URL(uri);
  if (protocol === 'pubsub:' || protocol === 'arn:') return null;
  if (protocol !== 'https:') return refused(`Address protocol ${protocol}// is not supported`);
  if (/(^|\.)(myshopify\.com|shopify\.com|localhost)$/.test(hostname) || hostname.endsWith('.internal')) {
    return refused('Address cannot be a Shopify or an internal domain');
  }
  return null;
}

/** A name is the only one of its shop, and has 1 to 50 letters, digits, `_` or `-`. Texts are UNCONFIRMED. */
function nameProblem(shop: Shop, name: string | null | undefined, own: number | null) {
  if (name == null) return null;
  const field = ['webhookSubscription', 'name'];
  if (!/^[A-Za-z0-9_-]{1,50}$/.test(name)) return { field, message: 'Name is invalid' };
  const isTaken = [...shop.webhooks.values()].some((one) => one.name === name && one.id !== own);
  return isTaken ? { field, message: 'Name has already been taken' } : null;
}

function refused(message: string) {
  return { field: ['webhookSubscription', 'callbackUrl'], message };
}

/** Sends what is queued: by `run`, or by itself soon after a change where that is switched on. */
export class Deliveries {
  readonly #shop: Shop;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<DeliveryResult[]> = Promise.resolve([]);
  #inFlight = 0;

  constructor(shop: Shop) {
    this.#shop = shop;
    shop.onQueued = () => this.wake();
  }

  /** Deliveries under way, and those waiting that will go out without being asked. */
  get pending(): number {
    return this.#inFlight + (this.#shop.dials.autoDeliver ? this.#shop.queue.length : 0);
  }

  wake(): void {
    const { dials, queue } = this.#shop;
    if (!dials.autoDeliver || this.#timer !== null || this.#closing.signal.aborted || queue.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.run();
    }, SOON_MS);
  }

  /** Sends everything that waits, one after another; calls don't overlap. */
  run(): Promise<DeliveryResult[]> {
    this.#running = this.#running.then(() => this.#runQueue());
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async #runQueue(): Promise<DeliveryResult[]> {
    const shop = this.#shop;
    const jobs = shop.dials.reverseWebhooks ? shop.queue.toReversed() : shop.queue;
    shop.queue = [];
    this.#inFlight = jobs.length;
    const results: DeliveryResult[] = [];
    for (const job of jobs) {
      const webhook = shop.webhooks.get(job.webhookId);
      const times = shop.dials.doubleWebhooks ? 2 : 1;
      for (let copy = 0; copy < times && webhook !== undefined && !this.#closing.signal.aborted; copy += 1) {
        const status = await this.#post(webhook, job);
        results.push({ topic: job.topic, status });
        webhook.failuresInRow = status >= 200 && status < 300 ? 0 : webhook.failuresInRow + 1;
        if (webhook.failuresInRow >= MAX_FAILURES) shop.webhooks.delete(webhook.id);
      }
      this.#inFlight -= 1;
    }
    shop.changed();
    this.wake();
    return results;
  }

  async #post(webhook: WebhookRecord, job: DeliveryRecord): Promise<number> {
    const shop = this.#shop;
    const signature = createHmac('sha256', shop.options.clientSecret).update(job.body).digest('base64');
    try {
      const answer = await fetch(webhook.uri, {
        method: 'POST',
        body: job.body,
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#closing.signal]),
        headers: {
          'Content-Type': 'application/json',
          'X-Shopify-Topic': wireTopic(job.topic),
          'X-Shopify-Shop-Domain': shop.domain,
          'X-Shopify-API-Version': '2026-07',
          'X-Shopify-Webhook-Id': job.deliveryId,
          'X-Shopify-Event-Id': job.eventId,
          'X-Shopify-Triggered-At': job.triggeredAt,
          'X-Shopify-Hmac-Sha256': signature,
          ...(webhook.name === null ? {} : { 'X-Shopify-Name': webhook.name }),
        },
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      // Unreachable, or too slow: a failed delivery like any other.
      if (error instanceof Error) return 0;
      throw error;
    }
  }
}

/** `INVENTORY_LEVELS_UPDATE` goes over the wire as `inventory_levels/update`. */
function wireTopic(topic: string): string {
  const at = topic.lastIndexOf('_');
  return `${topic.slice(0, at)}/${topic.slice(at + 1)}`.toLowerCase();
}
