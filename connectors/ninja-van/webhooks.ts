import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { check } from '../contract/check.ts';
import type { WebhookDelivery, WebhookVerdict } from '../contract/common.ts';
import { webhookSchema } from './schema.ts';

const HEADER = 'x-ninjavan-hmac-sha256';

/**
 * Checks a pushed scan: HMAC-SHA256 over the raw body with the client key of one country, as base64. The scan itself is
 * read again by tracking; a copy of a delivery has the same body, and so the same mark.
 */
export function verifyWebhook({ headers, rawBody }: WebhookDelivery, secret: string, country: string): WebhookVerdict {
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === HEADER)?.[1] ?? '';
  if (given === '') return { kind: 'refused', why: 'The signature is missing.' };
  const expected = createHmac('sha256', secret).update(rawBody).digest();
  const signature = Buffer.from(given, 'base64');
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    const why = `The signature is not made with the client key of ${country}: each country signs with a key of its own. Check that the account of ${country} delivers to this address, and that its client key is stored here.`;
    return { kind: 'refused', why };
  }
  const body = parsed(rawBody);
  const verdict = check(webhookSchema, body);
  if (!verdict.ok) return { kind: 'refused', why: `The body is no scan: ${verdict.problem}` };
  const { tracking_id: externalId, event, status } = verdict.value;
  return {
    kind: 'hint',
    dedupeKey: createHash('sha256').update(rawBody).digest('hex'),
    topic: event || status,
    resource: 'shipment',
    externalId,
  };
}

function parsed(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
