import { type Call, type Reply, viewPage } from './call.ts';
import type { Deliveries } from './deliveries.ts';
import { WpError } from './errors.ts';
import { type JsonObject, numbersOf, textOf } from './json.ts';
import type { WebhookRecord } from './model.ts';
import type { Shop } from './shop.ts';
import { gmtDate, localDate } from './time.ts';

/** The shop's own hooks behind each topic; only those of `order.updated` are from a recording, the rest UNCONFIRMED. */
const HOOKS: Readonly<Record<string, readonly string[]>> = {
  'coupon.created': ['woocommerce_process_shop_coupon_meta', 'woocommerce_new_coupon'],
  'coupon.updated': ['woocommerce_process_shop_coupon_meta', 'woocommerce_update_coupon'],
  'coupon.deleted': ['wp_trash_post'],
  'coupon.restored': ['untrashed_post'],
  'customer.created': ['user_register', 'woocommerce_created_customer', 'woocommerce_new_customer'],
  'customer.updated': ['profile_update', 'woocommerce_update_customer'],
  'customer.deleted': ['delete_user'],
  'order.created': ['woocommerce_new_order'],
  'order.updated': ['woocommerce_update_order', 'woocommerce_order_refunded'],
  'order.deleted': ['wp_trash_post', 'woocommerce_trash_order'],
  'order.restored': ['untrashed_post', 'woocommerce_untrash_order'],
  'product.created': ['woocommerce_process_product_meta', 'woocommerce_new_product'],
  'product.updated': ['woocommerce_process_product_meta', 'woocommerce_update_product'],
  'product.deleted': ['wp_trash_post'],
  'product.restored': ['untrashed_post'],
  'product.published': ['woocommerce_product_published'],
};

function isTopic(topic: string): boolean {
  return Object.hasOwn(HOOKS, topic) || /^action\.(woocommerce|wc)_\w+$/.test(topic);
}

/** A webhook as answered; its secret is never shown. */
export function webhookView(shop: Shop, webhook: WebhookRecord): JsonObject {
  const { id, name, status, topic, deliveryUrl, createdMs, modifiedMs } = webhook;
  const dot = topic.indexOf('.');
  return {
    id,
    name,
    status,
    topic,
    resource: topic.slice(0, dot),
    event: topic.slice(dot + 1),
    hooks: HOOKS[topic] ?? [topic.slice(dot + 1)],
    delivery_url: deliveryUrl,
    date_created: localDate(createdMs, shop.zone),
    date_created_gmt: gmtDate(createdMs),
    date_modified: localDate(modifiedMs, shop.zone),
    date_modified_gmt: gmtDate(modifiedMs),
  };
}

export function listWebhooks(call: Call): Reply {
  const { shop, query } = call;
  const [include, exclude] = [numbersOf(query.include), numbersOf(query.exclude)];
  const search = textOf(query.search).toLowerCase();
  const rows = [...shop.webhooks.values()].filter(
    ({ id, name, status }) =>
      (query.status === 'all' || query.status === status) &&
      (include.length === 0 || include.includes(id)) &&
      !exclude.includes(id) &&
      name.toLowerCase().includes(search),
  );
  const direction = query.order === 'asc' ? 1 : -1;
  rows.sort((one, other) => direction * (one.createdMs - other.createdMs || one.id - other.id));
  return viewPage(call, rows, (webhook) => webhookView(shop, webhook));
}

export function readWebhook({ shop, params }: Call): Reply {
  return { body: webhookView(shop, webhookOf(shop, params.id)) };
}

/** `POST /webhooks`: stores it and sends the ping before it answers; a ping that fails is no error. */
export function createWebhook(deliveries: Deliveries): (call: Call) => Promise<Reply> {
  return async ({ shop, body, path }) => {
    checkTopic(body.topic);
    checkUrl(body.delivery_url);
    const nowMs = shop.nowMs();
    const topic = textOf(body.topic);
    const webhook: WebhookRecord = {
      id: shop.nextId('webhook'),
      name: textOf(body.name) || `Webhook created on ${gmtDate(nowMs)}`,
      status: textOf(body.status) || 'active',
      topic,
      deliveryUrl: textOf(body.delivery_url),
      // Without a secret the shop makes one up, which nobody is told.
      secret: textOf(body.secret) || shop.tools.random.text(50),
      createdMs: nowMs,
      modifiedMs: null,
      failureCount: 0,
      isPingDue: true,
    };
    shop.webhooks.set(webhook.id, webhook);
    shop.tools.changed();
    await deliveries.ping(webhook);
    return { status: 201, body: webhookView(shop, webhook), location: `${path}/${webhook.id}` };
  };
}

/** `PUT /webhooks/{id}`; switching it on again does not forget its failures. */
export function updateWebhook({ shop, params, body }: Call): Reply {
  const webhook = webhookOf(shop, params.id, 400);
  if (body.topic !== undefined) checkTopic(body.topic);
  if (body.delivery_url !== undefined) {
    checkUrl(body.delivery_url);
    webhook.isPingDue ||= webhook.deliveryUrl !== body.delivery_url;
    webhook.deliveryUrl = textOf(body.delivery_url);
  }
  if (body.name !== undefined) webhook.name = textOf(body.name);
  if (body.topic !== undefined) webhook.topic = textOf(body.topic);
  if (body.status !== undefined) webhook.status = textOf(body.status);
  if (body.secret !== undefined) webhook.secret = textOf(body.secret);
  webhook.modifiedMs = shop.nowMs();
  shop.tools.changed();
  return { body: webhookView(shop, webhook) };
}

export function deleteWebhook({ shop, params, query }: Call): Reply {
  const webhook = webhookOf(shop, params.id);
  if (query.force !== true) {
    throw new WpError(501, 'woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.');
  }
  const view = webhookView(shop, webhook);
  shop.webhooks.delete(webhook.id);
  shop.queue = shop.queue.filter((job) => job.webhookId !== webhook.id);
  shop.tools.changed();
  return { body: view };
}

function webhookOf(shop: Shop, id: string | undefined, missingStatus = 404): WebhookRecord {
  const webhook = shop.webhooks.get(Number(id));
  if (webhook !== undefined) return webhook;
  throw new WpError(missingStatus, 'woocommerce_rest_shop_webhook_invalid_id', 'Invalid ID.');
}

function checkTopic(topic: unknown): void {
  if (isTopic(textOf(topic))) return;
  const message = 'Webhook topic is required and must be valid.';
  throw new WpError(400, 'woocommerce_rest_shop_webhook_invalid_topic', message);
}

function checkUrl(url: unknown): void {
  if (/^https?:\/\//.test(textOf(url)) && URL.canParse(textOf(url))) return;
  const message = 'Webhook delivery URL must be a valid URL starting with http:// or https://.';
  throw new WpError(400, 'woocommerce_rest_shop_webhook_invalid_delivery_url', message);
}
