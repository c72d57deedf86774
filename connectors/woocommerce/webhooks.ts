import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookDelivery, WebhookVerdict } from '../contract/common.ts';
import type { WooClient } from './client.ts';
import { check, deliverySchema, type WooWebhook, webhookSchema, webhooksSchema } from './schema.ts';

/** What we want to hear of. `order.created` says nothing that the first `order.updated` does not. */
const TOPICS = [
  'order.updated',
  'order.deleted',
  'order.restored',
  'product.created',
  'product.updated',
  'product.deleted',
  'product.restored',
] as const;
const PER_PAGE = 100;

/** Wanted: one active webhook for each topic, at the given address, with the given secret. */
export async function reconcileWebhooks(
  client: WooClient,
  connectionId: string,
  wanted: { readonly deliveryUrl: string; readonly secret: string },
): Promise<{ created: number; revived: number; removed: number }> {
  const counts = { created: 0, revived: 0, removed: 0 };
  const ours = (await listWebhooks(client)).filter(
    (one) => one.delivery_url === wanted.deliveryUrl || (one.name ?? '').startsWith(`Tradelane ${connectionId} `),
  );
  const kept = new Set<number>();
  for (const topic of TOPICS) {
    const name = webhookName(connectionId, topic, wanted.secret);
    const body = { name, topic, delivery_url: wanted.deliveryUrl, secret: wanted.secret, status: 'active' };
    const fitting = ours.filter((one) => one.topic === topic && one.delivery_url === wanted.deliveryUrl);
    const best = fitting.find((one) => one.name === name && one.status === 'active') ?? fitting[0];
    if (best === undefined) {
      const call = { method: 'POST', path: 'webhooks', body, operation: 'webhooks.create' } as const;
      await client.ask(call, webhookSchema);
      counts.created += 1;
      continue;
    }
    if (best.status === 'disabled') {
      // Made anew: a revived one keeps its count of failures, and the next failure would switch it off again.
      await client.ask({ method: 'POST', path: 'webhooks', body, operation: 'webhooks.create' }, webhookSchema);
      await remove(client, best.id);
      kept.add(best.id);
      counts.revived += 1;
      continue;
    }
    kept.add(best.id);
    if (best.name === name && best.status === 'active') continue;
    const call = { method: 'PUT', path: `webhooks/${best.id}`, body, operation: 'webhooks.revive' } as const;
    await client.ask(call, webhookSchema);
    counts.revived += 1;
  }
  for (const { id } of ours.filter((one) => !kept.has(one.id))) {
    await remove(client, id);
    counts.removed += 1;
  }
  return counts;
}

/**
 * Checks a delivery. The ping at a webhook's creation is form-encoded and unsigned and says nothing but its id; it must
 * be answered with 200.
 */
export function verifyWebhook(delivery: WebhookDelivery, secret: string): WebhookVerdict {
  const header = headerReader(delivery.headers);
  const signature = header('x-wc-webhook-signature');
  const topic = header('x-wc-webhook-topic');
  if (signature === '' && topic === '' && /^webhook_id=\d+$/.test(delivery.rawBody.toString('latin1').trim())) {
    return { kind: 'ping' };
  }
  if (!isSignedBy(delivery.rawBody, signature, secret)) return { kind: 'refused', why: 'The signature is wrong.' };
  const resource = topic.startsWith('order.') ? 'order' : topic.startsWith('product.') ? 'product' : null;
  if (resource === null) return { kind: 'refused', why: 'The topic is none that was asked for.' };
  const body = readBody(delivery.rawBody);
  if (body === null) return { kind: 'refused', why: 'The body holds no resource.' };
  const isVariation = body.type === 'variation' && (body.parent_id ?? 0) > 0;
  const sha = createHash('sha256').update(delivery.rawBody).digest('hex');
  // The delivery id of WooCommerce is the same for all deliveries of one second, so it tells nothing by itself. Of what was
  // deleted, restored and deleted again it is all that differs: those bodies hold the id alone.
  const when = topic.endsWith('.deleted') ? [header('x-wc-webhook-delivery-id')] : [];
  return {
    kind: 'hint',
    dedupeKey: [header('x-wc-webhook-id'), body.id, sha, ...when].join(':'),
    topic,
    resource,
    externalId: String(isVariation ? body.parent_id : body.id),
  };
}

async function remove(client: WooClient, id: number): Promise<void> {
  const call = { method: 'DELETE', path: `webhooks/${id}`, query: { force: true } } as const;
  await client.ask({ ...call, operation: 'webhooks.remove' }, webhookSchema);
}

async function listWebhooks(client: WooClient): Promise<WooWebhook[]> {
  const all: WooWebhook[] = [];
  for (let page = 1; ; page += 1) {
    const query = { orderby: 'id', order: 'asc', page, per_page: PER_PAGE };
    const rows = await client.ask(
      { method: 'GET', path: 'webhooks', query, operation: 'webhooks.list' },
      webhooksSchema,
    );
    all.push(...rows);
    if (rows.length < PER_PAGE) return all;
  }
}

/** The shop never shows a secret again; a mark made of it in the name tells when it has to be set anew. */
function webhookName(connectionId: string, topic: string, secret: string): string {
  const mark = createHmac('sha256', secret).update('tradelane webhook name').digest('hex').slice(0, 8);
  return `Tradelane ${connectionId} ${topic} ${mark}`;
}

function isSignedBy(rawBody: Buffer, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(rawBody).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function readBody(rawBody: Buffer): { id: number; type?: string | null; parent_id?: number | null } | null {
  try {
    const verdict = check(deliverySchema, JSON.parse(rawBody.toString('utf8')));
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
