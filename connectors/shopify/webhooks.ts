import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Static, Type } from '@sinclair/typebox';
import type { WebhookDelivery, WebhookVerdict } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { AdminClient, OperationKey } from './client.ts';
import { userRefusal } from './envelope.ts';
import { gid } from './ids.ts';
import { operations } from './operations.ts';
import { type answers, check, type UserErrors } from './schema.ts';

/** What we want to hear of, as subscriptions name it. */
const TOPICS = [
  'ORDERS_CREATE',
  'ORDERS_UPDATED',
  'ORDERS_CANCELLED',
  'ORDERS_FULFILLED',
  'PRODUCTS_CREATE',
  'PRODUCTS_UPDATE',
  'PRODUCTS_DELETE',
  'INVENTORY_LEVELS_UPDATE',
] as const;

/** Demanded of apps in Shopify's store; set in the app's own settings, never by subscription. */
const PRIVACY_TOPICS: Readonly<Record<string, 'data' | 'erase-buyer' | 'erase-shop'>> = {
  'customers/data_request': 'data',
  'customers/redact': 'erase-buyer',
  'shop/redact': 'erase-shop',
};
/** About the app and the shop themselves: taken, and nothing is to be read again. */
const SILENT_TOPICS: readonly string[] = ['app/uninstalled', 'app/scopes_update', 'shop/update'];

const number = Type.Union([Type.Integer(), Type.String({ pattern: '^\\d+$' })]);
const bodySchema = Type.Object({
  id: Type.Optional(number),
  admin_graphql_api_id: Type.Optional(Type.String({ pattern: '^gid://shopify/\\w+/\\d+$' })),
  inventory_item_id: Type.Optional(number),
});
/** Field names of privacy requests are UNCONFIRMED in detail; all are optional. */
const privacySchema = Type.Object({
  orders_requested: Type.Optional(Type.Array(number)),
  orders_to_redact: Type.Optional(Type.Array(number)),
});

type Subscription = Static<typeof answers.webhooks>['webhookSubscriptions']['nodes'][number];

/**
 * Wanted: one subscription for each topic, at the given address. Only our own are touched (by name or address): the
 * bucket of subscriptions belongs to the app, and other parts of it may live there. Names are unique in a shop, have at
 * most 50 characters, and are letters, digits, `_` and `-` (Shopify's changelog of 2026-02-11), so each topic has its own.
 *
 * A topic that is refused does not keep the others from being heard of; the first refusal is thrown at the end.
 */
export async function reconcileWebhooks(
  client: AdminClient,
  connectionId: string,
  wanted: { readonly deliveryUrl: string },
): Promise<{ created: number; revived: number; removed: number }> {
  const counts = { created: 0, revived: 0, removed: 0 };
  const prefix = `tradelane-${createHash('sha256').update(connectionId).digest('hex').slice(0, 12)}`;
  const ours = (await listWebhooks(client)).filter(
    ({ name, uri }) => name === prefix || name?.startsWith(`${prefix}-`) || uri === wanted.deliveryUrl,
  );
  const kept = new Set<string>();
  let refusal: ConnectorError | null = null;
  for (const topic of TOPICS) {
    const webhook = { uri: wanted.deliveryUrl, format: 'JSON', name: `${prefix}-${topic.toLowerCase()}` };
    const fitting = ours.filter((one) => one.topic === topic);
    const best = fitting.find((one) => isAsWanted(one, webhook)) ?? fitting[0];
    if (best !== undefined) kept.add(best.id);
    try {
      if (best === undefined) {
        const { webhookSubscriptionCreate } = await client.ask('createWebhook', { topic, webhook });
        refuse(webhookSubscriptionCreate.userErrors, 'createWebhook');
        counts.created += 1;
      } else if (!isAsWanted(best, webhook)) {
        const changed = { id: best.id, webhook: { ...webhook, filter: '' } };
        const { webhookSubscriptionUpdate } = await client.ask('updateWebhook', changed);
        refuse(webhookSubscriptionUpdate.userErrors, 'updateWebhook');
        counts.revived += 1;
      }
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'Rejected') throw error;
      refusal ??= error;
    }
  }
  for (const { id } of ours.filter((one) => !kept.has(one.id))) {
    const { webhookSubscriptionDelete } = await client.ask('deleteWebhook', { id });
    refuse(webhookSubscriptionDelete.userErrors, 'deleteWebhook');
    counts.removed += 1;
  }
  if (refusal !== null) throw refusal;
  return counts;
}

/** Checks a delivery: the signature over the raw body in constant time, before anything else is believed. */
export function verifyWebhook(delivery: WebhookDelivery, secret: string): WebhookVerdict {
  const header = headerReader(delivery.headers);
  if (!isSignedBy(delivery.rawBody, header('x-shopify-hmac-sha256'), secret)) {
    return { kind: 'refused', why: 'The signature is wrong.' };
  }
  const topic = header('x-shopify-topic');
  if (SILENT_TOPICS.includes(topic)) return { kind: 'ping' };
  const sha = createHash('sha256').update(delivery.rawBody).digest('hex');
  // The event id is equal for all subscriptions of one event; the webhook id only for copies to one of them.
  const dedupeKey = `${topic}:${header('x-shopify-event-id') || header('x-shopify-webhook-id')}:${sha}`;
  const request = PRIVACY_TOPICS[topic];
  if (request !== undefined) {
    return { kind: 'privacy', dedupeKey, topic, request, externalOrderIds: ordersOf(delivery.rawBody) };
  }
  const resource = resourceOf(topic);
  if (resource === null) return { kind: 'refused', why: 'The topic is none that was asked for.' };
  const body = readBody(delivery.rawBody, bodySchema);
  const externalId = body === null ? null : externalIdOf(resource, body);
  if (externalId === null) return { kind: 'refused', why: 'The body names no resource.' };
  return { kind: 'hint', dedupeKey, topic, resource, externalId };
}

/** Orders that a privacy demand names. A body that cannot be read names none: a person looks at it then. */
function ordersOf(rawBody: Buffer): string[] {
  const body = readBody(rawBody, privacySchema);
  return [...(body?.orders_requested ?? []), ...(body?.orders_to_redact ?? [])].map((one) => gid('Order', one));
}

function resourceOf(topic: string): 'order' | 'product' | 'stock' | null {
  if (topic.startsWith('orders/')) return 'order';
  if (topic.startsWith('products/')) return 'product';
  return topic.startsWith('inventory_levels/') ? 'stock' : null;
}

/** An inventory level names no product: its item's id is understood by `readProduct`. */
function externalIdOf(resource: 'order' | 'product' | 'stock', body: Static<typeof bodySchema>): string | null {
  if (resource === 'stock') {
    return body.inventory_item_id === undefined ? null : gid('InventoryItem', body.inventory_item_id);
  }
  const type = resource === 'order' ? 'Order' : 'Product';
  const own = body.admin_graphql_api_id;
  if (own?.startsWith(`gid://shopify/${type}/`)) return own;
  return body.id === undefined ? null : gid(type, body.id);
}

async function listWebhooks(client: AdminClient): Promise<Subscription[]> {
  const all: Subscription[] = [];
  for (let after: string | null = null; ; ) {
    const { webhookSubscriptions }: Static<typeof answers.webhooks> = await client.ask('webhooks', { after });
    all.push(...webhookSubscriptions.nodes);
    if (!webhookSubscriptions.pageInfo.hasNextPage) return all;
    after = webhookSubscriptions.pageInfo.endCursor;
  }
}

function isAsWanted(one: Subscription, wanted: { uri: string; format: string; name: string }): boolean {
  return one.uri === wanted.uri && one.format === wanted.format && one.name === wanted.name && !one.filter;
}

function refuse(errors: UserErrors, key: OperationKey): void {
  const refusal = userRefusal(errors, operations[key]);
  if (refusal === null) return;
  // Orders are protected customer data: their topics need Shopify's leave, too.
  const remedy = /protected customer data|not approved/i.test(refusal.message)
    ? 'Ask Shopify for access to protected customer data for the app, in its settings at Shopify.'
    : 'The address must be public and begin with https://.';
  throw new ConnectorError(refusal.kind, refusal.message, { ...refusal.details, remedy });
}

function isSignedBy(rawBody: Buffer, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(rawBody).digest();
  const given = Buffer.from(signature, 'base64');
  return secret !== '' && given.length === expected.length && timingSafeEqual(given, expected);
}

function readBody<S extends typeof bodySchema | typeof privacySchema>(rawBody: Buffer, schema: S): Static<S> | null {
  try {
    const verdict = check(schema, JSON.parse(rawBody.toString('utf8')));
    return verdict.ok ? verdict.value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function headerReader(headers: Readonly<Record<string, string>>): (name: string) => string {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => lower.get(name) ?? '';
}
